r"""Laplace's approximation to the evidence of a model without a dispersion under quadratic penalties.

``log p(y) = log p(y | b) + log p(b) + (q / 2) log 2 pi - (1/2) log det H`` at the mode ``b``, ``H`` the curvature of
minus the log joint there; flat coefficients are integrated with height 1.

References
----------
Tierney and Kadane (1986), Accurate approximations for posterior moments and marginal densities.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.mode import holds_all
from bayesreg.solvers.problem import make_problem

LARGEST = 2000  # columns up to which a determinant a strength is taken


def has_laplace(resolved: Resolved) -> bool:
    """Return whether a model has no dispersion, a concave log likelihood, and quadratic penalties only."""
    quadratic = holds_all(resolved) and resolved.correction is None and not resolved.positive.any()
    kinks = any(np.any(resolved.strength.rate[one.columns] > 0.0) for one in resolved.blocks if one.law.plain)
    law = resolved.likelihood
    return not law.has_dispersion and law.convex and quadratic and not kinks


def laplace_evidence(path: Any) -> np.ndarray:
    """Return the log evidence (k,) by Laplace's approximation at each strength of a path.

    Parameters
    ----------
    path : PathFit

    Raises
    ------
    UnsupportedError
        If the model has a dispersion, another penalty, or more than 2000 columns.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("y ~ x", {"x": [0.0, 1.0, 2.0, 3.0], "y": [0, 1, 0, 1]}, family="bernoulli", penalty=br.L2())
    >>> laplace_evidence(model.path(lams=[1.0])).round(2).tolist()
    [-1.95]
    """
    model = path.model
    if not has_laplace(model.loss_resolved):
        raise UnsupportedError(
            "The evidence is a Gaussian integral, exactly or by Laplace's approximation, for quadratic penalties only. "
            "Use by='cv', or integrate the strength out with Model.sample()."
        )
    resolved = model.loss_resolved
    problem = make_problem(model.design, resolved)
    if problem.l2.size > LARGEST:
        raise UnsupportedError(
            f"The evidence takes a determinant of {problem.l2.size} coefficients at each strength; at most {LARGEST} "
            "are allowed. Use by='cv'."
        )
    Z, found = as_array(problem.Z), np.empty(path.lams.size)
    penalty = np.diag(problem.l2) + (0.0 if problem.quadratic is None else problem.quadratic)
    for k, (factor, beta) in enumerate(zip(path.modes.multipliers, path.modes.betas, strict=True)):
        joint = LogJoint(model.design, resolved.multiplied(float(factor)))
        curvature = problem.weights * problem.likelihood.bend(problem.y, joint.eta(beta))
        inside = Z.T @ (curvature[:, None] * Z) + factor * penalty
        volume = 0.5 * problem.l2.size * np.log(2.0 * np.pi) - np.log(problem.size).sum()
        found[k] = joint.log_posterior(beta) + volume - 0.5 * np.linalg.slogdet(inside)[1]
    return found
