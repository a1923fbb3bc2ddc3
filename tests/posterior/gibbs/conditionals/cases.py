"""Laws that the Gibbs sampler takes, and draws of their coefficients and latent variables from the prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import bayesreg as br
from bayesreg.objective import Piece
from bayesreg.penalties import Penalty, Strength
from bayesreg.posterior.gibbs.conditionals import Conditional, State, conditional_of
from bayesreg.posterior.gibbs.conditionals.student_t import StudentTConditional
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.xp import NUMPY

SEPARABLE = {
    "laplace": br.Laplace(0.7),
    "elastic net": br.ElasticNetPrior(1.5, 2.0),
    "normal": br.Normal(0.4),
    "student t": br.StudentT(3.0, 0.6),
    "cauchy": br.Cauchy(2.0),
    "horseshoe": br.Horseshoe(0.3),
    "double pareto": br.GeneralizedDoublePareto(0.5, 1.5),
    "spike and slab": br.SpikeSlab(0.3, 1.0, 0.4),
    "spike-and-slab lasso": br.SpikeSlabLasso(1.0, 0.3, 0.4),
    "bridge 1/2": br.GeneralizedNormal(0.3, 0.5),
    "bridge 3/2": br.GeneralizedNormal(0.5, 1.5),
    "bridge 1": br.GeneralizedNormal(0.7, 1.0),
    "bridge 2": br.GeneralizedNormal(0.7, 2.0),
}
JOINT = {
    "group": br.GroupLaplace(0.5),
    "sparse group": br.SparseGroupLaplace(0.5, 0.3),
    "fused": br.FusedLaplace(0.5, 1.0),
    "quadratic": br.MultivariateNormal(np.diag([1.0, 2.0, 3.0, 4.0]) + 0.5, 0.7),
    "regularised horseshoe": br.RegularizedHorseshoe(0.3, 1.0, 4.0),
    "regularised horseshoe, normal slab": br.RegularizedHorseshoe(0.3, 1.0, np.inf),
    "regularised horseshoe, learned": br.RegularizedHorseshoe(),
    "r2d2": br.R2D2(0.4, 3.0, 0.5),
    "r2d2, few": br.R2D2(0.4, 3.0, 0.1),
}


@dataclass(frozen=True, eq=False)
class WrongShape(Conditional):
    """A planted error: a Student-t conditional with the shape of the prior's inverse gamma for the posterior's."""

    right: StudentTConditional
    size: int

    def start(self, streams):
        return self.right.start(streams)

    def draw(self, u, scale, state, streams):
        rate = 0.5 * (self.right.df + self.right.squared * u**2)
        return {"gamma": streams.gamma_of(0.5 * self.right.df, self.size) / rate}

    def precision(self, scale, state):
        return self.right.precision(scale, state)


class Case(NamedTuple):
    """A law on ``d`` coefficients, with its conditional."""

    law: Penalty
    strength: Strength
    conditional: Conditional
    d: int


def case_of(law: Penalty, d: int) -> Case:
    strength = law.strength(1.0)
    if law.traits.separable:
        strength = Strength(*(np.full(d, float(part)) for part in strength))
    else:
        law, strength = law.sized(d), Strength(float(strength.rate), float(strength.precision))
    piece = Piece(law, np.arange(d), strength, False, None, None, -1, strength)
    return Case(law, strength, conditional_of(piece, 1.0), d)


def streams_of(chains: int, seed: int = 7) -> Streams:
    return Streams(np.random.SeedSequence(seed).spawn(chains))


def start(case: Case, chains: int, streams: Streams) -> tuple[np.ndarray, np.ndarray, State]:
    """Return coefficients, own scale and latents from their joint prior."""
    rng = np.random.default_rng(5)
    scale = np.ones(chains)
    if not case.law.no_density:
        u = case.law.draw(case.strength, rng, (chains, case.d))
        return u, scale, case.conditional.draw(u, scale, case.conditional.start(streams), streams)
    mixture = case.law.mixture()
    values = mixture.draw_latents(case.strength, rng, (chains, case.d))
    if "phi" in values:
        scale, state = np.sqrt(values["odds"][:, 0]), {"log_share": np.log(np.maximum(values["phi"], 1e-300))}
    else:
        scale = values["global"][:, 0] if "global" in values else scale
        state = {"odds": values["local"] ** -2.0, "slab": values.get("slab", np.ones((chains, 1)))}
    u = mixture.sd(values, case.strength, NUMPY) * rng.standard_normal((chains, case.d))
    return u, scale, state


def given_latents(case: Case, scale: np.ndarray, state: State, streams: Streams) -> np.ndarray:
    """Return coefficients drawn given the latents."""
    precision, z = case.conditional.precision(scale, state), streams.normal(case.d)
    if precision.ndim == 2:
        return z / np.sqrt(precision)
    factors = np.linalg.cholesky(precision)
    return np.linalg.solve(factors.transpose(0, 2, 1), z[..., None])[..., 0]
