"""Dropout of inputs, averaged over: in a linear model a ridge penalty whose weights are the columns' lengths."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength, Traits
from bayesreg.penalties.l2 import _NormalLaw
from bayesreg.penalties.validation import check_scales


@final
@dataclass(frozen=True, repr=False)
class Dropout(_NormalLaw):
    r"""Inverted dropout of the inputs of a linear model, averaged over its noise.

    Each entry of ``X`` is set to 0 with probability ``rate`` and divided by ``1 - rate`` otherwise. The expected
    loss is ``RSS / 2`` plus

        (rate / (1 - rate)) / 2 * sum_j ||x_j||^2 b_j^2,    ||x_j||^2 = sum_i w_i x_ij^2,

    so that its minimum is the mode under ``b_j ~ N(0, sigma^2 (1 - rate) / (rate ||x_j||^2))``. Columns are centred
    where the model has an intercept: what is dropped is a deviation from the mean. Gaussian family only: elsewhere the
    average is no quadratic. It is a prior that depends on the design.

    Parameters
    ----------
    rate : float
        Probability that an entry is dropped, 0 < rate < 1.
    weights : array or mapping, optional
        Factors ``w_j >= 0`` of the penalty.
    relative_to : {"sigma", "dispersion"}
        "sigma" (default): it moves with sigma when sigma is sampled; "dispersion": it stays at the model's dispersion.
    positive, limits
        As in `L2`.

    Raises
    ------
    InputError
        If ``rate`` is outside its range.

    References
    ----------
    Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting. Wager, Wang and
    Liang (2013), Dropout training as adaptive regularization.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> dropout = br.Model("target ~ bmi + bp", data, penalty=br.Dropout(0.5)).fit()
    >>> ridge = br.Model("target ~ bmi + bp", data, penalty=br.L2(len(data))).fit()
    >>> bool(abs(dropout.params - ridge.params).max() < 1e-9)
    True
    """

    from_design = (
        "Dropout takes its variances from the columns of this design: other rows give another prior. For a prior that "
        "does not depend on them use br.Normal(scale)."
    )
    rate: float
    relative_to: RelativeTo = field(default="sigma", kw_only=True)
    prior_units = True

    def _check(self) -> None:
        check_scales(self)
        if not (isinstance(self.rate, Real) and not isinstance(self.rate, bool) and 0.0 < float(self.rate) < 1.0):
            raise InputError(
                f"rate={self.rate!r} is not a rate of dropping; it must be a number between 0 and 1, both excluded. "
                "For no dropout use br.Flat()."
            )

    @property
    def traits(self) -> Traits:
        return Traits(
            convex=True,
            smooth=not self.positive,
            separable=True,
            sparse=self.positive,
            proper=True,
            has_mode=True,
            scales_columns=False,
        )

    @property
    def other_face(self) -> str:
        return f"Normal(sqrt(phi * {1.0 - self.rate!r} / {self.rate!r}) / column length)"

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, self.rate / (1.0 - self.rate) / dispersion)

    def _multiplied(self, factor: float) -> dict[str, float]:
        odds = factor * self.rate / (1.0 - self.rate)
        return {"rate": odds / (1.0 + odds)}

    def to_prior(self, dispersion: float) -> Dropout:
        return self

    def to_penalty(self, dispersion: float) -> Dropout:
        return self

    def bind(self, data: BlockData) -> Bound:
        """Return the law with the squared lengths of the block's columns as weights; see `Penalty.bind`.

        Raises
        ------
        InputError
            If the intercept is among the coefficients: it has no column to drop.
        """
        if "Intercept" in data.names:
            raise InputError(
                "br.Dropout names the intercept, which is never dropped. Name other terms, or give the intercept a "
                "penalty of its own, e.g. br.Normal(scale)."
            )
        return Bound(self, None, data.weights @ np.square(data.columns()))
