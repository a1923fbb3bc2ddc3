"""The pages: their examples print what they show, their lists are complete."""

from __future__ import annotations

import doctest
import math
import os
import re
from pathlib import Path
from typing import Any

import pytest

import bayesreg as br
from bayesreg.conventions.facts import UNIT_DISPERSION
from bayesreg.conventions.needs import needed_facts
from bayesreg.conventions.table import lookup
from bayesreg.export import TARGETS, export_table
from bayesreg.export.parts import KINDS
from bayesreg.penalties import REGISTRY
from bayesreg.support import FIRTH, LATER, support_table
from tests.hygiene.test_papers import load
from tests.hygiene.tree import ROOT

PAGES = sorted((ROOT / "docs").glob("*.rst"))
WITH_EXAMPLES = [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")]
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")


class Checker(doctest.OutputChecker):
    """Compares numbers as numbers: other processors and libraries round their last digits differently.

    Numbers below 1e-10 (gaps of certificates) are only held to be that small.
    """

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        left, right = NUMBER.findall(want), NUMBER.findall(got)
        return _shape(want) == _shape(got) and all(map(_close, left, right))


def _shape(text: str) -> str:
    return " ".join(NUMBER.sub("#", text).split())


def _close(left: str, right: str) -> bool:
    a, b = float(left), float(right)
    digit = 1.01 * 10.0 ** -len(left.partition("e")[0].partition(".")[2]) if "e" not in left else 0.0
    return abs(a - b) <= max(1e-10, digit, 0.01 * abs(a))


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_print_what_it_shows(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "80")
    text = page.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, page.stem, str(page), 0)
    runner = doctest.DocTestRunner(Checker(), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
    assert runner.tries >= 2


def test_every_page_is_in_the_table_of_contents() -> None:
    index = (ROOT / "docs" / "index.rst").read_text(encoding="utf-8").split()
    assert {page.stem for page in PAGES} - {"index"} <= set(index)


def test_the_reference_lists_every_public_name() -> None:
    listed = load("pages").reference().split()
    for name in set(br.__all__) - {"__version__"}:
        assert name in listed or f"bayesreg.{name}" in listed, name


def test_the_support_page_gives_every_reason() -> None:
    """Reasons that differ in the names of penalty or family alone are one row of it."""
    tables = load("tables")
    text, rows = tables.support_rst(), tables.refusals()
    shown = {cell: reason for reason, cells in rows.items() for cell in cells}
    refused = [cell for cell in support_table() if cell.reason and cell.engine not in LATER]
    assert set(shown) == set(refused)
    assert len(rows) > 10
    for cell, reason in shown.items():
        assert reason in text
        extra = set(re.findall(r"\w+", cell.reason)) - set(re.findall(r"\w+", reason))
        assert extra <= {cell.penalty}, cell.reason


def test_the_support_page_has_every_penalty() -> None:
    tables = load("tables")
    text, readme = tables.support_rst(), tables.support_markdown()
    for penalty in (*REGISTRY, FIRTH):
        assert text.count(f"* - `~bayesreg.{penalty}`") == 1
        assert readme.count(f"`{penalty}`") == 1
    assert len(readme.splitlines()) < 45


def test_the_conventions_page_has_every_row() -> None:
    from bayesreg.conventions import CONVENTIONS

    text = load("tables").conventions_rst()
    for row in CONVENTIONS:
        assert f"``{row.name}``" in text


ASKED = load("translations").ASKED


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.row}-{asked.share:g}")
def test_the_short_table_of_strengths_is_what_convert_returns(asked: Any) -> None:
    """Its formulas are Python in the names of the row; ``lambda``, which Python keeps, is renamed."""
    row, share = lookup(asked.row), asked.share
    names = {row.argument.replace("lambda", "strength"): 0.3, "n": 40.0, "s_y": 3.0, "phi": 2.5, "sqrt": math.sqrt}
    lam, scale = (eval(text.replace("lambda", "strength"), names) for text in load("translations").formulas(row, share))
    known = {"n": 40.0, "s_y": 3.0, "dispersion": 2.5} | ({row.share_name: share} if row.share_name else {})
    law, prior = ("L1.lam", "Laplace.scale") if share else ("L2.lam", "Normal.scale")
    for target, value in ((law, lam), (prior, scale)):
        needed = needed_facts(row, lookup(f"bayesreg.{target}"), share) | {row.share_name}
        unit = {"dispersion"} if row.family in UNIT_DISPERSION else set()
        facts = {name: value for name, value in known.items() if name in needed - unit}
        assert br.convert(0.3, asked.row, f"bayesreg.{target}", **facts) == pytest.approx(value, rel=1e-12)


def test_the_export_page_gives_every_target_and_every_reason_of_its_laws() -> None:
    text, programs = load("translations").export_rst(), load("translations").exports_rst()
    for cell in export_table():
        if cell.law in KINDS and cell.reason:
            assert cell.reason[1:] in text
    for target in TARGETS:
        assert f"- {target}" in text
    assert programs.count(".. code-block::") == len(TARGETS)
