"""Learned strengths in the exact engine, against dense sums over covariances of the response.

The oracle's own sums are accurate to about 1e-9 (steps of 0.08 widths of the densities); tolerances are 1e-6 for
evidence in nats and relative means. Tests of draws have a false alarm probability of 1e-4 each.
"""

import numpy as np
import pytest
from scipy import stats
from scipy.interpolate import CubicSpline

import bayesreg as br
from bayesreg.posterior.evidence.posterior import learned_posterior
from bayesreg.posterior.evidence.scale_density import scale_density
from tests.posterior.learned_oracle import Oracle, data, half_t, standardised, uniform_r2

TAU = np.linspace(-24.0, 12.0, 300)
SIGMA = np.linspace(-2.0, 2.6, 70)
FRAME = data()
Y, X = FRAME.y.to_numpy(), standardised(FRAME[["x0", "x1", "x2"]].to_numpy())
ONES = np.ones((len(Y), 1))
PRIOR = br.HalfT(3.0, 1.5)
SIGMA_PRIOR = half_t(3.0, 1.5)


def levels(name):
    return (FRAME[name].to_numpy()[:, None] == np.unique(FRAME[name])).astype(float)


def exact(model):
    return learned_posterior(model.design, model.resolved)


def relative():
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=br.L2(), dispersion=PRIOR)
    prior = uniform_r2(3.0)
    oracle = Oracle(Y, ONES, [(X, True)], lambda t, s: prior(t[0]) + SIGMA_PRIOR(s), [TAU, SIGMA])
    return model, oracle


def absolute():
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=br.Normal(br.HalfNormal(1.0)), dispersion=PRIOR)

    def prior(t, s):
        return stats.halfnorm.logpdf(t[0]) + SIGMA_PRIOR(s)

    return model, Oracle(Y, ONES, [(X, False)], prior, [TAU, SIGMA])


def rate():
    law = br.L2(br.Gamma(2.0, 1.0))
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=law, dispersion=br.InverseGamma(2.0, 1.5))

    def prior(t, s):
        sigma = stats.invgamma(2.0, scale=1.5).logpdf(s**2) + np.log(2.0 * s)
        return stats.gamma(2.0).logpdf(1.0 / t[0]) - 2.0 * np.log(t[0]) + sigma

    return model, Oracle(Y, ONES, [(X, True)], prior, [TAU, SIGMA])


def beside_an_absolute_prior():
    penalty = {"x2": br.Normal(0.7), ...: br.L2()}
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=penalty, dispersion=PRIOR)
    prior = uniform_r2(2.0)

    def log_prior(t, s):
        return prior(t[0]) + SIGMA_PRIOR(s)

    return model, Oracle(Y, ONES, [(X[:, :2], True)], log_prior, [TAU, SIGMA], given=0.7 * X[:, 2:])


def absolute_beside_an_absolute_prior():
    penalty = {"x2": br.Normal(0.7), ...: br.Normal(br.HalfNormal(1.0))}
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=penalty, dispersion=PRIOR)

    def prior(t, s):
        return stats.halfnorm.logpdf(t[0]) + SIGMA_PRIOR(s)

    return model, Oracle(Y, ONES, [(X[:, :2], False)], prior, [TAU, SIGMA], given=0.7 * X[:, 2:])


def beside_flat_columns():
    model = br.Model("y ~ flat(x2) + x0 + x1", FRAME, penalty=br.L2(), dispersion=PRIOR)
    prior, flat = uniform_r2(2.0), np.column_stack([ONES, FRAME.x2])
    return model, Oracle(Y, flat, [(X[:, :2], True)], lambda t, s: prior(t[0]) + SIGMA_PRIOR(s), [TAU, SIGMA])


def dependent_columns():
    frame = FRAME.assign(x3=FRAME.x0, x4=FRAME.x0 + FRAME.x1)
    model = br.Model("y ~ x0 + x1 + x2 + x3 + x4", frame, penalty=br.L2(), dispersion=PRIOR)
    five, prior = standardised(frame[["x0", "x1", "x2", "x3", "x4"]].to_numpy()), uniform_r2(5.0)
    return model, Oracle(Y, ONES, [(five, True)], lambda t, s: prior(t[0]) + SIGMA_PRIOR(s), [TAU, SIGMA])


def more_columns_than_rows():
    frame = data(n=9, seed=3, columns=13)
    names = [f"x{j}" for j in range(13)]
    model = br.Model(f"y ~ {' + '.join(names)}", frame, penalty=br.L2(), dispersion=PRIOR)
    Z, prior = standardised(frame[names].to_numpy()), uniform_r2(13.0)
    y = frame.y.to_numpy()
    axes = [np.linspace(-12.0, 11.0, 170), np.linspace(-14.0, 3.5, 230)]
    return model, Oracle(y, np.ones((9, 1)), [(Z, True)], lambda t, s: prior(t[0]) + SIGMA_PRIOR(s), axes)


def two_blocks():
    """Random effects of two groups share one R^2: shares uniform, ``v = 4 tau_1^2 w + 3 tau_2^2 w'``."""
    penalty = {"1 | g": br.Normal(br.HalfNormal(1.0)), "1 | h": br.L2(br.HalfNormal(0.5))}
    model = br.Model("y ~ (1 | g) + (1 | h)", FRAME, penalty=penalty, dispersion=1.3)

    def prior(t, s):
        return stats.halfnorm.logpdf(t[0]) + stats.halfnorm(scale=0.5).logpdf(t[1])

    parts, sigma = [(levels("g"), False), (levels("h"), True)], np.sqrt(1.3)
    return model, Oracle(Y, ONES, parts, prior, [np.linspace(-20.0, 3.0, 150)] * 2, sigma=sigma)


CASES = {
    case.__name__: case
    for case in (
        *(relative, absolute, rate, beside_an_absolute_prior, absolute_beside_an_absolute_prior),
        *(beside_flat_columns, dependent_columns, more_columns_than_rows, two_blocks),
    )
}


@pytest.fixture(scope="module", params=CASES, ids=str)
def case(request):
    model, oracle = CASES[request.param]()
    return model, oracle, exact(model)


def test_the_evidence_is_that_of_the_oracle(case):
    _, oracle, posterior = case
    assert posterior.log_evidence == pytest.approx(oracle.log_evidence, abs=1e-6)


def test_scales_and_sigma_are_drawn_from_their_marginals(case):
    model, oracle, posterior = case
    drawn = posterior.draw(20_000, np.random.default_rng(1))
    series = [np.log(drawn.scales[:, k]) for k in range(len(model.resolved.learned))]
    series += [np.log(drawn.sigma)] if model.resolved.sigma_prior is not None else []
    for k, values in enumerate(series):
        axis, density = oracle.axes[k], oracle.marginal(k)
        cdf = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(axis) * (density[1:] + density[:-1]))])
        step = axis[1] - axis[0]
        cdf += np.gradient(density, step) * step**2 / 12.0  # Euler-Maclaurin: the rule's error within the range
        assert stats.kstest(values, lambda at, x=axis, y=cdf: np.interp(at, x, y)).pvalue > 1e-4


def test_the_density_of_a_scale_is_that_of_the_oracle(case):
    """To 1 %: both are interpolated by splines."""
    model, oracle, posterior = case
    for k in range(len(model.resolved.learned)):
        scale, density = scale_density(posterior, k, 301)
        log_p = CubicSpline(oracle.axes[k], np.log(np.maximum(oracle.marginal(k), 1e-250)))
        expected = np.exp(log_p(np.log(scale))) / scale
        seen = expected * scale > 0.01 * (expected * scale).max()
        np.testing.assert_allclose(density[seen], expected[seen], rtol=0.01)
        assert np.trapezoid(density, scale) == pytest.approx(1.0, abs=2e-3)


def test_coefficients_have_the_exact_means_and_the_draws_their_joint_law(case):
    """Given the drawn scales and sigma, coefficients are normal with textbook moments."""
    model, _, posterior = case
    resolved, n = model.resolved, model.design.n
    drawn = posterior.draw(4000, np.random.default_rng(2))
    marginals = posterior.marginals
    error = (drawn.beta.mean(0) - marginals.expectation) / (drawn.beta.std(0) / np.sqrt(4000))
    assert np.abs(error[marginals.deviation > 0.0]).max() < 4.5
    for j in range(drawn.beta.shape[1]):
        at = np.quantile(drawn.beta[:, j], [0.05, 0.5, 0.95])
        cdf = np.array([marginals.cdf(np.full(drawn.beta.shape[1], x))[j] for x in at])
        np.testing.assert_allclose(cdf, [0.05, 0.5, 0.95], atol=4.5 * 0.5 / np.sqrt(4000))
    Z = np.column_stack([np.ones(n), np.asarray(model.design.X)])
    distance = np.empty(300)
    for i in range(300):
        at = resolved.at_scales(drawn.scales[i])
        sigma = drawn.sigma[i]
        width = np.where(resolved.sigma_relative, np.sqrt(resolved.phi) / sigma, 1.0)
        precision = at.strength.precision * width**2
        A = Z.T @ Z / sigma**2 + np.diag(precision)
        away = drawn.beta[i] - np.linalg.solve(A, Z.T @ model.design.y / sigma**2)
        distance[i] = away @ A @ away
    assert stats.kstest(distance, stats.chi2(Z.shape[1]).cdf).pvalue > 1e-4


def test_three_strengths_are_drawn_by_metropolis_steps():
    """Every mean of a log scale within 5 standard errors of the oracle's; evidence within 5 of its own."""
    penalty = {"1 | g": br.Normal(br.HalfNormal(1.0)), "1 | h": br.Normal(br.HalfNormal(1.0)), ...: br.L2()}
    model = br.Model("y ~ x0 + x1 + (1 | g) + (1 | h)", FRAME, penalty=penalty, dispersion=1.3)
    order = [one.label for one in model.resolved.learned]
    parts = {"1 | g": (levels("g"), False), "1 | h": (levels("h"), False), "...": (X[:, :2], True)}
    r2 = uniform_r2(2.0)

    def prior(t, s):
        return sum(r2(t[k]) if name == "..." else stats.halfnorm.logpdf(t[k]) for k, name in enumerate(order))

    chosen, sigma = [parts[name] for name in order], np.sqrt(1.3)
    oracle = Oracle(Y, ONES, chosen, prior, [np.linspace(-9.0, 4.5, 34)] * 3, sigma=sigma)
    post = model.sample(2000, seed=4)
    exact = post.sampled.exact
    assert not exact.independent
    assert exact.marginals is None
    assert exact.loo is None
    assert "of the proposals were accepted" in post.why
    assert abs(exact.log_evidence - oracle.log_evidence) < 5.0 * exact.log_evidence_error + 1e-3
    from arviz_stats.base import array_stats

    logs = np.log(post.tree["posterior"]["scale"].to_numpy())
    for k in range(3):
        error = float(array_stats.mcse(logs[..., k], chain_axis=0, draw_axis=1, method="mean"))
        assert abs(logs[..., k].mean() - oracle.mean(np.log(oracle.taus[:, k]))) < 5.0 * error
    assert "independent" not in post.status


def test_flat_directions_of_a_smooth_are_integrated_at_height_one():
    """A random walk of order 1: flat along the level, N(0, tau^2) differences."""
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(15, 5))
    y = Z @ np.cumsum(rng.normal(size=5)) + rng.normal(size=15)
    law = br.Smooth(br.HalfNormal(1.0), order=1, relative_to=None)
    model = br.Model.from_arrays(Z, y, penalty=law, dispersion=1.5, standardize=False, intercept=False)
    D = np.diff(np.eye(5), axis=0)
    level = np.full((5, 1), 1.0 / np.sqrt(5.0))
    oracle = Oracle(
        y,
        Z @ level,
        [(Z @ np.linalg.pinv(D), False)],
        lambda t, s: stats.halfnorm.logpdf(t[0]),
        [np.linspace(-25.0, 4.0, 600)],
        sigma=np.sqrt(1.5),
    )
    assert exact(model).log_evidence == pytest.approx(oracle.log_evidence, abs=1e-6)


def test_a_mixed_model_agrees_with_statsmodels_up_to_a_constant():
    """Differences of the REML log likelihood, sigma profiled out, between variance ratios."""
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    model = br.Model("y ~ flat(x0) + (1 | g)", FRAME, dispersion=1.0)
    design, density = np.column_stack([ONES, FRAME.x0]), exact(model).density
    fitted = MixedLM(Y, design, groups=FRAME.g)
    fitted.cov_pen = None  # what fit() sets first
    ours, theirs = [], []
    for ratio in (0.1, 0.5, 2.0):
        determinant, misfit = density.evidence(np.array([[np.log(ratio)]]))
        ours.append(-0.5 * determinant[0] - 0.5 * (len(Y) - 2) * np.log(misfit[0]))
        inverse = np.linalg.inv(np.eye(len(Y)) + ratio * levels("g") @ levels("g").T)
        beta = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ Y)
        params = MixedLMParams.from_components(fe_params=beta, cov_re=np.array([[ratio]]))
        theirs.append(fitted.loglike(params, profile_fe=False))
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), atol=1e-8)


def test_copies_of_rows_are_rows():
    counts = 1 + np.arange(len(FRAME)) % 3
    repeated = FRAME.loc[np.repeat(FRAME.index, counts)].reset_index(drop=True)
    by_weight = br.Model(
        "y ~ x0 + x1 + x2", FRAME, penalty=br.L2(), weights=br.Weights(counts, kind="frequency"), dispersion=PRIOR
    )
    by_rows = br.Model("y ~ x0 + x1 + x2", repeated, penalty=br.L2(), dispersion=PRIOR)
    first, second = exact(by_weight), exact(by_rows)
    assert first.log_evidence == pytest.approx(second.log_evidence, abs=1e-8)
    np.testing.assert_allclose(first.marginals.expectation, second.marginals.expectation, rtol=1e-6)


def test_the_tree_has_the_strengths_and_the_same_seed_the_same_draws():
    model = br.Model("y ~ x0 + x1 + x2", FRAME, penalty=br.L2(), dispersion=PRIOR)
    first, more = model.sample(50, seed=3, chains=2), model.sample(50, seed=3, chains=3)
    tree = first.tree["posterior"]
    assert first.engine == "exact"
    assert "independent draws" in first.why
    assert tree["scale"].dims == tree["lam"].dims == ("chain", "draw", "strength")
    scale = tree["scale"].to_numpy()
    np.testing.assert_allclose(tree["R2"], scale[..., 0] ** 2 * 3.0 / (1.0 + scale[..., 0] ** 2 * 3.0), rtol=1e-12)
    np.testing.assert_allclose(tree["lam"], 1.0 / scale**2, rtol=1e-12)
    for name in ("beta", "sigma", "scale"):
        np.testing.assert_array_equal(tree[name], more.tree["posterior"][name][:2])
    at_median = model.resolved.at_scales(np.median(scale, axis=(0, 1)))
    np.testing.assert_array_equal(first.sampled.at.strength.precision, at_median.strength.precision)


@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_given_strengths_of_a_wide_design_are_factorised_by_rows(relative_to):
    """The factorisation by columns gives the same evidence, means and spreads."""
    from bayesreg.posterior.exact import exact_posterior

    rng = np.random.default_rng(0)
    Z = rng.normal(size=(40, 210))
    y = Z[:, 0] - Z[:, 1] + rng.normal(size=40)
    law = br.Normal(0.2, relative_to=relative_to)
    model = br.Model.from_arrays(Z, y, penalty=law, dispersion=br.HalfT(3.0, 1.0))
    post, by_columns = model.sample(10, seed=1), exact_posterior(model.design, model.resolved)
    by_rows = post.sampled.exact
    assert by_rows.log_evidence == pytest.approx(by_columns.log_evidence, abs=1e-5)
    np.testing.assert_allclose(by_rows.marginals.expectation, by_columns.marginals.expectation, atol=1e-6)
    np.testing.assert_allclose(by_rows.marginals.deviation, by_columns.marginals.deviation, rtol=1e-6)
    assert "scale" not in post.tree["posterior"]


def test_bounds_of_a_learned_strength_are_refused():
    model = br.Model("y ~ x0", FRAME, penalty=br.L2(positive=True))
    with pytest.raises(br.errors.UnsupportedError, match="positive=True"):
        model.sample(engine="exact", seed=1)
