"""Approximate solutions by Clarabel, an interior-point method for cones, through CVXPY."""

import warnings

import cvxpy as cp
import numpy as np

from tests.reference.solutions.faces import Blocked, Chain, Form, Separable, Sorted
from tests.reference.solutions.problem import loss

SETTINGS = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas", "tol_ktratio"), 1e-13)


def separable(law, u):
    limits = [(u[j] >= b) for j, b in enumerate(law.lower.astype(float)) if np.isfinite(b)]
    limits += [(u[j] <= b) for j, b in enumerate(law.upper.astype(float)) if np.isfinite(b)]
    squares = cp.sum_squares(cp.multiply(np.sqrt(law.l2.astype(float) / 2.0), u))
    return law.l1.astype(float) @ cp.abs(u) + squares, limits


def blocked(law, u):
    return float(law.l1) * cp.norm1(u) + float(law.l2) * cp.norm2(u), []


def form(law, u):
    return cp.quad_form(u, cp.psd_wrap(law.S.astype(float))) / 2, []


def chain(law, u):
    return float(law.tv) * cp.norm1(cp.diff(u)) + float(law.l1) * cp.norm1(u), []


def sorted_sizes(law, u):
    steps = -np.diff(np.append(law.weights.astype(float), 0.0))
    return sum(step * cp.sum_largest(cp.abs(u), k + 1) for k, step in enumerate(steps) if step > 0.0), []


EXPRESSIONS = {Separable: separable, Blocked: blocked, Form: form, Chain: chain, Sorted: sorted_sizes}


def approximate(problem):
    """Return the minimiser (m,) and the minimum; that it may be inaccurate is no matter, for it is polished."""
    Z, y, w, offset = (part.astype(float) for part in (problem.Z, problem.y, problem.weights, problem.offset))
    size = np.sqrt(w @ Z**2 / w.sum())
    scaled = cp.Variable(Z.shape[1])
    u = cp.multiply(scaled, 1.0 / size)
    eta = offset + (Z / size) @ scaled
    if problem.family == "gaussian":
        fit = cp.sum_squares(cp.multiply(np.sqrt(w), y - eta)) / 2.0
    elif problem.family == "bernoulli":
        fit = w @ (cp.logistic(eta) - cp.multiply(y, eta))
    else:
        saturated = y * (np.log(np.maximum(y, 1.0)) - 1.0)
        fit = w @ (cp.exp(eta) - cp.multiply(y, eta)) + w @ saturated
    parts = [EXPRESSIONS[type(law)](law, u[at]) for law, at in problem.laws]
    unit = float(loss(problem, np.zeros_like(problem.Z[0])))
    total = (fit + sum(value for value, _ in parts)) / unit
    program = cp.Problem(cp.Minimize(total), [limit for _, limits in parts for limit in limits])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Solution may be inaccurate")
        program.solve(solver=cp.CLARABEL, max_iter=200, **SETTINGS)
    return scaled.value / size, float(program.value) * unit
