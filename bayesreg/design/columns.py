"""One column of a table as plain arrays: numbers, flags (true/false) or labels, with its missing values marked.

Everything a data frame library can hold is turned into one of three kinds here, once, and nothing is guessed: a column
that mixes numbers and text, dates, or lists is refused by name instead of becoming a factor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from bayesreg.errors import DataError

Kind = Literal["number", "flag", "label", "empty"]

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$")

KIND_TEXT = {"number": "numbers", "flag": "true/false values", "label": "text labels", "empty": "no values"}
"""How messages call each kind of column."""


@dataclass(frozen=True, eq=False)
class Column:
    """A named column of n values.

    Parameters
    ----------
    name : str
        The column's name in the data.
    kind : {"number", "flag", "label", "empty"}
        What the values are; "empty" means that every value is missing.
    values : numpy.ndarray
        Shape (n,): integers or floats for numbers, bool for flags, integer codes into ``levels`` for labels (-1 where
        missing).
    missing : numpy.ndarray
        Shape (n,), bool.
    levels : tuple
        The labels, sorted or in category order; empty unless ``kind == "label"``.
    declared : bool, default False
        Whether the labels come from a categorical type.

    Examples
    --------
    >>> column = from_array("site", np.array(["b", "a", "b"]))
    >>> column.kind, column.levels, column.values.tolist()
    ('label', ('a', 'b'), [1, 0, 1])
    """

    name: str
    kind: Kind
    values: np.ndarray
    missing: np.ndarray
    levels: tuple[Hashable, ...] = ()
    declared: bool = False

    @property
    def accepts(self) -> tuple[Kind, ...]:
        """Kinds that the same column may have in new data; categories of numbers may come as numbers."""
        plain = self.kind == "label" and not any(isinstance(level, str) for level in self.levels)
        return (self.kind, "number", "flag") if plain else (self.kind,)

    def take(self, rows: np.ndarray) -> Column:
        """Return the column at ``rows`` (indices or a mask)."""
        return replace(self, values=self.values[rows], missing=self.missing[rows])

    def without_unused_levels(self) -> Column:
        """Return the column with the levels that some row has, in the order they had.

        Examples
        --------
        >>> as_column("size", pd.Categorical(["s", "l"], categories=["s", "m", "l"])).without_unused_levels().levels
        ('s', 'l')
        """
        if self.kind != "label":
            return self
        used = np.unique(self.values[~self.missing])
        if len(used) == len(self.levels):
            return self
        codes = np.where(self.missing, -1, np.searchsorted(used, self.values))
        return replace(self, values=codes, levels=tuple(self.levels[code] for code in used))

    def numbers(self) -> np.ndarray:
        """Return float64 values, NaN where missing; flags become 0 and 1.

        Raises
        ------
        DataError
            If the column holds labels.
        """
        if self.kind == "label":
            raise DataError(
                f"column {self.name!r} holds text labels (such as {self.levels[0]!r}), not numbers: arithmetic and "
                f"functions of numbers do not apply. Use it as a factor, {self.name} or C({self.name})."
            )
        return np.where(self.missing, np.nan, self.values.astype(np.float64))

    def labels(self) -> np.ndarray:
        """Return an object array of the values as labels, None where missing."""
        if self.kind == "label":
            table = np.empty(len(self.levels) + 1, dtype=object)
            table[: len(self.levels)] = self.levels
            return table[self.values]
        labels = self.values.astype(object)
        labels[self.missing] = None
        return labels


def from_series(name: str, series: nw.Series) -> Column:
    """Convert a narwhals series of any library and type.

    Parameters
    ----------
    name : str
        Name used in messages.
    series : narwhals.Series
        Length n.

    Returns
    -------
    Column
        Its kind follows from the type and, for object columns, from the values.

    Raises
    ------
    DataError
        If the type can not stand in a formula: dates, durations, complex numbers, lists, mixed text and numbers.
    """
    dtype = series.dtype
    if dtype in (nw.Categorical, nw.Enum):
        return _from_categories(name, series)
    if dtype == nw.Boolean:
        return column(name, "flag", series.fill_null(False).to_numpy().astype(bool), missing=_nulls(series))
    if dtype in (nw.Int128, nw.UInt128):
        return from_array(name, np.array(series.to_list(), dtype=object))
    if dtype.is_integer():
        missing = _nulls(series)
        return column(name, "number", (series.fill_null(0) if missing.any() else series).to_numpy(), missing=missing)
    if dtype.is_float():
        return from_array(name, series.to_numpy().astype(np.float64))
    if dtype.is_temporal() or dtype.is_nested():
        raise _refused(name, f"values of type {dtype}")
    return from_array(name, series.to_numpy())


def from_array(name: str, values: np.ndarray) -> Column:
    """Convert a one-dimensional NumPy array of any dtype; see `from_series`."""
    kind = values.dtype.kind
    if kind in "biu":
        return column(name, "flag" if kind == "b" else "number", values, missing=np.zeros(len(values), dtype=bool))
    if kind == "f":
        numbers = values.astype(np.float64)
        return column(name, "number", numbers, missing=np.isnan(numbers))
    if kind in "OUT":
        return _from_objects(name, values.astype(object))
    raise _refused(name, f"values of type {values.dtype}")


def as_column(name: str, values: Any) -> Column:
    """Convert one-dimensional values of any library (Series, array, list); see `from_series`.

    Masked entries of a masked array are missing.

    Raises
    ------
    DataError
        If it is not one-dimensional, or of a type that can not be used.

    Examples
    --------
    >>> as_column("x", np.ma.masked_equal([1, 2, 3], 2)).missing.tolist()
    [False, True, False]
    """
    if isinstance(values, pd.api.extensions.ExtensionArray | pd.Index):
        values = pd.Series(values)
    if nw.dependencies.is_into_series(values):
        return from_series(name, nw.from_native(values, series_only=True))
    array = as_array(name, values)
    if array.ndim != 1:
        raise DataError(f"{name} has shape {array.shape}; one value a row is needed.")
    return from_array(name, array)


def as_array(name: str, values: Any) -> np.ndarray:
    """Return a NumPy array, with NaN or None where a masked array is masked; lists of numbers and texts stay mixed.

    Raises
    ------
    DataError
        If the values are ragged.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        plain = np.array(values.data, dtype=np.float64 if values.dtype.kind in "biuf" else object)
        plain[np.ma.getmaskarray(values)] = np.nan if plain.dtype.kind == "f" else None
        return plain
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name} is not an array: {error}") from error
    mixed = array.dtype.kind in "US" and isinstance(values, list | tuple)
    return np.array(values, dtype=object) if mixed else array


def column(
    name: str, kind: Kind, values: np.ndarray, *, missing: np.ndarray, levels: Sequence[Hashable] = ()
) -> Column:
    """Make a `Column`, of kind "empty" when there are rows and all of them are missing."""
    if missing.all():
        return Column(name, "empty", np.full(len(values), np.nan), missing)
    return Column(name, kind, values, missing, tuple(levels))


def numbers_as_text(column: Column) -> str:
    """Return why a column of labels looks like numbers that were read as text, or "".

    It does with ten labels or more of which nine in ten are numbers, if some are not numbers or have decimals: then it
    is a numeric column with a typing error far more often than a factor. Declared categories never look like that.

    Examples
    --------
    >>> numbers_as_text(from_array("x", np.array([str(k / 2) for k in range(20)] + ["oops"])))
    "20 of its 21 labels are numbers, 'oops' is not"
    """
    if column.kind != "label" or column.declared or len(column.levels) < 10:
        return ""
    texts = [str(level) for level in column.levels]
    odd = [text for text in texts if not reads_as_number(text)]
    decimal = any("." in text for text in texts if text not in odd)
    if len(odd) > len(texts) / 10 or not (odd or decimal):
        return ""
    count = f"{len(texts) - len(odd)} of its {len(texts)} labels are numbers"
    return f"{count}, {odd[0]!r} is not" if odd else count


def reads_as_number(text: str) -> bool:
    """Return whether a text is a decimal number.

    Examples
    --------
    >>> reads_as_number(" -1.5e3"), reads_as_number("n/a")
    (True, False)
    """
    return bool(_NUMBER.match(text))


def _nulls(series: nw.Series) -> np.ndarray:
    return np.asarray(series.is_null().to_numpy(), dtype=bool)


def _refused(name: str, what: str) -> DataError:
    return DataError(
        f"column {name!r} holds {what}; a formula takes numbers, true/false values and text labels. "
        f"Convert {name!r} first (a date to a number of days, say) or leave it out."
    )


def _from_categories(name: str, series: nw.Series) -> Column:
    levels = _categories(series)
    codes = pd.Index(levels, dtype=object).get_indexer(pd.Index(series.to_numpy(), dtype=object))
    codes = np.where(_nulls(series), -1, codes)
    return replace(column(name, "label", codes, missing=codes < 0, levels=levels), declared=True)


def _categories(series: nw.Series) -> list[Any]:
    if series.dtype == nw.Enum:
        return list(series.dtype.categories)
    if series.implementation.is_polars():
        return sorted(series.drop_nulls().unique().to_list())
    native = series.to_pandas()
    if isinstance(native.dtype, pd.CategoricalDtype):
        return native.cat.categories.tolist()
    return sorted(native.dropna().unique().tolist())


def _from_objects(name: str, values: np.ndarray) -> Column:
    seen = pd.api.types.infer_dtype(values, skipna=True)
    convert = _OBJECTS.get(seen)
    if convert is not None:
        return convert(name, values, np.asarray(pd.isna(values), dtype=bool))
    raise _mixed(name, values) if seen.startswith("mixed") else _refused(name, f"values of type {seen}")


def _objects_number(name: str, values: np.ndarray, missing: np.ndarray) -> Column:
    try:
        numbers = np.array([np.nan if gap else float(v) for v, gap in zip(values, missing, strict=True)], dtype=float)
    except OverflowError:
        raise _refused(name, "a whole number too large for a double") from None
    return column(name, "number", numbers, missing=missing | np.isnan(numbers))


def _objects_whole(name: str, values: np.ndarray, missing: np.ndarray) -> Column:
    try:
        return column(name, "number", np.where(missing, 0, values).astype(np.int64), missing=missing)
    except OverflowError:
        return _objects_number(name, values, missing)


def _objects_flag(name: str, values: np.ndarray, missing: np.ndarray) -> Column:
    return column(name, "flag", np.where(missing, False, values).astype(bool), missing=missing)


def _objects_label(name: str, values: np.ndarray, missing: np.ndarray) -> Column:
    labels = values.copy()
    labels[missing] = None
    codes, levels = pd.factorize(labels, sort=True)
    return column(name, "label", codes.astype(np.int64), missing=missing, levels=[str(level) for level in levels])


def _objects_empty(name: str, values: np.ndarray, missing: np.ndarray) -> Column:
    return column(name, "number", np.full(len(values), np.nan), missing=missing)


_OBJECTS: dict[str, Callable[[str, np.ndarray, np.ndarray], Column]] = {
    "string": _objects_label,
    "integer": _objects_whole,
    "floating": _objects_number,
    "mixed-integer-float": _objects_number,
    "decimal": _objects_number,
    "boolean": _objects_flag,
    "empty": _objects_empty,
}


def _mixed(name: str, values: np.ndarray) -> DataError:
    texts = [(row, value) for row, value in enumerate(values) if isinstance(value, str)]
    if texts and len(texts) < len(values):
        row, value = texts[0]
        return DataError(
            f"column {name!r} mixes numbers and text: {value!r} in row {row} (counted from 0) is the first text. "
            f"Make {name!r} all numbers (None where a value is missing) or all text."
        )
    kinds = sorted({type(value).__name__ for value in values})
    return _refused(name, f"values of types {', '.join(kinds[:5])}")
