"""Two coefficients under any prior, sigma known or not, by quadrature in two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.reference.oracles.grids import Panels, margin_of_logs
from tests.reference.oracles.margins import Margin

Joint = Callable[[np.ndarray, np.ndarray], np.ndarray]


def two_coefficients(
    X: np.ndarray,
    y: np.ndarray,
    log_prior: Joint,
    sigma: np.ndarray,
    log_sigma_prior: Callable[[np.ndarray], np.ndarray],
    *,
    relative: bool,
    reach: float,
    width: float,
    lost: float = 0.0,
    coordinates: np.ndarray | None = None,
) -> list[Margin]:
    """Return the margins of the two coordinates, then of sigma where it is unknown.

    Parameters
    ----------
    X : ndarray (n, 2)
    y : ndarray (n,)
    log_prior : callable
        ``log p(v_1, v_2)`` up to a constant, of two arrays that broadcast; ``v = w / sigma`` where it is relative.
        It may have kinks and poles where a coordinate is 0.
    sigma : ndarray
        Equally spaced in its logarithm; of one element: known.
    log_sigma_prior : callable
        ``log p(sigma)`` with respect to ``d sigma``.
    relative : bool
    reach, width : float
        The coordinates lie between -reach and reach; the width of panels, less than a standard deviation.
    lost : float
        Rows taken by what was projected out: 1 with centred columns and a flat intercept.
    coordinates : ndarray (2, 2), optional
        ``T`` in ``b = T w``; None: the coordinates are the coefficients.
    """
    T = np.eye(2) if coordinates is None else coordinates
    G, h = T.T @ X.T @ X @ T, T.T @ X.T @ y
    panels = Panels.about_zero(reach, width, smallest=1e-5 * width, order=6)
    one, two = panels.nodes[:, None], panels.nodes[None, :]
    square = y @ y - 2.0 * (h[0] * one + h[1] * two) + G[0, 0] * one**2 + 2 * G[0, 1] * one * two + G[1, 1] * two**2
    weight = panels.weights[:, None] * panels.weights
    fixed = None if relative else log_prior(one, two)
    pieces = []
    for s in sigma:
        prior = log_prior(one / s, two / s) - 2.0 * np.log(s) if fixed is None else fixed
        log_p = prior - 0.5 * square / s**2
        top = log_p.max()
        density = np.exp(log_p - top) * weight
        height = top - (len(y) - lost) * np.log(s) + log_sigma_prior(s) + np.log(s)
        pieces.append((height, density.sum(axis=1), density.sum(axis=0)))
    heights = np.array([piece[0] for piece in pieces])
    scale = np.exp(heights - heights.max())
    margins = [panels.margin(sum(c * piece[k] for c, piece in zip(scale, pieces, strict=True))) for k in (1, 2)]
    if sigma.size > 1:
        margins.append(margin_of_logs(sigma, np.array([c * p[1].sum() for c, p in zip(scale, pieces, strict=True)])))
    return margins
