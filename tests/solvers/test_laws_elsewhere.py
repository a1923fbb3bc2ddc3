"""Modes under penalties of every law, against solvers and closed forms that are not ours."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize, minimize_scalar, nnls

import bayesreg as br
from bayesreg.penalties import Strength
from tests.problems import shown

GROUPS = {"a + b": 0.8, "c + d + e": 1.3}


def problem(seed=0, n=60, names="abcdef"):
    """Return correlated columns by name, standardised, and the linear predictor."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(names))) + 0.7 * rng.normal(size=(n, 1))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, X @ np.linspace(1.0, -0.6, len(names)), rng


def response(family, eta, rng):
    if family == "gaussian":
        return 3.0 + eta + rng.normal(size=eta.size)
    if family == "bernoulli":
        return (eta + rng.logistic(size=eta.size) > 0.0).astype(float)
    return rng.poisson(np.exp(0.3 + 0.5 * eta)).astype(float)


def model(family, penalty, X, y, **options):
    data = {name: X[:, j] for j, name in enumerate("abcdef")}
    formula = "y ~ a + b + c + d + e + f"
    return br.Model(formula, {**data, "y": y}, family=family, penalty=penalty, **options)


def half_deviance(family, y, eta):
    """Half the deviance up to a constant in eta, and its derivative."""
    if family == "gaussian":
        return 0.5 * (y - eta) ** 2, eta - y
    if family == "bernoulli":
        return np.logaddexp(0.0, eta) - y * eta, 1.0 / (1.0 + np.exp(-eta)) - y
    return np.exp(eta) - y * eta, np.exp(eta) - y


def check_certified(fit):
    assert fit.certificate.ok, fit.status
    assert fit.certificate.kkt <= 1e-10
    assert fit.certificate.local or fit.certificate.relative_gap <= 1e-10


def block_descent(family, X, y, offset, w, rates, groups):
    """Proximal-gradient steps with backtracking, group by group, until nothing moves: slow and plain."""
    Z, beta = np.column_stack([np.ones(y.size), X]), np.zeros(X.shape[1] + 1)

    def smooth(v):
        value, slope = half_deviance(family, y, Z @ v + offset)
        return float(w @ value), Z.T @ (w * slope)

    steps = [1.0] * len(groups)
    for _ in range(2000):
        before = beta.copy()
        for k, (at, rate) in enumerate(zip(groups, rates, strict=True)):
            value, gradient = smooth(beta)
            step = steps[k]
            while True:
                z = beta[at] - step * gradient[at]
                norm = np.linalg.norm(z)
                new = beta.copy()
                new[at] = z * max(1.0 - step * rate / norm, 0.0)
                d = new[at] - beta[at]
                if smooth(new)[0] <= value + gradient[at] @ d + d @ d / (2.0 * step) + 1e-13 * abs(value):
                    break
                step *= 0.5
            beta, steps[k] = new, step
        if np.abs(beta - before).max() <= 1e-11:
            break
    return beta


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_groups_with_offset_and_weights_against_block_descent(family):
    X, eta, rng = problem(1)
    y, offset, w = response(family, eta, rng), 0.2 * rng.normal(size=60), rng.uniform(0.5, 2.0, 60)
    lam = {"gaussian": 20.0, "bernoulli": 3.0, "poisson": 8.0}[family]
    table = {key: br.GroupLasso(lam * factor) for key, factor in GROUPS.items()}
    options = {"dispersion": 1.0} if family == "gaussian" else {}
    weights = br.Weights(w, kind="precision")
    fit = model(family, table, X, y, offset=offset, weights=weights, standardize=False, **options).fit()
    check_certified(fit)
    norms = lam * np.sqrt([2.0, 3.0]) * list(GROUPS.values())
    groups = [np.array([0]), np.array([1, 2]), np.array([3, 4, 5]), np.array([6])]
    expected = block_descent(family, X, y, offset, w, [0.0, *norms, 0.0], groups)
    np.testing.assert_allclose(fit.params, expected, atol=2e-6)


def orthonormal(penalty, z, **options):
    """Return the mode for a design with X'X = I, dispersion 1 and least-squares coefficients ``z``."""
    n, p = z.size + 5, z.size
    Q = np.linalg.qr(np.random.default_rng(3).normal(size=(n, p)))[0]
    fit = br.Model.from_arrays(
        Q, Q @ z, penalty=penalty, intercept=False, standardize=False, dispersion=1.0, **options
    ).fit()
    check_certified(fit)
    return fit.params.to_numpy()


def total_variation(z, lam):
    """Minimise |x - z|^2 / 2 + lam sum |x_j+1 - x_j| through its dual, a box-limited least-squares problem."""
    D = np.diff(np.eye(z.size), axis=0)
    dual = lsq_linear(D.T, z, (-lam, lam), tol=1e-14, lsmr_tol="auto", method="bvls").x
    return z - D.T @ dual


def test_chain_of_an_orthonormal_design_is_total_variation():
    z = np.array([0.1, 0.3, 2.0, 2.2, 1.9, -1.0, -0.8, 0.4])
    np.testing.assert_allclose(orthonormal(br.FusedLasso(0.5), z), total_variation(z, 0.5), atol=1e-9)
    both = orthonormal(br.FusedLasso(0.5, l1=0.3), z)
    flat = total_variation(z, 0.5)
    np.testing.assert_allclose(both, np.sign(flat) * np.maximum(np.abs(flat) - 0.3, 0.0), atol=1e-9)


def sorted_prox(z, lams):
    """Isotonic regression of the sorted absolute values less the strengths, from scikit-learn."""
    from sklearn.isotonic import isotonic_regression

    order = np.argsort(-np.abs(z), kind="stable")
    size = np.maximum(isotonic_regression(np.abs(z)[order] - lams, increasing=False), 0.0)
    found = np.zeros_like(z)
    found[order] = size
    return np.sign(z) * found


def test_sorted_sizes_of_an_orthonormal_design_are_isotonic():
    z = np.array([3.0, -2.9, 0.4, 1.5, -1.4, 1.3, 0.05])
    penalty = br.SLOPE(0.6, q=0.3)
    law = penalty.__class__(0.6, q=0.3).sized(z.size)
    lams = [
        float(law.value(np.r_[np.ones(k + 1), np.zeros(z.size - k - 1)], Strength(0.6, 0.0))) for k in range(z.size)
    ]
    np.testing.assert_allclose(orthonormal(penalty, z), sorted_prox(z, np.diff(np.r_[0.0, lams])), atol=1e-12)


def lowest(value, z):
    """Return the minimiser of (x - z)^2 / 2 + value(|x|), by a fine grid and a bounded search around its best point."""
    grid = np.linspace(0.0, abs(z) + 1.0, 20001)
    objective = 0.5 * (grid - abs(z)) ** 2 + value(grid)
    k = int(np.argmin(objective))
    if k == 0:
        return 0.0
    found = minimize_scalar(
        lambda x: 0.5 * (x - abs(z)) ** 2 + float(value(np.array([x]))[0]),
        bounds=(grid[k - 1], grid[min(k + 1, grid.size - 1)]),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return float(np.sign(z) * found.x)


def mcp(size, lam=1.0, gamma=3.0):
    return np.where(size <= gamma * lam, lam * size - size**2 / (2.0 * gamma), 0.5 * gamma * lam**2)


def scad(size, lam=1.0, a=3.7):
    middle = (2.0 * a * lam * size - size**2 - lam**2) / (2.0 * (a - 1.0))
    return np.where(size <= lam, lam * size, np.where(size <= a * lam, middle, 0.5 * lam**2 * (a + 1.0)))


@pytest.mark.parametrize(
    ("penalty", "value"),
    [
        (br.MCP(1.0, gamma=3.0), mcp),
        (br.SCAD(1.0, a=3.7), scad),
        (br.Bridge(1.0, q=0.5), lambda size: np.sqrt(size)),
        (br.Bridge(1.0, q=1.5), lambda size: size**1.5),
        (br.LogPenalty(1.0, eta=0.5), None),
        (br.Cauchy(scale=0.4), lambda size: np.log1p((size / 0.4) ** 2)),
        (br.StudentT(df=4.0, scale=0.4), lambda size: 2.5 * np.log1p((size / 0.4) ** 2 / 4.0)),
    ],
    ids=shown,
)
def test_orthonormal_designs_reach_the_lowest_point_of_each_coordinate(penalty, value):
    """The grid search is good to about the square root of rounding."""
    z = np.array([4.2, -2.1, 1.4, 0.7, -0.2, 6.0])
    if value is None:
        strength = penalty.strength(1.0)

        def value(size):
            return penalty.value(size, strength)

    np.testing.assert_allclose(orthonormal(penalty, z), [lowest(value, one) for one in z], atol=2e-7)


@pytest.mark.parametrize("wide", [False, True])
def test_limits_against_bounded_least_squares(wide):
    X, eta, rng = problem(4)
    y = eta + 0.3 * rng.normal(size=60)
    limits = (-0.1, 0.3) if not wide else (-5.0, 5.0)
    fit = br.Model.from_arrays(X, y, penalty=br.Flat(limits=limits), intercept=False, standardize=False).fit()
    check_certified(fit)
    expected = lsq_linear(X, y, limits, method="bvls", tol=1e-15).x
    np.testing.assert_allclose(fit.params, expected, atol=1e-10)
    assert wide or np.isin(fit.params.to_numpy(), limits).any()


def test_signs_against_non_negative_least_squares():
    X, eta, rng = problem(5)
    y = eta + 0.3 * rng.normal(size=60)
    fit = br.Model.from_arrays(X, y, penalty=br.Flat(positive=True), intercept=False, standardize=False).fit()
    check_certified(fit)
    np.testing.assert_allclose(fit.params, nnls(X, y)[0], atol=1e-10)


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_a_mixture_of_smooth_laws_against_newton(family):
    """A chain of second differences, a power 1.5 and a square: smooth enough for trust-exact on the raw objective."""
    X, eta, rng = problem(6)
    y = response(family, eta, rng)
    options = {"dispersion": 1.0} if family == "gaussian" else {}
    table = {"a + b + c + d": br.Smooth(2.0, order=2), "e": br.Bridge(1.5, q=1.5), ...: br.L2(4.0)}
    fit = model(family, table, X, y, standardize=False, **options).fit()
    check_certified(fit)
    D = np.diff(np.eye(4), n=2, axis=0)
    rate = float(fit.resolved.phi * fit.resolved.blocks[2].law.value(np.ones(1), fit.resolved.strength.at([5]))[0])

    def objective(v):
        value, slope = half_deviance(family, y, v[0] + X @ v[1:])
        bend, size = D.T @ (D @ v[1:5]), abs(v[5])
        total = value.sum() + v[1:5] @ bend + rate * size**1.5 + 2.0 * v[6] ** 2
        extra = np.r_[0.0, 2.0 * bend, 1.5 * rate * np.sign(v[5]) * np.sqrt(size), 4.0 * v[6]]
        return total, np.r_[slope.sum(), X.T @ slope] + extra

    found = minimize(objective, np.full(7, 0.1), jac=True, method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fit.params, found.x, atol=1e-6)
