"""The command that writes a model as text of another package prints the text and nothing else."""

import pytest

import bayesreg as br
from bayesreg.cli.main import run


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "penguins.csv"
    br.datasets.penguins().to_csv(path, index=False)
    return str(path)


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    return int(stop.value.code or 0)


def test_the_text_is_that_of_the_model(file, capsys):
    formula = "body_mass_g ~ bill_length_mm + sex"
    options = ("--to", "sklearn", "--penalty", "l2", "--lam", "10", "--missing", "drop")
    assert call("export", formula, file, *options) == 0
    model = br.Model(formula, br.datasets.penguins(), penalty=br.L2(10.0), missing="drop")
    assert capsys.readouterr().out == model.export("sklearn")


def test_what_the_target_can_not_say_is_one_line(file, capsys):
    options = ("--to", "glmnet", "--penalty", "group", "--lam", "10", "--missing", "drop")
    assert call("export", "body_mass_g ~ species", file, *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("bayesreg: This model can not be written for glmnet")
