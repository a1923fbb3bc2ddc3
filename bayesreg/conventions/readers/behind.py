"""An estimator of another package as the last step of a scikit-learn Pipeline: its record in raw columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Group
from bayesreg.conventions.readers.sklearn_data import Seen
from bayesreg.errors import UnsupportedError


def in_raw_columns(reading: FittedModel, seen: Seen) -> FittedModel:
    """Return the record of a fit to ``(x_j - center_j) / scale_j`` as that of a fit to the columns ``x_j``.

    Parameters
    ----------
    reading : FittedModel
        Of the last step alone.
    seen : Seen
        What the steps before it made of the columns.

    Raises
    ------
    UnsupportedError
        If a group of coefficients or a bend has no such penalty in raw columns, or the intercept no constant.

    Examples
    --------
    >>> import numpy as np
    >>> reading = FittedModel(source="a fit", setting="alpha = 1", family="gaussian", coef=np.array([2.0]),
    ...     intercept_value=0.0, intercept=True, rate=np.array([3.0]), precision=np.array([0.0]))
    >>> seen = Seen(None, ("x",), np.array([1.0]), np.array([2.0]), True, " behind StandardScaler")
    >>> in_raw_columns(reading, seen).rate
    array([6.])
    """
    scale, source = seen.scale, f"{reading.source}{seen.behind}"
    if not reading.intercept and np.any(seen.center != 0.0):
        raise UnsupportedError(
            f"{source} has no intercept, and a step before it centres the columns: in raw units its intercept depends "
            "on the coefficients, which no model of the raw columns has. Use StandardScaler(with_mean=False)."
        )
    for group in reading.groups:
        if np.ptp(scale[list(group.columns)]) > 0.0:
            raise UnsupportedError(
                f"{source} penalises groups of columns that a step before it stretches by different factors, which no "
                "penalty of the raw columns does. Hand over the last step alone, pipeline[-1], with the columns it "
                "saw: pipeline[:-1].transform(X)."
            )
    if reading.mcp is not None and not seen.standard and np.any(scale != 1.0):
        raise UnsupportedError(
            f"{source} has a minimax concave penalty of stretched columns, whose bends differ in raw ones. Put a "
            "StandardScaler before it, or hand over the last step alone, with the columns it saw."
        )
    coef = reading.coef / scale
    return replace(
        reading,
        source=source,
        coef=coef,
        intercept_value=reading.intercept_value - float(coef @ seen.center),
        rate=reading.rate * scale,
        precision=reading.precision * scale**2,
        groups=tuple(Group(columns=g.columns, lam=g.lam * float(scale[g.columns[0]])) for g in reading.groups),
        lower=None if reading.lower is None else reading.lower / scale,
        upper=None if reading.upper is None else reading.upper / scale,
        scales=_scales(reading, seen),
        X=seen.X,
        names=seen.names,
    )


def _scales(reading: FittedModel, seen: Seen) -> np.ndarray | None:
    """Return the standard deviations that all columns were divided by, unless groups are penalised as they are."""
    return seen.scale if seen.standard and not reading.groups else None
