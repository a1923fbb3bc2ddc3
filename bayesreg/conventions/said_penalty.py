"""The simplest penalty of ours that says what a fit made elsewhere says of its coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from bayesreg.conventions.fitted import FittedModel
from bayesreg.errors import UnsupportedError
from bayesreg.penalties import L1, L2, MCP, ElasticNet, ElasticNetPrior, Flat, GroupLasso, Laplace, Normal, Penalty

_CLOSE = 1e-12


class Acting(NamedTuple):
    """What the penalty does to each column (k,) that it acts on."""

    rate: np.ndarray
    precision: np.ndarray
    excluded: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    def at(self, columns: Any) -> Acting:
        """Return that of some columns."""
        return Acting(*(part[columns] for part in self))


def said_penalty(reading: FittedModel, *, standardize: bool) -> Penalty | dict[Any, Penalty]:
    """Return one penalty where one says it, else a mapping of coefficients to penalties.

    Parameters
    ----------
    reading : FittedModel
    standardize : bool
        Whether the penalty acts on columns of unit standard deviation, those of ``reading.scales``.

    Returns
    -------
    Penalty or dict

    Raises
    ------
    UnsupportedError
        If no penalty of ours says it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import ElasticNet
    >>> from bayesreg.conventions.fitted import Given
    >>> from bayesreg.conventions.readers import read
    >>> fit = ElasticNet(alpha=0.5, l1_ratio=0.25).fit(np.array([[0.0], [1.0], [2.0], [4.0]]), [1.0, 2.0, 2.0, 4.0])
    >>> said_penalty(read(fit, Given(n=4)), standardize=False)
    ElasticNet(lam=2.0, l1_ratio=0.25) = ElasticNetPrior(rate=0.5 / phi, precision=1.5 / phi)
    """
    scale = reading.scales if standardize and reading.scales is not None else np.ones(reading.p)
    excluded = ~reading.kept
    acting = Acting(reading.rate / scale, reading.precision / scale**2, excluded, *reading.bounds)
    if reading.mcp is not None:
        return _mcp(acting, reading)
    if not reading.groups and not reading.is_centred_penalty:
        single = _single(acting, reading)
        if single is not None:
            return single
    return _mapping(acting, reading)


def _single(acting: Acting, reading: FittedModel) -> Penalty | None:
    """Return the one penalty of all these columns, or None where it takes several."""
    rate, precision, excluded, lower, upper = acting
    if np.any(lower != lower[0]) or np.any(upper != upper[0]):
        return None
    limits = _limits(float(lower[0]), float(upper[0]))
    total = np.where(excluded, 0.0, rate + precision)
    penalised = total > 0.0
    if not penalised.any() and not excluded.any():
        return Flat(**limits)
    shares = rate[penalised] / total[penalised]
    if shares.size and np.ptp(shares) > _CLOSE:
        return None
    share = float(shares[0]) if shares.size else 0.0
    nominal = sum(reading.nominal)
    unit = nominal if nominal > 0.0 else float(total.max(initial=0.0))
    weights = np.where(excluded, np.inf, total / unit if unit > 0.0 else 0.0)
    weights = np.where(np.abs(weights - 1.0) <= _CLOSE, 1.0, weights)
    same = np.isfinite(weights[0]) and bool(np.all(np.abs(weights - weights[0]) <= _CLOSE * weights[0]))
    options = limits if same else {"weights": weights, **limits}
    unit = unit * float(weights[0]) if same else unit
    return _absolute(unit, share, options) if reading.absolute else _loss_units(unit, share, options)


def _loss_units(total: float, share: float, options: Mapping[str, Any]) -> Penalty:
    """Return an elastic net in loss units, or its edge."""
    if share == 1.0:
        return L1(total, **options)
    return L2(total, **options) if share == 0.0 else ElasticNet(total, l1_ratio=share, **options)


def _absolute(total: float, share: float, options: Mapping[str, Any]) -> Penalty:
    """Return the same as a prior of its own units."""
    if share == 1.0:
        return Laplace(1.0 / total, **options)
    if share == 0.0:
        return Normal(total**-0.5, **options) if total > 0.0 else L2(0.0, **options)
    return ElasticNetPrior(total * share, total * (1.0 - share), **options)


def _mapping(acting: Acting, reading: FittedModel) -> dict[Any, Penalty]:
    """Return penalties by name: the groups, then columns that have the same strengths together."""
    names, said = reading.labels, dict[Any, Penalty]()
    left = np.ones(reading.p, dtype=bool)
    for group in reading.groups:
        at = list(group.columns)
        left[at] = False
        said[" + ".join(names[j] for j in at)] = GroupLasso(group.lam, weights=None)
    if reading.is_centred_penalty:
        total = reading.centre_rate + reading.centre_precision
        said["Intercept"] = _loss_units(total, reading.centre_rate / total, {})
        rest = _single(acting.at(left), reading) if left.any() else None
        if rest is not None:
            return said | {...: rest}
    for j in np.flatnonzero(left):
        one = _single(acting.at([j]), reading)
        if one is not None and not one.is_flat:
            said[names[j]] = one
    return said


def _mcp(acting: Acting, reading: FittedModel) -> Penalty:
    """Return a minimax concave penalty, its weights relative to its strength."""
    if reading.precision.any() or np.isfinite(acting.upper).any() or np.any(acting.lower != acting.lower[0]):
        raise UnsupportedError(f"{reading.source}: a minimax concave penalty with squares or limits has no model here.")
    unit = float(reading.nominal[0]) if reading.nominal[0] > 0.0 else float(acting.rate.max())
    weights = np.where(acting.excluded, np.inf, acting.rate / unit)
    same = bool(np.all(weights == 1.0))
    positive = acting.lower[0] == 0.0
    return MCP(unit, reading.mcp or 0.0, bend="rows", weights=None if same else weights, positive=bool(positive))


def _limits(lower: float, upper: float) -> dict[str, Any]:
    if (lower, upper) == (-np.inf, np.inf):
        return {}
    return {"positive": True} if (lower, upper) == (0.0, np.inf) else {"limits": (lower, upper)}
