"""What laws are made of: strengths, traits and faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bayesreg.xp import Array


class Strength(NamedTuple):
    """Canonical strength of a law: a number per unit of the coefficient and one per squared unit.

    Every law is a family of densities with one shape and these two numbers: ``rate |b| + precision b^2 / 2``
    for the elastic net, ``1 / rate`` the scale of a horseshoe, and so on.

    Attributes
    ----------
    rate : float or ndarray
        In 1 / (units of the coefficient).
    precision : float or ndarray
        In 1 / (units of the coefficient)^2.
    """

    rate: Array
    precision: Array

    def scaled(self, factor: Array) -> Strength:
        """Return the strength of the same law for ``b``, when it is known for ``factor * b``."""
        return Strength(self.rate * factor, self.precision * factor * factor)

    def at(self, columns: Any) -> Strength:
        """Return the strengths of some coefficients."""
        return Strength(self.rate[columns], self.precision[columns])


@dataclass(frozen=True)
class Traits:
    """Mathematical properties that solvers, engines and refusals follow from.

    Attributes
    ----------
    convex : bool
        The penalty is a convex function.
    smooth : bool
        It is differentiable everywhere.
    separable : bool
        It is a sum over coefficients.
    sparse : bool
        Its modes can have exact zeros (of coefficients, groups or differences).
    proper : bool
        ``exp(-penalty)`` integrates: it is a prior distribution.
    has_mode : bool
        The posterior density has a finite maximum for every data set with a finite likelihood.
    scales_columns : bool
        It acts on ``s_j b_j`` under ``standardize=True``.
    """

    convex: bool
    smooth: bool
    separable: bool
    sparse: bool
    proper: bool
    has_mode: bool
    scales_columns: bool


class Face(NamedTuple):
    """The subspace through a point on which a penalty is smooth, with its derivatives there.

    Attributes
    ----------
    basis : ndarray or csc_array (d, k)
        Directions in which the penalty is twice differentiable at the point.
    gradient : ndarray (d,)
        Of a smooth function that agrees with the penalty along ``basis``.
    hessian : ndarray (d, d) or None
        Of the same function; None where it is 0, as for penalties whose level sets are polyhedra.
    """

    basis: Any
    gradient: np.ndarray
    hessian: np.ndarray | None
