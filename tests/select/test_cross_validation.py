"""Cross-validation curves against loops over folds of other packages, and against refits by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import Lasso, LassoCV, LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import PredefinedSplit

import bayesreg as br


def problem(n=60, p=8, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 3.0, p) + 1.0
    eta = 0.8 * X[:, 0] - 0.5 * X[:, 1]
    return X, eta + rng.standard_normal(n), rng.integers(0, 4, n), rng


def glmnet_mean(folds, weights):
    """Restate `cv.glmnet`: folds count by their weights; ``cvsd = sqrt(weighted mean of squares / (K - 1))``."""
    mean = np.average(folds, axis=1, weights=weights)
    spread = np.average((folds - mean[:, None]) ** 2, axis=1, weights=weights)
    return mean, np.sqrt(spread / (len(weights) - 1))


def test_a_lasso_is_scored_as_lasso_cv_and_cv_glmnet_do():
    X, y, labels, _ = problem()
    lams = np.array([30.0, 10.0, 3.0, 1.0, 0.3])
    other = LassoCV(alphas=lams / 60, cv=PredefinedSplit(labels), tol=1e-14, max_iter=100_000).fit(X, y)
    model = br.Model.from_arrays(X, y, penalty=br.L1(), standardize=False)
    found = model.select(folds=labels, lams=lams[::-1])
    np.testing.assert_allclose(found.scores, other.mse_path_, rtol=1e-7)  # its tolerance, on squares of residuals
    mean, se = glmnet_mean(other.mse_path_, np.bincount(labels))
    np.testing.assert_allclose(found.mean, mean, rtol=1e-7)
    np.testing.assert_allclose(found.se, se, rtol=1e-6)
    assert found.lam == lams[found.mean.argmin()]
    np.testing.assert_allclose(found.fit.params, model.path(lams=[found.lam]).params.iloc[0], rtol=0, atol=1e-11)


@pytest.mark.parametrize("strength", ["per_row", "prior"])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csc_array])
def test_columns_are_standardized_again_in_each_fold(kind, strength):
    X, y, labels, rng = problem()
    w = rng.uniform(0.5, 2.0, 60)
    given = {"penalty": br.L1(), "weights": br.Weights(w, kind="precision"), "dispersion": 1.0}
    found = br.Model.from_arrays(kind(X), y, **given).select(folds=labels, lams=[20.0, 5.0], fold_strength=strength)
    expected = np.empty((2, 4))
    for k, lam in enumerate((20.0, 5.0)):
        for f in range(4):
            train, held = labels != f, labels == f
            share = w[train].sum() / w.sum() if strength == "per_row" else 1.0
            center = np.average(X[train], axis=0, weights=w[train])
            sd = np.sqrt(np.average((X[train] - center) ** 2, axis=0, weights=w[train]))
            fit = Lasso(alpha=share * lam / w[train].sum(), tol=1e-14, max_iter=100_000)
            fit.fit((X[train] - center) / sd, y[train], sample_weight=w[train])
            away = y[held] - fit.predict((X[held] - center) / sd)
            expected[k, f] = np.average(away**2, weights=w[held])
    np.testing.assert_allclose(found.scores, expected, rtol=1e-7)
    sums = np.bincount(labels, weights=w)
    np.testing.assert_allclose(found.mean, glmnet_mean(expected, sums)[0], rtol=1e-7)


def test_logistic_ridge_is_scored_as_a_loop_over_scikit_learn():
    X, eta, labels, rng = problem()
    y = (eta + 0.5 * rng.standard_normal(60) > eta.mean()).astype(float)
    lams = [10.0, 1.0]
    model = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.L2(), standardize=False)
    found = {
        name: model.select(folds=labels, lams=lams, score=name) for name in ("deviance", "auc", "brier", "log_score")
    }
    for k, lam in enumerate(lams):
        for f in range(4):
            train, held = labels != f, labels == f
            fit = LogisticRegression(C=1.0 / (lam * train.mean()), tol=1e-12, max_iter=10_000).fit(X[train], y[train])
            prob = fit.predict_proba(X[held])[:, 1]
            log = np.log(np.where(y[held] == 1.0, prob, 1.0 - prob)).mean()
            for name, value in (
                ("deviance", -2.0 * log),
                ("log_score", log),
                ("auc", roc_auc_score(y[held], prob)),
                ("brier", ((y[held] - prob) ** 2).mean()),
            ):
                assert found[name].scores[k, f] == pytest.approx(value, rel=1e-5), name  # its solver's digits
    assert found["auc"].lam == lams[int(found["auc"].mean.argmax())]


def test_splines_and_levels_are_learned_inside_the_folds():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"x": rng.uniform(0, 1, 90), "g": rng.choice(["a", "b", "c"], 90), "z": rng.normal(size=90)})
    data["y"] = np.sin(6 * data["x"]) + (data["g"] == "b") + rng.normal(size=90) * 0.3
    formula = "y ~ smooth(cr(x, df=6)) + group(C(g) + z:C(g)) + scale(z)"
    labels = rng.integers(0, 3, 90)
    found = br.Model(formula, data, penalty=br.L1()).select(folds=labels, lams=[4.0, 1.0])
    for f in range(3):
        train, held = data[labels != f].reset_index(drop=True), data[labels == f]
        share = len(train) / 90
        path = br.Model(formula, train, penalty=br.L1()).path(lams=[4.0 * share, 1.0 * share])
        for k in range(2):
            away = held["y"] - path.at(path.lams[k]).predict(held)
            assert found.scores[k, f] == pytest.approx(float((away**2).mean()), rel=1e-7)


def test_offsets_of_a_poisson_model_are_those_of_the_rows():
    rng = np.random.default_rng(6)
    x, t = rng.normal(size=80), rng.uniform(0.5, 3.0, 80)
    data = {"x": x, "z": rng.normal(size=80), "y": rng.poisson(t * np.exp(0.4 * x)), "logt": np.log(t)}
    frame, labels = pd.DataFrame(data), np.arange(80) % 4
    found = br.Model("y ~ x + z", frame, family="poisson", penalty=br.L2(), offset="logt").select(
        folds=labels, lams=[2.0]
    )
    for f in range(4):
        train, held = frame[labels != f].reset_index(drop=True), frame[labels == f]
        fit = br.Model("y ~ x + z", train, family="poisson", penalty=br.L2(1.5), offset="logt").fit()
        mean, y = fit.predict(held).to_numpy(), held["y"].to_numpy()
        each = np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mean), 0.0) - (y - mean)
        assert found.scores[0, f] == pytest.approx(2.0 * each.mean(), rel=1e-8)


def test_a_b_spline_reaches_rows_beyond_the_others():
    """The row with the largest value is left out by some fold; `bs` alone refuses values beyond its bounds."""
    data = br.datasets.diabetes().iloc[:80]
    found = br.Model("target ~ smooth(bs(bmi, df=6)) + age", data, penalty=br.L2(1.0)).select(folds=4, lams=[3.0])
    assert np.isfinite(found.mean).all()


def test_the_same_seed_gives_the_same_numbers_for_any_workers():
    model = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.L1())
    one, two = (model.select(folds=4, seed=3, workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(one.scores, two.scores)
    assert not np.array_equal(one.scores, model.select(folds=4, seed=4).scores)


def test_leaving_each_row_out_is_n_refits():
    data = br.datasets.diabetes().iloc[:25]
    model = br.Model("target ~ bmi + bp", data, penalty=br.L2(), standardize=False, dispersion=1.0)
    exact = model.select("loo", lams=[30.0, 3.0])
    refits = model.select(folds=np.arange(25), lams=[30.0, 3.0], fold_strength="prior")
    np.testing.assert_allclose(exact.mean, refits.mean, rtol=1e-10)
    np.testing.assert_allclose(exact.se, refits.se, rtol=1e-10)
    X, y = data[["bmi", "bp"]].to_numpy(), data["target"].to_numpy()
    for k, lam in enumerate((30.0, 3.0)):
        each = [
            (y[i] - Ridge(alpha=lam).fit(np.delete(X, i, 0), np.delete(y, i)).predict(X[[i]])[0]) ** 2
            for i in range(25)
        ]
        assert exact.mean[k] == pytest.approx(np.mean(each), rel=1e-10)


def test_the_users_score_is_averaged_by_the_weights():
    X, y, labels, rng = problem()
    w = br.Weights(rng.integers(1, 4, 60), kind="frequency")
    model = br.Model.from_arrays(X, y, penalty=br.L1(), weights=w)
    mine = model.select(folds=labels, lams=[9.0, 3.0], score=lambda y, mean: np.abs(y - mean))
    np.testing.assert_allclose(mine.scores, model.select(folds=labels, lams=[9.0, 3.0], score="mae").scores, rtol=1e-13)
    with pytest.raises(br.errors.InputError, match="return one number a row"):
        model.select(folds=labels, lams=[9.0], score=lambda y, mean: 1.0)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csc_array])
@pytest.mark.parametrize("penalty", [br.L1(), br.L2()])
def test_a_column_that_is_constant_without_a_fold_is_at_zero_there(kind, penalty):
    """As glmnet has it; such columns are common in sparse designs."""
    X, y, labels, _ = problem()
    rare = np.zeros((60, 1))
    rare[np.flatnonzero(labels == 2)[0]] = 1.0
    with_rare, without = (
        br.Model.from_arrays(kind(A), y, penalty=penalty).select(folds=labels, lams=[2.0]).scores[0]
        for A in (np.hstack([X, rare]), X)
    )
    assert with_rare[2] == pytest.approx(without[2], rel=1e-10)
    assert abs(with_rare[1] - without[1]) > 1e-6


def test_groups_are_made_orthonormal_again_in_each_fold():
    """Block descent on the definition: in the columns of a group made orthonormal each step has a closed form."""
    X, y, labels, _ = problem()
    names = [f"{g}{j}" for g in "abcd" for j in range(2)]
    data = pd.DataFrame(X, columns=names).assign(y=y)
    formula = "y ~ " + " + ".join(f"group({g}0 + {g}1)" for g in "abcd")
    found = br.Model(formula, data).select(folds=labels, lams=[6.0])
    for f in range(4):
        train, held = labels != f, labels == f
        m = int(train.sum())
        center, level = X[train].mean(axis=0), y[train].mean()
        Z, b = X[train] - center, np.zeros(8)
        for _ in range(200):
            for g in range(4):
                at = slice(2 * g, 2 * g + 2)
                Q, R = np.linalg.qr(Z[:, at])
                pull = Q.T @ (y[train] - level - Z @ b + Z[:, at] @ b[at]) / np.sqrt(m)
                shrunk = max(0.0, 1.0 - 6.0 * m / 60 * np.sqrt(2.0) / m / np.linalg.norm(pull))
                b[at] = np.linalg.solve(R / np.sqrt(m), shrunk * pull)
        away = y[held] - level - (X[held] - center) @ b
        assert found.scores[0, f] == pytest.approx(np.mean(away**2), rel=1e-8)
