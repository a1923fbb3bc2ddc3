"""Modes under group penalties: one, or a path, followed on working sets and certified in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import NamedTuple, final

import numpy as np

from bayesreg.objective import LogJoint
from bayesreg.solvers.certificate import null_spread
from bayesreg.solvers.composite import make_composite
from bayesreg.solvers.found import Mode, Solution
from bayesreg.solvers.general import solve_composite
from bayesreg.solvers.group_certificate import certify_group_path
from bayesreg.solvers.group_newton import follow_newton
from bayesreg.solvers.group_path import GroupModes, follow_gaussian
from bayesreg.solvers.group_problem import GroupProblem, make_group_problem
from bayesreg.solvers.norms import Norms
from bayesreg.solvers.path_certificate import PathCertificates

ALGORITHM = "groups on a working set, Newton steps among those that are not 0"
REPAIRED = "proximal gradient to the face, Newton steps on it, where working sets of groups stalled"
STALLED = 1e-10  # violation above which another solver takes over
NEAR = 1.5  # multiple of the strength within which its mode is solved at once
STEP = 0.7  # ratio of the strengths that a single mode is followed down from further away
HELD = 1e200
SAFE = 1e-11  # share by which the largest multiplier exceeds what rounding leaves of it
MAX_ROUNDS = 100


@final
class GroupPath(NamedTuple):
    """Modes along a path.

    Attributes
    ----------
    betas : ndarray (k, q)
        On the user's scale.
    certified : PathCertificates
    solutions : tuple of Solution
    dof : callable
        The effective degrees of freedom of the k-th.
    """

    betas: np.ndarray
    certified: PathCertificates
    solutions: tuple[Solution, ...]
    dof: Callable[[int], float]


def find_group_path(
    joint: LogJoint, multipliers: np.ndarray, null_objective: float, start: np.ndarray | None = None
) -> GroupPath:
    """Return the modes at decreasing ``multipliers`` (k,) of a model's strengths, from coefficients ``start`` (q,)."""
    of, scale = make_group_problem(joint.design, joint.resolved), null_spread(joint)
    found = _follow(of, multipliers, scale, of.from_user(joint.null() if start is None else start))
    betas = of.to_user(found.v)
    solutions = []
    for k, violation in enumerate(found.violations):
        solution = Solution(found.v[:, k], ALGORITHM, int(found.steps[k]), int(found.passes[k]), True)
        if not violation <= STALLED:
            betas[k], solution = _repaired(joint, float(multipliers[k]), betas[k], scale)
        solutions.append(solution)
    certified = certify_group_path(joint, multipliers, betas, null_objective)
    return GroupPath(betas, certified, tuple(solutions), found.dof)


def find_group_mode(joint: LogJoint, null_objective: float, start: np.ndarray, since: float) -> Mode:
    """Return the mode at the model's own strengths, from coefficients ``start`` (q,); see `find_mode`.

    Where many groups leave 0 on the way it follows the modes of larger strengths down to the one asked for.
    """
    of = make_group_problem(joint.design, joint.resolved)
    v = of.from_user(start)
    closed = of.norms.is_zero_group(v) | ((v == 0.0) & (of.norms.l1 > 0.0))
    score = np.where(closed, of.Z.T @ of.residual(of.eta(v)), 0.0)
    excess = float(of.norms.gauge(score).max(initial=0.0))
    count = 1 if excess <= NEAR else 1 + int(np.ceil(np.log(excess) / -np.log(STEP)))
    path = find_group_path(
        joint, np.geomspace(max(excess, 1.0), 1.0, count) if count > 1 else np.ones(1), null_objective, start
    )
    beta = path.betas[-1]
    steps, passes = (sum(getattr(one, name) for one in path.solutions) for name in ("iterations", "passes"))
    solution = path.solutions[-1]._replace(iterations=steps, passes=passes)
    return Mode(
        beta=beta,
        objective=float(path.certified.objectives[-1]),
        null_objective=null_objective,
        edf=path.dof(count - 1),
        certificate=path.certified.certificates[-1],
        record=solution.record(beta, perf_counter() - since),
    )


def largest_group_multiplier(joint: LogJoint) -> float:
    """Return the smallest multiplier at which everything with a kink at 0 is at 0; squares follow it."""
    of, scale = make_group_problem(joint.design, joint.resolved), null_spread(joint)
    norms, v = of.norms, of.from_user(joint.null())
    held = replace(of, norms=Norms(np.where(norms.kinked, HELD, norms.l1), norms.l2, norms.owner, norms.height))
    smooth, factor = bool(norms.l2[~norms.kinked].any()), 1.0
    if not smooth and norms.free.sum() == int(joint.resolved.intercept):
        return float(norms.gauge(of.Z.T @ of.residual(of.eta(v))).max()) * (1.0 + 1e-14)
    for _ in range(MAX_ROUNDS):
        v = _follow(held, np.array([factor]), scale, v).v[:, 0]
        needed = float(norms.gauge(of.Z.T @ of.residual(of.eta(v))).max())
        if not smooth or needed <= 0.0 or abs(needed - factor) <= 1e-12 * factor:
            break
        factor = needed
    return needed * (1.0 + SAFE)


def _follow(of: GroupProblem, multipliers: np.ndarray, scale: float, start: np.ndarray) -> GroupModes:
    gaussian = of.problem.likelihood.name == "gaussian"
    return (follow_gaussian if gaussian else follow_newton)(of, multipliers, scale, start)


def _repaired(joint: LogJoint, factor: float, beta: np.ndarray, scale: float) -> tuple[np.ndarray, Solution]:
    """Return the mode (q,) at a multiplier by the solver for penalties of any law, from ``beta`` (q,)."""
    composite = make_composite(joint.design, joint.resolved.multiplied(factor))
    g, steps, converged = solve_composite(composite, composite.from_user(beta), scale)
    return composite.to_user(g), Solution(g, REPAIRED, steps, steps, converged)
