"""What a mode offers: names, predictions, intervals, and refusals in words."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from tests.problems import make


def test_attributes_of_a_lasso():
    fit = make("diabetes", br.L1(500.0)).fit()
    assert fit.params.index[0] == "Intercept"
    assert list(fit.active) == ["sex", "bmi", "bp", "s1", "s3", "s5", "s6"]
    assert fit.edf == 8.0
    assert fit.kind == "mode"
    assert fit.dispersion == fit.model.resolved.phi
    assert fit.objective == pytest.approx(
        0.5 * fit.deviance + 500.0 * (fit.params * fit.resolved.sd).iloc[1:].abs().sum()
    )


def test_summary_prints_and_has_its_frame():
    summary = make("diabetes", br.L1(500.0)).fit().summary()
    text = str(summary)
    for word in ("Laplace with scale", "REML", "Optimal", "per_sd", "bmi"):
        assert word in text
    assert summary.frame.loc["age", "estimate"] == 0.0
    assert "<table" in summary._repr_html_()
    assert "tabular" in summary.to_latex()


def test_predictions_for_the_fit_and_for_new_rows():
    data = br.datasets.penguins().dropna()
    model = br.Model("body_mass_g ~ C(species) + poly(bill_length_mm, 2)", data, penalty=br.L2(5.0))
    fit = model.fit()
    pd.testing.assert_series_equal(fit.predict(), fit.predict(data), rtol=1e-12)
    one = data.iloc[[7]]
    assert fit.predict(one).iloc[0] == pytest.approx(fit.predict().iloc[7])
    holes = data.iloc[:3].copy()
    holes.loc[holes.index[1], "bill_length_mm"] = np.nan
    predicted = fit.predict(holes)
    assert len(predicted) == 3
    assert list(predicted.isna()) == [False, True, False]
    with pytest.raises(br.errors.DataError, match="Emperor"):
        fit.predict(one.assign(species="Emperor"))
    with pytest.raises(br.errors.DataError, match="species"):
        fit.predict(one.drop(columns="species"))


def test_link_and_mean_of_a_logistic_fit():
    fit = make("cancer", br.L2(1.0)).fit()
    link, mean = fit.predict(kind="link"), fit.predict()
    np.testing.assert_allclose(mean, 1.0 / (1.0 + np.exp(-link)))
    with pytest.raises(br.errors.InputError, match="kind='odds'"):
        fit.predict(kind="odds")


def test_an_array_offset_is_asked_for_at_predict():
    data = br.datasets.doctor_visits().iloc[:200]
    column = next(name for name in data.columns if name != "visits")
    model = br.Model(f"visits ~ {column}", data, family="poisson", penalty=br.L2(1.0), offset=np.full(200, 0.5))
    with pytest.raises(br.errors.DataError, match="offset"):
        model.fit().predict(data.iloc[:3])
    assert len(model.fit().predict(data.iloc[:3], offset=np.zeros(3))) == 3


def test_intervals_of_a_ridge_are_the_posterior_at_phi():
    model = make("diabetes", br.L2(50.0))
    fixed = make("diabetes", br.L2(50.0), dispersion=model.resolved.phi)
    pd.testing.assert_frame_equal(model.fit().conf_int(0.9), fixed.sample(seed=1).interval(0.9), rtol=1e-9)


def test_a_lasso_has_no_default_interval_and_says_what_there_is():
    fit = make("diabetes", br.L1(500.0)).fit()
    with pytest.raises(br.errors.InputError, match=r"no default interval.*'curvature', 'posterior'"):
        fit.conf_int()
    with pytest.raises(br.errors.UnsupportedError, match="no curvature at its zeros"):
        fit.conf_int(method="curvature")
    with pytest.raises(br.errors.InputError, match="method='wald'"):
        fit.conf_int(method="wald")
    with pytest.raises(br.errors.InputError, match=r"level=1\.5"):
        make("diabetes", br.L2(5.0)).fit().conf_int(level=1.5)


def test_posterior_interval_of_a_ridge_mode_samples_the_same_model():
    fit = make("diabetes", br.L2(50.0)).fit()
    interval = fit.conf_int(method="posterior", seed=3)
    pd.testing.assert_frame_equal(interval, fit.model.sample(seed=3).interval())


def test_a_point_of_a_path_samples_at_its_own_strength():
    path = make("diabetes", br.L2()).path(n_lams=5)
    post = path.at(50.0).sample(seed=1)
    given = make("diabetes", br.L2(50.0)).sample(seed=1)
    np.testing.assert_allclose(post.params, given.params, rtol=1e-9)
    assert path.at(50.0).chosen is None
    assert path.model.fit().chosen.lam != 50.0
    with pytest.raises(br.errors.InputError, match="burn"):
        path.at(50.0).sample(burn=5)
