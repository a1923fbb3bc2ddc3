"""Random numbers of laws that NumPy does not have, for arrays of parameters, one stream a chain."""

from __future__ import annotations

from bayesreg.posterior.gibbs.variates.exponential_integral import draw_odds, draw_tilted_odds
from bayesreg.posterior.gibbs.variates.gig import draw_log_gig
from bayesreg.posterior.gibbs.variates.rejection import rejection
from bayesreg.posterior.gibbs.variates.tilted_stable import draw_log_tilted_stable

__all__ = ["draw_log_gig", "draw_log_tilted_stable", "draw_odds", "draw_tilted_odds", "rejection"]
