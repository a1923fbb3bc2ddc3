"""Adaptive penalty weights: the inverse sizes of a first fit's coefficients."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.results.protocol import is_fit, resolved_of


def adaptive_weights(fit: Any, power: float = 1.0) -> pd.Series:
    r"""Return the penalty weights ``w_j = |s_j b_j|^(-power)`` of the adaptive lasso or ridge.

    ``b_j`` are the coefficients of a first fit and ``s_j`` the standard deviations of its columns (ones where
    the model does not standardise), so that ``L1(lam, weights=...)`` shrinks large coefficients less. A first
    coefficient of exactly 0 has an infinite weight and stays 0.

    The weights depend on the data, so the penalty is not a prior in the strict sense: read as one it is
    empirical Bayes, with the Laplace scale ``phi / (lam w_j)`` of each coefficient estimated from the response.

    Parameters
    ----------
    fit : MleFit, MapFit or Posterior
        The first fit, for example ``model.mle()`` or a ridge mode.
    power : float
        Exponent, > 0.

    Returns
    -------
    Series (p,)
        Weights by coefficient, the intercept left out.

    Raises
    ------
    InputError
        If ``fit`` is not a fit, or ``power`` is not a number > 0.

    References
    ----------
    Zou (2006), The adaptive lasso and its oracle properties.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> formula = "target ~ bmi + bp + s1 + s5"
    >>> weights = br.adaptive_weights(br.Model(formula, data).mle())
    >>> br.Model(formula, data, penalty=br.L1(50000.0, weights=weights)).fit().active.tolist()
    ['bmi', 'bp', 's5']
    """
    if not is_fit(fit):
        raise InputError(
            f"{fit!r} is not a fit; give the first fit, such as model.mle() or br.Model(..., penalty=br.L2(1.0)).fit()."
        )
    if not (isinstance(power, Real) and not isinstance(power, bool) and 0.0 < float(power) < np.inf):
        raise InputError(f"power={power!r} is not an exponent; it must be a finite number > 0 (1 is usual).")
    resolved = resolved_of(fit)
    start = int(resolved.intercept)
    scale = resolved.sd if resolved.standardize is not False else np.ones_like(resolved.sd)
    size = np.abs(fit.params.to_numpy() * scale)[start:]
    with np.errstate(divide="ignore"):
        weights = size ** -float(power)
    return pd.Series(weights, index=fit.params.index[start:], name="weight")
