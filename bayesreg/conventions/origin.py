"""Where a model comes from: the fit made elsewhere whose mode it has, and how near that fit is to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.conventions.model_arguments import model_arguments
from bayesreg.conventions.readers import read
from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.certificate import certify

LEAST = 1e-6
"""Largest violation of stationarity of a fit by a direct solver, in single precision too."""
PER_TOLERANCE = 5.0
"""Largest violation of an iterative fit, in units of its own stopping tolerance."""


@final
@dataclass(frozen=True)
class Origin:
    """The fit made elsewhere that a model was made of.

    Attributes
    ----------
    source : str
        Package, estimator and setting.
    kkt : float
        Largest violation of the model's stationarity conditions by the fit's coefficients, as a correlation; see
        `bayesreg.solvers.Certificate`.
    relative_gap : float
        Their duality gap over the objective with every penalised coefficient at 0; nan under a penalty that is not
        convex.

    Examples
    --------
    >>> print(Origin("scikit-learn Ridge with alpha = 10", 3e-9, 1e-16))
    this is, to 3e-09, the mode of: scikit-learn Ridge with alpha = 10
    """

    source: str
    kkt: float
    relative_gap: float

    def __str__(self) -> str:
        return f"this is, to {self.kkt:.0e}, the mode of: {self.source}"


def with_origin(from_arrays: Callable[..., Any], estimator: Any, dispersion: Any, given: Mapping[str, Any]) -> Any:
    """Return the model, made by `Model.from_arrays`, whose mode a fit made elsewhere is, with its origin.

    ``given`` are the fields of `Given`.
    """
    reading = read(estimator, Given(**given))
    model = from_arrays(**model_arguments(reading, dispersion))
    vars(model).update(origin=checked_origin(reading, model.design, model.loss_resolved))
    return model


def checked_origin(reading: FittedModel, design: Design, resolved: Resolved) -> Origin:
    """Return the origin of a model: its certificate at the coefficients of the fit, or raise.

    Raises
    ------
    DataError
        If the coefficients are far from the model's mode: the data are not those of the fit.
    """
    intercept = [reading.intercept_value] if reading.intercept else []
    beta = np.concatenate([intercept, reading.coef])
    joint = LogJoint(design, resolved)
    certificate = certify(joint, beta, joint.loss(joint.null()))
    allowed = max(LEAST, PER_TOLERANCE * reading.tolerance)
    if not certificate.kkt <= allowed:
        raise DataError(
            f"The coefficients of {reading.source} are not the mode of this model on these data: they violate its "
            f"optimality conditions by {certificate.kkt:.1e} (as a correlation), and its tolerance explains at most "
            f"{allowed:.1e}. Give the X and y (and weights=, offset=) that it was fitted to; if it stopped early, "
            "refit it with a smaller tol or a larger max_iter."
        )
    return Origin(reading.source, certificate.kkt, certificate.relative_gap)
