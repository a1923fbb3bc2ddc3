"""Each finding, planted; and a model with everything in order, which says so."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.results.checks.prior import prior_share
from tests.problems import make
from tests.results.stand_in import near_the_mode, of_draws


@pytest.fixture(scope="module")
def separated():
    x = np.arange(20.0)
    return pd.DataFrame({"x": x, "z": np.cos(x), "y": (x > 9.0).astype(float)})


def topics(findings):
    return dict(zip(findings.frame["topic"], findings.frame["severity"], strict=True))


def normal_draws(chains=4, draws=500, q=4, seed=0):
    return np.random.default_rng(seed).standard_normal((chains, draws, q))


def small_model():
    return make("cancer", br.Flat())


def test_everything_in_order_says_so():
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), prior=br.Normal(100.0))
    findings = model.sample(seed=1).check()
    assert findings.ok
    assert len(findings.frame) == 0
    assert "everything that was looked at is in order" in str(findings)
    assert "findings" in findings._repr_html_()


def test_chains_that_disagree_and_few_draws():
    model, beta = small_model(), normal_draws(q=6)
    beta[0, :, 2] += 1.0
    beta[:, :, 3] = np.repeat(normal_draws(4, 25, 6)[..., 3], 20, axis=1)
    findings = of_draws(model, beta).check()
    found = findings.frame.set_index("topic")
    assert topics(findings)["R-hat"] == "problem"
    assert found["severity"].tolist() == sorted(found["severity"], key=["problem", "warning", "note"].index)
    names = list(model.resolved.coefficients)
    assert names[2] in found.loc["R-hat", "coefficients"]
    assert names[3] in found.loc["ess bulk", "coefficients"]
    assert names[4] not in found.loc["ess bulk", "coefficients"]
    assert "Monte Carlo error" in found.index
    assert not findings.ok


def test_divergences_and_energy():
    beta = normal_draws(q=6)
    walk = np.cumsum(np.random.default_rng(1).standard_normal((4, 500)), axis=1)
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[1, :7] = True
    findings = of_draws(small_model(), beta, {"diverging": diverging, "energy": walk}).check()
    assert topics(findings)["divergences"] == "problem"
    assert topics(findings)["energy"] == "warning"
    assert "7 of 2000 draws" in str(findings.frame["finding"].tolist())
    fine = of_draws(small_model(), beta, {"diverging": ~diverging & False, "energy": normal_draws()[..., 0]}).check()
    assert {"divergences", "energy"}.isdisjoint(topics(fine))


def test_the_share_of_the_prior():
    """Orthogonal columns of unit size: the posterior precision is n / phi + 1 / scale^2."""
    rng = np.random.default_rng(2)
    Q = np.linalg.qr(np.column_stack([np.ones(64), rng.standard_normal((64, 2))]))[0][:, 1:] * 8.0
    data = pd.DataFrame({"a": Q[:, 0], "b": Q[:, 1], "y": Q[:, 0] + rng.standard_normal(64)})
    law = {"a": br.Normal(10.0), "b": br.Normal(0.05)}
    post = br.Model("y ~ a + b", data, prior=law, dispersion=1.0).sample(seed=1)
    share = prior_share(post)
    np.testing.assert_allclose(share[["a", "b"]], [0.01 / 64.01, 400.0 / 464.0], rtol=1e-6)
    assert np.isnan(share["Intercept"])
    finding = post.check().frame.set_index("topic").loc["prior dominates"]
    assert finding["coefficients"] == "b"


def test_a_prior_against_the_data_and_a_weak_likelihood():
    """A prior of sd 3 where the data say 60 is a conflict; a column of almost no variance is left to the prior."""
    data = br.datasets.diabetes().assign(still=np.r_[1.0, np.zeros(441)])
    law = {"bmi": br.Normal(0.5), "still": br.Normal(5.0), "...": br.Normal(1000.0)}
    post = br.Model("target ~ bmi + bp + still", data, prior=law, standardize=False).sample(seed=1)
    frame = post.check().frame.set_index("topic")
    assert frame.loc["prior and data differ", "severity"] == "warning"
    assert "bmi" in frame.loc["prior and data differ", "coefficients"]
    assert "still" in frame.loc["prior dominates", "coefficients"]
    assert "still" not in frame.loc["prior and data differ", "coefficients"]


def test_separation_with_a_mean(separated):
    post = near_the_mode(br.Model("y ~ x + z", separated, family="bernoulli", prior=br.Normal(1.0)))
    frame = post.check().frame.set_index("topic")
    assert frame.loc["separation", "severity"] == "warning"
    assert "x" in frame.loc["separation", "coefficients"]
    assert np.isfinite(post.params).all()


def test_separation_without_a_mean(separated):
    """Cauchy tails: the mean of the coefficient that separates does not exist, and is not shown."""
    model = br.Model("y ~ x + z", separated, family="bernoulli", prior=br.Cauchy(1.0))
    post = of_draws(model, normal_draws(q=3))
    frame = post.check().frame.set_index("topic")
    assert frame.loc["separation", "severity"] == "problem"
    assert np.isnan(post.params["x"])
    summary = post.summary()
    assert np.isnan(summary.frame.loc["x", ["mean", "sd"]]).all()
    assert np.isfinite(summary.frame.loc["x", "median"])
    assert any("read the medians" in note for note in summary.notes)


def test_overlapping_responses_are_said_not_to_be_separated():
    findings = near_the_mode(make("cancer", br.Normal(1.0))).check()
    assert "separation" not in topics(findings)
    assert any("not separated" in text for text in findings.passed)


def test_sigma_near_zero():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.standard_normal(50)})
    data["y"] = 3.0 * data["x"] + 1e-4 * rng.standard_normal(50)
    findings = br.Model("y ~ x", data, prior=br.Normal(10.0)).sample(300, seed=1).check()
    assert topics(findings)["sigma near 0"] == "warning"


def test_a_strength_at_the_edge_of_its_prior():
    """A scale that is believed to be about 0.001, and effects of about 0.5 in units of sigma."""
    model = make("diabetes", br.L2(br.HalfNormal(0.003)))
    findings = model.sample(300, seed=1).check()
    assert topics(findings)["learned strength"] == "warning"
    assert "wider prior" in findings.frame.set_index("topic").loc["learned strength", "remedy"]
    assert "learned strength" not in topics(make("diabetes", br.L2()).sample(300, seed=1).check())


def test_the_range_of_negligible_effects():
    post = make("diabetes", br.L2(50.0)).sample(500, seed=1)
    frame = post.summary().frame
    delta = 0.1 * post.model.design.y.std() / post.resolved.sd
    inside = (np.abs(post.drawn.flat.beta) < delta).mean(axis=0)
    np.testing.assert_allclose(frame["prob_negligible"].iloc[1:], inside[1:], atol=0.05)
    assert np.isnan(frame["prob_negligible"].iloc[0])
    assert "0.1 sd of the response (7.7)" in post.summary().header["prob_negligible"]
    own = post.summary(rope={"bmi": 5.0}).frame["prob_negligible"]
    assert own.notna().tolist() == [name == "bmi" for name in own.index]
    assert post.summary(rope=1e9).frame["prob_negligible"].iloc[1:].gt(1.0 - 1e-12).all()
    for rope, message in ((-1.0, "half width"), ({"bm": 1.0}, "no coefficient"), (True, "half width")):
        with pytest.raises(br.errors.InputError, match=message):
            post.summary(rope=rope)
    odds = near_the_mode(make("cancer", br.Normal(1.0)))
    assert "0.18 on the scale of the linear predictor" in odds.summary().header["prob_negligible"]


def test_shortest_intervals():
    """Of an exact symmetric marginal it is the central one; of draws the shortest of its level."""
    post = make("diabetes", br.L2(50.0), dispersion=2900.0).sample(500, seed=1)
    np.testing.assert_allclose(post.interval(0.9, kind="hdi"), post.interval(0.9), rtol=1e-4, atol=1e-3)
    drawn = of_draws(small_model(), normal_draws(q=6) ** 2)
    shortest, central = drawn.interval(0.8, kind="hdi"), drawn.interval(0.8)
    assert (shortest["upper"] - shortest["lower"] < central["upper"] - central["lower"]).all()
    np.testing.assert_allclose(shortest["lower"], 0.0, atol=1e-3)
    with pytest.raises(br.errors.InputError, match="kind='hpd'"):
        post.interval(kind="hpd")
