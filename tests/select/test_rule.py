"""What `fit` does with strengths that were left open."""

from __future__ import annotations

import numpy as np
import pytest

import bayesreg as br
from bayesreg.results.components import Components

FORMULA = "target ~ bmi + bp + s5 + age + s1"


def _model(penalty, select=None, **options):
    return br.Model(FORMULA, br.datasets.diabetes(), penalty=penalty, select=select, **options)


@pytest.mark.parametrize(
    ("penalty", "by"), [(br.L1(), "cv"), (br.ElasticNet(), "cv"), (br.L2(), "evidence"), ({"bmi": br.L2()}, "evidence")]
)
def test_the_default_rule_is_the_evidence_where_it_is_known(penalty, by):
    model = _model(penalty)
    assert model.rule == {"by": by}
    fit, chosen = model.fit(), model.select(by=by)
    np.testing.assert_array_equal(fit.params, chosen.fit.params)
    assert fit.chosen.lam == chosen.lam
    assert f"by {by}" in fit.summary().header["chosen"]


@pytest.mark.parametrize("select", ["bic", {"by": "bic"}, {"by": "cv", "rule": "1se", "folds": 4, "seed": 3}])
def test_a_rule_of_the_model_is_the_verb_with_its_arguments(select):
    fit = _model(br.L1(), select).fit()
    arguments = {"by": select} if isinstance(select, str) else select
    assert fit.chosen.lam == _model(br.L1()).select(**arguments).lam


def test_several_open_ridge_blocks_have_their_own_strengths():
    fit = _model({"bmi + bp": br.L2(), ...: br.L2()}).fit()
    assert isinstance(fit.chosen, Components)
    assert "each its own" in fit.summary().header["chosen"]


def test_a_given_strength_is_not_chosen():
    fit = _model(br.L1(5.0), "cv").fit()
    assert fit.chosen is None
    assert "chosen" not in fit.summary().header


def test_other_verbs_do_not_use_the_rule():
    model, plain = _model(br.L2(), "cv"), _model(br.L2())
    np.testing.assert_array_equal(model.path().params, plain.path().params)
    assert model.select(by="loo").by == "loo"
    assert "scale" in model.sample(50, seed=1).tree["posterior"]


def test_a_chosen_fit_samples_at_its_strength():
    fit = _model(br.L2()).fit()
    assert "scale" not in fit.sample(50, seed=1).tree["posterior"]


def test_matrices_take_a_rule_too():
    X, y = br.datasets.diabetes()[["bmi", "bp"]], br.datasets.diabetes()["target"]
    assert br.Model.from_arrays(X, y, penalty=br.L1(), select="aic").fit().chosen.by == "aic"


def test_strengths_that_move_together_say_so():
    chosen = _model({"bmi": br.L1(50.0), ...: br.L1()}).fit().chosen
    assert any("moved by one factor, given ones too" in note for note in chosen.summary().notes)
    assert not any("moved by one factor" in note for note in _model(br.L1()).fit().chosen.summary().notes)
