from __future__ import annotations

import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_args

import pytest

import bayesreg as br
from bayesreg.cli.main import PenaltyName, run
from bayesreg.marks import MARKS

FORMULA = "target ~ bmi + bp + s1 + s2"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "diabetes.csv"
    br.datasets.diabetes().to_csv(path, index=False)
    return str(path)


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    return int(stop.value.code or 0)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_help_is_cheap_and_lists_the_commands() -> None:
    code = """
import sys
from bayesreg.cli.main import run
try:
    run(["--help"])
except SystemExit as stop:
    assert stop.code == 0
heavy = {"numpy", "pandas", "scipy", "matplotlib", "statsmodels", "pymc", "pytensor", "arviz", "formulaic"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    for command in ("demo", "fit", "path", "compare", "export", "convert"):
        assert f" {command} " in shown


def test_convert_prints_a_number_alone(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--from", "sklearn.Lasso.alpha", "--to", "bayesreg.L1.lam", "--fact", "n=442")
    assert call("convert", "0.5", *options) == 0
    assert capsys.readouterr().out == "221\n"


def test_convert_reads_flags(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--from", "glmnet.binomial.lambda", "--to", "bayesreg.L1.lam", "--fact", "n=100", "--fact", "alpha=1")
    assert call("convert", "0.5", *options, "--fact", "standardize=true") == 0
    assert capsys.readouterr().out == "50\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", FORMULA, "{data}", "--penalty", "l1", "--lam", "cv"), "--lam cv: the strength is not chosen by cross"),
        (("fit", FORMULA, "{data}", "--penalty", "l1"), "no strength. `bayesreg path`"),
        (("fit", FORMULA, "{data}", "--penalty", "l1", "--lam", "big"), "--lam big is not a number"),
        (("fit", FORMULA, "{data}", "--penalty", "l1", "--lam=-1"), "lam=-1.0 is not a strength"),
        (("fit", FORMULA, "{data}", "--lam", "3"), "--lam 3 has nothing to act on"),
        (
            ("fit", FORMULA, "{data}", "--penalty", "l2", "--lam", "3", "--l1-ratio", "0.2"),
            "--l1-ratio 0.2 is not used",
        ),
        (("fit", "target ~ bmj", "{data}"), "bmj"),
        (("fit", FORMULA, "nowhere.csv"), "nowhere.csv"),
        (("fit", "{data}", FORMULA), "Formula and file are swapped"),
        (("fit", "{data}", "other.csv"), "it has no '~'"),
        (("fit", FORMULA, "{data}", "--family", "gamma"), "family='gamma' is not known"),
        (("path", FORMULA, "{data}", "--penalty", "none"), "A path needs a penalty"),
        (
            ("path", FORMULA, "{data}", "--n-lams", "5", "--out", "x.doc"),
            "does not end in the name of a picture format",
        ),
        (("convert", "1", "--from", "a.b.c", "--to", "bayesreg.L1.lam"), "a.b.c"),
        (("convert", "1", "--from", "a", "--to", "b", "--fact", "n442"), "not of the form name=value"),
        (("convert", "1", "--from", "a", "--to", "b", "--fact", "n=many"), "'many' is not a number"),
    ],
)
def test_refusals_are_one_message_and_exit_code_2(
    arguments: tuple[str, ...], message: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*(argument.format(data=data) for argument in arguments)) == 2
    error = capsys.readouterr().err
    assert error.startswith("bayesreg: ")
    assert message in error
    assert "Traceback" not in error
    assert error.count("\n") == 1


def test_a_wrong_option_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("fit", FORMULA, "x.csv", "--penalty", "l7") == 2
    assert "l7" in capsys.readouterr().err


def test_a_picture_that_can_not_be_written_is_one_message(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert call("path", FORMULA, data, "--n-lams", "5", "--out", str(tmp_path / "file" / "x.png")) == 2
    assert "can not be written" in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out == f"bayesreg {br.__version__}\n"


def test_rows_with_missing_values_are_refused_or_dropped_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "holes.csv"
    frame = br.datasets.diabetes()
    frame.loc[[3, 5, 8], "bmi"] = float("nan")
    frame.to_csv(path, index=False)
    for command in ("fit", "path", "compare"):
        assert call(command, FORMULA, str(path)) == 2
        error = capsys.readouterr().err
        assert "bmi: 3" in error
        assert "--missing drop" in error
        assert "missing=" not in error
    assert call("fit", FORMULA, str(path), "--missing", "drop") == 0
    first, rest = capsys.readouterr().out.split("\n", 1)
    assert first == "3 of 442 rows have missing values and were dropped."
    assert rest == f"{br.Model(FORMULA, frame, missing='drop').mle().summary()}\n"
    assert call("path", FORMULA, str(path), "--n-lams", "3", "--missing", "drop") == 0
    assert call("compare", FORMULA, str(path), "--draws", "20", "--missing", "drop") == 0
    assert "3 of 442 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "penalty"),
    [
        (("--penalty", "l1", "--lam", "500"), br.L1(500.0)),
        (("--penalty", "l2", "--lam", "50"), br.L2(50.0)),
        (("--penalty", "elastic-net", "--lam", "300", "--l1-ratio", "0.9"), br.ElasticNet(300.0, 0.9)),
    ],
)
def test_fit_prints_the_mode(
    options: tuple[str, ...], penalty: br.Penalty, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("fit", FORMULA, data, *options) == 0
    printed = capsys.readouterr().out
    assert printed == f"{br.Model(FORMULA, data, penalty=penalty).fit().summary()}\n"


def test_fit_without_standardising_is_another_fit(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("fit", FORMULA, data, "--penalty", "l2", "--lam", "50", "--no-standardize") == 0
    raw = br.Model(FORMULA, data, penalty=br.L2(50.0), standardize=False)
    assert capsys.readouterr().out == f"{raw.fit().summary()}\n"


def test_fit_without_a_penalty_is_the_classical_fit(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("fit", FORMULA, data) == 0
    assert capsys.readouterr().out == f"{br.Model(FORMULA, data).mle().summary()}\n"


def test_path_prints_strengths_and_writes_a_picture(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("path", FORMULA, data, "--n-lams", "30", "--out", str(tmp_path / "new" / "path.png")) == 0
    printed = capsys.readouterr().out
    assert "12 of 30 strengths" in printed
    assert "deviance" in printed
    assert (tmp_path / "new" / "path.png").read_bytes().startswith(b"\x89PNG")


def test_compare_sets_three_fits_side_by_side(data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "forest.png"
    options = ("--penalty", "l2", "--lam", "50", "--draws", "50", "--seed", "3", "--out", str(out))
    assert call("compare", FORMULA, data, *options) == 0
    printed = capsys.readouterr().out
    model = br.Model(FORMULA, data, penalty=br.L2(50.0))
    assert str(br.compare(model.mle(), model.fit(), model.sample(seed=3, draws=50))) in printed
    assert "PyMC" not in printed  # this posterior is drawn exactly
    assert out.exists()


def test_compare_says_why_there_is_no_classical_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "twins.csv"
    br.datasets.diabetes()[["target", "bmi"]].assign(twin=lambda d: 2.0 * d["bmi"]).to_csv(path, index=False)
    assert call("compare", "target ~ bmi + twin", str(path), "--penalty", "l2", "--lam", "5", "--draws", "50") == 0
    printed = capsys.readouterr().out
    assert "No classical fit: " in printed
    assert "twin" in printed
    assert "ridge mode" in printed


def test_the_penalties_are_those_of_the_registry_that_one_strength_names():
    def by_lam(law):
        needed = [item for item in fields(law) if item.default is MISSING and item.default_factory is MISSING]
        return "lam" in law.__dataclass_fields__ and not needed

    named = {name.replace("_", "-") for name, law in MARKS.items() if by_lam(law)}
    assert set(get_args(PenaltyName)) == named | {"firth", "none"}


def test_compare_says_why_there_is_no_mode(tmp_path, capsys, monkeypatch):
    path = tmp_path / "data.csv"
    path.write_text("y,x\n0.1,1\n1.3,2\n1.9,3\n3.2,4\n4.1,5\n")
    monkeypatch.setattr(br.Model, "sample", lambda self, **_: self.mle())
    with pytest.raises(SystemExit) as stop:
        run(["compare", "y ~ horseshoe(x)", str(path)])
    assert stop.value.code == 0
    assert "No mode: The density of a horseshoe prior is infinite at 0" in " ".join(capsys.readouterr().out.split())
