"""Find the mode of one model: choose the algorithm from what the problem is, run it, certify the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.design import Design
from bayesreg.existence import check_maximum, check_rank
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.certificate import Certificate, certify
from bayesreg.solvers.newton import solve_newton
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.ridge import solve_ridge


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
    """

    beta: np.ndarray
    objective: float
    null_objective: float
    edf: float
    certificate: Certificate
    algorithm: str
    iterations: int
    converged: bool

    @property
    def status(self) -> str:
        """A sentence: what happened, and what to do where it did not end well."""
        numbers = f"KKT residual {self.certificate.kkt:.1e}, relative gap {self.certificate.relative_gap:.1e}"
        if self.certificate.ok:
            return f"Optimal: {numbers} ({self.algorithm}, {self.iterations} iterations)."
        what = "was certified only to" if self.converged else "stopped before convergence, at"
        return (
            f"NOT optimal: the mode {what} {numbers}, at most {self.certificate.share:.1e} of the objective above its "
            f"minimum ({self.algorithm}, {self.iterations} iterations). Standardise the columns, remove nearly "
            "collinear ones, or raise the strength."
        )


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
    g = problem.from_user(joint.null() if start is None else start)
    solution = solve(problem, g)
    return make_mode(joint, problem, solution, find_null(joint, problem))


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
    """Raise where the unpenalised coefficients are not identified or run off to infinity."""
    start = int(resolved.intercept)
    free = np.flatnonzero(resolved.free)
    columns = [np.ones(design.n) if j < start else design.X[:, j - start] for j in free]
    if not columns:
        return
    present = resolved.weights > 0.0
    Z, names = np.column_stack(columns)[present], tuple(resolved.coefficients[j] for j in free)
    check_rank(Z, names)
    check_maximum(Z, design.y[present], resolved.likelihood.name, names)


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
    free = (problem.l1 + problem.l2 <= 0.0) & ~problem.positive
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
    l2 = problem.l2[active]
    penalised = gram + np.diag(l2)
    try:
        factor = cho_factor(penalised, lower=True, check_finite=False)
    except LinAlgError:
        return float(np.linalg.matrix_rank(gram, hermitian=True))
    return (
        float(active.sum() - (l2 * np.diag(cho_solve(factor, np.eye(l2.size)))).sum()) if l2.any() else float(l2.size)
    )
