"""Effects of group levels that the fit has not seen: draws from their prior, given each draw's sigma and scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design.unseen import Unseen
from bayesreg.errors import UnsupportedError
from bayesreg.objective import penalised
from bayesreg.penalties import Strength
from bayesreg.posterior.drawn import Drawn


def draw_unseen(resolved: Any, unseen: Unseen, drawn: Drawn, rng: np.random.Generator) -> np.ndarray:
    """Return draws (S, labels) of the effects of new levels, independent of those of the known ones given the scale.

    Parameters
    ----------
    resolved : Resolved
    unseen : Unseen
    drawn : Drawn
        In one line.
    rng : numpy.random.Generator

    Raises
    ------
    UnsupportedError
        If the levels of the group are not alike and independent under their prior.
    """
    columns = unseen.columns + int(resolved.intercept)
    piece = next((one for one in penalised(resolved) if columns[0] in one.at), None)
    if piece is None:
        raise UnsupportedError(
            f"The effects of {unseen.text} have a flat prior, which says nothing about a level that was not seen. Give "
            "them a proper prior, or predict known levels."
        )
    place = np.flatnonzero(np.isin(piece.at, columns))
    rate, precision = (np.broadcast_to(part, piece.at.shape)[place] for part in piece.unit)
    alike = np.ptp(rate) == 0.0 and np.ptp(precision) == 0.0
    if not piece.law.traits.separable or piece.map is not None or not alike:
        raise UnsupportedError(
            f"The levels of {unseen.text} do not have one prior each, alike and independent, that a new level could "
            "have. Predict known levels, or give the group an independent prior such as br.Normal(scale)."
        )
    count = int(unseen.labels.max()) + 1
    strength = piece.strength_at(resolved.phi, drawn.sigma[:, None], drawn.scales.T[..., None])
    one = [np.broadcast_to(part, (drawn.count, piece.at.size))[:, place[:1]] for part in strength]
    return np.asarray(piece.law.draw(Strength(*one), rng, (drawn.count, count)))
