import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    Lasso,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from bayesreg.conventions import implied_prior
from bayesreg.conventions.fitted import Given
from bayesreg.conventions.readers import read
from bayesreg.dispersion import reml_dispersion
from bayesreg.errors import DataError, InputError

from .test_fitted import ESTIMATORS, response

MEAN = {"gaussian": lambda eta: eta, "bernoulli": lambda eta: 1 / (1 + np.exp(-eta)), "poisson": np.exp}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("scaled", [False, True])
def test_the_coefficients_are_stationary_under_the_stated_prior(raw, name, scaled):
    """The log likelihood's slope at the fit is ``rate sign(b) + precision b``, in raw units, in nats."""
    X, y = raw
    X = X if scaled else (X - X.mean(axis=0)) / (2.0 * X.std(axis=0))
    y = response(name, y)
    before = [StandardScaler(with_mean="without" not in name)] if scaled else []
    estimator = make_pipeline(*before, ESTIMATORS[name]).fit(X, y)
    prior = implied_prior(estimator, X, y)
    reading, phi = read(estimator, Given(X=X, y=y)), prior.attrs["phi"]
    number = (y == reading.classes[-1]).astype(float) if reading.classes else y
    mu = MEAN[reading.family](reading.intercept_value + X @ reading.coef)
    score = X.T @ (number - mu) / phi
    rate, precision = prior["rate"].to_numpy(), prior["precision"].to_numpy()
    slack = score - precision * reading.coef
    active = reading.coef != 0.0
    size = np.abs(score).max()
    np.testing.assert_allclose(slack[active], (rate * np.sign(reading.coef))[active], rtol=0, atol=1e-6 * size)
    assert np.all(np.abs(slack[~active]) <= rate[~active] * (1 + 1e-9))


def test_gaussian_dispersion_is_the_reml_estimate_or_the_number_given(raw):
    X, y = raw
    estimator = Ridge(alpha=5.0).fit(X, y)
    prior = implied_prior(estimator, X, y)
    assert prior.attrs["phi"] == reml_dispersion(X, y)
    np.testing.assert_allclose(prior["scale"], np.sqrt(prior.attrs["phi"] / 5.0))
    np.testing.assert_allclose(prior["scale_standardized"], prior["scale"] * X.std(axis=0))
    np.testing.assert_allclose(implied_prior(estimator, dispersion=20.0)["scale"], 2.0)


def test_lasso_scale_is_phi_over_n_alpha(raw):
    prior = implied_prior(Lasso(alpha=0.5).fit(*raw), n=442, dispersion=2930.0)
    np.testing.assert_allclose(prior["scale"], 2930.0 / 221.0)
    np.testing.assert_allclose(prior["lam"], 221.0)
    assert list(prior["coefficient"]) == [f"x{j}" for j in range(10)]
    assert set(prior["law"]) == {"Laplace"}
    np.testing.assert_allclose(prior["upper"], stats.laplace.ppf(0.975, scale=2930.0 / 221.0))
    assert set(prior["per"]) == {"unit"}
    assert prior["scale_standardized"].isna().all()


def test_behind_a_scaler_the_scale_is_per_standard_deviation(raw):
    X, y = raw
    frame = pd.DataFrame(X, columns=list("abcdefghij"))
    prior = implied_prior(make_pipeline(StandardScaler(), Ridge(alpha=5.0)).fit(frame, y), dispersion=20.0)
    assert list(prior["coefficient"]) == list("abcdefghij")
    np.testing.assert_allclose(prior["scale"], 2.0 / X.std(axis=0))
    np.testing.assert_allclose(prior["scale_standardized"], 2.0)
    np.testing.assert_allclose(prior["upper"], 2.0 * stats.norm.ppf(0.975))


def test_elastic_net_scale_is_its_standard_deviation(standardised):
    prior = implied_prior(ElasticNet(alpha=0.4, l1_ratio=0.7).fit(*standardised), n=442, dispersion=3000.0)
    rate, precision = 442 * 0.4 * 0.7 / 3000.0, 442 * 0.4 * 0.3 / 3000.0
    grid = np.linspace(0.0, 200.0, 400_001)
    density = np.exp(-rate * grid - precision * grid**2 / 2)
    sd = np.sqrt(np.trapezoid(grid**2 * density, grid) / np.trapezoid(density, grid))
    inside = grid <= prior["upper"][0]
    np.testing.assert_allclose(prior["scale"], sd, rtol=1e-6)
    share = np.trapezoid(density[inside], grid[inside]) / np.trapezoid(density, grid)
    assert share == pytest.approx(0.95, abs=1e-4)  # one step of the grid


def test_the_sentence_of_the_default_logistic_regression(binary):
    X, y = binary
    prior = implied_prior(LogisticRegression().fit(X, y), X, y)
    wanted = "C = 1 says that 95 % of odds ratios per standard deviation lie between 0.14 and 7.1."
    assert prior.attrs["sentence"] == wanted
    np.testing.assert_allclose(prior["odds_ratio_upper"], np.exp(stats.norm.ppf(0.975)))
    np.testing.assert_allclose(prior["odds_ratio_lower"], np.exp(-stats.norm.ppf(0.975)))
    behind = implied_prior(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y))
    assert behind.attrs["sentence"] == wanted
    blind = implied_prior(LogisticRegression().fit(X, y), level=0.5)
    assert blind.attrs["sentence"].startswith("C = 1 says that 50 % of odds ratios per unit of the column lie between")


def test_rate_ratios_of_counts(counts):
    X, y = counts
    prior = implied_prior(PoissonRegressor(alpha=1 / 442).fit(X, y), X)
    np.testing.assert_allclose(prior["rate_ratio_upper"], np.exp(stats.norm.ppf(0.975)))


def test_flat_rows(binary):
    prior = implied_prior(LogisticRegression(C=np.inf).fit(*binary))
    assert set(prior["law"]) == {"Flat"}
    assert np.all(np.isinf(prior["scale"]))
    np.testing.assert_array_equal(prior["odds_ratio_lower"], 0.0)
    np.testing.assert_array_equal(prior["odds_ratio_upper"], np.inf)
    assert prior.attrs["sentence"] == "C = inf says nothing about the effects: the prior is flat."


def test_a_positive_lasso_has_a_folded_prior(standardised):
    prior = implied_prior(Lasso(alpha=0.5, positive=True).fit(*standardised), n=442, dispersion=2210.0)
    assert set(prior["law"]) == {"Laplace on b >= 0"}
    np.testing.assert_allclose(prior[["lower", "upper"]], [stats.expon.ppf([0.025, 0.975], scale=10.0)] * 10)


def test_the_worth_is_counted_in_rows(raw):
    """``n`` copies of the average row say as much of a coefficient as a prior of worth ``n``: ridge's k over s^2."""
    X, y = raw
    prior = implied_prior(Ridge(alpha=5.0).fit(X, y), X, y)
    np.testing.assert_allclose(prior["observations"], 5.0 / X.var(axis=0))
    assert prior.attrs["worth"] == "worth about 0.0042 to 20 observations"
    assert implied_prior(Ridge(alpha=5.0).fit(X, y), dispersion=1.0)["observations"].isna().all()
    assert implied_prior(Ridge(alpha=5.0).fit(X, y), dispersion=1.0).attrs["worth"] == ""


def test_without_a_response_the_worth_is_that_of_the_fitted_means(binary, counts):
    """At the mode under a flat intercept the means have the response's sum, so both ways agree."""
    for (X, y), estimator in (
        (binary, LogisticRegression(C=0.05, solver="newton-cholesky", tol=1e-12)),
        (counts, PoissonRegressor(alpha=0.3, solver="newton-cholesky", tol=1e-12)),
    ):
        estimator.fit(X, y)
        np.testing.assert_allclose(
            implied_prior(estimator, X)["observations"], implied_prior(estimator, X, y)["observations"]
        )


def test_bayesian_fits_state_their_own_priors(raw):
    X, y = raw
    ridge = BayesianRidge().fit(X, y)
    prior = implied_prior(ridge)
    np.testing.assert_allclose(prior["scale"], ridge.lambda_**-0.5)
    assert prior.attrs["phi"] == pytest.approx(1.0 / ridge.alpha_)
    relevance = make_pipeline(StandardScaler(), ARDRegression(threshold_lambda=1.0)).fit(X, y)
    kept = relevance[-1].lambda_ < 1.0
    prior = implied_prior(relevance, X)
    np.testing.assert_allclose(prior["scale_standardized"][kept], relevance[-1].lambda_[kept] ** -0.5)
    assert set(prior["law"][~kept]) == {"fixed at 0"}
    np.testing.assert_array_equal(prior[["scale", "lower", "upper"]][~kept], 0.0)
    assert "5 columns left out" in prior.attrs["sentence"]
    assert "(bmi)" not in prior.attrs["sentence"]


@pytest.mark.parametrize(("power", "family"), [(2.0, "gamma"), (1.5, "Tweedie (power 1.5)"), (3.0, "inverse Gaussian")])
def test_gamma_and_tweedie_regressions_have_a_prior(standardised, power, family):
    """The score of the quasi-likelihood at Pearson's phi is the slope of the stated prior."""
    X, y = standardised
    options = {"alpha": 0.1, "tol": 1e-11, "solver": "newton-cholesky"}
    fit = GammaRegressor(**options) if power == 2.0 else TweedieRegressor(power=power, **options)
    prior = implied_prior(fit.fit(X, y), X, y)
    mu = fit.predict(X)
    assert prior.attrs["family"] == family
    assert prior.attrs["phi"] == pytest.approx(((y - mu) ** 2 / mu**power).sum() / (442 - 11), rel=1e-12)
    score = X.T @ ((y - mu) / mu ** (power - 1.0)) / prior.attrs["phi"]
    np.testing.assert_allclose(prior["precision"] * fit.coef_, score, rtol=1e-5, atol=1e-5 * np.abs(score).max())
    np.testing.assert_allclose(prior["mean_ratio_upper"], np.exp(prior["upper"]))
    assert "95 % of mean ratios per standard deviation" in prior.attrs["sentence"]
    assert implied_prior(fit, X, y, dispersion=2.0).attrs["phi"] == 2.0
    with pytest.raises(InputError, match=r"or dispersion=<phi>"):
        implied_prior(fit, X)


def test_weights_enter_the_dispersion_the_scales_and_the_rows(raw):
    X, y = raw
    weights = np.arange(442) % 3 + 1.0
    fit = Lasso(alpha=0.5).fit(X, y, sample_weight=weights)
    prior = implied_prior(fit, X, y, weights=weights)
    assert set(prior["lam"]) == {0.5 * weights.sum()}
    assert prior.attrs["phi"] == pytest.approx(reml_dispersion(X, y, weights=weights))
    center = weights @ X / weights.sum()
    sd = np.sqrt(weights @ (X - center) ** 2 / weights.sum())
    np.testing.assert_allclose(prior["scale_standardized"], prior["scale"] * sd)


def test_columns_of_different_widths_are_named(raw):
    X, y = raw
    prior = implied_prior(make_pipeline(MinMaxScaler(), Ridge(alpha=5.0)).fit(X, y), X, y)
    assert "% of effects per standard deviation lie between" in prior.attrs["sentence"]
    assert ", up to between " in prior.attrs["sentence"]


def test_other_rows_behind_a_scaler_are_found_out(raw):
    X, y = raw
    with pytest.raises(DataError, match="has standard deviation"):
        implied_prior(make_pipeline(StandardScaler(), Ridge()).fit(X, y), X[:300], y[:300])


@pytest.mark.parametrize(
    ("estimator", "arguments", "error", "message"),
    [
        (Ridge(), {}, InputError, "Give the data of the fit, X and y"),
        (Ridge(), {"X": True}, InputError, "or dispersion="),
        (Lasso(), {"dispersion": 1.0}, InputError, "Give X, or n="),
        (Ridge(), {"dispersion": 1.0, "n": 10}, InputError, "n=10 is not used"),
        (Ridge(), {"dispersion": -1.0}, InputError, r"dispersion=-1\.0 is not allowed"),
        (Ridge(), {"dispersion": 1.0, "level": 95}, InputError, "level=95"),
        (LogisticRegression(), {"dispersion": 1.0}, InputError, "has phi = 1"),
        (Ridge(), {"X": True, "y": np.ones(3)}, DataError, r"y has shape \(3,\)"),
    ],
)
def test_refusals(standardised, estimator, arguments, error, message):
    X, y = standardised
    estimator.fit(X, y > 140.0 if isinstance(estimator, LogisticRegression) else y)
    arguments = arguments | ({"X": X} if "X" in arguments else {})
    with pytest.raises(error, match=message):
        implied_prior(estimator, **arguments)
