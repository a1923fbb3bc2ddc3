from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

import bayesreg as br
from bayesreg.design import build
from bayesreg.errors import InputError
from bayesreg.families import Family
from bayesreg.frequentist import fit_mle
from bayesreg.results.mle_fit import MleFit
from bayesreg.results.protocol import is_fit


def fitted(formula, data, family="gaussian", cov_type="nonrobust", **options):
    law = Family(family)
    design = build(formula, data, **options)
    model = SimpleNamespace(design=design, family=law, formula=formula)
    return MleFit(model, fit_mle(design, law.likelihood, law, cov_type=cov_type))


def test_estimates_are_those_of_statsmodels():
    data = br.datasets.diabetes()
    fit = fitted("target ~ bmi + bp", data, cov_type="HC3")
    reference = smf.ols("target ~ bmi + bp", data).fit(cov_type="HC3")
    table = fit.estimates(level=0.9)
    assert list(table.columns) == ["term", "coefficient", "estimate", "lower", "upper", "zero", "method", "note"]
    assert list(table["coefficient"]) == list(table["term"]) == ["Intercept", "bmi", "bp"]
    assert list(table.index) == [0, 1, 2]
    np.testing.assert_allclose(table["estimate"], reference.params, rtol=1e-9)
    np.testing.assert_allclose(table[["lower", "upper"]], reference.conf_int(alpha=0.1), rtol=1e-9)
    assert set(table["method"]) == {"Wald, normal, HC3 covariance"}
    np.testing.assert_allclose(fit.bse, reference.bse, rtol=1e-9)
    np.testing.assert_allclose(fit.cov, reference.cov_params(), rtol=1e-8)
    assert fit.kind == "mle"
    assert is_fit(fit)


def test_terms_of_factors():
    fit = fitted("body_mass_g ~ species + flipper_length_mm", br.datasets.penguins(), missing="drop")
    table = fit.estimates()
    assert list(table["term"]) == ["Intercept", "species", "species", "flipper_length_mm"]
    assert list(table["coefficient"])[1:3] == ["species[T.Chinstrap]", "species[T.Gentoo]"]


def test_predictions_are_those_of_statsmodels():
    data = br.datasets.doctor_visits()
    data["log_time"] = np.linspace(-1.0, 1.0, len(data))
    formula = "visits ~ chronic + health"
    fit = fitted(formula, data, "poisson", offset="log_time")
    reference = smf.glm(formula, data, family=sm.families.Poisson(), offset=data["log_time"]).fit(tol=1e-10)
    new = data.iloc[[5, 50, 500]]
    expected = reference.predict(new, offset=new["log_time"])
    got = fit.predict(new)
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    assert list(got.index) == [5, 50, 500]
    np.testing.assert_allclose(fit.predict(new, kind="link"), np.log(expected), rtol=1e-6)
    np.testing.assert_allclose(fit.predict(), reference.predict(), rtol=1e-6)


def test_prediction_with_a_missing_value_is_missing_in_its_place():
    data = br.datasets.diabetes()
    new = data.head(3).copy()
    new.loc[1, "bmi"] = np.nan
    assert list(fitted("target ~ bmi", data).predict(new).isna()) == [False, True, False]


def test_offset_of_the_gaussian_family_comes_back_in_predictions():
    data = br.datasets.diabetes()
    fit = fitted("target ~ bmi", data, offset="bp")
    np.testing.assert_allclose((data["target"] - fit.predict()).mean(), 0.0, atol=1e-9)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, float("nan")])
def test_level_is_checked(level):
    with pytest.raises(InputError, match="is not a coverage"):
        fitted("target ~ bmi", br.datasets.diabetes()).conf_int(level)


def test_other_arguments_are_checked():
    fit = fitted("target ~ bmi", br.datasets.diabetes())
    with pytest.raises(InputError, match="allowed: 'mean', 'link'"):
        fit.predict(kind="response")
    with pytest.raises(InputError, match="belongs to new rows"):
        fit.predict(offset=[1.0])


def test_summary_prints_the_numbers_and_how_they_were_made():
    fit = fitted("target ~ bmi + bp", br.datasets.diabetes())
    text = str(fit.summary())
    assert "target ~ bmi + bp" in text
    assert "95 % intervals: Wald, t(439), nonrobust covariance." in text
    np.testing.assert_allclose(fit.summary().frame.loc["bmi", "estimate"], fit.params["bmi"])
    assert repr(fit) == text
    assert fit._repr_html_() == fit.summary()._repr_html_()


def test_a_family_without_a_dispersion_shows_none():
    header = fitted("visits ~ chronic", br.datasets.doctor_visits(), "poisson").summary().header
    assert not header["dispersion"]
    assert float(fitted("target ~ bmi", br.datasets.diabetes()).summary().header["dispersion"]) > 0.0
