"""Factors by name that do not change and can be hashed, as penalties are and can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, final


@final
class Factors(Mapping[Any, Any]):
    """A copy of a mapping from name to factor."""

    __slots__ = ("_table",)

    def __init__(self, table: Mapping[Any, Any]) -> None:
        self._table = dict(table)

    def __getitem__(self, key: Any) -> Any:
        return self._table[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __hash__(self) -> int:
        return hash(frozenset(self._table.items()))

    def __repr__(self) -> str:
        return repr(self._table)
