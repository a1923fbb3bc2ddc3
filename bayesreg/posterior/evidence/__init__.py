"""Gaussian models with quadratic penalties whose strengths are learned: evidence, draws and marginals.

Coefficients are integrated out in closed form for every value of the strengths and sigma (`factors`); what is left
is a density in a few dimensions (`density`), which is summed over a grid and sampled by rejection (`grid`,
`rejection`), or sampled by Metropolis steps where it has more than two dimensions that need a factorisation each.
"""
