"""MCP and SCAD: the formulas of the papers and of skglm restated, brute force, and that they are no priors."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.penalties import BlockData, Strength

from . import separable_oracles as oracle

SIZES = [1e-6, 0.05, 0.3, 0.8, 1.3, 2.0, 3.1, 5.0, 9.0, 40.0]
LAWS = [
    br.MCP(0.9, 3.0),
    br.MCP(0.9, 0.5),
    br.MCP(2.0, 3.0, bend=7.0),
    br.SCAD(0.9),
    br.SCAD(0.9, 1.5),
    br.SCAD(2.0, 3.0, bend=7.0),
]


def zhang(b, lam, gamma):
    b = abs(b)
    return lam * b - b * b / (2.0 * gamma) if b <= gamma * lam else 0.5 * gamma * lam**2


def fan_li(b, lam, a):
    b = abs(b)
    if b <= lam:
        return lam * b
    if b <= a * lam:
        return (2.0 * a * lam * b - b * b - lam**2) / (2.0 * (a - 1.0))
    return 0.5 * lam**2 * (a + 1.0)


def prox_mcp(z, lam, gamma, step):
    """skglm's prox_MCP: step < gamma firm, else hard thresholding."""
    if step >= gamma:
        return z if abs(z) > lam * np.sqrt(step * gamma) else 0.0
    if abs(z) <= step * lam:
        return 0.0
    return z if abs(z) > gamma * lam else np.sign(z) * (abs(z) - step * lam) / (1.0 - step / gamma)


def prox_scad(z, lam, a, step):
    """skglm's prox_SCAD, for step < a - 1."""
    if abs(z) <= lam * (1.0 + step):
        return np.sign(z) * max(abs(z) - step * lam, 0.0)
    return z if abs(z) > a * lam else ((a - 1.0) * z - np.sign(z) * step * a * lam) / (a - 1.0 - step)


@pytest.mark.parametrize("phi", [1.0, 0.4])
def test_values_are_those_of_the_papers(phi):
    b = np.array([-9.0, -2.1, -0.3, 0.0, 0.9, 1.0, 2.0, 2.7, 30.0])
    mcp, scad = br.MCP(0.9, 3.0), br.SCAD(0.9, 3.7)
    np.testing.assert_allclose(phi * mcp.value(b, mcp.strength(phi)), [zhang(x, 0.9, 3.0) for x in b], rtol=1e-14)
    np.testing.assert_allclose(phi * scad.value(b, scad.strength(phi)), [fan_li(x, 0.9, 3.7) for x in b], rtol=1e-14)


def test_proxes_are_those_of_skglm():
    z = np.linspace(-12.0, 12.0, 401)
    for step in (0.2, 1.0, 2.9, 5.0):
        law = br.MCP(0.9, 3.0)
        np.testing.assert_allclose(
            law.prox(z, law.strength(1.0), step), [prox_mcp(x, 0.9, 3.0, step) for x in z], rtol=1e-13
        )
    for step in (0.2, 1.0, 2.5):
        law = br.SCAD(0.9, 3.7)
        got = law.prox(z, law.strength(1.0), step)
        np.testing.assert_allclose(got, [prox_scad(x, 0.9, 3.7, step) for x in z], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
def test_prox_is_the_global_minimum(law):
    oracle.check_prox(law, law.strength(1.3), SIZES, (0.2, 1.0, 4.0))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
def test_derivatives_scaling_and_graph(law):
    strength = law.strength(1.3)
    oracle.check_derivatives(law, strength, [0.01, 0.11, 0.22, 0.77, 1.9, 2.2, 30.0])
    assert law.slope(np.zeros(1), strength)[0] == strength.rate
    oracle.check_scaling(law, strength)


@pytest.mark.parametrize("law", [br.MCP(0.9), br.SCAD(0.9), br.MCP(0.9, positive=True)], ids=lambda law: law.written)
def test_graph(law):
    oracle.check_graph(law, law.strength(1.3))


@pytest.mark.parametrize("kind", [br.MCP, br.SCAD])
def test_bend_by_rows_is_the_penalty_of_a_mean_loss(kind):
    """n (loss / n + P(b; lam, gamma)): n P is ours with lam n and the bend n, for weights that sum to n."""
    rows, lam = 50.0, 0.3
    data = BlockData(("a",), ("a",), lambda: np.ones((20, 1)), np.full(20, 2.5), np.ones(1), True, 1.0)
    law = kind(rows * lam, 3.0, bend="rows").bind(data).law
    b, restated = np.linspace(-3.0, 3.0, 61), zhang if kind is br.MCP else fan_li
    expected = [rows * restated(x, lam, 3.0) for x in b]
    np.testing.assert_allclose(law.value(b, law.strength(1.0)), expected, rtol=1e-13)
    literal = kind(rows * lam, 3.0)
    inner = np.array([0.5, 2.0])
    lasso = rows * lam * inner
    assert np.all(literal.value(inner, literal.strength(1.0)) > 0.97 * lasso)


@pytest.mark.parametrize("kind", [br.MCP, br.SCAD])
def test_weights_and_factors_multiply_lam_only(kind):
    law = kind(0.9, 3.0)
    strength, other = law.strength(2.0), kind(6.3, 3.0).strength(2.0)
    np.testing.assert_allclose(law.weighted(strength, 7.0), other, rtol=1e-15)
    np.testing.assert_allclose(law.multiplied(7.0).strength(2.0), other, rtol=1e-15)
    freed = law.weighted(strength, np.array([0.0, 1.0]))
    assert (freed.rate[0], freed.precision[0]) == (0.0, 0.0)
    assert law.lam_of(law.weighted(strength, np.array([0.0, 7.0])), 2.0) == pytest.approx([0.0, 6.3], rel=1e-15)


@pytest.mark.parametrize("kind", [br.MCP, br.SCAD])
def test_it_is_no_prior(kind):
    law = kind(0.9)
    strength = law.strength(1.0)
    assert (law.traits.proper, law.traits.convex, law.traits.sparse) == (False, False, True)
    assert law.log_normalizer(strength) == 0.0
    assert law.absolute_quantile(0.5, strength) == law.absolute_moments(strength)[0] == np.inf
    assert law.to_penalty(3.0) is law
    with pytest.raises(br.errors.UnsupportedError, match=r"has no finite integral, so it is no prior.*br.LogPenalty"):
        law.to_prior(1.0)
    with pytest.raises(br.errors.UnsupportedError, match="is not a distribution"):
        law.draw(strength, np.random.default_rng(0), 3)
    assert repr(law) == f"{law.written} = no prior: constant far from 0"


@pytest.mark.parametrize("kind", [br.MCP, br.SCAD])
def test_flat_at_strength_zero(kind):
    law, b = kind(0.0), np.array([-1.0, 0.0, 3.0])
    assert law.strength(1.0) == (0.0, 0.0)
    zero = Strength(np.zeros(3), np.zeros(3))
    assert not law.value(b, zero).any()
    assert np.array_equal(law.prox(b, zero), b)
    assert not law.slope(np.abs(b), zero).any()


def test_errors():
    with pytest.raises(br.errors.InputError, match=r"gamma=0 is not allowed: it must be a finite number > 0"):
        br.MCP(1.0, 0)
    with pytest.raises(br.errors.InputError, match=r"a=1.0 is not allowed: it must be a finite number > 1"):
        br.SCAD(1.0, 1.0)
    with pytest.raises(br.errors.InputError, match=r"bend='n' is not known; allowed: a number > 0, or \"rows\""):
        br.MCP(1.0, bend="n")
    with pytest.raises(br.errors.InputError, match=r"bend=-1.0 is not allowed"):
        br.SCAD(1.0, bend=-1.0)
