"""The front: arguments are read, refused with their value, or explained; nothing is ignored."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from tests.problems import CANCER, DIABETES, make


def test_penalty_and_prior_are_two_names_of_one_argument():
    data = br.datasets.diabetes()
    by_prior = br.Model("target ~ bmi", data, prior=br.Laplace(3.0))
    by_penalty = br.Model("target ~ bmi", data, penalty=br.Laplace(3.0))
    pd.testing.assert_series_equal(by_prior.fit().params, by_penalty.fit().params)
    with pytest.raises(br.errors.InputError, match="two names of one argument"):
        br.Model("target ~ bmi", data, penalty=br.L1(1.0), prior=br.Laplace(1.0))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"family": "gamma"}, "family='gamma'.*'gaussian', 'bernoulli', 'poisson'"),
        ({"family": "binomial"}, "binomial"),
        ({"penalty": 3.0}, "3.0, which is not a penalty"),
        ({"penalty": {"bmj": br.L1(1.0)}}, "'bmj' is not a term.*Known: .*bmi"),
        ({"penalty": {"bmi": br.L1(1.0), "bmi + bp": br.L2(1.0)}}, "two keys"),
        ({"standardize": "yes"}, "standardize='yes'"),
        ({"dispersion": -1.0}, "dispersion=-1.0"),
        ({"dispersion": "ml"}, "dispersion='ml'.*'reml', 'joint', 'jeffreys'"),
        ({"missing": "ignore"}, "missing='ignore'"),
    ],
)
def test_bad_arguments_are_refused_with_their_value(options, word):
    with pytest.raises(br.errors.InputError, match=word):
        br.Model("target ~ bmi + bp", br.datasets.diabetes(), **options)


@pytest.mark.parametrize("lam", [-1.0, np.nan, np.inf, "5", True])
def test_strengths_that_are_none_are_refused(lam):
    with pytest.raises(br.errors.InputError, match="lam="):
        br.L1(lam)


def test_a_dispersion_for_a_family_without_one_is_refused():
    with pytest.raises(br.errors.InputError, match="phi = 1"):
        br.Model(CANCER, br.datasets.breast_cancer(), family="bernoulli", dispersion=2.0)


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_a_response_of_labels_is_not_coded_in_silence(family):
    with pytest.raises(br.errors.DataError, match=r"'female', 'male'.*family='bernoulli'"):
        br.Model("sex ~ body_mass_g", br.datasets.penguins(), missing="drop", family=family)


@pytest.mark.parametrize("select", ["nest", 3, {"by": "nest"}, {"strength": 1.0}])
def test_a_rule_that_is_not_one_is_refused(select):
    with pytest.raises(br.errors.InputError, match="select="):
        br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L1(), select=select)


@pytest.mark.parametrize("source", ["pandas", "polars", "arrow", "dict", "csv", "parquet", "arrays"])
def test_every_source_of_data_gives_the_same_fit(source, tmp_path):
    data = br.datasets.diabetes()
    columns = [name for name in data.columns if name != "target"]
    expected = make("diabetes", br.L1(500.0)).fit().params
    if source == "arrays":
        fit = br.Model.from_arrays(data[columns], data["target"], penalty=br.L1(500.0)).fit()
    else:
        given = {
            "pandas": lambda: data.convert_dtypes(dtype_backend="pyarrow"),
            "polars": lambda: pl.from_pandas(data),
            "arrow": lambda: pl.from_pandas(data).to_arrow(),
            "dict": lambda: {name: data[name].to_numpy() for name in data},
            "csv": lambda: tmp_path / "d.csv",
            "parquet": lambda: str(tmp_path / "d.parquet"),
        }
        data.to_csv(tmp_path / "d.csv", index=False)
        data.to_parquet(tmp_path / "d.parquet")
        fit = br.Model(DIABETES, given[source](), penalty=br.L1(500.0)).fit()
    np.testing.assert_allclose(fit.params, expected, rtol=1e-9, atol=1e-11)


def test_missing_rows_are_counted_not_dropped_in_silence():
    data = br.datasets.diabetes()
    data.loc[[3, 9], "bmi"] = np.nan
    with pytest.raises(br.errors.MissingValuesError, match="bmi: 2"):
        br.Model(DIABETES, data, penalty=br.L1(500.0))
    model = br.Model(DIABETES, data, penalty=br.L1(500.0), missing="drop")
    assert model.design.dropped == 2
    assert model.design.n == 440


def test_the_three_faces_use_one_dispersion_and_one_prior():
    model = make("diabetes", br.L1(500.0))
    priors = model.priors().set_index("coefficient")
    assert priors.loc["bmi", "scale_standardized"] == pytest.approx(model.fit().dispersion / 500.0)
    assert priors.loc["bmi", "lam"] == pytest.approx(500.0)
    assert priors.loc["Intercept", "law"] == "flat"


def test_priors_of_a_logistic_ridge_in_odds_ratios():
    """C = 1: a standard normal prior per standard deviation, so 95 % of odds ratios lie in exp(-+1.96)."""
    priors = make("cancer", br.from_package("sklearn.LogisticRegression", C=1.0)).priors().iloc[1:]
    np.testing.assert_allclose(priors["effect_lower"], np.exp(-1.959963984540054), rtol=1e-12)
    np.testing.assert_allclose(priors["effect_upper"], np.exp(1.959963984540054), rtol=1e-12)
    assert set(priors["effect"]) == {"odds ratio"}
    with pytest.raises(br.errors.InputError, match="level=2"):
        make("cancer", br.L2(1.0)).priors(level=2)


def cancer_arrays():
    data = br.datasets.breast_cancer()
    return data[["mean_radius", "mean_texture", "mean_smoothness", "mean_symmetry"]], data["malignant"]


def diabetes_arrays():
    data = br.datasets.diabetes()
    return data.drop(columns="target"), data["target"]


TIGHT = {"tol": 1e-12, "max_iter": 1_000_000}
FITTED = [
    (Ridge(alpha=3.0), diabetes_arrays),
    (Lasso(alpha=0.5, **TIGHT), diabetes_arrays),
    (ElasticNet(alpha=0.5, l1_ratio=0.3, **TIGHT), diabetes_arrays),
    (LogisticRegression(C=0.7, solver="newton-cholesky", tol=1e-10, max_iter=10_000), cancer_arrays),
    (make_pipeline(StandardScaler(), Ridge(alpha=3.0)), diabetes_arrays),
    (make_pipeline(StandardScaler(), Lasso(alpha=1.0, **TIGHT)), diabetes_arrays),
    (make_pipeline(StandardScaler(), ElasticNet(alpha=0.5, l1_ratio=0.7, **TIGHT)), diabetes_arrays),
    (make_pipeline(StandardScaler(), LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12)), cancer_arrays),
    (
        make_pipeline(
            StandardScaler(), LogisticRegression(C=0.5, l1_ratio=1.0, solver="saga", tol=1e-9, max_iter=100_000)
        ),
        cancer_arrays,
    ),
]


@pytest.mark.parametrize(("estimator", "arrays"), FITTED, ids=lambda value: getattr(value, "__class__", value).__name__)
def test_from_fitted_reproduces_the_coefficients_as_its_mode(estimator, arrays):
    X, y = arrays()
    estimator.fit(X, y)
    model = br.Model.from_fitted(estimator, X, y)
    fit = model.fit()
    scale = np.r_[1.0, model.resolved.sd[1:]]
    size = np.abs(fit.params * scale).iloc[1:].max()
    if model.family.name == "gaussian":
        ours, theirs = fit.predict().to_numpy(), estimator.predict(X)
    else:
        ours, theirs = fit.predict(kind="link").to_numpy(), estimator.decision_function(X)
    # solvers stop where their tolerance lets them: 1e-5 of the predictor's spread for the slowest (saga)
    np.testing.assert_allclose(ours, theirs, atol=2e-5 * max(np.std(theirs), size))
    assert list(model.design.names) == list(X.columns)


def test_from_fitted_refuses_other_data():
    X, y = diabetes_arrays()
    estimator = Ridge(alpha=3.0).fit(X, y)
    with pytest.raises(br.errors.DataError, match="not the mode"):
        br.Model.from_fitted(estimator, X, np.roll(y, 5))


def test_from_fitted_is_ready_to_sample():
    X, y = diabetes_arrays()
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=30.0)).fit(X, y)
    model = br.Model.from_fitted(pipeline, X, y)
    implied = br.implied_prior(pipeline, X, y)
    post = model.sample(seed=1)
    np.testing.assert_allclose(post.tree["constant_data"]["scale"].values[1:], implied["scale"], rtol=1e-9)


def test_joint_dispersion_is_the_joint_mode():
    """No point near (beta, log sigma) has a higher joint density, and the textbook ridge formula holds."""
    from bayesreg.objective import LogJoint

    for penalty in (br.L2(50.0, relative_to="sigma"), br.Laplace(0.1, relative_to="sigma")):
        model = make("diabetes", penalty, dispersion="joint")
        fit = model.fit()
        joint, sigma = LogJoint(model.design, model.resolved), np.sqrt(model.resolved.phi)
        beta = fit.params.to_numpy()
        best = joint.log_posterior(beta, sigma)
        for factor in (0.99, 0.999, 1.001, 1.01):
            assert joint.log_posterior(beta, sigma * factor) < best
        if isinstance(penalty, br.L2):
            squares = fit.deviance + 50.0 * ((fit.params * model.resolved.sd).iloc[1:] ** 2).sum()
            assert model.resolved.phi == pytest.approx(squares / (442 + 10), rel=1e-9)
    with pytest.raises(br.errors.UnsupportedError, match="units of sigma"):
        make("diabetes", br.L1(500.0), dispersion="joint")


def test_improper_posteriors_are_refused_before_sampling():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 30)), rng.normal(size=20)
    for penalty in (br.Laplace(1.0), br.Normal(1.0)):
        model = br.Model.from_arrays(X, y, penalty=penalty, dispersion="jeffreys")
        with pytest.raises(br.errors.ImproperPosteriorError, match="sigma -> 0"):
            model.sample(draws=10, seed=1)
    proper = br.Model.from_arrays(X, y, penalty=br.Normal(1.0, relative_to="sigma"), dispersion="jeffreys")
    assert proper.sample(draws=10, seed=1).engine == "exact"


def test_repr_names_the_model():
    assert repr(br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L1(5.0))) == (
        "Model('target ~ bmi', n=442, family='gaussian', penalty=L1(lam=5.0))"
    )
