"""Quadratic forms: densities, modes, posteriors and evidence against formulas written out, SciPy and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.linalg import expm
from sklearn.linear_model import Ridge

import bayesreg as br
from bayesreg.errors import InputError, RankError, UnsupportedError
from bayesreg.penalties import Strength
from bayesreg.posterior.exact import exact_posterior

PHI = 1.7
S = np.array([[2.0, -1.0, 0.2], [-1.0, 2.0, -0.5], [0.2, -0.5, 1.0]])


def data(n=30, p=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(1.0, 1.0, (n, p)) @ (np.eye(p) + 0.4) * np.arange(1, p + 1)
    return X, X @ rng.normal(size=p) + 3.0 + rng.normal(size=n)


def model(X, y, penalty, **options):
    return br.Model.from_arrays(X, y, penalty=penalty, **{"dispersion": PHI, **options})


def centred(X, y):
    return X - X.mean(axis=0), y - y.mean()


def evidence(model):
    return exact_posterior(model.design, model.resolved).log_evidence


def integrated(X, y, cov, phi=PHI):
    """log p(y) with a flat intercept of height 1: the centred response in n - 1 dimensions (MATH: -(n/2) ...)."""
    basis = np.linalg.qr(np.column_stack([np.ones(len(y)), np.eye(len(y))[:, 1:]]))[0][:, 1:]
    mean = stats.multivariate_normal(np.zeros(len(y) - 1), basis.T @ (phi * np.eye(len(y)) + X @ cov @ X.T) @ basis)
    return mean.logpdf(basis.T @ y) - 0.5 * np.log(len(y))


# densities


def test_a_proper_form_is_the_multivariate_normal():
    law, beta = br.Tikhonov(S, 2.0), np.array([[0.3, -1.0, 2.0], [0.0, 0.1, 0.0]])
    expected = stats.multivariate_normal(np.zeros(3), np.linalg.inv(S) * PHI / 2.0).logpdf(beta)
    np.testing.assert_allclose(law.log_prior(beta, law.strength(PHI)), expected, rtol=1e-12)
    prior = law.to_prior(PHI)
    assert isinstance(prior, br.MultivariateNormal)
    np.testing.assert_allclose(prior.log_prior(beta, prior.strength(PHI)), expected, rtol=1e-12)


@pytest.mark.parametrize(("order", "determinant"), [(1, 7.0), (2, 7.0**2 * (7.0**2 - 1.0) / 12.0)])
def test_a_random_walk_is_normal_differences_on_the_complement(order, determinant):
    """Sum of the log densities of the differences plus log|DD'| / 2, whose determinants are known (Rue and Held)."""
    law, beta = br.RandomWalk(0.6, order).sized(7), np.random.default_rng(1).normal(size=7)
    expected = stats.norm(0.0, 0.6).logpdf(np.diff(beta, order)).sum() + 0.5 * np.log(determinant)
    assert law.log_prior(beta, law.strength(1.0)) == pytest.approx(expected, abs=1e-12)
    assert law.form.log_determinant == pytest.approx(np.log(determinant), abs=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_ring_has_the_determinant_of_its_matrix(order):
    """Product of the non-zero eigenvalues of D'D, from the matrix itself; flat along constants only."""
    d = 6
    D = np.linalg.matrix_power(np.roll(np.eye(d), 1, axis=1) - np.eye(d), order)
    form = br.Smooth(1.0, order, cyclic=True).sized(d).form
    np.testing.assert_allclose(form.root.T @ form.root, D.T @ D, atol=1e-12)
    values = np.linalg.eigvalsh(D.T @ D)[1:]
    assert form.log_determinant == pytest.approx(np.log(values).sum(), abs=1e-10)
    np.testing.assert_allclose(np.abs(form.null), np.full((d, 1), d**-0.5), atol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_null_space_of_differences_is_the_polynomials(order):
    null = br.Smooth(1.0, order).sized(9).null_space()
    powers = np.vander(np.arange(9.0), order)
    np.testing.assert_allclose(powers - null @ (null.T @ powers), 0.0, atol=1e-10)
    assert null.shape == (9, order)


def test_the_fenchel_gap_is_infinite_off_the_range():
    law, strength = br.Smooth(1.0, 1).sized(3), Strength(0.0, 2.0)
    beta = np.array([1.0, 2.0, 4.0])
    dual = law.face(beta, strength).gradient
    assert law.fenchel_gap(beta, dual, strength) == pytest.approx(0.0, abs=1e-14)
    assert law.fenchel_gap(beta, dual + 0.1, strength) == np.inf


# modes


def test_tikhonov_is_ridge_on_the_transformed_design():
    """scikit-learn's Ridge on X R^-1 with S = R'R."""
    X, y = data()
    R = np.linalg.cholesky(S).T
    ridge = Ridge(alpha=5.0, tol=1e-12).fit(X @ np.linalg.inv(R), y)
    mode = model(X, y, br.Tikhonov(S, 5.0)).fit()
    np.testing.assert_allclose(mode.params.iloc[1:], np.linalg.solve(R, ridge.coef_), rtol=1e-9)
    assert mode.params["Intercept"] == pytest.approx(ridge.intercept_, rel=1e-9)
    assert mode.certificate.ok


def test_more_columns_than_rows():
    X, y = data(n=8, p=12)
    C, c = centred(X, y)
    D = np.diff(np.eye(12), 2, axis=0)
    mode = model(X, y, br.Smooth(3.0)).fit()
    np.testing.assert_allclose(mode.params.iloc[1:], np.linalg.solve(C.T @ C + 3.0 * D.T @ D, C.T @ c), rtol=1e-7)
    assert mode.certificate.ok


def test_a_p_spline_is_the_direct_solve():
    frame = br.datasets.diabetes()
    built = br.Model("target ~ bs(bmi, df=12)", frame, penalty=br.Smooth(1000.0), dispersion=2900.0)
    B, c = centred(np.asarray(built.design.X), built.design.y)
    D = np.diff(np.eye(B.shape[1]), 2, axis=0)
    hat = np.linalg.solve(B.T @ B + 1000.0 * D.T @ D, B.T)
    mode = built.fit()
    np.testing.assert_allclose(mode.params.iloc[1:], hat @ c, rtol=1e-8)
    assert mode.edf == pytest.approx(1.0 + np.trace(hat @ B), rel=1e-9)
    assert mode.certificate.ok


@pytest.mark.parametrize("lams", [[1e4, 10.0, 0.1]])
def test_a_path_solves_every_point(lams):
    X, y = data()
    path = model(X, y, br.Smooth(order=1)).path(lams=lams)
    for lam in lams:
        mode = model(X, y, br.Smooth(lam, 1)).fit()
        np.testing.assert_allclose(path.params.loc[lam], mode.params, rtol=1e-8)


def test_other_families_have_certified_modes():
    """Against Newton steps written out here."""
    X, y = data(n=60)
    y = (y > np.median(y)).astype(float)
    mode = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.Tikhonov(S, 4.0)).fit()
    Z, K = np.column_stack([np.ones(60), X]), np.zeros((4, 4))
    K[1:, 1:] = 4.0 * S
    beta = np.zeros(4)
    for _ in range(30):
        mu = 1.0 / (1.0 + np.exp(-Z @ beta))
        beta += np.linalg.solve((Z.T * mu * (1.0 - mu)) @ Z + K, Z.T @ (y - mu) - K @ beta)
    np.testing.assert_allclose(mode.params, beta, rtol=1e-7)
    assert mode.certificate.ok


# posteriors


def test_evidence_is_that_of_the_multivariate_normal():
    X, y = data()
    C = centred(X, y)[0]
    built = model(X, y, br.MultivariateNormal(S, 0.7))
    assert evidence(built) == pytest.approx(integrated(C, y, 0.49 * np.linalg.inv(S)), abs=1e-9)


def test_evidence_of_an_improper_form_is_the_limit_of_proper_ones():
    """With eps on the flat directions, less the log density that they then have; linear in eps, so extrapolated."""
    X, y = data(p=5)
    C, D = centred(X, y)[0], np.diff(np.eye(5), 2, axis=0)
    null = br.Smooth(1.0).sized(5).null_space()

    def at(eps):
        Q = 4.0 * D.T @ D / PHI + eps * null @ null.T
        return integrated(C, y, np.linalg.inv(Q)) + np.log(2.0 * np.pi / eps)

    assert evidence(model(X, y, br.Smooth(4.0))) == pytest.approx(2.0 * at(5e-4) - at(1e-3), abs=1e-6)


def test_sampled_sigma_integrates_the_same_evidence():
    """The g-prior under 1 / sigma: log Bayes factor against the intercept alone (Liang et al. 2008)."""
    X, y = data()
    n, p, g = 30, 3, 7.0
    C, c = centred(X, y)
    ols = np.linalg.lstsq(C, c, rcond=None)[0]
    r2 = 1.0 - np.sum((c - C @ ols) ** 2) / np.sum(c**2)
    expected = 0.5 * (n - 1 - p) * np.log1p(g) - 0.5 * (n - 1) * np.log1p(g * (1.0 - r2))
    full = model(X, y, br.GPrior(g), dispersion="jeffreys")
    none = br.Model("y ~ 1", pd.DataFrame({"y": y}), dispersion="jeffreys")
    assert evidence(full) - evidence(none) == pytest.approx(expected, abs=1e-8)
    np.testing.assert_allclose(full.fit().params.iloc[1:], g / (1.0 + g) * ols, rtol=1e-9)
    np.testing.assert_allclose(full.sample(10, seed=0).params.iloc[1:], g / (1.0 + g) * ols, rtol=1e-9)


def test_the_unit_information_prior_has_g_equal_to_n():
    X, y = data()
    unit, given = (model(X, y, br.GPrior(g)) for g in ("unit", 30.0))
    np.testing.assert_allclose(unit.fit().params, given.fit().params, rtol=1e-12)
    w = np.arange(1.0, 31.0)
    counted = model(X, y, br.GPrior(), weights=br.Weights(w, kind="frequency"))
    same = model(X, y, br.GPrior(w.sum()), weights=br.Weights(w, kind="frequency"))
    np.testing.assert_allclose(counted.fit().params, same.fit().params, rtol=1e-12)


def test_independent_draws_have_the_covariance_of_an_improper_form():
    """Standard deviations and correlation within 5 Monte Carlo standard errors of the textbook normal."""
    X, y = data(p=4)
    C, c = centred(X, y)
    D = np.diff(np.eye(4), 1, axis=0)
    cov = PHI * np.linalg.inv(C.T @ C + 6.0 * D.T @ D)
    post = model(X, y, br.Smooth(6.0, 1)).sample(4000, chains=1, seed=3)
    assert post.engine == "exact"
    draws = post.tree["posterior"]["beta"].to_numpy()[0, :, 1:]
    root = np.linalg.cholesky(np.linalg.inv(cov))
    white = (draws - cov @ (C.T @ c) / PHI) @ root
    np.testing.assert_allclose(np.cov(white.T), np.eye(4), atol=5.0 * np.sqrt(2.0 / 4000))


def test_flat_directions_that_the_design_does_not_identify_are_refused():
    """The sum of the columns is another column, which no penalty acts on: it is the level of the walk."""
    X = np.random.default_rng(0).normal(size=(30, 5))
    X, y = np.column_stack([X, X.sum(axis=1)]), np.arange(30.0)
    names = [f"x{j}" for j in range(5)] + ["total"]
    table = {"x0 + x1 + x2 + x3 + x4": br.Smooth(2.0, 1), "total": br.Flat()}
    both = br.Model.from_arrays(X, y, names=names, penalty=table, dispersion=PHI)
    with pytest.raises(RankError, match="flat direction"):
        both.fit()
    with pytest.raises((RankError, br.errors.ImproperPosteriorError)):
        both.sample(10, seed=0)


def test_levels_that_the_intercept_takes_have_a_prior_of_their_own():
    """The columns sum to a constant: the level of the walk would be the intercept's, and is N(0, sd^2) instead."""
    X = np.eye(6)[np.arange(30) % 6]
    y = np.arange(30.0)
    one = model(X, y, br.Smooth(2.0, 1))
    assert one.fit().certificate.ok
    assert one.resolved.blocks[-1].law.traits.proper
    draws = one.sample(4000, seed=0).tree["posterior"]["beta"].to_numpy()[0, :, 1:]
    level = draws.sum(axis=1) / np.sqrt(6.0)
    assert level.var() == pytest.approx(PHI / 2.0, rel=5.0 * np.sqrt(2.0 / 4000))
    assert model(X, y, br.Smooth(2.0, 1), intercept=False).fit().certificate.ok


# priors from the design


def test_dropout_is_the_average_over_its_masks():
    """Every mask of a small design, enumerated, with its probability; inverted dropout of centred columns."""
    X, y = data(n=4, p=2)
    C, c = centred(X, y)
    k = 0.7
    G, v = np.zeros((2, 2)), np.zeros(2)
    for code in range(2**8):
        mask = np.array([(code >> bit) & 1 for bit in range(8)], dtype=float).reshape(4, 2)
        weight = k ** mask.sum() * (1.0 - k) ** (8.0 - mask.sum())
        noisy = C * mask / k
        G, v = G + weight * noisy.T @ noisy, v + weight * noisy.T @ c
    mode = model(X, y, br.Dropout(1.0 - k)).fit()
    np.testing.assert_allclose(mode.params.iloc[1:], np.linalg.solve(G, v), rtol=1e-10)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("time", [1e-4, 0.02, 5.0])
def test_early_stopping_is_the_gradient_flow(time, standardize):
    """b(t) = (I - expm(-t G)) G^-1 X'y, on standardised columns where the model standardises."""
    X, y = data()
    C, c = centred(X, y)
    scale = C.std(axis=0) if standardize else np.ones(3)
    G = (C / scale).T @ (C / scale)
    flow = np.linalg.solve(G, (np.eye(3) - expm(-time * G)) @ (C / scale).T @ c) / scale
    mode = model(X, y, br.EarlyStopping(time), standardize=standardize).fit()
    np.testing.assert_allclose(mode.params.iloc[1:], flow, rtol=1e-8)
    assert mode.certificate.ok


@pytest.mark.parametrize(("n", "p"), [(30, 3), (5, 9)])
def test_early_stopping_is_gradient_descent(n, p):
    X, y = data(n=n, p=p)
    C, c = centred(X, y)
    step = 0.9 / np.linalg.norm(C, 2) ** 2
    beta = np.zeros(p)
    for _ in range(40):
        beta += step * C.T @ (c - C @ beta)
    mode = model(X, y, br.EarlyStopping(40, step=step), standardize=False).fit()
    np.testing.assert_allclose(mode.params.iloc[1:], beta, rtol=1e-7, atol=1e-10)


def test_the_strength_axis_is_for_plain_ridges():
    X, y = data()
    laws = (br.L2(3.0), br.Tikhonov(S, 3.0), br.Dropout(0.3), br.Smooth(3.0, 1))
    assert [br.select.is_ridge(model(X, y, law).resolved) for law in laws] == [True, False, False, False]


# refusals


def test_what_is_not_a_quadratic_form_is_refused():
    with pytest.raises(InputError, match="not symmetric"):
        br.Tikhonov([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(InputError, match="eigenvalues from -1"):
        br.Tikhonov([[1.0, 0.0], [0.0, -1.0]])
    with pytest.raises(InputError, match="not finite"):
        br.Tikhonov([[np.nan]])
    with pytest.raises(InputError, match=r"shape \(2,\)"):
        br.Tikhonov([1.0, 2.0])
    X, y = data()
    with pytest.raises(InputError, match="2 x 2, and the penalty acts on 3 coefficients: x0, x1, x2"):
        model(X, y, br.Tikhonov(np.eye(2)))
    with pytest.raises(InputError, match="order=4 is not an order"):
        br.Smooth(1.0, 4)
    with pytest.raises(InputError, match="order 3 need at least 4 coefficients"):
        model(X, y, br.Smooth(1.0, 3))
    with pytest.raises(UnsupportedError, match="flat along some direction"):
        br.RandomWalk(1.0).sized(4).draw(Strength(0.0, 1.0), np.random.default_rng(0), (2, 4))


def test_priors_from_the_design_say_what_they_need():
    X, y = data()
    with pytest.raises(RankError, match="The g-prior does not exist"):
        model(np.column_stack([X, X[:, 0]]), y, br.GPrior(2.0))
    with pytest.raises(InputError, match="g=0 is not the factor"):
        br.GPrior(0)
    with pytest.raises(InputError, match=r"rate=1\.0 is not a rate"):
        br.Dropout(1.0)
    with pytest.raises(InputError, match="relative_to=None is not possible for EarlyStopping"):
        br.EarlyStopping(1.0, relative_to=None)
    with pytest.raises(InputError, match="whole number"):
        br.EarlyStopping(1.5, step=0.1)
    with pytest.raises(InputError, match=r"step=1.0 is too large: .* unless step is below"):
        model(X, y, br.EarlyStopping(3, step=1.0))
    with pytest.raises(UnsupportedError, match="only in a linear model, and this one is bernoulli"):
        model(X, (y > y.mean()).astype(float), br.Dropout(0.2), family="bernoulli", dispersion="reml").fit()
    with pytest.raises(UnsupportedError, match="only for a given design"):
        br.GPrior(2.0).log_prior(np.zeros(3), Strength(0.0, 1.0))
