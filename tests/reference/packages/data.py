"""The data of the stored fits: designs of the bundled CSV files, and responses derived from them."""

from typing import NamedTuple

import numpy as np

from tests.reference.solutions.data import offset_of, table_of, weights_of

_DIABETES = {
    "data": "diabetes",
    "columns": ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
    "response": "target",
}
_VISITS = {
    "data": "doctor_visits",
    "columns": ["log_coinsurance", "individual_deductible", "physical_limit", "chronic", "health"],
    "response": "visits",
    "rows": 300,
}


class Sample(NamedTuple):
    """Names (p,), design (n, p) without a column of ones, response (n,), weights (n,) and offset (n,), or None."""

    names: list[str]
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    offset: np.ndarray | None


def sample_of(case):
    """Return the sample of a case: ``data`` names it, ``weights`` and ``offset`` are read by `solutions.data`.

    "diabetes" has raw columns; "standardised", "binary" (target > 140) and "counts" (target / 25, rounded) have
    them standardised, with the 1/n standard deviation; "visits" is a factor among raw columns.
    """
    kind = case["data"]
    names, _, X, y, _ = table_of(_VISITS if kind == "visits" else _DIABETES)
    if kind in ("standardised", "binary", "counts"):
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    if kind == "binary":
        y = (y > 140.0).astype(float)
    if kind == "counts":
        y = np.round(y / 25.0)
    weights = weights_of(case, y.size) if "weights" in case else None
    offset = offset_of(case, y.size) if "offset" in case else None
    return Sample(names, X, y, weights, offset)


def columns_of(sample):
    """Return the columns of the CSV file of a sample: y, the design as x1, x2, ..., weights and offset."""
    ones, zeros = np.ones(sample.y.size), np.zeros(sample.y.size)
    return {
        "y": sample.y,
        **{f"x{j + 1}": column for j, column in enumerate(sample.X.T)},
        "w": ones if sample.weights is None else sample.weights,
        "o": zeros if sample.offset is None else sample.offset,
    }
