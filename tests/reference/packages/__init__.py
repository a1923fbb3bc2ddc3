"""Fits by R packages and by adelie, with the scripts that made them: `make` fits, the json files keep the numbers."""
