"""Dense and sparse matrices give the same parts, counts and products."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from bayesreg.errors import DataError
from bayesreg.matrices import (
    are_equal,
    as_columns,
    blank_rows,
    column,
    columns_not_finite,
    dense_columns,
    first_infinite,
    freeze,
    indicators,
    is_sparse,
    missing_entries,
    product,
    take_rows,
    tiles,
)

DENSE = np.array([[0.0, 1.0, 0.0, 2.5], [3.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, -1.0]])


def kinds(values: np.ndarray) -> list[np.ndarray | sparse.csc_array]:
    return [np.ascontiguousarray(values), np.asfortranarray(values), as_columns(sparse.csr_array(values))]


@pytest.mark.parametrize("X", kinds(DENSE), ids=["C", "F", "sparse"])
def test_parts_and_products(X):
    for rows in (np.array([True, False, True]), np.array([2, 0, 0, 1])):
        taken = take_rows(X, rows)
        assert type(taken) is type(X)
        np.testing.assert_array_equal(dense_columns(taken), DENSE[rows])
    np.testing.assert_array_equal(dense_columns(X), DENSE)
    np.testing.assert_array_equal(dense_columns(X, [3, 1]), DENSE[:, [3, 1]])
    np.testing.assert_array_equal(column(X, np.int64(3)), DENSE[:, 3])
    for b in (np.array([0.0, 0.0, 0.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4)):
        np.testing.assert_allclose(product(X, b), DENSE @ b, rtol=1e-15)
    assert indicators(X).tolist() == [False, True, True, False]
    assert all(are_equal(X, other) for other in kinds(DENSE))
    assert not any(are_equal(X, other) for other in kinds(DENSE + np.eye(3, 4) * 1e-16 + np.eye(3, 4)))
    assert not any(are_equal(X, other) for other in kinds(DENSE[:2]))


def test_the_memory_order_is_kept():
    c, f, _ = kinds(DENSE)
    assert take_rows(c, np.array([0, 1])).flags.c_contiguous
    assert take_rows(f, np.array([0, 1])).flags.f_contiguous


@pytest.mark.parametrize("kind", range(3), ids=["C", "F", "sparse"])
def test_missing_and_infinite_entries(kind):
    values = DENSE.copy()
    values[0, 3], values[2, 3], values[1, 0] = np.nan, np.nan, np.inf
    X = kinds(values)[kind]
    assert columns_not_finite(X).tolist() == [0, 3]
    assert first_infinite(X, np.array([0, 3])) == 0
    assert first_infinite(X, np.array([3])) is None
    rows, counts = missing_entries(X, np.array([0, 3]))
    assert (rows.tolist(), counts.tolist()) == ([True, False, True], [0, 2])
    blank_rows(X, rows)
    blank = np.isnan(dense_columns(X))
    assert blank[[0, 2]][DENSE[[0, 2]] != 0.0].all()
    assert not blank[1].any()
    assert missing_entries(X, np.array([], dtype=int))[0].tolist() == [False] * 3


@pytest.mark.parametrize("X", kinds(np.full((3, 2), 1e308)), ids=["C", "F", "sparse"])
def test_a_sum_that_overflows_is_not_an_infinite_entry(X):
    assert columns_not_finite(X).size == 0


def test_repetitions_are_summed_and_explicit_zeros_stay_zeros():
    X = as_columns(sparse.coo_array(([1.0, 2.0, 0.0], ([1, 1, 0], [0, 0, 1])), shape=(2, 2)))
    assert X.has_canonical_format
    assert X.has_sorted_indices
    np.testing.assert_array_equal(dense_columns(X), [[0.0, 0.0], [3.0, 0.0]])
    assert indicators(X).tolist() == [False, True]
    assert are_equal(X, as_columns(sparse.coo_array(([3.0], ([1], [0])), shape=(2, 2))))


def test_frozen_matrices_still_multiply():
    for X in kinds(DENSE):
        freeze(X)
        for array in (X.data, X.indices, X.indptr) if is_sparse(X) else (X,):
            assert not array.flags.writeable
        np.testing.assert_allclose(X.T @ np.ones(3), DENSE.sum(axis=0))
        np.testing.assert_allclose(product(X, np.ones(4)), DENSE.sum(axis=1))


def test_large_parts_of_a_sparse_matrix_are_not_made_dense():
    X = as_columns(sparse.csc_array((200_000, 10_000)))
    with pytest.raises(DataError, match=r"mle\(\) needs 10000 columns of the sparse X .* 14.9 GiB, more than 1 GiB"):
        dense_columns(X, what="mle()")
    assert dense_columns(X, np.arange(3)).shape == (200_000, 3)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(3, 4), (70_000, 2), (2, 70_000), (300, 700), (5, 0)], ids=str)
def test_tiles_visit_every_entry_once(shape, order):
    seen = np.zeros(shape, order=order)
    for rows, columns in tiles(seen):
        assert seen[rows, columns].size <= 2**15
        seen[rows, columns] += 1.0
    assert (seen == 1.0).all()
