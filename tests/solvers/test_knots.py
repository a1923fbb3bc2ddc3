"""Knots of a Gaussian lasso path against scikit-learn's least angle regression."""

from itertools import pairwise

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import DataError, UnsupportedError
from bayesreg.objective import LogJoint

lars_path = pytest.importorskip("sklearn.linear_model").lars_path


def lars(X, y, **options):
    """Return the strengths and coefficients of outside software at its knots, in loss units."""
    X, y = X - X.mean(axis=0), y - y.mean()
    alphas, active, coefficients = lars_path(X, y, method="lasso", **options)
    return alphas * y.size, active, coefficients.T


@pytest.mark.parametrize(("n", "p"), [(60, 12), (40, 90), (30, 1600)])
def test_knots_are_those_of_least_angle_regression(n, p):
    """Both follow the same segments with sums of n products: 1e-8 of the largest strength leaves room for the worse."""
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, p)) + 0.7 * rng.normal(size=(n, 1))
    y = X[:, :3] @ [2.0, -1.0, 1.0] + rng.normal(size=n)
    lams, _, coefficients = lars(X, y)
    lowest = 0.05 * lams[0]
    model = br.Model.from_arrays(X, y, penalty=br.L1(), standardize=False)
    knots = model.path(lams=np.geomspace(1.1 * lams[0], lowest, 5)).knots()
    inside = lams[lams > lowest]
    assert len(knots) == inside.size > 5
    assert np.abs(knots.index.to_numpy() - inside).max() <= 1e-8 * lams[0]
    path = model.path(lams=knots.index)
    found = path.params.to_numpy()[:, 1:]
    assert np.abs(found - coefficients[: inside.size]).max() <= 1e-7 * np.abs(coefficients).max()
    assert path.gaps.max() <= 1e-12


def test_a_coefficient_leaves_and_the_path_is_linear_between():
    X = br.datasets.diabetes().drop(columns="target")
    y = br.datasets.diabetes()["target"]
    model = br.Model.from_arrays(X, y, penalty=br.L1())
    path = model.path(ratio=1e-4)
    knots = path.knots()
    assert knots.loc[knots["event"] == "leaves", "coefficient"].tolist() == ["s3"]
    upper, lower = knots.index[3:5]
    ends, middle = model.path(lams=[upper, lower]).params.mean(), path.at(0.5 * (upper + lower)).params
    assert np.allclose(ends, middle, rtol=1e-10, atol=1e-12)


def test_other_paths_have_no_knots():
    data = br.datasets.diabetes()
    for model in (
        br.Model("target ~ bmi + bp", data, penalty=br.ElasticNet()),
        br.Model.from_arrays(data[["bmi", "bp"]], data["target"] > 150, family="bernoulli", penalty=br.L1()),
    ):
        with pytest.raises(UnsupportedError, match="not piecewise linear"):
            model.path(n_lams=3).knots()


def test_ties_that_make_active_columns_collinear_are_named_as_the_reason():
    """Columns of -1, 0 and 1 beside a response of whole numbers: several come in at once, more than are independent."""
    rng = np.random.default_rng(108)
    n, p = rng.integers(4, 9), rng.integers(3, 10)
    X, y = rng.integers(-1, 2, size=(n, p)).astype(float), rng.integers(-2, 3, size=n).astype(float)
    model = br.Model.from_arrays(X, y, penalty=br.L1(), standardize=False)
    path = model.path(n_lams=4, ratio=0.01)
    assert path.gaps.max() <= 1e-12
    with pytest.raises(DataError, match=r"below 2 .* collinear"):
        path.knots()


def test_paths_through_ties_are_exact_and_linear_between_knots():
    """Whole numbers make ties at most knots; the mean of the modes at two knots is optimal half-way between them."""
    seen = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X, y = rng.integers(-1, 2, size=(8, 5)).astype(float), rng.integers(-2, 3, size=8).astype(float)
        if not X.std(axis=0).all() or not y.std():
            continue
        model = br.Model.from_arrays(X, y, penalty=br.L1(), standardize=False)
        path = model.path(n_lams=6, ratio=0.01)
        assert path.gaps.max() <= 1e-12
        try:
            knots = path.knots().index.to_numpy()
        except DataError:
            continue
        between = [(a, b) for a, b in pairwise(knots) if a > b * (1.0 + 1e-9)]
        for upper, lower in between:
            ends = model.path(lams=[upper, lower]).params.mean().to_numpy()
            at = LogJoint(model.design, model.loss_resolved.multiplied(0.5 * (upper + lower)))
            best = path.at(0.5 * (upper + lower)).objective
            assert at.objective(ends) == pytest.approx(best, rel=1e-11)
            seen += 1
    assert seen > 50
