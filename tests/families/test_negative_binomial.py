"""Counts with more variance than mean: against SciPy, statsmodels, a numerical minimum, and PyMC's density."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import minimize

import bayesreg as br
from bayesreg.errors import InputError, SeparationError, UnsupportedError
from bayesreg.objective import LogJoint, log_likelihood
from bayesreg.solvers.certificate import certify

SHAPE = 2.0


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=250), "z": rng.normal(1.0, 2.0, 250)})
    around = rng.gamma(SHAPE, size=250) / SHAPE
    return frame.assign(y=rng.poisson(np.exp(0.5 + 0.6 * frame["x"]) * around))


@pytest.fixture(scope="module")
def elsewhere(data):
    """The maximum over coefficients and alpha = 1 / shape, by statsmodels."""
    X = sm.add_constant(data[["x", "z"]])
    return sm.NegativeBinomial(data["y"], X).fit(disp=0, method="newton", maxiter=200, tol=1e-12)


def model(data, penalty=None, shape=None, **options):
    family = br.Family("negative_binomial", shape=shape)
    return br.Model("y ~ x + z", data, family=family, penalty=penalty, **options)


@pytest.mark.parametrize("shape", [0.3, 2.0, 50.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 40.0])
def test_density_is_scipys(shape, y):
    eta = np.array([-4.0, 0.0, 1.3, 5.0])
    got = br.Family("negative_binomial", shape=shape).likelihood.log_likelihood(y, eta, 1.0, 1.0, False)
    expected = stats.nbinom.logpmf(y, shape, shape / (shape + np.exp(eta)))
    assert got == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_counts_of_a_large_shape_are_poisson_counts():
    """To 1e-5: the two differ by one over the shape, and gamma functions of 1e6 lose ten digits."""
    eta, y = np.array([-1.0, 0.5, 2.0]), np.array([0.0, 3.0, 9.0])
    got = br.Family("negative_binomial", shape=1e6).likelihood.log_likelihood(y, eta, 1.0, 1.0, False)
    assert got == pytest.approx(stats.poisson.logpmf(y, np.exp(eta)), abs=1e-4)


def test_shape_and_coefficients_without_a_penalty_are_statsmodels(data, elsewhere):
    """The shape to the 1e-7 of its one-dimensional search; the likelihood is flat there."""
    flat = model(data)
    assert flat.resolved.nuisance.rule == "maximum likelihood"
    assert flat.resolved.nuisance.value == pytest.approx(1.0 / elsewhere.params["alpha"], rel=1e-6)
    fit, mle = flat.fit(), model(data, br.L2(5.0)).mle()
    for found in (fit.params.to_numpy(), mle.params.to_numpy()):
        assert found == pytest.approx(elsewhere.params[:3].to_numpy(), abs=1e-6)
    assert fit.log_likelihood == pytest.approx(elsewhere.llf, abs=1e-9)
    assert mle.log_likelihood == pytest.approx(elsewhere.llf, abs=1e-9)
    assert "shape" in fit.summary().header


def test_standard_errors_are_those_of_a_known_shape(data):
    X = sm.add_constant(data[["x", "z"]])
    theirs = sm.GLM(data["y"], X, family=sm.families.NegativeBinomial(alpha=1.0 / SHAPE)).fit(tol=1e-12)
    ours = model(data, shape=SHAPE).mle()
    assert ours.bse.to_numpy() == pytest.approx(theirs.bse.to_numpy(), rel=1e-6)
    assert any("shape = 2, which is taken as known" in note for note in ours.summary().notes)


@pytest.mark.parametrize("shape", [None, SHAPE])
def test_a_mode_is_the_minimum_that_scipy_finds(data, shape):
    built = model(data, br.Normal(0.3), shape)
    joint, fit = LogJoint(built.design, built.resolved), built.fit()
    found = minimize(joint.objective, np.zeros(3), method="BFGS", options={"gtol": 1e-8})
    assert fit.objective == pytest.approx(found.fun, rel=1e-12)
    assert fit.certificate.ok


def test_the_gap_bounds_the_distance_to_the_minimum(data):
    built = model(data, br.L1(10.0))
    joint, fit = LogJoint(built.design, built.resolved), built.fit()
    for size in (1e-3, 1e-2, 0.1):
        beta = fit.params.to_numpy() * (1.0 + size)
        excess = joint.objective(beta) - fit.objective
        assert 0.0 < excess <= certify(joint, beta, 100.0).gap < np.inf


@pytest.mark.parametrize("penalty", [br.L1(), br.L2(), br.GroupLasso()], ids=["L1", "L2", "GroupLasso"])
def test_paths_are_certified_and_share_one_shape(data, penalty):
    path = model(data, penalty).path(n_lams=6)
    assert path.certificates["ok"].all()
    lam = float(path.lams[3])
    assert path.at(lam).resolved.nuisance == model(data, type(penalty)(lam)).resolved.nuisance


def test_the_estimate_with_a_penalty_has_the_largest_evidence(data):
    """Laplace's evidence over shape and strength, on a grid around the estimate, is largest near it: within 3 %."""
    built = model(data, br.L2())
    estimate = built.resolved.nuisance.value

    def evidence(shape):
        return model(data, br.L2(), shape).select(by="evidence", lams=np.geomspace(0.5, 50.0, 25)).curve["mean"].max()

    shapes = estimate * np.geomspace(0.8, 1.25, 15)
    best = shapes[np.argmax([evidence(float(shape)) for shape in shapes])]
    assert best == pytest.approx(estimate, rel=0.03)


def test_counts_without_extra_variance_say_so():
    rng = np.random.default_rng(0)
    y = rng.binomial(10, 0.5, 200)  # less variance than Poisson counts of this mean
    found = br.Model.from_arrays(rng.normal(size=(200, 1)), y, family="negative_binomial").resolved.nuisance
    assert found.value == pytest.approx(1e6, rel=0.02)
    assert "no more than Poisson counts" in found.rule


def test_the_graph_has_the_density_of_scipy_and_the_prior_of_the_shape(data):
    from pytensor.compile.mode import Mode

    built, spread = model(data, br.Normal(0.7)), 0.6
    graph, beta = built.pymc(), np.array([0.3, 0.2, -0.1])
    eta = beta[0] + built.design.X @ beta[1:]
    rows = stats.nbinom.logpmf(data["y"], spread**-2, spread**-2 / (spread**-2 + np.exp(eta)))
    assert log_likelihood(built.resolved, built.design.y, eta, shape=spread**-2).sum() == pytest.approx(rows.sum())
    prior = stats.expon.logpdf(spread, scale=-3.0 / np.log(0.05))
    prior += stats.norm.logpdf(beta[1:], scale=0.7 / built.resolved.scale[1:]).sum()
    logp = graph.compile_logp(jacobian=False, mode=Mode(linker="py", optimizer=None))
    point = {"beta": beta, "spread_log__": np.log(spread)}
    assert float(logp(point)) == pytest.approx(rows.sum() + prior, rel=1e-6)


def test_the_prior_of_the_shape_is_a_density(data):
    """``log_density`` of the shape and draws of it have the same quantiles, to 4 standard errors of 1/2."""
    nuisance = model(data, br.Normal(1.0)).resolved.nuisance
    tree = model(data, br.Normal(1.0)).prior_predictive(draws=4000, seed=5)
    drawn = tree["prior"]["shape"].to_numpy().ravel()
    grid = np.geomspace(1e-6, 4.0, 40001)
    middle = np.sqrt(grid[1:] * grid[:-1])
    below = float(np.exp(nuisance.log_density(middle)) @ np.diff(grid))
    assert np.mean(drawn < 4.0) == pytest.approx(below, abs=4.0 * 0.5 / np.sqrt(4000))


def test_what_has_no_meaning_is_refused(data):
    with pytest.raises(InputError, match=r"dispersion=2\.0 has no meaning for the negative_binomial family"):
        model(data, dispersion=2.0)
    with pytest.raises(UnsupportedError, match="Jeffreys prior of negative binomial counts depends on their shape"):
        model(data, br.Firth()).fit()
    with pytest.raises(SeparationError, match="all 250 responses are 0"):
        model(data.assign(y=0), shape=1.0).fit()
