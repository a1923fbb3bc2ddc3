"""Posterior means and bands over a grid of strengths: exact, or reweighted from a few runs."""

from bayesreg.posterior.bands.base import Anchor, Bands
from bayesreg.posterior.bands.exact import ExactBands, exact_bands
from bayesreg.posterior.bands.reweighted import ReweightedBands, reweighted_bands
from bayesreg.posterior.bands.runs import Draws, run_engine

__all__ = [
    "Anchor",
    "Bands",
    "Draws",
    "ExactBands",
    "ReweightedBands",
    "exact_bands",
    "reweighted_bands",
    "run_engine",
]
