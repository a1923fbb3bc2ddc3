"""Hard problems on which the solvers once ended short of the optimum, cycled or crashed."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import nnls

import bayesreg as br
from bayesreg.errors import DataError, RankError, UnsupportedError
from bayesreg.solvers.active_set import MOST_QUIET, ActiveSet
from bayesreg.solvers.certificate import shares
from bayesreg.solvers.columns import centred_full
from bayesreg.solvers.quadratic import Quadratic


def twins(n=64, pairs=31, spread=1e-6):
    """Return columns (n, 2 pairs) of which each is its neighbour but for ``spread``, and a response."""
    rng = np.random.default_rng(3)
    X = np.repeat(rng.normal(size=(n, pairs)), 2, axis=1) + spread * rng.normal(size=(n, 2 * pairs))
    return X, X[:, ::7].sum(axis=1) + rng.normal(size=n)


@pytest.mark.parametrize("share", [1e-1, 1e-3, 1e-6])
def test_columns_that_inner_products_can_not_tell_apart(share):
    """The squares of what tells twins apart are 1e-12 of the columns', which the inner products do not hold."""
    X, y = twins()
    path = br.Model.from_arrays(X, y, penalty=br.L1()).path(n_lams=5)
    lam = share * path.lams[0]
    fits = [path.at(lam), br.Model.from_arrays(X, y, penalty=br.L1(lam)).fit()]
    assert all(fit.certificate.ok for fit in fits)
    assert fits[0].objective == pytest.approx(fits[1].objective, rel=1e-10)


def test_twins_with_signs_reach_non_negative_least_squares():
    """Against SciPy's active set, at a strength that adds less than the tolerance."""
    X, y = twins(40, 10)
    fit = br.Model.from_arrays(X, y, intercept=False, penalty=br.L1(1e-9, positive=True)).fit()
    assert fit.deviance == pytest.approx(nnls(X, y)[1] ** 2, rel=1e-9)
    assert fit.certificate.ok


def test_columns_far_from_zero_without_an_intercept_end():
    """They are one direction but for a millionth; the search cycled. Their products have a rounding of 1e-10."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(20, 30)) + 1e6 * rng.normal(size=30)
    model = br.Model.from_arrays(X, rng.normal(size=20), intercept=False, penalty=br.L1())
    path = model.path(lams=model.path(n_lams=1).lams * np.geomspace(1.0, 1e-8, 6))
    assert path.records["converged"].all()
    assert path.records["iterations"].max() < 500
    assert max(one.kkt for one in path.modes.certificates) < 1e-9


def test_full_sparse_columns_far_from_zero_are_the_dense_ones():
    """Centring in the products loses the square of mean over spread, here 12 digits."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(30, 8)) + 1e6 * np.arange(1.0, 9.0)
    y = X[:, 0] + rng.normal(size=30)
    dense, thin = (br.Model.from_arrays(Z, y, penalty=br.L1()).path(n_lams=9) for Z in (X, sparse.csc_array(X)))
    assert all(one.ok for one in thin.modes.certificates)
    np.testing.assert_allclose(thin.params.iloc[:, 1:], dense.params.iloc[:, 1:], atol=1e-6)


def test_only_full_columns_far_from_zero_are_centred():
    X = sparse.csc_array(np.column_stack([np.arange(4.0) + 100.0, [0.0, 0.0, 0.0, 3.0]]))
    moved, left = centred_full(X, np.array([101.5, 50.0]), np.ones(2))
    np.testing.assert_array_equal(moved.toarray(), np.column_stack([np.arange(4.0) - 1.5, [0.0, 0.0, 0.0, 3.0]]))
    np.testing.assert_array_equal(left, [0.0, 50.0])


def test_small_steps_of_steep_coordinates_are_steps():
    """Squares of 1e17 in the units of the columns make steps of 1e-16, which count; X'X is 1e-15 of the squares."""
    rng = np.random.default_rng(6)
    X = 1e-12 * rng.normal(size=(25, 400))
    y = 1e12 * X[:, 0] + rng.normal(size=25) + 1.0
    fit = br.Model.from_arrays(X, y, penalty=br.ElasticNet(1e-7, l1_ratio=1e-6), standardize=False).fit()
    slope = (X - X.mean(axis=0)).T @ y
    expected = np.sign(slope) * np.maximum(np.abs(slope) - 1e-13, 0.0) / (1e-7 * (1.0 - 1e-6))
    assert fit.certificate.ok
    np.testing.assert_allclose(fit.params[1:], expected, rtol=1e-10)


def test_more_flat_columns_than_rows_are_refused_before_the_grid_of_a_path():
    X = np.random.default_rng(7).normal(size=(5, 30))
    penalty = br.L1(weights=np.repeat([0.0, 1.0], 15))
    with pytest.raises(RankError, match="unpenalised columns"):
        br.Model.from_arrays(X, X[:, 0], penalty=penalty).path(n_lams=4)


def test_a_response_that_a_flat_column_explains_is_certified():
    """The objective is rounding then, and a gap of rounding is no share of it."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 6))
    y = (X[:, 0] - X[:, 0].mean()) / X[:, 0].std()
    path = br.Model.from_arrays(X, y, penalty={"x0": br.Flat(), ...: br.L1(1.0)}).path(n_lams=6)
    assert all(one.ok for one in path.modes.certificates)
    assert path.at(float(path.lams[2])).certificate.ok


def test_a_gap_beyond_rounding_counts():
    assert shares(1e-29, 1e-31, 1e-31, 1e-28) == (0.0, 0.0)
    assert shares(1e-20, 1e-31, 1e-21, 1e-28) == pytest.approx((1e11, 10.0))
    assert shares(1e-20, 0.0, 0.0, 0.0) == (np.inf, 0.0)


def test_a_constant_response_is_named():
    """The prior of sigma that nobody asked for was."""
    with pytest.raises(DataError, match=r"'y' has the same value .* dispersion=1.0"):
        br.Model.from_arrays(np.arange(6.0)[:, None], np.full(6, 2.5), penalty=br.L1(1.0))
    fit = br.Model.from_arrays(np.arange(6.0)[:, None], np.full(6, 2.5), penalty=br.L1(1.0), dispersion=1.0).fit()
    assert fit.certificate.ok
    assert fit.params.tolist() == [2.5, 0.0]


def test_a_path_with_every_coefficient_held_at_zero_is_refused():
    """No block is left, and the reason was looked for in an empty list."""
    X, y = np.arange(6.0)[:, None], np.arange(6.0) ** 2
    model = br.Model.from_arrays(X, y, intercept=False, penalty=br.L1(weights=[np.inf]))
    with pytest.raises(UnsupportedError, match="strength 0"):
        model.path()


def test_a_search_that_lowers_nothing_ends():
    """Rounding let coordinates come and go for thousands of steps; a step that lowers the objective starts anew."""
    Z = np.asfortranarray(np.random.default_rng(9).normal(size=(8, 3)))
    loss = Quadratic(Z, np.ones(8), Z[:, 0], np.zeros(3))
    search = ActiveSet(loss, np.full(3, 0.1), np.zeros(3), np.zeros(3, dtype=bool), None)
    assert [search.stalls() for _ in range(MOST_QUIET)] == [False] * MOST_QUIET
    search.g = np.array([0.1, 0.0, 0.0])
    assert [search.stalls() for _ in range(MOST_QUIET + 2)] == [False] * (MOST_QUIET + 1) + [True]
