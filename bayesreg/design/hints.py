"""What a message advises when a formula is refused: names that need back-quotes, words of other software, misspellings.

Nothing here decides whether a formula is allowed; it only words the refusal.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

QUOTED = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|`([^`]*)`""")
"""A text in quotes (group 1) or a name in back-quotes (group 2)."""

OPERATORS = "+ - * / : ** ^ %in% . and ~"
"""The operators of formulas, for messages."""

MISPLACED = (
    "a mark names the penalty of whole terms, so it stands between + signs on the right side, as in y ~ l1(a + b) + c, "
    "and not inside of brackets, functions, interactions or other marks"
)
"""Where marks may stand, for messages."""

_ELSEWHERE = {
    "offset": "the offset is an argument: Model(..., offset=...)",
    "Q": "write a name that is not an identifier in back-quotes, as in `my col`",
    "s": "splines are written bs(...) or cr(...), and with a penalty smooth(bs(x, df=20), lam=1)",
    "te": "surfaces are not part of formulas; write smooth(bs(x, df=20), lam=1) for each column",
    "firth": "Firth's correction is one of the whole model: Model(..., penalty=br.Firth())",
}
_MARKS = {
    "lasso": "l1",
    "ridge": "l2",
    "enet": "elastic_net",
    "grp": "group",
    "group_lasso": "group",
    "grouplasso": "group",
    "fused_lasso": "fused",
    "sparse_group_lasso": "sparse_group",
    "hs": "horseshoe",
    "gp": "g_prior",
    "none": "flat",
}
_GROUP = re.compile(r"\([^()]*\|[^()]*\)")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_MARKED = re.compile("⧛([^⧚]*)⧚(.*)", re.DOTALL)
_MISPLACED = re.compile(r"Operator `([^`]*)` has insuff\w* arguments")


def unquoted_columns(text: str, names: Iterable[str]) -> list[str]:
    """Return the columns that stand in a formula without the back-quotes that they need, longest first.

    Examples
    --------
    >>> unquoted_columns("y ~ my col + `p %` + x", ["y", "my col", "p %", "x"])
    ['my col']
    """
    plain = QUOTED.sub("`", text)
    odd = [
        name for name in names if not name.isidentifier() and "`" not in name and name.strip() and name.isprintable()
    ]
    found = [name for name in odd if name in plain and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain)]
    return sorted(found, key=len, reverse=True)


def needs_quotes(name: str) -> str:
    """Return the message for a column that stands in a formula without its back-quotes."""
    return f"the column {name!r} has a name that is not an identifier; write `{name}` in back-quotes."


def unknown_function(name: str, functions: Collection[str], user: tuple[str, ...], marks: Collection[str] = ()) -> str:
    """Return what to write instead of a function that is not in the table.

    Examples
    --------
    >>> unknown_function("offset", ["log", "exp"], ())
    'the offset is an argument: Model(..., offset=...)'
    """
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    small = name.lower()
    mark = [known for known in (small, _MARKS.get(small, small)) if known in marks]
    if mark := mark or difflib.get_close_matches(small, marks, n=1, cutoff=0.75):
        return f"did you mean the mark {mark[0]}(...)? A mark names the penalty of its terms, as in l1(x + z, lam=3)"
    close = difflib.get_close_matches(name, [*functions, *user])
    page = "the documentation page 'Formulas'"
    known = ", ".join(list(functions)[:3])
    start = (
        f"did you mean {' or '.join(close)}? All functions are on {page}"
        if close
        else f"the functions are {known} and others, listed on {page}"
    )
    own = f"; yours: {', '.join(user)}" if user else ""
    return f"{start}{own}; give your own as functions={{...}}"


def unknown_bar(text: str) -> str:
    """Return the message for an operator ``|`` that is not that of a group effect."""
    if _GROUP.search(QUOTED.sub("`", text)):
        return (
            "group effects are written (1 | g), (x || g) or (0 + x || g), in brackets of their own between + signs on "
            f"the right side, with one bar; {_cut(text.strip())!r} is not of that form."
        )
    return (
        f"the operator | is not known; the operators are {OPERATORS} (inside of brackets of I(...), | means or; "
        "effects of the levels of a group are written (1 | g), with the brackets)."
    )


def correlated(text: str, group: str, slopes: str) -> str:
    """Return the message for group effects that would be correlated, such as ``(x | g)``.

    Examples
    --------
    >>> correlated("(x | g)", "g", "x")[:75]
    '(x | g) lets the effects of a group be correlated, and their covariance is '
    """
    return (
        f"{text} lets the effects of a group be correlated, and their covariance is a matrix to estimate; a penalty "
        f"has one strength for each term and independent effects. Write ({slopes} || {group}) for these, or "
        f"(1 | {group}) for an intercept of each group alone."
    )


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def unreadable(error: Exception) -> str:
    """Return the message for an error of the parser behind, without its marks and colours."""
    message = " ".join(_COLOUR.sub("", str(error)).split())
    found, marked = _MISPLACED.match(message), _MARKED.search(message)
    if found and marked:
        ends = marked[2].strip()[:1] in ("", ")", "]", "}") or re.match(r"\s*\(\s*\)", marked[2])
        problem = "has nothing after it" if ends else "is misplaced"
        formula = message[found.end() :].split(". ", 1)[-1]
        message = f"the operator {found[1]} {problem} in {_plain(formula)!r}"
    return (
        f"the formula can not be read: {_plain(message)} (the operators are {OPERATORS}; comparisons and other "
        "arithmetic go inside of I(...))."
    )


def _plain(text: str) -> str:
    return text.replace("⧛", "").replace("⧚", "").strip()
