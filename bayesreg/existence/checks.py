"""Whether a likelihood without a prior has a maximum: rank of the design, and separation.

The classical fit, the unpenalised part of a penalised one and a posterior under flat priors all need
both; each is refused with the names of the columns at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bayesreg.errors import RankError, SeparationError
from bayesreg.existence.dependence import constant_column, dependence
from bayesreg.existence.recession import (
    as_trials,
    bernoulli_direction,
    binomial_direction,
    poisson_direction,
    separates_completely,
)

SHOWN = 4
BINARY = ("bernoulli", "binomial")
"""Families whose likelihood is bounded on both sides."""

_DIRECTIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray | None]] = {
    "bernoulli": bernoulli_direction,
    "binomial": binomial_direction,
    "poisson": poisson_direction,
    "negative_binomial": poisson_direction,
}


def check_rank(Z: np.ndarray, names: Sequence[str]) -> None:
    """Raise where columns of ``Z`` are linear combinations of the others.

    Parameters
    ----------
    Z : ndarray (n, k)
        The design of the unpenalised coefficients, with the column of ones where there is an intercept
        and without rows of weight zero.
    names : sequence of str (k,)

    Raises
    ------
    RankError
        Naming the dependent columns and the combinations. A column counts as dependent when, scaled to
        unit length (after centring where there is a constant column), what the others leave of it is
        at most ``max(n, k)`` times the machine precision, times the digits that centring cost.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 4.0])
    >>> check_rank(np.column_stack([np.ones(3), x, 2.0 * x]), ["Intercept", "x", "twice"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    bayesreg.errors.RankError: 1 of 3 unpenalised columns is a linear combination of the others, to a relative ...
    """
    n, k = Z.shape
    found = dependence(Z)
    count = found.dependent.size
    if count == 0:
        return
    pairs = zip(found.dependent, found.combination.T, strict=True)
    lines = [_combination(names, found.independent, int(j), c) for j, c in pairs]
    shown = "; ".join(lines[:SHOWN]) + (f"; and {count - SHOWN} more" if count > SHOWN else "")
    few = f" There are only {n} rows." if n < k else ""
    verb = "is a linear combination" if count == 1 else "are linear combinations"
    raise RankError(
        f"{count} of {k} unpenalised columns {verb} of the others, to a relative tolerance of {found.tolerance:.1g}: "
        f"{shown}.{few} Their coefficients can not be told apart without a prior: remove the dependent columns, or put "
        "a penalty on these terms such as br.L2(1.0) or br.Normal(scale)."
    )


def _combination(names: Sequence[str], independent: np.ndarray, j: int, coefficients: np.ndarray) -> str:
    parts = [f"{c:.3g} * {names[i]!r}" for i, c in zip(independent, coefficients, strict=True) if c != 0.0]
    if not parts:
        return f"{names[j]!r} is all zero"
    more = f" + {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return f"{names[j]!r} = {' + '.join(parts[:SHOWN])}{more}"


def separating_direction(
    Z: np.ndarray, y: np.ndarray, likelihood_name: str, weights: np.ndarray | None = None
) -> np.ndarray | None:
    """Return a direction along which the log likelihood rises or stays for ever, or None if there is none.

    For 0/1 responses this is complete or quasi-complete separation: ``(2 y_i - 1) z_i' d >= 0`` for all rows,
    not all zero; a proportion between 0 and 1 counts as a 0 and a 1. For counts: ``z_i' d = 0`` where ``y_i > 0``,
    ``z_i' d <= 0`` where ``y_i = 0``, not all zero. The answer is that of a linear programme, to rounding; offsets do
    not change it.

    Parameters
    ----------
    Z : ndarray (n, k)
        The design, with the column of ones where there is an intercept. Where columns are dependent the
        direction uses an independent subset.
    y : ndarray (n,)
    likelihood_name : str
        Families whose likelihood always has a maximum, such as "gaussian", give None.
    weights : ndarray (n,), optional
        Rows of weight zero do not count; the other weights do not matter.

    Returns
    -------
    ndarray (k,) or None

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> separating_direction(Z, np.array([0.0, 0.0, 1.0, 1.0]), "bernoulli")
    array([-2.5,  1. ])
    >>> separating_direction(Z, np.array([0.0, 1.0, 0.0, 1.0]), "bernoulli") is None
    True
    """
    if likelihood_name not in _DIRECTIONS:
        return None
    if weights is not None:
        Z, y = Z[weights > 0.0], y[weights > 0.0]
    ones = constant_column(Z)
    one_sided = np.all(y <= 0.0) or (likelihood_name in BINARY and np.all(y >= 1.0))
    found = np.zeros(Z.shape[1])
    if one_sided and ones is not None:
        found[ones] = np.sign(Z[0, ones]) * (1.0 if y[0] > 0.0 else -1.0)
        return found
    columns = dependence(Z).independent
    if columns.size == 0:
        return None
    mean = np.zeros(Z.shape[1]) if ones is None else Z.mean(axis=0)
    if ones is not None:
        mean[ones] = 0.0
    part = _DIRECTIONS[likelihood_name](Z[:, columns] - mean[columns], y)
    if part is None:
        return None
    found[columns] = part
    if ones is not None:
        found[ones] -= mean @ found / Z[0, ones]
    return found


def check_maximum(
    Z: np.ndarray, y: np.ndarray, likelihood_name: str, names: Sequence[str], weights: np.ndarray | None = None
) -> None:
    """Raise where the likelihood of ``y`` given ``Z`` has no finite maximum.

    Parameters
    ----------
    Z : ndarray (n, k)
    y : ndarray (n,)
    likelihood_name : str
    names : sequence of str (k,)
    weights : ndarray (n,), optional
        As in `separating_direction`.

    Raises
    ------
    SeparationError
        Naming the columns of the direction, the kind of separation and the remedies.

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> check_maximum(Z, np.array([0.0, 0.0, 1.0, 1.0]), "bernoulli", ["Intercept", "dose"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    bayesreg.errors.SeparationError: The bernoulli likelihood has no maximum: 'dose' separates the responses ...
    """
    d = separating_direction(Z, y, likelihood_name, weights)
    if d is None:
        return
    used = np.ones(y.shape, dtype=bool) if weights is None else weights > 0.0
    Z, y = as_trials(Z[used], y[used]) if likelihood_name == "binomial" else (Z[used], y[used])
    if np.all(y == y[0]):
        raise SeparationError(
            f"The {likelihood_name} likelihood has no maximum: all {y.size} responses are {y[0]:g}. No penalty on the "
            "slopes helps; give a prior to the intercept as well, as in penalty={'Intercept': br.Normal(5.0), '...': "
            "br.Normal(1.0)}, or data with other responses."
        )
    ones = constant_column(Z)
    weight = np.abs(d) * np.ptp(Z, axis=0) if ones is not None else np.abs(d) * np.abs(Z).max(axis=0)
    order = [int(j) for j in np.argsort(-weight, kind="stable") if weight[j] > 1e-6 * weight.max()]
    columns = ", ".join(repr(names[j]) for j in order[: 2 * SHOWN])
    columns += f" and {len(order) - 2 * SHOWN} more" if len(order) > 2 * SHOWN else ""
    story = _story(columns, len(order), Z, d, y, likelihood_name)
    raise SeparationError(
        f"The {likelihood_name} likelihood has no maximum: {story}, so estimates "
        "run away to infinity. Put a penalty or prior on these terms, such as br.L2(1.0) or "
        "br.Normal(scale), use penalty=br.Firth(), whose estimates are finite, or remove the column(s)."
    )


def _story(columns: str, count: int, Z: np.ndarray, d: np.ndarray, y: np.ndarray, likelihood_name: str) -> str:
    what, eta = columns if count == 1 else f"a combination of {columns}", Z @ d
    if likelihood_name not in BINARY:
        rows = int(np.count_nonzero(eta < -1e-9 * np.abs(eta).max()))
        return f"{what} sets apart {rows} row(s) whose counts are all 0"
    strict = bool(np.all(np.where(y > 0.0, eta, -eta) > 1e-9 * np.abs(eta).max()))
    kind = "complete" if strict or separates_completely(Z, y) else "quasi-complete"
    return f"{what} separates the responses ({kind} separation)"
