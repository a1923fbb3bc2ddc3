"""A strength for each block, by the evidence: restricted maximum likelihood, exact or by Laplace's method."""

from bayesreg.select.components.choose import Chosen, choose_components, has_components

__all__ = ["Chosen", "choose_components", "has_components"]
