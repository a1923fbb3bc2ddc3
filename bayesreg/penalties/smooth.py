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
UNSEEN = 1e-12  # share of the columns' size that is rounding
SLIGHT = 1e-9  # and of their means


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


def level_of_intercept(data: BlockData, null: np.ndarray) -> np.ndarray | None:
    """Return the flat direction (d,) of unit length, among ``null`` (d, m), that is the intercept's; None: none is.

    Along it the columns are constant and not 0.
    """
    if data.center is None or null.shape[1] == 0:
        return None
    columns = data.columns()[data.weights > 0.0]
    _, size, turn = np.linalg.svd(columns @ null, full_matrices=False)
    unseen = null @ turn[size <= UNSEEN * np.linalg.norm(columns)].T
    along = unseen @ (unseen.T @ data.center)
    length = float(np.linalg.norm(along))
    return np.asarray(along / length) if length > SLIGHT * float(np.linalg.norm(data.center)) else None


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
        if self._bound is not None:
            return self._bound
        self._check_size(f"{self.size} coefficients")
        return difference_form(self.size, int(self.order), bool(self.cyclic))

    def _face(self, name: str, strength: str) -> str:
        ring = ", cyclic=True" if self.cyclic else ""
        sigma = ", relative_to='sigma'" if self.relative_to == "sigma" else ""
        return f"{name}({strength}, order={self.order}{ring}{sigma})"

    def _check_size(self, what: str) -> None:
        if self.size <= self.order:
            raise InputError(
                f"Differences of order {self.order} need at least {self.order + 1} coefficients in a row, and there "
                f"are {what}. Give a term with more columns, such as bs(x, df=20), or a lower order=."
            )

    def _is_proper(self) -> bool:
        return self._bound is not None and self._bound.null.shape[1] == 0

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
        level = level_of_intercept(data, law.form.null)
        if level is not None:
            law = law.with_form(form_of_root(np.vstack([law.form.root, level])))
        return Bound(law)


@final
@dataclass(frozen=True, repr=False)
class Smooth(_RandomWalkLaw):
    r"""The difference penalty ``(lam / 2) sum_k (D b)_k^2`` on neighbouring coefficients, in loss units.

    ``D`` takes differences of the given order along the design's columns: on a `bs()` term it is the P-spline. As a
    prior it is a random walk: the differences are ``N(0, phi / lam)``. It is flat along polynomials of a degree
    below ``order`` in the column's number (along constants if cyclic), which the data must identify. It acts on raw
    coefficients.

    Next to an intercept, columns that sum to a constant, such as those of ``cc()``, can not identify a common level of
    their coefficients. Such a direction ``u`` of unit length is penalised too, with ``(lam / 2) (u' b)^2``: the level
    of the mode is 0, and fitted values are the same as with any other.

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
        unit = "1" if self.relative_to == "sigma" else "phi"
        return self._face("RandomWalk", f"sd=sqrt({unit} / {self.lam!r})") if self.is_given and self.lam else ""

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
        unit = "1" if self.relative_to == "sigma" else "phi"
        return self._face("Smooth", f"lam={unit} / {self.sd!r}**2") if self.is_given else ""

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
