"""A certificate of optimality, computed from the model's rows and coefficients, apart from any solver.

The gap is a sum of Fenchel-Young terms, each >= 0: with ``mu`` the fitted means and ``nu`` the means of
a dual point (``nu = y - theta / w``, ``theta`` feasible),

    gap = sum_i w_i d(nu_i, mu_i) / 2 + sum_j [pen_j(b_j) + pen_j*(x_j' theta) - b_j x_j' theta],

so it neither cancels nor turns negative, and it bounds how far the objective is above its minimum. (Rows that have no
canonical link give the same sum by the conjugate of their own loss: `Likelihood.fenchel_gap`.) Penalties and
likelihoods that are not convex have no such bound: there the gap is nan and stationarity alone is certified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.matrices import column
from bayesreg.objective import LogJoint, Piece, penalised
from bayesreg.resolved import Resolved

KKT_TOLERANCE = 1e-8
GAP_TOLERANCE = 1e-8
SHARE_TOLERANCE = 1e-4
ROUNDING = 16.0 * np.finfo(float).eps


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
        Upper bound of ``objective - minimum``, in loss units; nan, as the next two, under a penalty that is not convex.
    relative_gap : float
        The gap over the objective with every penalised coefficient at 0.
    share : float
        The gap over the objective at the mode itself, 0 where nothing is penalised: it tells where a strength is
        so small that the other two say nothing.
    ok : bool
        ``kkt`` and ``relative_gap`` are at most 1e-8, and ``share`` at most 1e-4. Where ``local``: ``kkt`` is.
    local : bool
        A penalty or the likelihood is not convex, or it is corrected: what is certified is a stationary point.

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
    local: bool = False

    @property
    def ok(self) -> bool:
        """Whether the measures are within tolerance."""
        if self.local:
            return bool(self.kkt <= KKT_TOLERANCE)
        within = self.kkt <= KKT_TOLERANCE and self.relative_gap <= GAP_TOLERANCE and self.share <= SHARE_TOLERANCE
        return bool(within)


def certify(joint: LogJoint, beta: np.ndarray, null_objective: float) -> Certificate:
    """Return the certificate of coefficients ``beta`` (q,) on the user's scale.

    ``null_objective`` is the objective with every penalised coefficient at 0.
    """
    eta = joint.eta(beta)
    theta = joint.residual(eta)
    correction = joint.resolved.correction
    if correction is not None:
        theta = theta + correction.pull(eta)
    if correction is not None or not is_convex(joint.resolved):
        kkt, nan = kkt_residual(joint, beta, theta), float("nan")
        return Certificate(kkt=kkt, gap=nan, relative_gap=nan, share=nan, local=True)
    gap = duality_gap(joint, beta, eta, theta)
    objective = joint.objective(beta) if np.any(joint.resolved.strength.rate > 0.0) else np.inf
    relative, share = shares(gap, null_objective, objective, smallest_gap(joint))
    return Certificate(kkt=kkt_residual(joint, beta, theta), gap=gap, relative_gap=relative, share=share)


def is_convex(resolved: Resolved) -> bool:
    """Return whether likelihood and penalties are convex, so that a stationary point is the minimum."""
    return resolved.likelihood.convex and all(piece.law.traits.convex for piece in penalised(resolved))


def smallest_gap(joint: LogJoint) -> float:
    """Return the loss of residuals that are the response's rounding; a gap of that size says nothing."""
    y = joint.design.y
    return 0.5 * ROUNDING**2 * float(joint.resolved.weights @ (y * y))


def shares(gap: float, null_objective: float, objective: float, smallest: float) -> tuple[float, float]:
    """Return a gap over the null objective and over the objective; 0 for a gap up to the ``smallest``."""
    if gap <= smallest:
        return 0.0, 0.0
    relative = gap / null_objective if null_objective > 0.0 else np.inf
    return relative, gap / objective if 0.0 < objective < np.inf else 0.0


def kkt_residual(joint: LogJoint, beta: np.ndarray, theta: np.ndarray) -> float:
    """Return the largest scaled violation of stationarity; ``theta`` is ``w (y - mu)`` (n,)."""
    resolved = joint.resolved
    score = _columns_score(joint, theta)
    distance = np.abs(score) / resolved.phi
    for p in penalised(resolved):
        off = p.law.subdifferential_distance(p.acted_on(beta), p.score(score) / resolved.phi, p.strength)
        distance[p.at] = off if p.map is None else _reach(p, off)
    total = np.sqrt(resolved.weights.sum())
    size = np.where(resolved.size > 0.0, resolved.size, 1.0) * total
    kept = ~resolved.excluded
    return float((distance[kept] * resolved.phi / (size[kept] * null_spread(joint))).max(initial=0.0))


def null_spread(joint: LogJoint) -> float:
    """Return the weighted norm of the null model's residuals, which violations are compared to."""
    weights = joint.resolved.weights
    present = weights > 0.0
    residual = joint.residual(joint.eta(joint.null()))[present]
    return max(float(np.linalg.norm(residual / np.sqrt(weights[present]))), np.finfo(float).tiny)


def duality_gap(joint: LogJoint, beta: np.ndarray, eta: np.ndarray, theta: np.ndarray) -> float:
    """Return an upper bound of the objective's distance to its minimum, in loss units.

    ``eta`` (n,) is the linear predictor and ``theta`` the residual ``w (y - mu)`` at ``beta``.
    """
    resolved, design, law = joint.resolved, joint.design, joint.resolved.likelihood
    w = resolved.weights
    rounding = _rounding(joint, eta)
    theta = _annihilate_free(joint, beta, theta, w * law.curvature(eta))
    theta = theta * _feasible_factor(joint, theta, rounding)
    present = w > 0.0
    rows = law.fenchel_gap(design.y[present], theta[present] / w[present], eta[present])
    gap = float(w[present] @ rows)
    if not np.isfinite(gap):
        return np.inf
    dual = _columns_score(joint, theta)
    for p in penalised(resolved):
        if not p.law.traits.separable and p.strength.rate + p.strength.precision <= 0.0:
            continue
        inside = p.score(dual)
        if p.law.plain:
            inside = _forgive(inside, resolved.phi * p.strength.rate, rounding[p.at]) / resolved.phi
        else:
            inside = _feasible(p, inside / resolved.phi, _slack(p, rounding) / resolved.phi)
        gap += resolved.phi * float(np.sum(p.law.fenchel_gap(p.acted_on(beta), inside, p.strength)))
    return gap


def _reach(piece: Piece, off: np.ndarray) -> np.ndarray:
    """Return bounds of the gradients of coefficients (d,) from those of what their law acts on."""
    size = np.abs(np.asarray(piece.map))
    return size * off if size.ndim == 1 else size.T @ off


def _slack(piece: Piece, rounding: np.ndarray) -> np.ndarray:
    """Return the rounding (d,) of the score of what a law acts on, from that of all coefficients (q,)."""
    part = rounding[piece.at]
    if piece.map is None:
        return part
    return part / np.abs(piece.map) if piece.map.ndim == 1 else np.abs(np.linalg.inv(piece.map)).T @ part


def _feasible(piece: Piece, dual: np.ndarray, slack: np.ndarray) -> np.ndarray:
    """Take from a dual point (d,) what rounding has put along flat directions, and beyond where the conjugate ends."""
    null = piece.law.null_space()
    if null is not None and null.size:
        basis = np.linalg.qr(null)[0]
        along = basis @ (basis.T @ dual)
        dual = dual - along if np.linalg.norm(along) <= 4.0 * np.linalg.norm(slack) else dual
    excess = piece.law.gauge(dual, piece.strength, np.zeros_like(slack))
    near = excess > 1.0 and np.linalg.norm((1.0 - 1.0 / excess) * dual) <= 4.0 * np.linalg.norm(slack)
    return dual / (excess * (1.0 + 4e-16)) if near else dual


def _forgive(dual: np.ndarray, limit: np.ndarray, rounding: np.ndarray) -> np.ndarray:
    """Put scores that only rounding has carried beyond their limit back on it."""
    excess = np.abs(dual) - limit * (1.0 - 4e-16)
    return np.where((excess > 0.0) & (excess <= rounding), np.sign(dual) * limit * (1.0 - 4e-16), dual)


def _rounding(joint: LogJoint, eta: np.ndarray) -> np.ndarray:
    """Return the rounding error (q,) of a column's product with the residuals, a difference of ``y`` and means."""
    resolved = joint.resolved
    y = joint.design.y
    terms = resolved.weights * (np.abs(y) + np.abs(y - resolved.likelihood.score(y, eta)))
    length = resolved.size + np.abs(resolved.center)
    return ROUNDING * length * np.sqrt(terms.size) * np.linalg.norm(terms)


def _columns_score(joint: LogJoint, theta: np.ndarray) -> np.ndarray:
    """Return ``x_j' theta`` (q,) on centred columns, the intercept's first."""
    slopes = joint.design.X.T @ theta
    if not joint.resolved.intercept:
        return slopes
    return _centred_score(joint, np.concatenate([[theta.sum()], slopes]))


def _centred_score(joint: LogJoint, score: np.ndarray) -> np.ndarray:
    """Turn scores for raw columns into scores for centred columns (q,)."""
    return score - joint.resolved.center * score[0] if joint.resolved.intercept else score


def _annihilate_free(joint: LogJoint, beta: np.ndarray, theta: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """Make ``theta`` orthogonal to the unpenalised directions, moving rows in proportion to their curvature.

    These are the free coefficients that are not at a limit, and the flat directions of joint laws.
    """
    resolved, start = joint.resolved, int(joint.resolved.intercept)
    free = np.flatnonzero(resolved.free & (resolved.lower < beta) & (beta < resolved.upper))
    columns = [np.ones(theta.size) if j < start else _unit_column(joint, j) for j in free]
    columns += [flat for p in penalised(resolved) for flat in _flat_columns(joint, p).T]
    if not columns:
        return theta
    F = np.column_stack(columns)
    root = np.sqrt(curvature)
    for _ in range(2):
        basis, factor = np.linalg.qr(F * root[:, None])
        if np.abs(np.diag(factor)).min() <= 1e-14 * np.abs(np.diag(factor)).max():
            return theta
        theta = theta - root * (basis @ np.linalg.solve(factor.T, F.T @ theta))
    return theta


def _flat_columns(joint: LogJoint, piece: Piece) -> np.ndarray:
    """Return the columns (n, k) of the directions in which a joint law is flat, each of unit size."""
    null = piece.law.null_space()
    if null is None:
        return np.zeros((joint.design.n, 0))
    back, start = piece.back(null.T).T, int(joint.resolved.intercept)
    columns = joint.design.X[:, piece.at - start] @ back - joint.resolved.center[piece.at] @ back
    size = np.sqrt(np.mean(columns**2, axis=0))
    return columns / np.where(size > 0.0, size, 1.0)


def _unit_column(joint: LogJoint, j: np.intp) -> np.ndarray:
    start, resolved = int(joint.resolved.intercept), joint.resolved
    centred = column(joint.design.X, j - start) - resolved.center[j]
    return centred / (resolved.size[j] if resolved.size[j] > 0.0 else 1.0)


def _feasible_factor(joint: LogJoint, theta: np.ndarray, rounding: np.ndarray) -> float:
    """Return the largest factor <= 1 that makes ``theta`` feasible where the conjugate is an indicator."""
    dual, phi = _columns_score(joint, theta), joint.resolved.phi
    pieces = penalised(joint.resolved)
    gauges = (p.law.gauge(p.score(dual) / phi, p.strength, _slack(p, rounding) / phi) for p in pieces)
    return 1.0 / max(1.0, *gauges, 1.0)
