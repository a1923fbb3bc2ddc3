"""Student-t errors: against SciPy's density and minimum, the Gaussian limit, and PyMC's density."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError
from bayesreg.objective import LogJoint, log_likelihood


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"x": rng.normal(size=150), "z": rng.normal(1.0, 2.0, 150), "o": rng.normal(size=150)})
    return frame.assign(y=300.0 + 50.0 * frame["x"] + 20.0 * rng.standard_t(3, size=150))


def model(data, penalty=None, df=4.0, **options):
    return br.Model("y ~ x + z", data, family=br.Family("student_t", df=df), penalty=penalty, **options)


@pytest.mark.parametrize("df", [0.7, 4.0, 60.0])
def test_density_is_scipys(df):
    eta, y = np.array([-2.0, 0.0, 3.0]), np.array([1.0, -0.5, 40.0])
    law = br.Family("student_t", df=df).likelihood.at(2.5)
    assert law.log_likelihood(y, eta, 1.0, 1.0, False) == pytest.approx(stats.t.logpdf(y, df, eta, 2.5), rel=1e-12)


@pytest.mark.parametrize("df", [2.0, 4.0])
def test_sigma_and_coefficients_without_a_penalty_are_the_maximum_that_scipy_finds(data, df):
    """Sigma to the 1e-7 of its one-dimensional search."""

    def minus(p):
        eta = p[0] + p[1] * data["x"] + p[2] * data["z"]
        return -stats.t.logpdf(data["y"], df, eta, np.exp(p[3])).sum()

    found = minimize(minus, [300.0, 50.0, 0.0, 3.0], method="BFGS", options={"gtol": 1e-6})
    built = model(data, df=df)
    fit = built.fit()
    assert built.resolved.nuisance.value == pytest.approx(np.exp(found.x[3]), rel=1e-5)
    assert fit.params.to_numpy() == pytest.approx(found.x[:3], rel=1e-5, abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-found.fun, abs=1e-8)


def test_many_degrees_of_freedom_are_least_squares(data):
    """To 1e-4, which is the size of one over the degrees of freedom; sigma as without degrees of freedom spent."""
    fit, ols = model(data, df=1e6).fit(), br.Model("y ~ x + z", data).mle()
    assert fit.params.to_numpy() == pytest.approx(ols.params.to_numpy(), rel=1e-4)
    assert model(data, df=1e6).resolved.sigma ** 2 == pytest.approx(ols.dispersion * 147.0 / 150.0, rel=1e-4)
    ridge, gauss = model(data, br.L2(), df=1e6), br.Model("y ~ x + z", data, penalty=br.L2())
    assert ridge.resolved.sigma**2 == pytest.approx(gauss.resolved.phi, rel=1e-3)


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e4])
def test_modes_do_not_depend_on_the_unit_of_the_response(data, unit):
    """A response in another unit with its prior in that unit has the same mode, certified in each."""
    given = {"prior": br.Laplace(unit)}
    fit = br.Model("y ~ x + z", data.assign(y=unit * data["y"]), family="student_t", **given).fit()
    base = br.Model("y ~ x + z", data, family="student_t", prior=br.Laplace(1.0)).fit()
    assert fit.certificate.ok
    assert fit.certificate.local
    assert fit.params.to_numpy() / unit == pytest.approx(base.params.to_numpy(), rel=1e-6, abs=1e-9)
    assert "not concave, and other modes may exist" in fit.status


@pytest.mark.parametrize("penalty", [br.L1(), br.L2(), br.GroupLasso(), br.MCP()], ids=["L1", "L2", "Group", "MCP"])
def test_paths_are_certified_as_stationary(data, penalty):
    table = model(data, penalty).path(n_lams=5).certificates
    assert table["ok"].all()
    assert table["local"].all()
    assert table["gap"].isna().all()


def test_a_mode_is_the_minimum_that_scipy_finds_near_it(data):
    built = model(data, br.Normal(10.0))
    joint, fit = LogJoint(built.design, built.resolved), built.fit()
    scale = np.array([100.0, 10.0, 10.0])
    found = minimize(lambda g: joint.objective(scale * g), fit.params.to_numpy() / scale * 1.1, options={"gtol": 1e-7})
    assert fit.objective == pytest.approx(found.fun, rel=1e-10)


def test_outliers_count_little(data):
    wild = data.assign(y=data["y"].where(data.index > 5, 1e5))
    robust, plain = model(wild).fit().params["x"], br.Model("y ~ x + z", wild).mle().params["x"]
    assert abs(robust - 50.0) < 6.0 < abs(plain - 50.0)


def test_sigma_may_be_a_number_or_have_a_prior(data):
    fixed = model(data, br.Normal(10.0), dispersion=400.0).resolved
    assert (fixed.sigma, fixed.sigma_prior, fixed.nuisance.sampled) == (20.0, None, False)
    free = model(data, br.Normal(10.0), dispersion=br.HalfT(3, 30.0)).resolved
    assert free.nuisance.sampled
    assert (free.phi, free.sigma_prior) == (1.0, br.HalfT(3, 30.0))
    assert fixed.family == free.family


def test_frequencies_are_copies_of_rows(data):
    counts = 1 + np.arange(150) % 3
    weighted = model(data, br.L1(1.0), standardize=False, weights=br.Weights(counts, "frequency"))
    copied = model(data.loc[data.index.repeat(counts)], br.L1(1.0), standardize=False)
    assert weighted.resolved.sigma == pytest.approx(copied.resolved.sigma, rel=1e-7)
    assert weighted.fit().params.to_numpy() == pytest.approx(copied.fit().params.to_numpy(), rel=1e-6)


def test_an_offset_is_taken_from_the_response(data):
    shifted = model(data.assign(y=data["y"] + 30.0 * data["o"], o=30.0 * data["o"]), br.L1(1.0), offset="o")
    plain = model(data, br.L1(1.0))
    assert shifted.resolved.sigma == pytest.approx(plain.resolved.sigma, rel=1e-7)
    assert shifted.fit().params.to_numpy() == pytest.approx(plain.fit().params.to_numpy(), rel=1e-6)


def test_the_graph_has_scipys_density(data):
    from pytensor.compile.mode import Mode

    built, sigma = model(data, br.Normal(20.0)), 15.0
    beta = np.array([290.0, 40.0, 2.0])
    eta = beta[0] + built.design.X @ beta[1:]
    rows = stats.t.logpdf(data["y"], 4.0, eta, sigma).sum()
    assert log_likelihood(built.resolved, built.design.y, eta, sigma).sum() == pytest.approx(rows, rel=1e-12)
    prior = stats.norm.logpdf(beta[1:], scale=20.0 / built.resolved.scale[1:]).sum()
    prior += float(built.resolved.sigma_prior.log_density(sigma))
    logp = built.pymc().compile_logp(jacobian=False, mode=Mode(linker="py", optimizer=None))
    assert float(logp({"beta": beta, "sigma_log__": np.log(sigma)})) == pytest.approx(rows + prior, rel=1e-6)


def test_prior_predictions_have_tails(data):
    tree = model(data, br.Normal(5.0), df=2.0, dispersion=100.0).prior_predictive(draws=300, seed=1)
    drawn, beta = tree["prior_predictive"]["y"].to_numpy()[0], tree["prior"]["beta"].to_numpy()[0]
    rest = (drawn - beta[:, :1] - beta[:, 1:] @ model(data).design.X.T) / 10.0
    assert stats.kstest(rest.ravel(), stats.t(2.0).cdf).pvalue > 1e-4


def test_what_has_no_meaning_is_refused(data):
    with pytest.raises(InputError, match="dispersion='joint' is of the gaussian family"):
        model(data, dispersion="joint")
    with pytest.raises(DataError, match=r"The weights have no kind, and Student-t errors take counts of rows alone"):
        model(data, weights=np.ones(150))
    with pytest.raises(UnsupportedError, match="statsmodels fits Student-t errors by numerical derivatives alone"):
        model(data).mle()
    with pytest.raises(UnsupportedError, match="Jeffreys prior of the coefficients is flat under Student-t errors"):
        model(data, br.Firth()).sample()
    with pytest.raises(DataError, match=r"Sigma of the Student-t errors can not be estimated"):
        model(data.assign(y=2.0 * data["x"] + 1.0)).fit()
