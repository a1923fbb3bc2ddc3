"""Statistics of predicted data: what the model has is reproduced, what it lacks is named."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.plots.calibration import band
from tests.problems import make
from tests.results.stand_in import near_the_mode


@pytest.fixture(scope="module")
def post():
    return make("diabetes", br.L2(5.0)).sample(500, seed=1)


def test_a_model_reproduces_what_it_fits_and_not_the_rest(post):
    check = post.predictive_check(["mean", "sd", "min"], seed=2)
    frame = check.frame
    assert frame.loc["mean", "prob_larger"] == pytest.approx(0.5, abs=0.15)
    assert frame.loc["min", "prob_larger"] < 0.01  # no response is below 25, and normal ones are
    assert "min" in check.status
    assert "mean" not in check.status
    np.testing.assert_allclose(check.observed["sd"], post.model.design.y.std())
    again = post.predictive_check(["mean", "sd", "min"], seed=2)
    np.testing.assert_array_equal(check.responses, again.responses)


def test_functions_and_unknown_names(post):
    def spread(y):
        return float(np.ptp(y))

    check = post.predictive_check(spread, draws=50)
    assert list(check.frame.index) == ["spread"]
    assert check.responses.shape == (50, 442)
    assert "spread" in str(check)
    with pytest.raises(br.errors.InputError, match="stat='kurtosis'"):
        post.predictive_check("kurtosis")
    with pytest.raises(br.errors.InputError, match="draws=0"):
        post.predictive_check(draws=0)


def test_more_zeros_than_a_poisson_model_has():
    check = near_the_mode(make("visits", br.Normal(1.0))).predictive_check("zeros")
    assert check.frame.loc["zeros", "prob_larger"] < 0.01


def test_the_band_holds_95_percent_of_uniform_samples():
    """1000 fresh samples: 95 % to four standard errors of that and of the 1000 that made the band."""
    at = np.linspace(0.0, 1.0, 101)
    low, high = band(60, at)
    samples = np.sort(np.random.default_rng(9).random((1000, 60)), axis=1)
    curves = np.stack([np.searchsorted(one, at, side="right") / 60 for one in samples])
    inside = ((curves >= low - 1e-9) & (curves <= high + 1e-9)).all(axis=1).mean()
    assert inside == pytest.approx(0.95, abs=4.0 * np.sqrt(2.0 * 0.05 * 0.95 / 1000) + 0.01)


def test_pictures_show_the_numbers(post):
    check = post.predictive_check(["sd", "min"])
    figure = check.plot()
    top, sd, low = figure.axes
    assert top.get_xlabel() == "target"
    assert sd.lines[0].get_xdata()[0] == pytest.approx(check.observed["sd"])
    assert low.get_title(loc="left") == "P(predicted larger) 0.00"
    figure = br.plots.calibration(post)
    curve = figure.axes[0].lines[0]
    pit = np.sort(post.loo_pit())
    expected = np.searchsorted(pit, curve.get_xdata(), side="right") / 442 - curve.get_xdata()
    np.testing.assert_allclose(curve.get_ydata(), expected)
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), post.loo().frame["elpd"])
    with pytest.raises(br.errors.InputError, match="predictive_check can not draw"):
        br.plots.predictive_check(post)
    with pytest.raises(br.errors.InputError, match="calibration can not draw"):
        br.plots.calibration(3)
