"""One or two coefficients and one more parameter of rows of any likelihood, by quadrature."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.reference.oracles.grids import LogDensity, Panels, margin_of_logs
from tests.reference.oracles.margins import Margin

Rows = Callable[[np.ndarray, float], np.ndarray]
Prior = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


def from_rows(
    X: np.ndarray,
    log_rows: Rows,
    log_prior: Prior,
    *,
    offset: np.ndarray | float = 0.0,
    extra: np.ndarray | None = None,
    log_extra: LogDensity | None = None,
    of_rows: bool = True,
    shown: LogDensity | None = None,
    reach: float = 7.0,
    width: float = 0.35,
    smallest: float = 1e-6,
) -> list[Margin]:
    """Return the margins of the coefficients, then of the further parameter where there is one.

    Parameters
    ----------
    X : ndarray (n, 1) or (n, 2)
    log_rows : callable
        ``log p(y_i | eta_i, s)`` of linear predictors (n, ...), up to a constant that ``s`` does not enter.
    log_prior : callable
        ``log p(b_1, b_2 | s)``, of two arrays that broadcast; of one coefficient, the second is 0. It may have kinks
        and poles where a coefficient is 0.
    offset : ndarray (n,)
    extra : ndarray, optional
        Values of ``s``, equally spaced in their logarithm. None: it is 1.
    log_extra : callable, optional
        ``log p(s)`` with respect to ``d s``.
    of_rows : bool
        Whether ``s`` enters the rows; else it enters the prior of the coefficients alone.
    shown : callable, optional
        An increasing function of ``s`` whose margin is returned.
    reach, width, smallest : float
        The coefficients lie between -reach and reach; the width of panels far from 0 and at 0.
    """
    panels = Panels.about_zero(reach, width, smallest=smallest, order=6)
    pair = X.shape[1] == 2
    one, two = panels.nodes[:, None], panels.nodes[None, :] if pair else np.zeros((1, 1))
    weight = panels.weights[:, None] * (panels.weights if pair else np.ones(1))
    shift = np.broadcast_to(offset, len(X))
    eta = shift[:, None, None] + X[:, :1, None] * one + X[:, -1:, None] * two
    fit = None if of_rows and extra is not None else log_rows(eta, 1.0).sum(axis=0)
    pieces = []
    for s in np.ones(1) if extra is None else extra:
        log_p = (log_rows(eta, s).sum(axis=0) if fit is None else fit) + log_prior(one, two, s)
        top = log_p.max()
        density = np.exp(log_p - top) * weight
        height = top + (0.0 if log_extra is None else float(log_extra(s)) + np.log(s))
        pieces.append((height, density.sum(axis=1), density.sum(axis=0)))
    heights = np.array([piece[0] for piece in pieces])
    scale = np.exp(heights - heights.max())
    sides = (1, 2) if pair else (1,)
    margins = [panels.margin(sum(c * piece[k] for c, piece in zip(scale, pieces, strict=True))) for k in sides]
    if extra is not None:
        mass = np.array([c * piece[1].sum() for c, piece in zip(scale, pieces, strict=True)])
        margins.append(margin_of_logs(extra, mass, shown))
    return margins
