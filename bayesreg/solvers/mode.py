"""Find the mode of one model: choose the algorithm from what the problem is, run it, certify the result."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.design import Design
from bayesreg.existence import check_maximum, check_rank
from bayesreg.matrices import Matrix, column
from bayesreg.objective import LogJoint, penalised
from bayesreg.resolved import Resolved
from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.certificate import certify, null_spread
from bayesreg.solvers.composite import Composite, make_composite
from bayesreg.solvers.convexity import NOT_CONCAVE, describe_convexity, face_dof
from bayesreg.solvers.corrected import SCOPE, corrected_dof, solve_corrected
from bayesreg.solvers.found import Mode, Solution
from bayesreg.solvers.general import convex_starts, solve_composite, solve_from_several
from bayesreg.solvers.group_modes import find_group_mode
from bayesreg.solvers.group_problem import is_grouped
from bayesreg.solvers.held import is_independent
from bayesreg.solvers.newton import solve_newton
from bayesreg.solvers.pivot import Pivoting
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.ridge import find_ridge, has_closed_form, solve_ridge

LARGE = 1000  # coordinates from which an active set is followed down a path, and not searched
PIVOTING = "block pivoting on a working set: exact for the final signs"
ROUNDING = 1e-13  # share of a sum's terms below which the sum is rounding


def find_mode(design: Design, resolved: Resolved, *, start: np.ndarray | None = None) -> Mode:
    """Return the mode of the coefficients at the model's dispersion and strengths.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    start : ndarray (q,), optional
        Coefficients to start from (a neighbouring model's mode).

    Raises
    ------
    RankError, SeparationError
        If the unpenalised part has no unique, finite optimum.
    """
    since = perf_counter()
    check_existence(design, resolved)
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    beta = joint.null() if start is None else start
    if resolved.correction is not None:
        return make_corrected_mode(joint, problem, problem.from_user(beta), since)
    null_objective = find_null(joint, problem)
    if is_grouped(resolved):
        return find_group_mode(joint, null_objective, beta, since)
    if not is_direct(resolved, problem):
        composite = make_composite(design, resolved)
        return make_general_mode(joint, composite, composite.from_user(beta), null_objective, since)
    return make_mode(joint, problem, solve(problem, problem.from_user(beta)), null_objective, since)


def is_direct(resolved: Resolved, problem: Problem) -> bool:
    """Return whether the strengths of the problem hold all penalties, and a solver of its own exists for them."""
    return resolved.is_plain or (problem.likelihood.name == "gaussian" and problem.is_smooth and holds_all(resolved))


def holds_all(resolved: Resolved) -> bool:
    """Return whether every penalty is an absolute value, a square or a quadratic form, without limits but signs."""
    plain = all(piece.law.plain or piece.law.root(piece.strength) is not None for piece in penalised(resolved))
    return plain and not resolved.has_limits


def make_general_mode(
    joint: LogJoint,
    composite: Composite,
    start: np.ndarray,
    null_objective: float,
    since: float,
    loss: Quadratic | None = None,
) -> Mode:
    """Return the mode of a model with penalties of any law, from ``start`` (m,) and, if not convex, other starts.

    ``since`` is the clock when its work began.
    """
    scale = null_spread(joint)
    if composite.is_convex:
        g, iterations, converged = solve_composite(composite, start, scale, loss)
        algorithm = "proximal gradient to the face, Newton steps on it"
    else:
        starts = convex_starts(composite, start, scale, loss)
        g, iterations, converged = solve_from_several(composite, starts, scale, loss)
        algorithm = f"proximal gradient to the face, Newton steps on it, lowest from {len(starts)} starts"
    beta = composite.to_user(g)
    solution = Solution(g, algorithm, iterations, iterations + 1, converged)
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=face_dof(composite, g),
        certificate=certify(joint, beta, null_objective),
        record=solution.record(beta, perf_counter() - since),
        scope=describe_convexity(composite, g),
    )


def make_corrected_mode(joint: LogJoint, problem: Problem, start: np.ndarray, since: float) -> Mode:
    """Return the mode of a model with a corrected likelihood, from ``start`` (m,)."""
    correction = joint.resolved.correction
    assert correction is not None
    g, iterations, converged = solve_corrected(joint, problem, correction, start)
    beta, null_objective = problem.to_user(g), joint.objective(joint.null())
    solution = Solution(g, "Newton steps on the modified score", iterations, iterations, converged)
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=corrected_dof(problem, correction, g),
        certificate=certify(joint, beta, null_objective),
        record=solution.record(beta, perf_counter() - since),
        scope=SCOPE,
    )


def make_mode(joint: LogJoint, problem: Problem, solution: Solution, null_objective: float, since: float) -> Mode:
    """Certify a solver's end point and return it with its record; ``since`` is the clock when its work began."""
    beta = problem.to_user(solution.g)
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=effective_dof(problem, solution.g, solution.loss) if solution.edf is None else solution.edf,
        certificate=certify(joint, beta, null_objective),
        record=solution.record(beta, perf_counter() - since),
        scope="" if problem.likelihood.convex else NOT_CONCAVE,
    )


def check_existence(design: Design, resolved: Resolved) -> None:
    """Raise where unpenalised coefficients, or flat directions of joint laws, are not identified or run to infinity."""
    start = int(resolved.intercept)
    between = (resolved.lower > -np.inf) & (resolved.upper < np.inf)
    free = np.flatnonzero(resolved.free & ~between)
    columns = [np.ones(design.n) if j < start else column(design.X, j - start) for j in free]
    names = [resolved.coefficients[j] for j in free]
    for piece in penalised(resolved):
        null = piece.law.null_space()
        if null is not None:
            columns += list(_flat_columns(design.X[:, piece.at - start], piece.back(null.T)))
            names += _flat_names(resolved, piece.at, null.shape[1])
    if not columns:
        return
    present = resolved.weights > 0.0
    Z = np.column_stack(columns)[present]
    check_rank(Z, names)
    if resolved.correction is None:
        check_maximum(Z, design.y[present], resolved.likelihood.name, names)


def _flat_columns(X: Matrix, directions: np.ndarray) -> np.ndarray:
    """Return the linear predictors (k, n) of directions (k, d), exactly 0 where all that is left is rounding."""
    found, terms = (X @ directions.T).T, (abs(X) @ np.abs(directions).T).T
    lost = np.linalg.norm(found, axis=1) <= ROUNDING * np.linalg.norm(terms, axis=1)
    return np.where(lost[:, None], 0.0, found)


def _flat_names(resolved: Resolved, at: np.ndarray, count: int) -> list[str]:
    """Return names of the directions of the coefficients ``at`` that their penalty leaves free."""
    first, last = resolved.coefficients[at[0]], resolved.coefficients[at[-1]]
    which = [""] if count == 1 else [f" {k + 1}" for k in range(count)]
    return [f"flat direction{k} of the penalty on {first} ... {last}" for k in which]


def solve(problem: Problem, start: np.ndarray) -> Solution:
    """Run the algorithm that the problem's family and penalty call for, from ``start`` (m,)."""
    gaussian = problem.likelihood.name == "gaussian"
    if gaussian and problem.is_smooth:
        return solve_smooth(problem)
    if not gaussian:
        end = solve_newton(problem, start)
        how = "proximal Newton: exact on each second-order model"
        return Solution(end.g, how, end.iterations, end.passes, end.converged)
    loss = gaussian_loss(problem)
    if problem.Z.shape[1] > LARGE:
        return follow_to(loss, problem)
    g, steps, converged = solve_quadratic(loss, problem.l1, problem.l2, problem.positive, start)
    return Solution(g, "active set: exact for the final signs", steps, loss.passes, converged, loss)


def solve_smooth(problem: Problem) -> Solution:
    """Return the mode of a Gaussian problem whose penalty is quadratic, with its effective degrees of freedom."""
    n, m = problem.Z.shape
    if m <= n and has_closed_form(problem):
        return Solution(solve_ridge(problem), "closed form: quadratic penalty", 1, 1, True)
    found = find_ridge(problem, np.ones(1))
    algorithm, steps = f"{found.algorithm}: quadratic penalty", found.iterations
    return Solution(found.g[0], algorithm, steps, steps, found.converged, edf=float(found.edf[0]))


def follow_to(loss: Quadratic, problem: Problem) -> Solution:
    """Return the mode at the end of a path from where every coordinate with a kink is at 0."""
    path = Pivoting(loss, problem.l1, problem.l2, problem.positive)
    point = path.follow_to(1.0)
    return Solution(point.dense(problem.l1.size), PIVOTING, path.steps, loss.passes, point.converged, loss)


def gaussian_loss(problem: Problem) -> Quadratic:
    """Return the Gaussian loss, whose Gram matrix serves every strength of a path."""
    w = problem.weights
    return Quadratic(problem.Z, w, w * (problem.y - problem.offset), np.zeros(problem.l1.size))


def find_null(joint: LogJoint, problem: Problem) -> float:
    """Return the objective with every penalised coefficient at 0 and the free ones at their optimum."""
    free = (joint.resolved.free & ~joint.resolved.bounded)[problem.kept]
    if free.sum() <= int(problem.intercept):
        return joint.loss(joint.null())
    reduced = problem.restricted(free)
    start = np.zeros(reduced.kept.size)
    start[: int(reduced.intercept)] = joint.null()[0]
    return joint.loss(reduced.to_user(solve(reduced, start).g))


def effective_dof(problem: Problem, g: np.ndarray, loss: Quadratic | None = None) -> float:
    """Return the divergence of the fit: ``tr H_AA (H_AA + l2)^-1`` over the active coordinates, their rank without l2.

    References
    ----------
    Zou, Hastie and Tibshirani (2007), On the degrees of freedom of the lasso. Tibshirani and Taylor (2012), Degrees of
    freedom in lasso problems.
    """
    active = (g != 0.0) | ((problem.l1 <= 0.0) & ~problem.positive)
    if not active.any():
        return 0.0
    if loss is None:
        eta = problem.Z @ g + problem.offset
        root = np.sqrt(problem.weights * problem.likelihood.curvature(eta))
        rows = problem.Z[:, active] * root[:, None]
        gram = rows.T @ rows
    else:
        gram = loss.gram(np.flatnonzero(active))
    penalty = np.diag(problem.l2[active])
    if problem.quadratic is not None:
        penalty += problem.quadratic[np.ix_(active, active)]
    if not penalty.any():
        return float(active.sum() if is_independent(gram) else np.linalg.matrix_rank(gram, hermitian=True))
    try:
        factor = cho_factor(gram + penalty, lower=True, check_finite=False)
    except LinAlgError:
        return float(np.linalg.matrix_rank(gram, hermitian=True))
    return float(active.sum() - np.trace(cho_solve(factor, penalty)))
