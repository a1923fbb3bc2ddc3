"""What a posterior offers: the tree, the summary, predictions."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from tests.problems import make


@pytest.fixture(scope="module")
def post():
    return make("diabetes", br.L2(50.0)).sample(draws=500, seed=1)


def test_tree_follows_the_schema(post):
    posterior = post.tree["posterior"]
    assert posterior["beta"].dims == ("chain", "draw", "coef")
    assert list(posterior["coef"].values) == list(post.model.resolved.coefficients)
    assert posterior["sigma"].dims == ("chain", "draw")
    constants = post.tree["constant_data"]
    np.testing.assert_allclose(constants["lam"].values[1:], 50.0)
    sd = np.sqrt(post.model.resolved.phi / 50.0)
    np.testing.assert_allclose(constants["scale"].values[1:], sd / post.model.resolved.sd[1:])
    assert post.tree["observed_data"]["target"].size == 442


def test_arviz_reads_the_tree(post):
    import arviz

    table = arviz.summary(post.tree, var_names=["sigma"], round_to="none")
    assert float(table.loc["sigma", "mean"]) == pytest.approx(float(post.tree["posterior"]["sigma"].mean()), rel=1e-6)


def test_summary_frame(post):
    frame = post.summary(level=0.9).frame
    expected = [
        "mean",
        "median",
        "mode",
        "sd",
        "lower",
        "upper",
        "prob_positive",
        "prob_negligible",
        "rhat",
        "ess_bulk",
        "ess_tail",
        "mcse",
    ]
    assert list(frame.columns) == expected
    assert frame.index.name == "coefficient"
    np.testing.assert_allclose(frame["mode"], post.model.fit().params)
    draws = np.asarray(post.tree["posterior"]["beta"]).reshape(-1, 11)
    assert np.abs((draws.mean(0) - frame["mean"]) / (frame["sd"] / np.sqrt(2000))).max() < 4.5
    np.testing.assert_allclose((draws > 0).mean(0), frame["prob_positive"], atol=0.05)
    assert frame["rhat"].between(0.99, 1.02).all()
    assert "engine exact" in str(post)


def test_prediction_is_the_exact_predictive(post):
    new = br.datasets.diabetes().iloc[:4]
    frame = post.predict(new)
    mean = post.params.iloc[0] + new[list(post.params.index[1:])].to_numpy() @ post.params.to_numpy()[1:]
    np.testing.assert_allclose(frame["mean"], mean, atol=4.5 * frame["sd"].max() / np.sqrt(2000))
    response = post.predict(new, kind="response", seed=4)
    sigma = float(np.sqrt((post.tree["posterior"]["sigma"] ** 2).mean()))
    np.testing.assert_allclose(response["sd"], np.hypot(frame["sd"], sigma), rtol=0.1)
    draws = post.predict(new, draws=True)
    assert draws.shape == (4, 500, 4)


def test_missing_rows_and_too_many_rows(post):
    new = br.datasets.diabetes().iloc[:3].copy()
    new.loc[new.index[2], "bmi"] = np.nan
    assert list(post.predict(new, kind="response")["mean"].isna()) == [False, False, True]
    many = br.datasets.diabetes().sample(100_000, replace=True, random_state=0)
    with pytest.raises(br.errors.InputError, match="GiB"):
        post.predict(many, draws=True)
    with pytest.raises(br.errors.InputError, match="kind='draws'"):
        post.predict(new, kind="draws")


@pytest.mark.parametrize(("family", "law"), [("bernoulli", stats.bernoulli(0.3)), ("poisson", stats.poisson(2.5))])
def test_responses_of_the_other_families_have_their_moments(family, law):
    likelihood = br.Family(family).likelihood
    draws = likelihood.draw(np.full(40_000, law.mean()), np.ones(40_000), np.random.default_rng(0))
    assert draws.mean() == pytest.approx(law.mean(), abs=4.5 * law.std() / 200)
    assert draws.var() == pytest.approx(law.var(), rel=0.05)


def test_excluded_coefficients_are_zero_and_not_in_the_tree():
    model = make("diabetes", br.L2(50.0, weights={"bmi": np.inf}))
    post = model.sample(draws=50, seed=1)
    assert "bmi" not in post.tree["posterior"]["coef"].values
    assert post.params["bmi"] == 0.0
    assert post.summary().frame.loc["bmi", ["lower", "upper", "prob_positive"]].tolist() == [0.0, 0.0, 0.0]
    assert post.predict().shape == (442, 4)


def test_the_probability_of_a_sign_keeps_its_digits():
    """Far from 0 it is the normal tail, neither negative nor rounded away."""
    post = make("diabetes", br.L2(50.0), dispersion=2900.0).sample(draws=10, seed=1)
    frame = post.summary().frame
    np.testing.assert_allclose(frame["prob_positive"], stats.norm.sf(-frame["mean"] / frame["sd"]), rtol=1e-9)
    assert 0.0 < frame.loc["Intercept", "prob_positive"] < 1e-6


def test_level_is_checked(post):
    with pytest.raises(br.errors.InputError, match="level=95"):
        post.interval(95)
