"""Problems x solvers x one certificate: how long each package takes, and how exact what it returns is.

``python -m benchmarks map`` measures, ``python -m benchmarks report`` writes the tables that README and the pages show.
"""
