"""Gibbs sampling in NumPy and LAPACK: coefficients that are normal given latent variables, chains side by side.

A law meets the sampler as a `conditionals.Conditional`: its latent variables given the coefficients, and the
precision of the coefficients given them. `gaussian` samples linear models from sufficient statistics.
"""
