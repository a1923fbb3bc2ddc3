"""Likelihoods that are normal given a latent variable for each row, one file each, and the sweep that uses them."""
