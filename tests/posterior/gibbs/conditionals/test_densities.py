"""The density with latents integrated out, as a function of coefficients and scale, against the law's own prior."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.penalties.horseshoe import Horseshoe
from bayesreg.posterior.gibbs.conditionals.horseshoe_density import log_shape
from tests.posterior.gibbs.conditionals.cases import JOINT, SEPARABLE, case_of

ALL = {**SEPARABLE, **JOINT, "total variation": br.FusedLaplace(0.5), "random walk": br.RandomWalk(0.5, order=2)}
WITHOUT = ("regularised horseshoe", "r2d2")
CLOSED = {name: law for name, law in ALL.items() if not name.startswith(WITHOUT)}
CHAINS = 6


@pytest.mark.parametrize("law", CLOSED.values(), ids=CLOSED)
def test_it_is_the_prior_at_that_scale_up_to_a_constant(law):
    """To 1e-8: the horseshoe's table is good to 1e-9 for each of the coefficients."""
    case, rng = case_of(law, 5), np.random.default_rng(1)
    if law is JOINT["quadratic"]:
        case = case_of(law, 4)
    u, scale = rng.standard_cauchy((CHAINS, case.d)), np.exp(rng.normal(size=CHAINS))
    got = case.conditional.log_density(u, scale)
    exact = [np.sum(case.law.log_prior(b, case.strength.scaled(1.0 / at))) for b, at in zip(u, scale, strict=True)]
    np.testing.assert_allclose(np.diff(got), np.diff(exact), rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("law", CLOSED.values(), ids=CLOSED)
def test_powers_are_those_of_the_density(law):
    case, rng = case_of(law, 4), np.random.default_rng(2)
    u, scale = rng.normal(size=(CHAINS, 4)), np.exp(rng.normal(size=CHAINS))
    powers = case.conditional.powers(u)
    if powers is not None:
        first, second, rank = powers
        expected = -first / scale - 0.5 * second / scale**2 - rank * np.log(scale)
        np.testing.assert_allclose(case.conditional.log_density(u, scale), expected, rtol=1e-12)


@pytest.mark.parametrize("law", SEPARABLE.values(), ids=SEPARABLE)
def test_free_coefficients_have_precision_zero_and_no_part_in_the_density(law):
    from bayesreg.objective import Piece
    from bayesreg.penalties import Strength
    from bayesreg.posterior.gibbs.conditionals import conditional_of
    from tests.posterior.gibbs.conditionals.cases import streams_of

    whole, streams = case_of(law, 3), streams_of(2)
    strength = Strength(*(part * np.array([1.0, 0.0, 1.0]) for part in whole.strength))
    free = conditional_of(Piece(law, np.arange(3), strength, False, None, None, -1, strength), 1.0)
    u, scale = np.array([[0.3, 7.0, -0.2], [0.3, -9.0, -0.2]]), np.array([0.5, 2.0])
    state = free.draw(u, scale, free.start(streams), streams)
    precision = free.precision(scale, state)
    assert np.all(precision[:, 1] == 0.0)
    assert np.all(precision[:, [0, 2]] > 0.0)
    without = case_of(law, 2).conditional.log_density(u[:, [0, 2]], scale)
    np.testing.assert_allclose(np.diff(free.log_density(u, scale)), np.diff(without), atol=1e-9)


def test_the_table_of_the_horseshoe_density():
    """Against SciPy's exponential integral, over its whole range; the table is good to 1e-9."""
    x = np.exp(np.linspace(-300.0, 300.0, 20_001))
    law = Horseshoe(1.0)
    exact = law.log_prior(x, law.strength(1.0)) + 0.5 * np.log(2.0 * np.pi**3)
    np.testing.assert_allclose(log_shape(x), exact, rtol=1e-13, atol=1e-9)
    assert np.isfinite(log_shape(np.zeros(2))).all()
