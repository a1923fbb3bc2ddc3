"""The prior that a fit made elsewhere implies, coefficient by coefficient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from bayesreg.arguments import check_level
from bayesreg.conventions.data import Columns, columns_of, response_of
from bayesreg.conventions.facts import check_fact
from bayesreg.conventions.fitted import FittedModel, read_fitted
from bayesreg.conventions.rows import Pair
from bayesreg.dispersion import reml_dispersion
from bayesreg.errors import InputError
from bayesreg.families import Family
from bayesreg.penalties import Penalty, Strength


def implied_prior(
    fitted: Any,
    X: Any = None,
    y: Any = None,
    *,
    level: float = 0.95,
    dispersion: float | None = None,
    n: float | None = None,
) -> pd.DataFrame:
    r"""Return the prior under which a fitted estimator's coefficients are the posterior mode.

    With loss-unit strengths ``l1``, ``l2``, dispersion ``phi`` and ``s_j`` the scale of a StandardScaler
    before the estimator (1 without), coefficient ``j`` in raw units has the prior
    ``p(b_j) ~ exp(-rate_j |b_j| - precision_j b_j^2 / 2)``, ``rate_j = l1 s_j / phi``,
    ``precision_j = l2 s_j^2 / phi``. The intercept is not penalised, so it has no row.

    Parameters
    ----------
    fitted : fitted estimator
        scikit-learn's Ridge, Lasso, ElasticNet (also their CV versions), LogisticRegression with two
        classes, PoissonRegressor; alone or as Pipeline(StandardScaler, estimator).
    X, y : array or DataFrame (n, p), array (n,), optional
        The data of the fit. ``X`` gives the columns' standard deviations and the number of rows; for a
        Gaussian response the two give ``phi``, by the evidence (REML) ridge estimate that `Model` uses.
    level : float
        Probability of the central range, in (0, 1).
    dispersion : float, optional
        ``phi``, the variance of the errors of a Gaussian response.
    n : float, optional
        Rows of the fit (the sum of the weights, if it was weighted), where the strength is per row.

    Returns
    -------
    DataFrame
        A row a coefficient: ``term``, ``coefficient``, ``law``, ``lam`` (loss units), ``rate``,
        ``precision``, ``scale`` (raw units: Laplace scale, Gaussian or elastic-net standard deviation),
        ``scale_standardized`` (per standard deviation of the column), ``lower``, ``upper`` (central range
        of the effect of one ``per``: a standard deviation, or a unit where nothing tells the former) and, for a
        bernoulli response, ``odds_ratio_lower``, ``odds_ratio_upper`` (poisson: ``rate_ratio_...``).
        ``.attrs`` has ``sentence``, ``source``, ``family``, ``phi`` and ``phi_rule``.

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
    """
    check_level(level)
    rows = _row_count(X, n)
    reading = read_fitted(fitted, rows)
    if n is not None and not reading.per_row:
        raise InputError(f"n={n!r} is not used: {reading.setting} is a strength per data set. Leave it out.")
    columns = None if X is None else columns_of(X, reading.coef.size, reading.names)
    phi, rule = _phi(reading, columns, y, dispersion)
    frame = _frame(reading, columns, phi, level)
    sentence = _sentence(reading, columns, phi, level)
    frame.attrs.update(sentence=sentence, source=reading.source, family=reading.family, phi=phi, phi_rule=rule)
    return frame


def _row_count(X: Any, n: float | None) -> float | None:
    if n is not None:
        return check_fact("n", n)
    if X is None:
        return None
    rows: Any = X
    return float(rows.shape[0] if issparse(X) else len(rows))


def _phi(reading: FittedModel, columns: Columns | None, y: Any, dispersion: float | None) -> tuple[float, str]:
    """Return the dispersion and the rule it came from."""
    if not Family(reading.family).likelihood.has_dispersion:
        if dispersion is not None:
            raise InputError(
                f"dispersion={dispersion!r} is not used: a {reading.family} response has phi = 1. Leave it out."
            )
        return 1.0, f"phi = 1 ({reading.family})"
    if dispersion is not None:
        return check_fact("dispersion", dispersion), f"fixed by dispersion={dispersion:g}"
    if columns is None or y is None:
        raise InputError(
            "The prior of a Gaussian fit depends on the error variance, and the estimator does not keep it. Give the "
            "data of the fit, X and y, from which it is estimated, or dispersion=<sigma^2>."
        )
    response = response_of(y, columns.n).astype(float)
    flat = np.full(reading.coef.size, reading.pair == (0.0, 0.0))
    phi = reml_dispersion(columns.matrix(), response, intercept=reading.intercept, free=flat)
    return phi, "RSS / (n - rank): nothing is penalised" if flat.any() else "REML ridge estimate of sigma^2"


def _scales_of_effects(reading: FittedModel, columns: Columns | None) -> np.ndarray | None:
    """Return the standard deviations (p,) that effects are stated per, or None where nothing tells them."""
    if reading.scales is not None:
        return reading.scales
    return None if columns is None else columns.sd()


def _frame(reading: FittedModel, columns: Columns | None, phi: float, level: float) -> pd.DataFrame:
    sd, scales = _scales_of_effects(reading, columns), reading.column_weights[0]
    lower, upper = _central_range(reading.penalty, reading.pair, phi, level)
    per = np.ones_like(scales) if sd is None else sd
    scale = _scale(reading.penalty, reading.pair, phi) / scales
    names = _names(reading, columns)
    frame = pd.DataFrame(
        {
            "term": names,
            "coefficient": names,
            "law": _law(reading.penalty, reading.pair),
            "lam": reading.pair.l1 + reading.pair.l2,
            "rate": reading.pair.l1 / phi * scales,
            "precision": reading.pair.l2 / phi * scales**2,
            "scale": scale,
            "scale_standardized": np.full(scale.size, np.nan) if sd is None else scale * sd,
            "lower": lower / scales * per,
            "upper": upper / scales * per,
            "per": "unit" if sd is None else "standard deviation",
        }
    )
    effect = Family(reading.family).likelihood.effect.replace(" ", "_")
    if effect:
        frame[f"{effect}_lower"] = _exp(frame["lower"].to_numpy())
        frame[f"{effect}_upper"] = _exp(frame["upper"].to_numpy())
    return frame


def _names(reading: FittedModel, columns: Columns | None) -> list[str]:
    known = (columns.names if columns is not None else None) or reading.names
    return list(known) if known else [f"x{j}" for j in range(reading.coef.size)]


def _law(penalty: Penalty, pair: Pair) -> str:
    law = "Flat" if pair == (0.0, 0.0) else penalty.law
    return f"{law} on b >= 0" if penalty.positive else law


def _scale(penalty: Penalty, pair: Pair, phi: float) -> float:
    """Return the scale of the law on the columns it acts on: Laplace scale, or standard deviation."""
    if pair == (0.0, 0.0):
        return np.inf
    if pair.l2 == 0.0:
        return phi / pair.l1
    return float(np.sqrt(penalty.absolute_moments(Strength(pair.l1 / phi, pair.l2 / phi))[1]))


def _central_range(penalty: Penalty, pair: Pair, phi: float, level: float) -> tuple[float, float]:
    """Return the central range, of probability ``level``, of a coefficient on the columns the penalty acts on."""
    if pair == (0.0, 0.0):
        return (0.0 if penalty.positive else -np.inf), np.inf
    strength = Strength(pair.l1 / phi, pair.l2 / phi)
    if penalty.positive:
        tail = (1.0 - level) / 2.0
        return float(penalty.absolute_quantile(tail, strength)), float(penalty.absolute_quantile(1.0 - tail, strength))
    upper = float(penalty.absolute_quantile(level, strength))
    return -upper, upper


def _exp(value: np.ndarray) -> np.ndarray:
    """Return ``exp(value)``, infinite where it is beyond the range of a float."""
    return np.where(value > 709.0, np.inf, np.exp(np.minimum(value, 709.0)))


def _sentence(reading: FittedModel, columns: Columns | None, phi: float, level: float) -> str:
    """Say in words what the strength claims about one effect."""
    if reading.pair == (0.0, 0.0):
        return f"{reading.setting} says nothing about the effects: the prior is flat."
    lower, upper = _central_range(reading.penalty, reading.pair, phi, level)
    sd = _scales_of_effects(reading, columns)
    unit_sd = reading.scales is not None or (sd is not None and bool(np.all(np.abs(sd - 1.0) < 1e-6)))
    effect = Family(reading.family).likelihood.effect
    if effect:
        lower, upper = (float(_exp(np.asarray(bound))) for bound in (lower, upper))
    return (
        f"{reading.setting} says that {100.0 * level:g} % of {effect or 'effect'}s per "
        f"{'standard deviation' if unit_sd else 'unit of the column'} lie between {_short(lower)} and {_short(upper)}."
    )


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) < 10.0 else f"{value:,.0f}" if abs(value) < 1e6 else f"{value:.1e}"
