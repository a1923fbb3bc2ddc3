"""Which conditional a law has."""

from __future__ import annotations

import numpy as np

from bayesreg.objective import Piece
from bayesreg.posterior.gibbs.conditionals.base import Conditional
from bayesreg.posterior.gibbs.conditionals.laplace import LaplaceConditional
from bayesreg.posterior.gibbs.conditionals.normal import NormalConditional


def conditional_of(piece: Piece, unit: float) -> Conditional:
    """Return the conditional of a piece's law; ``unit`` is sigma at the model's dispersion where it is relative, or 1.

    A learned strength is at scale 1 (`Piece.unit`); one that is a number is at ``piece.strength``, times ``unit``.
    """
    strength = piece.unit if piece.learned >= 0 else piece.strength.scaled(unit)
    rate, precision = (np.broadcast_to(np.asarray(part, dtype=float), piece.at.shape) for part in strength)
    if np.any(rate > 0.0):
        return LaplaceConditional(rate, precision, piece.at.size)
    return NormalConditional(precision, piece.at.size)
