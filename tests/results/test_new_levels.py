"""Predictions at group levels that the fit has not seen: their effect is a draw from the prior of a level."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    site, x = rng.integers(0, 12, 200), rng.standard_normal(200)
    y = (
        1.0
        + x
        + rng.standard_normal(12)[site]
        + 0.5 * rng.standard_normal(12)[site] * x
        + 0.3 * rng.standard_normal(200)
    )
    return pd.DataFrame({"y": y, "x": x, "site": [f"s{k}" for k in site], "number": site})


@pytest.fixture(scope="module")
def post(data):
    return br.Model("y ~ x + (1 | site)", data).sample(seed=1)


NEW = pd.DataFrame({"x": [0.5, 0.5, 0.5, 0.5, np.nan], "site": ["s3", "new", "new", "other", "new"]})


def test_known_rows_are_as_before_and_unseen_ones_are_refused_by_default(post):
    known = NEW.iloc[:1]
    np.testing.assert_array_equal(post.predict(known, new_levels="sample"), post.predict(known))
    with pytest.raises(br.errors.DataError, match="new"):
        post.predict(NEW)
    with pytest.raises(br.errors.InputError, match="new_levels='draw'"):
        post.predict(NEW, new_levels="draw")


def test_effects_are_drawn_from_the_prior_at_each_scale(post):
    """Variance: that of the rest plus E tau^2, to six standard errors of 4000 draws; one level, one effect."""
    link = post.predict(NEW, kind="link", draws=True, new_levels="sample").reshape(-1, 5)
    flat = post.drawn.flat
    names = list(post.resolved.coefficients)
    rest = flat.beta[:, 0] + 0.5 * flat.beta[:, names.index("x")]
    effect = link - rest[:, None]
    np.testing.assert_array_equal(effect[:, 1], effect[:, 2])
    assert np.isnan(link[:, 4]).all()
    tau = flat.scales[:, 0] * (flat.sigma if post.resolved.learned[0].relative else 1.0)
    standard = effect[:, [1, 3]] / tau[:, None]
    np.testing.assert_allclose(standard.mean(axis=0), 0.0, atol=6.0 / np.sqrt(4000))
    np.testing.assert_allclose(standard.var(axis=0), 1.0, atol=6.0 * np.sqrt(2.0 / 4000))
    assert abs(np.corrcoef(standard.T)[0, 1]) < 6.0 / np.sqrt(4000)


def test_slopes_and_groups_of_numbers(data):
    post = br.Model("y ~ x + (x || site)", data).sample(300, seed=1)
    link = post.predict(NEW.iloc[1:4], kind="link", draws=True, new_levels="sample").reshape(1200, -1)
    flat, scales = post.drawn.flat, post.drawn.flat.scales
    rest = flat.beta[:, 0] + 0.5 * flat.beta[:, list(post.resolved.coefficients).index("x")]
    relative = flat.sigma[:, None] if post.resolved.learned[0].relative else 1.0
    variance = ((scales * relative) ** 2) @ (np.array([1.0, 0.25]) if scales.shape[1] == 2 else np.array([1.25]))
    standard = (link[:, 0] - rest) / np.sqrt(variance)
    assert standard.var() == pytest.approx(1.0, abs=6.0 * np.sqrt(2.0 / 1200))
    numbered = br.Model("y ~ x + (1 | number)", data).sample(100, seed=1)
    new = pd.DataFrame({"x": [0.0], "number": [77]})
    assert np.isfinite(numbered.predict(new, new_levels="sample").to_numpy()).all()


def test_other_factors_still_have_to_be_known(data):
    both = br.Model("y ~ x * C(number) + (1 | site)", data).sample(50, seed=1)
    with pytest.raises(br.errors.DataError, match="77"):
        both.predict(pd.DataFrame({"x": [0.0], "number": [77], "site": ["s1"]}), new_levels="sample")


def test_responses_have_their_spread(post):
    frame = post.predict(NEW.iloc[:4], kind="response", new_levels="sample", seed=3)
    mean = post.predict(NEW.iloc[:4], new_levels="sample", seed=3)
    sigma = np.sqrt((post.drawn.sigma**2).mean())
    np.testing.assert_allclose(frame["sd"], np.hypot(mean["sd"], sigma), rtol=0.08)
    assert (mean["sd"].iloc[1:] > 2.0 * mean["sd"].iloc[0]).all()
