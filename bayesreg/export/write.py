"""From a model and a target to text."""

from __future__ import annotations

import keyword
from importlib import import_module
from typing import TYPE_CHECKING

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.export.subject import features, read_subject
from bayesreg.export.table import TARGETS, able, refusal

if TYPE_CHECKING:
    from bayesreg.model import Model


def export_model(model: Model, target: str, *, data: str = "data") -> str:
    """Return a model as the text of another package; see `Model.export`."""
    if not isinstance(target, str) or target not in TARGETS:
        raise InputError(f"target={target!r} is not known; allowed: {', '.join(map(repr, TARGETS))}.")
    if not isinstance(data, str) or not data.isidentifier() or keyword.iskeyword(data) or data in _TAKEN:
        raise InputError(
            f"data={data!r} is not a name for the frame in the text; give a plain identifier such as 'data' or 'df'."
        )
    laws, found = features(model)
    family = model.family.name
    reason = refusal(target, family, laws, found)
    if reason:
        others = ", ".join(map(repr, able(family, laws, found)))
        way_out = f"Targets that can: {others}." if others else "No target can."
        raise UnsupportedError(
            f"This model can not be written for {target}: {reason}. {way_out} Model.pymc() returns the posterior "
            "itself as a pymc.Model."
        )
    subject = read_subject(model, data)
    text: str = import_module(f"bayesreg.export.{target}").write(subject)
    return text


_TAKEN = ("X", "y", "Z", "s", "weights", "offset", "mean", "phi", "model", "pm", "np", "b", "alpha", "sigma", "beta")
