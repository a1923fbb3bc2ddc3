r"""How the prior density of a draw changes with the strength, for many draws at once.

Between two strengths the likelihood and the prior of sigma are the same, so the ratio of two posteriors is

    p(b | sigma, lam') / p(b | sigma, lam),

and what of it depends on neither strength may be left out. A prior relative to sigma is a law of
``u = b sqrt(phi) / sigma`` at the strength that it has at ``sigma = sqrt(phi)``; the volume of that map is the same
for every strength.
"""

from __future__ import annotations

import numpy as np

from bayesreg.objective import Piece, penalised
from bayesreg.resolved import Resolved


def log_priors(at: list[Resolved], beta: np.ndarray, sigma: np.ndarray | None) -> np.ndarray:
    """Return the log prior densities (K, S) of draws at each strength, up to a constant of each draw.

    Parameters
    ----------
    at : list of Resolved
        The same model at K strengths.
    beta : ndarray (S, q)
    sigma : ndarray (S,) or None
        None: fixed at ``sqrt(phi)``.
    """
    total = np.zeros((len(at), beta.shape[0]))
    for row, one in zip(total, at, strict=True):
        for piece in penalised(one):
            acted_on = _acted_on(piece, beta)
            if piece.relative and sigma is not None:
                acted_on = acted_on * (np.sqrt(one.phi) / sigma)[:, None]
            density = np.asarray(piece.law.log_prior(acted_on, piece.strength))
            row += density.sum(axis=1) if piece.law.traits.separable else density
    return total


def is_proper(resolved: Resolved) -> bool:
    """Return whether every law of the prior integrates, or is flat in directions that no strength changes."""
    return all(piece.law.traits.proper or piece.law.null_space() is not None for piece in penalised(resolved))


def _acted_on(piece: Piece, beta: np.ndarray) -> np.ndarray:
    """Return what a law acts on (S, d), as `Piece.acted_on` has it for one draw."""
    value = beta[:, piece.at]
    if piece.center is not None:
        value = value + np.outer(beta @ piece.center, piece.at == 0)
    if piece.map is None:
        return value
    return value * piece.map if piece.map.ndim == 1 else value @ piece.map.T
