"""Laws with a pole at 0 or heavy tails: draws of the Gibbs engine against quadrature in one to three dimensions.

A case is one family of statements on means, variances and probabilities, at a family-wise error of 1e-4 (Bonferroni),
at fixed seeds; all of them together err with a probability below 1e-3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from bayesreg.posterior.gibbs.conditionals.horseshoe import HorseshoeConditional
from bayesreg.posterior.gibbs.conditionals.r2d2 import R2D2Conditional
from bayesreg.posterior.gibbs.conditionals.regularized_horseshoe import RegularizedHorseshoeConditional
from tests.posterior.agreement import Verdict, against
from tests.posterior.gibbs.horseshoe_cases import HORSESHOES, horseshoe, normal_of_gamma_variance


def verdict(name: str, *, draws: int = 1500, seed: int = 20) -> Verdict:
    """Sample a case and return the verdict on its draws."""
    made = horseshoe(name)
    post = made.model.sample(draws=draws, tune=200, chains=4, seed=seed, engine="gibbs")
    return against(made.read(post.tree["posterior"]), made.margins)


@pytest.mark.parametrize("name", HORSESHOES)
def test_draws_agree(name: str) -> None:
    found = verdict(name)
    assert found.agrees, found


@pytest.mark.slow
@pytest.mark.parametrize("name", HORSESHOES)
def test_many_draws_agree(name: str) -> None:
    found = verdict(name, draws=8000, seed=31)
    assert found.agrees, found


def test_a_normal_whose_variance_is_gamma() -> None:
    """Of shape 1 it is Laplace of rate ``sqrt(2 rate)``; of shape 1/2, it integrates to 1."""
    b = np.array([-2.0, 0.1, 3.0])
    laplace = 0.5 * np.log(2.0 * 0.7) - np.log(2.0) - np.sqrt(2.0 * 0.7) * np.abs(b)
    np.testing.assert_allclose(normal_of_gamma_variance(b, 0.7, 1.0), laplace, rtol=1e-12)
    half = quad(lambda x: np.exp(normal_of_gamma_variance(np.float64(x), 0.7, 0.5)), 0.0, 60.0, epsabs=1e-12)[0]
    assert half == pytest.approx(0.5, rel=1e-8)


def test_local_scales_of_a_rate_without_its_half(monkeypatch: pytest.MonkeyPatch) -> None:
    right = HorseshoeConditional.draw

    def wrong(self, u, scale, state, streams):
        return right(self, np.sqrt(2.0) * u, scale, state, streams)

    monkeypatch.setattr(HorseshoeConditional, "draw", wrong)
    assert not verdict("two horseshoes").agrees


def test_a_slab_of_wrong_degrees_of_freedom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its prior's exponent without the half: 4 degrees for 2."""
    right = RegularizedHorseshoeConditional.draw

    def wrong(self, u, scale, state, streams):
        return right(replace(self, df=2.0 * self.df), u, scale, state, streams)

    monkeypatch.setattr(RegularizedHorseshoeConditional, "draw", wrong)
    assert not verdict("two regularised horseshoes, t slab").agrees


def test_proposals_of_the_odds_that_are_always_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the odds had the prior that makes the parts independent."""
    monkeypatch.setattr(R2D2Conditional, "_log_prior", lambda self, x: 0.0 * x)
    assert not verdict("two of an R2D2").agrees
