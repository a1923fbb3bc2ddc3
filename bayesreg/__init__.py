"""bayesreg."""
