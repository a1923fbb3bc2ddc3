"""Find the mode of one model: choose the algorithm from what the problem is, run it, certify the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.design import Design
from bayesreg.existence import check_maximum, check_rank
from bayesreg.objective import LogJoint, penalised
from bayesreg.resolved import Resolved
from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.certificate import Certificate, certify
from bayesreg.solvers.composite import Composite, make_composite
from bayesreg.solvers.convexity import describe_convexity, face_dof
from bayesreg.solvers.corrected import SCOPE, corrected_dof, solve_corrected
from bayesreg.solvers.general import convex_starts, solve_composite, solve_from_several
from bayesreg.solvers.newton import solve_newton
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.ridge import solve_ridge

ROUNDING = 1e-13  # share of a sum's terms below which the sum is rounding


class Solution(NamedTuple):
    """A solver's end point ``g`` (m,), what ran, its iterations, and whether it says that it converged."""

    g: np.ndarray
    algorithm: str
    iterations: int
    converged: bool


@final
@dataclass(frozen=True, eq=False)
class Mode:
    """The mode of one model and how it was found.

    Attributes
    ----------
    beta : ndarray (q,)
        Coefficients on the user's scale.
    objective, null_objective : float
        Loss plus penalty at the mode, and with every penalised coefficient at 0; loss units.
    edf : float
        Effective degrees of freedom, the intercept included.
    certificate : Certificate
    algorithm : str
        What was run, and why, as a phrase.
    iterations : int
    converged : bool
    scope : str
        Under a penalty that is not convex: what kind of stationary point it is; else empty.
    """

    beta: np.ndarray
    objective: float
    null_objective: float
    edf: float
    certificate: Certificate
    algorithm: str
    iterations: int
    converged: bool
    scope: str = ""

    @property
    def status(self) -> str:
        """A sentence: what happened, and what to do where it did not end well."""
        if self.certificate.local:
            return self._local_status
        numbers = f"KKT residual {self.certificate.kkt:.1e}, relative gap {self.certificate.relative_gap:.1e}"
        if self.certificate.ok:
            return f"Optimal: {numbers} ({self.algorithm}, {self._steps})."
        what = "was certified only to" if self.converged else "stopped before convergence, at"
        return (
            f"NOT optimal: the mode {what} {numbers}, at most {self.certificate.share:.1e} of the objective above its "
            f"minimum ({self.algorithm}, {self._steps}). Standardise the columns, remove nearly "
            "collinear ones, or raise the strength."
        )

    @property
    def _steps(self) -> str:
        return f"{self.iterations} iteration{'' if self.iterations == 1 else 's'}"

    @property
    def _local_status(self) -> str:
        """The sentence for a penalty that is not convex, whose modes have no certified distance to the lowest."""
        how = f"KKT residual {self.certificate.kkt:.1e} ({self.algorithm}, {self._steps})"
        if self.certificate.ok:
            return f"Local optimum: {how}; {self.scope}."
        return f"NOT a local optimum: stopped at {how}. Standardise the columns, or raise the strength."


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
    check_existence(design, resolved)
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    beta = joint.null() if start is None else start
    if resolved.correction is not None:
        return make_corrected_mode(joint, problem, problem.from_user(beta))
    null_objective = find_null(joint, problem)
    if not is_direct(resolved, problem):
        composite = make_composite(design, resolved)
        return make_general_mode(joint, composite, composite.from_user(beta), null_objective)
    return make_mode(joint, problem, solve(problem, problem.from_user(beta)), null_objective)


def is_direct(resolved: Resolved, problem: Problem) -> bool:
    """Return whether the strengths of the problem hold all penalties, and a solver of its own exists for them."""
    return resolved.is_plain or (problem.likelihood.name == "gaussian" and problem.is_smooth and holds_all(resolved))


def holds_all(resolved: Resolved) -> bool:
    """Return whether every penalty is an absolute value, a square or a quadratic form, without limits but signs."""
    plain = all(piece.law.plain or piece.law.root(piece.strength) is not None for piece in penalised(resolved))
    return plain and not resolved.has_limits


def make_general_mode(
    joint: LogJoint, composite: Composite, start: np.ndarray, null_objective: float, loss: Quadratic | None = None
) -> Mode:
    """Return the mode of a model with penalties of any law, from ``start`` (m,) and, if not convex, other starts."""
    scale = null_scale(joint)
    if composite.is_convex:
        g, iterations, converged = solve_composite(composite, start, scale, loss)
        algorithm = "proximal gradient to the face, Newton steps on it"
    else:
        starts = convex_starts(composite, start, scale, loss)
        g, iterations, converged = solve_from_several(composite, starts, scale, loss)
        algorithm = f"proximal gradient to the face, Newton steps on it, lowest from {len(starts)} starts"
    beta = composite.to_user(g)
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=face_dof(composite, g),
        certificate=certify(joint, beta, null_objective),
        algorithm=algorithm,
        iterations=iterations,
        converged=converged,
        scope=describe_convexity(composite, g),
    )


def make_corrected_mode(joint: LogJoint, problem: Problem, start: np.ndarray) -> Mode:
    """Return the mode of a model with a corrected likelihood, from ``start`` (m,)."""
    correction = joint.resolved.correction
    assert correction is not None
    g, iterations, converged = solve_corrected(joint, problem, correction, start)
    beta, null_objective = problem.to_user(g), joint.objective(joint.null())
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=corrected_dof(problem, correction, g),
        certificate=certify(joint, beta, null_objective),
        algorithm="Newton steps on the modified score",
        iterations=iterations,
        converged=converged,
        scope=SCOPE,
    )


def null_scale(joint: LogJoint) -> float:
    """Return the weighted norm of the null model's residuals, which violations are compared to."""
    weights = joint.resolved.weights
    present = weights > 0.0
    residual = joint.residual(joint.eta(joint.null()))[present]
    return max(float(np.linalg.norm(residual / np.sqrt(weights[present]))), np.finfo(float).tiny)


def make_mode(
    joint: LogJoint, problem: Problem, solution: Solution, null_objective: float, loss: Quadratic | None = None
) -> Mode:
    """Certify a solver's end point and return it with its record."""
    g, algorithm, iterations, converged = solution
    beta = problem.to_user(g)
    return Mode(
        beta=beta,
        objective=joint.objective(beta),
        null_objective=null_objective,
        edf=effective_dof(problem, g, loss),
        certificate=certify(joint, beta, null_objective),
        algorithm=algorithm,
        iterations=iterations,
        converged=converged,
    )


def check_existence(design: Design, resolved: Resolved) -> None:
    """Raise where unpenalised coefficients, or flat directions of joint laws, are not identified or run to infinity."""
    start = int(resolved.intercept)
    between = (resolved.lower > -np.inf) & (resolved.upper < np.inf)
    free = np.flatnonzero(resolved.free & ~between)
    columns = [np.ones(design.n) if j < start else design.X[:, j - start] for j in free]
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


def _flat_columns(X: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return the linear predictors (k, n) of directions (k, d), exactly 0 where all that is left is rounding."""
    found, terms = directions @ X.T, np.abs(directions) @ np.abs(X.T)
    lost = np.linalg.norm(found, axis=1) <= ROUNDING * np.linalg.norm(terms, axis=1)
    return np.where(lost[:, None], 0.0, found)


def _flat_names(resolved: Resolved, at: np.ndarray, count: int) -> list[str]:
    """Return names of the directions of the coefficients ``at`` that their penalty leaves free."""
    first, last = resolved.coefficients[at[0]], resolved.coefficients[at[-1]]
    which = [""] if count == 1 else [f" {k + 1}" for k in range(count)]
    return [f"flat direction{k} of the penalty on {first} ... {last}" for k in which]


def solve(problem: Problem, start: np.ndarray, loss: Quadratic | None = None) -> Solution:
    """Run the algorithm that the problem's family and penalty call for, from ``start`` (m,)."""
    gaussian = problem.likelihood.name == "gaussian"
    if gaussian and problem.is_smooth:
        return Solution(solve_ridge(problem), "closed form: quadratic penalty", 1, True)
    if gaussian:
        loss = gaussian_loss(problem) if loss is None else loss
        g, steps, converged = solve_quadratic(loss, problem.l1, problem.l2, problem.positive, start)
        return Solution(g, "active set: exact for the final signs", steps, converged)
    g, iterations, converged = solve_newton(problem, start)
    return Solution(g, "proximal Newton: exact on each second-order model", iterations, converged)


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
    """Return the divergence of the fit: ``tr H_AA (H_AA + l2)^-1`` over the active coordinates.

    References
    ----------
    Zou, Hastie and Tibshirani (2007), On the degrees of freedom of the lasso.
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
        return float(active.sum())
    try:
        factor = cho_factor(gram + penalty, lower=True, check_finite=False)
    except LinAlgError:
        return float(np.linalg.matrix_rank(gram, hermitian=True))
    return float(active.sum() - np.trace(cho_solve(factor, penalty)))
