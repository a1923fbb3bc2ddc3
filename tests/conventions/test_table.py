from pathlib import Path

import pytest

from bayesreg.conventions import CONVENTIONS, table
from bayesreg.conventions.table import lookup
from bayesreg.errors import InputError

ROOT = Path(__file__).parents[2]


def test_names_are_unique_and_rendered():
    frame = table()
    assert frame["name"].is_unique
    assert list(frame["name"]) == [row.name for row in CONVENTIONS]


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.name)
def test_every_row_names_a_test_that_exists(row):
    path, name = row.tested_by.split("::")
    assert f"def {name}(" in (ROOT / path).read_text()


@pytest.mark.parametrize(
    ("name", "l1", "l2"),
    [
        ("sklearn.Ridge.alpha", "0", "alpha"),
        ("sklearn.Lasso.alpha", "n * alpha", "0"),
        ("sklearn.LogisticRegression.C", "l1_ratio / C", "(1 - l1_ratio) / C"),
        ("glmnet.gaussian.lambda", "n * lambda * alpha", "n * lambda * (1 - alpha) / s_y"),
        ("statsmodels.Logit.alpha", "alpha", "0"),
        ("bayesreg.Normal.scale", "0", "dispersion / scale^2"),
    ],
)
def test_formulas_as_text(name, l1, l2):
    assert (lookup(name).l1, lookup(name).l2) == (l1, l2)


def test_an_unknown_row_lists_the_table():
    with pytest.raises(InputError, match=r"'sklearn\.Lars\.alpha' is not in the table.*sklearn\.Lasso\.alpha"):
        lookup("sklearn.Lars.alpha")
