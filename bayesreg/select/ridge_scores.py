"""Scores of a ridge at all strengths from its factorisation: evidence, leave-one-out, posterior spread."""

from __future__ import annotations

import numpy as np

from bayesreg.objective import log_prior
from bayesreg.resolved import Resolved
from bayesreg.solvers.problem import Problem
from bayesreg.solvers.ridge_path import RidgePath

LOG_2PI = float(np.log(2.0 * np.pi))
NUMBERS = 2**24  # residuals and leverages, rows times strengths, that are held at a time


def log_evidence(path: RidgePath, problem: Problem, resolved: Resolved, t: np.ndarray) -> np.ndarray:
    """Return ``log p(y)`` (s,) at ``t`` times the strengths, with flat coefficients of height 1 on the user's scale."""
    phi, present = resolved.phi, problem.weights > 0.0
    log_weights = 0.0 if resolved.frequency else 0.5 * float(np.log(problem.weights[present]).sum())
    top = float(log_prior(resolved.multiplied(1.0), np.zeros(problem.q)))
    spread = LOG_2PI + np.log(phi)
    return np.asarray(
        0.5 * (problem.l2.size - resolved.observations) * spread
        + log_weights
        + top
        + 0.5 * path.cross.shape[1] * np.log(t)
        - 0.5 * path.log_determinant(t)
        - 0.5 * path.misfit(t) / phi
        - np.log(problem.size).sum()
    )


def leave_one_out(
    path: RidgePath, problem: Problem, resolved: Resolved, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log predictive densities (s,) of rows left out, summed, and the mean squared errors (s,)."""
    present = problem.weights > 0.0
    w, phi = problem.weights[present], resolved.phi
    copies = w if resolved.frequency else np.ones_like(w)
    density, error = np.empty(t.size), np.empty(t.size)
    step = max(1, NUMBERS // problem.y.size)
    for first in range(0, t.size, step):
        at = slice(first, first + step)
        residual, slack = path.rows(t[at])
        if not present.all():
            residual, slack = residual[present], slack[present]
        if resolved.frequency:
            slack = 1.0 - (1.0 - slack) / w[:, None]
        alone = (slack <= 0.0).any(axis=0)
        slack[:, alone] = 1.0
        away = residual / slack
        logs = copies @ np.log(slack) - copies @ (LOG_2PI + np.log(phi * copies / w))
        density[at] = np.where(alone, -np.inf, 0.5 * (logs - np.einsum("ij,ij->j", residual, away) / phi))
        error[at] = np.where(alone, np.inf, np.einsum("ij,ij->j", away, away) / w.sum())
    return density, error


def leave_one_out_spread(path: RidgePath, problem: Problem, resolved: Resolved, t: np.ndarray) -> np.ndarray:
    """Return standard errors (s,) of the mean squared errors of rows left out, rows by their weights."""
    present = problem.weights > 0.0
    w, found = problem.weights[present], np.empty(t.size)
    step = max(1, NUMBERS // problem.y.size)
    for first in range(0, t.size, step):
        at = slice(first, first + step)
        residual, slack = (part[present] for part in path.rows(t[at]))
        if resolved.frequency:
            slack = 1.0 - (1.0 - slack) / w[:, None]
        alone = (slack <= 0.0).any(axis=0)
        slack[:, alone] = 1.0
        squared = (residual / slack) ** 2 / w[:, None]
        away = (squared - w @ squared / w.sum()) ** 2
        found[at] = np.where(alone, np.inf, np.sqrt(w @ away / w.sum() / (resolved.observations - 1.0)))
    return found


def slope_spread(path: RidgePath, problem: Problem, resolved: Resolved, t: np.ndarray) -> np.ndarray:
    """Return the posterior standard deviations (s, p) of slopes per standard deviation of their columns."""
    sd = np.zeros((t.size, problem.q))
    sd[:, problem.kept] = np.sqrt(resolved.phi * path.variances(t)) / problem.size
    return np.asarray((sd * resolved.sd)[:, int(resolved.intercept) :])
