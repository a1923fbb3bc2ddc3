"""Firth's correction against closed forms and SciPy's optimiser of the penalised likelihood written out here."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import bayesreg as br
from bayesreg.errors import InputError, RankError, UnsupportedError
from bayesreg.objective import LogJoint


def penalised_likelihood(X, y, family, w=None, offset=0.0):
    """Log likelihood plus half the log determinant of the information, from their definitions."""
    w = np.ones(len(y)) if w is None else w

    def value(beta):
        eta = X @ beta + offset
        if family == "bernoulli":
            mu = 1.0 / (1.0 + np.exp(-eta))
            rows, variance = y * eta - np.logaddexp(0.0, eta), mu * (1.0 - mu)
        else:
            rows = y * eta - np.exp(eta)
            variance = np.exp(eta)
        return w @ rows + 0.5 * np.linalg.slogdet(X.T @ (X * (w * variance)[:, None]))[1]

    return value


def by_scipy(X, y, family, **options):
    value = penalised_likelihood(X, y, family, **options)
    found = minimize(lambda b: -value(b), np.zeros(X.shape[1]), method="BFGS", options={"gtol": 1e-9})
    return minimize(lambda b: -value(b), found.x, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-15}).x


def fit(X, y, family, **options):
    model = br.Model.from_arrays(X, y, family=family, penalty=br.Firth(), **options)
    return model.fit()


@pytest.mark.parametrize(("events", "n"), [(3, 10), (0, 10), (10, 10), (1, 1)])
def test_an_intercept_alone_adds_half_an_event_to_each_side(events, n):
    """log((s + 1/2) / (n - s + 1/2)), to rounding; all-equal responses too."""
    data = pd.DataFrame({"y": np.r_[np.ones(events), np.zeros(n - events)]})
    mode = br.Model("y ~ 1", data, family="bernoulli", penalty=br.Firth()).fit()
    assert mode.params["Intercept"] == pytest.approx(np.log((events + 0.5) / (n - events + 0.5)), abs=1e-12)
    assert mode.certificate.ok
    assert np.isnan(mode.certificate.gap)


def test_an_intercept_alone_of_counts_adds_half_an_event():
    """log((sum y + 1/2) / n): the mode of a gamma posterior in log units."""
    data = pd.DataFrame({"y": [0.0, 3.0, 1.0, 0.0, 2.0]})
    mode = br.Model("y ~ 1", data, family="poisson", penalty=br.Firth()).fit()
    assert mode.params["Intercept"] == pytest.approx(np.log(6.5 / 5.0), abs=1e-12)


@pytest.mark.parametrize("table", [(7, 3, 2, 8), (5, 0, 3, 4), (6, 0, 0, 6)])
def test_a_two_by_two_table_adds_half_to_each_cell(table):
    """The model is saturated: cells (events, others) of two groups, half added to each."""
    a, b, c, d = table
    x, y = np.r_[np.zeros(a + b), np.ones(c + d)], np.r_[np.ones(a), np.zeros(b), np.ones(c), np.zeros(d)]
    mode = fit(x[:, None], y, "bernoulli")
    first, second = np.log((a + 0.5) / (b + 0.5)), np.log((c + 0.5) / (d + 0.5))
    np.testing.assert_allclose(mode.params, [first, second - first], atol=1e-11)


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
@pytest.mark.parametrize("options", [{}, {"weights": True}, {"intercept": False}])
def test_the_mode_is_that_of_scipy(family, options):
    """To 1e-5: the optimiser differentiates numerically."""
    rng = np.random.default_rng(3)
    X = rng.normal(2.0, [1.0, 3.0], (25, 2))
    y = (rng.random(25) < 0.4).astype(float) if family == "bernoulli" else rng.poisson(1.3, 25).astype(float)
    w = rng.integers(1, 4, 25).astype(float) if options.get("weights") else np.ones(25)
    ones = options.get("intercept", True)
    given = {"weights": br.Weights(w, kind="frequency")} if options.get("weights") else {}
    mode = fit(X, y, family, intercept=ones, **given)
    Z = np.column_stack([np.ones(25), X]) if ones else X
    np.testing.assert_allclose(mode.params, by_scipy(Z, y, family, w=w), atol=1e-5)
    assert mode.certificate.ok
    assert mode.certificate.kkt < 1e-12


def test_separated_responses_have_a_finite_mode():
    x = np.arange(1.0, 9.0)
    y = (x > 4.0).astype(float)
    with pytest.raises(br.errors.SeparationError):
        br.Model.from_arrays(x[:, None], y, family="bernoulli").fit()
    mode = fit(x[:, None], y, "bernoulli")
    np.testing.assert_allclose(mode.params, by_scipy(np.column_stack([np.ones(8), x]), y, "bernoulli"), atol=1e-5)
    assert mode.certificate.ok
    assert "stationary point of the likelihood times Jeffreys prior" in mode.status


def test_the_gradient_and_curvature_are_those_of_the_log_density():
    """Against central differences of the definition, to 1e-6."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(20, 2))
    y = (rng.random(20) < 0.5).astype(float)
    model = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.Firth())
    correction, joint = model.resolved.correction, LogJoint(model.design, model.resolved)
    Z, beta, step = np.column_stack([np.ones(20), X]), np.array([0.3, -0.5, 0.8]), 1e-5
    value = penalised_likelihood(Z, y, "bernoulli")
    gradient = lambda b: Z.T @ (joint.residual(Z @ b) + correction.pull(Z @ b))  # noqa: E731
    shifts = step * np.eye(3)
    numerical = [(value(beta + e) - value(beta - e)) / (2 * step) for e in shifts]
    np.testing.assert_allclose(gradient(beta), numerical, atol=1e-6)
    hessian = np.array([(gradient(beta + e) - gradient(beta - e)) / (2 * step) for e in shifts])
    eta = Z @ beta
    information = (Z * joint.resolved.likelihood.curvature(eta)[:, None]).T @ Z
    own = correction.back.T @ correction.curvature(eta) @ correction.back
    np.testing.assert_allclose(-hessian, information + own, atol=1e-6)
    assert joint.log_posterior(beta) == pytest.approx(value(beta), abs=1e-12)


def test_the_graph_is_the_log_joint_with_its_gradient():
    """To 1e-9; the gradient against NumPy's modified score."""
    import pytensor

    rng = np.random.default_rng(6)
    X, y = rng.normal(size=(15, 2)), rng.integers(0, 2, 15).astype(float)
    model = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.Firth())
    graph, joint = model.pymc(), LogJoint(model.design, model.resolved)
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    beta = np.array([0.1, 0.7, -0.4])
    assert graph.compile_logp(mode=mode)({"beta": beta}) == pytest.approx(joint.log_posterior(beta), abs=1e-9)
    Z = np.column_stack([np.ones(15), X])
    eta = Z @ beta
    expected = Z.T @ (joint.residual(eta) + model.resolved.correction.pull(eta))
    np.testing.assert_allclose(graph.compile_dlogp(mode=mode)({"beta": beta}), expected, atol=1e-9)


def test_a_gaussian_model_is_least_squares():
    data = br.datasets.diabetes()
    firth, flat = (br.Model("target ~ bmi + bp", data, penalty=p).fit() for p in (br.Firth(), None))
    pd.testing.assert_series_equal(firth.params, flat.params)


def test_dependent_columns_are_refused():
    x = np.arange(8.0)
    with pytest.raises(RankError):
        fit(np.column_stack([x, 2.0 * x]), x > 3, "bernoulli")


def test_it_is_given_alone():
    data = br.datasets.diabetes().assign(high=lambda d: (d.target > 140).astype(int))
    with pytest.raises(InputError, match=r"br.Firth\(\) is given for 'bmi' alone"):
        br.Model("high ~ bmi + bp", data, family="bernoulli", penalty={"bmi": br.Firth()})
    model = br.Model("high ~ bmi + bp", data, family="bernoulli", penalty=br.Firth())
    with pytest.raises(UnsupportedError, match="no strength to follow"):
        model.path()


def test_the_prior_is_named():
    data = br.datasets.diabetes().assign(high=lambda d: (d.target > 140).astype(int))
    model = br.Model("high ~ bmi + bp", data, family="bernoulli", penalty=br.Firth())
    priors = model.priors()
    assert set(priors["law"]) == {"Jeffreys"}
    assert priors["proper"].all()
    assert "Jeffreys" in str(model.fit().summary())
    assert repr(br.Firth()).startswith("Firth()")
