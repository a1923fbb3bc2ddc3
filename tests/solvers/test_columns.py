"""Standardised columns that are not copied, against the explicit array."""

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.solvers.columns import SMALL, Columns, as_array, make_columns, picked, square_sums, times

N, P = 90, 40
RNG = np.random.default_rng(5)
RAW = np.where(RNG.random((N, P)) < 0.2, RNG.normal(1.0, 2.0, (N, P)), 0.0)
WEIGHTS = np.where(RNG.random(N) < 0.2, 0.0, RNG.uniform(0.2, 3.0, N))


def explicit(X, center, size, ones):
    Z = (X - center) / size
    return np.hstack([np.ones((X.shape[0], 1)), Z]) if ones else Z


@pytest.fixture(params=["dense", "csc"])
def kind(request):
    return (lambda X: X) if request.param == "dense" else sparse.csc_array


@pytest.fixture(params=[True, False], ids=["ones", "no ones"])
def pair(request, kind):
    """Return the columns under test and the explicit array."""
    center = RAW.mean(axis=0) if request.param else np.zeros(P)
    size = np.sqrt(np.mean((RAW - center) ** 2, axis=0))
    return Columns(kind(RAW), center, size, request.param), explicit(RAW, center, size, request.param)


def assert_same(found, expected):
    """To 1e-12 of the largest entry: sums of 90 products whose means are at most of the order of the spread."""
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * max(np.abs(expected).max(initial=0.0), 1.0))


@pytest.mark.parametrize("width", [(), (3,)], ids=["vector", "matrix"])
def test_products_with_columns_and_rows(pair, width):
    Z, expected = pair
    m = expected.shape[1]
    g, r = RNG.normal(size=(m, *width)), RNG.normal(size=(N, *width))
    assert Z.shape == expected.shape
    assert Z.T.shape == expected.T.shape
    assert_same(Z @ g, expected @ g)
    assert_same(Z.T @ r, expected.T @ r)


def positions(m):
    mask = np.zeros(m, dtype=bool)
    mask[[0, 4, m - 1]] = True
    return [np.array([7, 0, 3]), np.array([5, 2]), np.array([0]), np.arange(m), np.zeros(0, dtype=int), mask]


@pytest.mark.parametrize("which", range(6), ids=["with first", "without", "first", "all", "none", "mask"])
def test_some_columns(pair, which):
    Z, expected = pair
    at = positions(expected.shape[1])[which]
    found = Z[:, at]
    assert_same(found, expected[:, at])
    assert found.flags.f_contiguous
    places = np.flatnonzero(at) if at.dtype == bool else at
    for width in ((), (2,)):
        values = RNG.normal(size=(places.size, *width))
        assert_same(Z.times(places, values), expected[:, places] @ values)
        assert_same(times(Z, places, values), expected[:, places] @ values)
        assert_same(times(expected, places, values), expected[:, places] @ values)


@pytest.mark.parametrize("v", [np.ones(N), np.full(N, 0.3), WEIGHTS], ids=["ones", "equal", "weights"])
def test_inner_products(pair, v):
    Z, expected = pair
    assert_same(Z.gram(v), expected.T @ (v[:, None] * expected))
    assert_same(square_sums(Z, v), np.sum(v[:, None] * expected**2, axis=0))
    assert_same(square_sums(expected, v), np.sum(v[:, None] * expected**2, axis=0))


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("v", [np.ones(N), WEIGHTS], ids=["ones", "weights"])
def test_inner_products_of_some_sparse_columns(ones, v):
    center, size = RAW.mean(axis=0), RAW.std(axis=0)
    Z, expected = Columns(sparse.csc_array(RAW), center, size, ones), explicit(RAW, center, size, ones)
    some = [np.array([9, 0, 3]), np.array([5, 2]), np.array([0]), np.zeros(0, dtype=int)]
    for a in some:
        for b in some:
            assert_same(Z.cross(a, b, v), expected[:, a].T @ (v[:, None] * expected[:, b]))


def test_picked_columns_and_the_whole_array(pair):
    Z, expected = pair
    assert_same(as_array(Z), expected)
    assert as_array(expected) is expected
    for first in (True, False):
        keep = np.arange(expected.shape[1]) % 3 == 0
        keep[0] = first
        found = picked(Z, keep)
        assert isinstance(found, Columns)
        assert_same(as_array(found), expected[:, keep])
        assert_same(picked(expected, keep), expected[:, keep])


def test_a_wrong_centre_is_seen(pair):
    Z, expected = pair
    wrong = Columns(Z.X, Z.center + 1e-9, Z.size, bool(Z.ones))
    with pytest.raises(AssertionError):
        assert_same(wrong.T @ WEIGHTS, expected.T @ WEIGHTS)


def test_which_columns_are_copied():
    rng = np.random.default_rng(0)
    large = rng.normal(size=(SMALL // 64 + 1, 64))
    center, size = large.mean(axis=0), large.std(axis=0)
    held = make_columns(large, center, size, True)
    assert isinstance(held, Columns)
    assert np.shares_memory(held.X, large)
    assert isinstance(make_columns(sparse.csc_array(large[:50]), center, size, True), Columns)
    for X, middle in ((large[:50], center), (large + 100.0, center + 100.0)):
        before = X.copy()
        copied = make_columns(X, middle, size, True)
        assert isinstance(copied, np.ndarray)
        assert copied.flags.f_contiguous
        assert_same(copied, explicit(X, middle, size, True))
        np.testing.assert_array_equal(X, before)


def test_means_of_1e8_standard_deviations_are_copied_and_certified():
    """A column of mean 1e8 holds its spread to 1e-8; the fit is compared with that of the column as it is held."""
    rng = np.random.default_rng(1)
    spread = rng.normal(size=(SMALL // 32 + 1, 32))
    y = spread[:, :3] @ [1.0, -2.0, 0.5] + rng.normal(size=spread.shape[0])
    X = spread + 1e8
    center = X.mean(axis=0)
    assert isinstance(make_columns(X, center, (X - center).std(axis=0), True), np.ndarray)
    fit = br.Model.from_arrays(X, y, penalty=br.L1(400.0)).fit()
    assert fit.certificate.ok, fit.status
    near = br.Model.from_arrays(X - 1e8, y, penalty=br.L1(400.0)).fit()
    np.testing.assert_allclose(fit.params.iloc[1:], near.params.iloc[1:], rtol=0, atol=1e-8)


def test_a_path_of_columns_with_means_of_1e6_standard_deviations_is_certified():
    """The intercept is of size 1e6 and held to 1e-10 of a residual, which limits what any certificate can show."""
    rng = np.random.default_rng(1)
    spread = rng.normal(size=(SMALL // 32 + 1, 32))
    y = spread[:, :3] @ [1.0, -2.0, 0.5] + rng.normal(size=spread.shape[0])
    path = br.Model.from_arrays(spread + 1e6, y, penalty=br.L1()).path(20)
    assert all(one.ok for one in path.modes.certificates)
    near = br.Model.from_arrays(spread, y, penalty=br.L1()).path(lams=path.lams)
    np.testing.assert_allclose(path.params.to_numpy()[:, 1:], near.params.to_numpy()[:, 1:], rtol=0, atol=1e-8)
