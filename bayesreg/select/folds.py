"""Which rows are left out together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_whole
from bayesreg.design import Design
from bayesreg.design.weights import aligned
from bayesreg.errors import BayesRegError, DataError, InputError

FOLD_STRENGTHS = ("per_row", "prior")
"""What is held in a fold: the strength a row, or the prior."""


@final
@dataclass(frozen=True, eq=False)
class Folds:
    """Folds by chance, with the shares of strata kept or groups of rows left out together.

    Parameters
    ----------
    k : int
        Number of folds.
    stratify : array or Series (n,), optional
        Labels, such as the classes of the response or the levels of a factor: each fold has its share of each of them.
        A level with at least two rows is then in every fold's training rows.
    groups : array or Series (n,), optional
        Labels, such as patients: the rows of one are left out together. Not with ``stratify``.

    Raises
    ------
    InputError
        If ``k`` is not a whole number >= 2, or both kinds of labels are given.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> model = br.Model("target ~ C(sex) + bmi + s5", data, penalty=br.L1())
    >>> model.select(folds=br.Folds(5, stratify=data["sex"])).fold_count
    5
    """

    k: int = 10
    stratify: Any = None
    groups: Any = None

    def __post_init__(self) -> None:
        check_whole("k", self.k, 2)
        if self.stratify is not None and self.groups is not None:
            raise InputError(
                "Folds has both stratify= and groups=; rows of one group are left out together whatever their stratum. "
                "Give one of the two."
            )


@final
@dataclass(frozen=True, eq=False)
class Split:
    """A fold for each row.

    Attributes
    ----------
    codes : ndarray of int (n,)
        Which fold a row is left out with.
    names : tuple of str (K,)
    text : str
        How the folds were made, as a phrase.
    """

    codes: np.ndarray
    names: tuple[str, ...]
    text: str


def make_split(design: Design, folds: Any, seed: int) -> Split:
    """Return the folds of a design's rows.

    Parameters
    ----------
    design : Design
    folds : int, Folds, or array or Series (n,) of labels
    seed : int

    Raises
    ------
    InputError
        If there are fewer than two folds, or more than rows (or groups), or a seed is given with labels.
    DataError
        If labels do not fit the rows.
    """
    if isinstance(folds, Folds):
        return _by_chance(design, folds, seed)
    if np.ndim(folds) == 0:
        return _by_chance(design, Folds(check_whole("folds", folds, 2)), seed)
    if seed != 0:
        raise InputError(f"seed={seed!r} draws folds, and folds= gives their labels; leave one of them out.")
    codes, names = _labels(design, folds, "folds")
    if len(names) < 2:
        raise InputError(f"folds= has the single label {names[0]!r} in all rows; two folds at least are needed.")
    return Split(codes, names, f"{len(names)} folds as given")


def check_weighed(design: Design, split: Split) -> None:
    """Raise `DataError` if a fold has all of the weight, or none."""
    weights = np.ones(design.n) if design.weights is None else design.weights
    held = np.bincount(split.codes, weights=weights, minlength=len(split.names))
    good = (held > 0.0) & (held < weights.sum())
    if not good.all():
        raise DataError(
            f"Fold {split.names[int(np.argmin(good))]} has all of the weight, or none of it; give folds with weights "
            "on both sides."
        )


@contextmanager
def naming_fold(split: Split, fold: int, kind: str = "fold") -> Iterator[None]:
    """Add to an error of the package which fold's rows were left out when it came."""
    try:
        yield
    except BayesRegError as error:
        raise type(error)(
            f"Without the rows of {kind} {split.names[fold]} (of {len(split.names)}): {error} If their absence does "
            "it, spread such rows over the folds: folds=br.Folds(k, stratify=<labels of the rows>), or fewer or other "
            "folds."
        ) from error


def folds_of_rows(design: Design, folds: Any, rows: np.ndarray) -> tuple[Any, bool]:
    """Return the same kind of folds for some rows of a design, and whether a seed draws them.

    The copies of a row that stands there several times are left out together.

    Parameters
    ----------
    design : Design
    folds : int, Folds, or array or Series (n,) of labels
    rows : ndarray of int (m,)
        Positions, with repetitions if need be.
    """
    unique, copies = np.unique(rows, return_inverse=True)
    repeated = unique.size < rows.size
    if isinstance(folds, Folds) and folds.groups is not None:
        return Folds(folds.k, groups=labels_of(design, folds.groups, "groups")[rows]), True
    if isinstance(folds, Folds) and folds.stratify is not None:
        labels = labels_of(design, folds.stratify, "stratify")
        if not repeated:
            return Folds(folds.k, stratify=labels[rows]), True
        dealt = _dealt(np.argsort(labels[unique], kind="stable"), folds.k)
        return dealt[copies], False
    if isinstance(folds, Folds) or np.ndim(folds) == 0:
        k = folds.k if isinstance(folds, Folds) else folds
        return (Folds(k, groups=copies) if repeated else k), True
    return labels_of(design, folds, "folds")[rows], False


def labels_of(design: Design, values: Any, name: str) -> np.ndarray:
    """Return codes (n,) of labels, one a row of a design, in the order of the sorted labels."""
    return _labels(design, values, name)[0]


def _by_chance(design: Design, folds: Folds, seed: int) -> Split:
    rng, n = np.random.default_rng(check_whole("seed", seed, 0)), design.n
    names = tuple(str(k + 1) for k in range(folds.k))
    if folds.groups is not None:
        codes, labels = _labels(design, folds.groups, "groups")
        _check_enough(folds.k, len(labels), "groups")
        own = _dealt(rng.permutation(len(labels)), folds.k)
        return Split(own[codes], names, f"{folds.k} folds of whole groups, seed {seed}")
    _check_enough(folds.k, n, "rows")
    order = rng.permutation(n)
    if folds.stratify is None:
        return Split(_dealt(order, folds.k), names, f"{folds.k} folds, seed {seed}")
    codes, _ = _labels(design, folds.stratify, "stratify")
    order = order[np.argsort(codes[order], kind="stable")]
    return Split(_dealt(order, folds.k), names, f"{folds.k} stratified folds, seed {seed}")


def _dealt(order: np.ndarray, k: int) -> np.ndarray:
    """Deal items, in this order, to ``k`` folds in turn, and return the fold of each."""
    codes = np.empty(order.size, dtype=int)
    codes[order] = np.arange(order.size) % k
    return codes


def _check_enough(k: int, count: int, what: str) -> None:
    if k > count:
        raise InputError(f"folds={k} is more than the {count} {what}; give at most {count}.")


def _labels(design: Design, values: Any, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return codes (n,) of labels and their texts, sorted."""
    if isinstance(values, pd.Series) and len(values) != design.n:
        values = values.loc[values.index.isin(design.index)]
    series = pd.Series(aligned(values, name, index=design.index) if isinstance(values, pd.Series) else np.ravel(values))
    if len(series) != design.n:
        dropped = f" ({design.dropped} were dropped for missing values)" if design.dropped else ""
        raise DataError(f"{name}= has {len(series)} labels for {design.n} rows{dropped}; give one label a row.")
    if series.isna().any():
        raise DataError(f"{name}= has {int(series.isna().sum())} missing label(s); give one label a row.")
    codes, labels = pd.factorize(series.to_numpy(), sort=True)
    return codes.astype(int), tuple(str(label) for label in labels)
