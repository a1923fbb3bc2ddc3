"""Posteriors of sparse columns equal those of the same columns stored densely, to rounding of the sums."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.errors import DataError, RankError

RNG = np.random.default_rng(4)
X = np.where(RNG.random((50, 4)) < 0.5, RNG.normal(size=(50, 4)), 0.0)
Y = X @ [1.0, 0.0, -2.0, 0.5] + RNG.normal(size=50)


def both(**options) -> tuple[br.Model, br.Model]:
    return br.Model.from_arrays(X, Y, **options), br.Model.from_arrays(sparse.csr_array(X), Y, **options)


def test_draws_from_the_prior_and_what_they_predict():
    found = [model.prior_predictive(20, seed=3) for model in both(penalty=br.L2(3.0), dispersion=1.0)]
    for group, name in (("prior", "beta"), ("prior_predictive", "y"), ("prior", "lowest_mean")):
        np.testing.assert_allclose(*(np.asarray(tree[group][name]) for tree in found), rtol=1e-10, atol=1e-12)


def test_exact_draws_and_predictions_of_new_rows():
    dense, found = (model.sample(20, chains=1, seed=1) for model in both(penalty=br.L2(3.0)))
    np.testing.assert_allclose(found.params, dense.params, rtol=1e-9)
    new = X[:3].copy()
    new[1, 2] = np.nan
    predicted = found.predict(sparse.csc_array(new), kind="link")
    np.testing.assert_allclose(predicted, dense.predict(new, kind="link"), rtol=1e-9)
    assert predicted["mean"].isna().tolist() == [False, True, False]


def test_the_graph_holds_dense_columns_below_the_limit():
    dense, found = both(penalty=br.L1(3.0), dispersion=1.0)
    np.testing.assert_array_equal(found.pymc()["X"].get_value(), dense.pymc()["X"].get_value())
    large = sparse.eye_array(200_000, 10_000, format="csc")
    model = br.Model.from_arrays(large, np.ones(200_000), intercept=False, penalty=br.L1(1.0), dispersion=1.0)
    with pytest.raises(DataError, match=r"The graph of PyMC needs 10000 columns .* more than 1 GiB"):
        model.pymc()


def test_flat_directions_are_found_in_sparse_columns():
    doubled = sparse.csc_array(np.column_stack([X, 2.0 * X[:, 0]]))
    model = br.Model.from_arrays(doubled, Y, dispersion=1.0)
    with pytest.raises(RankError, match=r"'x4' = 2 \* 'x0'|'x0' = 0.5 \* 'x4'"):
        model.sample(10, chains=1, seed=1)
