"""A certificate of optimality, computed from the model's rows and coefficients, apart from any solver.

The gap is a sum of Fenchel-Young terms, each >= 0: with ``mu`` the fitted means and ``nu`` the means of
a dual point (``nu = y - theta / w``, ``theta`` feasible),

    gap = sum_i w_i d(nu_i, mu_i) / 2 + sum_j [pen_j(b_j) + pen_j*(x_j' theta) - b_j x_j' theta],

so it neither cancels nor turns negative, and it bounds how far the objective is above its minimum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.objective import LogJoint, Piece, penalised

KKT_TOLERANCE = 1e-8
GAP_TOLERANCE = 1e-8
SHARE_TOLERANCE = 1e-4


@final
@dataclass(frozen=True)
class Certificate:
    """How close a mode is to the optimum.

    Attributes
    ----------
    kkt : float
        Largest violation of the stationarity conditions over the coefficients, as a correlation: the
        distance of the score ``x_j' w (y - mu)`` to the subdifferential, over ``||x_j|| ||y - mu_0||``
        (centred and weighted norms).
    gap : float
        Upper bound of ``objective - minimum``, in loss units.
    relative_gap : float
        The gap over the objective with every penalised coefficient at 0.
    share : float
        The gap over the objective at the mode itself, 0 where nothing is penalised: it tells where a strength is
        so small that the other two say nothing.
    ok : bool
        ``kkt`` and ``relative_gap`` are at most 1e-8, and ``share`` at most 1e-4.

    Examples
    --------
    >>> import bayesreg as br
    >>> fit = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L1(500.0)).fit()
    >>> fit.certificate.ok
    True
    """

    kkt: float
    gap: float
    relative_gap: float
    share: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the measures are within tolerance."""
        within = self.kkt <= KKT_TOLERANCE and self.relative_gap <= GAP_TOLERANCE and self.share <= SHARE_TOLERANCE
        return bool(within)


def certify(joint: LogJoint, beta: np.ndarray, null_objective: float) -> Certificate:
    """Return the certificate of coefficients ``beta`` (q,) on the user's scale.

    ``null_objective`` is the objective with every penalised coefficient at 0.
    """
    eta = joint.eta(beta)
    theta = joint.residual(eta)
    gap = duality_gap(joint, beta, eta, theta)
    relative = gap / null_objective if null_objective > 0.0 else (0.0 if gap <= 1e-12 else np.inf)
    objective = joint.objective(beta) if np.any(joint.resolved.strength.rate > 0.0) else np.inf
    share = gap / objective if objective > 0.0 else 0.0
    return Certificate(kkt=kkt_residual(joint, beta, theta), gap=gap, relative_gap=relative, share=share)


def kkt_residual(joint: LogJoint, beta: np.ndarray, theta: np.ndarray) -> float:
    """Return the largest scaled violation of stationarity; ``theta`` is ``w (y - mu)`` (n,)."""
    resolved = joint.resolved
    score = _columns_score(joint, theta)
    distance = np.abs(score) / resolved.phi
    for p in penalised(resolved):
        off = p.law.subdifferential_distance(p.acted_on(beta), p.score(score) / resolved.phi, p.strength)
        distance[p.at] = off if p.map is None else off * _reach(p)
    null_residual = joint.residual(joint.eta(joint.null()))
    spread = np.linalg.norm(
        np.divide(null_residual, np.sqrt(resolved.weights), where=resolved.weights > 0.0, out=np.zeros_like(theta))
    )
    total = np.sqrt(resolved.weights.sum())
    size = np.where(resolved.size > 0.0, resolved.size, 1.0) * total
    kept = ~resolved.excluded
    return float((distance[kept] * resolved.phi / (size[kept] * max(spread, np.finfo(float).tiny))).max(initial=0.0))


def duality_gap(joint: LogJoint, beta: np.ndarray, eta: np.ndarray, theta: np.ndarray) -> float:
    """Return an upper bound of the objective's distance to its minimum, in loss units.

    ``eta`` (n,) is the linear predictor and ``theta`` the residual ``w (y - mu)`` at ``beta``.
    """
    resolved, design, law = joint.resolved, joint.design, joint.resolved.likelihood
    w = resolved.weights
    theta = _annihilate_free(joint, theta, w * law.curvature(eta))
    theta = theta * _feasible_factor(joint, theta, _rounding(joint, eta))
    present = w > 0.0
    means = design.y - np.divide(theta, w, out=np.zeros_like(theta), where=present)
    means = _snap(means, law.in_mean_domain)
    if not law.in_mean_domain(means[present]).all():
        return np.inf
    rows = np.maximum(law.half_deviance(means[present], eta[present]), 0.0)
    gap = float(w[present] @ rows)
    dual, rounding = _columns_score(joint, theta), _rounding(joint, eta)
    for p in penalised(resolved):
        inside = p.score(dual)
        if p.law.plain:
            inside = _forgive(inside, resolved.phi * p.strength.rate, rounding[p.at])
        gap += resolved.phi * float(p.law.fenchel_gap(p.acted_on(beta), inside / resolved.phi, p.strength).sum())
    return gap


def _reach(piece: Piece) -> np.ndarray:
    """Return what turns a gradient of what a law acts on into one of the coefficients (d,), as sizes."""
    return np.asarray(piece.map if piece.map.ndim == 1 else np.linalg.norm(piece.map, axis=0))  # type: ignore[union-attr]


def _forgive(dual: np.ndarray, limit: np.ndarray, rounding: np.ndarray) -> np.ndarray:
    """Put scores that only rounding has carried beyond their limit back on it."""
    excess = np.abs(dual) - limit * (1.0 - 4e-16)
    return np.where((excess > 0.0) & (excess <= rounding), np.sign(dual) * limit * (1.0 - 4e-16), dual)


def _rounding(joint: LogJoint, eta: np.ndarray) -> np.ndarray:
    """Return the rounding error (q,) of a column's product with the residuals, a difference of ``y`` and means."""
    resolved = joint.resolved
    terms = resolved.weights * (np.abs(joint.design.y) + np.abs(resolved.likelihood.mean(eta)))
    length = resolved.size + np.abs(resolved.center)
    return 16.0 * np.finfo(float).eps * length * np.sqrt(terms.size) * np.linalg.norm(terms)


def _columns_score(joint: LogJoint, theta: np.ndarray) -> np.ndarray:
    """Return ``x_j' theta`` (q,) on centred columns, the intercept's first."""
    slopes = joint.design.X.T @ theta
    if not joint.resolved.intercept:
        return slopes
    return _centred_score(joint, np.concatenate([[theta.sum()], slopes]))


def _centred_score(joint: LogJoint, score: np.ndarray) -> np.ndarray:
    """Turn scores for raw columns into scores for centred columns (q,)."""
    return score - joint.resolved.center * score[0] if joint.resolved.intercept else score


def _annihilate_free(joint: LogJoint, theta: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """Make ``theta`` orthogonal to the unpenalised columns, moving rows in proportion to their curvature."""
    resolved, start = joint.resolved, int(joint.resolved.intercept)
    free = np.flatnonzero(resolved.free)
    if free.size == 0:
        return theta
    columns = [np.ones(theta.size) if j < start else _unit_column(joint, j) for j in free]
    F = np.column_stack(columns)
    root = np.sqrt(curvature)
    for _ in range(2):
        basis, factor = np.linalg.qr(F * root[:, None])
        if np.abs(np.diag(factor)).min() <= 1e-14 * np.abs(np.diag(factor)).max():
            return theta
        theta = theta - root * (basis @ np.linalg.solve(factor.T, F.T @ theta))
    return theta


def _unit_column(joint: LogJoint, j: np.intp) -> np.ndarray:
    start, resolved = int(joint.resolved.intercept), joint.resolved
    column = joint.design.X[:, j - start] - resolved.center[j]
    return column / (resolved.size[j] if resolved.size[j] > 0.0 else 1.0)


def _feasible_factor(joint: LogJoint, theta: np.ndarray, rounding: np.ndarray) -> float:
    """Return the largest factor <= 1 that makes ``theta`` feasible where the conjugate is an indicator."""
    dual, phi = _columns_score(joint, theta), joint.resolved.phi
    gauges = (p.law.gauge(p.score(dual) / phi, p.strength, rounding[p.at] / phi) for p in penalised(joint.resolved))
    return 1.0 / max(1.0, *gauges, 1.0)


def _snap(means: np.ndarray, inside: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Move dual means that rounding has put just outside their range back to its edge."""
    for edge in (0.0, 1.0):
        near = np.abs(means - edge) < 1e-14
        means = np.where(near & ~inside(means), edge, means)
    return means
