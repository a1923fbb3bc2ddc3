"""Plain laws cut to limits: SciPy's truncated normal, closed forms, quadrature, at widths over 12 decades."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

import bayesreg as br
from bayesreg.penalties import Strength, half_line

from . import separable_oracles as oracle

LIMITS = [
    (-1.0, 2.0),
    (0.0, 0.7),
    (-0.3, 0.0),
    (-np.inf, 0.5),
    (-2.0, np.inf),
    (-1e-6, 1e-5),
    (-30.0, 50.0),
    (-1e-9, 9.0),
]
LAWS = [
    br.Laplace(0.6, limits=(-1, 1)),
    br.Normal(0.6, limits=(-1, 1)),
    br.ElasticNetPrior(1.5, 0.5, limits=(-1, 1)),
    br.ElasticNetPrior(1.0, 1e-9, limits=(-1, 1)),
]
PROBS = (1e-6, 0.01, 0.3, 0.5, 0.9, 0.9999)


def cut(law, limits):
    options = {name: getattr(law, name) for name in ("scale", "rate", "precision") if hasattr(law, name)}
    return type(law)(**options, limits=limits)


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_normal_is_scipys_truncated_normal(limits):
    """SciPy's quantiles lose up to 1e-9 of the scale where the limits are narrow."""
    law = br.Normal(0.6, limits=limits)
    strength, scipy = law.strength(1.0), stats.truncnorm(limits[0] / 0.6, limits[1] / 0.6, scale=0.6)
    b = scipy.ppf([0.001, 0.2, 0.7, 0.999])
    np.testing.assert_allclose(law.log_prior(b, strength), scipy.logpdf(b), rtol=1e-11, atol=1e-12)
    ends = law.central_range(0.9, strength)
    np.testing.assert_allclose(ends, scipy.ppf([0.05, 0.95]), rtol=1e-8)
    first, second = law.absolute_moments(strength)
    if limits[1] - limits[0] > 1e-3:  # SciPy's recursion loses all digits of narrower ones
        assert second == pytest.approx(scipy.moment(2), rel=1e-9)
    assert law.log_prior(np.array([limits[0] - 1e-9]), strength)[0] == -np.inf
    assert first > 0.0


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_laplace_is_two_truncated_exponentials(limits):
    law = br.Laplace(0.6, limits=limits)
    strength = law.strength(1.0)
    below, above = (-np.expm1(-end / 0.6) for end in (-limits[0], limits[1]))
    assert law.log_normalizer(strength) == pytest.approx(np.log(0.6 * (below + above)), abs=1e-14)
    total = below + above
    for prob in PROBS:
        x = float(law._quantile_within(np.array(prob), law.limits, strength))
        got = (below + np.expm1(x / 0.6) if x < 0.0 else below - np.expm1(-x / 0.6)) / total
        assert got == pytest.approx(prob, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_normalizer_moments_and_quantiles_are_integrals(law, limits):
    law = cut(law, limits)
    strength = law.strength(1.0)
    assert law.log_normalizer(strength) == pytest.approx(oracle.log_area(law, strength), abs=1e-11)
    ends = [max(limits[0], -40.0), 0.0, min(limits[1], 40.0)]

    def share(low, high):
        return mass(lambda b: 1.0, low, high)

    def mass(function, low, high):
        return oracle.integral(lambda b: function(b) * np.exp(law.log_prior(b, strength)), np.linspace(low, high, 21))

    for power, got in zip((1, 2), law.absolute_moments(strength), strict=True):
        sides = (mass(lambda b: np.abs(b) ** power, *pair) for pair in (ends[:2], ends[1:]))  # noqa: B023
        assert got == pytest.approx(sum(sides), rel=1e-10)
    for prob in (0.01, 0.5, 0.99):
        x = float(law.absolute_quantile(prob, strength))
        assert share(max(-x, ends[0]), 0.0) + share(0.0, min(x, ends[2])) == pytest.approx(prob, rel=1e-9)
        x = float(law._quantile_within(np.array(prob), law.limits, strength))
        assert share(ends[0], min(x, 0.0)) + share(0.0, max(x, 0.0)) == pytest.approx(prob, rel=1e-9)


@pytest.mark.parametrize("law", [*LAWS[:3], br.Flat(limits=(-1, 1))], ids=lambda law: law.written)
def test_draws(law):
    law = cut(law, (-0.4, 1.3)) if law.law != "Flat" else br.Flat(limits=(-0.4, 1.3))
    draws = oracle.check_draws(law, law.strength(1.0))
    assert -0.4 <= draws.min() < -0.39
    assert 1.2 < draws.max() <= 1.3
    low, high = law.central_range(0.8, law.strength(1.0))
    for end, prob in ((low, 0.1), (high, 0.9)):
        hits = int(np.sum(draws <= end))
        assert stats.binom.ppf(1e-7, draws.size, prob) <= hits <= stats.binom.isf(1e-7, draws.size, prob)


def test_arrays_of_strengths_some_of_them_0():
    law = br.L1(1.0, limits=(-1.0, 3.0))
    mixed = Strength(np.array([2.0, 0.0]), np.zeros(2))
    alone = law.log_normalizer(Strength(2.0, 0.0))
    np.testing.assert_allclose(law.log_normalizer(mixed), [alone, np.log(4.0)], rtol=1e-14)
    draws = law.draw(mixed, np.random.default_rng(0), (20_000, 2))
    assert draws[:, 1].mean() == pytest.approx(1.0, abs=0.05)  # 6 standard errors
    assert draws[:, 0].mean() == pytest.approx(_mean(law, 2.0), abs=0.02)
    with pytest.raises(br.errors.UnsupportedError, match="is not a distribution"):
        br.L1(1.0, limits=(-1.0, np.inf)).draw(mixed, np.random.default_rng(0), (3, 2))


def _mean(law, rate):
    strength = Strength(rate, 0.0)
    return quad(lambda b: b * np.exp(law.log_prior(b, strength)), *law.limits, points=[0.0])[0]


def test_flat_between_limits_is_uniform():
    law = br.Flat(limits=(-1.0, 3.0))
    zero, scipy = law.strength(1.0), stats.uniform(-1.0, 4.0)
    b = np.array([-1.5, -1.0, 0.2, 3.0])
    assert np.array_equal(law.log_prior(b, zero), scipy.logpdf(b))
    assert law.absolute_moments(zero)[1] == pytest.approx(scipy.moment(2), rel=1e-14)
    np.testing.assert_allclose(law.central_range(0.9, zero), scipy.ppf([0.05, 0.95]), rtol=1e-13)
    assert (law.traits.proper, law.traits.has_mode, law.traits.smooth, law.traits.sparse) == (True, True, False, False)
    half = br.Flat(limits=(0.0, np.inf))
    assert (half.traits.proper, half.traits.sparse) == (False, True)
    assert br.Flat(positive=True).traits == half.traits
    with pytest.raises(br.errors.UnsupportedError, match="is not a distribution"):
        half.draw(half.strength(1.0), np.random.default_rng(0), 3)


@pytest.mark.parametrize(
    "law", [br.Laplace(0.6), br.Normal(0.6), br.ElasticNetPrior(1.5, 0.5)], ids=lambda law: law.written
)
def test_limits_from_0_are_positive(law):
    strength, b = law.strength(1.0), np.array([0.0, 0.3, 4.0])
    half = cut(law, (0.0, np.inf))
    options = {name: getattr(law, name) for name in ("scale", "rate", "precision") if hasattr(law, name)}
    positive = type(law)(**options, positive=True)
    np.testing.assert_allclose(half.log_prior(b, strength), positive.log_prior(b, strength), rtol=1e-14)
    np.testing.assert_allclose(half.absolute_moments(strength), positive.absolute_moments(strength), rtol=1e-13)
    np.testing.assert_allclose(half.central_range(0.9, strength), positive.central_range(0.9, strength), rtol=1e-13)
    assert half.traits == positive.traits


def test_traits_within_limits():
    assert not br.L2(1.0, limits=(-1, 2)).traits.smooth
    assert not br.L2(1.0, limits=(-1, 2)).traits.sparse
    assert br.L2(1.0, limits=(-1, 0)).traits.sparse
    assert not br.ElasticNet(1.0, 0.0, limits=(-1, 2)).traits.smooth


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
@pytest.mark.parametrize("limits", [(-1.0, 2.0), (-1e-6, np.inf)], ids=str)
def test_prox_and_graph(law, limits):
    law = cut(law, limits)
    oracle.check_prox(law, law.strength(1.0), [1e-3, 0.3, 1.0, 5.0], (0.3, 3.0))
    oracle.check_graph(law, law.strength(1.0))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.written)
def test_fenchel_gap_is_a_supremum(law):
    law = cut(law, (-1.0, 2.0))
    strength, grid = law.strength(1.0), np.linspace(-1.0, 2.0, 300_001)
    for dual in (-9.0, -0.4, 0.0, 1.4, 30.0):
        top = np.max(grid * dual - law.value(grid, strength))
        for b in (-1.0, 0.0, 0.2, 2.0):
            expected = float(law.value(b, strength)) + top - b * dual
            got = float(law.fenchel_gap(np.array([b]), np.array([dual]), strength)[0])
            assert got == pytest.approx(expected, abs=1e-9)  # the grid's distance to the supremum, squared


@pytest.mark.parametrize("rate", [0.0, 1e-8, 0.3, 4.0, 1e4])
@pytest.mark.parametrize("precision", [0.0, 1e-10, 0.1, 1e6])
def test_parts_of_the_half_line_keep_their_digits(rate, precision):
    """Short and long intervals meet: the log integral, its inverse and its derivative by the end."""
    end = np.logspace(-9, 4, 60)
    rates, precisions = np.full(60, rate), np.full(60, precision)
    log_area = half_line.log_interval(end, rates, precisions)
    assert np.all(np.diff(log_area) >= -1e-15)
    for i in range(0, 60, 6):
        peak = 120.0 / (rate + np.sqrt(rate**2 + 120.0 * precision)) if rate + precision > 0.0 else np.inf
        ends = np.linspace(0.0, min(end[i], peak), 11)
        area = oracle.integral(lambda x: np.exp(-rate * x - 0.5 * precision * x * x), ends)
        assert log_area[i] == pytest.approx(np.log(area), abs=1e-12 * max(1.0, abs(np.log(area))))
        for share in (1e-8, 0.2, 0.5, 0.97):
            x = float(half_line.part_quantile(share, float(end[i]), np.array(rate), np.array(precision)))
            got = half_line.log_interval(np.array(x), rate, precision) - log_area[i]
            assert got == pytest.approx(np.log(share), abs=1e-7 if share < 1e-6 else 1e-11)


def test_limits_are_checked():
    for limits in [(1.0, 2.0), (0.0, 0.0), (1.0,), "ab", (np.nan, 1.0)]:
        with pytest.raises(br.errors.InputError, match="are not limits; allowed: a pair"):
            br.L1(1.0, limits=limits)
    with pytest.raises(br.errors.InputError, match=r"positive=True is limits=\(0, inf\); give one of the two"):
        br.Flat(positive=True, limits=(0.0, 1.0))
