"""glum's row, against the estimator itself."""

import numpy as np
import pytest
from glum import GeneralizedLinearRegressor

from bayesreg.conventions import from_package

from .peers import CLOSE, agree
from .test_sklearn import is_mode_of_log_link

TIGHT = {"gradient_tol": 1e-9, "max_iter": 1000}
LOOSER = {"poisson": {"gradient_tol": 1e-7}}
"""Below, its line search finds no step that lowers the objective in double precision; 6e-8 of the coefficients stay."""
FAMILIES = {"gaussian": ("normal", "standardised", 0.8), "bernoulli": ("binomial", "binary", 0.03)}
FAMILIES["poisson"] = ("poisson", "counts", 0.1)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_glum(request, family, share):
    name, data, alpha = FAMILIES[family]
    X, y = request.getfixturevalue(data)
    fit = GeneralizedLinearRegressor(alpha=alpha, l1_ratio=share, family=name, **TIGHT | LOOSER.get(family, {})).fit(
        X, y
    )
    told = {"alpha": alpha, "l1_ratio": share, "n": 442}
    penalty = from_package("glum.GeneralizedLinearRegressor", **told)
    agree(fit.coef_, fit.intercept_, penalty, X, y, family=family, close=1e-6 if family == "poisson" else CLOSE)


def test_weights_are_divided_by_their_sum(standardised):
    X, y = standardised
    weights = np.arange(442) % 3 + 1.0
    fit = GeneralizedLinearRegressor(alpha=0.8, l1_ratio=0.5, **TIGHT).fit(X, y, sample_weight=weights)
    penalty = from_package("glum.GeneralizedLinearRegressor", alpha=0.8, l1_ratio=0.5, n=weights.sum())
    agree(fit.coef_, fit.intercept_, penalty, X, y, weights=weights)


def test_scaled_predictors_are_standardised_columns_as_the_note_says(raw):
    X, y = raw
    fit = GeneralizedLinearRegressor(alpha=0.8, l1_ratio=0.5, scale_predictors=True, **TIGHT).fit(X, y)
    penalty = from_package("glum.GeneralizedLinearRegressor", alpha=0.8, l1_ratio=0.5, n=442)
    agree(fit.coef_, fit.intercept_, penalty, X, y, standardize=True)


def test_gamma(standardised):
    X, y = standardised
    fit = GeneralizedLinearRegressor(alpha=0.3, family="gamma", link="log", **TIGHT).fit(X, y)
    is_mode_of_log_link(fit, from_package("glum.GeneralizedLinearRegressor", alpha=0.3, n=442), X, y, 2.0)
