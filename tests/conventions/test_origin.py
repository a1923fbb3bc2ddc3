"""A model keeps which fit it was made of, and how near that fit is to its mode."""

import numpy as np
import pytest
from sklearn.linear_model import ARDRegression, BayesianRidge, Lasso, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br

DATA = br.datasets.diabetes()
X, Y = DATA.drop(columns="target"), DATA["target"]


def test_the_origin_is_shown_where_the_model_and_its_fit_are():
    model = br.Model.from_fitted(make_pipeline(StandardScaler(), Lasso(alpha=1.0, tol=1e-12)).fit(X, Y), X, Y)
    said = f"this is, to {model.origin.kkt:.0e}, the mode of: scikit-learn Lasso with alpha = 1 behind StandardScaler"
    assert str(model.origin) == said
    assert repr(model).endswith(f"penalty=L1(lam=442.0)): {said}")
    assert model.fit().summary().header["origin"] == said
    assert model.origin.kkt < 1e-10
    assert model.origin.relative_gap < 1e-10


def test_points_of_a_path_and_other_models_have_none():
    model = br.Model.from_fitted(Ridge(alpha=3.0).fit(X, Y), X, Y)
    assert "origin" not in model.path(lams=[1.0, 10.0]).at(10.0).summary().header
    other = br.Model("target ~ bmi", DATA)
    assert other.origin is None
    assert "mode of" not in repr(other)
    assert "origin" not in other.fit().summary().header


def test_the_origin_measures_how_far_the_fit_is_from_the_mode():
    """A looser tolerance leaves larger violations, which the residual shows."""
    vote = br.datasets.vote_1996()
    columns, y = vote[["self_right", "tv_news", "age"]], vote["dole"]
    tight, loose = (
        br.Model.from_fitted(LogisticRegression(tol=tol).fit(columns, y), columns, y).origin.kkt for tol in (1e-9, 1e-2)
    )
    assert tight < 1e-7 < loose


def closed_form(design, scale, phi):
    """Return the covariance ``(X'X / phi + diag(1 / scale^2))^-1`` of coefficients of centred columns."""
    centred = design - design.mean(axis=0)
    return np.linalg.inv(centred.T @ centred / phi + np.diag(scale**-2.0))


@pytest.mark.parametrize(
    "estimator", [Ridge(alpha=0.5), BayesianRidge(), ARDRegression()], ids=lambda one: type(one).__name__
)
def test_the_posterior_is_the_closed_form(estimator):
    """Exact draws of the model have the estimator's coefficients as mean, and the textbook covariance."""
    estimator.fit(X, Y)
    own = {} if hasattr(estimator, "sigma_") else {"dispersion": 3000.0}
    model = br.Model.from_fitted(estimator, X, Y, **own)
    prior = br.implied_prior(estimator, **own)
    covariance = closed_form(X.to_numpy(), prior["scale"].to_numpy(), model.resolved.phi)
    if hasattr(estimator, "sigma_"):
        np.testing.assert_allclose(covariance, estimator.sigma_, rtol=1e-8, atol=1e-8 * np.abs(covariance).max())
    post = model.sample(draws=4000, chains=2, seed=3, engine="exact")
    draws = post.tree["posterior"]["beta"].values.reshape(8000, -1)[:, 1:]
    sd = np.sqrt(np.diag(covariance))
    # means of 8000 independent draws have a standard error of sd / 89; variances a relative one of 0.016
    np.testing.assert_allclose((draws.mean(axis=0) - estimator.coef_) / sd, 0.0, atol=5.0 / np.sqrt(8000))
    np.testing.assert_allclose(np.cov(draws.T) / np.outer(sd, sd), covariance / np.outer(sd, sd), atol=0.08)
    interval = model.fit().conf_int(0.95).iloc[1:]
    np.testing.assert_allclose((interval["upper"] - interval["lower"]) / (2 * 1.959963984540054), sd, rtol=1e-8)
