"""What every fit offers, whatever made it: the ground that comparisons and plots stand on."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import pandas as pd

Kind = Literal["mle", "mode", "posterior"]
KINDS: tuple[Kind, ...] = ("mle", "mode", "posterior")


class Fit(Protocol):
    """A fit of one model to one data set.

    Attributes
    ----------
    kind : {"mle", "mode", "posterior"}
    params : pandas.Series (q,)
        Point estimates on the user's scale, indexed by coefficient, "Intercept" first.
    model : Model
        With ``design``, ``resolved``, ``formula`` and ``family``.
    """

    @property
    def kind(self) -> Kind: ...

    @property
    def params(self) -> pd.Series: ...

    @property
    def model(self) -> Any: ...

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a coefficient: term, coefficient, estimate, lower, upper, zero, method, note."""


def resolved_of(fit: Any) -> Any:
    """Return the record that was fitted: a point of a path has its own, a classical fit has its model's."""
    return fit.model.resolved if fit.kind == "mle" else fit.resolved


def is_fit(value: object) -> bool:
    """Return whether ``value`` is a fit."""
    return getattr(value, "kind", None) in KINDS and callable(getattr(value, "estimates", None))
