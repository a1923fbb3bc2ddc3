"""A table of laws whose files are imported when a law is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import final

from bayesreg.penalties.base import Penalty


@final
class Registry(Mapping[str, type[Penalty]]):
    """Laws by name, in order.

    Parameters
    ----------
    files : mapping of str to str
        Name of the law -> its file in this folder.
    names : mapping of str to str, optional
        Name in this table -> name of the law; the same by default.
    """

    def __init__(self, files: Mapping[str, str], names: Mapping[str, str] | None = None) -> None:
        self._files = dict(files)
        self._names = {name: name for name in files} if names is None else dict(names)

    def __getitem__(self, name: str) -> type[Penalty]:
        law = self._names[name]
        found: type[Penalty] = getattr(import_module(f"bayesreg.penalties.{self._files[law]}"), law)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def renamed(self, name: Callable[[str], str]) -> Registry:
        """Return the same laws under other names."""
        return Registry(self._files, {name(law): law for law in self._files})
