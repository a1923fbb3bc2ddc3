"""Leave-one-out, generalised cross-validation and evidence of a Gaussian model with quadratic penalties, exactly.

One factorisation of the rows serves all strengths; the letters are those of `bayesreg.solvers.ridge_path`. Scales,
knots and metrics are those of all rows: they are not learned again without each row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.resolved import Resolved
from bayesreg.select.ridge import check_size
from bayesreg.select.ridge_scores import leave_one_out, leave_one_out_spread, log_evidence
from bayesreg.solvers.mode import check_existence, holds_all
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.ridge_factor import make_ridge_path
from bayesreg.solvers.ridge_path import RidgePath

if TYPE_CHECKING:
    from bayesreg.model import Model

Curve = Callable[[np.ndarray], np.ndarray]


@final
@dataclass(frozen=True, eq=False)
class ClosedForm:
    """A Gaussian model with quadratic penalties over its strength.

    Attributes
    ----------
    path : RidgePath
    problem : Problem
    resolved : Resolved
    fixed : bool
        Whether phi is given; else the evidence has it at its maximum for each strength.
    """

    path: RidgePath
    problem: Problem
    resolved: Resolved
    fixed: bool

    def loo(self, t: np.ndarray) -> np.ndarray:
        """Return the mean squared errors of rows left out (k,), by their weights, at ``t`` times the strengths."""
        return leave_one_out(self.path, self.problem, self.resolved, t)[1]

    def loo_se(self, t: np.ndarray) -> np.ndarray:
        """Return standard errors of `loo` (k,) over the rows."""
        return leave_one_out_spread(self.path, self.problem, self.resolved, t)

    def gcv(self, t: np.ndarray) -> np.ndarray:
        """Return ``n RSS / (n - edf)^2`` (k,)."""
        n = self.resolved.observations
        spare = self.path.residual_dof(t) + (n - self.problem.y.size)
        return np.asarray(n * self.path.residual_sum(t) / spare**2)

    def edf(self, t: np.ndarray) -> np.ndarray:
        """Return effective degrees of freedom (k,)."""
        return self.path.edf(t)

    def dispersion(self, t: np.ndarray) -> np.ndarray:
        """Return phi (k,): as given, else ``(RSS + penalty) / (n - flat coefficients)``, where the evidence peaks."""
        if self.fixed:
            return np.full(t.size, self.resolved.phi)
        return self.path.misfit(t) / self._spare

    def evidence(self, t: np.ndarray) -> np.ndarray:
        """Return ``log p(y)`` (k,) at `dispersion`, flat coefficients integrated with height 1."""
        base = log_evidence(self.path, self.problem, self.resolved, t)
        old, new = self.resolved.phi, self.dispersion(t)
        moved = self._spare * np.log(new / old) + self.path.misfit(t) * (1.0 / new - 1.0 / old)
        return np.asarray(base - 0.5 * moved)

    @property
    def _spare(self) -> float:
        """Observations less flat directions."""
        return self.resolved.observations - self.path.basis.shape[1]


def closed_form(model: Model, by: str) -> ClosedForm:
    """Factorise a model once, or raise where what ``by`` names has no closed form for it.

    Raises
    ------
    UnsupportedError
        If the family is not Gaussian, a penalty is not quadratic, or the design is too large to factorise.
    """
    resolved = model.loss_resolved
    if not is_quadratic(resolved):
        raise UnsupportedError(
            f"by={by!r} is exact for a Gaussian model with quadratic penalties (br.L2, br.Normal, br.Smooth, "
            f"br.Tikhonov, (1 | g) ...) and has no closed form for this one. {_instead(by)}"
        )
    check_existence(model.design, resolved)
    problem = make_problem(model.design, resolved)
    check_size(problem)
    return ClosedForm(make_ridge_path(problem), problem, resolved, not model._known.provisional)


def is_quadratic(resolved: Resolved) -> bool:
    """Return whether a model is Gaussian with quadratic penalties only."""
    if resolved.likelihood.name != "gaussian" or resolved.correction is not None or not holds_all(resolved):
        return False
    plain = [block.columns for block in resolved.blocks if block.law.plain]
    kinks = any(np.any(resolved.strength.rate[at] > 0.0) for at in plain)
    return not kinks and not resolved.positive.any()


def _instead(by: str) -> str:
    if by == "loo":
        return "Use by='cv' with folds=<number of rows> for refits without each row, or with 10 folds."
    if by == "evidence":
        return "Use by='cv', or integrate the strength out with Model.sample()."
    return "Use by='cv' or by='aic'."
