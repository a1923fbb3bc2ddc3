"""`Model.path_posterior`: frames and units, exact where it can be, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.select.remade import model_at

DATA = br.datasets.diabetes()
LAMS = [3000.0, 1000.0, 300.0, 100.0, 30.0]


@pytest.fixture(scope="module")
def lasso() -> Any:
    return br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L1())


@pytest.fixture(scope="module")
def path(lasso: Any) -> Any:
    return lasso.path_posterior(lams=LAMS, draws=250, seed=4)


def test_a_ridge_has_the_exact_posterior_of_each_strength() -> None:
    model = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L2())
    found = model.path_posterior(lams=[30.0, 1000.0])
    assert found.lams.tolist() == [1000.0, 30.0]
    for lam in found.lams:
        direct = model_at(model, lam).sample(10, seed=0)
        np.testing.assert_allclose(found.params.loc[lam], direct.params, rtol=1e-9)
        interval = direct.interval(0.9)
        lower, upper = found.band(0.9)
        np.testing.assert_allclose(lower.loc[lam], interval["lower"], rtol=1e-7)
        np.testing.assert_allclose(upper.loc[lam], interval["upper"], rtol=1e-7)
    assert found.anchors.empty
    assert found.ok.all()
    assert np.isinf(found.ess).all()
    assert found.log_evidence.max() == 0.0
    assert "exact" in found.status


def test_the_path_of_a_lasso_has_runs_bands_and_modes(path: Any, lasso: Any) -> None:
    assert path.params.index.tolist() == LAMS
    assert path.params.columns.tolist() == ["Intercept", "bmi", "bp", "s5"]
    assert (path.lower < path.params).all(axis=None)
    assert (path.params < path.upper).all(axis=None)
    pd.testing.assert_frame_equal(path.quantile(0.025), path.lower)
    assert (path.sd > 0.0).all(axis=None)
    assert {LAMS[0], LAMS[-1]} <= set(path.anchors.index)
    assert set(path.anchors["engine"]) == {"gibbs"}
    assert (path.anchors["draws"] == 1000).all()
    assert path.ok.all()
    assert path.least == 100.0
    np.testing.assert_allclose(path.modes.params, lasso.path(lams=LAMS).params)
    assert "reweighted (seed 4)" in repr(path)


def test_the_same_seed_gives_the_same_path(path: Any, lasso: Any) -> None:
    again = lasso.path_posterior(lams=LAMS, draws=250, seed=4, workers=1)
    pd.testing.assert_frame_equal(again.lower, path.lower)
    other = lasso.path_posterior(lams=LAMS, draws=250, seed=5)
    assert not other.params.equals(path.params)


def test_too_few_runs_are_said(lasso: Any) -> None:
    found = lasso.path_posterior(lams=[3000.0, 300.0, 3.0], draws=250, anchors=1, seed=4)
    assert not found.ok.iloc[-1]
    assert found.status.startswith("CHECK: ")
    assert "anchors=" in found.status


def test_a_given_strength_is_a_point_of_the_path() -> None:
    model = br.Model("target ~ bmi + bp", DATA, penalty=br.L2(200.0))
    found = model.path_posterior(lams=[200.0])
    np.testing.assert_allclose(found.params.iloc[0], model.sample(10, seed=0).params, rtol=1e-9)


def test_a_penalty_that_is_no_prior_has_no_evidence() -> None:
    """MCP is constant far out; the weights need no normaliser, Bayes factors would."""
    model = br.Model("target ~ bmi", DATA.head(60), penalty=br.MCP(1.0), dispersion=3000.0)
    from bayesreg.posterior.bands import Draws, reweighted_bands

    def run(resolved: Any, place: int) -> Draws:
        return Draws(np.random.default_rng(place).normal(size=(2, 50, 2)), None, "none", place)

    found = reweighted_bands(model.resolved, np.array([2.0, 1.0]), run, limit=2, least=1.0)
    assert np.isnan(found.log_evidence).all()
    assert np.isfinite(found.mean).all()


@pytest.mark.parametrize(
    ("penalty", "given", "message"),
    [
        (br.L2(), {"tune": 100}, "tune=100 is about runs of a sampler"),
        (br.L2(), {"anchors": 4}, "anchors=4 is about runs"),
        (br.L1(), {"engine": "exact"}, "not a mixture of normals"),
        (br.L1(), {"anchors": 0}, "anchors=0 is not allowed"),
        (br.L1(), {"draws": 10**7}, "above the limit of 2 GiB"),
        (br.L1(), {"engine": "stan"}, "engine='stan' is not known"),
        (br.L1(), {"lams": [-1.0]}, "are not strengths"),
        (br.Flat(), {}, "no strength to follow"),
        (br.Horseshoe(0.1), {}, "horseshoe"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_refusals(penalty: Any, given: dict[str, Any], message: str) -> None:
    model = br.Model("target ~ bmi + bp", DATA, penalty=penalty)
    with pytest.raises((InputError, UnsupportedError), match=message):
        model.path_posterior(**given)


def test_probabilities_are_checked(path: Any) -> None:
    with pytest.raises(InputError, match=r"prob=1\.5"):
        path.quantile(1.5)
    with pytest.raises(InputError, match="level=95"):
        path.band(95)
