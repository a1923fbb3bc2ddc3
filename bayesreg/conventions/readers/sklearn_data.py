"""The columns of the model of a scikit-learn fit: raw ones where a scaler has only moved and stretched them."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, diags_array, hstack, issparse

from bayesreg.conventions.readers.sklearn_columns import Column, seen_columns, split_pipeline
from bayesreg.errors import DataError


@final
class Seen(NamedTuple):
    """What an estimator saw, ``(x_j - center_j) / scale_j``, and the columns ``x`` of the model.

    Attributes
    ----------
    X : array, DataFrame or sparse matrix (n, p), or None
    names : tuple of str or None
    center, scale : ndarray (p,)
    standard : bool
        Every ``scale`` is the standard deviation of its column, or 1 for one that an encoder has made.
    behind : str
        What is before the estimator, in words.
    """

    X: Any
    names: tuple[str, ...] | None
    center: np.ndarray
    scale: np.ndarray
    standard: bool
    behind: str


def seen_data(estimator: Any, X: Any) -> Seen:
    """Return what the last step of ``estimator`` saw of ``X``, the data given to its first.

    Raises
    ------
    DataError
        If ``X`` has other columns than the estimator was fitted to.
    UnsupportedError
        If a step before the last can not be read.
    """
    steps, last = split_pipeline(estimator)
    first = vars(steps[0][1] if steps else last)
    known = None if first.get("feature_names_in_") is None else tuple(map(str, first["feature_names_in_"]))
    count = int(first.get("n_features_in_", np.size(last.coef_)))
    own = getattr(X, "columns", None)
    names = known or (None if own is None else tuple(map(str, own)))
    _check_columns(X, count, known, own)
    columns = seen_columns(steps, list(names or (f"x{j}" for j in range(count))))
    sources = [column.source for column in columns]
    made = [source for source in sources if source >= 0]
    if len(set(made)) < len(made):
        labels = [str(one) for one in estimator[:-1].get_feature_names_out()]
        columns = [Column(-1, label) for label in labels]
        sources = [-1] * len(columns)
    as_given = sources == list(range(count))
    return Seen(
        X=X if X is None or as_given else _columns(estimator, X, columns),
        names=names if as_given else tuple(_unique([column.name for column in columns])),
        center=np.array([column.center for column in columns]),
        scale=np.array([column.scale for column in columns]),
        standard=any(column.standard for column in columns) and all(map(_is_plain, columns)),
        behind=_behind([step for _, step in steps]),
    )


def _is_plain(column: Column) -> bool:
    return column.standard or (column.source < 0 and column.scale == 1.0)


def _check_columns(X: Any, count: int, known: tuple[str, ...] | None, own: Any) -> None:
    if X is None:
        return
    shape = X.shape if hasattr(X, "shape") else np.shape(X)
    if len(shape) != 2 or shape[1] != count:
        raise DataError(
            f"X has shape {tuple(shape)}, and the estimator was fitted to {count} columns. Give the data of the fit."
        )
    given = None if own is None else tuple(map(str, own))
    if known and given and given != known:
        j = next(j for j, pair in enumerate(zip(given, known, strict=True)) if pair[0] != pair[1])
        raise DataError(
            f"Column {j} of X is {given[j]!r}, and the estimator was fitted to {known[j]!r} there. Give the columns of "
            "the fit, in its order."
        )


def _columns(estimator: Any, X: Any, columns: list[Column]) -> Any:
    """Return the columns of the model: those of ``X`` where it has them, else what the steps have made, not scaled."""
    if all(column.source >= 0 for column in columns):
        return _taken(X, [column.source for column in columns])
    made: Any = estimator[:-1].transform(X)
    own = [k for k, column in enumerate(columns) if column.source < 0]
    if hasattr(made, "tocsc") and not any(columns[k].center for k in own):
        return _sparse_columns(made.tocsc(), X, columns, own)
    made = _dense(made).astype(float)
    parts = [
        _numeric(X, column.source) if column.source >= 0 else _undone(made[:, k], column)
        for k, column in enumerate(columns)
    ]
    return np.column_stack(parts)


def _sparse_columns(made: Any, X: Any, columns: list[Column], own: list[int]) -> Any:
    """Return the columns of the model as a sparse matrix, where the steps have made one."""
    scales = np.array([columns[k].scale for k in own])
    block = (made[:, own] @ diags_array(scales)).tocsc()
    if np.any(scales != 1.0):
        block.data = np.round(block.data)
    raw = [k for k in range(len(columns)) if k not in set(own)]
    if not raw:
        return block
    values = np.column_stack([_numeric(X, columns[k].source) for k in raw])
    return hstack([block, csc_array(values)], format="csc")[:, np.argsort([*own, *raw])]


def _taken(X: Any, at: list[int]) -> Any:
    """Return some columns of what may be a frame, an array or sparse."""
    if isinstance(X, pd.DataFrame):
        return X.iloc[:, at]
    values: Any = X
    return values.tocsc()[:, at] if issparse(X) else np.asarray(X)[:, at]


def _dense(values: Any) -> np.ndarray:
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values)


def _numeric(X: Any, at: int) -> np.ndarray:
    try:
        return _dense(_taken(X, [at])).astype(float)[:, 0]
    except (TypeError, ValueError) as error:
        raise DataError(
            f"Column {at} of X is not numeric ({error}); give the data that the fit was made of."
        ) from error


def _undone(values: np.ndarray, column: Column) -> np.ndarray:
    """Return a column that an encoder has made as it was before scalers; indicators exactly."""
    if (column.center, column.scale) == (0.0, 1.0):
        return values
    return np.round(column.center + column.scale * values)


def _unique(names: list[str]) -> list[str]:
    """Return the names, numbered where one is there twice."""
    return [name if names.count(name) == 1 else f"{name}_{names[:j].count(name)}" for j, name in enumerate(names)]


def _behind(steps: list[Any]) -> str:
    kinds = list(dict.fromkeys(type(step).__name__ for step in steps))
    return f" behind {' and '.join(kinds)}" if kinds else ""
