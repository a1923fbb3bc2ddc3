"""Leave-one-out from the modes of all rows, held to refits without each row by scikit-learn and by the package."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LogisticRegression

import bayesreg as br
from bayesreg.select.left_out_rows import LeaveOneOut

DATA = br.datasets.diabetes()
ROWS = 60
"""Of the data, so that every row can be refitted."""


def _scaled(columns=10, rows=ROWS, seed=0):
    """Return standardised columns, noise beyond the ten of the data, and the response."""
    X = DATA.drop(columns="target").to_numpy(dtype=float)[:rows]
    more = np.random.default_rng(seed).normal(size=(rows, max(columns - X.shape[1], 0)))
    X = np.hstack([X, more])
    return (X - X.mean(axis=0)) / X.std(axis=0), DATA["target"].to_numpy(dtype=float)[:rows]


def _left(model, lam):
    path = model.path(lams=[lam])
    return LeaveOneOut(model.design, model.loss_resolved, path.modes)


def _refits(X, y, lam):
    """Return the squared errors of rows without themselves; the strength is that of a sum over rows."""
    found = np.empty(y.size)
    for i in range(y.size):
        kept = np.arange(y.size) != i
        other = Lasso(alpha=lam / (y.size - 1), tol=1e-14, max_iter=10**6).fit(X[kept], y[kept])
        found[i] = (y[i] - other.predict(X[[i]])[0]) ** 2
    return found


@pytest.mark.parametrize(("columns", "lam"), [(10, 200.0), (10, 20.0), (90, 900.0)])
def test_where_signs_stay_it_is_the_refit_and_the_check_refits_the_others(columns, lam):
    """Tolerance: scikit-learn's stopping rule; rows whose signs change are off by far more."""
    X, y = _scaled(columns)
    left = _left(br.Model.from_arrays(X, y, penalty=br.L1()), lam)
    loss, exact, changed = left.loss(0), _refits(X, y, lam), left._left[0].changed
    assert (~changed).sum() > 0
    np.testing.assert_allclose(loss[~changed], exact[~changed], rtol=1e-6, atol=1e-6 * exact.mean())
    if changed.any():
        assert np.abs(loss[changed] / exact[changed] - 1.0).max() > 1e-3
    check = left.check(0)
    assert (check.changed, check.refitted, check.rows) == (changed.sum(), changed.sum(), ROWS)
    assert check.mean == pytest.approx(exact.mean(), rel=1e-7)


def test_elastic_net_and_positive_coefficients_are_refits_too():
    X, y = _scaled()
    for law in (br.ElasticNet(l1_ratio=0.4), br.L1(positive=True)):
        model = br.Model.from_arrays(X, y, penalty=law)
        left = _left(model, 100.0)
        other = model.select(folds=ROWS, fold_strength="prior", lams=[100.0], seed=0)
        kept = ~left._left[0].changed
        assert kept.sum() > ROWS / 2
        # folds learn means and scales again, so that their mean is near and not the same
        assert left.check(0).mean == pytest.approx(other.mean[0], rel=0.03)
        for i in np.flatnonzero(kept)[:10]:
            assert left._refitted(0, int(i)) == pytest.approx(left.loss(0)[i], rel=1e-8, abs=1e-6)


def test_counted_rows_are_left_out_one_copy_at_a_time():
    X, y = _scaled()
    counts = np.random.default_rng(1).integers(1, 4, ROWS)
    weighed = br.Model.from_arrays(X, y, penalty=br.L1(), weights=br.Weights(counts, "frequency"), standardize=False)
    long = br.Model.from_arrays(np.repeat(X, counts, axis=0), np.repeat(y, counts), penalty=br.L1(), standardize=False)
    few, many = _left(weighed, 150.0), _left(long, 150.0)
    assert few.mean[0] == pytest.approx(many.mean[0], rel=1e-10)
    assert few.se[0] == pytest.approx(many.se[0], rel=1e-10)


def test_logistic_rows_are_near_their_refits():
    """One Newton step: the mean is within a tenth of a standard error of scikit-learn's refits."""
    X, y = _scaled(rows=120)
    y = (y > 140.0).astype(float)
    left = _left(br.Model.from_arrays(X, y, family="bernoulli", penalty=br.L1()), 2.0)
    exact = np.empty(y.size)
    for i in range(y.size):
        kept = np.arange(y.size) != i
        other = LogisticRegression(l1_ratio=1.0, C=0.5, solver="saga", tol=1e-8, max_iter=10**5).fit(X[kept], y[kept])
        exact[i] = -2.0 * other.predict_log_proba(X[[i]])[0, int(y[i])]
    assert abs(left.mean[0] - exact.mean()) < 0.1 * left.se[0]
    near = abs(left.check(0).mean - exact.mean())
    assert near < abs(left.mean[0] - exact.mean())
    worst = int(np.argmax(left._left[0].step))
    assert left._refitted(0, worst) == pytest.approx(exact[worst], rel=1e-4)


def test_a_logistic_ridge_has_it_too():
    chosen = br.Model("I(target > 150) ~ bmi + bp + s5", DATA, family="bernoulli", penalty=br.L2()).select("loo")
    refits = chosen.asked.select(folds=442, fold_strength="prior", lams=[chosen.lam])
    assert chosen.mean[chosen.place] == pytest.approx(refits.mean[0], rel=1e-3)


def test_the_curve_is_that_of_all_folds_and_one_se_is_never_weaker():
    model = br.Model("target ~ bmi + bp + s5 + age + s1", DATA, penalty=br.L1())
    best, near = model.select("loo"), model.select("loo", rule="1se")
    folds = model.select(folds=442, fold_strength="prior")
    np.testing.assert_allclose(best.mean, folds.mean, rtol=5e-3)
    np.testing.assert_allclose(best.se, folds.se, rtol=1e-2)
    assert near.lam > best.lam
    assert near.mean[near.place] <= best.mean[best.place] + best.se[best.place]
    text = " ".join(str(near).split())
    assert "approximate" in text
    assert text.count("Check at lam") == 2


def test_a_bad_approximation_says_so():
    X, y = _scaled(400, 40)
    text = " ".join(br.Model.from_arrays(X, y, penalty=br.L1()).select("loo", lams=[60.0, 50.0]).how)
    assert "use by='cv' with folds=<number of rows>" in text


@pytest.mark.parametrize(
    "options",
    [{"penalty": br.GroupLasso()}, {"penalty": br.MCP()}, {"penalty": br.L1(), "family": "student_t"}],
)
def test_others_are_refused_with_a_way_out(options):
    with pytest.raises(br.errors.UnsupportedError, match="Use by='cv'"):
        br.Model("target ~ bmi + bp", DATA, **options).select("loo")
