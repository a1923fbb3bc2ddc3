"""The tables say what a result says, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main, parser
from benchmarks.report import markdown, rst, summary_rows
from tests.hygiene.test_papers import load

FACTS = {"n": 30, "p": 4, "strengths": 10, "fitted": "lasso path; made up"}
MACHINE = {
    "date": "2001-02-03 04:05 UTC",
    "commit": "abc",
    "processor": "an abacus",
    "cores": 2,
    "memory_gb": 1.5,
    "system": "Linux x86_64",
    "python": "3.13.0",
    "blas": "none",
    "versions": {"bayesreg": "1", "celer": "2"},
}


def row(package: str, setting: str, seconds: float, gap: float, **more: Any) -> dict[str, Any]:
    known = {"status": "solved", "first": 9.0, "runs": 5, "kkt": 1e-9, "excess": 0.0, "peak_mb": 123.4, "parts": {}}
    return {"package": package, "setting": setting, "seconds": seconds, "gap": gap, **known, **more}


ROWS = [
    row("bayesreg", "default", 0.5, 2e-15, parts={"path()": 0.25}),
    row("celer", "default", 0.1, 3e-4, warnings=2),
    row("celer", "1e-12", 0.75, 4e-7, ratio=1.5),
    row("skglm", "1e-07", 0.8, 5e-8),
    row("glmnet", "default", 0.06, 6e-3),
    {"package": "numpy", "setting": "X'X once", "status": "solved", "seconds": 0.01, "first": 0.02, "parts": {}},
    {"package": "glum", "setting": "default", "status": "stopped after 300 s"},
    {"package": "adelie", "setting": "", "status": "skipped: adelie is not installed"},
]
COLD = {
    "fitted": "cold start",
    "rows": [{"package": "bayesreg", "status": "solved", "seconds": 2.5, "processor": 2.25, "apart": 1e-9}],
    "again": {"total": 0.012, "formula": 0.009, "beyond": 0.003, "fit()": 0.002},
}
RECORD = {
    "machine": MACHINE,
    "quick": False,
    "repeats": 5,
    "problems": {"made_up": {"facts": FACTS, "rows": ROWS}, "cold": COLD},
}


def test_the_summary_compares_at_equal_accuracy() -> None:
    """The fastest other Python package counts only where it is exact; glmnet stands at its default."""
    shown = ["0.5 s (2e-15)", "celer 0.75 s (4e-07), 1.5 x", "0.06 s (6e-03)", "X'X once 0.01 s"]
    assert summary_rows(RECORD) == [["made_up", "30 x 4", "lasso path", *shown]]
    assert "| made_up | 30 x 4 | lasso path | 0.5 s (2e-15) |" in markdown(RECORD)


def test_the_pages_have_every_solver_and_its_reason() -> None:
    text = rst(RECORD)
    for expected in (
        "stopped after 300 s",
        "skipped: adelie is not installed",
        "path() alone 0.25 s",
        "warned 2 times",
    ):
        assert expected in text
    assert text.index("celer") < text.index("stopped after 300 s")
    assert "an abacus, 2 cores, 1.5 GB" in text
    assert "takes 12 ms: the formula 9 ms, the rest 3 ms" in text
    assert "small versions" not in text
    assert "small versions" in rst({**RECORD, "quick": True})


def test_the_tables_are_valid(recwarn: pytest.WarningsRecorder) -> None:
    docutils = pytest.importorskip("docutils.core", reason="docutils comes with the group docs")
    tree = docutils.publish_doctree(rst(RECORD), settings_overrides={"report_level": 1, "halt_level": 2})
    assert len(list(tree.findall(lambda node: node.tagname == "table"))) == 2


def test_the_page_shows_the_tables_that_were_written(tmp_path: Path) -> None:
    pages = load("pages")
    assert pages.benchmarks_rst(tmp_path) == "This copy holds no measurements yet.\n"
    file = tmp_path / "benchmarks" / "results" / "map.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(RECORD), encoding="utf-8")
    main(["report", str(file)])
    assert pages.benchmarks_rst(tmp_path) == rst(RECORD)
    assert file.with_suffix(".md").read_text(encoding="utf-8") == markdown(RECORD)


def test_every_figure_is_in_the_result() -> None:
    figures = set(re.findall(r"\d+\.\d+(?=\s*s\b)", markdown(RECORD)))
    assert figures == {"0.5", "0.75", "0.06", "0.01"}


def test_the_command_line_names_what_it_does_not_know() -> None:
    with pytest.raises(SystemExit, match=r"There is no problem taller; there are tall, wide"):
        main(["map", "--problems", "taller"])
    with pytest.raises(SystemExit, match=r"There is no package sklearn; there are bayesreg"):
        main(["map", "--solvers", "sklearn:default"])
    assert parser().parse_args(["map", "--quick", "--limit", "5"]).limit == 5.0
