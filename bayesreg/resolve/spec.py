"""The penalty of a model as its user gave it."""

from __future__ import annotations

from collections.abc import Mapping

from bayesreg.errors import InputError
from bayesreg.resolved import PenaltySpec


def written(penalty: PenaltySpec) -> str:
    """Return a penalty, or a mapping of them, as it was written."""
    if isinstance(penalty, Mapping):
        return f"{{{', '.join(f'{key!r}: {law.written}' for key, law in penalty.items())}}}"
    return penalty.written if penalty is not None else "None"


def one_of(penalty: PenaltySpec, prior: PenaltySpec) -> PenaltySpec:
    """Return the one of the two names that was used."""
    if penalty is not None and prior is not None:
        raise InputError("penalty= and prior= are two names of one argument; give one of them.")
    return penalty if penalty is not None else prior


def abbreviate(names: tuple[str, ...]) -> str:
    """Return the right side of a formula of many columns, the middle of a long one left out."""
    return " + ".join(names if len(names) <= 12 else (*names[:3], "...", names[-1])) or "1"
