"""One test a bug that was found by trying the package, each with its story."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import Ridge

import bayesreg as br
from bayesreg.solvers.problem import make_problem

fit_arrays = br.Model.from_arrays


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"a": rng.normal(3, 1, 60), "b": rng.normal(-1, 2, 60), "c": rng.normal(size=60)})
    return data.assign(y=5 + data["a"] - 2 * data["b"] + rng.normal(size=60))


@pytest.mark.parametrize(("first", "second"), [("a + Intercept", "Intercept + a"), ("b + a", "a + b")])
def test_the_order_of_names_in_a_key_is_no_part_of_the_model(frame, first, second):
    """The centred intercept was recognised only where it was named first."""
    fits = [br.Model("y ~ a + b", frame, penalty={key: br.L2(50.0)}, dispersion=1.0).fit() for key in (first, second)]
    np.testing.assert_allclose(fits[0].params, fits[1].params, rtol=1e-12)
    assert all(fit.certificate.ok for fit in fits)


def test_weights_of_a_key_are_in_column_order(frame):
    """They followed the order in which the key named the terms."""
    by_key = br.Model("y ~ a + b", frame, penalty={"b + a": br.L2(1.0, weights=[1.0, 100.0])})
    assert dict(zip(by_key.resolved.coefficients, by_key.resolved.factor, strict=True)) == {
        "Intercept": 1.0,
        "a": 1.0,
        "b": 100.0,
    }


def test_an_intercept_forced_to_zero_is_refused(frame):
    """It was fitted, in the place of the first column."""
    penalty = {"Intercept": br.L2(1.0, weights={"Intercept": np.inf}), ...: br.L2(1.0)}
    with pytest.raises(br.errors.InputError, match=r"write '0 \+'"):
        br.Model("y ~ a + b", frame, penalty=penalty)


def test_a_positive_intercept_is_refused(frame):
    """The mode restricted the centred intercept and the graph the raw one."""
    with pytest.raises(br.errors.InputError, match="acts on the intercept"):
        br.Model("y ~ a + b", frame, penalty={"Intercept": br.L2(1.0, positive=True), ...: br.L2(1.0)})


@pytest.mark.parametrize(("n", "p", "seed"), [(20, 50, 0), (50, 60, 3), (30, 200, 1), (12, 13, 5)])
@pytest.mark.parametrize("lam", [1e-8, 1e-6, 1e-3, 0.3])
def test_a_cold_lasso_with_more_columns_than_rows(n, p, seed, lam):
    """A Gram matrix filled piece by piece was read as if in column order, and singular steps were cut off early."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    y = 3 * X[:, 0] + rng.normal(size=n)
    fit = fit_arrays(X, y, penalty=br.L1(lam), dispersion=1.0).fit()
    assert fit.certificate.ok, fit.status
    assert len(fit.active) <= n - 1
    if lam == 1e-8:  # basis pursuit: the least sum of absolute values that interpolates
        problem = make_problem(fit.model.design, fit.resolved)
        Z, centred = problem.Z[:, 1:], y - y.mean()
        found = linprog(np.ones(2 * p), A_eq=np.hstack([Z, -Z]), b_eq=centred, bounds=(0, None))
        assert fit.objective == pytest.approx(lam * found.fun, rel=1e-6)


def test_a_tiny_strength_is_not_called_optimal_by_the_scale_of_the_data_alone():
    """A gap of the size of the whole penalty passed, because the null objective is so much larger."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 50))
    y = 3 * X[:, 0] + rng.normal(size=20)
    fit = fit_arrays(X, y, penalty=br.L1(1e-8), dispersion=1.0).fit()
    from bayesreg.objective import LogJoint
    from bayesreg.solvers.certificate import certify

    ridge = fit_arrays(X, y, penalty=br.L2(1e-8), dispersion=1.0).fit()  # interpolates too, with a larger sum
    certificate = certify(LogJoint(fit.model.design, fit.resolved), ridge.params.to_numpy(), fit.mode.null_objective)
    assert certificate.relative_gap < 1e-8
    assert not certificate.ok


def test_separated_data_with_hardly_any_penalty_reach_their_optimum():
    """Certified to rounding, and yet called not optimal."""
    x = np.r_[np.linspace(-2, -1, 20), np.linspace(1, 2, 20)]
    for penalty in (br.L1(1e-6), br.L2(1e-6)):
        fit = br.Model("y ~ x", {"x": x, "y": (x > 0) * 1}, family="bernoulli", penalty=penalty).fit()
        assert fit.status.startswith("Optimal") == fit.certificate.ok


@pytest.mark.parametrize("penalty", [br.L2(1.0), br.Flat()], ids=repr)
def test_no_intercept_and_a_large_mean(penalty):
    """The KKT residual was scaled by the spread of a column, where its size is what counts."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 3)) + 1e6
    fit = fit_arrays(X, X[:, 0] + rng.normal(size=60), intercept=False, penalty=penalty, dispersion=1.0).fit()
    assert fit.certificate.ok


def test_from_fitted_sees_a_dozen_missing_rows_and_a_changed_strength():
    data = br.datasets.diabetes()
    X, y = data[["bmi", "bp", "s5", "age"]], data["target"]
    with pytest.raises(br.errors.DataError, match="not the mode"):
        br.Model.from_fitted(Ridge(alpha=10.0).fit(X.iloc[:430], y.iloc[:430]), X, y)
    changed = Ridge(alpha=10.0).fit(X, y)
    changed.alpha = 9.0
    with pytest.raises(br.errors.DataError, match="not the mode"):
        br.Model.from_fitted(changed, X, y)


def test_a_path_of_mixed_blocks_starts_where_all_that_can_be_zero_is(frame):
    path = br.Model("y ~ a + b + c", frame, penalty={"a": br.L1(1.0), ...: br.L2(1.0)}).path(n_lams=5)
    assert path.params["a"].iloc[0] == 0.0
    assert path.at(0.99 * path.lams[0]).params["a"] != 0.0


def test_a_positive_path_that_never_leaves_zero_is_refused(frame):
    with pytest.raises(br.errors.DataError, match="leaves 0 at any strength"):
        br.Model("y ~ b", frame, penalty=br.L1(positive=True)).path()


def test_arguments_of_a_path_are_not_ignored(frame):
    model = br.Model("y ~ a", frame, penalty=br.L1(1.0))
    for call in (
        {"lams": [1.0], "ratio": 0.1},
        {"lams": [1.0], "n_lams": 5},
        {"lams": ["a"]},
        {"lams": [1j]},
        {"ratio": "a"},
    ):
        with pytest.raises(br.errors.InputError, match=r"lams|ratio"):
            model.path(**call)
    for lam in ("a", None, True, -1.0):
        with pytest.raises(br.errors.InputError, match="lam="):
            model.path(n_lams=3).at(lam)


@pytest.mark.parametrize("penalty", [br.L1(0.0), br.L2(0.0), br.L1(1.0, weights=[0.0])], ids=repr)
def test_a_path_of_strength_zero_is_refused(frame, penalty):
    with pytest.raises(br.errors.UnsupportedError, match="strength 0"):
        br.Model("y ~ a", frame, penalty=penalty).path()


def test_strength_zero_is_the_flat_model(frame):
    """Its dispersion was the ridge estimate and not that of the unpenalised model."""
    zero, flat = (br.Model("y ~ a + b", frame, penalty=law) for law in (br.L2(0.0), br.Flat()))
    assert zero.resolved.phi == flat.resolved.phi
    assert zero.resolved.phi_rule == flat.resolved.phi_rule


def test_wide_priors_with_more_columns_than_rows():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(12, 20)), rng.normal(size=12)
    fit = fit_arrays(X, y, penalty=br.Normal(1e8), dispersion=1.0).fit()
    assert np.abs(fit.predict() - y).max() < 1e-6
    with pytest.raises(br.errors.EngineError, match="so wide"):
        fit_arrays(np.column_stack([X[:, :2], X[:, :2]]), y, penalty=br.L2(1e-30)).sample()


def test_the_information_of_a_poisson_row_at_mean_one():
    model = fit_arrays(np.arange(60.0)[:, None], np.ones(60), family="poisson", penalty=br.L2(1.0))
    assert model.resolved.row_information == 1.0


@pytest.mark.parametrize("make", [lambda: br.Normal(1e200), lambda: br.Normal(1e-200), lambda: br.L2(1e308)])
def test_strengths_beyond_arithmetic_are_refused(make):
    with pytest.raises(br.errors.InputError, match="outside the range"):
        make()


@pytest.mark.parametrize("size", [1e160, 1e-170])
def test_a_response_beyond_arithmetic_is_refused_by_name(frame, size):
    with pytest.raises(br.errors.DataError, match="'y' has size"):
        br.Model("y ~ a", frame.assign(y=size * frame["y"]), penalty=br.L1(1.0))


def test_a_constant_response_without_an_intercept(frame):
    model = br.Model("y ~ 0 + a", frame.assign(y=2.0), penalty=br.L1(1.0))
    assert model.resolved.sigma_prior.scale == pytest.approx(2.0)


def test_a_column_called_intercept_is_refused(frame):
    with pytest.raises(br.errors.DataError, match="called 'Intercept'"):
        fit_arrays(frame[["a", "b"]].to_numpy(), frame["y"], names=["Intercept", "b"])


def test_sizes_seeds_levels_and_flags_are_checked(frame):
    model = br.Model("y ~ a", frame, penalty=br.L2(1.0))
    post = model.sample(draws=1, chains=1, seed=1)
    assert np.isfinite(post.predict()["mean"]).all()
    assert len(post.predict(frame.iloc[:0])) == 0
    refused = [
        lambda: model.sample(10**12),
        lambda: model.sample(engine=None),
        lambda: model.sample(engine=""),
        lambda: post.predict(kind="response", seed=-1),
        lambda: post.interval("a"),
        lambda: model.priors(level=None),
        lambda: model.fit().conf_int(method="curvature", seed=5),
        lambda: br.L1(1.0, positive="no"),
        lambda: fit_arrays(np.ones((3, 1)), np.arange(3.0), intercept="no"),
        lambda: br.Model("y ~ a", frame, penalty={...: br.L2(1.0), "...": br.L2(2.0)}),
        lambda: br.L1(1.0, relative_to=np.array([1.0, 2.0])),
    ]
    for call in refused:
        with pytest.raises(br.errors.InputError):
            call()


def test_the_central_range_of_a_folded_prior_is_central(frame):
    """It was the range from 0."""
    row = br.Model("y ~ a", frame, penalty=br.Laplace(2.0, positive=True), standardize=False).priors().iloc[1]
    assert row["lower"] == pytest.approx(-2.0 * np.log(0.975))
    assert row["upper"] == pytest.approx(-2.0 * np.log(0.025))
