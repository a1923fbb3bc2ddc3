"""Column means and standard deviations against exact rational arithmetic and NumPy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bayesreg.design import column_scales


def exact(x: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    values, weights = [Fraction(one) for one in x.tolist()], [Fraction(one) for one in w.tolist()]
    mean = sum(v * u for v, u in zip(values, weights, strict=True)) / sum(weights)
    variance = sum(u * (v - mean) ** 2 for v, u in zip(values, weights, strict=True)) / sum(weights)
    unit = max(abs(v - mean) for v in values) or Fraction(1)
    return float(mean), float(unit) * float(variance / unit**2) ** 0.5


@pytest.mark.parametrize("size", [1.0, 1e160, 1e-170, 1e300, 5e-310, 1e-12])
@pytest.mark.parametrize("shift", [0.0, 1.0, 1e6])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_exact_arithmetic(size, shift, weighted):
    """Agreement to 1e-9: the shift of 1e6 costs six digits of the data, not of the method."""
    rng = np.random.default_rng(5)
    x = (rng.normal(size=30) + shift) * size
    w = rng.uniform(0.1, 3.0, size=30) if weighted else np.ones(30)
    center, scale = column_scales(x[:, None], weights=w if weighted else None)
    mean, sd = exact(x, w)
    np.testing.assert_allclose(center[0], mean, rtol=1e-12, atol=1e-15 * np.abs(x).max())
    np.testing.assert_allclose(scale[0], sd, rtol=1e-9)


def test_constant_columns_have_scale_exactly_zero():
    X = np.column_stack([np.full(7, 0.1), np.zeros(7), np.full(7, 1e300)])
    center, scale = column_scales(X, weights=np.linspace(0.1, 1.0, 7))
    assert scale.tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(center, [0.1, 0.0, 1e300], rtol=1e-15)


def test_rows_of_weight_zero_do_not_count_and_frequencies_repeat_rows():
    X = np.array([[1.0, 2.0], [4.0, -1.0], [1e300, 1e-300]])
    center, scale = column_scales(X, weights=np.array([2.0, 1.0, 0.0]))
    again = column_scales(X[[0, 0, 1]])
    np.testing.assert_allclose(center, again[0], rtol=1e-15)
    np.testing.assert_allclose(scale, again[1], rtol=1e-15)


def test_many_columns_are_worked_in_blocks():
    X = np.random.default_rng(0).normal(size=(50, 90_000))
    center, scale = column_scales(X)
    np.testing.assert_allclose(center, X.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(scale, X.std(axis=0), rtol=1e-12)
