"""Any table (pandas, polars, Arrow, a dict of arrays, a CSV or Parquet file) as named columns, read on demand.

Only the columns that a formula uses are converted and looked at; the caller's object is never changed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Set, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from bayesreg.design.columns import Column, as_array, as_column
from bayesreg.errors import DataError

ACCEPTED = (
    "a pandas or polars DataFrame, a pyarrow Table, a dict of one-dimensional arrays, or the path of a .csv or "
    ".parquet file"
)
"""What may be given as data, for messages."""

_ORDER = "The formula comes first, then the data: br.Model(formula, data)."


@dataclass(frozen=True, eq=False)
class Table:
    """A table of n rows whose columns are converted when asked for.

    Parameters
    ----------
    source : narwhals.DataFrame or mapping
        Name -> values.
    index : pandas.Index
        Row labels, length n; 0 .. n-1 for tables without labels.
    names : mapping
        Names of the columns, in order (its keys). Names that are not text can not stand in a formula and are left out.
    odd : tuple
        The names that are not text.

    Examples
    --------
    >>> table = read({"x": [1, 2], "g": ["a", "b"]})
    >>> list(table.names), len(table), table.column("g").kind
    (['x', 'g'], 2, 'label')
    """

    source: Any
    index: pd.Index
    names: Mapping[str, None]
    odd: tuple[Any, ...] = ()

    def __len__(self) -> int:
        return len(self.index)

    def column(self, name: str) -> Column:
        """Return one column converted.

        Raises
        ------
        DataError
            If there is no such column, or its type can not be used.
        """
        if name not in self.names:
            raise DataError(f"the data have no column {name!r}{suggest(name, self.names)}.")
        return as_column(name, self.source[name])


def suggest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean ..."`` or the list of what is there, for the end of a message.

    Examples
    --------
    >>> suggest("agee", ["age", "sex"])
    "; did you mean 'age'? The columns are: 'age', 'sex'"
    """
    known = list(known)
    if not known:
        return "; the data have no column with a text name"
    lower = {one.casefold(): one for one in reversed(known)}
    close = [lower[one] for one in difflib.get_close_matches(name.casefold(), lower, n=1)]
    shown = ", ".join(repr(one) for one in known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
    return (f"; did you mean {close[0]!r}? " if close else "; ") + f"{'T' if close else 't'}he columns are: {shown}"


def read(data: Any, *, empty: bool = False) -> Table:
    """Read any supported table.

    Parameters
    ----------
    data : pandas, polars or Arrow table, dict of arrays, str or pathlib.Path
        Text labels are compared as they stand: in a CSV file pandas' usual words for a missing value ("", "NA", "NaN",
        "None" ...) mean missing, anywhere else "NaN" is a label.
    empty : bool, default False
        Whether a table without rows is allowed.

    Returns
    -------
    Table
        A view; nothing is copied before a column is asked for.

    Raises
    ------
    DataError
        If it is not a table, has no rows, has two columns of one name, or the file can not be read.
    """
    if isinstance(data, Mapping):
        table = _from_dict(data)
    else:
        table = _from_frame(_load(data) if isinstance(data, str | Path) else data)
    if len(table) == 0 and not empty:
        raise DataError(f"the data are empty (0 rows, {len(table.names)} columns); at least one row is needed.")
    return table


def _from_frame(native: Any) -> Table:
    if isinstance(native, pd.DataFrame):
        if not native.columns.is_unique:
            _check_unique(native.columns)
    elif nw.dependencies.is_pyarrow_table(native):
        _check_unique(native.column_names)
    try:
        frame = nw.from_native(native, eager_only=True)
    except TypeError:
        kind = type(native).__name__
        raise DataError(f"data of type {kind} can not be read; give {ACCEPTED}.{_advice(native)}") from None
    except (nw.exceptions.NarwhalsError, ValueError) as error:
        raise DataError(f"the data can not be read: {error} Give {ACCEPTED}.") from error
    index = native.index if isinstance(native, pd.DataFrame) else pd.RangeIndex(len(frame))
    return _table(frame, frame.columns, index)


def _table(source: Any, names: Iterable[Any], index: pd.Index) -> Table:
    texts = dict.fromkeys(name for name in names if isinstance(name, str))
    return Table(source, index, texts, tuple(name for name in names if not isinstance(name, str)))


def _advice(data: Any) -> str:
    if isinstance(data, np.ndarray) or nw.dependencies.is_into_series(data):
        return " For X and y use br.Model.from_arrays(X, y)."
    return " Collect a lazy frame first." if "Lazy" in type(data).__name__ else ""


def _check_unique(names: Iterable[Any]) -> None:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            raise DataError(f"the data have two columns named {name!r}; rename one, names must be unique.")
        seen.add(name)


def _from_dict(data: Mapping[Any, Any]) -> Table:
    columns = {name: _values(name, values) for name, values in data.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in list(lengths.items())[:12])
        raise DataError(f"the columns have different lengths ({shown}); all columns need the same number of rows.")
    indexes = [values.index for values in columns.values() if isinstance(values, pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        raise DataError("the Series in the dict have different indexes; align them first, or give a pandas DataFrame.")
    n = next(iter(lengths.values()), 0)
    return _table(columns, list(columns), indexes[0] if indexes else pd.RangeIndex(n))


def _values(name: Any, values: Any) -> Any:
    if isinstance(values, str | bytes) or not isinstance(values, Sized) or isinstance(values, Set):
        raise DataError(
            f"column {name!r} is the single value {values!r}, not an array; write [{values!r}] for one row."
        )
    if isinstance(values, pd.api.extensions.ExtensionArray | pd.Index) or nw.dependencies.is_into_series(values):
        return values
    array = as_array(f"column {name!r}", values)
    if array.ndim != 1:
        raise DataError(f"column {name!r} has shape {array.shape}; a column is one-dimensional.")
    return array


def _load(path: str | Path) -> Any:
    path = Path(path)
    reader = {".csv": _load_csv, ".parquet": _load_parquet}.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{str(path)!r} is not a file that can be read; give {ACCEPTED}. {_ORDER}")
    if not path.is_file():
        raise DataError(f"there is no file {str(path)!r}; check the path. {_ORDER}")
    try:
        return reader(path)
    except (OSError, ValueError, UnicodeError) as error:
        raise DataError(f"the file {str(path)!r} can not be read: {error}") from error


def _load_csv(path: Path) -> pd.DataFrame:
    header = pd.read_csv(path, header=None, nrows=1, dtype=str)
    _check_unique(header.iloc[0].dropna())
    frame = pd.read_csv(path, low_memory=False)
    if not isinstance(frame.index, pd.RangeIndex):
        raise ValueError("its rows have more values than its first line has names")
    return frame


def _load_parquet(path: Path) -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise DataError("reading Parquet needs pyarrow; install bayesreg[scale] or pyarrow.") from None
    return parquet.read_table(path, page_checksum_verification=True)
