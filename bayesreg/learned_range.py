"""Quantiles under a learned strength: those of the law stretched by ``tau``, averaged over the prior of ``tau``."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from bayesreg.learned import Learned
from bayesreg.penalties import Penalty, Strength
from bayesreg.penalties.cut import log_integral

NODES, SHARED_NODES, FARTHEST = 161, 61, 18.0
"""Probabilities stand on an even grid of their logits, up to ``1 - 1.5e-8``."""


def scale_nodes(learned: tuple[Learned, ...], k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scales (m,) and their prior weights (m,): a trapezoidal rule in the logit of the prior's probability.

    Where several strengths share one ``R^2``, each has a share of its odds that is Beta(1, K - 1).
    """
    one, count = learned[k], sum(each.shared for each in learned)
    prob, weight = _probabilities(SHARED_NODES if one.shared else NODES)
    with np.errstate(divide="ignore", over="ignore"):
        scale = np.asarray(one.scale_of(np.array([one.hyperprior.quantile(float(p)) for p in prob])), dtype=float)
    if not one.shared:
        return scale, weight
    share = -np.expm1(np.log1p(-prob) / (count - 1.0))
    return np.outer(scale, np.sqrt(share)).ravel(), np.outer(weight, weight).ravel()


def absolute_quantile(
    law: Penalty, unit: Strength, scales: tuple[np.ndarray, np.ndarray], probs: tuple[float, ...]
) -> np.ndarray:
    """Return the quantiles (probs, d) of the size of what a law acts on, over the prior of its scale.

    Parameters
    ----------
    law : Penalty
    unit : Strength
        Canonical strengths at scale 1: arrays (d,), or numbers for joint laws.
    scales : tuple of ndarray (m,)
        Scales and weights; see `scale_nodes`.
    probs : tuple of float

    Returns
    -------
    ndarray
        With one column where the strengths are numbers.
    """
    rate, precision = (np.atleast_1d(np.asarray(part, dtype=float)) for part in unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = np.where(rate > 0.0, precision / rate**2, np.inf)
        width = np.where(rate > 0.0, 1.0 / rate, precision**-0.5)
    found = np.empty((len(probs), rate.size))
    for first, members in _alike(shape):
        strength = Strength(float(rate[first]), float(precision[first]))
        at = [_mixed_quantile(law, strength, scales, prob) for prob in probs]
        found[:, members] = np.outer(at, width[members] / width[first])
    return found


def quantile_within(
    limits: tuple[float, float], unit: Strength, scales: tuple[np.ndarray, np.ndarray], probs: tuple[float, ...]
) -> np.ndarray:
    """Return the quantiles (probs, d) of plain laws that are cut to limits after they were stretched by the scale."""
    from scipy.optimize import brentq

    kept = np.isfinite(scales[0]) & (scales[0] > 0.0)
    scale, weight = scales[0][kept], scales[1][kept] / scales[1][kept].sum()
    found = np.empty((len(probs), np.size(unit.rate)))
    for j, (rate, precision) in enumerate(zip(unit.rate, unit.precision, strict=True)):
        strength = Strength(np.float64(rate), np.float64(precision)).scaled(1.0 / scale)
        whole = log_integral(limits, strength)

        def below(x: float, strength: Strength = strength, whole: np.ndarray = whole) -> float:
            if x == 0.0 and limits[0] == 0.0:
                return 0.0
            part = (limits[0], x) if x >= 0.0 else (x, limits[1])
            share = np.exp(log_integral(part, strength) - whole)
            return float(weight @ (share if x >= 0.0 else 1.0 - share))

        found[:, j] = [brentq(lambda x, p=prob, f=below: f(x) - p, *limits, xtol=1e-12) for prob in probs]
    return found


def _probabilities(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and the weights that integrate a smooth function of them over (0, 1)."""
    prob = np.asarray(expit(np.linspace(-FARTHEST, FARTHEST, count)))
    return prob, prob * (1.0 - prob) / (prob * (1.0 - prob)).sum()


def _alike(shape: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return the groups of coefficients whose laws differ by their width alone: the first member and all of them."""
    keys = np.array([f"{at:.12g}" for at in shape])
    return [(int(np.flatnonzero(keys == key)[0]), keys == key) for key in dict.fromkeys(keys.tolist())]


def _mixed_quantile(law: Penalty, strength: Strength, scales: tuple[np.ndarray, np.ndarray], prob: float) -> float:
    """Return the ``x`` with ``E P(|b| <= x / tau) = prob``, by a root in ``log x``."""
    from scipy.interpolate import PchipInterpolator
    from scipy.optimize import brentq

    nodes = _probabilities(NODES)[0]
    size = np.array([float(np.max(law.absolute_quantile(float(p), strength))) for p in nodes])
    at = np.flatnonzero((size > 0.0) & np.isfinite(size) & (np.diff(size, prepend=-1.0) > 0.0))
    log_size, odds = np.log(size[at]), logit(nodes[at])
    inside = PchipInterpolator(log_size, odds)
    rise = (odds[1] - odds[0]) / (log_size[1] - log_size[0])
    scale, weight = scales
    positive = scale > 0.0
    with np.errstate(divide="ignore"):
        log_scale = np.log(scale[positive])
    known = weight[~positive].sum()

    def below(log_x: float) -> float:
        z = log_x - log_scale
        logits = inside(np.clip(z, log_size[0], log_size[-1])) + rise * np.minimum(z - log_size[0], 0.0)
        logits = np.where(z > log_size[-1], np.inf, logits)
        return float(known + weight[positive] @ expit(logits))

    spread = log_scale[np.isfinite(log_scale)]
    low, high = log_size[0] + spread.min() - 50.0, log_size[-1] + spread.max()
    return float(np.exp(brentq(lambda log_x: below(log_x) - prob, low, high, xtol=1e-10)))
