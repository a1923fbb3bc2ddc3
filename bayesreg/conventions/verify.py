"""Check that a fit made elsewhere is the mode of the model that it is read as."""

from __future__ import annotations

import numpy as np

from bayesreg.conventions.fitted import FittedModel
from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.certificate import certify

CLOSED_FORM = 1e-7
"""Largest relative duality gap of a Gaussian ridge, whose solvers are direct."""
PER_TOLERANCE = 20.0
"""Largest relative gap of an iterative fit, in units of its own stopping tolerance."""


def verify_mode(reading: FittedModel, design: Design, resolved: Resolved) -> float:
    """Return the relative duality gap of the estimator's coefficients in the model, or raise.

    Raises
    ------
    DataError
        If the coefficients are far from the model's mode: the data are not those of the fit.
    """
    intercept = [reading.intercept_value] if reading.intercept else []
    beta = np.concatenate([intercept, reading.coef])
    joint = LogJoint(design, resolved)
    certificate = certify(joint, beta, joint.loss(joint.null()))
    gap, direct = certificate.relative_gap, reading.family == "gaussian" and reading.pair.l1 == 0.0
    allowed = CLOSED_FORM if direct else max(CLOSED_FORM, PER_TOLERANCE * reading.tolerance)
    if not gap <= allowed:
        raise DataError(
            f"The coefficients of {reading.source} are not the mode of this model on these data: their relative "
            f"duality gap is {gap:.1e}, and its tolerance explains at most {allowed:.1e}. Give the X and y that it was "
            "fitted to, unweighted; if it stopped early, refit it with a smaller tol or a larger max_iter."
        )
    return gap
