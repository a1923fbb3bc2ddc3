"""How well a whole procedure predicts, the choice of its strength included."""

from __future__ import annotations

from bayesreg.select.validation.bootstrap import bootstrap
from bayesreg.select.validation.measures import MEASURES, Judged, groups_of, measure
from bayesreg.select.validation.nested import cross_fit
from bayesreg.select.validation.procedure import Learned, Procedure, constant

__all__ = [
    "MEASURES",
    "Judged",
    "Learned",
    "Procedure",
    "bootstrap",
    "constant",
    "cross_fit",
    "groups_of",
    "measure",
]
