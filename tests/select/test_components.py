"""Several strengths by the evidence, against lme4, mgcv, statsmodels, difference quotients and other closed forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.posterior.evidence.reduction import reduce_model
from bayesreg.results.components import Components
from bayesreg.select.components.gaussian import Restricted
from bayesreg.select.components.laplace import make_laplace

STORED = json.loads((Path(__file__).parents[1] / "reference" / "mixed" / "mixed.json").read_text())
SMOOTH = "body_mass_g ~ smooth(bs(bill_length_mm, df=12)) + smooth(bs(bill_depth_mm, df=10)) + (1 | species)"


def _penguins() -> pd.DataFrame:
    data = br.datasets.penguins().dropna()
    return data.assign(flipper=(data["flipper_length_mm"] - 200.0) / 10.0)


def _visits() -> pd.DataFrame:
    data = br.datasets.doctor_visits()
    return data.assign(any=(data["visits"] > 2).astype(int))


def _chosen(formula: str, data: Any, **options: Any) -> Components:
    found = br.Model(formula, data, **options).select(by="evidence")
    assert isinstance(found, Components)
    assert found.chosen.maximum.ok
    assert found.fit.certificate.ok
    return found


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("crossed", "body_mass_g ~ flipper + (1 | species) + (1 | island)"),
        ("slopes", "body_mass_g ~ flipper + (flipper || species)"),
    ],
)
def test_variance_components_are_those_of_lme4(name: str, formula: str) -> None:
    """lme4 stops its derivative-free search some 3e-7 from the maximum; at it the likelihoods agree to rounding."""
    found, stored = _chosen(formula, _penguins()), STORED[name]
    assert found.log_evidence == pytest.approx(stored["log_likelihood"], abs=1e-8)
    np.testing.assert_allclose(found.frame["sd"], stored["sd"], rtol=2e-6)
    assert found.dispersion == pytest.approx(stored["sigma"] ** 2, rel=1e-6)
    assert found.fit.dispersion == found.dispersion
    params = found.fit.params
    np.testing.assert_allclose(params.iloc[:2], list(stored["fixed"].values()), rtol=1e-6)
    effects = [value for group in stored["effects"].values() for one in group.values() for value in one]
    np.testing.assert_allclose(found.fit.group_effects()["estimate"], effects, rtol=1e-4, atol=1e-3)


def test_smooth_terms_beside_a_group_are_those_of_mgcv() -> None:
    """mgcv's Newton iterations end at a relative change of about 1e-10 of the criterion."""
    found, stored = _chosen(SMOOTH, _penguins()), STORED["smooth"]
    np.testing.assert_allclose(found.lams, stored["sp"], rtol=1e-6)
    assert found.log_evidence == pytest.approx(stored["reml"], abs=1e-8)
    assert found.dispersion == pytest.approx(stored["scale"], rel=1e-8)
    assert found.fit.edf == pytest.approx(stored["edf"], abs=1e-6)
    np.testing.assert_allclose(found.fit.predict().iloc[:5], stored["fitted"], rtol=1e-8)


def test_counts_have_the_laplace_evidence_of_mgcv() -> None:
    found = _chosen("visits ~ log_coinsurance + chronic + (1 | health)", _visits(), family="poisson")
    stored = STORED["poisson"]
    np.testing.assert_allclose(found.lams, stored["sp"], rtol=1e-7)
    assert found.log_evidence == pytest.approx(stored["reml"], abs=1e-8)
    assert found.fit.edf == pytest.approx(stored["edf"], abs=1e-7)
    assert "Laplace" in found.status


def test_a_group_without_effect_is_at_the_limit_as_in_mgcv() -> None:
    found = _chosen("any ~ chronic + (1 | health)", _visits(), family="bernoulli")
    assert found.frame["note"].tolist() == ["no effect"]
    assert found.frame["edf"].iloc[0] < 1e-5
    assert np.isnan(found.frame["lower"].iloc[0])
    assert "no effect" in str(found)
    assert found.log_evidence == pytest.approx(STORED["logistic"]["reml"], abs=1e-6)


def test_one_random_intercept_is_that_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    data = _penguins()
    other = smf.mixedlm("body_mass_g ~ flipper + sex", data, groups=data["species"])
    other = other.fit(reml=True, method=["bfgs", "lbfgs"], gtol=1e-9)
    found = _chosen("body_mass_g ~ flipper + sex + (1 | species)", data)
    assert found.log_evidence == pytest.approx(other.llf, abs=1e-7)
    assert found.frame["sd"].iloc[0] == pytest.approx(np.sqrt(other.cov_re.iloc[0, 0]), rel=1e-5)
    assert found.dispersion == pytest.approx(other.scale, rel=1e-5)
    for ours, theirs in (("Intercept", "Intercept"), ("flipper", "flipper"), ("sex[T.male]", "sex[T.male]")):
        assert found.fit.params[ours] == pytest.approx(other.fe_params[theirs], rel=1e-6)


def test_standard_deviations_of_effects_are_the_inverse_of_hendersons_equations() -> None:
    data = _penguins()
    found = _chosen("body_mass_g ~ flipper + (1 | species) + (1 | island)", data)
    Z = np.column_stack(
        [np.ones(len(data)), data["flipper"], pd.get_dummies(data["species"]), pd.get_dummies(data["island"])]
    ).astype(float)
    penalty = np.diag([0.0, 0.0, *np.repeat(found.lams.to_numpy(), 3)])
    inverse = np.linalg.inv(Z.T @ Z + penalty) * found.dispersion
    effects = found.fit.group_effects()
    np.testing.assert_allclose(effects["sd"], np.sqrt(np.diag(inverse)[2:]), rtol=1e-8)
    assert effects["level"].tolist() == ["Adelie", "Chinstrap", "Gentoo", "Biscoe", "Dream", "Torgersen"]


@pytest.mark.parametrize("wide", [False, True])
def test_slopes_and_curvatures_are_difference_quotients(wide: bool) -> None:
    """Central differences of step 1e-5 of values near 1e3: to about 1e-6."""
    rng = np.random.default_rng(1)
    n, p = (25, 40) if wide else (60, 12)
    data = pd.DataFrame(rng.standard_normal((n, p)), columns=[f"x{j}" for j in range(p)])
    data["y"] = data["x0"] - data["x1"] + rng.standard_normal(n)
    penalty = {"x0 + x1 + x2": br.L2(), "x3 + x4": br.Normal(br.HalfNormal(1.0)), "x5": br.Normal(0.5), ...: br.L2()}
    model = br.Model("y ~ .", data, penalty=penalty)
    criterion = Restricted(reduce_model(model.design, model.resolved), model.resolved)
    x, step = criterion.start() + 0.3, 1e-5
    here = criterion.at(x)
    ends = [(criterion.at(x + step * unit), criterion.at(x - step * unit)) for unit in np.eye(x.size)]
    np.testing.assert_allclose(here.slope, [(a.value - b.value) / (2 * step) for a, b in ends], atol=1e-6)
    np.testing.assert_allclose(here.bend, [(a.slope - b.slope) / (2 * step) for a, b in ends], atol=1e-5)


def test_the_laplace_evidence_has_the_slope_of_its_difference_quotients() -> None:
    data = br.datasets.breast_cancer()[["malignant", "mean_radius", "mean_texture", "mean_area", "worst_area"]]
    penalty = {"mean_radius + mean_area": br.L2(), ...: br.L2()}
    model = br.Model("malignant ~ .", data, family="bernoulli", penalty=penalty)
    criterion = make_laplace(model.design, model.resolved)
    x, step = criterion.start() + 1.0, 1e-4
    here = criterion.at(x)
    ends = [(criterion.at(x + step * unit), criterion.at(x - step * unit)) for unit in np.eye(x.size)]
    np.testing.assert_allclose(here.slope, [(a.value - b.value) / (2 * step) for a, b in ends], atol=1e-6)


def test_one_strength_agrees_with_the_curve_of_the_evidence() -> None:
    """The same model, written with one block and with a second one that is given and all but absent."""
    data = br.datasets.diabetes()
    one = br.Model("target ~ .", data, penalty=br.L2()).select(by="evidence")
    assert not isinstance(one, Components)
    columns = " + ".join(name for name in data if name not in ("target", "sex"))
    two = br.Model("target ~ .", data, penalty={columns: br.L2(), "sex": br.L2(1e-9)}).select(by="evidence")
    flat = br.Model("target ~ .", data, penalty={columns: br.L2()}).select(by="evidence")
    assert two.lams.iloc[0] == pytest.approx(flat.lam, rel=1e-5)


def test_a_profile_is_highest_at_the_maximum_and_free_of_the_other_strengths() -> None:
    found = _chosen("body_mass_g ~ flipper + (1 | species) + (1 | island)", _penguins())
    curve = found.curve
    for term, own in curve.groupby("term"):
        best = own.loc[own["evidence"].idxmax()]
        assert best["lam"] == pytest.approx(found.lams[term], rel=1e-9)
        assert best["evidence"] == pytest.approx(found.log_evidence, abs=1e-9)
    figure = found.plot()
    assert [ax.get_title() for ax in figure.axes if ax.get_title()] == list(found.frame.index)


def test_degrees_of_freedom_by_term_sum_to_those_of_the_fit() -> None:
    found = _chosen(SMOOTH, _penguins())
    parts = found.fit.edf_terms
    assert parts.sum() == pytest.approx(found.fit.edf, rel=1e-9)
    assert parts["1 | species"] == pytest.approx(found.frame.loc["1 | species", "edf"], rel=1e-8)
    assert parts["bs(bill_depth_mm, df=10)"] == pytest.approx(
        found.frame.loc["bs(bill_depth_mm, df=10)", "edf"] + 2.0, abs=1e-6
    )  # a line in the coefficients is free
    with pytest.raises(UnsupportedError, match="quadratic"):
        _ = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L1(5.0)).fit().edf_terms


def test_a_given_dispersion_stays_and_a_given_strength_does_not_move() -> None:
    data = _penguins()
    model = br.Model(
        "body_mass_g ~ flipper + bill_depth_mm + (1 | species)",
        data,
        penalty={"bill_depth_mm": br.L2(7.0)},
        dispersion=9e4,
    )
    found = model.select(by="evidence")
    assert found.dispersion == pytest.approx(9e4)
    laws = {block.label: block.penalty for block in found.model.resolved.blocks}
    assert laws["bill_depth_mm"].lam == 7.0
    assert laws["1 | species"].lam == found.lams["1 | species"]
    assert found.model.resolved.phi == pytest.approx(9e4)


def test_marks_and_keys_have_their_strengths_written() -> None:
    found = _chosen("body_mass_g ~ l2(flipper) + bill_depth_mm + (1 | species)", _penguins(), penalty={...: br.L2()})
    assert f"l2(flipper, lam={float(found.lams['flipper'])!r})" in found.model.formula
    assert found.model.penalty["1 | species"].lam == pytest.approx(found.lams["1 | species"])
    assert found.model.penalty[...].lam == pytest.approx(found.lams["..."])


def test_refusals_say_what_to_do() -> None:
    data = _penguins()
    with pytest.raises(UnsupportedError, match="by='cv'"):
        br.Model("body_mass_g ~ flipper + (1 | species)", data, penalty={...: br.L1()}).select(by="evidence")
    with pytest.raises(UnsupportedError, match="no effects of groups"):
        br.Model("body_mass_g ~ flipper", data, penalty=br.L2(1.0)).fit().group_effects()
    found = _chosen("body_mass_g ~ flipper + (1 | species)", data)
    with pytest.raises(InputError, match="level"):
        found.conf_int(level=1.5)
    assert found.conf_int(0.5)["lower"].iloc[0] > found.frame["lower"].iloc[0]
