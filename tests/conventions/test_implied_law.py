"""The law of each coefficient that a record implies, against draws and the priors of the model."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.conventions.fitted import FittedModel, Group
from bayesreg.conventions.implied_law import implied_laws
from bayesreg.conventions.implied_words import sentence, worth
from bayesreg.conventions.said_penalty import said_penalty

RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 4)) * [1.0, 2.0, 0.5, 4.0]
Y = X @ [1.0, 0.0, -2.0, 0.5] + RNG.normal(size=40)
PHI = 2.0


def record(**options):
    given = {"rate": np.zeros(4), "precision": np.zeros(4), "names": tuple("abcd")} | options
    return FittedModel(
        source="a fit",
        setting="alpha = 1",
        family="gaussian",
        coef=np.ones(4),
        intercept_value=0.0,
        intercept=True,
        **given,
    )


GROUPS = (Group(columns=(0, 2), lam=3.0), Group(columns=(1,), lam=2.0))
RECORDS = {
    "groups": record(groups=GROUPS, precision=np.array([0.0, 0.0, 0.0, 1.0])),
    "limits": record(
        rate=np.array([1.0, 2.0, 0.0, 3.0]),
        precision=np.array([1.0, 0.0, 2.0, 1.0]),
        lower=np.array([0.0, -1.0, -2.0, -np.inf]),
        upper=np.array([np.inf, 2.0, 0.5, np.inf]),
    ),
    "mixed": record(rate=np.array([1.0, 0.0, 0.0, 3.0]), precision=np.array([1.0, 0.0, 2.0, 0.0])),
}


@pytest.mark.parametrize("name", RECORDS)
def test_the_laws_are_those_of_the_model(name):
    reading = RECORDS[name]
    penalty = said_penalty(reading, standardize=False)
    model = br.Model.from_arrays(X, Y, names=list("abcd"), penalty=penalty, standardize=False, dispersion=PHI)
    priors, laws = model.priors(0.9).iloc[1:], implied_laws(reading, PHI, 0.9)
    np.testing.assert_allclose(laws.lower, priors["lower"], rtol=1e-9)
    np.testing.assert_allclose(laws.upper, priors["upper"], rtol=1e-9)
    scale = priors["scale"].to_numpy().copy()
    if name == "groups":
        scale[1] /= np.sqrt(2.0)  # a group of one column is a Laplace law, whose scale is not its standard deviation
    np.testing.assert_allclose(laws.scale, scale, rtol=1e-9)
    flat = priors["law"].to_numpy() == "flat"
    np.testing.assert_array_equal(np.isinf(laws.second), flat)


def test_a_group_has_the_marginals_of_its_draws():
    """``p(b) ~ exp(-rate ||b||)`` in the plane: a gamma length of shape 2 in a uniform direction."""
    laws = implied_laws(RECORDS["groups"], PHI, 0.95)
    rate, rng = 3.0 / PHI, np.random.default_rng(1)
    draws = rng.gamma(2.0, 1.0 / rate, 400_000) * np.cos(rng.uniform(0.0, 2.0 * np.pi, 400_000))
    # a quantile of 4e5 draws has a relative standard error of about 0.3 %
    assert laws.upper[0] == pytest.approx(np.quantile(np.abs(draws), 0.95), rel=0.015)
    assert laws.second[0] == pytest.approx(np.mean(draws**2), rel=0.02)
    assert laws.name.tolist()[:3] == ["multivariate Laplace of 2 coefficients together", "Laplace", laws.name[0]]


def test_words_for_what_is_no_prior_what_is_flat_and_what_differs():
    laws = implied_laws(record(rate=np.full(4, 6.0), mcp=3.0), PHI, 0.95)
    assert set(laws.name) == {"none: the minimax concave penalty is constant in its tails, which no density is"}
    assert np.isinf(laws.upper).all()
    said = sentence(record(rate=np.full(4, 6.0), mcp=3.0), laws, None, "", 0.95)
    assert said.startswith("alpha = 1 is no prior: the minimax concave penalty")
    flat = record()
    assert "says nothing" in sentence(flat, implied_laws(flat, PHI, 0.95), None, "", 0.95)
    mixed = RECORDS["mixed"]
    said = sentence(mixed, implied_laws(mixed, PHI, 0.95), None, "", 0.95)
    assert "lie between -2 and 2 (c), up to between -2.2 and 2.2 (a)." in said
    assert said.endswith("The prior of 1 other is flat.")
    assert worth(np.array([np.nan, 0.0])) == ""
    assert worth(np.array([3.0, np.inf, 12.0])) == "worth about 3 to 12 observations"
