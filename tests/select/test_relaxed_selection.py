"""Strength and blend by cross-validation, held to cv.glmnet and to scikit-learn and statsmodels in a loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler

import bayesreg as br

STRENGTHS = np.geomspace(40.0, 0.5, 8)
"""In glmnet's units; ours are n = 442 times these."""
GLMNET = {
    0.0: [3223.037957, 3169.502558, 3063.506545, 3028.181523, 2989.458711, 2949.696534, 2963.765617, 2965.858974],
    0.5: [3795.078443, 3337.474660, 3116.586304, 3040.087861, 2982.532338, 2952.003903, 2956.157651, 2960.247927],
    1.0: [5504.637655, 3872.819103, 3303.663941, 3120.691406, 3011.231866, 2966.659604, 2955.196606, 2956.635296],
}
"""cv.glmnet(X, y, lambda = exp(seq(log(40), log(0.5), length = 8)), relax = TRUE, foldid = (0:441) %% 5 + 1,
gamma = c(0, .25, .5, .75, 1), thresh = 1e-14)$relaxed$statlist of glmnet 4.1 on the diabetes data, all columns."""


@pytest.fixture(scope="module")
def data():
    return br.datasets.diabetes()


def _fitted(data, **options):
    model = br.Model("target ~ .", data, penalty=br.L1())
    return model.relax(folds=np.arange(442) % 5, lams=STRENGTHS * 442.0, **options)


def test_curves_and_choices_are_those_of_cv_glmnet(data):
    """glmnet stops at thresh = 1e-14 of the deviance: its curves are within 1e-7 of the exact ones; asked 1e-6."""
    for rule, gamma, lam in (("min", 0.25, 1.748679), ("1se", 0.0, 21.38898)):
        found = _fitted(data, rule=rule)
        assert found.gamma == gamma
        assert found.lam / 442.0 == pytest.approx(lam, rel=1e-6)
    curves = found.curve.set_index("gamma")["mean"]
    for gamma, values in GLMNET.items():
        np.testing.assert_allclose(curves.loc[gamma], values, rtol=1e-6)


def test_scores_are_those_of_a_loop(data):
    columns, gamma = ["bmi", "bp", "s5", "age", "s1"], 0.4
    lams, codes = np.array([6000.0, 2000.0]), np.arange(442) % 3
    found = br.Model("target ~ " + " + ".join(columns), data, penalty=br.L1()).relax([gamma], codes, lams=lams)
    X, y = data[columns].to_numpy(float), data["target"].to_numpy(float)
    squared = np.zeros((2, 442))
    for fold in range(3):
        train = codes != fold
        scaler = StandardScaler().fit(X[train])
        Z, new = scaler.transform(X[train]), scaler.transform(X[~train])
        for k, lam in enumerate(lams):
            first = Lasso(lam / 442.0, tol=1e-12, max_iter=100000).fit(Z, y[train])
            inside = first.coef_ != 0.0
            second = sm.OLS(y[train], sm.add_constant(Z[:, inside])).fit().predict(sm.add_constant(new[:, inside]))
            squared[k, ~train] = (y[~train] - gamma * first.predict(new) - (1.0 - gamma) * second) ** 2
    np.testing.assert_allclose(found.mean[0], squared.mean(axis=1), rtol=1e-8)


def test_the_chosen_fit_is_the_blend_at_the_chosen_strength(data):
    found = _fitted(data)
    want = br.Model("target ~ .", data, penalty=br.L1(found.lam)).fit().relax(found.gamma)
    np.testing.assert_allclose(found.fit.params, want.params, rtol=1e-9)
    row = found.curve[(found.curve["gamma"] == found.gamma) & (found.curve["lam"] == found.lam)].iloc[0]
    assert row["mean"] == found.mean.min()
    assert row["nonzero"] == len(found.fit.active)


def test_one_standard_error_never_takes_the_less_regularised_side(data):
    best, safe = _fitted(data), _fitted(data, rule="1se")
    assert safe.lam >= best.lam
    g, k = best.place
    assert safe.mean[safe.place] <= best.mean[g, k] + best.se[g, k]


def test_two_steps_for_few_rows_and_many_columns():
    """40 rows, 500 columns: both strengths are chosen in each fold, with the same result for any number of workers."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 500))
    y = X[:, :3] @ [3.0, -2.0, 2.0] + rng.normal(size=40)
    model = br.Model.from_arrays(X, y, penalty=br.L1())
    options = {"gammas": (0.0, 1.0), "folds": 5, "lams": np.geomspace(60.0, 15.0, 6), "second": br.L2()}
    one, two = (model.relax(workers=workers, **options) for workers in (1, 2))
    np.testing.assert_array_equal(one.mean, two.mean)
    assert one.fit.second.chosen.by == "evidence"
    assert one.mean.min() < y.var()
    assert {"L2(lam=None)"} == {one.summary().header["second stage"].split(" =")[0]}


def test_saturated_second_stages_are_left_out_and_counted():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(12, 20))).add_prefix("x").assign(y=rng.normal(size=12) > 0)
    frame["y"] = frame["y"].astype(int)
    model = br.Model("y ~ .", frame, family="bernoulli", penalty=br.L1())
    found = model.relax(gammas=(0.0, 1.0), folds=br.Folds(3, stratify=frame["y"]), lams=[2.0, 0.01])
    assert np.isnan(found.mean[0, 1])
    assert np.isfinite(found.mean[1]).all()
    assert "have no unique, finite optimum" in found.how[-1]


def test_summary_and_picture(data):
    found = _fitted(data)
    assert "chosen" in str(found)
    assert "second stage" in found._repr_html_()
    ax = found.plot().get_axes()[0]
    assert ax.get_legend().get_texts()[0].get_text() == "gamma = 0"
    assert f"gamma = {found.gamma:g}" in ax.get_title(loc="left")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gammas": (0.0, 2.0)}, "gammas="),
        ({"gammas": ()}, "gammas="),
        ({"rule": "best"}, "rule='best'"),
        ({"second": br.L1()}, "is not a second stage"),
        ({"folds": np.arange(442) % 3, "seed": 4}, "leave one of them out"),
    ],
)
def test_arguments_without_a_meaning_are_refused(data, options, message):
    with pytest.raises(br.errors.InputError, match=message):
        br.Model("target ~ bmi + bp", data, penalty=br.L1()).relax(**options)
