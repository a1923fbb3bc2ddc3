"""`inflation`: two posteriors of one model that differ by the strength alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.results.differences import differences

DATA = br.datasets.diabetes()
FORMULA = "target ~ bmi + bp + s5 + s1"


def model(penalty: Any, formula: str = FORMULA, data: Any = DATA, **options: Any) -> Any:
    return br.Model(formula, data, penalty=penalty, **options)


@pytest.fixture(scope="module")
def pair() -> tuple[Any, Any]:
    return model(br.L1(500.0)).sample(250, seed=1), model(br.L1()).sample(250, seed=2)


@pytest.fixture(scope="module")
def found(pair: tuple[Any, Any]) -> Any:
    return br.inflation(*pair, level=0.9)


def test_ratios_are_those_of_the_draws(found: Any, pair: tuple[Any, Any]) -> None:
    flat = [np.asarray(one.tree["posterior"]["beta"]).reshape(-1, 5) for one in pair]
    width = [np.subtract(*np.quantile(draws, [0.95, 0.05], axis=0)) for draws in flat]
    np.testing.assert_allclose(found.frame["width_ratio"], width[1] / width[0], rtol=1e-12)
    sd = [draws.std(axis=0, ddof=1) for draws in flat]
    np.testing.assert_allclose(found.frame["sd_ratio"], sd[1] / sd[0], rtol=1e-12)
    np.testing.assert_allclose(found.frame["given_mean"], flat[0].mean(axis=0), rtol=1e-12)
    pd.testing.assert_series_equal(found.frame["learned_lower"], pair[1].interval(0.9)["lower"], check_names=False)
    penalised = found.frame.loc[["bmi", "bp", "s5", "s1"], ["width_ratio", "sd_ratio"]]
    pd.testing.assert_series_equal(found.median, penalised.median())
    assert found.frame["learns"].tolist() == [False, True, True, True, True]


def test_the_monte_carlo_error_is_that_of_sds(found: Any, pair: tuple[Any, Any]) -> None:
    ess = [one.summary().frame["ess_bulk"].min() for one in pair]
    assert found.error == pytest.approx(np.sqrt(0.5 / ess[0] + 0.5 / ess[1]))
    assert 0.005 < found.error < 0.2


def test_the_summary_tells_strength_error_and_unit(found: Any) -> None:
    text = str(found.summary())
    assert "90% equal-tailed" in text
    assert "Monte Carlo error" in text
    assert "The given lam, 500, is above" in text
    assert "in units of sigma, the given one is not" in text
    assert found.summary().frame.columns.tolist()[-2:] == ["width ratio", "sd ratio"]


def test_the_place_of_the_given_strength_is_a_share_of_draws(found: Any, pair: tuple[Any, Any]) -> None:
    lam = np.asarray(pair[1].tree["posterior"]["lam"]).ravel()
    assert f"is above {np.mean(lam < 500.0):.0%} of the draws" in str(found.summary())


def test_a_narrow_prior_of_the_strength_inflates_nothing() -> None:
    """Learned under a prior that is a point but for 0.1 % the intervals are those given it; quadrature, no draws."""
    given = model(br.Normal(0.1, relative_to="sigma")).sample(10, seed=3)
    learned = model(br.L2(br.Gamma(1e6, 1e5), relative_to="sigma")).sample(10, seed=4)  # of the rate 1 / scale
    found = br.inflation(given, learned)
    np.testing.assert_allclose(found.frame[["width_ratio", "sd_ratio"]], 1.0, atol=1e-4)
    assert found.error == 0.0
    assert "exactly" in str(found.summary())


def test_the_variances_add_up_as_they_must() -> None:
    """``var(b) = E var(b | lam) + var E(b | lam)`` over draws of the learned scale, from the exact path at these."""
    law = br.L2(br.Gamma(100.0, 10.0), relative_to="sigma")
    learned = model(law).sample(100, seed=6)
    lams = np.unique(np.asarray(learned.tree["posterior"]["lam"]).ravel()[::10])
    path = model(br.L2(1.0, relative_to="sigma")).path_posterior(lams=lams)
    together = np.sqrt((path.sd**2).mean() + path.params.var(ddof=0))
    sd = br.inflation(model(br.Normal(0.1, relative_to="sigma")).sample(10, seed=0), learned).frame["learned_sd"]
    # 40 draws of the scale: the second part is a tenth of the first, and has a relative error of 0.22
    np.testing.assert_allclose(together, sd, rtol=0.04)


def test_a_selection_samples_both() -> None:
    chosen = model(br.L1()).select(folds=3, lams=[3000.0, 300.0, 30.0])
    found = chosen.inflation(100, seed=5, chains=2)
    assert found.given.model.penalty.lam == chosen.lam
    assert found.learned.model is chosen.asked
    assert f"Given: lam = {chosen.lam:g} by cv" in str(found.summary())
    assert "rule min" in found.rule
    fixed = model(br.L1(100.0)).select(folds=3, lams=[3000.0, 300.0])
    with pytest.raises(InputError, match="none to integrate out"):
        fixed.inflation(100)


OTHERS = {
    "the coefficients": model(br.L1(), "target ~ bmi + bp + s5 + s2 + s3"),
    "the response": model(br.L1(), "I(target + 1) ~ bmi + bp + s5 + s1"),
    "the columns": model(br.L1(), data=DATA.assign(bmi=DATA["bmi"] ** 2)),
    "the prior of sigma": model(br.L1(), dispersion=br.Exponential(0.01)),
    "the scales that penalties act on": model(br.L1(), standardize=False),
    "the weights of the penalty": model(br.L1(weights={"bmi": 2.0})),
    "the limits of coefficients": model(br.L1(positive=True)),
    "the law of 'bmi'": model(br.L2()),
    "the strength of 's1', which neither learns": model({"s1": br.L2(3.0), ...: br.L1()}),
    "the weights": model(br.L1(), weights=br.Weights(np.linspace(1.0, 2.0, 442), kind="precision")),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_differs_is_named(what: str) -> None:
    here = model({"s1": br.L2(2.0), ...: br.L1(500.0)}) if "neither" in what else model(br.L1(500.0))
    assert any(text.startswith(what) for text in differences(here, OTHERS[what]))


SAME = {
    "loss and prior units": (br.L1(500.0), br.Laplace(br.Gamma(2.0, 1.0))),
    "relative to sigma": (br.L1(500.0), br.L1(relative_to="sigma")),
    "the same blocks": ({"s1": br.L2(2.0), ...: br.L1(5.0)}, {"s1": br.L2(2.0), ...: br.L1()}),
    "elastic nets": (br.ElasticNet(3.0, 0.3), br.ElasticNet(l1_ratio=0.3)),
}


@pytest.mark.parametrize("what", SAME)
def test_strengths_alone_are_no_difference(what: str) -> None:
    given, learned = SAME[what]
    assert list(differences(model(given), model(learned))) == []


def test_other_shapes_of_a_law_are_a_difference() -> None:
    shapes = model(br.ElasticNet(3.0, 0.3)), model(br.ElasticNet(l1_ratio=0.5))
    assert any("the law of" in text for text in differences(*shapes))


def test_what_is_not_a_pair_is_refused(pair: tuple[Any, Any]) -> None:
    given, learned = pair
    with pytest.raises(InputError, match="is learned in given= too"):
        br.inflation(learned, learned)
    with pytest.raises(InputError, match="No strength is learned in learned="):
        br.inflation(given, given)
    with pytest.raises(InputError, match="given= is a MapFit"):
        br.inflation(model(br.L1(500.0)).fit(), learned)  # type: ignore[arg-type]
    other = model(br.L1(500.0), "target ~ bmi + bp + s5 + s2").sample(20, seed=0)
    with pytest.raises(InputError, match="differ in more than their strengths: the co"):
        br.inflation(other, learned)
    with pytest.raises(InputError, match="level=2"):
        br.inflation(given, learned, level=2)
