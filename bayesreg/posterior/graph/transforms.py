"""How coefficients become unconstrained: affine coordinates, or logarithms and logits where they have limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.posterior.coordinates import Coordinates


def affine(coordinates: Coordinates) -> Any:
    """Return the transform to ``u`` with ``beta = centre + factor u``."""
    import pytensor.tensor as pt
    from pymc.logprob.transforms import Transform

    class Affine(Transform):
        """``u`` with ``beta = centre + factor u``."""

        name = "affine"

        def forward(self, value: Any, *inputs: Any) -> Any:
            return pt.dot(pt.as_tensor(coordinates.inverse), value - coordinates.centre)

        def backward(self, value: Any, *inputs: Any) -> Any:
            return coordinates.centre + pt.dot(pt.as_tensor(coordinates.factor), value)

        def log_jac_det(self, value: Any, *inputs: Any) -> Any:
            return pt.sum(0.0 * value) + np.float64(coordinates.log_volume)

    return Affine()


def within(lower: np.ndarray, upper: np.ndarray) -> Any:
    """Return the transform that takes each coordinate from its limits to the line.

    ``log(b - lower)`` with a lower limit, ``log(upper - b)`` with an upper one, and
    ``log(b - lower) - log(upper - b)`` with both; coordinates without limits stay as they are.
    """
    import pytensor.tensor as pt
    from pymc.logprob.transforms import Transform

    has_low, has_high = lower > -np.inf, upper < np.inf
    above, below, inside = has_low & ~has_high, has_high & ~has_low, has_low & has_high
    low, high = np.where(has_low, lower, 0.0), np.where(has_high, upper, 1.0)
    log_width = np.log(np.where(inside, high - low, 1.0))

    class Within(Transform):
        """Logarithms and logits of the coordinates that have limits, the others as they are."""

        name = "within"

        def forward(self, value: Any, *inputs: Any) -> Any:
            found = pt.switch(above, pt.log(pt.switch(above, value - low, 1.0)), value)
            if below.any():
                found = pt.switch(below, pt.log(pt.switch(below, high - value, 1.0)), found)
            if inside.any():
                odds = pt.switch(inside, value - low, 1.0) / pt.switch(inside, high - value, 1.0)
                found = pt.switch(inside, pt.log(odds), found)
            return found

        def backward(self, value: Any, *inputs: Any) -> Any:
            found = pt.switch(above, low + pt.exp(pt.switch(above, value, 0.0)), value)
            if below.any():
                found = pt.switch(below, high - pt.exp(pt.switch(below, value, 0.0)), found)
            if inside.any():
                share = pt.sigmoid(pt.switch(inside, value, 0.0))
                found = pt.switch(inside, low + (high - low) * share, found)
            return found

        def log_jac_det(self, value: Any, *inputs: Any) -> Any:
            total = pt.sum(pt.switch(above | below, value, 0.0))
            if inside.any():
                at = pt.switch(inside, value, 0.0)
                total = total + pt.sum(pt.switch(inside, log_width - pt.softplus(at) - pt.softplus(-at), 0.0))
            return total

    return Within()


def interior(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return a point strictly between limits that enclose 0: 0 where it is inside, else a little off the limit."""
    step = np.minimum(0.1, 0.1 * (upper - lower))
    return np.where(lower >= 0.0, lower + step, np.where(upper <= 0.0, upper - step, 0.0))
