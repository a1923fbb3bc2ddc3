"""Certificates of a whole path under group penalties: those of `certify`, without a loop over the groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.objective import LogJoint, penalised
from bayesreg.solvers.certificate import Certificate, certify, null_spread, shares, smallest_gap
from bayesreg.solvers.group_problem import read_norms
from bayesreg.solvers.norms import Norms
from bayesreg.solvers.path_certificate import UNIT, PathCertificates, Scores, rows_gap, scores_from_rows
from bayesreg.solvers.turned import Turn, stacked


@final
@dataclass(frozen=True, eq=False)
class GroupPieces:
    """The pieces of a log prior of lengths, absolute values and squares, all together.

    Attributes
    ----------
    norms : Norms
        Of what the laws act on (q,), in loss units.
    maps, duals : tuple of Turn
        What the laws act on from centred coefficients, and the gradients there from those of the coefficients.
    """

    norms: Norms
    maps: tuple[Turn, ...]
    duals: tuple[Turn, ...]

    def acted_on(self, b: np.ndarray) -> np.ndarray:
        """Return what the laws act on (q, k) from coefficients (q, k)."""
        return _turned(self.maps, b)

    def dual(self, score: np.ndarray) -> np.ndarray:
        """Return the gradients (q, k) there from those of centred coefficients (q, k)."""
        return _turned(self.duals, score)

    def reach(self, off: np.ndarray) -> np.ndarray:
        """Return bounds of the gradients of coefficients (q,) from those of what their laws act on."""
        out = off.copy()
        for one in self.maps:
            Turn(one.at, np.abs(one.blocks)).apply_transposed(off, out)
        return out


def _turned(turns: tuple[Turn, ...], v: np.ndarray) -> np.ndarray:
    out = v.copy()
    for one in turns:
        one.apply(v, out)
    return out


def make_pieces(joint: LogJoint) -> GroupPieces:
    """Return the pieces of a model's log prior."""
    resolved, maps, duals = joint.resolved, [], []
    for piece in penalised(resolved):
        if piece.map is not None:
            matrix = np.diag(piece.map) if piece.map.ndim == 1 else piece.map
            maps.append((piece.at, matrix))
            duals.append((piece.at, np.linalg.inv(matrix).T))
    q = len(resolved.coefficients)
    return GroupPieces(read_norms(resolved, np.arange(q), np.ones(q)), stacked(maps), stacked(duals))


def certify_group_path(
    joint: LogJoint, multipliers: np.ndarray, betas: np.ndarray, null_objective: float
) -> PathCertificates:
    """Certify coefficients ``betas`` (k, q) at ``multipliers`` (k,) of the strengths of a model with group penalties.

    Parameters
    ----------
    joint : LogJoint
        Of the model at multiplier 1.
    multipliers : ndarray (k,)
    betas : ndarray (k, q)
        On the user's scale.
    null_objective : float
    """
    resolved, pieces, scores = joint.resolved, make_pieces(joint), scores_from_rows(joint, betas)
    centred = betas.T.copy()
    if resolved.intercept:
        centred[0] += resolved.center @ centred
    acted, dual = pieces.acted_on(centred), pieces.dual(scores.score.T)
    size = np.where(resolved.size > 0.0, resolved.size, 1.0) * np.sqrt(resolved.weights.sum()) * null_spread(joint)
    length = UNIT * (resolved.size + np.abs(resolved.center)) * np.sqrt(joint.design.n)
    held, least = resolved.excluded, smallest_gap(joint)
    objectives, found = np.empty(multipliers.size), []
    for k, factor in enumerate(multipliers):
        norms = pieces.norms.multiplied(factor)
        v, u = np.where(held, 0.0, acted[:, k]), dual[:, k]
        objectives[k] = scores.loss[k] + norms.value(v)
        if np.any(np.abs(scores.score[k]) > length * scores.terms[k], where=norms.free & ~held):
            found.append(certify(LogJoint(joint.design, resolved.multiplied(factor)), betas[k], null_objective))
            continue
        off = np.where(held, 0.0, norms.distance(v, u))
        gap = _gap(joint, norms, betas[k], v, np.where(held | norms.free, 0.0, u), scores, k)
        relative, share = shares(gap, null_objective, float(objectives[k]), least)
        kkt = float((np.where(held, 0.0, pieces.reach(off)) / size).max(initial=0.0))
        found.append(Certificate(kkt=kkt, gap=gap, relative_gap=relative, share=share))
    return PathCertificates(scores.loss, objectives, tuple(found))


def _gap(
    joint: LogJoint, norms: Norms, beta: np.ndarray, v: np.ndarray, u: np.ndarray, scores: Scores, k: int
) -> float:
    """Return the duality gap at one strength, in loss units, of the dual point scaled to be feasible."""
    bent = norms.l2 > 0.0
    excess = float(norms.gauge(np.where(bent, 0.0, u)).max(initial=0.0))
    factor = 1.0 if excess <= 1.0 else (1.0 - 4e-16) / excess
    u = factor * u
    plain = np.where(bent, 0.0, v)
    gap = max(norms.value(plain) - float(u @ plain), 0.0)
    rate, precision, value, dual = norms.l1[bent], norms.l2[bent], v[bent], u[bent]
    left = np.maximum(np.abs(dual) - rate, 0.0)
    inside = np.clip(dual, -rate, rate)
    squares = (precision * value - np.sign(dual) * left) ** 2 / (2.0 * precision)
    gap += float(np.sum(rate * np.abs(value) - inside * value + squares))
    return gap + (rows_gap(joint, beta, scores.loss[k], factor) if factor < 1.0 else 0.0)
