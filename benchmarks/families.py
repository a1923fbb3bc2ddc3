"""Losses, their means and their conjugates, written here again so that no solver checks itself.

A loss is half the deviance of a row: 0 where the fit meets the response.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import expit, logit, xlogy


@final
@dataclass(frozen=True)
class Loss:
    """The loss of rows ``y`` at linear predictors ``eta``, each (n,).

    Attributes
    ----------
    value : callable
        ``(y, eta) -> (n,)``
    mean, curvature : callable
        ``eta -> (n,)``; the negative slope of the loss is ``y - mean(eta)``.
    dual : callable
        ``(y, theta) -> (n,)``, ``-f*(-theta)`` of the loss f; its domain is convex and holds 0 and ``y - mean``.
    link : callable
        The inverse of ``mean``.
    """

    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    mean: Callable[[np.ndarray], np.ndarray]
    curvature: Callable[[np.ndarray], np.ndarray]
    dual: Callable[[np.ndarray, np.ndarray], np.ndarray]
    link: Callable[[float], float]


def _bernoulli_dual(y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    mean = np.clip(y - theta, 0.0, 1.0)
    return -xlogy(mean, mean) - xlogy(1.0 - mean, 1.0 - mean)


def _poisson_dual(y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    mean = np.maximum(y - theta, 0.0)
    return mean - xlogy(mean, mean) + xlogy(y, y) - y


LOSSES = {
    "gaussian": Loss(
        lambda y, eta: 0.5 * (y - eta) ** 2,
        lambda eta: eta,
        np.ones_like,
        lambda y, theta: y * theta - 0.5 * theta**2,
        float,
    ),
    "bernoulli": Loss(
        lambda y, eta: np.logaddexp(0.0, eta) - y * eta,
        expit,
        lambda eta: expit(eta) * expit(-eta),
        _bernoulli_dual,
        lambda mean: float(logit(mean)),
    ),
    "poisson": Loss(
        lambda y, eta: np.exp(eta) - y * eta + xlogy(y, y) - y,
        np.exp,
        np.exp,
        _poisson_dual,
        lambda mean: float(np.log(mean)),
    ),
}


def best_intercept(loss: Loss, y: np.ndarray, rest: np.ndarray, start: float) -> float:
    """Return the intercept that minimises the loss beside ``rest`` (n,), by Newton steps to rounding."""
    level = start
    for _ in range(100):
        eta = level + rest
        step = float((y - loss.mean(eta)).sum() / loss.curvature(eta).sum())
        level += float(np.clip(step, -1.0, 1.0)) if loss.link is not float else step
        if abs(step) <= 1e-15 * max(1.0, abs(level)):
            break
    return level


def null_predictor(family: str, y: np.ndarray, *, intercept: bool) -> float:
    """Return the linear predictor of the model without slopes."""
    return LOSSES[family].link(float(y.mean())) if intercept else 0.0
