"""The dispersion against direct maximisation of the restricted likelihood; priors of sigma against PyMC, SciPy."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize, root

import bayesreg as br
from bayesreg.dispersion import reml_dispersion
from bayesreg.errors import DataError, InputError


def data(n=30, p=5, seed=0, noise=1.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) * np.linspace(0.5, 3.0, p) + 2.0
    return X, 4.0 + X @ (rng.normal(size=p) / np.sqrt(p)) + noise * rng.normal(size=n)


def standardised(X, w):
    center = w @ X / w.sum()
    return (X - center) / np.sqrt(w @ (X - center) ** 2 / w.sum())


def restricted(logs, Z, y, F, w):
    """Restricted log likelihood of ``N(F a, s tau^2-form Z Z' + sigma^2 / w)`` and its gradient, by dense algebra."""
    sigma2, tau2 = np.exp(logs)
    parts = [sigma2 * np.diag(1.0 / w), tau2 * Z @ Z.T]
    V = parts[0] + parts[1]
    inverse = np.linalg.inv(V)
    inner = F.T @ inverse @ F
    P = inverse - inverse @ F @ np.linalg.solve(inner, F.T @ inverse)
    value = -0.5 * (np.linalg.slogdet(V)[1] + np.linalg.slogdet(inner)[1] + y @ P @ y)
    gradient = [-0.5 * (np.trace(P @ part) - y @ P @ part @ P @ y) for part in parts]
    return value, np.array(gradient)


def with_uniform_r2(logs, Z, y, F, w):
    """The same with a uniform prior on ``R^2 = h = d / (d + k)``, ``k = sigma2 / tau2``: ``+ log h + log(1 - h)``."""
    value, gradient = restricted(logs, Z, y, F, w)
    h = 1.0 / (1.0 + np.exp(logs[0] - logs[1]) * (y.size - F.shape[1]) / np.sum(w[:, None] * Z**2))
    return value + np.log(h) + np.log1p(-h), gradient + (2.0 * h - 1.0) * np.array([1.0, -1.0])


def direct(Z, y, F, w, target=restricted):
    """Return sigma^2 at the maximum: BFGS, then Newton on the gradient."""
    start = np.log([np.var(y) / 2.0, np.var(y) / (2.0 * max(Z.shape[1], 1))])
    found = minimize(lambda at: tuple(-part for part in target(at, Z, y, F, w)), start, jac=True, method="BFGS")
    exact = root(lambda at: target(at, Z, y, F, w)[1], found.x, tol=1e-13)
    assert np.abs(exact.fun).max() < 1e-9
    return float(np.exp(exact.x[0]))


def profile(k, Z, y):
    """Restricted log likelihood at ``k = sigma2 / tau2``, maximised over the common scale."""
    F = np.ones((y.size, 1))
    V = k * np.eye(y.size) + Z @ Z.T
    inverse = np.linalg.inv(V)
    inner = F.T @ inverse @ F
    P = inverse - inverse @ F @ np.linalg.solve(inner, F.T @ inverse)
    return -0.5 * (np.linalg.slogdet(V)[1] + np.log(inner[0, 0]) + (y.size - 1) * np.log(y @ P @ y))


@pytest.mark.parametrize(("n", "p"), [(30, 5), (60, 20), (25, 24)])
@pytest.mark.parametrize("seed", [0, 1])
def test_maximises_the_restricted_likelihood(n, p, seed):
    """To 1e-8: the oracle inverts n x n matrices and solves for a root."""
    X, y = data(n, p, seed)
    one = np.ones(n)
    expected = direct(standardised(X, one), y, one[:, None], one)
    assert reml_dispersion(X, y) == pytest.approx(expected, rel=1e-8)


def test_more_columns_than_rows():
    """Where the restricted likelihood is highest as sigma -> 0 it says nothing, and a uniform prior on R^2 decides."""
    undecided = []
    for seed in range(8):
        X, y = data(20, 60, seed)
        one = np.ones(20)
        Z = standardised(X, one)
        grid = [profile(k, Z, y) for k in np.logspace(-6, 6, 200)]
        undecided.append(grid[0] > max(grid) - 1e-6)
        expected = direct(Z, y, one[:, None], one, with_uniform_r2 if undecided[-1] else restricted)
        assert reml_dispersion(X, y) == pytest.approx(expected, rel=1e-7)
        rule = br.Model.from_arrays(X, y, penalty=br.L2(1.0)).resolved.phi_rule
        assert ("R^2" in rule) == undecided[-1]
    assert 0 < sum(undecided) < len(undecided)


def test_without_intercept():
    X, y = data(40, 6, 3)
    size = np.sqrt((X**2).mean(axis=0))
    expected = direct(X / size, y, np.zeros((40, 0)), np.ones(40))
    assert reml_dispersion(X, y, intercept=False) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("n", "p"), [(30, 5), (20, 40)])
def test_precision_weights(n, p):
    X, y = data(n, p, 4)
    w = np.random.default_rng(1).uniform(0.2, 3.0, n)
    expected = direct(standardised(X, w), y, np.ones((n, 1)), w)
    assert reml_dispersion(X, y, weights=w) == pytest.approx(expected, rel=1e-8)


def test_free_columns_are_fixed_effects():
    X, y = data(40, 8, 5)
    free = np.arange(8) < 3
    one = np.ones(40)
    Z = standardised(X, one)
    expected = direct(Z[:, ~free], y, np.column_stack([one, X[:, free]]), one)
    assert reml_dispersion(X, y, free=free) == pytest.approx(expected, rel=1e-8)


def test_copies_of_rows_that_columns_explain_perfectly_have_no_dispersion():
    X, y = data(25, 50, 6)
    with pytest.raises(DataError, match="explain every row perfectly"):
        reml_dispersion(X, y, weights=np.full(25, 2.0), frequency=True)


def test_frequency_weights_are_repeated_rows():
    X, y = data(25, 4, 6)
    w = np.random.default_rng(2).integers(0, 4, 25)
    got = reml_dispersion(X, y, weights=w.astype(float), frequency=True)
    assert got == pytest.approx(reml_dispersion(np.repeat(X, w, axis=0), np.repeat(y, w)), rel=1e-9)


def test_a_row_of_weight_zero_does_not_count():
    X, y = data(25, 4, 6)
    w = np.where(np.arange(25) < 5, 0.0, 1.5)
    got = reml_dispersion(X, y, weights=w)
    assert got == pytest.approx(reml_dispersion(X[5:], y[5:], weights=w[5:]), rel=1e-11)


@pytest.mark.parametrize("frequency", [False, True])
def test_nothing_penalised_is_the_residual_variance_of_statsmodels(frequency):
    X, y = data(30, 5, 7)
    w = np.random.default_rng(3).integers(1, 4, 30).astype(float)
    got = reml_dispersion(X, y, weights=w, frequency=frequency, free=np.ones(5, dtype=bool))
    reps = w.astype(int) if frequency else np.ones(30, dtype=int)
    fit = sm.WLS(np.repeat(y, reps), sm.add_constant(np.repeat(X, reps, axis=0)), np.repeat(w / reps, reps)).fit()
    assert got == pytest.approx(fit.scale, rel=1e-12)


def test_order_units_and_origin_do_not_matter():
    X, y = data(30, 6, 8)
    phi = reml_dispersion(X, y)
    rows, columns = np.random.default_rng(0).permutation(30), np.random.default_rng(0).permutation(6)
    assert reml_dispersion(X[rows][:, columns], y[rows]) == pytest.approx(phi, rel=1e-11)
    assert reml_dispersion(X * np.logspace(-6, 6, 6) + 5.0, y) == pytest.approx(phi, rel=1e-8)
    assert reml_dispersion(X, 1e5 * y + 3.0) == pytest.approx(1e10 * phi, rel=1e-10)


def test_precision_weights_in_other_units_scale_the_variance():
    X, y = data(30, 6, 8)
    w = np.random.default_rng(4).uniform(0.5, 2.0, 30)
    assert reml_dispersion(X, y, weights=7.0 * w) == pytest.approx(7.0 * reml_dispersion(X, y, weights=w), rel=1e-10)


def test_columns_that_explain_nothing_leave_the_variance_of_y():
    """Orthogonal to the response: the restricted likelihood has its maximum at tau = 0."""
    rng = np.random.default_rng(9)
    y = rng.normal(size=30)
    basis = np.linalg.qr(np.column_stack([np.ones(30), y, rng.normal(size=(30, 4))]))[0]
    assert reml_dispersion(basis[:, 2:], y) == pytest.approx(np.var(y, ddof=1), rel=1e-10)


def test_dependent_and_constant_columns_do_no_harm():
    X, y = data(30, 4, 10)
    doubled = np.column_stack([X, X[:, :1], np.ones(30)])
    assert np.isfinite(reml_dispersion(doubled, y))
    constant = np.column_stack([X, np.full(30, 3.0)])
    assert reml_dispersion(constant, y) == pytest.approx(reml_dispersion(X, y), rel=1e-10)


@pytest.mark.parametrize("free", [True, False])
def test_a_constant_response_has_no_dispersion(free):
    X, _ = data(20, 3)
    with pytest.raises(DataError, match="The dispersion can not be estimated: the response is constant or perfectly"):
        reml_dispersion(X, np.full(20, 3.7), free=np.full(3, free))


def test_a_perfect_unpenalised_fit_has_no_dispersion():
    X, _ = data(20, 3)
    with pytest.raises(DataError, match=r"Give dispersion=<number>, or remove columns"):
        reml_dispersion(X, 1.0 + X @ np.array([1.0, -2.0, 0.5]), free=np.ones(3, dtype=bool))


def test_more_free_columns_than_rows_have_no_dispersion():
    X, y = data(10, 12)
    with pytest.raises(DataError, match="The dispersion can not be estimated"):
        reml_dispersion(X, y, free=np.ones(12, dtype=bool))


SIGMA = np.array([1e-3, 0.2, 1.0, 5.0, 300.0])


@pytest.mark.parametrize(
    "prior",
    [br.HalfT(3, 2.5), br.HalfT(1.0, 0.1), br.Exponential(0.7), br.InverseGamma(2.0, 3.0), br.InverseGamma(0.5, 40.0)],
)
def test_sigma_priors_integrate_to_one(prior):
    def density(log_sigma):
        return np.exp(prior.log_density(np.exp(log_sigma)) + log_sigma)

    area = sum(quad(density, a, b, epsabs=1e-13)[0] for a, b in [(-60.0, -3.0), (-3.0, 0.0), (0.0, 3.0), (3.0, 60.0)])
    assert area == pytest.approx(1.0, abs=1e-10)


def test_sigma_priors_are_those_of_scipy():
    half_t = np.log(2.0) + stats.t(3, scale=2.5).logpdf(SIGMA)
    assert br.HalfT(3, 2.5).log_density(SIGMA) == pytest.approx(half_t, rel=1e-13, abs=1e-13)
    assert br.Exponential(0.7).log_density(SIGMA) == pytest.approx(stats.expon(scale=1 / 0.7).logpdf(SIGMA), rel=1e-13)
    square = stats.invgamma(2.0, scale=3.0).logpdf(SIGMA**2) + np.log(2.0 * SIGMA)
    assert br.InverseGamma(2.0, 3.0).log_density(SIGMA) == pytest.approx(square, rel=1e-13)


def test_sigma_priors_are_those_of_pymc():
    """To 1e-13; PyMC's half-t keeps a constant in single precision, SciPy above holds it to 1e-13."""
    import pymc as pm
    from pytensor.compile.mode import Mode

    pairs = [
        (br.HalfT(3, 2.5), pm.HalfStudentT.dist(nu=np.float64(3), sigma=np.float64(2.5)), 0.0 * SIGMA),
        (br.Exponential(0.7), pm.Exponential.dist(lam=np.float64(0.7)), 0.0 * SIGMA),
        (br.InverseGamma(2.0, 3.0), pm.InverseGamma.dist(np.float64(2.0), np.float64(3.0)), np.log(2.0 * SIGMA)),
    ]
    for prior, distribution, jacobian in pairs:
        within = 1e-8 if isinstance(prior, br.HalfT) else 1e-13
        at = SIGMA**2 if isinstance(prior, br.InverseGamma) else SIGMA
        expected = pm.logp(distribution, at).eval(mode=Mode(linker="py", optimizer=None)) + jacobian
        assert prior.log_density(SIGMA) == pytest.approx(expected, rel=within, abs=within)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan, "1", True])
def test_sigma_priors_refuse_by_name(bad):
    for make, name in [
        (lambda: br.HalfT(bad, 1.0), "HalfT: df"),
        (lambda: br.HalfT(3, bad), "HalfT: scale"),
        (lambda: br.Exponential(bad), "Exponential: rate"),
        (lambda: br.InverseGamma(1.0, bad), "InverseGamma: b"),
    ]:
        with pytest.raises(InputError, match=f"{name}={bad!r} must be a finite number > 0"):
            make()
