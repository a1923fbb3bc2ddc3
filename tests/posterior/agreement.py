"""Whether draws of a Markov chain agree with what is known of their distribution, at a stated family-wise error.

Every statement is about the mean of a function of a quantity: itself, its squared distance from the exact mean, or
whether it lies below a place. So each has a z-score with its own Monte Carlo standard error, and a whole family of them
is judged by Bonferroni: the largest ``|z|`` of m is above ``isf(error / (2 m))`` with a probability of at most
``error``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import stats

from tests.reference.oracles import Margin

FAMILY_ERROR = 1e-4
FEWEST = 60
"""A probability is not tested where fewer draws than this are expected on one of its sides."""


@final
@dataclass(frozen=True)
class Verdict:
    """The largest z-score of a family, what it is of, and the largest that chance would give."""

    z: float
    what: str
    limit: float
    count: int

    @property
    def agrees(self) -> bool:
        """Whether all statements hold within Monte Carlo error."""
        return self.z <= self.limit

    def __str__(self) -> str:
        return f"|z| = {self.z:.2f} of {self.what}; limit {self.limit:.2f} of {self.count}"


def standard_error(values: np.ndarray) -> float:
    """Return the Monte Carlo standard error of the mean of values (chains, draws)."""
    from arviz_stats.base import array_stats

    return float(array_stats.mcse(values, chain_axis=0, draw_axis=1, method="mean"))


def z_scores(draws: np.ndarray, margin: Margin) -> dict[str, float]:
    """Return the z-scores of draws (chains, draws) of one quantity against its margin."""
    parts = {"mean": (draws, margin.mean)} if np.isfinite(margin.mean) else {}
    if np.isfinite(margin.sd):
        parts["variance"] = ((draws - margin.mean) ** 2, margin.sd**2)
    for at, below in zip(margin.at, margin.below, strict=True):
        if min(below, 1.0 - below) * draws.size >= FEWEST:
            parts[f"P(< {at:.4g})"] = ((draws < at).astype(float), below)
    return {name: (values.mean() - exact) / standard_error(values) for name, (values, exact) in parts.items()}


def judge(scores: Mapping[str, float], error: float = FAMILY_ERROR) -> Verdict:
    """Return the verdict on a family of z-scores."""
    what = max(scores, key=lambda name: abs(scores[name]) if np.isfinite(scores[name]) else np.inf)
    limit = float(stats.norm.isf(0.5 * error / len(scores)))
    return Verdict(abs(scores[what]) if np.isfinite(scores[what]) else np.inf, what, limit, len(scores))


def against(quantities: Sequence[np.ndarray], margins: Sequence[Margin]) -> Verdict:
    """Return the verdict on draws of several quantities (chains, draws) against their margins."""
    assert len(quantities) == len(margins)
    pairs = enumerate(zip(quantities, margins, strict=True))
    return judge({f"{name} of {k}": z for k, (draws, margin) in pairs for name, z in z_scores(draws, margin).items()})


def between(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> Verdict:
    """Return the verdict on two sets of draws of the same quantities, by means, variances and three quantiles."""
    scores: dict[str, float] = {}
    for name, one in first.items():
        other = second[name]
        centre = float(np.median(np.concatenate([one.ravel(), other.ravel()])))
        functions = {"mean": lambda x: x, "spread": lambda x, c=centre: np.abs(x - c)}
        for prob in (0.1, 0.5, 0.9):
            at = float(np.quantile(np.concatenate([one.ravel(), other.ravel()]), prob))
            functions[f"P(< {at:.4g})"] = lambda x, at=at: (x < at).astype(float)
        for what, f in functions.items():
            error = np.hypot(standard_error(f(one)), standard_error(f(other)))
            scores[f"{what} of {name}"] = (f(one).mean() - f(other).mean()) / error
    return judge(scores)
