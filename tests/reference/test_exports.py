"""Texts written out for R against what R made of them, stored with the script that ran them.

A stored record belongs to one text, by its hash: when a text changes, run ``tests/reference/packages/make_exports.py``.
"""

import json

import numpy as np
import pytest

from tests.reference.packages.exports import MODELS, log_joint, model_of
from tests.reference.packages.make_exports import FILE, digest
from tests.reference.packages.stored import assert_same_mode, numbers

CASES = json.loads(FILE.read_text())["cases"]
GLMNET = 5e-8  # coordinate descent that ends at thresh=1e-20 of the null deviance: up to 5e-9 off
DENSITY = 1e-8  # sums over up to 442 rows in double precision: some 1e-11


def records(*targets):
    chosen = [case for case in CASES if case["target"] in targets]
    return pytest.mark.parametrize("case", chosen, ids=[f"{case['model']}_{case['target']}" for case in chosen])


def test_every_model_is_stored_for_every_target():
    wanted = [(name, target) for name, (*_, targets) in MODELS.items() for target in targets]
    assert [(case["model"], case["target"]) for case in CASES] == wanted


@records("glmnet", "brms", "stan")
def test_the_stored_numbers_belong_to_the_text(case):
    assert digest(model_of(case["model"]).export(case["target"])) == case["sha256"], "run make_exports"


@records("glmnet")
def test_the_call_of_glmnet_finds_the_mode(case):
    model = model_of(case["model"])
    intercept, *slopes = case["fit"]["params"].values()
    assert list(case["fit"]["params"])[1:] == list(model.design.names)
    assert_same_mode(model, slopes, intercept, GLMNET)


@records("brms", "stan")
def test_the_program_has_the_density_of_the_model(case):
    """Differences between three points: both leave out constants."""
    model = model_of(case["model"])
    ours = np.array([log_joint(model, np.array(at["beta"]), at["sigma"]) for at in case["at"]])
    theirs = numbers(case["fit"]["log_densities"])
    assert np.ptp(ours) > 1.0
    assert np.ptp(theirs - ours) <= DENSITY
