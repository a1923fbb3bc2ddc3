r"""Everything a ridge says about its strength, in closed form over the whole axis.

At dispersion phi and strength ``lam`` (loss units) the posterior is normal with precision
``M / phi``, ``M = Z'WZ + lam S``; the evidence is a Gaussian integral, and the leave-one-out
density of row ``i`` is normal with mean ``y_i - r_i / (1 - h_i)`` and variance ``phi / (w_i (1 - h_i))``,
``h_i = w_i z_i' M^-1 z_i`` its leverage and ``r_i`` its residual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_strengths
from bayesreg.design import Design
from bayesreg.errors import UnsupportedError
from bayesreg.posterior.exact import exact_posterior
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.path import multiplier_grid

if TYPE_CHECKING:
    from bayesreg.model import Model

LOG_2PI = float(np.log(2.0 * np.pi))


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
    params, sd : DataFrame (m, p)
        Posterior means (the ridge estimates) and standard deviations at phi, per standard deviation of a
        column, the intercept left out.
    evidence : ndarray (m,)
        ``log p(y | lam, phi)``, nats.
    loo : ndarray (m,)
        Sum over rows of the leave-one-out log predictive density at phi, nats.
    edf : ndarray (m,)
        Effective degrees of freedom, the intercept included.
    lam : float or None
        The model's own strength; None where it was left open.
    dispersion : float
    """

    lams: np.ndarray
    scale: np.ndarray
    params: pd.DataFrame
    sd: pd.DataFrame
    evidence: np.ndarray
    loo: np.ndarray
    edf: np.ndarray
    lam: float | None
    dispersion: float


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
    resolved, design = model.resolved, model.design
    if not is_ridge(resolved):
        raise UnsupportedError(
            "The strength axis in closed form needs a Gaussian model with a quadratic penalty. Use penalty=br.L2() or "
            "br.Normal(scale); Model.path().plot() shows the path of any penalty."
        )
    base = resolved.base_lam
    if lams is None:
        multipliers = multiplier_grid(design, resolved, n_lams, None)
    else:
        multipliers = np.sort(check_strengths("lams", lams))[::-1] / base
    fixed = replace(resolved, sigma_prior=None)
    start = int(resolved.intercept)
    unit = resolved.sd[start:]
    rows = [_point(design, fixed.multiplied(factor)) for factor in multipliers]
    lams = base * multipliers
    index, names = pd.Index(lams, name="lam"), list(resolved.coefficients[start:])
    return RidgeCurve(
        lams=lams,
        scale=np.sqrt(resolved.phi / lams),
        params=pd.DataFrame(np.array([row[0][start:] * unit for row in rows]), index=index, columns=names),
        sd=pd.DataFrame(np.array([row[1][start:] * unit for row in rows]), index=index, columns=names),
        evidence=np.array([row[2] for row in rows]),
        loo=np.array([row[3] for row in rows]),
        edf=np.array([row[4] for row in rows]),
        lam=None if resolved.is_open else base,
        dispersion=resolved.phi,
    )


def _point(design: Design, resolved: Resolved) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """Return means (q,), sds (q,), log evidence, LOO sum and edf at one strength and phi."""
    exact = exact_posterior(design, resolved)
    spectrum, problem = exact.spectrum, exact.spectrum.problem
    sigma = exact.sigma.nodes
    w = problem.weights
    present = w > 0.0
    along = (as_array(problem.Z)[present] @ spectrum.vectors) / np.sqrt(spectrum.precision(sigma)[0])
    one_copy = np.einsum("ij,ij->i", along, along) / resolved.phi
    residual = (problem.y - problem.offset)[present] - as_array(problem.Z)[present] @ spectrum.mean(sigma)[0]
    edf = float(w[present] @ one_copy)
    copies = np.ones_like(residual) if resolved.frequency else w[present]
    left = copies * one_copy
    variance = resolved.phi / (copies * (1.0 - left))
    rows = -0.5 * (LOG_2PI + np.log(variance) + (residual / (1.0 - left)) ** 2 / variance)
    total = float(w[present] @ rows) if resolved.frequency else float(rows.sum())
    return exact.marginals.mean[0], exact.marginals.sd[0], exact.log_evidence, total, edf
