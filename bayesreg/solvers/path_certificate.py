"""Certificates of a whole path under absolute values and squares: those of `certify`, from products of matrices.

The scores of all strengths come from two products with the rows, or, for least squares with many more rows than
columns, from the inner products of the columns and the response, which lose no more digits here: a score is a
difference of two such products either way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesreg.matrices import is_sparse
from bayesreg.objective import LogJoint
from bayesreg.solvers.certificate import SNAPPED, Certificate, certify, null_spread, snap
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.quadratic import Quadratic

BLOCK = 2**22  # numbers of linear predictors held at a time
UNIT = 16.0 * np.finfo(float).eps


class Scores(NamedTuple):
    """What a path's certificates need of the data, a row a strength.

    Attributes
    ----------
    loss : ndarray (k,)
    score : ndarray (k, q)
        ``x_j' w (y - mu)`` on centred columns, the intercept's first.
    terms : ndarray (k,)
        Norm of ``w (|y| + |mu|)``, of which the scores are differences.
    """

    loss: np.ndarray
    score: np.ndarray
    terms: np.ndarray


def scores_from_rows(joint: LogJoint, betas: np.ndarray) -> Scores:
    """Return the scores of coefficients (k, q) on the user's scale."""
    k, n = betas.shape[0], joint.design.n
    height = max(1, BLOCK // max(n, 1))
    parts = [_block(joint, betas[start : start + height]) for start in range(0, k, height)]
    return Scores(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _block(joint: LogJoint, betas: np.ndarray) -> Scores:
    resolved, design, law = joint.resolved, joint.design, joint.resolved.likelihood
    start, w = int(resolved.intercept), resolved.weights[:, None]
    slopes = betas[:, start:]
    support = np.flatnonzero(slopes.any(axis=0))
    few = 2 * support.size < slopes.shape[1]
    eta = design.X[:, support] @ slopes[:, support].T if few else design.X @ slopes.T
    eta += resolved.offset[:, None] + (betas[:, 0] if start else 0.0)
    y = design.y[:, None]
    loss = resolved.weights @ law.half_deviance(y, eta)
    mean = law.mean(eta)
    theta = w * (y - mean)
    raw = (design.X.T @ theta).T if is_sparse(design.X) else theta.T @ design.X
    total = theta.sum(axis=0)
    score = raw if not start else np.column_stack([total, raw - np.outer(total, resolved.center[1:])])
    return Scores(loss, score, np.linalg.norm(w * (np.abs(y) + np.abs(mean)), axis=0))


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
    joint: LogJoint, multipliers: np.ndarray, betas: np.ndarray, null_objective: float, scores: Scores
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
    scores : Scores
        Of ``betas``.
    """
    resolved = joint.resolved
    total = np.sqrt(resolved.weights.sum())
    size = np.where(resolved.size > 0.0, resolved.size, 1.0) * total * null_spread(joint)
    length = UNIT * (resolved.size + np.abs(resolved.center)) * np.sqrt(joint.design.n)
    only_intercept = not resolved.free[int(resolved.intercept) :].any()
    objectives = np.empty(multipliers.size)
    found = []
    for k, factor in enumerate(multipliers):
        b = betas[k].copy()
        if resolved.intercept:
            b[0] += b @ resolved.center
        b[resolved.free] = 0.0
        l1, l2 = resolved.phi * factor * resolved.strength.rate, resolved.phi * factor * resolved.strength.precision
        objectives[k] = scores.loss[k] + float(l1 @ np.abs(b) + 0.5 * l2 @ (b * b))
        rounding = length * scores.terms[k]
        settled = not resolved.intercept or not resolved.free[0] or abs(scores.score[k, 0]) <= rounding[0]
        if not (only_intercept and settled):
            found.append(certify(LogJoint(joint.design, resolved.multiplied(factor)), betas[k], null_objective))
            continue
        kkt = _kkt(resolved.positive, b, scores.score[k], l1, l2, size, resolved.excluded)
        gap = _gap(joint, betas[k], b, scores, k, l1, l2, rounding)
        relative = gap / null_objective if null_objective > 0.0 else (0.0 if gap <= SNAPPED else np.inf)
        share = gap / objectives[k] if l1.any() and objectives[k] > 0.0 else 0.0
        found.append(Certificate(kkt=kkt, gap=gap, relative_gap=relative, share=share))
    return PathCertificates(scores.loss, objectives, tuple(found))


def _kkt(
    positive: np.ndarray,
    b: np.ndarray,
    score: np.ndarray,
    l1: np.ndarray,
    l2: np.ndarray,
    size: np.ndarray,
    excluded: np.ndarray,
) -> float:
    """Return the largest distance of a score to the subdifferential, each over its column's size."""
    distance = np.maximum(np.where(positive, score, np.abs(score)) - l1, 0.0)
    at = np.flatnonzero(b)
    distance[at] = np.abs(score[at] - l2[at] * b[at] - np.sign(b[at]) * l1[at])
    distance[excluded] = 0.0
    return float((distance / size).max(initial=0.0))


def _gap(
    joint: LogJoint,
    beta: np.ndarray,
    b: np.ndarray,
    scores: Scores,
    k: int,
    l1: np.ndarray,
    l2: np.ndarray,
    rounding: np.ndarray,
) -> float:
    """Return the duality gap at one strength, in loss units; ``b`` has the intercept of the centred columns."""
    resolved, score = joint.resolved, scores.score[k]
    penalised = ~(resolved.free | resolved.excluded)
    size = np.where(resolved.positive, score, np.abs(score))
    beyond = penalised & (l2 <= 0.0) & (size > l1 + rounding)
    factor = 1.0 / max(1.0, float((size[beyond] / l1[beyond]).max(initial=0.0)))
    at = np.flatnonzero(penalised & ((b != 0.0) | (size > l1)))
    dual, value, rate, precision = factor * score[at], b[at], l1[at], l2[at]
    excess = np.maximum(np.where(resolved.positive[at], dual, np.abs(dual)) - rate, 0.0)
    inside = np.clip(dual, np.where(resolved.positive[at], -np.inf, -rate), rate)
    square = np.divide(
        (precision * np.abs(value) - excess) ** 2, 2.0 * precision, out=np.zeros_like(value), where=precision > 0.0
    )
    gap = float(np.sum(rate * np.abs(value) - value * inside + square))
    return gap + (rows_gap(joint, beta, scores.loss[k], factor) if factor < 1.0 else 0.0)


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
