import doctest
from pathlib import Path

import pytest

import bayesreg as br
from bayesreg.conventions import CONVENTIONS, table
from bayesreg.conventions.rows import KINDS
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


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.name)
def test_the_example_of_every_row_runs_as_it_is_shown(row):
    """The text that the page shows, as a doctest; where a conversion is refused, the first words of the error."""
    source, wanted = row.shown_example
    if row.example.result is None:
        with pytest.raises(br.errors.BayesRegError) as caught:
            eval(source, {"br": br})
        assert wanted == type(caught.value).__name__
        return
    case = doctest.DocTestParser().get_doctest(f">>> {source}\n{wanted}\n", {"br": br}, row.name, None, 0)
    results = doctest.DocTestRunner(verbose=False).run(case)
    assert results == doctest.TestResults(0, 1)
    assert br.convert(row.example.value, row.name, row.example.target, **row.example.facts) == row.example.result


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.name)
def test_every_row_is_told_apart(row):
    assert row.kind in KINDS
    assert row.status in ("fitted", "stored", "documented", "own")
    assert (row.package == "bayesreg") == (row.status == "own")
    assert isinstance(row.share, float) or row.default_share is not None
    assert set(row.defaults) <= set(row.shape)


@pytest.mark.parametrize(
    ("name", "l1", "l2"),
    [
        ("sklearn.Ridge.alpha", "0", "alpha"),
        ("sklearn.Lasso.alpha", "n * alpha", "0"),
        ("sklearn.LogisticRegression.C", "l1_ratio / C", "(1 - l1_ratio) / C"),
        ("glmnet.gaussian.lambda", "n * lambda * alpha", "n * lambda * (1 - alpha) / s_y"),
        ("statsmodels.Logit.alpha", "alpha", "0"),
        ("keras.L1(mse).l", "0.5 * n * l", "0"),
        ("bambi.automatic.scale", "0", "dispersion / s_y^2 / scale^2"),
        ("brms.student_t.scale", "none", "none"),
        ("torch.AdamW.weight_decay", "none", "none"),
        ("bayesreg.Normal.scale", "0", "dispersion / scale^2"),
    ],
)
def test_formulas_as_text(name, l1, l2):
    assert (lookup(name).l1, lookup(name).l2) == (l1, l2)


def test_an_unknown_row_lists_the_table():
    with pytest.raises(InputError, match=r"'sklearn\.Lars\.alpha' is not in the table.*sklearn\.Lasso\.alpha"):
        lookup("sklearn.Lars.alpha")
