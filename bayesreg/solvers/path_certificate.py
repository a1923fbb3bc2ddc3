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
from bayesreg.solvers.certificate import Certificate, certify, null_spread, shares, smallest_gap
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.quadratic import Quadratic

BLOCK = 2**20  # numbers of linear predictors held at a time
TOGETHER = 4  # strengths for which sparse columns are read once
CHUNK = 2**15  # coefficients that are certified at a time: they fit into a cache
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
    """Yield the scores of a few strengths at a time."""
    n = joint.design.n
    height = max(1, BLOCK // max(n, 1))
    height = min(height, TOGETHER) if is_sparse(joint.design.X) else height
    own = float(np.linalg.norm(joint.resolved.weights * joint.design.y))
    for start in range(0, betas.shape[0], height):
        yield _block(joint, betas[start : start + height], own)


def _block(joint: LogJoint, betas: np.ndarray, own: float) -> Scores:
    """Return the scores of coefficients (k, q); ``own`` is the weighted norm of the response."""
    resolved, law = joint.resolved, joint.resolved.likelihood
    start, weights = int(resolved.intercept), resolved.weights[:, None]
    eta = _predictors(joint, betas[:, start:]) + resolved.offset[:, None] + (betas[:, 0] if start else 0.0)
    y = joint.design.y[:, None]
    theta = law.score(y, eta)
    mean = y - theta
    if law.name == "gaussian":
        loss = 0.5 * np.einsum("i,ik,ik->k", resolved.weights, theta, theta)
    else:
        loss = resolved.weights @ law.half_deviance(y, eta)
    theta *= weights
    X = joint.design.X
    raw = np.ascontiguousarray((X.T @ theta).T) if is_sparse(X) else theta.T @ X
    total = theta.sum(axis=0)
    score = raw if not start else np.column_stack([total, raw - np.outer(total, resolved.center[1:])])
    return Scores(loss, score, own + np.sqrt(np.einsum("i,ik,ik->k", resolved.weights**2, mean, mean)))


def _predictors(joint: LogJoint, slopes: np.ndarray) -> np.ndarray:
    """Return ``X @ slopes'`` (n, k), from the columns that are used where they are few."""
    X, support = joint.design.X, np.flatnonzero((slopes != 0.0).any(axis=0))
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
    resolved, fixed = joint.resolved, _Fixed(joint)
    losses, objectives = np.empty(multipliers.size), np.empty(multipliers.size)
    found: list[Certificate] = []
    height = max(1, CHUNK // betas.shape[1])
    pieces = (
        Scores(*(part[i : i + height] for part in one)) for one in blocks for i in range(0, one.loss.size, height)
    )
    for piece in pieces:
        at = slice(len(found), len(found) + piece.loss.size)
        points = fixed.points(betas[at], multipliers[at], piece)
        losses[at], objectives[at] = piece.loss, points.objective
        for k, factor in enumerate(multipliers[at]):
            beta = betas[at][k]
            if not points.settled[k]:
                found.append(certify(LogJoint(joint.design, resolved.multiplied(float(factor))), beta, null_objective))
                continue
            share = float(points.factor[k])
            gap = float(points.gap[k]) + (rows_gap(joint, beta, float(piece.loss[k]), share) if share < 1.0 else 0.0)
            objective = float(points.objective[k]) if fixed.sparse else np.inf
            relative, part = shares(gap, null_objective, objective, fixed.smallest_gap)
            found.append(Certificate(kkt=float(points.kkt[k]), gap=gap, relative_gap=relative, share=part))
    return PathCertificates(losses, objectives, tuple(found))


class _Points(NamedTuple):
    """Numbers of the certificates at a few strengths, each (c,).

    ``factor`` brings the scores within the limits of the conjugates, ``gap`` leaves out the rows; where the free
    directions are not ``settled``, the residuals must be made orthogonal to them first.
    """

    objective: np.ndarray
    kkt: np.ndarray
    factor: np.ndarray
    gap: np.ndarray
    settled: np.ndarray


@final
class _Fixed:
    """What the certificates of a path have in common, each (q,)."""

    def __init__(self, joint: LogJoint) -> None:
        resolved = joint.resolved
        self.center = resolved.center if resolved.intercept else None
        self.l1, self.l2 = resolved.phi * resolved.strength.rate, resolved.phi * resolved.strength.precision
        self.sparse, self.curved = bool(self.l1.any()), bool(self.l2.any())
        self.free, self.positive, self.signed = resolved.free, resolved.positive, bool(resolved.positive.any())
        self.out, self.penalised = np.flatnonzero(resolved.excluded), ~(resolved.free | resolved.excluded)
        self.hard = self.penalised & (self.l2 <= 0.0)
        norm = np.sqrt(resolved.weights.sum()) * null_spread(joint)
        self.size = np.where(resolved.size > 0.0, resolved.size, 1.0) * norm
        self.length = UNIT * (resolved.size + np.abs(resolved.center)) * np.sqrt(joint.design.n)
        self.smallest_gap = smallest_gap(joint)
        self.only_intercept = not self.free[int(resolved.intercept) :].any()
        self.free_intercept = resolved.intercept and bool(self.free[0])

    def points(self, betas: np.ndarray, multipliers: np.ndarray, scores: Scores) -> _Points:
        """Return the numbers of coefficients (c, q) on the user's scale at ``multipliers`` (c,).

        A coefficient of 0 whose score is within its limit counts in none of them, and most are.
        """
        count = multipliers.size
        reach = np.where(self.positive, scores.score, np.abs(scores.score)) if self.signed else np.abs(scores.score)
        counts = (betas != 0.0) | (reach > multipliers[:, None] * self.l1)
        counts[:, : int(self.center is not None)] = True
        counts[:, self.out] = False
        row, at = np.divmod(np.flatnonzero(counts), counts.shape[1])
        b, score, reach, positive = betas[row, at], scores.score[row, at], reach[row, at], self.positive[at]
        if self.center is not None:
            first = at == 0
            b[first] += (betas @ self.center)[row[first]]
        b[self.free[at]] = 0.0
        l1, l2, size = multipliers[row] * self.l1[at], multipliers[row] * self.l2[at], np.abs(b)
        objective = scores.loss + np.bincount(row, l1 * size + 0.5 * l2 * size * size, count)
        inner = np.abs(score - np.sign(b) * (l2 * size + l1))
        distance = np.where(b != 0.0, inner, np.maximum(reach - l1, 0.0)) / self.size[at]
        rounding = self.length[at] * scores.terms[row]
        over = self.hard[at] & (reach - l1 > rounding)
        factor = 1.0 / _largest(row[over], reach[over] / l1[over], count, 1.0)
        dual, reach = score * factor[row], reach * factor[row]
        gap = l1 * size - b * np.clip(dual, np.where(positive, -np.inf, -l1), l1)
        if self.curved:
            square = (l2 * b - np.sign(dual) * np.maximum(reach - l1, 0.0)) ** 2
            gap += np.divide(square, 2.0 * l2, out=np.zeros_like(gap), where=l2 > 0.0)
        settled = np.full(count, self.only_intercept)
        if self.free_intercept:
            settled &= np.abs(scores.score[:, 0]) <= self.length[0] * scores.terms
        gap = np.bincount(row, np.where(self.penalised[at], gap, 0.0), count)
        return _Points(objective, _largest(row, distance, count, 0.0), factor, gap, settled)


def _largest(row: np.ndarray, values: np.ndarray, count: int, least: float) -> np.ndarray:
    """Return the largest of the values (e,) of each row (count,), at least ``least``."""
    found = np.full(count, least)
    np.maximum.at(found, row, values)
    return found


def rows_gap(joint: LogJoint, beta: np.ndarray, loss: float, factor: float) -> float:
    """Return ``sum_i w_i d(nu_i, mu_i) / 2`` of the dual point with ``factor`` times the residuals at ``beta``."""
    resolved, law = joint.resolved, joint.resolved.likelihood
    if law.name == "gaussian":
        return (1.0 - factor) ** 2 * loss
    eta = joint.eta(beta)
    present = resolved.weights > 0.0
    y, residual = joint.design.y[present], law.score(joint.design.y, eta)[present]
    return float(resolved.weights[present] @ law.fenchel_gap(y, factor * residual, eta[present]))
