"""What must not change a fit: units, row order, and the way in which copies of a row are written."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from tests.problems import DIABETES, frame_of, make

PENALTIES = [br.L1(500.0), br.L2(50.0), br.ElasticNet(500.0, l1_ratio=0.4), br.Laplace(3.0), br.Normal(4.0)]


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("unit", [1e-6, 2.54, 1e9])
def test_units_of_a_column(penalty, unit):
    data = br.datasets.diabetes()
    plain = br.Model(DIABETES, data, penalty=penalty).fit()
    other = br.Model(DIABETES, data.assign(bmi=unit * data["bmi"]), penalty=penalty).fit()
    expected = plain.params.copy()
    expected["bmi"] /= unit
    pd.testing.assert_series_equal(other.params, expected, rtol=1e-9, atol=1e-12)
    assert list(other.active) == list(plain.active)


@pytest.mark.parametrize("size", [1e90, 1e-90])
def test_a_column_of_extreme_size_does_not_vanish(size):
    data = br.datasets.diabetes()
    plain = br.Model(DIABETES, data, penalty=br.L1(500.0)).fit()
    other = br.Model(DIABETES, data.assign(bmi=size * data["bmi"]), penalty=br.L1(500.0)).fit()
    assert other.params["bmi"] * size == pytest.approx(plain.params["bmi"], rel=1e-9)


@pytest.mark.parametrize("size", [1e160, 1e-170])
def test_a_column_beyond_representation_is_refused_by_name(size):
    data = br.datasets.diabetes()
    with pytest.raises(br.errors.DataError, match="'bmi' has standard deviation"):
        br.Model(DIABETES, data.assign(bmi=size * data["bmi"]), penalty=br.L1(500.0))


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_row_order(penalty):
    data = br.datasets.diabetes()
    shuffled = data.sample(frac=1.0, random_state=3)
    first = br.Model(DIABETES, data, penalty=penalty).fit()
    second = br.Model(DIABETES, shuffled, penalty=penalty).fit()
    pd.testing.assert_series_equal(first.params, second.params, rtol=1e-9, atol=1e-12)
    assert first.dispersion == pytest.approx(second.dispersion, rel=1e-11)


@pytest.mark.parametrize("name", ["diabetes", "penguins", "cancer", "visits"])
@pytest.mark.parametrize("penalty", [br.L1(9.0), br.L2(9.0), br.Laplace(2.0), br.Flat()], ids=repr)
def test_doubled_rows_are_frequency_weights_of_two(name, penalty):
    formula, data, family, extra = frame_of(name)
    twos = br.Weights(np.full(len(data), 2), kind="frequency")
    doubled = pd.concat([data, data], ignore_index=True)
    by_weight = br.Model(formula, data, family=family, penalty=penalty, weights=twos, **extra).fit()
    by_rows = br.Model(formula, doubled, family=family, penalty=penalty, **extra).fit()
    scale = by_rows.resolved.sd
    np.testing.assert_allclose(by_weight.params * scale, by_rows.params * scale, rtol=1e-8, atol=1e-8)
    assert by_weight.dispersion == pytest.approx(by_rows.dispersion, rel=1e-10)
    assert by_weight.objective == pytest.approx(by_rows.objective, rel=1e-12)
    assert by_weight.log_posterior == pytest.approx(by_rows.log_posterior, rel=1e-12)


def test_precision_weights_have_the_same_mode_and_another_dispersion():
    data = br.datasets.diabetes()
    w = 1.0 + np.arange(len(data)) % 3
    fits = {
        kind: br.Model(DIABETES, data, penalty=br.L2(50.0), weights=br.Weights(w, kind=kind)).fit()
        for kind in ("precision", "frequency")
    }
    np.testing.assert_allclose(fits["precision"].params, fits["frequency"].params, rtol=1e-10)
    assert fits["precision"].dispersion > 1.5 * fits["frequency"].dispersion


def test_an_estimated_dispersion_asks_for_the_kind_of_weights():
    data = br.datasets.diabetes()
    with pytest.raises(br.errors.InputError, match="kind"):
        br.Model(DIABETES, data, penalty=br.L2(50.0), weights=np.ones(len(data)))


def test_indicator_columns_of_all_levels_do_not_depend_on_the_reference():
    """`full(C(g))` under a penalty is the same model whichever level comes first."""
    data = br.datasets.penguins().dropna()
    relabelled = data.assign(species=data["species"].replace({"Adelie": "zz"}))
    first = br.Model("body_mass_g ~ full(C(species)) + bill_length_mm", data, penalty=br.L1(5e4)).fit()
    second = br.Model("body_mass_g ~ full(C(species)) + bill_length_mm", relabelled, penalty=br.L1(5e4)).fit()
    pd.testing.assert_series_equal(first.predict(), second.predict(), rtol=1e-10)


def test_the_offset_moves_the_response():
    data = br.datasets.diabetes()
    shift = np.linspace(-50.0, 50.0, len(data))
    with_offset = br.Model(DIABETES, data, penalty=br.L1(500.0), offset=shift).fit()
    by_hand = br.Model(DIABETES, data.assign(target=data["target"] - shift), penalty=br.L1(500.0)).fit()
    np.testing.assert_allclose(with_offset.params, by_hand.params, rtol=1e-9, atol=1e-10)


def test_the_data_are_not_modified():
    data = br.datasets.diabetes()
    before = data.copy(deep=True)
    make("diabetes", br.L1(500.0)).fit()
    br.Model(DIABETES, data, penalty=br.L1(500.0)).fit()
    pd.testing.assert_frame_equal(data, before)
