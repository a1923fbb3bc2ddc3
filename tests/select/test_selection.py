"""Rules, folds, refusals, and what a selection shows."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.results.selection import place_by_rule
from bayesreg.select.folds import make_split

DATA = br.datasets.diabetes()


def lasso(**given):
    return br.Model("target ~ bmi + bp + s5 + age + s1", DATA, penalty=br.L1(), **given)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("score", ["deviance", "log_score"])
def test_one_standard_error_never_picks_the_less_regularised_side(order, score):
    lams = np.geomspace(1e4, 1e-1, 40)[::order]
    least, one = (lasso().select(rule=rule, folds=5, lams=lams, score=score) for rule in ("min", "1se"))
    assert one.lam > least.lam
    loss, place = one.sign * one.mean, one.place
    assert loss[place] <= loss[one.best] + one.se[one.best]
    assert (loss[:place] > loss[one.best] + one.se[one.best]).all()
    assert (np.diff(one.lams) < 0).all()


def test_of_equal_losses_the_strongest_penalty_is_best():
    assert place_by_rule(np.array([2.0, 1.0, 1.0]), np.zeros(3), "min") == 1
    assert place_by_rule(np.array([2.0, 1.0, 1.0]), np.zeros(3), "1se") == 1


def test_folds_keep_groups_together_and_shares_of_strata():
    design = lasso().design
    groups = np.arange(442) // 7
    codes = make_split(design, br.Folds(5, groups=groups), 0).codes
    assert all(len(set(codes[groups == g])) == 1 for g in range(64))
    strata = (np.arange(442) % 10 == 0) * 1
    codes = make_split(design, br.Folds(5, stratify=strata), 0).codes
    assert np.ptp(np.bincount(codes[strata == 1])) <= 1
    assert np.ptp(np.bincount(make_split(design, 10, 0).codes)) == 1


def test_labels_follow_the_rows_that_are_kept():
    data = DATA.head(20).copy()
    data.loc[3, "bmi"] = np.nan
    model = br.Model("target ~ bmi", data, penalty=br.L2(), missing="drop")
    codes = make_split(model.design, data["age"] > 40, 0).codes
    np.testing.assert_array_equal(codes, (data["age"] > 40).drop(index=3).astype(int))
    with pytest.raises(br.errors.DataError, match=r"20 labels for 19 rows .1 were dropped"):
        model.select(folds=np.arange(20) % 2)


def test_a_level_that_one_fold_alone_has_is_named_with_the_fold():
    data = DATA.assign(g=["rare", *["a", "b"] * 220, "a"])
    with pytest.raises(br.errors.DataError, match=r"rows of fold \d+ \(of 10\): .*level 'rare'.*stratify="):
        br.Model("target ~ g + bmi", data, penalty=br.L2()).select()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"by": "looo"}, "by='looo' is not known"),
        ({"rule": "2se"}, "rule='2se' is not known"),
        ({"fold_strength": "lam"}, "fold_strength='lam' is not known"),
        ({"by": "aic", "rule": "1se"}, "needs a standard error"),
        ({"by": "aic", "folds": 5}, "folds=5 is an option of by='cv'"),
        ({"by": "bic", "gamma": 0.5}, "gamma=0.5 is an option of by='ebic'"),
        ({"by": "ebic", "gamma": 2.0}, "from 0 .BIC. to 1"),
        ({"folds": 1}, "folds=1 is not allowed"),
        ({"folds": 443}, "more than the 442 rows"),
        ({"folds": np.zeros(442)}, "single label"),
        ({"folds": np.arange(442) % 3, "seed": 1}, "seed=1 draws folds"),
        ({"score": "auc"}, "of two classes"),
        ({"score": "r2"}, "score='r2' is not known"),
        ({"workers": 0}, "workers=0"),
        ({"lams": [-1.0]}, "not strengths"),
    ],
)
def test_arguments_without_a_meaning_are_refused(given, says):
    with pytest.raises(br.errors.InputError, match=says):
        lasso().select(**given)


def test_what_has_no_closed_form_is_refused_with_a_way_out():
    with pytest.raises(br.errors.UnsupportedError, match="Use by='cv'"):
        lasso().select("gcv")


def test_the_chosen_model_has_the_chosen_strength_wherever_it_was_written():
    data = DATA.assign(g=np.arange(442) % 4)
    model = br.Model("target ~ l1(bmi + bp) + s5 + (1 | g)", data, penalty=br.Normal(2.0))
    found = model.select(folds=4, lams=[2.0, 1.0])
    assert f"l1(bmi + bp, lam={found.lam})" in found.model.formula
    np.testing.assert_allclose(found.fit.params, model.path(lams=[found.lam]).params.iloc[0], rtol=0, atol=1e-9)
    again = found.model.select(folds=4, lams=[1.0])
    np.testing.assert_allclose(again.scores[0], found.scores[found.place], rtol=1e-9)


def test_a_selection_shows_its_rule_and_both_units():
    found = lasso().select(rule="1se", folds=5)
    text = " ".join(str(found).split())
    assert "rule: 1se" in text
    assert f"L1(lam={found.lam}" in text
    assert f"Laplace with scale {found.model.resolved.phi / found.lam:.4g}" in text
    assert "5 folds, seed 0" in text
    assert found.curve.columns.tolist() == ["lam", "mean", "se", "edf"]
    assert "smallest of the range" in " ".join(str(lasso().select(folds=5, lams=[9e3, 8e3])).split())


def test_the_picture_has_both_units():
    figure = lasso().select(rule="1se", folds=5).plot()
    labels = " ".join(ax.get_xlabel() for ax in figure.axes)
    assert "loss units" in labels
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert any("chosen" in text for text in texts)
