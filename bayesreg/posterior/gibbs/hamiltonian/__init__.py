"""Hamiltonian moves in NumPy, chains side by side, for likelihoods and priors whose slopes are known.

Coordinates are those of a normal approximation, learned again while tuning; Laplace laws are moved over without their
kink. `sampler` runs the moves, `target` is the density, `rows` the likelihood and `densities` the laws.
"""
