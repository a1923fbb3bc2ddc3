"""Posterior engines, one a file, and the PyMC graph that all of them are tested against."""
