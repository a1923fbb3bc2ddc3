r"""Everything a ridge says about its strength, in closed form over the whole axis.

At dispersion phi and strength ``lam`` (loss units) the posterior is normal with precision
``M / phi``, ``M = Z'WZ + lam S``; the evidence is a Gaussian integral, and the leave-one-out
density of row ``i`` is normal with mean ``y_i - r_i / (1 - h_i)`` and variance ``phi / (w_i (1 - h_i))``,
``h_i = w_i z_i' M^-1 z_i`` its leverage and ``r_i`` its residual. One factorisation of the rows serves all strengths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_strengths
from bayesreg.errors import UnsupportedError
from bayesreg.resolved import Resolved
from bayesreg.select.ridge_scores import leave_one_out, log_evidence, slope_spread
from bayesreg.solvers.mode import check_existence
from bayesreg.solvers.path import smooth_grid
from bayesreg.solvers.problem import Problem, make_problem
from bayesreg.solvers.ridge import LARGEST, has_closed_form
from bayesreg.solvers.ridge_factor import make_ridge_path

if TYPE_CHECKING:
    from bayesreg.model import Model


@final
@dataclass(frozen=True, eq=False)
class RidgeCurve:
    """A ridge over its strength.

    Attributes
    ----------
    lams : ndarray (m,)
        Strengths in loss units, decreasing; several blocks: common multipliers.
    scale : ndarray (m,)
        The prior's standard deviation per standard deviation of a column, ``sqrt(phi / lam)``.
    params : DataFrame (m, p)
        Posterior means (the ridge estimates), per standard deviation of a column, the intercept left out.
    evidence : ndarray (m,)
        ``log p(y | lam, phi)``, nats.
    loo : ndarray (m,)
        Sum over rows of the leave-one-out log predictive density at phi, nats; -inf where a row alone decides about
        an unpenalised coefficient, so that there is none without it.
    loo_error : ndarray (m,)
        Mean squared error of the leave-one-out predictions, rows by their weights.
    gcv : ndarray (m,)
        Generalised cross-validation, ``n RSS / (n - edf)^2``.
    edf : ndarray (m,)
        Effective degrees of freedom, the intercept included.
    lam : float or None
        The model's own strength; None where it was left open.
    dispersion : float
    """

    lams: np.ndarray
    scale: np.ndarray
    params: pd.DataFrame
    evidence: np.ndarray
    loo: np.ndarray
    loo_error: np.ndarray
    gcv: np.ndarray
    edf: np.ndarray
    lam: float | None
    dispersion: float
    _spread: Callable[[], np.ndarray]

    @cached_property
    def sd(self) -> pd.DataFrame:
        """Posterior standard deviations (m, p) at phi, per standard deviation of a column; computed when asked for."""
        return pd.DataFrame(self._spread(), index=self.params.index, columns=self.params.columns)


def is_ridge(resolved: Resolved) -> bool:
    """Return whether the model is Gaussian with plain quadratic penalties on some coefficients.

    Parameters
    ----------
    resolved : Resolved
        Of the model: ``model.resolved``.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> ridge, lasso = (br.Model("target ~ bmi + bp", data, penalty=law) for law in (br.L2(10.0), br.L1(10.0)))
    >>> br.select.is_ridge(ridge.resolved), br.select.is_ridge(lasso.resolved)
    (True, False)
    """
    plain = resolved.is_plain and all(not block.penalty.from_design for block in resolved.blocks)
    quadratic = plain and not (np.any(resolved.strength.rate > 0.0) or resolved.positive.any())
    return resolved.likelihood.name == "gaussian" and quadratic and bool(np.any(resolved.strength.precision > 0.0))


def ridge_curve(model: Model, lams: Any = None, *, n_lams: int = 100) -> RidgeCurve:
    """Return coefficients, evidence and leave-one-out accuracy of a Gaussian ridge over its strength.

    Parameters
    ----------
    model : Model
        Gaussian with L2 or Normal penalties.
    lams : array, optional
        Strengths in loss units; default a grid over which the fit goes from flat to unpenalised.
    n_lams : int
        Size of the default grid.

    Raises
    ------
    UnsupportedError
        If the model is not a Gaussian ridge.
    InputError
        If a strength is not a finite number > 0.
    RankError
        If unpenalised columns are linearly dependent.

    Notes
    -----
    The inner products of the columns, or of the rows where these are fewer, are factorised once for all strengths.
    Weights that count copies leave out one copy at a time.

    References
    ----------
    MacKay (1992), Bayesian interpolation. Golub, Heath and Wahba (1979), Generalized cross-validation.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(50.0))
    >>> curve = br.select.ridge_curve(model)
    >>> bool(10 < curve.lams[curve.loo.argmax()] < 100)
    True
    """
    resolved = model.resolved
    if not is_ridge(resolved):
        raise UnsupportedError(
            "The strength axis in closed form needs a Gaussian model with a quadratic penalty. Use penalty=br.L2() or "
            "br.Normal(scale); Model.path().plot() shows the path of any penalty."
        )
    given = None if lams is None else np.sort(check_strengths("lams", lams))[::-1]
    check_existence(model.design, resolved)
    problem = make_problem(model.design, resolved)
    check_size(problem)
    path, base = make_ridge_path(problem), resolved.base_lam
    multipliers = smooth_grid(path.squares, n_lams, None) if given is None else given / base
    start = int(resolved.intercept)
    unit, names = resolved.sd[start:], list(resolved.coefficients[start:])
    lams = base * multipliers
    loo, loo_error = leave_one_out(path, problem, resolved, multipliers)
    edf, rows = path.edf(multipliers), float(problem.y.size)
    spare = path.residual_dof(multipliers) + (resolved.observations - rows)
    beta = problem.to_user(path.coordinates(multipliers))
    return RidgeCurve(
        lams=lams,
        scale=np.sqrt(resolved.phi / lams),
        params=pd.DataFrame(beta[:, start:] * unit, index=pd.Index(lams, name="lam"), columns=names),
        evidence=log_evidence(path, problem, resolved, multipliers),
        loo=loo,
        loo_error=loo_error,
        gcv=resolved.observations * path.residual_sum(multipliers) / spare**2,
        edf=edf,
        lam=None if resolved.is_open else base,
        dispersion=resolved.phi,
        _spread=partial(slope_spread, path, problem, resolved, multipliers),
    )


def check_size(problem: Problem) -> None:
    """Raise where neither rows nor columns are few enough to factorise."""
    if not has_closed_form(problem):
        n, m = problem.Z.shape
        raise UnsupportedError(
            f"The evidence and the leave-one-out density of a ridge need its leverages, for {n} rows and {m} columns "
            f"of a matrix too large to factorise; at most {LARGEST} of either are allowed. Use Model.path(), which "
            "iterates, or select columns first."
        )
