"""The coefficients as one free variable, under the log joint's own prior density."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.objective import log_prior, penalised
from bayesreg.posterior.coordinates import Coordinates
from bayesreg.posterior.graph.transforms import affine, interior, within
from bayesreg.resolved import Resolved
from bayesreg.xp import pytensor_namespace


def coefficient_variable(
    resolved: Resolved, kept: np.ndarray, sigma: Any, scales: Any, coordinates: Coordinates | None
) -> Any:
    """Return the free variable ``beta`` (k,) of the coefficients that are not excluded."""
    import pymc as pm
    import pytensor.tensor as pt

    xp, q = pytensor_namespace(), len(resolved.coefficients)
    bounded = bool(resolved.bounded.any())
    lower, upper = resolved.lower[kept], resolved.upper[kept]

    def logp(value: Any, mean: Any, at_sigma: Any, *rest: Any) -> Any:
        value = value - mean
        full = pt.zeros(q)[kept].set(value) if kept.size < q else value
        moved = at_sigma if resolved.sigma_relative.any() else None
        return log_prior(resolved, full, moved, xp, scales=rest[0] if rest else None)

    def random(mean: Any, at_sigma: Any, *rest: Any, rng: np.random.Generator, size: Any = None) -> np.ndarray:
        return mean + draw_prior(resolved, kept, float(at_sigma), rest[0] if rest else None, rng, size)

    return pm.CustomDist(
        "beta",
        np.zeros(kept.size),
        sigma,
        *(() if scales is None else (scales,)),
        logp=logp,
        random=random,
        signature="(k),()->(k)" if scales is None else "(k),(),(s)->(k)",
        dims="coef",
        initval=coordinates.centre if coordinates is not None else interior(lower, upper),
        default_transform=affine(coordinates) if coordinates is not None else within(lower, upper) if bounded else None,
    )


def draw_prior(
    resolved: Resolved,
    kept: np.ndarray,
    sigma: float,
    scales: np.ndarray | None,
    rng: np.random.Generator,
    size: Any,
) -> np.ndarray:
    """Return draws of the coefficients from their prior, for PyMC's prior predictive functions."""
    shape = tuple(np.atleast_1d(size)) if size is not None else ()
    draws = np.zeros((*shape, len(resolved.coefficients)))
    if np.any(resolved.free & ~resolved.bounded):
        names = [name for name, flat in zip(resolved.coefficients, resolved.free, strict=True) if flat]
        raise UnsupportedError(f"The prior of {', '.join(names)} is flat and has no draws; use a proper prior.")
    for piece in penalised(resolved):
        strength = piece.strength_at(resolved.phi, sigma, scales)
        draws[..., piece.at] = piece.back(piece.law.draw(strength, rng, (*shape, piece.at.size)))
    if resolved.intercept and not resolved.free[0]:
        draws[..., 0] -= draws[..., 1:] @ resolved.center[1:]
    return draws[..., kept]
