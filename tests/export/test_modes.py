"""The texts for scikit-learn and statsmodels run, and their coefficients are the mode of the model."""

import pytest

from bayesreg.export import export_table
from bayesreg.export.parts import KINDS
from tests.export.models import frame, model_of

LAWS = ("Flat", "L1", "Normal", "ElasticNet", "ElasticNetPrior")
CELLS = [
    (cell.target, cell.family, cell.law, cell.feature)
    for cell in export_table()
    if cell.target in ("sklearn", "statsmodels") and cell.works and cell.law in LAWS
]


def run(text, **scope):
    """Run a program and return what it leaves."""
    exec(text, scope)  # noqa: S102 (our own text, which is what is tested)
    return scope


@pytest.mark.parametrize(("target", "family", "law", "feature"), CELLS)
def test_the_program_finds_the_mode(target, family, law, feature):
    model = model_of(family, law, feature)
    found = run(model.export(target), data=frame())["params"]
    expected = model.fit().params
    assert list(found.index) == list(expected.index)
    # the programs ask for tolerances of 1e-10 and below; what remains is the curvature of the objective
    assert abs(found - expected).max() <= 1e-6 * max(1.0, abs(expected).max())


def test_the_cells_reach_every_law_of_a_mode():
    assert {KINDS[law] for _, _, law, _ in CELLS} == {"flat", "laplace", "normal", "elastic net"}
