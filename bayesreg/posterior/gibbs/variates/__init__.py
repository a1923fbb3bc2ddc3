"""Random numbers of laws that NumPy does not have, for arrays of parameters, one stream a chain."""

from __future__ import annotations

from bayesreg.posterior.gibbs.variates.exponential_integral import draw_odds, draw_tilted_odds
from bayesreg.posterior.gibbs.variates.gig import draw_log_gig
from bayesreg.posterior.gibbs.variates.rejection import rejection

__all__ = ["draw_log_gig", "draw_odds", "draw_tilted_odds", "rejection"]
