"""The spectrum of many standardised columns by Lanczos steps, from random vectors and from the response."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal

from bayesreg.dispersion.columns import Standardized
from bayesreg.dispersion.rotated import Rotated

STEPS = 80
PROBES = (4, 60)
"""Fewest and most random vectors; of long vectors few are needed, as each averages over its entries."""
ENTRIES = 300_000
SEED = 20_130
NULL = 1e-10
"""Share of the largest node up to which one counts as 0."""


def approximate(Z: Standardized, y: np.ndarray, dof: float) -> Rotated:
    """Return the problem of a response (n,), already without its part along the free columns, by quadrature.

    A Lanczos recurrence from the response gives the nodes and weights of its quadratic forms; recurrences from random
    signs give those of the traces. The random numbers are always the same.

    References
    ----------
    Ubaru, Chen and Saad (2017), Fast estimation of tr(f(A)) via stochastic Lanczos quadrature.
    """
    n, m = Z.shape
    wide, total = m >= n, float(y @ y)
    start = y if wide else Z.across(y[:, None])[:, 0]
    size = n if wide else m
    count = int(np.clip(np.ceil(ENTRIES / size), *PROBES))
    probes = np.random.default_rng(SEED).choice([-1.0, 1.0], (size, count))
    dimension = float(m)
    if wide:
        present = Z.root > 0.0
        probes = Z.projected(probes * present[:, None])
        dimension = float(np.count_nonzero(present) - Z.basis.shape[1])
    starts = np.column_stack([start, probes])
    nodes, shares = lanczos(Z, starts, wide=wide)
    largest = float(nodes.max())
    kept = nodes > NULL * largest
    own = kept[0]
    energies = float(start @ start) * shares[0][own] / (1.0 if wide else nodes[0][own])
    rest = max(total - float(energies.sum()), 0.0)
    others = kept[1:]
    counts = (shares[1:] * (dimension / count))[others]
    rank = float(counts.sum())
    rank = dimension if rank > 0.99 * dimension else rank
    return Rotated(nodes[1:][others], counts, nodes[0][own], energies, rest, dof, rank)


def lanczos(Z: Standardized, starts: np.ndarray, *, wide: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and shares (k, steps) of the quadratures that belong to starting vectors (size, k).

    The recurrences run side by side, so that each product with the columns serves all of them, and without
    orthogonalisation against earlier vectors: copies of a node share its weight.
    """
    length = np.linalg.norm(starts, axis=0)
    present = starts / np.where(length > 0.0, length, 1.0)
    past, below = np.zeros_like(present), np.zeros(length.size)
    steps = min(STEPS, starts.shape[0])
    diagonals, belows = np.zeros((steps, length.size)), np.zeros((steps, length.size))
    for step in range(steps):
        image = Z.times(Z.across(present)) if wide else Z.across(Z.times(present))
        diagonals[step] = np.einsum("ij,ij->j", present, image)
        image -= present * diagonals[step]
        image -= past * below
        below = np.linalg.norm(image, axis=0)
        below = np.where(below > 1e-13 * np.abs(diagonals[: step + 1]).max(axis=0), below, 0.0)
        past, present = present, image / np.where(below > 0.0, below, np.inf)
        belows[step] = below
    found = [eigh_tridiagonal(d, b[:-1], check_finite=False) for d, b in zip(diagonals.T, belows.T, strict=True)]
    return np.array([values for values, _ in found]), np.array([vectors[0] ** 2 for _, vectors in found])
