"""Posteriors: problems x packages, from a data frame to draws; see `benchmarks.posterior.measure`."""
