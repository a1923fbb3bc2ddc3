"""Latents drawn at given coefficients against quadrature of their exact density, prior times normal."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.penalties import Strength
from bayesreg.penalties.mixture_integrals import nodes_of
from bayesreg.xp import NUMPY
from tests.posterior.gibbs.conditionals.cases import SEPARABLE, Case, WrongShape, case_of, streams_of

SIZES = (0.01, 0.4, 1.2)
DRAWS = 5000
FAR = 4.5
"""Standard errors: 42 comparisons at 7e-6 each, a family-wise error of 3e-4."""
JOINT = {
    "group": (br.GroupLaplace(0.5), 3),
    "sparse group": (br.SparseGroupLaplace(0.5, 0.3), 1),
    "regularised horseshoe, normal slab": (br.RegularizedHorseshoe(0.3, 1.0, np.inf), 1),
}


def exact(case: Case, u: np.ndarray) -> float:
    """Return ``E[log precision | u]`` by the trapezoidal rule over the latents of the law's own mixture."""
    mixture = case.law.mixture()
    grids = [nodes_of(latent, tilted=mixture.tilt is not None) for latent in mixture.latents]
    mesh = np.meshgrid(*(nodes for nodes, _ in grids), indexing="ij")
    values = {latent.name: at.ravel()[:, None] for latent, at in zip(mixture.latents, mesh, strict=True)}
    log_weight = sum(np.meshgrid(*(weight for _, weight in grids), indexing="ij")).ravel()
    one = Strength(*(float(np.ravel(part)[0]) for part in case.strength))
    sd = mixture.sd(values, one, NUMPY)
    if mixture.tilt is not None:
        log_weight = log_weight + np.ravel(mixture.tilt(values, one, NUMPY))
    log_weight = log_weight - np.sum(np.log(sd) + 0.5 * (u / sd) ** 2, axis=1)
    weight = np.exp(log_weight - log_weight.max())
    return float(weight @ np.log(sd[:, 0] ** -2.0) / weight.sum())


def drawn(conditional, u: np.ndarray, separable: bool) -> np.ndarray:
    """Return draws of the log precision of the first coefficient, each given the same ``u``."""
    chains = 2 if separable else 400
    streams = streams_of(chains)
    at = np.broadcast_to(u, (chains, DRAWS)) if separable else np.tile(u, (chains, 1))
    scale, state, found = np.ones(chains), conditional.start(streams), []
    for _ in range(1 if separable else 10):
        state = conditional.draw(at, scale, state, streams)
        precision = conditional.precision(scale, state)
        found.append(np.log(precision if separable else precision[:, :1]).ravel())
    return np.concatenate(found)


def errors(conditional, case: Case, u: np.ndarray, separable: bool) -> float:
    got = drawn(conditional, u, separable)
    return (got.mean() - exact(case, u)) / (got.std() / np.sqrt(got.size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [name for name in SEPARABLE if name not in ("normal", "bridge 2", "bridge 1")])
def test_latents_of_a_coefficient(name, size):
    case = case_of(SEPARABLE[name], DRAWS)
    assert abs(errors(case.conditional, case, np.array([size]), True)) < FAR


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("law", "d"), JOINT.values(), ids=JOINT)
def test_latents_of_a_block(law, d, size):
    case = case_of(law, d)
    u = size * np.arange(1.0, d + 1.0)
    assert abs(errors(case.conditional, case, u, False)) < FAR


@pytest.mark.parametrize("size", SIZES)
def test_a_wrong_shape_is_caught(size):
    case = case_of(SEPARABLE["student t"], DRAWS)
    wrong = WrongShape(case.conditional, DRAWS)
    assert abs(errors(wrong, case, np.array([size]), True)) > 3.0 * FAR
