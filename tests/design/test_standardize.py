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


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(5_000, 30), (60, 4_000)], ids=["tall", "wide"])
def test_many_columns_of_any_origin_equal_extended_precision(shape, order, weighted):
    """Means to rounding of the sums; deviations lose the digits that ``mean / sd`` of the data has."""
    rng = np.random.default_rng(8)
    shift = 10.0 ** rng.integers(-3, 7, shape[1])
    X = np.asarray(rng.normal(size=shape) + shift, order=order)
    X[:, 0] = 3.5
    w = rng.integers(0, 3, shape[0]).astype(float) if weighted else np.ones(shape[0])
    center, scale = column_scales(X, weights=w if weighted else None)
    long, share = X.astype(np.longdouble), w.astype(np.longdouble) / np.longdouble(w.sum())
    mean = share @ long
    sd = np.sqrt(share @ (long - mean) ** 2)
    np.testing.assert_allclose(center, mean.astype(float), rtol=1e-14, atol=1e-15)
    assert scale[0] == 0.0
    assert np.all(np.abs(scale - sd)[1:] <= 1e-14 * (1.0 + 0.01 * shift[1:]) * sd[1:])


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
