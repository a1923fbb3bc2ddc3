"""Leave-one-out: against the closed form, refits, copies written out, and ArviZ."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.results.loo import smoothed_loo
from tests.problems import make
from tests.results.stand_in import near_the_mode


def smoothed(post):
    return smoothed_loo(post.model, post.resolved, post.drawn, post.efficiency)


@pytest.fixture(scope="module")
def post():
    return make("diabetes", br.L2(50.0)).sample(seed=1)


def test_smoothed_densities_are_the_exact_ones(post):
    """4000 independent draws: 0.02 a row is the error that importance sampling of such rows has."""
    exact, approximate = post.loo(), smoothed(post)
    assert exact.frame["khat"].isna().all()
    assert "Exact" in exact.status
    np.testing.assert_allclose(approximate.frame["elpd"], exact.frame["elpd"], atol=0.03)
    assert approximate.elpd == pytest.approx(exact.elpd, abs=0.15)
    assert approximate.p_loo == pytest.approx(exact.p_loo, abs=0.3)
    assert len(approximate.bad) == 0


def test_smoothed_densities_are_those_of_arviz(post):
    """ArviZ's number of effective draws, which sets the length of the tail, is 4000 up to noise."""
    import arviz

    expected = arviz.loo(post.with_groups("log_likelihood").tree, pointwise=True, reff=1.0)
    found = smoothed(post)
    np.testing.assert_allclose(found.frame["elpd"], expected.elpd_i, atol=1e-8)
    np.testing.assert_allclose(found.frame["khat"], expected.pareto_k, atol=1e-8)
    assert found.se == pytest.approx(expected.se, rel=1e-6)
    assert found.p_loo == pytest.approx(expected.p, abs=1e-6)


def test_copies_count_as_rows_written_out():
    data = br.datasets.diabetes().iloc[:50]
    copies = np.arange(50) % 3
    written = data.loc[data.index.repeat(copies)].reset_index(drop=True)
    counted = br.Model(
        "target ~ bmi", data, penalty=br.Normal(3.0), weights=br.Weights(copies, kind="frequency"), dispersion=3000.0
    )
    plain = br.Model(
        "target ~ bmi",
        written,
        penalty=br.Normal(3.0 * counted.resolved.sd[1] / written["bmi"].std(ddof=0)),
        dispersion=3000.0,
    )
    left, right = counted.sample(seed=1), plain.sample(seed=1)
    np.testing.assert_allclose(left.params, right.params, rtol=1e-8)
    for of in (smoothed, lambda one: one.loo()):
        a, b = of(left), of(right)
        assert a.elpd == pytest.approx(b.elpd, abs=0.1)
        assert a.se == pytest.approx(b.se, rel=0.02)


def test_rows_of_weight_zero_do_not_count():
    data = br.datasets.diabetes().iloc[:50]
    w = np.ones(50)
    w[[3, 7]] = 0.0
    loo = smoothed(
        br.Model("target ~ bmi", data, penalty=br.Normal(3.0), weights=br.Weights(w, kind="precision")).sample(seed=1)
    )
    assert loo.frame["copies"].tolist() == w.tolist()
    assert np.isfinite(loo.elpd)


def test_rows_that_weigh_too_much_are_named_and_refitted():
    """A row of high leverage: its density from new draws is the exact one to 0.15, from weights it is 2 too high."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.standard_normal(20)})
    data["y"] = data["x"] + rng.standard_normal(20)
    data.loc[4, ["x", "y"]] = [8.0, 2.0]
    model = br.Model("y ~ x", data, prior=br.Normal(10.0), standardize=False, dispersion=1.0)
    post = model.sample(seed=1, engine="gibbs")
    loo = post.loo()
    assert 4 in loo.bad
    assert f"CHECK: {len(loo.bad)} of 20" in loo.status
    again = post.loo(refit=True, seed=2)
    assert again.frame.loc[4, "method"] == "refit"
    exact = model.sample(seed=1, engine="exact").loo()
    assert again.frame.loc[4, "elpd"] == pytest.approx(exact.frame.loc[4, "elpd"], abs=0.15)
    assert loo.frame.loc[4, "elpd"] > exact.frame.loc[4, "elpd"] + 1.0
    with pytest.raises(br.errors.InputError, match="refit='yes'"):
        post.loo(refit="yes")


def test_leave_one_out_probabilities_are_uniform_where_the_model_is_right():
    """Kolmogorov's test at 1e-4 on simulated rows; of normal rows and of counts, whose ties are broken."""
    from scipy import stats

    rng = np.random.default_rng(5)
    x = rng.standard_normal(400)
    right = pd.DataFrame({"x": x, "y": 1.0 + x + rng.standard_normal(400), "k": rng.poisson(np.exp(0.5 + 0.3 * x))})
    for formula, family in (("y ~ x", "gaussian"), ("k ~ x", "poisson")):
        model = br.Model(formula, right, family=family, prior=br.Normal(1.0))
        post = model.sample(250, seed=1) if family == "gaussian" else near_the_mode(model)
        pit = post.loo_pit(seed=2)
        assert stats.kstest(pit, "uniform").pvalue > 1e-4
    wrong = right.assign(y=right["y"] + 8.0 * (rng.random(400) < 0.05))
    pit = br.Model("y ~ x", wrong, prior=br.Normal(1.0)).sample(250, seed=1).loo_pit()
    assert stats.kstest(pit, "uniform").pvalue < 1e-4


def test_bayesian_r2():
    """Modelled: var(X b) / (var(X b) + sigma^2) of each draw; near the classical one under a nearly flat prior."""
    post = make("diabetes", br.L2(0.01)).sample(seed=1)
    frame = post.r2(level=0.9).frame
    beta, sigma = post.drawn.flat.beta, post.drawn.flat.sigma
    mu = beta[:, :1] + beta[:, 1:] @ post.model.design.X.T
    modelled = mu.var(axis=1) / (mu.var(axis=1) + sigma**2)
    residual = mu.var(axis=1) / (mu.var(axis=1) + (post.model.design.y - mu).var(axis=1))
    assert frame.loc["modelled", "mean"] == pytest.approx(modelled.mean(), rel=1e-10)
    assert frame.loc["residual", "upper"] == pytest.approx(np.quantile(residual, 0.95), rel=1e-10)
    chance = near_the_mode(make("cancer", br.Normal(1.0)), draws=50, chains=2)
    p = chance.predict(draws=True).reshape(100, -1)
    expected = p.var(axis=1) / (p.var(axis=1) + (p * (1.0 - p)).mean(axis=1))
    assert chance.r2().frame.loc["modelled", "mean"] == pytest.approx(expected.mean(), rel=1e-10)
