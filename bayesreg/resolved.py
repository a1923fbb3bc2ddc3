"""`Resolved`: the one frozen record of a model that every face consumes.

Solvers, graph, samplers, prior tables and the comparison all read the strengths from here, so they
can not fit different models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np
import pandas as pd

from bayesreg.blocks import Block
from bayesreg.corrections import Correction, Firth
from bayesreg.dispersion import SigmaPrior
from bayesreg.families import Family, Likelihood, Nuisance
from bayesreg.learned import Learned
from bayesreg.penalties import Penalty, Strength

Standardize = bool | Literal["numeric"]
PenaltySpec = Penalty | Mapping[Any, Penalty] | Firth | None
UNITS = (1e-120, 1e120)


@final
@dataclass(frozen=True, eq=False)
class Resolved:
    """A model with every default filled in, per coefficient; ``q`` counts the intercept, which comes first.

    Attributes
    ----------
    coefficients, terms : tuple of str (q,)
        Names of the coefficients, and the term that each belongs to.
    intercept : bool
        Whether coefficient 0 is the intercept.
    family : Family
    blocks : tuple of Block
        The penalty of each set of coefficients.
    strength : Strength of ndarray (q,)
        Canonical strength at ``phi``, in nats; 0 is flat. That of separable laws is for the raw coefficients
        (a penalised intercept is the one of the centred columns), that of joint laws for ``metric @ b``.
    sigma_relative, excluded : ndarray of bool (q,)
        Whether the strength moves with sigma; whether the coefficient is forced to 0.
    lower, upper : ndarray (q,)
        Limits of the coefficients.
    center, sd, size, scale, factor : ndarray (q,)
        Column means (0 without an intercept), 1/n standard deviations, root mean squares about ``center``, the
        scale ``s_j`` that the penalty acts on, and the penalty weights ``w_j``.
    phi : float
        The dispersion that translates loss units into prior units.
    phi_rule : str
        Where ``phi`` comes from, as a sentence.
    sigma_prior : SigmaPrior or None
        The prior of sigma when it is sampled; None: sigma is fixed at ``sqrt(phi)``, or there is none.
    weights, offset : ndarray (n,)
    frequency : bool
        The weights are counts of copies.
    standardize : bool or "numeric"
    row_information : float
        Information of one average row about the linear predictor, at the mean response and ``phi``.
    learned : tuple of Learned
        The strengths that were left open or given a prior. `strength` holds these blocks at a strength of 1.
    unit : Strength of ndarray (q,)
        Their canonical strengths at scale 1, in units of sigma where they are relative; 0 elsewhere.
    references : tuple of str (q,)
        The factors whose reference level a coefficient is relative to, as `Design` has them.
    correction : Correction or None
        What multiplies the likelihood of the whole model, beside the penalties.
    provisional : bool
        Whether ``phi = 1`` stands for a dispersion that is not estimated yet. The mode under convex penalties in loss
        units does not depend on it; densities, and strengths in prior units, do. Or `nuisance` is a rough value.
    nuisance : Nuisance or None
        The parameter of the likelihood beside the linear predictor, of families that have no dispersion.
    """

    coefficients: tuple[str, ...]
    terms: tuple[str, ...]
    intercept: bool
    family: Family
    blocks: tuple[Block, ...]
    strength: Strength
    sigma_relative: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    excluded: np.ndarray
    center: np.ndarray
    sd: np.ndarray
    size: np.ndarray
    scale: np.ndarray
    factor: np.ndarray
    phi: float
    phi_rule: str
    sigma_prior: SigmaPrior | None
    weights: np.ndarray
    offset: np.ndarray
    frequency: bool
    standardize: Standardize
    row_information: float
    learned: tuple[Learned, ...]
    unit: Strength
    references: tuple[str, ...]
    correction: Correction | None = None
    provisional: bool = False
    nuisance: Nuisance | None = None

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row, its nuisance parameter at the value that modes are found at."""
        law = self.family.likelihood
        return law if self.nuisance is None else law.at(self.nuisance.value)

    def likelihood_at(self, sigma: Any = None, shape: Any = None) -> Likelihood:
        """Return the likelihood at another value of its nuisance parameter, where it has it."""
        value = {"sigma": sigma, "shape": shape}.get(self.likelihood.nuisance)
        return self.likelihood if value is None else self.likelihood.at(value)

    @property
    def sigma(self) -> float:
        """The residual standard deviation that modes are found at; 1 where there is none."""
        own = self.nuisance is not None and self.nuisance.name == "sigma"
        return self.nuisance.value if self.nuisance is not None and own else float(np.sqrt(self.phi))

    @property
    def index(self) -> pd.Index:
        """The names of the coefficients as the index of what is shown."""
        return pd.Index(list(self.coefficients), name="coefficient")

    @property
    def free(self) -> np.ndarray:
        """Coefficients with a flat prior (q,)."""
        return (self.strength.rate + self.strength.precision <= 0.0) & ~self.excluded

    @property
    def positive(self) -> np.ndarray:
        """Coefficients that are restricted to be >= 0 (q,)."""
        return self.lower >= 0.0

    @property
    def bounded(self) -> np.ndarray:
        """Coefficients with a limit (q,)."""
        return (self.lower > -np.inf) | (self.upper < np.inf)

    @property
    def is_plain(self) -> bool:
        """Whether every penalty is ``rate |b| + precision b^2 / 2`` and no limit is other than ``b >= 0``."""
        return all(block.law.plain for block in self.blocks) and not self.has_limits

    @property
    def has_limits(self) -> bool:
        """Whether a coefficient has a limit other than ``b >= 0``."""
        return bool(np.any(self.bounded & ~((self.lower == 0.0) & (self.upper == np.inf))))

    @property
    def is_open(self) -> bool:
        """Whether a strength was left out; it then stands at ``lam = 1`` here, for paths to multiply."""
        return not all(block.penalty.is_given for block in self.blocks)

    @property
    def observations(self) -> float:
        """The number of observations that the dispersion counts: the sum of frequency weights, else rows."""
        return float(self.weights.sum()) if self.frequency else float(np.count_nonzero(self.weights))

    def strength_at(self, sigma: float) -> Strength:
        """Return the canonical strengths (q,) at another sigma."""
        ratio = np.where(self.sigma_relative, np.sqrt(self.phi) / sigma, 1.0)
        return self.strength.scaled(ratio)

    def learned_of(self, block: Block) -> int:
        """Return which of the learned strengths a block has; -1: its strength is a number."""
        return next((k for k, one in enumerate(self.learned) if one.source == block.source), -1)

    def at_scales(self, scales: np.ndarray) -> Resolved:
        """Return the same model with its learned strengths (L,) at scales, sigma at ``sqrt(phi)``."""
        rate, precision = self.strength.rate.copy(), self.strength.precision.copy()
        for one, scale in zip(self.learned, scales, strict=True):
            size = float(scale) * (np.sqrt(self.phi) if one.relative else 1.0)
            rate[one.columns], precision[one.columns] = self.unit.at(one.columns).scaled(1.0 / size)
        return replace(self, strength=Strength(rate, precision))

    def multiplied(self, factor: float) -> Resolved:
        """Return the same model with every strength multiplied by ``factor`` (another point of its path), and given."""
        rate, precision = self.strength.rate.copy(), self.strength.precision.copy()
        relative = self.sigma_relative.copy()
        for block in self.blocks:
            at = block.columns
            rate[at], precision[at] = multiplied_strength(block.law, self.strength.at(at), factor, self.phi)
            relative[at] = block.penalty.relative_to == "sigma" and self.likelihood.has_dispersion
        blocks = tuple(
            replace(block, penalty=block.penalty.multiplied(factor), law=block.law.multiplied(factor))
            for block in self.blocks
        )
        return replace(self, strength=Strength(rate, precision), blocks=blocks, sigma_relative=relative, learned=())

    @property
    def base_lam(self) -> float:
        """The loss-unit strength of the only penalised block as it stands here; 1 where there are several."""
        laws = {block.source: block.penalty for block in self.blocks if not block.penalty.is_flat}
        if len(laws) != 1:
            return 1.0
        law = next(iter(laws.values()))
        lam = getattr((law if law.is_given else law.multiplied(1.0)).to_penalty(self.phi), "lam", None)
        return 1.0 if lam is None else float(lam)

    def standardized(self, block: Block) -> Strength:
        """Return a block's canonical strength (d,) on the scale that its penalty acts on, weights undone."""
        at = block.columns
        strength = self.strength.at(at)
        with np.errstate(divide="ignore", invalid="ignore"):
            if block.law.traits.separable:
                strength = strength.scaled(1.0 / self.scale[at])
            undone = block.law.weighted(strength, 1.0 / self.factor[at])
        flat = ~(self.factor[at] > 0.0) | ~(self.scale[at] > 0.0) | self.excluded[at]
        return Strength(np.where(flat, 0.0, undone.rate), np.where(flat, 0.0, undone.precision))

    def lam(self) -> np.ndarray:
        """Return the strength of each coefficient in loss units, on the scale that the penalty acts on (q,)."""
        lam = np.zeros(len(self.coefficients))
        for block in self.blocks:
            lam[block.columns] = block.law.lam_of(self.standardized(block), self.phi)
        return lam


def multiplied_strength(law: Penalty, strength: Strength, factor: float, phi: float) -> Strength:
    """Return the strength of coefficients (d,) when the law's own strength is multiplied, by `Penalty.multiplied`."""
    base, other = law.multiplied(1.0).strength(phi), law.multiplied(factor).strength(phi)
    if law.plain or base == other:
        return law.weighted(strength, factor)
    rate, precision = (new / old if old > 0.0 else 1.0 for new, old in zip(other, base, strict=True))
    return Strength(strength.rate * rate, strength.precision * precision)
