from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from bayesreg.results.numbers import decimals_for, format_column, format_number
from bayesreg.results.summary import Summary

FRAME = pd.DataFrame(
    {
        "term": ["Intercept", "C(Eth)", "a:b", "s_1"],
        "coefficient": ["Intercept", "C(Eth)[T.<N>]", "[red]a:b[/red]", "s_1"],
        "estimate": [152.1335, -11.4321, 0.0, np.nan],
        "zero": [False, False, True, False],
    }
)


def cells(line: str) -> list[str]:
    return [cell for cell in line.split("  ") if cell.strip()]


class Collector(HTMLParser):
    """Every tag must close, and the text of the cells is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "br":
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_numbers_of_a_column_share_their_decimals_and_a_zero_is_exact() -> None:
    assert format_column(FRAME["estimate"]) == ("152.1", "-11.4", "0", "")


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([0.0, np.nan, np.inf], 0),
        ([3821.3, 988.2], 0),
        ([1.0012, 0.9998], 2),
        ([0.000312, 0.000125], 6),
        ([-334.567, -0.0364, -22.86, 5.6], 2),
        ([1e9, 2.5e9], None),
        ([1e-12, 2e-12], None),
        ([1e-8, 1.0, 1e6, 1e6], None),
        ([1e-2, 1.0, 1e3, 1e3], 2),
        ([1e-8, 1e-6, 1e6], None),
    ],
)
def test_decimals(values: list[float], decimals: int | None) -> None:
    assert decimals_for(values) == decimals


@pytest.mark.parametrize("power", range(-30, 31))
def test_a_value_that_is_not_zero_never_looks_like_zero(power: int) -> None:
    value = 1.5 * 10.0**power
    shown = format_column(pd.Series([value, 0.0]))
    assert float(shown[0]) == pytest.approx(value, rel=0.04)  # three significant digits are shown
    assert shown[1] == "0"


def test_zero_without_a_point_is_kept_for_exact_zeros() -> None:
    assert format_column(pd.Series([0.4, 0.0, 2345.0, 23456.0])) == ("0.4", "0", "2345.0", "23456.0")
    assert [format_number(value, 0) for value in (0.3, -0.0004, 0.0)] == ["0.3", "-0.0004", "0"]
    assert format_column(pd.Series([0.0004, 0.0, 12.0, 25.0])) == ("0.000", "0", "12.000", "25.000")


def test_columns_over_many_decades_write_each_number_by_itself() -> None:
    shown = format_column(pd.Series([177870.4, 666.61, 2.5, 0.00987, 2e-9, 0.0]))
    assert shown == ("177870", "667", "2.50", "0.00987", "2.00e-09", "0")


def test_a_p_value_at_the_end_of_the_range_of_a_float_is_a_bound() -> None:
    values = [0.0, 3e-308, 0.25, np.nan]
    assert format_column(pd.Series(values, name="p_value")) == ("<1e-300", "<1e-300", "0.250", "")
    assert format_column(pd.Series([0.0, 0.25], name="estimate"))[0] == "0"
    summary = Summary("t", pd.DataFrame({"p_value": [0.0]}))
    assert "<1e-300" in str(summary)
    assert "&lt;1e-300" in summary._repr_html_()


def test_flags_counts_and_missing_texts() -> None:
    assert format_column(pd.Series([True, False])) == ("yes", "")
    assert format_column(pd.Series([12, 3])) == ("12", "3")
    assert format_column(pd.Series(["x", None])) == ("x", "")
    assert format_column(pd.Series([1.23456, None, "x", True], dtype=object)) == ("1.235", "", "x", "yes")


def test_text_shows_names_as_they_are_and_lines_up() -> None:
    lines = str(Summary("title", FRAME, {"n": "442", "why": ""}, ("a note",))).splitlines()
    assert lines[:2] == ["title", "n: 442"]
    assert any("[red]a:b[/red]" in line for line in lines)  # rich would have swallowed it as markup
    column = lines[2].index("estimate") + len("estimate")
    assert [line[:column].split()[-1] for line in lines[4:6]] == ["152.1", "-11.4"]
    assert lines[-1] == "- a note"
    assert all(line == line.rstrip() for line in lines)


def test_text_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = str(Summary("title", FRAME))
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert str(Summary("title", FRAME)) == plain


def test_an_index_of_names_is_the_first_column_and_a_count_is_left_out() -> None:
    named = str(Summary("title", FRAME.set_index("coefficient"))).splitlines()[1]
    assert cells(named)[0].strip() == "coefficient"
    assert cells(str(Summary("title", FRAME)).splitlines()[1])[0].strip() == "term"


def test_long_notes_are_wrapped() -> None:
    text = str(Summary("title", FRAME, notes=("word " * 100,)))
    assert max(len(line) for line in text.splitlines()) <= 72


def test_html_is_escaped_and_well_formed() -> None:
    html = Summary("<b>title", FRAME, {"formula": "y ~ a & b"}, ("x < 3",))._repr_html_()
    parser = Collector()
    parser.feed(html)
    assert parser.stack == []
    assert {"<b>title", "C(Eth)[T.<N>]", "y ~ a & b", "x < 3", "152.1"} <= set(parser.texts)
    assert "http" not in html


def test_latex_is_escaped() -> None:
    latex = Summary("50 % of y_i", FRAME, notes=("sigma^2 & more",)).to_latex()
    assert r"\caption{50 \% of y\_i}" in latex
    assert r"C(Eth) & C(Eth)[T.\textless{}N\textgreater{}] & $-$11.4 & " in latex
    assert r"sigma\textasciicircum{}2 \& more" in latex
    assert latex.count(r"\toprule") == latex.count(r"\midrule") == latex.count(r"\bottomrule") == 1
    assert latex.count(r"\\") == len(FRAME) + 1


def test_a_bracket_at_the_start_of_a_latex_row_is_no_option() -> None:
    latex = Summary("t", pd.DataFrame({"coefficient": ["a", "[b]"]})).to_latex()
    assert "\n{}[b]" in latex


def test_the_frame_is_left_alone() -> None:
    before = FRAME.copy(deep=True)
    summary = Summary("title", FRAME)
    str(summary), summary._repr_html_(), summary.to_latex()
    pd.testing.assert_frame_equal(FRAME, before)
