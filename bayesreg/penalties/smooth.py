"""Difference penalty = random-walk prior: ``value = precision |D b|^2 / 2``, ``D`` differences of order 1 to 3."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength, fields_of
from bayesreg.penalties.quadratic import Form, QuadraticForm, form_of_root
from bayesreg.penalties.validation import check_flag

ORDERS = (1, 2, 3)


@lru_cache(maxsize=32)
def difference_form(d: int, order: int, cyclic: bool) -> Form:
    """Return ``D'D`` of the differences of ``d`` coefficients in a row, or in a ring."""
    if not cyclic:
        return form_of_root(np.diff(np.eye(d), order, axis=0))
    return form_of_root(ring_root(d, order))


def ring_root(d: int, order: int) -> np.ndarray:
    """Return the root (d - 1, d) of a ring's form in its Fourier basis, where it is diagonal."""
    place, rows = np.arange(d), []
    for k in range(1, d // 2 + 1):
        size = (2.0 * np.sin(np.pi * k / d)) ** order
        angle = 2.0 * np.pi * k * place / d
        if 2 * k == d:
            rows.append(size * np.cos(angle) / np.sqrt(d))
        else:
            rows += [size * np.cos(angle) * np.sqrt(2.0 / d), size * np.sin(angle) * np.sqrt(2.0 / d)]
    return np.array(rows)


@dataclass(frozen=True, repr=False)
class _RandomWalkLaw(QuadraticForm):
    """The law that `Smooth` and `RandomWalk` name in their two units."""

    law = "random walk"

    order = 2  # not fields here: the laws have them after their strength
    cyclic = False

    def _check(self) -> None:
        check_flag("cyclic", self.cyclic)
        if isinstance(self.order, bool) or self.order not in ORDERS:
            raise InputError(
                f"order={self.order!r} is not an order of differences; allowed: 1 (towards a constant), 2 (towards a "
                "line), 3 (towards a parabola)."
            )

    @property
    def form(self) -> Form:
        self._check_size(f"{self.size} coefficients")
        return difference_form(self.size, int(self.order), bool(self.cyclic))

    def _check_size(self, what: str) -> None:
        if self.size <= self.order:
            raise InputError(
                f"Differences of order {self.order} need at least {self.order + 1} coefficients in a row, and there "
                f"are {what}. Give a term with more columns, such as bs(x, df=20), or a lower order=."
            )

    def _is_proper(self) -> bool:
        return False

    @final
    def bind(self, data: BlockData) -> Bound:
        """Return the law of the block; see `Penalty.bind`.

        Raises
        ------
        InputError
            If there are not more coefficients than the order.
        """
        law = self.sized(len(data.names))
        law._check_size(f"{len(data.names)}: {', '.join(data.names)}")
        return Bound(law)


@final
@dataclass(frozen=True, repr=False)
class Smooth(_RandomWalkLaw):
    r"""The difference penalty ``(lam / 2) sum_k (D b)_k^2`` on neighbouring coefficients, in loss units.

    ``D`` takes differences of the given order along the design's columns: on a `bs()` term it is the P-spline. As a
    prior it is a random walk: the differences are ``N(0, phi / lam)``. It is flat along polynomials of a degree
    below ``order`` in the column's number (along constants if cyclic), which the data must identify. It acts on raw
    coefficients.

    Parameters
    ----------
    lam : float, optional
        Strength in loss units, per data set, >= 0. None leaves it open, for `Model.path`.
    order : {2, 1, 3}
        Order of the differences.
    cyclic : bool
        Whether the last coefficient is a neighbour of the first.
    relative_to : {"dispersion", None, "sigma"}
        As in `L2`.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If an argument is outside its range, or the term has too few columns.

    References
    ----------
    Eilers and Marx (1996), Flexible smoothing with B-splines and penalties.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bs(bmi, df=12)", br.datasets.diabetes(), penalty=br.Smooth(1000.0))
    >>> 3.0 < model.fit().edf < 13.0
    True
    """

    strength_powers = (("lam", 1.0),)
    lam: float | None = None
    order: int = 2
    cyclic: bool = False
    relative_to: RelativeTo = field(default="dispersion", kw_only=True)

    @property
    def other_face(self) -> str:
        return f"RandomWalk(sd=sqrt(phi / {self.lam!r}), order={self.order})" if self.is_given and self.lam else ""

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, self.given(self.lam) / dispersion)

    def to_prior(self, dispersion: float) -> RandomWalk:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else None
        sd = float(np.sqrt(unit / self.positive_strength(self.lam)))
        return RandomWalk(sd, self.order, self.cyclic, relative_to=relative_to, **fields_of(self))

    def to_penalty(self, dispersion: float) -> Smooth:
        return self


@final
@dataclass(frozen=True, repr=False)
class RandomWalk(_RandomWalkLaw):
    """A random-walk prior: differences of neighbouring coefficients are ``N(0, sd^2)``; `Smooth` in prior units.

    Parameters
    ----------
    sd : float
        Standard deviation of a difference, > 0, in the units of the coefficients.
    order, cyclic
        As in `Smooth`.
    relative_to : {None, "dispersion", "sigma"}
        None and "dispersion": the sd is absolute; "sigma": it is in units of sigma.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If an argument is outside its range, or the term has too few columns.

    References
    ----------
    Rue and Held (2005), Gaussian Markov random fields, chapter 3.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.RandomWalk(0.5, order=1).to_penalty(dispersion=2.0).lam
    8.0
    """

    strength_powers = (("sd", -0.5),)
    prior_units = True
    sd: float
    order: int = 2
    cyclic: bool = False

    @property
    def other_face(self) -> str:
        return f"Smooth(lam=phi / {self.sd!r}**2, order={self.order})" if self.is_given else ""

    def strength(self, dispersion: float) -> Strength:
        variance = dispersion if self.relative_to == "sigma" else 1.0
        return Strength(0.0, float(1.0 / (self.sd**2 * variance)))

    def to_prior(self, dispersion: float) -> RandomWalk:
        return self

    def to_penalty(self, dispersion: float) -> Smooth:
        unit = 1.0 if self.relative_to == "sigma" else dispersion
        relative_to: RelativeTo = "sigma" if self.relative_to == "sigma" else "dispersion"
        lam = float(unit / self.sd**2)
        return Smooth(lam, self.order, self.cyclic, relative_to=relative_to, **fields_of(self))
