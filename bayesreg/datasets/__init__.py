"""Real data sets for examples and tests: small CSV files inside the package, as fresh DataFrames.

Each function reads its file on every call, so a caller may change what it gets. `available` lists
them with origin and licence.
"""

from __future__ import annotations

from bayesreg.datasets.sets import breast_cancer, diabetes, doctor_visits, penguins, vote_1996
from bayesreg.datasets.table import DATASETS, Dataset, available

__all__ = [
    "DATASETS",
    "Dataset",
    "available",
    "breast_cancer",
    "diabetes",
    "doctor_visits",
    "penguins",
    "vote_1996",
]
