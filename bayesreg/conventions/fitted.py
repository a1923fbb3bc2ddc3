"""A fit made elsewhere as one frozen record, whatever package made it, and what its reader was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from bayesreg.conventions.facts import check_fact, is_number
from bayesreg.design import Weights
from bayesreg.errors import InputError

OWN_FAMILIES = ("gaussian", "bernoulli", "poisson")
"""Families of a reading that a `Model` can have; others have an implied prior only."""


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Given:
    """What the caller says of a fit, beside the fit itself.

    Attributes
    ----------
    X, y : array, DataFrame, sparse matrix; array or Series; None
        The data of the fit, as the estimator was given them.
    weights : array, Series, Weights or None
        Case weights of the fit.
    offset : array or None
    n : float or None
        Rows of the fit (with weights: their sum), where there are no data to count.
    facts : mapping
        Arguments of the fit that it does not keep, by name, such as statsmodels' ``alpha``.

    Examples
    --------
    >>> Given(y=[1.0, 2.0, 4.0]).rows
    3.0
    >>> Given(y=[1.0, 2.0], weights=[1.0, 3.0]).rows
    4.0
    """

    X: Any = None
    y: Any = None
    weights: Any = None
    offset: Any = None
    n: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> float | None:
        """Number of rows, or the sum of the weights; None where nothing tells it."""
        if self.n is not None:
            return check_fact("n", self.n)
        if self.weight_values is not None:
            return float(self.weight_values.sum())
        data: Any = self.X if self.X is not None else self.y
        return None if data is None else float(data.shape[0] if hasattr(data, "shape") else len(data))

    @property
    def weight_values(self) -> np.ndarray | None:
        """The weights (n,) in the order of the rows, without their kind."""
        return weight_values(self.weights)

    def rows_for(self, what: str) -> float:
        """Return the number of rows, which ``what`` (a strength per row) needs, or raise."""
        if self.rows is None:
            raise InputError(
                f"{what} is a strength per row, so its prior depends on the number of rows. Give X, or n=<rows>."
            )
        return self.rows

    def fact(self, name: str, where: str, meaning: str) -> Any:
        """Return an argument of the fit that it does not keep, or raise saying which and why."""
        if name not in self.facts:
            raise InputError(f"{where} needs {name}=: {meaning}, which the fit does not keep. Give it by name.")
        return self.facts[name]

    def number(self, name: str, where: str, meaning: str) -> float:
        """Return a fact that is one number, or raise."""
        value = self.fact(name, where, meaning)
        if not is_number(value) or not np.isfinite(value):
            raise InputError(f"{name}={value!r} is not allowed: it is {meaning}, a finite number.")
        return float(value)


def weight_values(weights: Any) -> np.ndarray | None:
    """Return weights (n,) in the order of the rows, without their kind."""
    values = weights.values if isinstance(weights, Weights) else weights
    return None if values is None else np.asarray(values, dtype=float)


@final
@dataclass(frozen=True, kw_only=True)
class Group:
    """Coefficients that are penalised by ``lam * ||b_g||``, in loss units, on raw columns, without a root of the size.

    Attributes
    ----------
    columns : tuple of int
        Positions among the coefficients, from 0.
    lam : float
        Strength in loss units, per data set.
    """

    columns: tuple[int, ...]
    lam: float


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class FittedModel:
    """What a fitted estimator of another package says, in our terms.

    Its coefficients are the minimiser of ``sum_i w_i d_i / 2 + sum_j (rate_j |b_j| + precision_j b_j^2 / 2)``,
    ``d_i`` the unit deviance, plus the groups. All arrays are per raw coefficient, without the intercept.

    Attributes
    ----------
    source : str
        Package, estimator and setting: "scikit-learn Ridge with alpha = 10".
    setting : str
        The strength as written: "alpha = 10".
    family : str
        "gaussian", "bernoulli" or "poisson", each with its canonical link. Another name has an implied prior only.
    coef : ndarray (p,)
        Coefficients in raw units of the columns.
    intercept_value : float
        Intercept that goes with them.
    intercept : bool
        Whether the fit has an intercept that is no column.
    rate, precision : ndarray (p,)
        Factors of ``|b_j|`` and ``b_j^2 / 2``, in loss units, per data set.
    absolute : bool
        They are those of the prior itself instead (a rate, a precision), and the mode is the one at ``dispersion``.
    dispersion : float or None
        ``phi`` as the estimator itself states it.
    centre_rate, centre_precision : float
        The same for the intercept of the centred columns, where the fit penalises it.
    groups : tuple of Group
        Coefficients that are penalised together; their ``rate`` and ``precision`` are 0.
    mcp : float or None
        ``gamma`` of a minimax concave penalty with slope ``rate`` at 0, its bend per row (`MCP` with ``bend="rows"``).
    excluded : ndarray of bool (p,) or None
        Coefficients that the fit keeps at 0.
    lower, upper : ndarray (p,) or None
        Limits of the coefficients.
    nominal : (float, float)
        ``rate`` and ``precision`` of a column of scale 1: what one number says, where columns differ.
    scales : ndarray (p,) or None
        Standard deviations that the columns were divided by before the fit; None: raw columns.
    per_row : bool
        Whether the strength is per row, so that rate and precision depend on the number of rows.
    X, y : the data of the model, or None
        Columns in the order of ``coef``, without a constant one that is the intercept; labels stay labels.
    weights, offset : array, Weights or None
        As `Model.from_arrays` takes them.
    names : tuple of str or None
        Names of the columns, where they are known.
    classes : tuple or None
        The two classes of a bernoulli response, the event last; None: it is 0 and 1.
    power : float or None
        Power of the mean that the variance is, for a family of another name (its link is the logarithm).
    used : tuple of str
        Names of the facts that the reader has used; the others are refused.
    tolerance : float
        The estimator's own stopping tolerance (NaN: it has none): how near its coefficients are to the mode.
    """

    source: str
    setting: str
    family: str
    coef: np.ndarray
    intercept_value: float
    intercept: bool
    rate: np.ndarray
    precision: np.ndarray
    absolute: bool = False
    dispersion: float | None = None
    centre_rate: float = 0.0
    centre_precision: float = 0.0
    groups: tuple[Group, ...] = ()
    mcp: float | None = None
    excluded: np.ndarray | None = None
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    nominal: tuple[float, float] = (np.nan, np.nan)
    scales: np.ndarray | None = None
    per_row: bool = False
    X: Any = None
    y: Any = None
    weights: Any = None
    offset: Any = None
    names: tuple[str, ...] | None = None
    classes: tuple[Any, ...] | None = None
    power: float | None = None
    used: tuple[str, ...] = ()
    tolerance: float = np.nan

    @property
    def p(self) -> int:
        """Number of coefficients, without the intercept."""
        return int(self.coef.size)

    @property
    def is_flat(self) -> bool:
        """Whether nothing is penalised."""
        return not (self.rate.any() or self.precision.any() or self.groups or self.is_centred_penalty)

    @property
    def is_centred_penalty(self) -> bool:
        """Whether the intercept is penalised."""
        return self.centre_rate > 0.0 or self.centre_precision > 0.0

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Limits (p,) of the coefficients, infinite where there are none."""
        lower = np.full(self.p, -np.inf) if self.lower is None else self.lower
        return lower, np.full(self.p, np.inf) if self.upper is None else self.upper

    @property
    def weight_values(self) -> np.ndarray | None:
        """The case weights (n,) without their kind."""
        return weight_values(self.weights)

    @property
    def kept(self) -> np.ndarray:
        """Which coefficients (p,) the fit does not force to 0."""
        return np.ones(self.p, dtype=bool) if self.excluded is None else ~self.excluded

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the columns; x0, x1, ... where nothing names them."""
        return self.names if self.names is not None else tuple(f"x{j}" for j in range(self.p))
