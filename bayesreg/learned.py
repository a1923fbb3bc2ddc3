"""Strengths that are learned: each a scale ``tau`` of a law, with its prior, as data that every engine reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from scipy.special import gammaln

from bayesreg.blocks import Block
from bayesreg.errors import InputError
from bayesreg.hyperpriors import R2, HalfCauchy, Hyperprior, PenalizedComplexity
from bayesreg.penalties import Penalty, Strength
from bayesreg.xp import NUMPY, Array, Namespace


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """The strength of the blocks of one source, when it has a prior.

    The law at scale ``tau`` is the law of unit strength stretched by ``tau``, in units of sigma where the
    prior is relative to it.

    Attributes
    ----------
    label : str
        The key of the blocks.
    source : int
    columns : ndarray of int
        Positions of the coefficients that it acts on.
    hyperprior : Hyperprior
        With the default filled in.
    relative : bool
    spread : float
        Prior variance of the linear predictor of the blocks at ``tau = 1`` (and ``sigma = 1``).
    shared : bool
        Its ``R^2`` is that of all shared strengths together, divided by a uniform Dirichlet.
    """

    label: str
    source: int
    columns: np.ndarray
    hyperprior: Hyperprior
    relative: bool
    spread: float
    shared: bool

    def scale_of(self, x: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``tau`` from the quantity that the hyperprior is a density of."""
        quantity = self.hyperprior.quantity
        if quantity == "rate":
            return 1.0 / x
        if quantity == "scale":
            return x
        spread = np.float64(self.spread)
        return x / np.sqrt(spread) if quantity == "sd" else xp.sqrt(x / (1.0 - x) / spread)

    def quantity_of(self, scale: Array) -> Array:
        """Return the quantity that the hyperprior is a density of, from ``tau``."""
        quantity = self.hyperprior.quantity
        if quantity == "rate":
            return 1.0 / scale
        if quantity == "scale":
            return scale
        variance = scale**2 * np.float64(self.spread)
        return scale * np.sqrt(np.float64(self.spread)) if quantity == "sd" else variance / (1.0 + variance)

    def log_density(self, scale: Array, xp: Namespace = NUMPY) -> Array:
        """Return the log density of ``tau`` with respect to ``d tau``."""
        quantity, spread = self.hyperprior.quantity, np.float64(self.spread)
        log_p = self.hyperprior.log_density(self.quantity_of(scale), xp)
        if quantity == "scale":
            return log_p
        if quantity == "rate":
            return log_p - 2.0 * xp.log(scale)
        if quantity == "sd":
            return log_p + 0.5 * np.log(spread)
        return log_p + xp.log(2.0 * scale * spread) - 2.0 * xp.log(1.0 + scale**2 * spread)

    def describe(self) -> str:
        """Return the hyperprior as a phrase: ``prior R^2 ~ Beta(1, 1)``."""
        prior = self.hyperprior
        if isinstance(prior, R2):
            a, b = prior.shapes
            whose = " of all learned strengths together" if self.shared else ""
            return f"prior R^2{whose} ~ Beta({a:g}, {b:g})"
        what = {"scale": "scale", "rate": "rate (1 / scale)", "sd": "sd of its linear predictor"}[prior.quantity]
        return f"{what}{' in units of sigma' if self.relative else ''} ~ {prior!r}"


def log_hyperprior(learned: tuple[Learned, ...], scales: Array, xp: Namespace = NUMPY) -> Array:
    """Return the log prior density of all scales ``tau`` (L,) with respect to their Lebesgue measure."""
    total: Array = np.float64(0.0)
    for k, one in enumerate(learned):
        if not one.shared:
            total = total + one.log_density(scales[k], xp)
    together = [(one, scales[k]) for k, one in enumerate(learned) if one.shared]
    if not together:
        return total
    variances = [scale**2 * np.float64(one.spread) for one, scale in together]
    variance = sum(variances[1:], variances[0])
    count, prior = len(together), together[0][0].hyperprior
    # (R^2, shares) -> variances has Jacobian variance^-(count - 1) / (1 + variance)^2
    total = total + prior.log_density(variance / (1.0 + variance), xp) + gammaln(float(count))
    total = total - 2.0 * xp.log(1.0 + variance) - (count - 1.0) * xp.log(variance)
    for one, scale in together:
        total = total + xp.log(2.0 * np.float64(one.spread) * scale)
    return total


def scales_of_r2(learned: tuple[Learned, ...], r2: Array, shares: Array, xp: Namespace = NUMPY) -> list[Array]:
    """Return the scales of the shared strengths, in order, from their ``R^2`` and its shares (..., K)."""
    together = [one for one in learned if one.shared]
    return [xp.sqrt(r2 / (1.0 - r2) * shares[..., k] / np.float64(one.spread)) for k, one in enumerate(together)]


def r2_of(learned: tuple[Learned, ...], scales: np.ndarray) -> np.ndarray | None:
    """Return the prior share of variance ``R^2`` (...) of scales (..., L): of the shared ones, or of the only one.

    None where no hyperprior is about it.
    """
    found = [k for k, one in enumerate(learned) if one.shared]
    if not found and len(learned) == 1 and learned[0].hyperprior.quantity == "R2":
        found = [0]
    if not found:
        return None
    variance = sum(scales[..., k] ** 2 * learned[k].spread for k in found)
    return np.asarray(variance / (1.0 + variance))


def draw_scales(learned: tuple[Learned, ...], rng: np.random.Generator, size: int) -> np.ndarray:
    """Return prior draws of the scales (size, L)."""
    found = np.empty((size, len(learned)))
    shared = [k for k, one in enumerate(learned) if one.shared]
    for k, one in enumerate(learned):
        if not one.shared:
            found[:, k] = one.scale_of(one.hyperprior.draw(rng, (size,)))
    if shared:
        r2 = learned[shared[0]].hyperprior.draw(rng, (size,))
        shares = rng.dirichlet(np.ones(len(shared)), size)
        found[:, shared] = np.stack(scales_of_r2(learned, r2, shares), axis=1)
    return found


def central_scales(learned: tuple[Learned, ...]) -> np.ndarray:
    """Return a scale (L,) in the middle of each prior: the median of its quantity, shared variances in equal parts."""
    count = sum(one.shared for one in learned)
    middle = [float(one.scale_of(one.hyperprior.quantile(0.5))) for one in learned]
    return np.array([at / np.sqrt(count) if one.shared else at for at, one in zip(middle, learned, strict=True)])


@final
@dataclass(frozen=True, eq=False)
class Columns:
    """What the spread of a block's linear predictor follows from.

    Attributes
    ----------
    centred : callable
        ``centred(at)``: the design columns (n, d) of coefficients, centred where there is an intercept.
    weights : ndarray (n,)
    size, scale, factor : ndarray (q,)
        As in `Resolved`.
    excluded : ndarray of bool (q,)
    intercept, has_dispersion : bool
    """

    centred: Callable[[np.ndarray], np.ndarray]
    weights: np.ndarray
    size: np.ndarray
    scale: np.ndarray
    factor: np.ndarray
    excluded: np.ndarray
    intercept: bool
    has_dispersion: bool


def learn(blocks: tuple[Block, ...], columns: Columns) -> tuple[tuple[Learned, ...], Strength]:
    """Return the learned strengths of a model, and the unit strengths (q,) of their coefficients, 0 elsewhere.

    Raises
    ------
    InputError
        If a hyperprior has no meaning for the model or the block.
    """
    count = columns.size.size
    unit = Strength(np.zeros(count), np.zeros(count))
    found = []
    for same in _sources(blocks):
        penalty = same[0].penalty
        if penalty.not_learned:
            if penalty.hyperprior is not None:
                raise InputError(penalty.not_learned)
            continue
        spread = 0.0
        for block in same:
            strength = unit_strength(block, columns)
            unit.rate[block.columns], unit.precision[block.columns] = strength
            spread += _spread(block, strength, columns)
        at = np.concatenate([block.columns[~columns.excluded[block.columns]] for block in same])
        label = same[0].label if len(same) == 1 else "..."
        found.append(_learned(label, same[0], at, spread, columns.has_dispersion))
    alone = sum(one.shared for one in found) == 1
    return tuple(replace(one, shared=False) if alone else one for one in found), unit


def _sources(blocks: tuple[Block, ...]) -> Iterator[list[Block]]:
    """Yield the blocks of each source whose strength is open."""
    for source in dict.fromkeys(block.source for block in blocks if not block.penalty.is_given):
        yield [block for block in blocks if block.source == source]


def unit_strength(block: Block, columns: Columns) -> Strength:
    """Return the canonical strength (d,) of a block's law at scale 1 on what it acts on."""
    at = block.columns
    law = block.law.multiplied(1.0)
    factor = np.where(columns.excluded[at], 0.0, columns.factor[at])
    strength = law.weighted(law.strength(1.0), factor)
    if law.traits.separable:
        strength = strength.scaled(columns.scale[at])
    return Strength(*(np.broadcast_to(np.asarray(part, dtype=float), at.shape) for part in strength))


def _spread(block: Block, strength: Strength, columns: Columns) -> float:
    """Return ``trace(S C)``: the prior variance of the block's linear predictor at unit strength."""
    at, law = block.columns, block.law
    used = (strength.rate + strength.precision > 0.0) & ~(columns.intercept & (at == 0))
    if not used.any():
        return 0.0
    if law.traits.separable:
        second = law.absolute_moments(strength.at(used))[1]
        return float((columns.size[at][used] ** 2 * second).sum())
    one = Strength(float(strength.rate[0]), float(strength.precision[0]))
    if block.metric is None and not law.traits.smooth:
        return float((columns.size[at] ** 2 / columns.scale[at] ** 2 * law.absolute_moments(one)[1]).sum())
    covariance = _joint_covariance(law, one, at.size)
    if not np.isfinite(covariance).all():
        return np.inf
    X = columns.centred(at)
    metric = np.diag(columns.scale[at]) if block.metric is None else block.metric
    rows = np.linalg.solve(metric.T, X.T).T
    return float(columns.weights @ np.einsum("ij,jk,ik->i", rows, covariance, rows) / columns.weights.sum())


def _joint_covariance(law: Penalty, strength: Strength, d: int) -> np.ndarray:
    """Return the prior covariance (d, d) of what a joint law acts on; of a quadratic form off its null space."""
    if law.traits.smooth:
        return np.linalg.pinv(np.asarray(law.face(np.zeros(d), strength).hessian), hermitian=True)
    return np.diag(np.broadcast_to(law.absolute_moments(strength)[1], (d,)).astype(float))


def _learned(label: str, block: Block, at: np.ndarray, spread: float, has_dispersion: bool) -> Learned:
    """Return one learned strength, its hyperprior the default where none is given."""
    penalty = block.penalty
    given = penalty.hyperprior
    by_default = given is None
    if given is None:
        quadratic = penalty.traits.smooth and penalty.traits.convex
        if not np.isfinite(spread) or spread <= 0.0:
            given = HalfCauchy(1.0)
        elif not has_dispersion or (quadratic and (block.is_group or not penalty.traits.scales_columns)):
            given = PenalizedComplexity(3.0, 0.05)
        else:
            given = R2()
    if given.quantity == "R2" and not has_dispersion:
        raise InputError(
            f"{given!r} is a share of the variance, and this family has no dispersion to share with. Use "
            "br.PenalizedComplexity(upper=3.0, prob=0.05), on the sd of the block's linear predictor."
        )
    if given.quantity in ("R2", "sd") and not (np.isfinite(spread) and spread > 0.0):
        raise InputError(
            f"{given!r} is about the variance of the linear predictor of {label!r}, which is "
            f"{'infinite' if spread > 0.0 else 'zero'} under {type(penalty).__name__}. Use a prior of its scale, such "
            "as br.HalfCauchy(1.0)."
        )
    written = penalty.relative_to == "sigma" or (not penalty.prior_units and penalty.relative_to == "dispersion")
    relative = has_dispersion and (by_default or written or given.quantity == "R2")
    shared = by_default and given.quantity == "R2"
    return Learned(label, block.source, at, given, relative, spread, shared)
