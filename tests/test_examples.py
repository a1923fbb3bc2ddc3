"""The scripts of the gallery run from top to bottom, warnings as errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))
SMALL = (("draws=500", "draws=50"), ("tune=500", "tune=100"))
"""Fewer draws than the gallery shows: here it matters that they run."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    code = example.read_text(encoding="utf-8")
    for large, small in SMALL:
        code = code.replace(large, small)
    script = tmp_path / example.name
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
    assert sum("tune=" in example.read_text(encoding="utf-8") for example in EXAMPLES) == 1
