"""An outside solver's solution, then Newton steps on its face in extended precision, then the optimality conditions."""

import numpy as np

from tests.reference.solutions.linear import solve
from tests.reference.solutions.optimality import KKT, SLACK, optimality
from tests.reference.solutions.outside import approximate
from tests.reference.solutions.problem import mean_and_curvature, objective, score

LONG = np.longdouble
FACE_TOLERANCES = (1e-6, 1e-5, 1e-7, 1e-4, 1e-8)  # of the largest coordinate


def polish(problem, u, tolerance):
    """Return the minimiser (m,) on the face of ``u`` by Newton steps in extended precision."""
    u, bases = LONG(u), np.zeros((u.size, 0), dtype=LONG)
    size = np.sqrt(problem.weights @ problem.Z**2 / problem.weights.sum())
    reach = tolerance * np.abs(u * size).max()
    for law, at in problem.laws:
        u[at], basis = law.face(u[at], reach / size[at])
        wide = np.zeros((u.size, basis.shape[1]), dtype=LONG)
        wide[at] = basis
        bases = np.hstack([bases, wide])
    Zb = problem.Z @ bases
    for _ in range(30):
        pull, bend = -score(problem, u) @ bases, np.zeros((u.size, u.size), dtype=LONG)
        for law, at in problem.laws:
            pull = pull + law.gradient(u[at]) @ bases[at]
            bend[np.ix_(at, at)] = law.curvature(u[at])
        _, curvature = mean_and_curvature(problem, problem.offset + problem.Z @ u)
        hessian = Zb.T @ ((problem.weights * curvature)[:, None] * Zb) + bases.T @ bend @ bases
        step = bases @ solve(hessian, -pull)
        u = u + step
        if np.abs(step * size).max() <= 1e-18 * np.abs(u * size).max():
            break
    return u


def solution_of(problem):
    """Return the minimiser (m,) whose face, found by an outside solver, passes all conditions of optimality.

    Raises
    ------
    ArithmeticError
        If no face that the solver's end point suggests does.
    """
    start, value = approximate(problem)
    tried = []
    for tolerance in FACE_TOLERANCES:
        u = polish(problem, start, tolerance)
        tried.append(optimality(problem, u))
        if tried[-1].kkt <= KKT and tried[-1].slack >= SLACK:
            excess = float((objective(problem, u) - value) / abs(value))
            if not abs(excess) <= 1e-6:
                raise ArithmeticError(f"the outside solver's objective differs by {excess:.1e}")
            return u
    raise ArithmeticError(f"no face passes: {tried}")
