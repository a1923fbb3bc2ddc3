"""Which covariance of the estimates is on offer for which family, and the groups of a clustered one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.design import Design
from bayesreg.errors import DataError, InputError, UnsupportedError

COV_TYPES = ("nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster")
"""Every covariance; HC2 and HC3 need leverages, which statsmodels has for linear models only."""

GLM_COV_TYPES = ("nonrobust", "HC0", "HC1", "cluster")
"""Those of generalised linear models."""


def check_cov_type(cov_type: str, family: str, groups: Any) -> None:
    """Refuse a covariance that does not exist, or not for this family, and groups without a use.

    Raises
    ------
    InputError, UnsupportedError
    """
    if cov_type not in COV_TYPES:
        raise InputError(f"cov_type={cov_type!r} is not known; allowed: {', '.join(map(repr, COV_TYPES))}.")
    if family != "gaussian" and cov_type not in GLM_COV_TYPES:
        raise UnsupportedError(
            f"cov_type={cov_type!r} is not available for the {family} family: statsmodels has no leverage correction "
            f"for generalised linear models; allowed: {', '.join(map(repr, GLM_COV_TYPES))}."
        )
    if cov_type == "cluster" and groups is None:
        raise InputError("cov_type='cluster' needs groups=: one label a row, as an array or a Series.")
    if cov_type != "cluster" and groups is not None:
        raise InputError(f"groups= has no use with cov_type={cov_type!r}; give cov_type='cluster', or leave it out.")


def group_codes(groups: Any, design: Design) -> np.ndarray:
    """Return the group of each row as whole numbers.

    Parameters
    ----------
    groups : array-like or pandas.Series
        One label a row of the design. A Series is aligned by its index, and may hold labels of rows that
        were dropped.
    design : Design
        n rows with labels ``design.index``.

    Returns
    -------
    ndarray of int (n,)

    Raises
    ------
    InputError
        If there is no label for each row, or fewer than two groups.
    DataError
        If labels are missing.

    Examples
    --------
    >>> from bayesreg.design import from_arrays
    >>> design = from_arrays(np.arange(4.0)[:, None], np.arange(4.0))
    >>> group_codes(pd.Series(["b", "b", "a", "a"], index=[3, 2, 1, 0]), design)
    array([0, 0, 1, 1])
    """
    if isinstance(groups, str):
        raise InputError(f"groups={groups!r} is a name; give the labels themselves, such as data[{groups!r}].")
    values = _aligned(groups, design.index) if isinstance(groups, pd.Series) else np.asarray(groups)
    if values.shape != (design.n,):
        dropped = f" ({design.dropped} rows were dropped for missing values)" if design.dropped else ""
        raise InputError(
            f"groups has shape {values.shape}, but the fit has {design.n} rows{dropped}; give one label a row, or a "
            "Series with the index of the data."
        )
    codes, labels = pd.factorize(values)
    if np.any(codes < 0):
        raise DataError(f"groups has {int((codes < 0).sum())} missing label(s); give every row a group.")
    if len(labels) < 2:
        raise InputError("groups has one group only; a clustered covariance needs at least two.")
    return np.asarray(codes)


def _aligned(groups: pd.Series, index: pd.Index) -> Any:
    if groups.index.equals(index):
        return groups.array
    if not (groups.index.is_unique and index.is_unique):
        raise InputError("groups is a Series whose index has repeated labels and is not the data's; give an array.")
    places = groups.index.get_indexer(index)
    if np.any(places < 0):
        label = index[int(np.argmax(places < 0))]
        raise InputError(f"groups is a Series without the row label {label!r} of the data; give it the data's index.")
    return groups.array[places]
