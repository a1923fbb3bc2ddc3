"""A least-squares problem as its estimate of the dispersion sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, eq=False)
class Rotated:
    """A weighted, centred least-squares problem in an eigenbasis of its penalised columns, exact or by quadrature.

    Attributes
    ----------
    squares : ndarray (r,)
        Eigenvalues ``d_i^2 > 0`` of ``Z'Z``, or nodes for them.
    counts : ndarray (r,)
        How many eigenvalues each stands for; 1 where they are exact.
    nodes : ndarray (s,)
        Eigenvalues, or nodes, that the response is spread over.
    energies : ndarray (s,)
        ``u_i^2``: the squared projections of the response along their left singular vectors.
    rest : float
        Sum of squares of the response outside them.
    dof : float
        Dimension of the whole: observations less the free columns.
    rank : float
        Number of positive eigenvalues.
    """

    squares: np.ndarray
    counts: np.ndarray
    nodes: np.ndarray
    energies: np.ndarray
    rest: float
    dof: float
    rank: float
