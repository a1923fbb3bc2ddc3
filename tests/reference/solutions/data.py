"""Designs of the reference problems, formed from plain CSV files and from integers: nothing of the package is used."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

FOLDER = Path(__file__).resolve().parents[3] / "bayesreg" / "datasets" / "data"


class Table(NamedTuple):
    """Names (p,) and terms (p,) of the columns, the design (n, p), the response (n,), and the rows used."""

    names: list[str]
    terms: list[str]
    X: np.ndarray
    y: np.ndarray
    rows: np.ndarray


def table_of(case):
    """Return the table of a case: from a CSV file, or made from the raw integers of a generator."""
    return synthetic(**case["synthetic"]) if "synthetic" in case else real(case)


def real(case):
    with open(FOLDER / f"{case['data']}.csv", newline="") as file:
        records = list(csv.DictReader(file))
    used = set(re.findall(r"[A-Za-z_]\w*", " ".join([*case["columns"], case["response"]]))) & set(records[0])
    complete = [i for i, record in enumerate(records) if all(record[name] not in ("", "NA") for name in used)]
    rows = np.array(complete[: case.get("rows")])
    columns = {name: [records[i][name] for i in rows] for name in used}
    names, terms, parts = [], [], []
    for term in case["columns"]:
        labels, block = [""], np.ones((rows.size, 1))
        for factor in term.split(":"):
            own, values = coded(factor, columns)
            labels = [f"{left}:{right}".lstrip(":") for right in own for left in labels]
            block = np.column_stack(
                [block[:, i] * values[:, j] for j in range(len(own)) for i in range(block.shape[1])]
            )
        names += labels
        terms += [term] * len(labels)
        parts.append(block)
    return Table(names, terms, np.hstack(parts), np.array(columns[case["response"]], dtype=float), rows)


def coded(factor, columns):
    """Return names and columns of a factor of a term: numbers, a square, or treatment columns of sorted levels."""
    square = re.fullmatch(r"I\((\w+) \*\* 2\)", factor)
    if square:
        return [factor], np.array(columns[square[1]], dtype=float)[:, None] ** 2
    name = re.sub(r"C\((\w+)\)", r"\1", factor)
    values = columns[name]
    if name == factor and is_number(values[0]):
        return [factor], np.array(values, dtype=float)[:, None]
    levels = sorted(set(values))[1:]
    return [f"{factor}[T.{level}]" for level in levels], np.array(
        [[v == level for level in levels] for v in values]
    ) * 1.0


def is_number(text):
    return re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) is not None


def synthetic(n, p, seed, family, factors=3, density=1.0):
    """Return integers / 1000 that share factors, and a response of six of the columns.

    The raw stream of a bit generator is the same in every version of NumPy.
    """
    raw = np.random.PCG64(seed).random_raw(n * (2 * p + factors + 1)) >> 43
    steps = (raw % 2001).astype(float) / 1000.0 - 1.0
    common, loadings, own, noise = np.split(steps, np.cumsum([n * factors, n * p, n * p]))
    X = own.reshape(n, p) + 0.6 * common.reshape(n, factors) @ loadings[: factors * p].reshape(factors, p)
    X = np.round(1000.0 * X) / 1000.0
    if density < 1.0:
        X = np.where(loadings.reshape(n, p) < 2.0 * density - 1.0, X, 0.0)
    eta = X[:, :6] @ np.array([2.0, -1.5, 1.0, 0.5, -0.5, 1.5])
    y = {
        "gaussian": np.round(1000.0 * (eta + 2.0 * noise)) / 1000.0,
        "bernoulli": (eta + 2.0 * noise > 0.0).astype(float),
        "poisson": np.floor(np.exp(0.4 * eta) + 1.0 + noise),
    }[family]
    names = [f"x{j}" for j in range(p)]
    return Table(names, names, X, y, np.arange(n))


def weights_of(case, n):
    """Return the case weights (n,): ``["frequency", k]`` counts 0 to k - 1, ``["precision", k]`` lies in (0, 2]."""
    if "weights" not in case:
        return np.ones(n)
    kind, k = case["weights"]
    place = np.arange(n)
    return (place % k).astype(float) if kind == "frequency" else 2.0 * (1.0 + 7 * place % k) / k


def offset_of(case, n):
    """Return the offset (n,): multiples of ``size / 10`` between ``-size / 2`` and ``size / 2``, in a fixed order."""
    return case.get("offset", 0.0) * ((7 * np.arange(n)) % 11 - 5) / 10.0
