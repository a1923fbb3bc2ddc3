r"""Information criteria over a path: fit against effective degrees of freedom, in units of minus twice a log density.

With ``D = -2 log p(y | b, phi)``, ``k`` the effective degrees of freedom (intercept included, phi not counted), ``n``
observations and ``p`` penalised coefficients, of which ``s = k - unpenalised`` are spent:

    AIC = D + 2 k,  AICc = AIC + 2 k (k + 1) / (n - k - 1),  BIC = D + k log n,  EBIC = BIC + 2 g log C(p, s).

For a family with a dispersion phi is one number for the whole path, given or the model's own estimate. The variance at
each strength, ``RSS / n``, would make ``D`` fall without bound where a fit comes close to the response.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import gammaln

from bayesreg.errors import UnsupportedError
from bayesreg.resolved import Resolved

CRITERIA = ("aic", "aicc", "bic", "ebic")


def criterion(path: Any, by: str, gamma: float) -> np.ndarray:
    """Return an information criterion (k,) at each strength of a path.

    Parameters
    ----------
    path : PathFit
    by : {"aic", "aicc", "bic", "ebic"}
    gamma : float
        ``g`` of EBIC, from 0 (BIC) to 1.

    Raises
    ------
    UnsupportedError
        If effective degrees of freedom are not known for a design of this size.

    References
    ----------
    Zou, Hastie and Tibshirani (2007), On the "degrees of freedom" of the lasso. Hurvich and Tsai (1989), Regression and
    time series model selection in small samples. Chen and Chen (2008), Extended Bayesian information criteria.

    Examples
    --------
    >>> import bayesreg as br
    >>> path = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1()).path()
    >>> round(float(path.lams[criterion(path, "bic", 0.5).argmin()]), 0)
    20.0
    """
    resolved, edf = path.model.resolved, path.edf.to_numpy()
    if not np.isfinite(edf).all():
        raise UnsupportedError(
            f"by={by!r} needs effective degrees of freedom, and this design is too large to factorise. Use by='cv'."
        )
    fit, n = minus_twice_log_likelihood(path), resolved.observations
    if by in ("aic", "aicc"):
        spare = n - edf - 1.0
        small = np.where(spare > 0.0, 2.0 * edf * (edf + 1.0) / np.where(spare > 0.0, spare, 1.0), np.inf)
        return np.asarray(fit + 2.0 * edf + (small if by == "aicc" else 0.0))
    found = fit + edf * np.log(n)
    return np.asarray(found if by == "bic" else found + 2.0 * gamma * _log_choices(resolved, edf))


def minus_twice_log_likelihood(path: Any) -> np.ndarray:
    """Return ``-2 log p(y | b, phi)`` (k,) at the model's phi."""
    resolved, y = path.model.resolved, path.model.design.y
    normalizer = resolved.likelihood.log_normalizer(y, resolved.phi, resolved.weights, resolved.frequency)
    return np.asarray(path.deviance.to_numpy() / resolved.phi + 2.0 * float(np.sum(normalizer)))


def _log_choices(resolved: Resolved, edf: np.ndarray) -> np.ndarray:
    """Return the log number of models (k,) with as many penalised coefficients as are spent."""
    count = float(np.count_nonzero(~resolved.free & ~resolved.excluded))
    spent = np.clip(edf - np.count_nonzero(resolved.free), 0.0, count)
    return np.asarray(gammaln(count + 1.0) - gammaln(spent + 1.0) - gammaln(count - spent + 1.0))
