"""The numbers on a strength axis are those of the verbs, and what is missing is said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import trapezoid

import bayesreg as br

DATA = br.datasets.diabetes()


@pytest.fixture(scope="module")
def ridge():
    model = br.Model("target ~ bmi + bp + s5 + age", DATA, penalty=br.L2())
    return model, model.path(n_lams=25).strength_axis(bands=True, seed=2)


def _values(axis, panel, quantity):
    frame = axis.frame
    return frame[(frame["panel"] == panel) & (frame["quantity"] == quantity)]


def test_every_panel_has_the_numbers_of_its_verb(ridge):
    model, axis = ridge
    lams = axis.lams
    path, sd = model.path(lams=lams), model.resolved.sd
    np.testing.assert_allclose(_values(axis, "coefficients", "bmi")["value"], path.params["bmi"] * sd[1], rtol=1e-12)
    low, _ = model.path_posterior(lams=lams).band(0.95)
    np.testing.assert_allclose(_values(axis, "coefficients", "bmi")["lower"], low["bmi"] * sd[1], rtol=1e-12)
    for by, options in (("cv", {"seed": 2}), ("loo", {})):
        chosen = model.select(by=by, lams=lams, **options)
        shown = _values(axis, by, by)
        np.testing.assert_array_equal(shown["value"], chosen.mean)
        np.testing.assert_allclose(shown["upper"] - shown["value"], chosen.se, rtol=1e-12)
        near = model.select(by=by, rule="1se", lams=lams, **options)
        (curve,) = (one for one in axis.curves if one.panel == by)
        assert curve.marks == {"best": chosen.lam, "1se": near.lam}
    for by in ("aic", "bic"):
        chosen = model.select(by=by, lams=lams)
        np.testing.assert_allclose(
            _values(axis, "criteria", by.upper())["value"], chosen.mean - chosen.mean.min(), atol=1e-12
        )
    evidence = model.select("evidence", lams=lams).mean
    np.testing.assert_allclose(
        _values(axis, "evidence", "log evidence")["value"], evidence - evidence.max(), atol=1e-12
    )


def test_the_density_of_the_strength_is_one_of_its_logarithm(ridge):
    """Both integrate to 1 over log lam, the prior over the part that is shown; a trapezoidal rule to 1e-2."""
    _, axis = ridge
    shown = _values(axis, "posterior", "posterior")
    assert trapezoid(shown["value"], -np.log(shown["lam"])) == pytest.approx(1.0, abs=1e-2)
    prior = _values(axis, "posterior", "prior")
    inside = (prior["lam"] > axis.believed[0]) & (prior["lam"] < axis.believed[1])
    assert 0.5 < trapezoid(prior["value"][inside], -np.log(prior["lam"][inside])) < 0.96


def test_the_believed_range_holds_95_percent_of_the_prior(ridge):
    """By integrating the density of the scale, ``sqrt(1 / lam)`` in units of sigma; a trapezoidal rule to 1e-6."""
    model, axis = ridge
    learned = model.resolved.learned[0]
    low, high = (np.sqrt((1.0 if learned.relative else model.resolved.phi) / lam) for lam in axis.believed[::-1])
    logs = np.linspace(np.log(low), np.log(high), 20001)
    density = np.exp(learned.log_density(np.exp(logs))) * np.exp(logs)
    assert trapezoid(density, logs) == pytest.approx(0.95, abs=1e-6)


def test_units_and_summary(ridge):
    model, axis = ridge
    frame = axis.frame
    np.testing.assert_allclose(frame["scale"], np.sqrt(model.resolved.phi / frame["lam"]), rtol=1e-12)
    text = " ".join(str(axis).split())
    assert "panels: coefficients, cv, loo, criteria, evidence, posterior" in text
    assert "standard deviation of the Gaussian prior" in text
    assert "No panel" not in text


def test_what_a_model_does_not_have_is_said_or_refused():
    path = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.MCP(500.0)).path(n_lams=8)
    axis = path.strength_axis(folds=np.arange(442) % 3)
    assert axis.panels == ("coefficients", "cv", "criteria")
    assert axis.given == 500.0
    assert axis.believed is None
    missing = [note for note in axis.notes if note.startswith("No panel")]
    assert [note.split(":")[0] for note in missing] == ["No panel loo", "No panel evidence", "No panel posterior"]
    with pytest.raises(br.errors.UnsupportedError, match="no distribution"):
        path.strength_axis(["evidence"])
    with pytest.raises(br.errors.UnsupportedError, match="0 learned strengths"):
        path.strength_axis(["posterior"])


@pytest.mark.parametrize("include", ["cv", [], ["cv", "waic"]])
def test_panels_that_do_not_exist_are_refused(include):
    path = br.Model("target ~ bmi", DATA, penalty=br.L2()).path(n_lams=3)
    with pytest.raises(br.errors.InputError, match="allowed: 'coefficients', 'cv'"):
        path.strength_axis(include)


def test_a_lasso_has_bands_by_draws_and_evidence_about_its_maximum():
    model = br.Model("target ~ bmi + bp + s5", DATA, penalty=br.L1())
    axis = model.path(n_lams=10, ratio=0.05).strength_axis(["coefficients", "evidence"], bands=True, seed=1)
    bands = _values(axis, "coefficients", "s5").dropna()
    assert len(bands) > 5
    assert (bands["lower"] < bands["upper"]).all()
    evidence = _values(axis, "evidence", "log evidence")
    assert evidence["lam"].iloc[evidence["value"].to_numpy().argmax()] == pytest.approx(
        model.select("evidence", seed=1).lam, rel=0.1
    )
    assert any("Gibbs-EM" in note for note in axis.notes)
    assert len(axis.plot().axes) == 2
