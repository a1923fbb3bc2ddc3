"""The source tree as data: its files, their units and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bayesreg"
FILES = sorted(PACKAGE.rglob("*.py"))

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("xp", "arguments", "existence", "matrices"),
    ("hyperpriors", "belief", "parallel"),
    ("design", "families", "penalties", "dispersion", "datasets"),
    ("marks", "keys"),
    ("blocks", "corrections"),
    ("learned",),
    ("resolved", "learned_range"),
    ("resolve",),
    ("objective", "support", "prior_table"),
    ("solvers",),
    ("posterior",),
    ("select", "frequentist"),
    ("conventions", "export"),
    ("statement",),
    ("results",),
    ("plots",),
    ("model",),
    ("testing",),
    ("cli",),
)
"""Who may import whom: a unit (a file or folder of the package) imports units of earlier rows only."""

UPWARD: dict[tuple[str, str], str] = {
    ("results", "plots"): "the verb .plot() of a fit draws it, when it is called",
    ("select", "model"): "the type of an argument: nothing is imported when it runs",
    ("export", "model"): "the type of an argument: nothing is imported when it runs",
}
"""The imports against that order, with their reasons; none of them runs when a module is imported."""


@dataclass(frozen=True)
class Import:
    """One imported module; ``deferred``: inside a function or for type checkers only."""

    file: Path
    module: str
    line: int
    deferred: bool

    @property
    def place(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def unit_of(module: str) -> str:
    """Return the unit of a dotted module name; "" for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def unit_of_file(file: Path) -> str:
    return "" if file == PACKAGE / "__init__.py" else file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(file: Path) -> tuple[Import, ...]:
    """Return everything that a file imports, wherever in the file it does."""
    return tuple(_walk(parse(file), file, deferred=False))


def _walk(node: ast.AST, file: Path, *, deferred: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner = deferred or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _for_types(child)
        for module in _modules(child):
            yield Import(file, module, child.lineno, inner)  # type: ignore[attr-defined]
        yield from _walk(child, file, deferred=inner)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level:
        return ["relative import"]
    if node.module == "bayesreg":
        return [f"bayesreg.{alias.name}" for alias in node.names]
    return [node.module or ""]
