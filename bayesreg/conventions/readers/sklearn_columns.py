"""How the columns that an estimator saw are made of those of the model: what a Pipeline does before its last step.

Scalers are affine maps of single columns, so a penalty on the scaled coefficients is one on raw coefficients: with
``z_j = (x_j - center_j) / scale_j`` the coefficient of ``z_j`` is ``scale_j b_j``. Columns that an encoder makes are
columns of the model themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, final

import numpy as np

from bayesreg.conventions.readers.sklearn_classes import refuse_step, sklearn_class


@final
class Column(NamedTuple):
    """One column that an estimator saw, ``(x - center) / scale``.

    Attributes
    ----------
    source : int
        Position of ``x`` among the columns given; -1: an encoder has made it.
    name : str
        Of ``x``.
    center, scale : float
    standard : bool
        ``scale`` is the standard deviation of ``x``, by a StandardScaler.
    """

    source: int
    name: str
    center: float = 0.0
    scale: float = 1.0
    standard: bool = False

    def moved(self, center: float, scale: float, *, standard: bool) -> Column:
        """Return the column after one more map ``(z - center) / scale``."""
        whole = self.scale * scale
        return Column(self.source, self.name, self.center + self.scale * center, whole, standard)


def split_pipeline(estimator: Any) -> tuple[list[tuple[str, Any]], Any]:
    """Return the named steps before the final estimator, and that estimator."""
    if sklearn_class(estimator) != "Pipeline":
        return [], estimator
    *before, (_, last) = _steps(estimator) or [("", None)]
    return before, last


def seen_columns(steps: list[tuple[str, Any]], names: list[str]) -> list[Column]:
    """Return the columns after the steps of a Pipeline, from the names of those given to it.

    Raises
    ------
    UnsupportedError
        If a step is no affine map of single columns and no encoder; the message says what to do.
    """
    columns = [Column(j, name) for j, name in enumerate(names)]
    for name, step in steps:
        columns = _after(name, step, columns)
    return columns


def _steps(pipeline: Any) -> list[tuple[str, Any]]:
    return [(name, step) for name, step in pipeline.steps if step is not None and not isinstance(step, str)]


def _after(name: str, step: Any, columns: list[Column]) -> list[Column]:
    """Return the columns after one step."""
    kind = sklearn_class(step)
    if kind == "Pipeline":
        for inner, part in _steps(step):
            columns = _after(f"{name}__{inner}", part, columns)
        return columns
    if kind == "ColumnTransformer":
        return _after_transformers(name, step, columns)
    if kind == "OneHotEncoder":
        known = vars(step).get("feature_names_in_")
        made = step.get_feature_names_out(None if known is not None else [column.name for column in columns])
        return [Column(-1, str(one)) for one in made]
    if kind == "FunctionTransformer" and step.func is None:
        return columns
    if kind not in _MAPS:
        refuse_step(name, step)
    center, scale, standard = _MAPS[kind](step, len(columns))
    moves = zip(columns, center.tolist(), scale.tolist(), strict=True)
    return [column.moved(c, s, standard=column.standard if standard is None else standard) for column, c, s in moves]


def _after_transformers(name: str, step: Any, columns: list[Column]) -> list[Column]:
    """Return the columns after a ColumnTransformer, in the order of its output."""
    weights = step.transformer_weights or {}
    result: dict[int, Column] = {}
    for inner, part, chosen in step.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        made = [columns[j] for j in _positions(chosen, step, columns)]
        if not made:
            continue
        made = made if isinstance(part, str) else _after(f"{name}__{inner}", part, made)
        weight = float(weights.get(inner, 1.0))
        made = [one if weight == 1.0 else one.moved(0.0, 1.0 / weight, standard=False) for one in made]
        place = step.output_indices_[inner]
        result.update(zip(range(place.start, place.stop), made, strict=True))
    return [result[at] for at in sorted(result)]


def _positions(chosen: Any, step: Any, columns: list[Column]) -> Iterator[int]:
    """Yield the positions of a ColumnTransformer's choice of columns: names, numbers, a mask or a slice."""
    known = [str(name) for name in vars(step).get("feature_names_in_", [column.name for column in columns])]
    if isinstance(chosen, slice):
        ends = [known.index(end) if isinstance(end, str) else end for end in (chosen.start, chosen.stop)]
        if isinstance(chosen.stop, str):
            ends[1] += 1
        yield from range(len(known))[slice(ends[0], ends[1], chosen.step)]
        return
    for position, one in enumerate(np.atleast_1d(np.asarray(chosen, dtype=object)).tolist()):
        if isinstance(one, bool | np.bool_):
            yield from [position] if one else []
        else:
            yield known.index(one) if isinstance(one, str) else range(len(known))[one]


def _standard(step: Any, p: int) -> tuple[np.ndarray, np.ndarray, bool | None]:
    center = np.asarray(step.mean_) if step.with_mean else np.zeros(p)
    divides = step.scale_ is not None
    return center, np.asarray(step.scale_) if divides else np.ones(p), True if divides else None


def _robust(step: Any, p: int) -> tuple[np.ndarray, np.ndarray, bool | None]:
    center = np.zeros(p) if step.center_ is None else np.asarray(step.center_)
    return center, np.ones(p) if step.scale_ is None else np.asarray(step.scale_), False


_MAPS = {
    "StandardScaler": _standard,
    "RobustScaler": _robust,
    "MaxAbsScaler": lambda step, p: (np.zeros(p), np.asarray(step.scale_), False),
    "MinMaxScaler": lambda step, p: (-np.asarray(step.min_) / step.scale_, 1.0 / np.asarray(step.scale_), False),
}
"""Class of a scaler -> its centres and scales (p,), and whether these are standard deviations (None: no change)."""
