"""The PyMC graph of a model: the only folder that names PyMC's distributions.

The prior of ``beta`` is the log joint's own `log_prior`, evaluated on PyTensor variables, and the
likelihood is PyMC's; tests hold the sum against the log joint in NumPy, in every representation.
"""

from __future__ import annotations

from bayesreg.posterior.graph.build import REPRESENTATIONS, build_graph

__all__ = ["REPRESENTATIONS", "build_graph"]
