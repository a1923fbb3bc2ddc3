r"""How exact coefficients are: computed from data and coefficients alone, the same way for every package.

The duality gap of ``P(b_0, b) = sum_i f_i(eta_i) + lam pen(b)`` at a point is ``P - D(theta)`` with
``D(theta) = -sum_i f_i^*(-theta_i) - (lam pen)^*(X' theta)`` and ``theta = s (y - mean)``; it bounds how far P is above
its minimum. With an intercept theta must sum to 0: it is taken at the intercept that is optimal beside ``X b``. Where
the conjugate of the penalty is an indicator, ``s <= 1`` brings ``X' theta`` into the ball of its dual norm.

References
----------
Fercoq, Gramfort and Salmon (2015), Mind the duality gap: safer rules for the lasso.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from benchmarks.families import LOSSES, best_intercept, null_predictor
from benchmarks.record import Problem


@final
@dataclass(frozen=True, eq=False)
class Certificate:
    """Exactness at each strength.

    Attributes
    ----------
    gap : ndarray (k,)
        Duality gap relative to the loss of the model without slopes.
    kkt : ndarray (k,)
        Largest violation of the conditions of optimality, relative to the largest score of the model without slopes.
    objective : ndarray (k,)
        Relative to the loss of the model without slopes.
    nonzero : ndarray of int (k,)
    """

    gap: np.ndarray
    kkt: np.ndarray
    objective: np.ndarray
    nonzero: np.ndarray


def certify(problem: Problem, coefs: np.ndarray, intercepts: np.ndarray) -> Certificate:
    """Return the certificate of coefficients (k, p) and intercepts (k,) at the strengths of a problem."""
    loss, facts = LOSSES[problem.facts.family], problem.facts
    null = null_predictor(facts.family, problem.y, intercept=facts.intercept)
    null_loss = float(loss.value(problem.y, np.full(facts.n, null)).sum())
    null_score = float(np.abs(problem.X.T @ (problem.y - loss.mean(np.full(facts.n, null)))).max())
    points = zip(problem.lams, coefs, intercepts, strict=True)
    rows = np.array([_point(problem, lam, b, float(b0)) for lam, b, b0 in points])
    return Certificate(
        gap=rows[:, 0] / null_loss,
        kkt=rows[:, 1] / null_score,
        objective=rows[:, 2] / null_loss,
        nonzero=np.count_nonzero(coefs, axis=1),
    )


def _point(problem: Problem, lam: float, b: np.ndarray, b0: float) -> tuple[float, float, float]:
    """Return gap, KKT residual and objective at one strength, in loss units."""
    loss, y = LOSSES[problem.facts.family], problem.y
    rest = problem.X @ b
    residual = y - loss.mean(rest + b0)
    objective = float(loss.value(y, rest + b0).sum()) + _penalty(problem, lam, b)
    kkt = _violation(problem, lam, b, problem.X.T @ residual)
    if problem.facts.intercept:
        kkt = max(kkt, abs(float(residual.sum())))
        residual = y - loss.mean(rest + best_intercept(loss, y, rest, b0))
    slope = problem.X.T @ residual
    shrink, conjugate = _conjugate(problem, lam, slope)
    return objective - float(loss.dual(y, shrink * residual).sum()) + conjugate, kkt, objective


def _rates(problem: Problem, lam: float) -> tuple[float, float]:
    """Return the strengths of ``|b|`` and ``b^2 / 2``."""
    share = {"l2": 0.0, "elastic_net": problem.facts.share}.get(problem.facts.penalty, 1.0)
    return lam * share, lam * (1.0 - share)


def _norms(problem: Problem, b: np.ndarray) -> np.ndarray:
    """Return the length of each group's part; of single columns where there are no groups."""
    return np.abs(b) if problem.groups is None else np.sqrt(np.bincount(problem.groups, b * b))


def _penalty(problem: Problem, lam: float, b: np.ndarray) -> float:
    first, second = _rates(problem, lam)
    return float(first * (np.sqrt(problem.group_sizes) @ _norms(problem, b)) + 0.5 * second * (b @ b))


def _violation(problem: Problem, lam: float, b: np.ndarray, score: np.ndarray) -> float:
    """Return the largest distance of a group's score from the subdifferential of the penalty."""
    first, second = _rates(problem, lam)
    groups = np.arange(b.size) if problem.groups is None else problem.groups
    rates, lengths, slope = first * np.sqrt(problem.group_sizes), _norms(problem, b), score - second * b
    direction = np.divide(b, lengths[groups], out=np.zeros_like(b), where=lengths[groups] > 0.0)
    inside = np.maximum(_norms(problem, slope) - rates, 0.0)
    return float(np.where(lengths > 0.0, _norms(problem, slope - rates[groups] * direction), inside).max())


def _conjugate(problem: Problem, lam: float, slope: np.ndarray) -> tuple[float, float]:
    """Return the factor of the dual point and the conjugate of the penalty there."""
    first, second = _rates(problem, lam)
    if second > 0.0:
        return 1.0, float(0.5 * (np.maximum(np.abs(slope) - first, 0.0) ** 2).sum() / second)
    largest = float((_norms(problem, slope) / np.sqrt(problem.group_sizes)).max())
    return min(1.0, first / largest) if largest > 0.0 else 1.0, 0.0


def exact_loo(problem: Problem, dispersion: float | None = None) -> np.ndarray:
    """Return the exact leave-one-out accuracy (k,) of a ridge at each strength, from one decomposition.

    The residual of a row left out is ``r_i / (1 - h_i)`` with the leverage h_i, the intercept's ``1 / n`` included.
    Sum of their squares; with a dispersion the sum of log predictive densities, of variance ``phi / (1 - h_i)``.
    """
    X, y, n = problem.X, problem.y, problem.facts.n
    if problem.facts.intercept:
        X, y = X - X.mean(axis=0), y - y.mean()
    left, values, _ = np.linalg.svd(X, full_matrices=False)
    turned, share = left.T @ y, values**2 / (values**2 + problem.lams[:, None])
    remaining = 1.0 - share @ (left**2).T - (1.0 / n if problem.facts.intercept else 0.0)
    out = (y - (share * turned) @ left.T) / remaining
    if dispersion is None:
        return (out**2).sum(axis=1)
    variance = dispersion / remaining
    return -0.5 * (np.log(2.0 * np.pi * variance) + out**2 / variance).sum(axis=1)
