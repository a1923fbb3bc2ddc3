"""Some of the columns of a design and combinations of them, in the products: the design is not filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy import sparse

from bayesreg.solvers.columns import Implicit, as_array, spread, tiled_square_sums


@final
@dataclass(frozen=True, eq=False)
class Combined:
    """The columns ``Z B`` (n, r), ``B`` sparse: some of the columns, and combinations of them.

    Attributes
    ----------
    inner : ndarray, Columns or Turned (n, m)
    basis : csc_array (m, r)
    """

    inner: np.ndarray | Implicit
    basis: sparse.csc_array

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.inner.shape[0], self.basis.shape[1]

    @property
    def T(self) -> CombinedScores:  # noqa: N802
        """The transpose, for products with rows."""
        return CombinedScores(self)

    def __matmul__(self, v: np.ndarray) -> np.ndarray:
        """Return ``Z B v`` (n,) or (n, q)."""
        return np.asarray(self.inner @ (self.basis @ v))

    def __getitem__(self, key: tuple[slice, np.ndarray]) -> np.ndarray:
        """Return the columns ``at`` as a dense array (n, k) in Fortran order."""
        return self.times(np.asarray(key[1]), sparse.eye_array(np.size(key[1]), format="csc"))

    def times(self, at: np.ndarray, values: Any) -> np.ndarray:
        """Return ``(Z B)[:, at] @ values`` (n,) or (n, k)."""
        chosen = self.basis[:, at]
        rows = np.unique(chosen.indices)
        values = chosen.tocsr()[rows] @ values
        if isinstance(self.inner, np.ndarray):
            return np.asfortranarray(self.inner[:, rows] @ values)
        return np.asfortranarray(self.inner.times(rows, values))

    def gram(self, v: np.ndarray) -> np.ndarray:
        """Return ``B' Z' diag(v) Z B`` (r, r)."""
        columns = as_array(self)
        return np.asarray(columns.T @ (v[:, None] * columns))

    def square_sums(self, v: np.ndarray) -> np.ndarray:
        """Return ``sum_i v_i (Z B)_ij^2`` (r,)."""
        return tiled_square_sums(self, v)


@final
@dataclass(frozen=True, eq=False)
class CombinedScores:
    """The transpose of `Combined`."""

    columns: Combined

    def __matmul__(self, r: np.ndarray) -> np.ndarray:
        """Return ``B' Z' r`` (r,) or (r, k) for ``r`` (n,) or (n, k)."""
        return np.asarray(self.columns.basis.T @ (self.columns.inner.T @ r))


def make_combined(
    inner: np.ndarray | Implicit, at: np.ndarray, combinations: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray | Combined:
    """Return the columns ``at``, then the combinations ``values`` (a, k) of columns ``places`` (a,) of each pair."""
    m = inner.shape[1]
    if isinstance(inner, np.ndarray):
        return np.asfortranarray(np.column_stack([inner[:, at], *(inner[:, p] @ values for p, values in combinations)]))
    dense = [sparse.csc_array(spread(places, values, m)) for places, values in combinations]
    return Combined(inner, sparse.hstack([sparse.eye_array(m, format="csc")[:, at], *dense], format="csc"))
