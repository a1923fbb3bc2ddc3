"""The frequentist fit: maximum likelihood, by statsmodels."""

from bayesreg.frequentist.mle import MleRecord, fit_mle

__all__ = ["MleRecord", "fit_mle"]
