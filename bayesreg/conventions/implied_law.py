"""The law of each coefficient that a fit made elsewhere implies: its name, scale, second moment and central range."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Group
from bayesreg.penalties import L1, L2, ElasticNet, Strength
from bayesreg.penalties.block_scale import BlockScale
from bayesreg.penalties.separable import Separable

NO_PRIOR = "none: the minimax concave penalty is constant in its tails, which no density is"


@final
class Laws(NamedTuple):
    """The prior of each raw coefficient, all (p,).

    Attributes
    ----------
    name : ndarray of str
        "Normal", "Laplace on b >= 0", "Flat", ...
    rate, precision : ndarray
        In nats.
    scale : ndarray
        Laplace scale, else the standard deviation.
    second : ndarray
        ``E b^2``; infinite where the law is not proper.
    lower, upper : ndarray
        Central range.
    """

    name: np.ndarray
    rate: np.ndarray
    precision: np.ndarray
    scale: np.ndarray
    second: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def implied_laws(reading: FittedModel, phi: float, level: float) -> Laws:
    """Return the law of each coefficient at a dispersion, and its central range of probability ``level``."""
    unit = 1.0 if reading.absolute else phi
    rate, precision = reading.rate / unit, reading.precision / unit
    low, high = reading.bounds
    infinite = np.full(reading.p, np.inf)
    name = np.full(reading.p, "Flat", dtype=object)
    laws = Laws(name, rate, precision, infinite, infinite.copy(), low.copy(), high.copy())
    proper = reading.kept & (rate + precision > 0.0)
    if reading.mcp is not None:
        name[:], proper = NO_PRIOR, np.zeros(reading.p, dtype=bool)
    for at in _alike(rate, precision, low, high, proper):
        _fill(laws, at, level)
    for group in reading.groups:
        _fill_group(laws, group, group.lam / unit, level)
    out = ~reading.kept
    name[out] = "fixed at 0"
    for part in laws[3:]:
        part[out] = 0.0
    name[(low == 0.0) & (high == np.inf)] += " on b >= 0"
    return laws


def _alike(rate: np.ndarray, precision: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Return the positions of proper laws of one kind and limits together; the last array says which are proper."""
    *limits, proper = others
    keys = np.column_stack([rate > 0.0, precision > 0.0, *limits])
    kinds = {tuple(key) for key in keys[proper].tolist()}
    return [np.flatnonzero(proper & np.all(keys == np.array(kind), axis=1)) for kind in kinds]


def _fill(laws: Laws, at: np.ndarray, level: float) -> None:
    """Fill in positions that have one kind of law within one pair of limits."""
    law = _law(laws, int(at[0]))
    strength = Strength(laws.rate[at], laws.precision[at])
    second = np.broadcast_to(law.absolute_moments(strength)[1], at.shape)
    laws.name[at] = f"{law.law} within limits" if law.limits is not None else law.law
    laws.second[at] = second
    laws.scale[at] = 1.0 / strength.rate if law.law == "Laplace" and law.limits is None else np.sqrt(second)
    laws.lower[at], laws.upper[at] = law.central_range(level, strength)


def _law(laws: Laws, j: int) -> Separable:
    """Return a law of the kind and the limits of coefficient ``j``, at any strength."""
    limits = float(laws.lower[j]), float(laws.upper[j])
    options: dict[str, Any] = {"positive": True} if limits == (0.0, np.inf) else {"limits": limits}
    options = {} if limits == (-np.inf, np.inf) else options
    if laws.precision[j] == 0.0:
        return L1(1.0, **options)
    return L2(1.0, **options) if laws.rate[j] == 0.0 else ElasticNet(1.0, l1_ratio=0.5, **options)


def _fill_group(laws: Laws, group: Group, rate: float, level: float) -> None:
    """Fill in the multivariate Laplace law ``p(b_g) ~ exp(-rate ||b_g||)``, by its marginals."""
    at, size = np.array(group.columns), len(group.columns)
    bound = float(BlockScale(size, 0.0, 1.0).quantile(level)) / rate if rate > 0.0 else np.inf
    laws.name[at] = "Laplace" if size == 1 else f"multivariate Laplace of {size} coefficients together"
    laws.rate[at] = rate
    laws.second[at] = (size + 1.0) / rate**2 if rate > 0.0 else np.inf
    laws.scale[at] = 1.0 / rate if size == 1 and rate > 0.0 else np.sqrt(laws.second[at])
    laws.lower[at], laws.upper[at] = -bound, bound
