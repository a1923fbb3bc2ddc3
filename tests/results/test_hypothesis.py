"""Statements about coefficients: read as they are written, and as probable as closed forms say."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.results.density_ratio import kernel_density
from bayesreg.results.expression import evaluate, read_statement
from tests.problems import make


@pytest.fixture(scope="module")
def post():
    """A posterior that is exactly normal."""
    return br.Model(
        "target ~ bmi + bp + s5", br.datasets.diabetes(), prior=br.Normal(20.0), dispersion=3000.0, standardize=False
    ).sample(seed=1)


def moments(post, factors):
    """Return mean and standard deviation of a combination, from the normal equations."""
    Z = np.column_stack([np.ones(442), post.model.design.X])
    precision = Z.T @ Z / 3000.0 + np.diag([0.0, *[1.0 / 400.0] * 3])
    mean = np.linalg.solve(precision, Z.T @ post.model.design.y / 3000.0)
    c = np.array([factors.get(name, 0.0) for name in post.resolved.coefficients])
    return c @ mean, np.sqrt(c @ np.linalg.solve(precision, c))


def test_an_inequality_has_the_probability_of_the_normal(post):
    found = post.hypothesis("bmi - 6 > 0.7 * (bp - 1)", level=0.9)
    mean, sd = moments(post, {"bmi": 1.0, "bp": -0.7})
    expected = stats.norm.sf(5.3, mean, sd)
    assert found.probability == pytest.approx(expected, abs=4.5 * np.sqrt(expected * (1.0 - expected) / 4000))
    assert found.evidence_ratio == pytest.approx(found.probability / (1.0 - found.probability))
    assert found.estimate == pytest.approx(mean - 5.3, abs=4.5 * sd / np.sqrt(4000))
    assert found.upper - found.lower == pytest.approx(2.0 * stats.norm.ppf(0.95) * sd, rel=0.06)
    assert list(found.frame.columns) == ["probability", "evidence_ratio", "estimate", "lower", "upper"]


@pytest.mark.parametrize(
    ("text", "factors", "at"), [("bmi = 6.5", {"bmi": 1.0}, 6.5), ("2 * bmi = bp + 11", {"bmi": 2.0, "bp": -1.0}, 11.0)]
)
def test_an_equation_has_the_ratio_of_two_densities(post, text, factors, at):
    """One coefficient: exact; a combination: kernel estimates of 4000 and 20000 draws, good to 10 %."""
    mean, sd = moments(post, factors)
    before = 20.0 * np.sqrt(sum(c * c for c in factors.values()))
    expected = stats.norm.pdf(at, mean, sd) / stats.norm.pdf(at, 0.0, before)
    found = post.hypothesis(text)
    assert found.evidence_ratio == pytest.approx(expected, rel=1e-5 if len(factors) == 1 else 0.1)
    assert found.probability == pytest.approx(expected / (1.0 + expected), rel=0.01)


def test_the_ratio_is_the_bayes_factor_of_the_smaller_model():
    """Savage and Dickey: the ratio of ``s4 = 0`` is p(y | model without s4) / p(y | model with it)."""
    data, law = br.datasets.diabetes(), br.Normal(15.0)
    large = br.Model("target ~ bmi + s4", data, prior=law, dispersion=3500.0).sample(seed=1)
    small = br.Model("target ~ bmi", data, prior=law, dispersion=3500.0).sample(seed=1)
    expected = np.exp(small.sampled.exact.log_evidence - large.sampled.exact.log_evidence)
    assert large.hypothesis("s4 = 0").evidence_ratio == pytest.approx(expected, rel=1e-5)


def test_a_learned_scale_is_averaged_over_its_prior():
    """The same prior density as a kernel estimate of prior draws, whose error is 10 % of a density at 5."""
    post = make("diabetes", br.L1()).sample(500, seed=1)
    found = post.hypothesis("s4 = 5")
    assert "averaged over its scale" in found.note
    drawn = np.asarray(post.model.prior_predictive(20_000, seed=3)["prior"]["beta"].sel(coef="s4")).ravel()
    j = list(post.resolved.coefficients).index("s4")
    expected = kernel_density(post.drawn.flat.beta[:, j], 5.0) / kernel_density(drawn, 5.0)
    assert found.evidence_ratio == pytest.approx(expected, rel=0.1)


def test_kernel_density_of_normal_draws():
    """20000 draws: the extrapolated kernel has an error of about 2 %."""
    x = np.random.default_rng(0).standard_normal(20_000)
    assert kernel_density(x, 0.3) == pytest.approx(stats.norm.pdf(0.3), rel=0.05)


def test_names_are_read_as_they_are_printed():
    names = ["a", "a:b", "C(g)[T.x y]", "1|site[3]", "b"]
    text = "a:b + C(g)[T.x y] >= 2*a - `1|site[3]`/1e1"
    statement = read_statement(text, names)
    assert statement.sides == (("a:b", "+", "C(g)[T.x y]"), ("2", "*", "a", "-", "1|site[3]", "/", "1e1"))
    known = {name: np.array([float(k)]) for k, name in enumerate(names, 1)}
    value = evaluate(statement.sides[1], known, text)
    assert value.draws.tolist() == [2.0 - 0.4]
    assert value.linear == {"a": 2.0, "1|site[3]": pytest.approx(-0.1)}
    assert evaluate(["-", "(", "a", "-", "b", ")", "*", "3"], known, "").draws.tolist() == [12.0]
    assert read_statement("0 < a <= 2", names).relations == ("<", "<=")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bmi", "no comparison"),
        ("bmi > ", "no comparison"),
        ("bmi > bpp", "Did you mean 'bp'"),
        ("__import__('os') > 1", "'__import__'"),
        ("bmi ** 2 > 1", "can not be read"),
        ("bmi > (bp", "at the end of a side"),
        ("bmi bp > 1", "can not be read at 'bp'"),
        ("bmi / 0 > 1", "divides by 0"),
        ("1 = bmi = 2", "chain of comparisons"),
        ("`bm` > 1", "is no coefficient"),
        ("1 = 1", "no equation about coefficients"),
        ("(" * 200 + "bmi" + ")" * 200 + " > 1", "can not be read"),
        ("bmi > 1" * 500, "is no statement"),
        (3, "is no statement"),
    ],
)
def test_what_can_not_be_read_is_refused(post, text, message):
    with pytest.raises(br.errors.InputError, match=message):
        post.hypothesis(text)


def test_ratios_that_do_not_exist_are_refused(post):
    for text, message in (
        ("bmi * bp = 1", "not linear"),
        ("Intercept = 0", "prior is flat"),
        ("bmi = 50 * bp", "too few"),
    ):
        with pytest.raises(br.errors.UnsupportedError, match=message):
            post.hypothesis(text)
    flat = br.Model("target ~ bmi", br.datasets.diabetes()).sample(seed=1)
    with pytest.raises(br.errors.UnsupportedError, match="flat or improper"):
        flat.hypothesis("bmi = 10")
    shrunk = make("diabetes", br.Horseshoe()).sample(100, tune=100, chains=2, seed=1)
    with pytest.raises(br.errors.UnsupportedError, match="infinite"):
        shrunk.hypothesis("age = 0")
