"""The marginal likelihood and Bayes factors: against densities of the response by SciPy, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from tests.posterior.learned_oracle import Oracle, data, half_t, log_marginal

IG = br.InverseGamma(2.5, 2.0)
FRAME = data(n=18, seed=4)
Y, X = FRAME.y.to_numpy(), FRAME[["x0", "x1", "x2"]].to_numpy()
ONES = np.ones((len(Y), 1))


def model(formula, penalty, dispersion=1.3, frame=FRAME, **options):
    return br.Model(formula, frame, penalty=penalty, dispersion=dispersion, standardize=False, **options)


def sampled(*given, engine="auto", **options):
    return model(*given, **options).sample(20, chains=2, seed=1, engine=engine)


def at_known_sigma(columns, scale):
    """``N(0, sigma^2 I + scale^2 X X')``."""
    cov = 1.3 * np.eye(len(Y)) + scale**2 * columns @ columns.T
    return stats.multivariate_normal(np.zeros(len(Y)), cov).logpdf(Y)


def with_sigma(columns, scale):
    """The multivariate t of ``2 a`` degrees of freedom around 0 of shape ``b / a (I + scale^2 X X')``."""
    shape = np.eye(len(Y)) + scale**2 * columns @ columns.T
    return stats.multivariate_t(np.zeros(len(Y)), IG.b / IG.a * shape, df=2.0 * IG.a).logpdf(Y)


def test_the_evidence_at_a_known_sigma_is_a_normal_density():
    post = sampled("y ~ 0 + x0 + x1 + x2", br.Normal(0.8))
    assert post.log_evidence == pytest.approx(at_known_sigma(X, 0.8), rel=1e-11)


def test_the_evidence_with_sigma_is_a_multivariate_t():
    post = sampled("y ~ 0 + x0 + x1", br.Normal(0.5, relative_to="sigma"), IG)
    assert post.log_evidence == pytest.approx(with_sigma(X[:, :2], 0.5), rel=1e-11)


def test_a_flat_intercept_is_integrated_at_height_one():
    """The density of the response with the intercept integrated out in closed form."""
    post = sampled("y ~ x0 + x1 + x2", br.Normal(0.8))
    cov = 1.3 * np.eye(len(Y)) + 0.64 * X @ X.T
    assert post.log_evidence == pytest.approx(log_marginal(cov[None], ONES, Y)[0], rel=1e-11)


def test_more_columns_than_rows():
    wide = np.random.default_rng(2).normal(size=(len(Y), 30))
    post = br.Model.from_arrays(
        wide, Y, prior=br.Normal(0.2, relative_to="sigma"), dispersion=IG, intercept=False, standardize=False
    ).sample(20, seed=1)
    assert post.log_evidence == pytest.approx(with_sigma(wide, 0.2), rel=1e-10)


def test_a_bayes_factor_is_the_ratio_of_the_densities():
    large = sampled("y ~ 0 + x0 + x1 + x2", br.Normal(0.8))
    middle = sampled("y ~ 0 + x0 + x1", br.Normal(0.8))
    small = sampled("y ~ 0 + x2", br.Normal(0.8))
    found = br.bayes_factor(large, middle, small=small)
    logs = np.array([at_known_sigma(columns, 0.8) for columns in (X, X[:, :2], X[:, 2:])])
    assert list(found.frame.index) == ["m1", "m2", "small"]
    np.testing.assert_allclose(found.frame["log_evidence"], logs, rtol=1e-11)
    np.testing.assert_allclose(found.frame["log_bayes_factor"], logs - logs[2], atol=1e-9)
    np.testing.assert_allclose(found.frame["probability"], np.exp(logs) / np.exp(logs).sum(), rtol=1e-9)
    assert found.value == pytest.approx(np.exp(logs[0] - logs[2]), rel=1e-9)
    assert found.log == pytest.approx(-br.bayes_factor(small, large).log, rel=1e-12)
    assert (found.frame["error"] == 0.0).all()
    assert "against 'small'" in str(found)
    assert "log_evidence" in found._repr_html_()


def test_sigma_of_one_model_may_be_known_and_that_of_another_not():
    known, free = sampled("y ~ 0 + x0", br.Normal(0.8)), sampled("y ~ 0 + x0", br.Normal(0.5, relative_to="sigma"), IG)
    expected = at_known_sigma(X[:, :1], 0.8) - with_sigma(X[:, :1], 0.5)
    assert br.bayes_factor(known, free).log == pytest.approx(expected, rel=1e-9)


def test_strengths_that_are_learned_are_integrated():
    """Against a dense sum over the scale and sigma, accurate to 1e-6."""
    prior = br.HalfT(3.0, 1.5)
    axes = [np.linspace(-18.0, 8.0, 200), np.linspace(-2.0, 2.6, 60)]
    log_sigma = half_t(3.0, 1.5)

    def log_prior(t, s):
        return stats.halfnorm.logpdf(t[0]) + log_sigma(s)

    found = br.bayes_factor(
        *(sampled(f"y ~ {terms}", br.Normal(br.HalfNormal(1.0)), prior) for terms in ("x0 + x1", "x2"))
    )
    logs = [Oracle(Y, ONES, [(part, False)], log_prior, axes).log_evidence for part in (X[:, :2], X[:, 2:])]
    assert found.log == pytest.approx(logs[0] - logs[1], abs=1e-6)


def test_an_evidence_by_importance_sampling_has_an_error():
    penalty = {name: br.Normal(br.HalfNormal(1.0)) for name in ("x0", "x1", "x2")}
    learned, given = sampled("y ~ x0 + x1 + x2", penalty), sampled("y ~ x0 + x1 + x2", br.Normal(0.8))
    frame = br.bayes_factor(learned=learned, given=given).frame
    assert 0.0 < frame.loc["learned", "error"] < 0.2
    assert frame.loc["given", "error"] == 0.0


def test_columns_that_are_flat_in_both_models_cancel():
    """The same flat coefficients: a factor in whatever units these columns are."""
    factors = []
    for unit in (1.0, 1000.0):
        frame = FRAME.assign(x2=unit * FRAME.x2)
        pair = [sampled(f"y ~ flat(x2) + {name}", br.Normal(0.8), frame=frame) for name in ("x0", "x1")]
        factors.append(br.bayes_factor(*pair).log)
    assert factors[0] == pytest.approx(factors[1], abs=1e-9)


NORMAL = br.Normal(0.8)
OTHER_X = FRAME.assign(x0=FRAME.x0[::-1].to_numpy())
OTHER_Y = FRAME.assign(y=FRAME.y + 1.0)
REFUSED = {
    "flat coefficients": (("y ~ x0 + x1", NORMAL), ("y ~ flat(x0) + x1", NORMAL), {}, "flat coefficients of 'm1'"),
    "an intercept": (("y ~ x0", NORMAL), ("y ~ 0 + x0", NORMAL), {}, "flat coefficients .*Intercept; none"),
    "columns of one name": (
        ("y ~ flat(x0) + x1", NORMAL),
        ("y ~ flat(x0) + x1", NORMAL),
        {"frame": OTHER_X},
        "flat coefficients",
    ),
    "flat directions": (
        ("y ~ x0 + x1", NORMAL),
        ("y ~ x0 + x1", br.Smooth(2.0, order=1)),
        {},
        "direction.s. of Smooth",
    ),
    "improper sigma": (("y ~ x0", NORMAL, IG), ("y ~ x0", NORMAL, "jeffreys"), {}, r"improper prior 1 / sigma"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_factors_that_would_be_any_number_are_refused(name):
    first, second, options, match = REFUSED[name]
    with pytest.raises(UnsupportedError, match=match):
        br.bayes_factor(sampled(*first), sampled(*second, **options))


def test_other_data_are_refused():
    post = sampled("y ~ x0", NORMAL)
    with pytest.raises(InputError, match=r"different responses or rows \('y', n = 18; 'y', n = 18\)"):
        br.bayes_factor(post, sampled("y ~ x0", NORMAL, frame=OTHER_Y))
    with pytest.raises(InputError, match=r"n = 18; 'y', n = 17"):
        br.bayes_factor(post, sampled("y ~ x0", NORMAL, frame=FRAME.iloc[1:]))
    weights = br.Weights(1 + np.arange(18) % 2, kind="frequency")
    with pytest.raises(InputError, match="'one' and 'two' have different case weights"):
        br.bayes_factor(one=post, two=sampled("y ~ x0", NORMAL, weights=weights))


def test_what_has_no_evidence_is_refused():
    post, by_draws = sampled("y ~ x0", NORMAL), sampled("y ~ x0", br.Laplace(0.8), engine="gibbs")
    for ask in (lambda: br.bayes_factor(post, by_draws), lambda: by_draws.log_evidence):
        with pytest.raises(UnsupportedError, match=r"known by draws \(engine gibbs\).*Posterior.loo\(\)"):
            ask()
    with pytest.raises(InputError, match="MapFit has no evidence"):
        br.bayes_factor(post, model("y ~ x0", NORMAL).fit())


def test_fewer_than_two_models_are_refused():
    post = sampled("y ~ x0", NORMAL)
    for given, named in (((), {}), ((post,), {}), ((post, post), {"m2": post})):
        with pytest.raises(InputError, match="needs at least two posteriors"):
            br.bayes_factor(*given, **named)


def test_the_frame_is_one_of_pandas():
    post = sampled("y ~ x0", NORMAL)
    found = br.bayes_factor(post, post)
    assert isinstance(found.summary().frame, pd.DataFrame)
    assert (found.value, found.log) == (1.0, 0.0)
