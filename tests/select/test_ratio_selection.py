"""A strength and a share of absolute values, held to scikit-learn on the same folds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import ElasticNetCV
from sklearn.preprocessing import StandardScaler

import bayesreg as br

DATA = br.datasets.diabetes()
X, Y = DATA.drop(columns="target"), DATA["target"].to_numpy(dtype=float)
FOLDS = np.arange(442) % 5


def test_curves_and_choice_are_those_of_elastic_net_cv():
    """Tolerance: scikit-learn's stopping rule. Its strengths are those of means over the rows of a fold."""
    Z, ratios = StandardScaler().fit_transform(X), [0.2, 0.7, 1.0]
    lams = np.geomspace(20000.0, 20.0, 12)
    model = br.Model.from_arrays(Z, Y, penalty=br.ElasticNet(), standardize=False)
    found = model.select(folds=FOLDS, lams=lams, l1_ratios=ratios)
    splits = [(np.flatnonzero(k != FOLDS), np.flatnonzero(k == FOLDS)) for k in range(5)]
    other = ElasticNetCV(l1_ratio=ratios, alphas=lams / 442, cv=splits, tol=1e-12, max_iter=10**6).fit(Z, Y)
    for one, path in zip(found.selections, other.mse_path_, strict=True):
        np.testing.assert_allclose(one.scores, path, rtol=1e-6)
    assert found.l1_ratio == other.l1_ratio_
    assert found.lam == pytest.approx(442 * other.alpha_)
    np.testing.assert_allclose(found.fit.params.iloc[1:], other.coef_, rtol=1e-5, atol=1e-5)


def test_one_se_is_never_weaker_and_the_model_has_both():
    model = br.Model("target ~ elastic_net(bmi + bp + s5 + age, l1_ratio=0.3) + sex", DATA)
    best, near = (model.select(l1_ratios=(0.9, 0.1), folds=5, rule=rule) for rule in ("min", "1se"))
    assert near.l1_ratio == best.l1_ratio
    assert near.lam >= best.lam
    assert near.ratios.tolist() == [0.1, 0.9]
    assert f"l1_ratio={near.l1_ratio}" in near.model.formula
    assert near.curve["l1_ratio"].nunique() == 2
    assert near.fit.chosen is near
    assert "l1_ratio = " in near.fit.summary().header["chosen"]


def test_the_whole_choice_is_validated():
    chosen = br.Model("target ~ .", DATA, penalty=br.ElasticNet()).select(folds=4, l1_ratios=[0.2, 1.0])
    found = chosen.validate(folds=3)
    assert found.strengths["l1_ratio"].isin([0.2, 1.0]).all()
    assert len(found.strengths) == 3


def test_a_sparse_group_lasso_has_a_share():
    model = br.Model("target ~ bs(bmi, df=4) + bs(s5, df=4)", DATA, penalty=br.SparseGroupLasso())
    found = model.select(folds=3, lams=[3000.0, 300.0], l1_ratios=[0.2, 0.8])
    alone = br.Model(
        "target ~ bs(bmi, df=4) + bs(s5, df=4)", DATA, penalty=br.SparseGroupLasso(l1_ratio=found.l1_ratio)
    ).select(folds=3, lams=[3000.0, 300.0])
    np.testing.assert_allclose(found.selection.mean, alone.mean, rtol=1e-10)


def test_a_rule_of_the_model_may_choose_the_share():
    select = {"by": "cv", "folds": 4, "l1_ratios": [0.5, 1.0]}
    fit = br.Model("target ~ bmi + bp", DATA, penalty=br.ElasticNet(), select=select).fit()
    assert fit.chosen.l1_ratio in (0.5, 1.0)


def test_the_picture_has_a_line_a_share_and_the_chosen_pair():
    found = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.ElasticNet()).select(folds=4, l1_ratios=[0.2, 0.9])
    ax = found.plot().axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["l1_ratio = 0.2", "l1_ratio = 0.9"]
    assert f"l1_ratio = {found.l1_ratio:g}" in ax.get_title(loc="left")


@pytest.mark.parametrize(
    ("penalty", "given", "says"),
    [
        (br.L1(), {"l1_ratios": [0.5]}, "no penalty of"),
        (br.ElasticNet(), {"l1_ratios": [0.0, 0.5]}, "above 0 and at most 1"),
        (br.ElasticNet(), {"l1_ratios": []}, "above 0 and at most 1"),
        (br.ElasticNet(), {"l1_ratios": [0.5], "by": "bic"}, "is an option of by='cv'"),
    ],
)
def test_shares_without_a_meaning_are_refused(penalty, given, says):
    with pytest.raises(br.errors.InputError, match=says):
        br.Model("target ~ bmi + bp", DATA, penalty=penalty).select(**given)
