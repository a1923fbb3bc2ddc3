"""README shows what its examples print, CONTRIBUTING knows every dependency, the entry points exist."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tomllib
from types import ModuleType

import pytest

from tests.hygiene.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])")
SAMPLED_COLUMNS = 3
ROW = re.compile(r"^\S+ .*\[.*\].*\[.*\]$")


def load(name: str) -> ModuleType:
    """Import a script of the documentation."""
    sys.path.insert(0, str(ROOT / "docs"))
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(ROOT / "docs"))
    return module


REFRESH = load("refresh_readme")
SHOWN = list(REFRESH.SHOWN.finditer(README))


def split(text: str) -> tuple[list[str], str]:
    """Return the lines of the table, and the notes under it as one line: where they wrap does not matter."""
    table, _, notes = text.partition("\n- ")
    return [" ".join(line.split()) for line in table.splitlines()], " ".join(notes.split())


def shape(line: str) -> str:
    return NUMBER.sub("#", line).replace("[ ", "[")


def numbers(line: str) -> list[str]:
    return NUMBER.findall(line)


def last_digit(number: str) -> float:
    """Return the value of one unit in the last shown place."""
    return 10.0 ** -len(number.partition(".")[2])


def check_row(shown: str, printed: str) -> None:
    """Compare a row: what is computed to the last shown digit, what is sampled to a quarter of its interval.

    Other processors draw other chains from the same seed; the mean of thousands of draws moves by far less.
    """
    assert shape(shown) == shape(printed)
    left, right = numbers(shown), numbers(printed)
    fixed = len(left) - SAMPLED_COLUMNS if ROW.match(shown) else len(left)
    for a, b in zip(left[:fixed], right[:fixed], strict=True):
        assert float(a) == pytest.approx(float(b), abs=1.01 * last_digit(a)), shown
    if fixed < len(left):
        slack = 0.25 * (float(left[-1]) - float(left[-2]))
        for a, b in zip(left[fixed:], right[fixed:], strict=True):
            assert float(a) == pytest.approx(float(b), abs=slack), shown


@pytest.mark.parametrize("found", SHOWN, ids=["first light", "dictionary", "implied prior", "translate", "knots"])
def test_readme_shows_what_its_examples_print(found: re.Match[str]) -> None:
    shown, shown_notes = split(found["output"])
    printed, printed_notes = split(REFRESH.run(found["code"]))
    assert len(shown) == len(printed)
    for left, right in zip(shown, printed, strict=True):
        check_row(left, right)
    assert shape(shown_notes) == shape(printed_notes)


def test_readme_shows_the_support_table() -> None:
    found = REFRESH.SUPPORT.search(README)
    assert found is not None
    assert found[0].strip() == REFRESH.support_markdown()


def test_readme_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 4
    for target in targets:
        assert target.startswith("https://") or (ROOT / target).exists(), target


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ]", one)[0] for one in requirements if isinstance(one, str)}


def test_every_dependency_has_a_reason() -> None:
    project = PROJECT["project"]
    groups = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    needed = set().union(*(names(group) for group in groups))
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", CONTRIBUTING.partition("## Dependencies")[2], re.MULTILINE)
    given = {name.strip() for first, _ in rows for name in re.sub(r"\(.*\)", "", first).split(",")} - {"package"}
    assert needed == given


def test_every_runtime_dependency_has_a_lower_bound() -> None:
    for requirement in PROJECT["project"]["dependencies"]:
        assert ">=" in requirement, requirement


def test_the_map_names_every_unit() -> None:
    tree = CONTRIBUTING.partition("## Map of the tree")[2].partition("## Layers")[0]
    for path in sorted((ROOT / "bayesreg").iterdir()):
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__"):
            assert f"{path.name}`" in tree or f"{path.name}/`" in tree, path.name


def test_continuous_integration_runs_the_command_of_readme() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in text
    assert "pip install uv && uv run pytest" in text
    assert "pip install uv && uv run pytest" in README
    for tool in ("ruff format --check", "ruff check", "mypy", "--doctest-modules bayesreg"):
        assert tool in text
        assert tool in (ROOT / "Makefile").read_text(encoding="utf-8")
