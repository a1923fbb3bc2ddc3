"""Imports go one way, and each outside package has one door."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hygiene.tree import FILES, LAYERS, PACKAGE, ROOT, UPWARD, imports, unit_of, unit_of_file

LEVEL = {unit: level for level, row in enumerate(LAYERS) for unit in row}
DOORS: dict[str, tuple[str, ...]] = {
    "pymc": ("posterior/graph", "testing"),
    "pytensor": ("xp.py", "posterior/graph", "posterior/nuts.py", "testing"),
    "nutpie": ("posterior/nuts.py",),
    "xarray": ("posterior/draws.py",),
    "arviz_stats": ("results/diagnostics.py", "posterior/bands/monitors.py"),
    "arviz": (),
    "numba": (),
    "statsmodels": ("frequentist/backend.py",),
    "sklearn": (),
    "polars": (),
    "pyarrow": ("design/frames.py",),
    "matplotlib": ("plots", "results/comparison.py"),
    "rich": ("results/sheet.py", "cli/screen.py", "parallel.py"),
    "joblib": ("parallel.py",),
    "threadpoolctl": ("parallel.py",),
    "typer": ("cli/main.py",),
    "formulaic": ("design",),
    "narwhals": ("design", "datasets"),
}
"""Where an outside package may be named; all of them but the last three only inside functions."""
AT_IMPORT = ("typer", "formulaic", "narwhals")


def test_every_unit_has_its_layer() -> None:
    units = {unit_of_file(file) for file in FILES} - {""}
    assert units == set(LEVEL), "a new file or folder of the package needs a place in LAYERS and in CONTRIBUTING.md"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_one_way(file: Path) -> None:
    unit = unit_of_file(file)
    for found in imports(file):
        assert found.module != "relative import", f"{found.place}: name the module in full"
        if found.module.partition(".")[0] != "bayesreg" or unit == "":
            continue
        target = unit_of(found.module)
        if target in ("", "__version__"):
            assert target or unit == "cli", f"{found.place}: import the module itself; only cli uses the public names"
        elif (unit, target) in UPWARD:
            assert found.deferred, f"{found.place}: {unit} may import {target} only inside a function"
        elif target != unit:
            assert LEVEL[target] < LEVEL[unit], f"{found.place}: {unit} may not import {target}"


def test_no_exception_outlives_its_reason() -> None:
    present = {(unit_of_file(file), unit_of(found.module)) for file in FILES for found in imports(file)}
    assert set(UPWARD) <= present


@pytest.mark.parametrize("package", DOORS)
def test_outside_packages_have_one_door(package: str) -> None:
    for file in FILES:
        name = file.relative_to(PACKAGE).as_posix()
        for found in imports(file):
            if found.module.partition(".")[0] != package:
                continue
            allowed = any(name == door or name.startswith(f"{door}/") for door in DOORS[package])
            assert allowed, f"{found.place} imports {package}; its place is {DOORS[package] or 'outside the package'}"
            assert found.deferred or package in AT_IMPORT, f"{found.place}: import {package} where it is used"


def test_the_contributors_read_the_same_layers() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "\n".join(f"{level:2}  {', '.join(row)}" for level, row in enumerate(LAYERS, 1)) in text
    for (unit, target), reason in UPWARD.items():
        assert f"`{unit}` -> `{target}`: {reason}" in text
