"""Modes over a range of strengths: each point exact, certified, and solved from the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.certificate import Certificate, certify, null_spread
from bayesreg.solvers.composite import make_composite
from bayesreg.solvers.convexity import NOT_CONCAVE
from bayesreg.solvers.found import Mode, Solution
from bayesreg.solvers.general import gaussian_model
from bayesreg.solvers.grid import general_grid
from bayesreg.solvers.group_modes import find_group_path, largest_group_multiplier
from bayesreg.solvers.group_problem import is_grouped
from bayesreg.solvers.mode import (
    PIVOTING,
    check_existence,
    effective_dof,
    find_null,
    gaussian_loss,
    holds_all,
    is_direct,
    make_general_mode,
    solve,
)
from bayesreg.solvers.newton_path import follow_newton
from bayesreg.solvers.path_certificate import (
    PathCertificates,
    blocks_from_rows,
    certify_plain_path,
    scores_from_products,
)
from bayesreg.solvers.pivot import Pivoting
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.record import Record
from bayesreg.solvers.ridge import find_ridge, spectrum_of

SMALLEST_RATIO = 1e-10
MAX_ROUNDS = 100
TALL = 4  # rows a column from which scores of a path come from inner products
WRONG = 1e-9  # KKT residual beyond which a point is solved anew by itself: a column came and went between two checks
SMALL = 2**20  # numbers in a design up to which they come from the rows


@final
@dataclass(frozen=True, eq=False)
class ModePath:
    """Modes at decreasing multiples of a model's strengths.

    Attributes
    ----------
    multipliers : ndarray (k,)
    betas : ndarray (k, q)
        Coefficients on the user's scale.
    losses, objectives : ndarray (k,)
        Loss, and loss plus penalty, in loss units.
    edf_at : callable
        The effective degrees of freedom of the k-th, the intercept included; where they take a factorisation each they
        are computed when they are asked for.
    null_objective : float
        The objective with every penalised coefficient at 0.
    certificates : tuple of Certificate
    records : tuple of Record
        What the solver did for each strength; ``seconds`` is the path's time over the number of strengths.
    scopes : tuple of str
        What kind of stationary point each is, under a penalty that is not convex; else empty.
    """

    multipliers: np.ndarray
    betas: np.ndarray
    losses: np.ndarray
    objectives: np.ndarray
    edf_at: Callable[[int], float]
    null_objective: float
    certificates: tuple[Certificate, ...]
    records: tuple[Record, ...]
    scopes: tuple[str, ...]

    @cached_property
    def edf(self) -> np.ndarray:
        """Effective degrees of freedom (k,), the intercept included."""
        return np.array([self.edf_at(k) for k in range(self.multipliers.size)])

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """The modes one by one."""
        return tuple(
            Mode(beta, float(objective), self.null_objective, float(edf), certificate, record, scope)
            for beta, objective, edf, certificate, record, scope in zip(
                self.betas, self.objectives, self.edf, self.certificates, self.records, self.scopes, strict=True
            )
        )


def find_path(design: Design, resolved: Resolved, multipliers: np.ndarray) -> ModePath:
    """Return the modes at ``multipliers`` times the strengths of ``resolved``, in decreasing order."""
    since = perf_counter()
    check_existence(design, resolved)
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    multipliers = np.sort(np.asarray(multipliers, dtype=float))[::-1]
    null_objective = find_null(joint, problem)
    if is_grouped(resolved):
        return _group_path(joint, multipliers, null_objective, since)
    if not is_direct(resolved, problem):
        return _general_path(joint, multipliers, null_objective)
    found = _solutions(joint, problem, multipliers)
    betas = problem.path_to_user([one.g for one in found])
    certified = _certified(joint, problem, multipliers, betas, null_objective, found[0].loss)
    wrong = [k for k, one in enumerate(certified.certificates) if one.kkt > WRONG]
    if wrong:
        for k in wrong:
            found[k] = solve(problem.multiplied(float(multipliers[k])), found[k].g)
            betas[k] = problem.to_user(found[k].g)
        certified = _certified(joint, problem, multipliers, betas, null_objective, found[0].loss)
    share = (perf_counter() - since) / multipliers.size
    return ModePath(
        multipliers=multipliers,
        betas=betas,
        losses=certified.losses,
        objectives=certified.objectives,
        edf_at=_edf_of(problem, multipliers, found),
        null_objective=null_objective,
        certificates=certified.certificates,
        records=tuple(one.record(beta, share) for one, beta in zip(found, betas, strict=True)),
        scopes=("" if resolved.likelihood.convex else NOT_CONCAVE,) * multipliers.size,
    )


def _edf_of(problem: Problem, multipliers: np.ndarray, found: list[Solution]) -> Callable[[int], float]:
    """Return the effective degrees of freedom by place; the losses are kept only where they are still needed."""
    known = [one.edf for one in found if one.edf is not None]
    if len(known) == len(found):
        return known.__getitem__

    def edf_at(k: int) -> float:
        one = found[k]
        return one.edf if one.edf is not None else effective_dof(problem.multiplied(multipliers[k]), one.g, one.loss)

    return edf_at


def _solutions(joint: LogJoint, problem: Problem, multipliers: np.ndarray) -> list[Solution]:
    """Return the modes of a model with a solver of its own, in the coordinates of the problem."""
    if problem.likelihood.name != "gaussian":
        return follow_newton(problem, multipliers, problem.from_user(joint.null()))
    if problem.is_smooth:
        ridge = find_ridge(problem, multipliers)
        how = f"{ridge.algorithm}: quadratic penalty, one factorisation for the path"
        steps = ridge.iterations
        return [
            Solution(g, how, steps, steps, ridge.converged, edf=float(edf))
            for g, edf in zip(ridge.g, ridge.edf, strict=True)
        ]
    return follow_pivots(problem, multipliers)


def follow_pivots(problem: Problem, multipliers: np.ndarray) -> list[Solution]:
    """Return the modes of a Gaussian problem with absolute values or signs; each holds for all coordinates."""
    loss = gaussian_loss(problem)
    path = Pivoting(loss, problem.l1, problem.l2, problem.positive)
    points = path.follow(multipliers)
    m, share = problem.l1.size, -(-loss.passes // multipliers.size)
    plain = not problem.l2.any()
    edf = [float(point.at.size) if plain and point.independent else None for point in points]
    return [
        Solution(point.dense(m), PIVOTING, point.steps, share, point.converged, loss, count)
        for point, count in zip(points, edf, strict=True)
    ]


def _certified(
    joint: LogJoint,
    problem: Problem,
    multipliers: np.ndarray,
    betas: np.ndarray,
    null_objective: float,
    loss: Quadratic | None,
) -> PathCertificates:
    """Return the certificates of a path."""
    if not joint.resolved.is_plain or not joint.resolved.likelihood.convex:
        certificates, losses, objectives = [], [], []
        for factor, beta in zip(multipliers, betas, strict=True):
            here = LogJoint(joint.design, joint.resolved.multiplied(factor))
            losses.append(here.loss(beta))
            objectives.append(losses[-1] + here.penalty(beta))
            certificates.append(certify(here, beta, null_objective))
        return PathCertificates(np.array(losses), np.array(objectives), tuple(certificates))
    n, m = problem.Z.shape
    if loss is not None and loss.is_full and n >= TALL * m and n * m > SMALL:
        blocks = iter([scores_from_products(joint, problem, loss, betas)])
    else:
        blocks = blocks_from_rows(joint, betas)
    return certify_plain_path(joint, multipliers, betas, null_objective, blocks)


def _group_path(joint: LogJoint, multipliers: np.ndarray, null_objective: float, since: float) -> ModePath:
    """Return the modes of a model with lengths of groups among its penalties."""
    found = find_group_path(joint, multipliers, null_objective)
    share = (perf_counter() - since) / multipliers.size
    return ModePath(
        multipliers=multipliers,
        betas=found.betas,
        losses=found.certified.losses,
        objectives=found.certified.objectives,
        edf_at=found.dof,
        null_objective=null_objective,
        certificates=found.certified.certificates,
        records=tuple(one.record(beta, share) for one, beta in zip(found.solutions, found.betas, strict=True)),
        scopes=("",) * multipliers.size,
    )


def _general_path(joint: LogJoint, multipliers: np.ndarray, null_objective: float) -> ModePath:
    """Return the modes of a model with penalties of any law, each started from the one before."""
    design, resolved = joint.design, joint.resolved
    composite, beta, modes = make_composite(design, resolved), joint.null(), []
    loss = gaussian_model(composite) if composite.likelihood.name == "gaussian" else None
    for factor in multipliers:
        since = perf_counter()
        other = resolved.multiplied(factor)
        scaled, here = composite.at(other), LogJoint(design, other)
        modes.append(make_general_mode(here, scaled, scaled.from_user(beta), null_objective, since, loss))
        beta = modes[-1].beta
    return ModePath(
        multipliers=multipliers,
        betas=np.array([mode.beta for mode in modes]),
        losses=np.array([joint.loss(mode.beta) for mode in modes]),
        objectives=np.array([mode.objective for mode in modes]),
        edf_at=[mode.edf for mode in modes].__getitem__,
        null_objective=null_objective,
        certificates=tuple(mode.certificate for mode in modes),
        records=tuple(mode.record for mode in modes),
        scopes=tuple(mode.scope for mode in modes),
    )


def multiplier_grid(design: Design, resolved: Resolved, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers, evenly spaced in logarithm from the largest that matters, decreasing.

    With a kink at 0 in the penalty the largest is the smallest at which every coefficient so penalised is 0 (smooth
    blocks follow the same multiplier); a penalty with an infinite slope at 0, which holds it there at any strength,
    counts from where 0 would be the lowest point for an orthogonal design. For smooth penalties alone it is 100 times
    the largest eigenvalue of the curvature relative to the penalty (for other laws than quadratic forms, to the normal
    law of the same spread), where the fit is all but flat.
    """
    if is_grouped(resolved):
        ratio = ratio if ratio is not None else (1e-3 if design.n > design.p else 1e-2)
        return np.asarray(largest_group_multiplier(LogJoint(design, resolved)) * np.geomspace(1.0, ratio, count))
    if not holds_all(resolved):
        joint = LogJoint(design, resolved)
        return general_grid(joint, make_composite(design, resolved), null_spread(joint), count, ratio)
    problem, joint = make_problem(design, resolved), LogJoint(design, resolved)
    n, m = problem.Z.shape
    if np.any(problem.l1 > 0.0):
        largest = _largest_sparse(problem, joint)
        ratio = ratio if ratio is not None else (1e-3 if n > m else 1e-2)
    else:
        squares = spectrum_of(problem, problem.weights * problem.likelihood.curvature(joint.eta(joint.null())))
        return smooth_grid(squares, count, ratio)
    return largest * np.geomspace(1.0, ratio, count)


def smooth_grid(squares: np.ndarray, count: int, ratio: float | None) -> np.ndarray:
    """Return ``count`` multipliers, decreasing, from the eigenvalues (r,) of the curvature relative to the penalty."""
    top = squares.max()
    if ratio is None:
        ratio = max(SMALLEST_RATIO, 1e-4 * squares[squares > 1e-10 * top].min() / top)
    return np.asarray(100.0 * top * np.geomspace(1.0, ratio, count))


def _largest_sparse(problem: Problem, joint: LogJoint) -> float:
    sparse = problem.l1 > 0.0
    reduced = problem.restricted(~(sparse | problem.positive))
    start = np.zeros(reduced.l1.size)
    start[: int(reduced.intercept)] = joint.null()[0]
    factor = 0.0
    for _ in range(MAX_ROUNDS):
        scaled = reduced.multiplied(factor) if factor > 0.0 else reduced
        start = solve(scaled, start).g if start.size else start
        eta = reduced.Z @ start + problem.offset
        slope = problem.Z.T @ (problem.weights * problem.likelihood.score(problem.y, eta))
        needed = float((np.where(problem.positive, slope, np.abs(slope))[sparse] / problem.l1[sparse]).max())
        if needed <= factor * (1.0 + 1e-12):
            break
        factor = needed
        if not reduced.l2.any() and reduced.root is None:
            break
    if factor <= 0.0:
        raise DataError(
            "No coefficient leaves 0 at any strength: no column restricted to positive=True has a positive slope. "
            "Drop positive=True, or turn the sign of columns."
        )
    return factor
