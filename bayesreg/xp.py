"""The small array namespace in which likelihoods and penalties are written once.

A formula such as ``xp.abs(beta) * rate`` runs on NumPy arrays for the solvers and on PyTensor
variables for the sampled graph, so the two faces of a model can not drift apart. PyTensor is
imported only when its namespace is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import special

Array = Any  # a NumPy array or a PyTensor variable: whatever the namespace computes with


@dataclass(frozen=True)
class Namespace:
    """The functions that likelihoods and penalties may call; elementwise except ``sum``, ``sort`` and ``logdet``."""

    name: str
    abs: Callable[..., Array]
    exp: Callable[..., Array]
    log: Callable[..., Array]
    log1p: Callable[..., Array]
    expm1: Callable[..., Array]
    sqrt: Callable[..., Array]
    sin: Callable[..., Array]
    where: Callable[..., Array]
    maximum: Callable[..., Array]
    sum: Callable[..., Array]
    sort: Callable[..., Array]
    logdet: Callable[..., Array]
    softplus: Callable[..., Array]
    expit: Callable[..., Array]
    erfcx: Callable[..., Array]
    gammaln: Callable[..., Array]
    xlogy: Callable[..., Array]


def _softplus(x: Array) -> Array:
    """Return ``log(1 + exp(x))`` to rounding, from functions that NumPy computes several numbers at a time."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _expit(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))`` to rounding, in the same way."""
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-x))


def _logdet(matrix: Array) -> Array:
    sign, log_size = np.linalg.slogdet(matrix)
    return np.where(sign > 0.0, log_size, -np.inf)


NUMPY = Namespace(
    name="numpy",
    abs=np.abs,
    exp=np.exp,
    log=np.log,
    log1p=np.log1p,
    expm1=np.expm1,
    sqrt=np.sqrt,
    sin=np.sin,
    where=np.where,
    maximum=np.maximum,
    sum=np.sum,
    sort=np.sort,
    logdet=_logdet,
    softplus=_softplus,
    expit=_expit,
    erfcx=special.erfcx,
    gammaln=special.gammaln,
    xlogy=special.xlogy,
)


@cache
def pytensor_namespace() -> Namespace:
    """Return the same functions over PyTensor variables (imports PyTensor on first use)."""
    import pytensor.tensor as pt

    def xlogy(x: Array, y: Array) -> Array:
        safe = pt.switch(pt.eq(x, 0.0), 1.0, y)
        return x * pt.log(safe)

    return Namespace(
        name="pytensor",
        abs=pt.abs,
        exp=pt.exp,
        log=pt.log,
        log1p=pt.log1p,
        expm1=pt.expm1,
        sqrt=pt.sqrt,
        sin=pt.sin,
        where=pt.switch,
        maximum=pt.maximum,
        sum=pt.sum,
        sort=pt.sort,
        logdet=lambda matrix: 2.0 * pt.log(pt.diagonal(pt.linalg.cholesky(matrix))).sum(),
        softplus=pt.softplus,
        expit=pt.sigmoid,
        erfcx=pt.erfcx,
        gammaln=pt.gammaln,
        xlogy=xlogy,
    )
