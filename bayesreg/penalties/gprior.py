"""Zellner's g-prior: ``value = precision |X b|^2 / 2``, a normal law with the shape of the design's information."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, final

import numpy as np

from bayesreg.errors import InputError, RankError
from bayesreg.existence import check_rank
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength
from bayesreg.penalties.quadratic import Form, QuadraticForm, form_of_root
from bayesreg.penalties.validation import check_scales


@final
@dataclass(frozen=True, eq=False, repr=False)
class GPrior(QuadraticForm):
    r"""Zellner's g-prior ``b | sigma ~ N(0, g sigma^2 (X'WX)^-1)``: the penalty ``(1 / 2g) sum_i w_i (x_i'b)^2``.

    ``X`` are the columns of its terms, centred where the model has an intercept, and ``W`` the case weights. In a
    Gaussian model without other penalties the mode is ``g / (1 + g)`` times least squares, whatever the units and
    the coding of the columns. It is a prior that depends on the design.

    Parameters
    ----------
    g : float or "unit"
        > 0: the prior is worth ``1 / g`` of the data. "unit" (default): the number of observations, so that it is
        worth one (unit information).
    relative_to : {"sigma", "dispersion"}
        "sigma" (default): it moves with sigma when sigma is sampled; "dispersion": it stays at the model's dispersion.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If ``g`` is not a number > 0 or "unit".
    RankError
        If the columns are dependent.

    References
    ----------
    Zellner (1986), On assessing prior distributions and Bayesian regression analysis with g-prior distributions.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> mode = br.Model("target ~ bmi + bp", data, penalty=br.GPrior(4.0)).fit()
    >>> ols = br.Model("target ~ bmi + bp", data).fit()
    >>> round(float(mode.params["bmi"] / ols.params["bmi"]), 12)
    0.8
    """

    law = "g-prior"
    from_design = (
        "The g-prior takes its covariance from the columns of this design: other rows or columns give another prior. "
        "For a prior that does not depend on them use br.Normal(scale)."
    )
    g: float | Literal["unit"] = "unit"
    relative_to: RelativeTo = field(default="sigma", kw_only=True)
    prior_units = True

    def _check(self) -> None:
        check_scales(self)
        given = isinstance(self.g, int | float | np.integer | np.floating) and not isinstance(self.g, bool)
        if not (isinstance(self.g, str) and self.g == "unit") and not (given and 0.0 < float(self.g) < np.inf):
            raise InputError(
                f"g={self.g!r} is not the factor of a g-prior; allowed: a finite number > 0, or 'unit' (g = n)."
            )

    @property
    def form(self) -> Form:
        return self.bound_form()

    @property
    def other_face(self) -> str:
        return f"N(0, {'n' if self.g == 'unit' else repr(self.g)} phi inverse(X'WX))"

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, (1.0 if self.g == "unit" else 1.0 / float(self.g)) / dispersion)

    def _multiplied(self, factor: float) -> dict[str, float]:
        return {} if self.g == "unit" else {"g": float(self.g) / factor}

    def to_prior(self, dispersion: float) -> GPrior:
        return self

    def to_penalty(self, dispersion: float) -> GPrior:
        return self

    def bind(self, data: BlockData) -> Bound:
        """Return the law for the block's columns; see `Penalty.bind`."""
        present = data.weights > 0.0
        weights = data.weights[present]
        rows = data.columns()[present] * np.sqrt(weights)[:, None]
        try:
            check_rank(rows, data.names)
        except RankError as error:
            raise RankError(
                f"The g-prior does not exist: its {len(data.names)} columns are dependent or more than the rows allow, "
                "and X'WX has no inverse. Remove columns, or use a proper prior such as br.Normal(scale) or "
                f"br.L2(lam). {error}"
            ) from error
        law = self.with_form(form_of_root(np.linalg.qr(rows, mode="r")))
        if self.g == "unit":
            object.__setattr__(law, "g", float(weights.sum()) if data.frequency else float(weights.size))
        return Bound(law)
