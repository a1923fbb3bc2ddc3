"""Student-t and Cauchy penalties against SciPy and a fine grid."""

import numpy as np
import pytest
from scipy import integrate, stats

import bayesreg as br
from bayesreg.penalties import Strength

B = np.array([-40.0, -1.3, 0.0, 1e-6, 0.4, 7.0, 1e5])


@pytest.mark.parametrize(("df", "scale"), [(1.0, 0.3), (3.0, 2.0), (0.6, 1e-4), (250.0, 1e3)])
def test_density_and_quantiles_are_those_of_scipy(df, scale):
    law = br.StudentT(df, scale)
    strength = law.strength(1.0)
    assert law.log_prior(B, strength) == pytest.approx(stats.t.logpdf(B, df, scale=scale), rel=1e-12, abs=1e-12)
    for prob in (0.01, 0.5, 0.95, 1.0 - 1e-9):
        expected = stats.t.isf(0.5 * (1.0 - prob), df, scale=scale)
        assert law.absolute_quantile(prob, strength) == pytest.approx(expected, rel=1e-10)


def test_the_cauchy_is_the_t_of_one_degree_of_freedom():
    cauchy, t = br.Cauchy(2.5), br.StudentT(1.0, 2.5)
    strength = cauchy.strength(1.0)
    assert cauchy.log_prior(B, strength) == pytest.approx(stats.cauchy.logpdf(B, scale=2.5), rel=1e-13)
    assert np.all(cauchy.log_prior(B, strength) == t.log_prior(B, t.strength(1.0)))


def test_moments_are_integrals_or_infinite():
    strength = Strength(0.0, 4.0)
    for df in (1.2, 2.5, 7.0):
        first, second = br.StudentT(df, 1.0).absolute_moments(strength)
        density = stats.t(df, scale=0.5).pdf
        expected = 2.0 * integrate.quad(lambda t, pdf=density: np.exp(2 * t) * pdf(np.exp(t)), -50, 300, limit=500)[0]
        assert first == pytest.approx(expected, rel=1e-8)
        assert second == pytest.approx(stats.t.var(df, scale=0.5)) if df > 2 else np.isinf(second)
    assert np.isinf(br.Cauchy(1.0).absolute_moments(strength)[0])


def test_prox_is_the_least_of_a_fine_grid():
    """No point of the grid has an objective that is smaller by more than rounding, also where two modes tie."""
    rng = np.random.default_rng(3)
    for df, precision, step in [
        (1.0, 100.0, 1.0),
        (3.0, 1.0, 1.0),
        (0.3, 5.0, 30.0),
        (1.0, 1e-8, 1e8),
        (9.0, 1e6, 1e-3),
    ]:
        law, strength = br.StudentT(df, 1.0), Strength(0.0, precision)
        z = np.r_[0.0, rng.normal(0.0, 4.0, 40) / np.sqrt(precision), rng.normal(0.0, 40.0, 40) / np.sqrt(precision)]
        x = law.prox(z, strength, step)
        grid = z[:, None] * np.linspace(0.0, 1.0, 20_001)

        def objective(at, law=law, strength=strength, step=step, z=z):
            return 0.5 * (at - z.reshape(-1, *[1] * (at.ndim - 1))) ** 2 + step * law.value(at, strength)

        got, best = objective(x), objective(grid).min(axis=1)
        assert np.all(got <= best + 1e-12 * (1.0 + np.abs(best)))
        assert np.all(x * z >= 0.0)
        assert np.all(np.abs(x) <= np.abs(z))


def test_the_published_example_has_three_stationary_points():
    """Degrees of freedom 1, scale 0.1, an observation at 4 of variance 1: 0.0208, 0.5644 and 3.4148."""
    law, at = br.Cauchy(0.1), br.Cauchy(0.1).strength(1.0)
    points = np.array([0.0208, 0.5644, 3.4148])
    assert points - 4.0 + law.slope(points, at) == pytest.approx(np.zeros(3), abs=2e-2)
    assert law.prox(np.array([4.0]), at) == pytest.approx(3.4148, abs=1e-4)


def test_units_and_faces():
    law = br.StudentT(3.0, 2.0, relative_to="sigma", positive=True)
    assert law.strength(4.0) == Strength(0.0, 1.0 / 16.0)
    assert law.to_penalty(4.0) is law is law.to_prior(4.0)
    assert repr(br.Cauchy(0.5)) == "Cauchy(scale=0.5) = phi * 1 log(1 + (b / 0.5)^2 / 1)"
    assert np.isnan(law.lam_of(law.strength(1.0), 1.0))


@pytest.mark.parametrize("df", [0.0, -1.0, np.inf, np.nan, "3", True, None])
def test_wrong_degrees_of_freedom_are_refused(df):
    with pytest.raises(br.errors.InputError, match="degrees of freedom"):
        br.StudentT(df, 1.0)
    with pytest.raises(br.errors.InputError, match="scale="):
        br.StudentT(3.0, 0.0)


def test_a_scale_with_a_prior_is_open():
    law = br.StudentT(3.0, br.HalfCauchy(1.0))
    assert not law.is_given
    assert law.multiplied(4.0).scale == 0.5
    with pytest.raises(br.errors.UnsupportedError, match="no strength"):
        law.strength(1.0)


@pytest.mark.parametrize("df", [1e5, 1e6, 1e9, 1e12])
def test_many_degrees_of_freedom_keep_the_normaliser(df):
    """``Gamma(x) / Gamma(x + 1/2) = x^(-1/2) (1 + 1 / (8 x) + 1 / (128 x^2) + ...)``: rounding is all that is left."""
    x = 0.5 * df
    expected = 0.5 * np.log(2.0 * np.pi) + np.log1p(1.0 / (8.0 * x) + 1.0 / (128.0 * x * x))
    law = br.StudentT(df, 1.0)
    assert float(law.log_normalizer(law.strength(1.0))) == pytest.approx(expected, abs=2e-15)
