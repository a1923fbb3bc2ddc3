"""New responses of a model: one draw for each mean, at draws of what else the likelihood has."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.resolved import Resolved


def draw_response(
    resolved: Resolved,
    mean: np.ndarray,
    rng: np.random.Generator,
    *,
    sigma: Any = None,
    shape: Any = None,
    precision: Any = 1.0,
) -> np.ndarray:
    """Return a response for each mean.

    Parameters
    ----------
    resolved : Resolved
    mean : ndarray (..., m)
    rng : numpy.random.Generator
    sigma, shape : number or ndarray (..., 1), optional
        Draws of the residual standard deviation, or of the shape of negative binomial counts, where the family has
        them; None: at the values of the model.
    precision : number or ndarray (m,)
        What divides the dispersion of a row: the trials of a proportion, the precision of a Gaussian response.
    """
    law = resolved.likelihood_at(sigma, shape)
    phi = resolved.phi if sigma is None or not law.has_dispersion else np.asarray(sigma) ** 2
    return law.draw(mean, np.asarray(phi / precision), rng)
