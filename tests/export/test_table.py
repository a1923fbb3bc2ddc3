"""Every cell of the table: what works gives text, what does not is refused in words."""

import pytest

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.export import TARGETS, export_table
from bayesreg.export.parts import KINDS
from bayesreg.export.subject import features
from bayesreg.export.table import FEATURES, REFUSALS, WRITTEN
from bayesreg.families import LIKELIHOODS
from tests.export.models import STRENGTH, frame, model_of

CELLS = [cell for cell in export_table() if cell.law in STRENGTH and cell.family in WRITTEN]
MODELS = list(dict.fromkeys((cell.family, cell.law, cell.feature) for cell in CELLS if cell.law in KINDS))


@pytest.mark.parametrize("target", TARGETS)
def test_what_works_gives_text_and_what_does_not_is_refused_with_the_reason(target):
    for cell in CELLS:
        if cell.target != target or cell.law not in KINDS:
            continue
        model = model_of(cell.family, cell.law, cell.feature)
        if cell.works:
            assert len(model.export(target).splitlines()) > 5, cell
            continue
        with pytest.raises(UnsupportedError) as caught:
            model.export(target)
        assert f"can not be written for {target}" in str(caught.value), cell
        assert "Targets that can:" in str(caught.value) or "No target can" in str(caught.value), cell


def test_families_that_are_not_written_are_refused_by_every_target():
    others = [cell for cell in export_table() if cell.family not in WRITTEN]
    assert {cell.family for cell in others} == {law.label for law in LIKELIHOODS.values()} - {*WRITTEN}
    assert not any(cell.works for cell in others)
    model = br.Model("bernoulli ~ a", frame(), family=br.Family("bernoulli", link="probit"), penalty=br.L2(1.0))
    for target in TARGETS:
        with pytest.raises(UnsupportedError, match=r"bernoulli \(probit\) models are not written out, .*No target can"):
            model.export(target)


def test_the_features_of_a_cell_are_found_in_its_model():
    for family, law, feature in MODELS:
        laws, found = features(model_of(family, law, feature))
        assert law in laws, (family, law, feature)
        assert not feature or feature in found, (family, law, feature, found)


def test_a_plain_model_has_no_feature_that_a_target_refuses():
    refused = {one.feature for one in REFUSALS}
    for law in KINDS:
        _, found = features(model_of("gaussian", law, ""))
        assert not found & refused, law


def test_the_error_names_the_reason_and_the_targets_that_can():
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.Horseshoe(0.1))
    with pytest.raises(UnsupportedError, match=r"glmnet: a horseshoe has no mode to fit.*'pymc', 'stan', 'bambi'"):
        model.export("glmnet")


def test_laws_that_are_not_written_are_refused_by_name():
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.MCP(10.0))
    for target in TARGETS:
        with pytest.raises(UnsupportedError, match="MCP is not among the laws"):
            model.export(target)


@pytest.mark.parametrize("target", ["pyro", None, "PyMC"])
def test_an_unknown_target_is_refused(target):
    model = br.Model("target ~ bmi", br.datasets.diabetes())
    with pytest.raises(InputError, match="allowed: 'pymc'"):
        model.export(target)


@pytest.mark.parametrize("name", ["my data", "y", "class", 3])
def test_the_name_of_the_frame_must_be_free(name):
    with pytest.raises(InputError, match="is not a name for the frame"):
        br.Model("target ~ bmi", br.datasets.diabetes()).export("pymc", data=name)


@pytest.mark.parametrize(("target", "name"), [("statsmodels", "sm"), ("glmnet", "function"), ("brms", "_df")])
def test_the_name_of_the_frame_must_be_free_in_the_target(target, name):
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes())
    with pytest.raises(InputError, match="is not a name for the frame"):
        model.export(target, data=name)


def test_every_refusal_is_of_a_feature_or_a_kind_and_is_met():
    known = {*FEATURES, *KINDS.values()}
    for one in REFUSALS:
        assert one.feature in known
        assert any(cell.reason == one.reason and cell.target in one.targets for cell in CELLS), one
