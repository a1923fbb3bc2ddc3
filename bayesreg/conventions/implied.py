"""The prior that a fit made elsewhere implies, coefficient by coefficient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.conventions.data import Columns, columns_of
from bayesreg.conventions.fitted import OWN_FAMILIES, FittedModel, Given
from bayesreg.conventions.implied_law import Laws, implied_laws
from bayesreg.conventions.implied_phi import column_sizes, implied_dispersion, row_information
from bayesreg.conventions.implied_words import ratio, sentence, worth
from bayesreg.conventions.model_arguments import is_standardized
from bayesreg.conventions.readers import read
from bayesreg.families import Family


def implied_prior(
    fitted: Any,
    X: Any = None,
    y: Any = None,
    *,
    level: float = 0.95,
    dispersion: float | None = None,
    n: float | None = None,
    weights: Any = None,
    offset: Any = None,
    **facts: Any,
) -> pd.DataFrame:
    r"""Return the prior under which a fitted estimator's coefficients are the posterior mode.

    With loss-unit strengths ``l1``, ``l2``, dispersion ``phi`` and ``s_j`` what the column was divided by
    before the fit (1 without a scaler), coefficient ``j`` in raw units has the prior
    ``p(b_j) ~ exp(-rate_j |b_j| - precision_j b_j^2 / 2)``, ``rate_j = l1 s_j / phi``,
    ``precision_j = l2 s_j^2 / phi``. A fit that states priors as such (BayesianRidge, ARDRegression) has them in
    ``rate_j`` and ``precision_j``. The intercept has no row.

    Parameters
    ----------
    fitted : fitted estimator or results
        Of scikit-learn, statsmodels, glum, celer or skglm, as `Model.from_fitted` reads them; also Gamma and Tweedie
        regressions.
    X, y : array, DataFrame or sparse matrix (n, p), array (n,), optional
        The data of the fit. ``X`` gives the columns' standard deviations and the number of rows; for a
        Gaussian response the two give ``phi``, by the evidence (REML) ridge estimate that `Model` uses, and for a
        Gamma or Tweedie one by squared Pearson residuals.
    level : float
        Probability of the central range, in (0, 1).
    dispersion : float, optional
        ``phi``, of a Gaussian response the variance of the errors.
    n : float, optional
        Rows of the fit (the sum of the weights, if it was weighted), where the strength is per row.
    weights, offset : array (n,), optional
        Those of the fit.
    **facts
        Arguments of the fit that it does not keep; an error asks for them by name.

    Returns
    -------
    DataFrame
        A row a coefficient: ``term``, ``coefficient``, ``law``, ``lam`` (loss units), ``rate``,
        ``precision``, ``scale`` (raw units: Laplace scale, Gaussian or elastic-net standard deviation),
        ``scale_standardized`` (per standard deviation of the column), ``lower``, ``upper`` (central range
        of the effect of one ``per``: a standard deviation, or a unit where nothing tells the former), for a
        bernoulli response ``odds_ratio_lower``, ``odds_ratio_upper`` (poisson: ``rate_ratio_...``), and
        ``observations``, the worth of the prior in rows, as in `Model.priors` (nan where no data tell it).
        ``.attrs`` has ``sentence``, ``worth``, ``source``, ``family``, ``phi`` and ``phi_rule``.

    Raises
    ------
    InputError
        If ``phi`` or ``n`` is needed and can not be found, or an argument has no use here.
    DataError
        If the data are not those of the fit.
    UnsupportedError
        If the estimator's fit is not the mode under a prior that can be stated.

    Examples
    --------
    >>> import numpy as np
    >>> import bayesreg as br
    >>> from sklearn.linear_model import LogisticRegression
    >>> x = np.array([-1.0, -1.0, 1.0, 1.0, -1.0, 1.0])[:, None]
    >>> prior = br.implied_prior(LogisticRegression(C=1.0).fit(x, [0, 0, 1, 1, 1, 0]), x)
    >>> prior.attrs["sentence"]
    'C = 1 says that 95 % of odds ratios per standard deviation lie between 0.14 and 7.1.'
    >>> prior.attrs["worth"]
    'worth about 4 observations'
    """
    check_level(level)
    reading = read(fitted, Given(X=X, y=y, weights=weights, offset=offset, n=n, facts=facts))
    columns = None if reading.X is None else columns_of(reading.X, reading.p, reading.names)
    if columns is not None:
        is_standardized(reading, columns)
    phi, rule = implied_dispersion(reading, columns, dispersion)
    laws = implied_laws(reading, phi, level)
    sd, size = (reading.scales, None) if columns is None else column_sizes(reading, columns)
    effect = Family(reading.family).likelihood.effect if reading.family in OWN_FAMILIES else "mean ratio"
    frame = _frame(reading, laws, sd, phi, effect)
    frame["observations"] = _observations(reading, laws, size, columns, phi)
    said = sentence(reading, laws, sd, effect, level)
    frame.attrs.update(sentence=said, worth=worth(frame["observations"].to_numpy()), source=reading.source)
    frame.attrs.update(family=reading.family, phi=phi, phi_rule=rule)
    return frame


def _frame(reading: FittedModel, laws: Laws, sd: np.ndarray | None, phi: float, effect: str) -> pd.DataFrame:
    per = np.ones(reading.p) if sd is None else sd
    acted_on = np.ones(reading.p) if reading.scales is None else reading.scales
    unit = phi if reading.absolute else 1.0
    lam = unit * (reading.rate / acted_on + reading.precision / acted_on**2)
    for group in reading.groups:
        lam[list(group.columns)] = unit * group.lam
    with np.errstate(invalid="ignore"):
        frame = pd.DataFrame(
            {
                "term": reading.labels,
                "coefficient": reading.labels,
                "law": laws.name,
                "lam": np.where(reading.kept, lam, np.inf),
                "rate": laws.rate,
                "precision": laws.precision,
                "scale": laws.scale,
                "scale_standardized": np.full(reading.p, np.nan) if sd is None else laws.scale * sd,
                "lower": laws.lower * per,
                "upper": laws.upper * per,
                "per": "unit" if sd is None else "standard deviation",
            }
        )
    if effect:
        name = effect.replace(" ", "_")
        frame[f"{name}_lower"] = ratio(frame["lower"].to_numpy())
        frame[f"{name}_upper"] = ratio(frame["upper"].to_numpy())
    return frame


def _observations(
    reading: FittedModel, laws: Laws, size: np.ndarray | None, columns: Columns | None, phi: float
) -> np.ndarray:
    """Return the prior's information over that of one average row about each coefficient; 0 where it is flat."""
    if columns is None or size is None:
        return np.full(reading.p, np.nan)
    with np.errstate(divide="ignore"):
        return np.where(
            np.isinf(laws.second), 0.0, 1.0 / (laws.second * row_information(reading, columns, phi) * size**2)
        )
