from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from statsmodels.datasets import anes96, randhie

import bayesreg as br
from bayesreg.datasets import DATASETS
from bayesreg.design import build
from bayesreg.existence import check_maximum, check_rank


def test_diabetes_is_the_raw_set_to_the_last_digit():
    expected = load_diabetes(as_frame=True, scaled=False).frame
    pd.testing.assert_frame_equal(br.datasets.diabetes(), expected, check_exact=True)


def test_breast_cancer_is_the_uci_set_with_the_event_named():
    frame, source = br.datasets.breast_cancer(), load_breast_cancer()
    np.testing.assert_array_equal(frame.drop(columns="malignant"), source.data)
    np.testing.assert_array_equal(frame["malignant"], 1 - source.target)
    assert list(frame.columns[:-1]) == [name.replace(" ", "_") for name in source.feature_names]
    assert all(name.isidentifier() for name in frame)


def test_doctor_visits_is_every_tenth_row_of_the_experiment():
    frame, source = br.datasets.doctor_visits(), randhie.load_pandas().data.iloc[::10].reset_index(drop=True)
    for name, column in zip(frame.columns, ["mdvis", "lncoins", "idp", "lpi", "fmde", "physlm", "disea"], strict=False):
        np.testing.assert_array_equal(frame[name], source[column])
    for level, column in {"good": "hlthg", "fair": "hlthf", "poor": "hlthp"}.items():
        np.testing.assert_array_equal(frame["health"] == level, source[column] == 1)
    assert set(frame["health"]) == {"excellent", "good", "fair", "poor"}


def test_vote_1996_is_the_election_study():
    frame, source = br.datasets.vote_1996(), anes96.load_pandas().data
    for name, column in {"dole": "vote", "self_right": "selfLR", "education": "educ", "population": "popul"}.items():
        np.testing.assert_array_equal(frame[name], source[column])
    np.testing.assert_array_equal(frame["party"] == "independent", source["PID"] == 3)
    np.testing.assert_array_equal(frame["party"] == "strong Republican", source["PID"] == 6)


def test_vote_1996_has_a_maximum_with_its_factor():
    design = build("dole ~ .", br.datasets.vote_1996())
    Z = np.column_stack([np.ones(design.n), design.X])
    names = ["Intercept", *design.names]
    check_rank(Z, names)
    check_maximum(Z, design.y, "bernoulli", names)


def test_penguins_have_the_published_counts_and_missing_values():
    frame = br.datasets.penguins()
    assert frame["species"].value_counts().to_dict() == {"Adelie": 152, "Gentoo": 124, "Chinstrap": 68}
    missing = frame.isna().sum()
    assert missing[missing > 0].to_dict() == {
        "bill_length_mm": 2,
        "bill_depth_mm": 2,
        "flipper_length_mm": 2,
        "body_mass_g": 2,
        "sex": 11,
    }
    means = frame.groupby("species")["body_mass_g"].mean()  # as printed in the package's documentation
    np.testing.assert_allclose(means, [3700.662, 3733.088, 5076.016], atol=5e-4)


@pytest.mark.parametrize("entry", DATASETS, ids=lambda entry: entry.name)
def test_the_table_says_what_the_files_hold(entry):
    frame = getattr(br.datasets, entry.name)()
    assert frame.shape == (entry.rows, entry.columns)
    assert entry.response.split()[0] in frame.columns
    assert entry.licence


@pytest.mark.parametrize("entry", DATASETS, ids=lambda entry: entry.name)
def test_every_call_gives_a_fresh_frame(entry):
    load = getattr(br.datasets, entry.name)
    frame, kept = load(), load()
    frame[frame.columns[0]] = 0
    del frame[frame.columns[1]]
    pd.testing.assert_frame_equal(load(), kept)


def test_available_lists_every_function():
    table = br.datasets.available()
    assert list(table["name"]) == sorted(table["name"])
    assert set(table["name"]) == set(br.datasets.__all__) - {"DATASETS", "Dataset", "available"}
