"""Honest performance, held to scikit-learn's and statsmodels' numbers and to loops written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br
from bayesreg.families import Gaussian
from bayesreg.select.validation.recalibration import recalibrate

TERMS = ["bmi", "bp", "s5", "age", "s1", "s2"]


@pytest.fixture(scope="module")
def data():
    return br.datasets.diabetes()


@pytest.fixture(scope="module")
def risk(data):
    model = br.Model(
        "I(target > 150) ~ C(sex) + bmi + bp + s5",
        data,
        family="bernoulli",
        penalty=br.L2(),
        select={"by": "evidence"},
    )
    return model.fit().validate(folds=br.Folds(5, stratify=data["target"] > 150))


def test_nested_lasso_is_a_loop_around_lassocv(data):
    """Both choose among 12 strengths in 4 folds inside each of 5; a tie between strengths is the only freedom."""
    n, rng = len(data), np.random.default_rng(0)
    outer = rng.permutation(np.arange(n) % 5)
    inner = rng.permutation(np.arange(n) % 4)
    lams = np.geomspace(20000.0, 30.0, 12)
    model = br.Model("target ~ " + " + ".join(TERMS), data, penalty=br.L1())
    found = model.select(folds=inner, lams=lams).validate(folds=outer)
    X, y = data[TERMS].to_numpy(float), data["target"].to_numpy(float)
    predicted = np.empty(n)
    for fold in range(5):
        train = outer != fold
        share = train.mean()
        errors = np.zeros((4, lams.size))
        for k in range(4):
            fit, held = train & (inner != k), train & (inner == k)
            # scikit-learn's alpha is lam / n on the standardised columns of the rows that it is given.
            alphas = lams * share * (fit.sum() / train.sum()) / fit.sum()
            for j, alpha in enumerate(alphas):
                peer = make_pipeline(StandardScaler(), _lasso(alpha)).fit(X[fit], y[fit])
                errors[k, j] = mean_squared_error(y[held], peer.predict(X[held])) * held.sum()
        best = int(np.argmin(errors.sum(axis=0)))
        peer = make_pipeline(StandardScaler(), _lasso(lams[best] * share / train.sum())).fit(X[train], y[train])
        predicted[~train] = peer.predict(X[~train])
        assert found.strengths["lam"].iloc[fold] == pytest.approx(lams[best] * share, rel=1e-12)
    np.testing.assert_allclose(found.predictions["mean"], predicted, rtol=1e-6)  # scikit-learn stops at tol=1e-10
    corrected = found.frame["corrected"]
    assert corrected["mse"] == pytest.approx(mean_squared_error(y, predicted), rel=1e-6)
    assert corrected["r2"] == pytest.approx(r2_score(y, predicted), rel=1e-6)
    assert corrected["mae"] == pytest.approx(mean_absolute_error(y, predicted), rel=1e-6)


def _lasso(alpha):
    from sklearn.linear_model import Lasso

    return Lasso(alpha=alpha, tol=1e-10, max_iter=100000)


def test_a_given_strength_is_cross_val_predict(data):
    """A strength of 500 for all rows is 500 times the share of those that are learned from."""
    codes = np.arange(len(data)) % 4
    fit = br.Model("target ~ " + " + ".join(TERMS), data, penalty=br.L1(500.0)).fit()
    peer = make_pipeline(StandardScaler(), _lasso(500.0 / len(data)))
    want = cross_val_predict(peer, data[TERMS], data["target"], cv=PredefinedSplit(codes))
    np.testing.assert_allclose(fit.validate(folds=codes).predictions["mean"], want, rtol=1e-6)


def test_measures_of_classes_are_scikit_learns_and_statsmodels(risk):
    rows, got = risk.predictions, risk.frame["corrected"]
    y, p, eta = rows["response"], rows["mean"], rows["link"]
    assert got["auc"] == pytest.approx(roc_auc_score(y, p), rel=1e-12)
    assert got["brier"] == pytest.approx(brier_score_loss(y, p), rel=1e-12)
    assert got["deviance"] == pytest.approx(2.0 * log_loss(y, p), rel=1e-12)
    assert got["log_score"] == pytest.approx(-log_loss(y, p), rel=1e-12)
    logit = sm.GLM(y, sm.add_constant(eta), family=sm.families.Binomial()).fit(tol=1e-14)
    large = sm.GLM(y, np.ones(len(y)), offset=eta, family=sm.families.Binomial()).fit(tol=1e-14)
    assert got["calibration_slope"] == pytest.approx(logit.params["link"], rel=1e-8)
    assert got["calibration_intercept"] == pytest.approx(large.params.iloc[0], abs=1e-8)


def test_standard_errors_are_the_jackknife_over_folds(risk):
    rows = risk.predictions
    without = [
        roc_auc_score(*rows.loc[rows["fold"] != fold, ["response", "mean"]].to_numpy().T)
        for fold in rows["fold"].unique()
    ]
    want = np.sqrt(4.0 / 5.0 * np.sum((np.array(without) - np.mean(without)) ** 2))
    assert risk.frame.loc["auc", "se"] == pytest.approx(want, rel=1e-10)


def test_the_standard_error_of_a_mean_is_that_of_fold_means(data):
    """For folds of one size the jackknife is the textbook sd / sqrt(K)."""
    model = br.Model("target ~ bmi + bp", data.iloc[:440], penalty=br.L2(5.0))
    found = model.fit().validate(folds=np.arange(440) % 8)
    rows = found.predictions
    means = ((rows["response"] - rows["mean"]) ** 2).groupby(rows["fold"]).mean()
    assert found.frame.loc["mse", "se"] == pytest.approx(means.std() / np.sqrt(8.0), rel=1e-10)


def test_calibration_groups_are_means_of_the_rows(risk):
    table, rows = risk.calibration, risk.predictions
    assert len(table) == 10
    assert table["weight"].sum() == len(rows)
    first = rows.nsmallest(int(table["weight"].iloc[0]), "mean")
    assert table["predicted"].iloc[0] == pytest.approx(first["mean"].mean(), rel=1e-12)
    assert table["observed"].iloc[0] == pytest.approx(first["response"].mean(), rel=1e-12)


def test_choosing_from_noise_is_found_out():
    """60 rows of noise on 25 columns: the fit seems to explain much, and explains nothing."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(60, 25))).add_prefix("x").assign(y=rng.normal(size=60))
    fit = br.Model("y ~ .", frame, penalty=br.L1(), select="aic").fit()
    for honest in (fit.validate(folds=6), fit.validate("bootstrap", replicates=20)):
        row = honest.frame.loc["r2"]
        assert row["apparent"] > 0.15
        assert row["corrected"] < 0.0


def test_a_replicate_without_a_dispersion_lacks_the_log_score_alone():
    """80 columns explain the 38 or so distinct rows of a replicate; the lasso's mode does not depend on phi."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 80))).add_prefix("x")
    frame["y"] = frame["x1"] + rng.normal(size=60)
    fit = br.Model("y ~ .", frame, penalty=br.L1(), select={"by": "cv", "folds": 4}).fit()
    found = fit.validate("bootstrap", replicates=3)
    assert found.frame.index[found.frame["corrected"].isna()].tolist() == ["log_score"]
    assert "lack a measure" in found.how[-1]


def test_optimism_is_that_of_a_loop(data):
    """Harrell's loop with ridge's closed form; the rows are drawn by the documented generator."""
    frame, lam, seed = data.iloc[:80], 30.0, 7
    found = (
        br.Model("target ~ bmi + bp + s5", frame, penalty=br.L2(lam))
        .fit()
        .validate("bootstrap", replicates=5, seed=seed)
    )
    X, y = frame[["bmi", "bp", "s5"]].to_numpy(float), frame["target"].to_numpy(float)
    flattery = []
    for one in np.random.SeedSequence(seed).spawn(5):
        rows = np.random.default_rng(one).integers(80, size=80)
        predict = _ridge(X[rows], y[rows], lam)
        flattery.append(mean_squared_error(y[rows], predict(X[rows])) - mean_squared_error(y, predict(X)))
    apparent = mean_squared_error(y, _ridge(X, y, lam)(X))
    assert found.frame.loc["mse", "apparent"] == pytest.approx(apparent, rel=1e-10)
    assert found.frame.loc["mse", "optimism"] == pytest.approx(np.mean(flattery), rel=1e-9)
    assert found.frame.loc["mse", "corrected"] == pytest.approx(apparent - np.mean(flattery), rel=1e-9)


def _ridge(X, y, lam):
    middle, sd = X.mean(axis=0), X.std(axis=0)
    Z = (X - middle) / sd
    beta = np.linalg.solve(Z.T @ Z + lam * np.eye(X.shape[1]), Z.T @ (y - y.mean()))
    return lambda new: y.mean() + (new - middle) / sd @ beta


@pytest.mark.parametrize("method", ["cv", "bootstrap"])
def test_workers_do_not_change_a_bit(data, method):
    fit = br.Model("target ~ bmi + bp + s5", data, penalty=br.L1(), select="bic").fit()
    options = {"folds": 3} if method == "cv" else {"replicates": 4}
    one, two = (fit.validate(method, workers=workers, **options) for workers in (1, 2))
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)
    pd.testing.assert_frame_equal(one.strengths, two.strengths, check_exact=True)


def test_copies_of_a_row_are_left_out_together_inside_a_replicate(data):
    from bayesreg.design import learn_again
    from bayesreg.select.folds import folds_of_rows, make_split

    model = br.Model("target ~ bmi", data, penalty=br.L1())
    rows = np.sort(np.random.default_rng(1).integers(len(data), size=len(data)))
    for folds in (5, br.Folds(5), br.Folds(5, groups=np.arange(442) // 2), br.Folds(5, stratify=data["sex"])):
        inner, seeded = folds_of_rows(model.design, folds, rows)
        codes = make_split(learn_again(model.design, rows), inner, 3 if seeded else 0).codes
        assert pd.Series(codes).groupby(rows).nunique().max() == 1
        assert np.unique(codes).size == 5


def test_strata_and_groups_of_a_bootstrap(data):
    fit = br.Model("target ~ bmi + C(sex)", data, penalty=br.L2(1.0)).fit()
    for folds in (br.Folds(stratify=data["sex"]), br.Folds(groups=np.arange(442) // 2)):
        assert fit.validate("bootstrap", folds=folds, replicates=3).frame["corrected"].notna().all()


@pytest.mark.parametrize(
    ("formula", "family", "penalty"),
    [
        ("visits ~ physical_limit + chronic + log_coinsurance", "poisson", br.L1()),
        ("visits ~ physical_limit + chronic + log_coinsurance", "negative_binomial", br.L2(3.0)),
        ("visits ~ physical_limit + chronic", "student_t", br.L2(3.0)),
    ],
)
def test_other_families(formula, family, penalty):
    visits = br.datasets.doctor_visits().iloc[:400]
    fit = br.Model(formula, visits, family=family, penalty=penalty, select="bic").fit()
    found = fit.validate(folds=3)
    assert np.isfinite(found.frame.to_numpy()).all()
    assert found.uncertified == 0


def test_several_strengths_are_chosen_again_in_each_fold():
    data = br.datasets.penguins().dropna()
    fit = br.Model("body_mass_g ~ l2(flipper_length_mm + bill_length_mm) + (1 | species)", data).fit()
    found = fit.validate(folds=br.Folds(3, stratify=data["species"]))
    assert [name for name in found.strengths if name.startswith("lam")] == [
        f"lam[{one}]" for one in fit.chosen.lams.index
    ]


def test_a_point_of_a_path_is_validated_at_its_strength(data):
    path = br.Model("target ~ bmi + bp + s5", data, penalty=br.L1()).path(n_lams=3)
    point = path.at(500.0)
    given = br.Model("target ~ bmi + bp + s5", data, penalty=br.L1(500.0)).fit()
    pd.testing.assert_frame_equal(point.validate(folds=4).frame, given.validate(folds=4).frame, rtol=1e-8)


def test_inclusion_is_the_share_of_fits_with_a_coefficient(data):
    found = br.Model("target ~ " + " + ".join(TERMS), data, penalty=br.L1(3000.0)).fit().validate(folds=5)
    assert found.inclusion["bmi"] == 1.0
    assert found.inclusion.sum() * 5 == found.strengths["active"].sum()


def test_summary_and_picture(risk):
    text = str(risk)
    assert "nested cross-validation" in text
    assert "chosen anew: evidence" in text
    assert risk.plot().get_axes()[0].get_ylabel() == "observed mean"
    assert "Performance" in risk._repr_html_()


def test_recalibration_without_a_finite_maximum_is_nan():
    family = br.Model(
        "y ~ x", {"y": [0, 1, 0, 1], "x": [1.0, 2.0, 3.0, 4.0]}, family="bernoulli"
    ).loss_resolved.likelihood
    y, eta = np.array([0.0, 0.0, 1.0, 1.0]), np.array([-2.0, -1.0, 1.0, 2.0])
    assert np.isnan(recalibrate(family, y, eta, np.ones(4), slope=True)[1])
    assert np.isnan(recalibrate(Gaussian(), y, np.zeros(4), np.ones(4), slope=True)[1])


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("jackknife", {}, "method='jackknife' is not known"),
        ("cv", {"replicates": 50}, "replicates=50 is an option of method='bootstrap'"),
        ("bootstrap", {"repeats": 2}, "repeats=2 is an option of method='cv'"),
        ("bootstrap", {"folds": 5}, "folds=5 is no option of method='bootstrap'"),
        ("cv", {"folds": np.arange(442) % 3, "repeats": 2}, "would repeat the same folds"),
        ("cv", {"fold_strength": "same"}, "fold_strength='same' is not known"),
        ("cv", {"folds": 500}, "folds=500 is more than the 442 rows"),
    ],
)
def test_arguments_without_a_meaning_are_refused(data, method, options, message):
    fit = br.Model("target ~ bmi", data, penalty=br.L2(1.0)).fit()
    with pytest.raises(br.errors.InputError, match=message):
        fit.validate(method, **options)
