"""Which coefficients the keys of a mapping name: ``"bmi"``, ``"C(site)"``, ``"x1 + x2"``, ``"(1 | clinic)"``."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

from bayesreg.errors import InputError

SHOWN = 40
"""Most names that a message lists."""


@final
@dataclass(frozen=True, eq=False)
class Keys:
    """The names that keys may have, looked up by text without blanks and back-quotes.

    Attributes
    ----------
    names, terms : tuple of str (q,)
        Of the coefficients, and of the term that each belongs to.

    Examples
    --------
    >>> Keys(("Intercept", "x", "g[T.b]", "g[T.c]"), ("Intercept", "x", "g", "g")).find("x+g")
    [1, 2, 3]
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]

    def find(self, key: Any) -> list[int]:
        """Return the positions that a key such as ``"bmi + C(site)"`` names.

        Raises
        ------
        InputError
            If it is not text, or a part of it names no term or coefficient.
        """
        if not isinstance(key, str):
            raise InputError(
                f"The key {key!r} of a penalty or weight is not a term; give its name as text, or ... for the rest."
            )
        parts = [key] if self._matching(key) else _split_plus(key)
        found: dict[int, None] = {}
        for part in (term for written in parts for term in _group_terms(written)):
            columns = self._matching(part)
            if not columns:
                raise InputError(self._unknown(part.strip()))
            found.update(dict.fromkeys(columns))
        return list(found)

    def _matching(self, key: str) -> list[int]:
        wanted = _plain(key)
        return self._by_term.get(wanted) or self._by_name.get(wanted) or []

    @cached_property
    def _by_term(self) -> dict[str, list[int]]:
        return _positions(self.terms)

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        return _positions(self.names)

    def _unknown(self, part: str) -> str:
        known = list(dict.fromkeys((*self.terms, *self.names)))
        close = difflib.get_close_matches(part, known)
        meant = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        shown = ", ".join(known[:SHOWN])
        return f"{part!r} is not a term or coefficient of this model.{meant} Known: {shown}{more}."


def _positions(texts: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the positions of each text."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        found.setdefault(_plain(text), []).append(place)
    return found


def _group_terms(text: str) -> list[str]:
    """Return the terms of group effects that a formula writes as ``(1 | g)`` or ``(x || g)``; other text as it is."""
    inner = text.strip()
    if "|" not in inner:
        return [text]
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    if "||" not in inner:
        return [inner]
    slopes, _, group = inner.partition("||")
    names = [name.strip() for name in _split_plus(slopes)]
    whole = [] if "0" in names or "1" in names else ["1"]
    return [f"{name} | {group.strip()}" for name in [*whole, *names] if name != "0"]


def _plain(text: str) -> str:
    return "".join(text.split()).replace("`", "")


def _split_plus(key: str) -> list[str]:
    """Split at the ``+`` signs that stand outside brackets and back-quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, character in enumerate(key):
        quoted ^= character == "`"
        depth += (character in "([{") - (character in ")]}")
        if character == "+" and depth == 0 and not quoted:
            parts.append(key[start:place])
            start = place + 1
    return [*parts, key[start:]]
