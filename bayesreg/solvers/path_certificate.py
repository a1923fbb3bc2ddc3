"""Certificates of a whole path under absolute values and squares: those of `certify`, from products of matrices.

The scores of all strengths come from two products with the rows, or, for least squares with many more rows than
columns, from the inner products of the columns and the response, which lose no more digits here: a score is a
difference of two such products either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, final

import numpy as np

from bayesreg.matrices import is_sparse
from bayesreg.objective import LogJoint
from bayesreg.solvers.certificate import SNAPPED, Certificate, certify, null_spread, snap
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.quadratic import Quadratic

BLOCK = 2**20  # numbers of linear predictors held at a time
UNIT = 16.0 * np.finfo(float).eps


class Scores(NamedTuple):
    """What a path's certificates need of the data, a row a strength.

    Attributes
    ----------
    loss : ndarray (k,)
    score : ndarray (k, q)
        ``x_j' w (y - mu)`` on centred columns, the intercept's first.
    terms : ndarray (k,)
        Norms of ``w y`` and ``w mu``, added: the scores are differences of their products.
    """

    loss: np.ndarray
    score: np.ndarray
    terms: np.ndarray


def scores_from_rows(joint: LogJoint, betas: np.ndarray) -> Scores:
    """Return the scores of coefficients (k, q) on the user's scale."""
    return Scores(*(np.concatenate(part) for part in zip(*blocks_from_rows(joint, betas), strict=True)))


def blocks_from_rows(joint: LogJoint, betas: np.ndarray) -> Iterator[Scores]:
    """Yield the scores of a few strengths at a time; of one, where the design is sparse."""
    n = joint.design.n
    height = 1 if is_sparse(joint.design.X) else max(1, BLOCK // max(n, 1))
    own = float(np.linalg.norm(joint.resolved.weights * joint.design.y))
    for start in range(0, betas.shape[0], height):
        yield _block(joint, betas[start : start + height], own)


def _block(joint: LogJoint, betas: np.ndarray, own: float) -> Scores:
    """Return the scores of coefficients (k, q); ``own`` is the weighted norm of the response."""
    resolved, law = joint.resolved, joint.resolved.likelihood
    start, weights = int(resolved.intercept), resolved.weights[:, None]
    eta = _predictors(joint, betas[:, start:]) + resolved.offset[:, None] + (betas[:, 0] if start else 0.0)
    y = joint.design.y[:, None]
    mean = law.mean(eta)
    theta = y - mean
    if law.name == "gaussian":
        loss = 0.5 * np.einsum("i,ik,ik->k", resolved.weights, theta, theta)
    else:
        loss = resolved.weights @ law.half_deviance(y, eta)
    theta *= weights
    X = joint.design.X
    raw = (X.T @ theta[:, 0])[None] if is_sparse(X) else theta.T @ X
    total = theta.sum(axis=0)
    score = raw if not start else np.column_stack([total, raw - np.outer(total, resolved.center[1:])])
    return Scores(loss, score, own + np.sqrt(np.einsum("i,ik,ik->k", resolved.weights**2, mean, mean)))


def _predictors(joint: LogJoint, slopes: np.ndarray) -> np.ndarray:
    """Return ``X @ slopes'`` (n, k), from the columns that are used where they are few."""
    X, support = joint.design.X, np.flatnonzero(slopes.any(axis=0))
    if 2 * support.size < slopes.shape[1]:
        return np.asarray(X[:, support] @ slopes[:, support].T)
    return np.asarray(X @ slopes.T)


def scores_from_products(joint: LogJoint, problem: Problem, loss: Quadratic, betas: np.ndarray) -> Scores:
    """Return the same for least squares from the inner products of all columns, held in ``loss``."""
    g = np.array([problem.from_user(beta) for beta in betas])
    y = problem.y - problem.offset
    square = float(problem.weights @ (y * y))
    explained = g @ loss.store
    left = loss.correlation - explained
    value = 0.5 * np.maximum(square - np.einsum("kj,kj->k", g, left + loss.correlation), 0.0)
    score = np.zeros((betas.shape[0], problem.q))
    score[:, problem.kept] = left * problem.size
    fitted = np.sqrt(np.maximum(np.einsum("kj,kj->k", g, explained), 0.0))
    top = np.sqrt(float(problem.weights.max()))
    size = np.linalg.norm(problem.weights * np.abs(problem.y)) + top * fitted
    return Scores(value, score, size + np.linalg.norm(problem.weights * problem.offset))


class PathCertificates(NamedTuple):
    """Losses and objectives (k,) along a path, and the certificate of each point."""

    losses: np.ndarray
    objectives: np.ndarray
    certificates: tuple[Certificate, ...]


def certify_plain_path(
    joint: LogJoint, multipliers: np.ndarray, betas: np.ndarray, null_objective: float, blocks: Iterable[Scores]
) -> PathCertificates:
    """Certify coefficients ``betas`` (k, q) at ``multipliers`` (k,) of a plain model's strengths.

    Parameters
    ----------
    joint : LogJoint
        Of the model at multiplier 1, with penalties that are absolute values and squares.
    multipliers : ndarray (k,)
    betas : ndarray (k, q)
        On the user's scale.
    null_objective : float
    blocks : iterable of Scores
        Of ``betas``, a few strengths at a time.
    """
    resolved = joint.resolved
    fixed = _Fixed(joint)
    losses, objectives, found = np.empty(multipliers.size), np.empty(multipliers.size), []
    each = (row for block in blocks for row in zip(*block, strict=True))
    for k, (factor, (loss, score, terms)) in enumerate(zip(multipliers, each, strict=True)):
        b = betas[k].copy()
        if resolved.intercept:
            b[0] += b @ resolved.center
        if fixed.free.size:
            b[fixed.free] = 0.0
        at = np.flatnonzero(b)
        l1, l2 = factor * fixed.l1, factor * fixed.l2
        value, rate, precision = b[at], l1[at], l2[at]
        losses[k], objectives[k] = loss, loss + float(rate @ np.abs(value) + 0.5 * precision @ (value * value))
        rounding = fixed.length * terms
        if not fixed.is_settled(score, rounding):
            found.append(certify(LogJoint(joint.design, resolved.multiplied(factor)), betas[k], null_objective))
            continue
        size = np.where(resolved.positive, score, np.abs(score)) if fixed.signs else np.abs(score)
        excess = size - l1
        off = np.abs(score[at] - precision * value - np.sign(value) * rate)
        kkt = max(_outside(excess, at, fixed), float((off / fixed.size[at]).max(initial=0.0)))
        factor = _feasible_factor(size, l1, excess, l2, rounding, fixed)
        gap = _fenchel(
            np.union1d(at, np.flatnonzero((excess > 0.0) & fixed.penalised)), b, factor * score, l1, l2, fixed
        )
        gap += rows_gap(joint, betas[k], loss, factor) if factor < 1.0 else 0.0
        relative = gap / null_objective if null_objective > 0.0 else (0.0 if gap <= SNAPPED else np.inf)
        share = gap / objectives[k] if fixed.l1.any() and objectives[k] > 0.0 else 0.0
        found.append(Certificate(kkt=kkt, gap=gap, relative_gap=relative, share=share))
    return PathCertificates(losses, objectives, tuple(found))


@final
class _Fixed:
    """What the certificates of a path have in common, each (q,)."""

    def __init__(self, joint: LogJoint) -> None:
        resolved = joint.resolved
        self.l1, self.l2 = resolved.phi * resolved.strength.rate, resolved.phi * resolved.strength.precision
        self.free = np.flatnonzero(resolved.free)
        self.signs = bool(resolved.positive.any())
        self.positive = resolved.positive
        self.penalised = ~(resolved.free | resolved.excluded)
        self.some_excluded = bool(resolved.excluded.any())
        self.excluded = resolved.excluded
        norm = np.sqrt(resolved.weights.sum()) * null_spread(joint)
        self.size = np.where(resolved.size > 0.0, resolved.size, 1.0) * norm
        self.length = UNIT * (resolved.size + np.abs(resolved.center)) * np.sqrt(joint.design.n)
        self.only_intercept = not resolved.free[int(resolved.intercept) :].any()
        self.free_intercept = resolved.intercept and bool(resolved.free[0])

    def is_settled(self, score: np.ndarray, rounding: np.ndarray) -> bool:
        """Return whether the residuals are orthogonal to the free directions: none, or a settled intercept."""
        return self.only_intercept and not (self.free_intercept and abs(score[0]) > rounding[0])


def _outside(excess: np.ndarray, at: np.ndarray, fixed: _Fixed) -> float:
    """Return how far a coefficient at 0 violates its condition, at most, over its column's size."""
    off = excess / fixed.size
    off[at] = 0.0
    if fixed.some_excluded:
        off[fixed.excluded] = 0.0
    return float(off.max(initial=0.0))


def _feasible_factor(
    size: np.ndarray, l1: np.ndarray, excess: np.ndarray, l2: np.ndarray, rounding: np.ndarray, fixed: _Fixed
) -> float:
    """Return the largest factor <= 1 that brings the scores within the limits that the conjugates have."""
    beyond = np.flatnonzero(excess > rounding)
    beyond = beyond[fixed.penalised[beyond] & (l2[beyond] <= 0.0)]
    return 1.0 / max(1.0, float((size[beyond] / l1[beyond]).max(initial=0.0)))


def _fenchel(at: np.ndarray, b: np.ndarray, dual: np.ndarray, l1: np.ndarray, l2: np.ndarray, fixed: _Fixed) -> float:
    """Return the sum of penalty plus conjugate minus product over the coefficients where it is not 0."""
    value, rate, precision, dual = b[at], l1[at], l2[at], dual[at]
    sign = fixed.positive[at]
    excess = np.maximum(np.where(sign, dual, np.abs(dual)) - rate, 0.0)
    inside = np.clip(dual, np.where(sign, -np.inf, -rate), rate)
    square = (precision * np.abs(value) - excess) ** 2
    curved = np.divide(square, 2.0 * precision, out=np.zeros_like(value), where=precision > 0.0)
    return float(np.sum(rate * np.abs(value) - value * inside + curved))


def rows_gap(joint: LogJoint, beta: np.ndarray, loss: float, factor: float) -> float:
    """Return ``sum_i w_i d(nu_i, mu_i) / 2`` of the dual point with ``factor`` times the residuals at ``beta``."""
    resolved, law = joint.resolved, joint.resolved.likelihood
    if law.name == "gaussian":
        return (1.0 - factor) ** 2 * loss
    eta = joint.eta(beta)
    present = resolved.weights > 0.0
    means = snap(joint.design.y - factor * law.score(joint.design.y, eta), law.in_mean_domain)[present]
    if not law.in_mean_domain(means).all():
        return np.inf
    return float(resolved.weights[present] @ np.maximum(law.half_deviance(means, eta[present]), 0.0))
