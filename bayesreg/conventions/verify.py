"""Check that a fit made elsewhere is the mode of the model that it is read as."""

from __future__ import annotations

import numpy as np

from bayesreg.conventions.fitted import FittedModel
from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.certificate import certify

WORST_GAP = 1e-2
"""Largest relative duality gap that a loose tolerance explains; other data or settings exceed it."""


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
    gap = min(certificate.relative_gap, certificate.kkt)
    if not gap <= WORST_GAP:
        raise DataError(
            f"The coefficients of {reading.source} are not the mode of this model on these data (KKT residual "
            f"{certificate.kkt:.1e}). Give the X and y that it was fitted to, unweighted; if it stopped early, refit "
            "it with a smaller tol or a larger max_iter."
        )
    return gap
