"""How a penalty is shown: as it was written, and with its other face."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar


class Shown:
    """What is shown of a frozen dataclass that is a penalty."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def written(self) -> str:
        """The penalty as it was written: its strength, and of the options those that differ from their default."""
        options = {item.name for item in fields(self) if item.kw_only}
        shown = [item.name for item in fields(self) if item.name not in options and not item.name.startswith("_")]
        shown += [
            item.name
            for item in fields(self)
            if item.name in options and repr(getattr(self, item.name)) != repr(item.default)
        ]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @property
    def other_face(self) -> str:
        """The same law in the other units, as text with ``phi`` for the dispersion; empty where there is none."""
        return ""

    def __repr__(self) -> str:
        """Show both faces: ``L1(lam=4.0) = Laplace(scale=phi / 4.0)``."""
        return f"{self.written} = {self.other_face}" if self.other_face else self.written
