"""Laws of the object itself: frozen, copied whole, shown with both faces, and honest about what it can not do."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.testing.laws import Comparison, law


@law(look="the class: it must be a frozen dataclass")
def frozen(case: Any) -> Iterator[Comparison]:
    """No field can be set."""
    for item in fields(case.penalty):
        try:
            setattr(case.penalty, item.name, None)
            changed = True
        except FrozenInstanceError:
            changed = False
        yield Comparison(f"{item.name} can be set", changed, False)


@law(look="the class: leave __reduce__ and __deepcopy__ alone")
def copied(case: Any) -> Iterator[Comparison]:
    """A copy, made as workers receive theirs, is the same penalty."""
    copy = deepcopy(case.penalty)
    yield Comparison("the copy is shown alike", repr(copy) == repr(case.penalty), True)
    mine, other = case.penalty.strength(2.0), copy.strength(2.0)
    for name in ("rate", "precision"):
        yield Comparison(f"{name} of the copy", getattr(other, name), np.asarray(getattr(mine, name)))


@law(look="written, or other_face")
def shown(case: Any) -> Iterator[Comparison]:
    """It is shown as it was written, and with its other face where there is one."""
    law = case.penalty
    yield Comparison("repr begins with what was written", repr(law).startswith(law.written), True)
    yield Comparison("written begins with the name", law.written.startswith(f"{type(law).__name__}("), True)
    yield Comparison("repr has the other face", repr(law).endswith(law.other_face), True)


@law(look="no_mode, no_density or from_design", applies=lambda case: case.penalty.no_mode or case.penalty.no_density)
def refusals(case: Any) -> Iterator[Comparison]:
    """What it can not do it refuses with the reason and a way out, and without a mode it says so in its traits."""
    law = case.penalty
    for name in ("no_mode", "no_density"):
        text = getattr(law, name)
        yield Comparison(f"{name} is a reason and a way out", not text or ("Use " in text or " use " in text), True)
    yield Comparison("traits.has_mode", law.traits.has_mode, not law.no_mode)
    if law.no_mode:
        try:
            law.prox(np.ones(2), law.strength(1.0))
            refused = False
        except UnsupportedError:
            refused = True
        yield Comparison("prox is refused", refused, True)


LAWS = (frozen, copied, shown, refusals)
