"""The scripts of the gallery run from top to bottom, warnings as errors."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from matplotlib.figure import Figure

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))
SMALL = (("draws=500", "draws=50"), ("tune=500", "tune=100"))
"""Fewer draws than the gallery shows: here it matters that they run."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = example.read_text(encoding="utf-8")
    for large, small in SMALL:
        code = code.replace(large, small)
    script = tmp_path / example.name
    script.write_text(code, encoding="utf-8")
    variables = runpy.run_path(str(script), run_name="__main__")
    assert capsys.readouterr().out.strip()
    assert any(isinstance(value, Figure) for value in variables.values())


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
    assert sum("tune=" in example.read_text(encoding="utf-8") for example in EXAMPLES) == 1
