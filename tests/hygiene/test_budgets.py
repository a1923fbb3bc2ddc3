"""Small files, small classes, short functions; nothing that runs text, nothing left for later."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

from tests.hygiene.tree import FILES, PACKAGE, ROOT, parse

FOLDERS = ("bayesreg", "tests", "examples", "docs", "benchmarks")
PYTHON = sorted(
    file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py") if not {"_build", "gallery"} & set(file.parts)
)
PROSE = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml")]
EXECUTES = {"eval", "exec", "compile", "__import__"}
RUNS_TASKS = {"Parallel", "delayed", "parallel_config"}
LOADS_CODE = {"pickle", "joblib", "dill", "cloudpickle", "marshal", "shelve"}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|Not" r"ImplementedError)\b")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def code_lines(node: ast.AST) -> int:
    """Return the lines of a class or function without those of its docstrings."""
    lines = node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]
    for inner in ast.walk(node):
        if isinstance(inner, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(inner) is not None:
            text = inner.body[0]
            lines -= text.end_lineno - text.lineno + 1  # type: ignore[operator]
    return lines


@pytest.mark.parametrize("file", PYTHON, ids=name_of)
def test_a_file_has_at_most_400_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_median_file_has_at_most_120_lines() -> None:
    assert median(len(file.read_text(encoding="utf-8").splitlines()) for file in FILES) <= 120


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_classes_and_functions_stay_small(file: Path) -> None:
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.ClassDef):
            assert code_lines(node) <= 200, f"class {node.name}"
        if isinstance(node, ast.FunctionDef):
            assert code_lines(node) <= 60, f"{node.name}()"


def test_half_of_the_functions_have_at_most_10_lines() -> None:
    sizes = [code_lines(node) for file in FILES for node in ast.walk(parse(file)) if isinstance(node, ast.FunctionDef)]
    assert median(sizes) <= 10


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_text_is_executed(file: Path) -> None:
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in EXECUTES, f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Import):
            assert not LOADS_CODE & {alias.name.partition(".")[0] for alias in node.names}, f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom):
            tasks = node.module == "joblib" and {alias.name for alias in node.names} <= RUNS_TASKS
            assert tasks or (node.module or "").partition(".")[0] not in LOADS_CODE, f"line {node.lineno}"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_error_is_swallowed(file: Path) -> None:
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name the exceptions"
            broad = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
            reraised = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert reraised or not broad & {"Exception", "BaseException"}, f"line {node.lineno}: name the exceptions"


@pytest.mark.parametrize("file", [*PYTHON, *PROSE], ids=name_of)
def test_nothing_is_left_for_later(file: Path) -> None:
    assert not UNFINISHED.search(file.read_text(encoding="utf-8"))


def test_the_lock_file_and_built_pages_stay_out_of_the_repository() -> None:
    paths = ["uv.lock", "docs/_build/html/index.html", "docs/gallery/index.rst", "bayesreg-demo/forest.png"]
    done = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 128:
        pytest.skip("not a git repository: an unpacked source archive")
    assert done.stdout.split() == paths


def test_the_package_ships_its_types_and_data() -> None:
    assert (PACKAGE / "py.typed").exists()
    assert list((PACKAGE / "datasets" / "data").glob("*.csv"))
