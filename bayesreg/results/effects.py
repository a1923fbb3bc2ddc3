"""Parts of a fit under quadratic penalties: degrees of freedom by term, and the effects of groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.errors import UnsupportedError
from bayesreg.objective import LogJoint
from bayesreg.posterior.coordinates import curvature_covariance
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.mode import holds_all
from bayesreg.solvers.problem import make_problem

MOST = 5000
"""Largest number of coefficients whose matrix is factorised."""


def edf_by_term(fit: Any) -> pd.Series:
    """Return the effective degrees of freedom of each term; see `MapFit.edf_terms`."""
    resolved: Resolved = fit.solved
    problem = make_problem(fit.model.design, resolved)
    if resolved.correction is not None or not holds_all(resolved) or not problem.is_smooth:
        raise UnsupportedError(
            "Degrees of freedom belong to single terms under quadratic penalties only (br.L2, br.Normal, br.Smooth, "
            "(1 | g) ...); `edf` has those of the whole fit, and `active` what is not zero."
        )
    if problem.l2.size > MOST:
        raise UnsupportedError(
            f"Degrees of freedom by term take a matrix of {problem.l2.size} coefficients; at most {MOST} are allowed. "
            "`edf` has those of the whole fit."
        )
    eta = LogJoint(fit.model.design, resolved).eta(fit.mode.beta)
    Z = as_array(problem.Z)
    curvature = Z.T @ ((problem.weights * problem.likelihood.bend(problem.y, eta))[:, None] * Z)
    penalty = np.diag(problem.l2) + (0.0 if problem.quadratic is None else problem.quadratic)
    share = np.diag(np.linalg.lstsq(curvature + penalty, curvature, rcond=None)[0])
    terms = pd.Index([resolved.terms[j] for j in problem.kept], name="term")
    return pd.Series(share, index=terms, name="edf").groupby(level="term", sort=False).sum()


def group_effects(fit: Any) -> pd.DataFrame:
    """Return the effects of groups with their standard deviations; see `MapFit.group_effects`."""
    resolved: Resolved = fit.resolved
    at = [j for block in resolved.blocks if block.is_group for j in block.columns.tolist()]
    if not at:
        raise UnsupportedError(
            f"The model {fit.model.formula!r} has no effects of groups. Write them as (1 | g) or (x || g) in the "
            "formula."
        )
    if not holds_all(resolved) or np.any(resolved.strength.rate > 0.0) or resolved.bounded.any():
        raise UnsupportedError(
            "Standard deviations of the effects are known under quadratic penalties only; draw them: fit.sample()."
        )
    sd = np.sqrt(np.diag(curvature_covariance(fit.model.design, resolved, fit.mode.beta)))
    names = [resolved.coefficients[j] for j in at]
    return pd.DataFrame(
        {
            "term": [resolved.terms[j] for j in at],
            "level": [name[name.rfind("[") + 1 : -1] for name in names],
            "estimate": fit.mode.beta[at],
            "sd": sd[at],
        },
        index=pd.Index(names, name="coefficient"),
    )
