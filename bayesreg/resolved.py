"""`Resolved`: the one frozen record of a model that every face consumes.

Solvers, graph, samplers, prior tables and the comparison all read the strengths from here, so they
can not fit different models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from numbers import Real
from typing import Any, Literal, final

import numpy as np
import pandas as pd

from bayesreg.blocks import Block, make_blocks, penalty_weights
from bayesreg.corrections import Correction, Firth, jeffreys, refuse_others, without_correction
from bayesreg.design import Design, column_scales
from bayesreg.dispersion import HalfT, Jeffreys, SigmaPrior, estimate_dispersion
from bayesreg.errors import DataError, InputError
from bayesreg.families import Family, Likelihood
from bayesreg.hyperpriors import Hyperprior
from bayesreg.learned import Columns, Learned, learn
from bayesreg.marks import marked_terms
from bayesreg.penalties import BlockData, Penalty, Strength

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

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row."""
        return self.family.likelihood

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
        blocks = tuple(replace(block, penalty=block.penalty.multiplied(factor)) for block in self.blocks)
        return replace(self, strength=Strength(rate, precision), blocks=blocks, sigma_relative=relative, learned=())

    @property
    def base_lam(self) -> float:
        """The loss-unit strength of the only penalised block as it stands here; 1 where there are several."""
        laws = {block.source: block.penalty for block in self.blocks if not block.penalty.is_flat}
        if len(laws) != 1:
            return 1.0
        lam = getattr(next(iter(laws.values())).to_penalty(self.phi), "lam", None)
        return 1.0 if lam is None or isinstance(lam, Hyperprior) else float(lam)

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
    """Return the strength of coefficients (d,) when the law's own strength is multiplied, as `Penalty.multiplied` does."""
    base, other = law.multiplied(1.0).strength(phi), law.multiplied(factor).strength(phi)
    if law.plain or base == other:
        return law.weighted(strength, factor)
    rate, precision = (new / old if old > 0.0 else 1.0 for new, old in zip(other, base, strict=True))
    return Strength(strength.rate * rate, strength.precision * precision)


def resolve(
    design: Design, family: Family, penalty: PenaltySpec, *, standardize: Standardize = True, dispersion: Any = "reml"
) -> Resolved:
    """Fill in every default of a model: blocks, scales, dispersion, strengths.

    Parameters
    ----------
    design : Design
    family : Family
    penalty : Penalty, mapping of term to Penalty, or None
    standardize : bool or "numeric"
    dispersion : float, SigmaPrior or {"reml", "joint", "jeffreys"}

    Raises
    ------
    InputError
        If the penalty names unknown terms, or an option has a value that is not allowed.
    DataError
        If the response is outside the family's support, or a column can not be standardised.
    """
    likelihood = family.likelihood
    _check_labels(design, likelihood)
    likelihood.check_response(design.y, design.response)
    names = (("Intercept",) if design.intercept else ()) + design.names
    if len(set(names)) < len(names):
        raise DataError(
            "A column is called 'Intercept', which is the name of the model's intercept. Rename the column."
        )
    terms = (("Intercept",) if design.intercept else ()) + design.terms
    marked = marked_terms(design.marks)
    penalty, corrected = without_correction(penalty, likelihood)
    blocks = make_blocks(penalty, names, terms, intercept=design.intercept, marked=marked)
    refuse_others(corrected and not all(block.penalty.is_flat for block in blocks))
    factor = penalty_weights(blocks, names, terms)
    excluded = np.isinf(factor)
    center, sd = _columns(design)
    scale = _penalty_scale(design, blocks, sd, standardize)
    _check_columns(design, names, sd, scale, excluded)
    weights = np.ones(design.n) if design.weights is None else design.weights
    _check_size("weights", float(weights.max()), "weights")
    frequency = _frequency(design, likelihood, dispersion)
    flat = _flat(blocks, factor)
    offset = np.zeros(design.n) if design.offset is None else design.offset
    phi, rule, sigma_prior = _dispersion(design, likelihood, dispersion, weights, offset, frequency, flat, excluded)
    blocks, factor = _bind(design, blocks, factor, center, scale, weights, standardize, phi)
    count = len(names)
    rate, precision, relative = np.zeros(count), np.zeros(count), np.zeros(count, dtype=bool)
    lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
    for block in blocks:
        at = block.columns
        law = block.law if block.law.is_given else block.law.multiplied(1.0)
        strength = law.weighted(law.strength(phi), np.where(excluded[at], 0.0, factor[at]))
        if law.traits.separable:
            strength = strength.scaled(scale[at])
        rate[at], precision[at] = strength
        relative[at] = block.penalty.relative_to == "sigma"
        lower[at], upper[at] = block.penalty.bounds
    size = sd if design.intercept else root_mean_square(design.X, weights)
    learned, unit = learn(
        blocks,
        Columns(
            centred=lambda at: _centred(design, at - int(design.intercept), center[at]),
            weights=weights,
            size=size,
            scale=scale,
            factor=factor,
            excluded=excluded,
            intercept=design.intercept,
            has_dispersion=likelihood.has_dispersion,
        ),
    )
    for one in learned:
        relative[one.columns] = one.relative
    return Resolved(
        coefficients=names,
        terms=terms,
        intercept=design.intercept,
        family=family,
        blocks=blocks,
        strength=Strength(rate, precision),
        sigma_relative=relative & likelihood.has_dispersion,
        lower=lower,
        upper=upper,
        excluded=excluded,
        center=center,
        sd=sd,
        size=size,
        scale=scale,
        factor=factor,
        phi=phi,
        phi_rule=rule,
        sigma_prior=sigma_prior,
        weights=weights,
        offset=offset,
        frequency=frequency,
        standardize=standardize,
        row_information=_row_information(design, likelihood, weights, phi),
        learned=learned,
        unit=unit,
        references=(("",) if design.intercept else ()) + (design.references or ("",) * design.p),
        correction=jeffreys(design, likelihood, center, size, weights, offset) if corrected else None,
    )


def _bind(
    design: Design,
    blocks: tuple[Block, ...],
    factor: np.ndarray,
    center: np.ndarray,
    scale: np.ndarray,
    weights: np.ndarray,
    standardize: Standardize,
    phi: float,
) -> tuple[tuple[Block, ...], np.ndarray]:
    """Return the blocks with the laws that their penalties are for this design, and the weights (q,)."""
    start, factor, bound = int(design.intercept), factor.copy(), []
    names = (("Intercept",) if design.intercept else ()) + design.names
    terms = (("Intercept",) if design.intercept else ()) + design.terms
    for block in blocks:
        at = block.columns
        data = BlockData(
            names=tuple(names[j] for j in at),
            terms=tuple(terms[j] for j in at),
            columns=partial(_centred, design, at - start, center[at]),
            weights=weights,
            scale=scale[at],
            standardize=standardize is not False,
            phi=phi,
            frequency=design.weights_kind == "frequency",
        )
        law, metric, strengthened = block.penalty.bind(data)
        factor[at] = factor[at] * strengthened
        bound.append(replace(block, law=law, metric=metric))
    return tuple(bound), factor


def _centred(design: Design, columns: np.ndarray, center: np.ndarray) -> np.ndarray:
    return design.X[:, columns] - center


def _flat(blocks: tuple[Block, ...], factor: np.ndarray) -> np.ndarray:
    """Return which coefficients (q,) have no prior: no penalty, strength 0 or weight 0."""
    flat = factor == 0.0
    for block in blocks:
        strength = block.penalty.strength(1.0) if block.penalty.is_given else None
        flat[block.columns] |= strength is not None and strength.rate + strength.precision <= 0.0
    return flat


def _check_labels(design: Design, likelihood: Likelihood) -> None:
    if design.levels is not None and likelihood.name != "bernoulli":
        raise DataError(
            f"The response {design.response!r} has the labels {', '.join(map(repr, design.levels))}, and the "
            f"{likelihood.name} family needs numbers. For two labels use family='bernoulli' (the last label is the "
            "event); text that holds numbers is converted with pandas.to_numeric."
        )


def _row_information(design: Design, likelihood: Likelihood, weights: np.ndarray, phi: float) -> float:
    total = float(weights.sum())
    mean = float(weights @ design.y) / total
    with np.errstate(divide="ignore"):
        eta = likelihood.link_function(np.array([mean]))
    if not np.isfinite(eta[0]):
        eta = likelihood.link_function(np.array([(mean * total + 0.5) / (total + 1.0)]))
    return float(likelihood.curvature(eta)[0]) / phi


def root_mean_square(X: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted root mean square of each column (p,), however large or small its values are."""
    largest = np.abs(X).max(axis=0, initial=0.0)
    largest = np.where(largest > 0.0, largest, 1.0)
    return largest * np.sqrt(weights @ (X / largest) ** 2 / weights.sum())


def _columns(design: Design) -> tuple[np.ndarray, np.ndarray]:
    center, sd = column_scales(design.X, weights=design.weights)
    if design.intercept:
        return np.concatenate([[0.0], center]), np.concatenate([[1.0], sd])
    return np.zeros(design.p), sd


def _penalty_scale(design: Design, blocks: tuple[Block, ...], sd: np.ndarray, standardize: Standardize) -> np.ndarray:
    if not (isinstance(standardize, bool) or (isinstance(standardize, str) and standardize == "numeric")):
        raise InputError(
            f"standardize={standardize!r} is not known; allowed: True (columns of unit standard deviation), False "
            "(raw columns), 'numeric' (all but 0/1 columns)."
        )
    scale = np.ones_like(sd)
    if standardize is False:
        return scale
    for block in blocks:
        if block.penalty.traits.scales_columns:
            scale[block.columns] = sd[block.columns]
    if standardize == "numeric":
        indicator = np.all((design.X == 0.0) | (design.X == 1.0), axis=0)
        scale[int(design.intercept) :][indicator] = 1.0
    scale[int(design.intercept) :][design.group_effects] = 1.0
    return scale


def _check_columns(
    design: Design, names: tuple[str, ...], sd: np.ndarray, scale: np.ndarray, excluded: np.ndarray
) -> None:
    for name, size, used, out in zip(names, sd, scale, excluded, strict=True):
        if out:
            continue
        if size == 0.0 and (design.intercept or used == 0.0):
            what = "can not be told from the intercept" if design.intercept else "can not be standardised"
            raise DataError(
                f"The column {name!r} is constant over the rows used: it {what}. Remove it from the formula."
            )
        if size > 0.0 and not UNITS[0] < size < UNITS[1]:
            raise DataError(
                f"The column {name!r} has standard deviation {size:.3g}, outside the range {UNITS[0]:g} to "
                f"{UNITS[1]:g} in which its strength can be represented. Give it in other units."
            )


def _check_size(name: str, size: float, what: str) -> None:
    if not UNITS[0] < size < UNITS[1]:
        raise DataError(
            f"The {what} {name!r} has size {size:.3g}, outside the range {UNITS[0]:g} to {UNITS[1]:g} that "
            "can be computed with. Give it in other units."
        )


def _frequency(design: Design, likelihood: Likelihood, dispersion: Any) -> bool:
    estimated = not isinstance(dispersion, Real)
    if design.weights is not None and design.weights_kind is None and likelihood.has_dispersion and estimated:
        raise InputError(
            "The weights have no kind, and the estimated dispersion depends on it. Say br.Weights(values, "
            "kind='precision') for variances sigma^2 / w, or kind='frequency' for w copies of a row."
        )
    return design.weights_kind == "frequency"


def _dispersion(
    design: Design,
    likelihood: Likelihood,
    dispersion: Any,
    weights: np.ndarray,
    offset: np.ndarray,
    frequency: bool,
    flat: np.ndarray,
    excluded: np.ndarray,
) -> tuple[float, str, SigmaPrior | None]:
    if not likelihood.has_dispersion:
        if not (isinstance(dispersion, str) and dispersion == "reml"):
            raise InputError(
                f"dispersion={dispersion!r} has no meaning for the {likelihood.name} family, which has phi = 1. "
                "Leave it out."
            )
        return 1.0, f"phi = 1 ({likelihood.name})", None
    if isinstance(dispersion, Real) and not isinstance(dispersion, bool):
        if not UNITS[0] < float(dispersion) < UNITS[1]:
            raise InputError(
                f"dispersion={dispersion!r} is not a variance: it must be a number > 0, from {UNITS[0]:g} to "
                f"{UNITS[1]:g}."
            )
        return float(dispersion), f"fixed by dispersion={float(dispersion):g}", None
    priors: dict[str, SigmaPrior | None] = {"reml": None, "joint": None, "jeffreys": Jeffreys()}
    if not isinstance(dispersion, SigmaPrior) and not (isinstance(dispersion, str) and dispersion in priors):
        raise InputError(
            f"dispersion={dispersion!r} is not known; allowed: a number (phi, fixed), 'reml', 'joint', 'jeffreys', "
            "or a prior for sigma: br.HalfT(df, scale), br.Exponential(rate), br.InverseGamma(a, b)."
        )
    start = int(design.intercept)
    kept = ~excluded[start:]
    y = design.y - offset
    center = weights @ y / weights.sum() if design.intercept else 0.0
    spread = float(np.sqrt(weights @ ((y - center) / np.abs(y).max(initial=1e-300)) ** 2 / weights.sum()))
    spread *= float(np.abs(y).max(initial=1e-300))
    if spread > 0.0:
        _check_size(design.response, spread, "response")
    phi, rule = estimate_dispersion(
        design.X[:, kept],
        y,
        weights=weights,
        frequency=frequency,
        intercept=design.intercept,
        free=flat[start:][kept],
    )
    prior = dispersion if isinstance(dispersion, SigmaPrior) else priors[dispersion]
    return phi, rule, prior if prior is not None else HalfT(3.0, spread)
