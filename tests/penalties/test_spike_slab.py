"""The spike and slab of two normals against SciPy and a fine grid."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br

LAWS = [br.SpikeSlab(), br.SpikeSlab(0.02, 3.0, 0.001), br.SpikeSlab(0.9, 5.0, 4.9), br.SpikeSlab(0.5, 1.0, 0.2)]


def density(law, b):
    spike, slab = stats.norm.pdf(b, scale=law.spike_scale), stats.norm.pdf(b, scale=law.slab_scale)
    return (1.0 - law.inclusion) * spike + law.inclusion * slab


@pytest.fixture(params=LAWS, ids=lambda law: law.written)
def law(request):
    return request.param


def test_density_and_inclusion_probability(law):
    b = np.array([-20.0, -0.3, 0.0, 1e-5, 0.02, 0.1, 4.0]) * law.slab_scale
    strength = law.strength(1.0)
    assert law.log_prior(b, strength) == pytest.approx(np.log(density(law, b)), rel=1e-12, abs=1e-12)
    with np.errstate(divide="ignore"):
        slab = law.inclusion * stats.norm.pdf(b, scale=law.slab_scale) / density(law, b)
    assert law.inclusion_probability(b, strength) == pytest.approx(slab, rel=1e-10)
    doubled = law.inclusion_probability(b / 2.0, strength.scaled(2.0))
    assert doubled == pytest.approx(slab, rel=1e-10)


def test_slope_and_curvature_are_derivatives(law):
    size = np.array([0.003, 0.02, 0.2, 1.0, 3.0]) * law.slab_scale
    strength, step = law.strength(1.0), 1e-4 * law.spike_scale
    unit = 1.0 / law.spike_scale
    up, down = law.value(size + step, strength), law.value(size - step, strength)
    assert law.slope(size, strength) == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-6 * unit)
    up, down = law.slope(size + step, strength), law.slope(size - step, strength)
    assert law.curvature(size, strength) == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-6 * unit**2)


def test_prox_is_the_least_of_a_fine_grid(law):
    strength = law.strength(1.0)
    for step in (1e-2 * law.spike_scale**2, law.spike_scale**2, law.slab_scale * law.spike_scale, law.slab_scale**2):
        z = np.linspace(-6.0, 6.0, 41) * np.sqrt(step + law.spike_scale**2)
        x = law.prox(z, strength, step)
        grid = z[:, None] * np.linspace(0.0, 1.0, 10_001)
        best = (0.5 * (grid - z[:, None]) ** 2 + step * law.value(grid, strength)).min(axis=1)
        got = 0.5 * (x - z) ** 2 + step * law.value(x, strength)
        assert np.all(got <= best + 1e-10 * (step + np.abs(best)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inclusion": 0.0}, "inclusion=0.0"),
        ({"inclusion": 1.0}, "inclusion=1.0"),
        ({"spike_scale": 1.0}, "spike_scale < slab_scale"),
        ({"spike_scale": 0.0}, "spike_scale < slab_scale"),
        ({"slab_scale": br.HalfCauchy(1.0)}, "several strengths"),
    ],
)
def test_what_is_no_spike_and_slab_is_refused(arguments, message):
    with pytest.raises(br.errors.InputError, match=message):
        br.SpikeSlab(**arguments)


def test_units():
    law = br.SpikeSlab(0.5, 1.0, 0.1, relative_to="sigma")
    assert law.strength(4.0).precision == pytest.approx(25.0)
    assert (
        law.multiplied(4.0).written == "SpikeSlab(inclusion=0.5, slab_scale=0.5, spike_scale=0.05, relative_to='sigma')"
    )
    assert law.to_penalty(1.0) is law
