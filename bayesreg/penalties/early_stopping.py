"""Early stopping of gradient descent from 0 on least squares: the mode under a normal prior in the singular basis."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.penalties.base import BlockData, Bound, RelativeTo, Strength
from bayesreg.penalties.quadratic import Form, QuadraticForm, form_of_eigen
from bayesreg.penalties.validation import check_scales

CONVERGED = 32.0  # a direction that has decayed so far is at least squares, to rounding


@final
@dataclass(frozen=True, eq=False, repr=False)
class EarlyStopping(QuadraticForm):
    r"""Gradient descent on ``RSS / 2``, started at 0 and stopped early, as the mode under a prior.

    With singular values ``s_i`` and right singular vectors ``v_i`` of the columns, the iterate is the mode under
    ``v_i'b ~ N(0, sigma^2 / k_i)`` independently,

        k_i = s_i^2 / (exp(time s_i^2) - 1)                       gradient flow,
        k_i = s_i^2 q_i / (1 - q_i),  q_i = (1 - step s_i^2)^time   gradient descent,

    and ``1 / time`` or ``1 / (time step)`` where ``s_i = 0``. The columns are weighted, centred where the model has an
    intercept (which is at its optimum throughout), and divided by their standard deviations under
    ``standardize=True``: the descent runs on those. The loss is ``RSS / 2``; for descent on the mean, ``RSS / (2n)``,
    divide ``time`` (for descent: ``step``) by ``n``. Gaussian family only. Under a key of some terms it is the prior
    of descent on those terms alone. It is a prior that depends on the design.

    Parameters
    ----------
    time : float or int
        > 0: how long the gradient flow runs; with ``step`` the number of steps.
    step : float, optional
        Size of a step of gradient descent, less than one over the largest ``s_i^2``; None: gradient flow.
    relative_to : {"sigma", "dispersion"}
        "sigma" (default): it moves with sigma when sigma is sampled; "dispersion": it stays at the model's dispersion.
    weights : None
        Not taken: the coefficients are penalised together; anything else is an error.

    Raises
    ------
    InputError
        If an argument is outside its range, or the step is so large that descent oscillates.

    References
    ----------
    Ali, Kolter and Tibshirani (2019), A continuous-time view of early stopping for least squares.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.EarlyStopping(0.01))
    >>> 1.0 < model.fit().edf < 3.0
    True
    """

    law = "early stopping"
    standardised = True
    from_design = (
        "The prior of early stopping takes its covariance from the columns of this design: other rows or columns give "
        "another prior. For a prior that does not depend on them use br.Normal(scale)."
    )
    time: float
    step: float | None = field(default=None, kw_only=True)
    relative_to: RelativeTo = field(default="sigma", kw_only=True)
    prior_units = True

    def _check(self) -> None:
        check_scales(self)
        for name, value in (("time", self.time), ("step", self.step)):
            if name == "step" and value is None:
                continue
            if not (isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < np.inf):
                raise InputError(f"{name}={value!r} is not allowed; it must be a finite number > 0.")
        if self.step is not None and float(self.time) != int(self.time):
            raise InputError(
                f"time={self.time!r} counts steps of size step={self.step!r} and must be a whole number >= 1. Leave "
                "step= out for gradient flow."
            )

    @property
    def form(self) -> Form:
        return self.bound_form()

    @property
    def other_face(self) -> str:
        return "N(0, phi / k_i) along each right singular vector of X"

    def strength(self, dispersion: float) -> Strength:
        return Strength(0.0, 1.0 / dispersion)

    def to_prior(self, dispersion: float) -> EarlyStopping:
        return self

    def to_penalty(self, dispersion: float) -> EarlyStopping:
        return self

    def bind(self, data: BlockData) -> Bound:
        """Return the law for the block's columns; see `Penalty.bind`.

        Raises
        ------
        InputError
            If the step is too large.
        """
        root = np.sqrt(data.weights)[:, None]
        _, values, vectors = np.linalg.svd(data.columns() * root / data.scale, full_matrices=True)
        squares = np.zeros(len(data.names))
        squares[: values.size] = values**2
        decay, total = self._decay(squares)
        small = decay < 1e-300
        ratio = np.where(small, 1.0, squares) / -np.expm1(-np.where(small, 1.0, decay))
        log_precisions = np.log(np.where(small, 1.0 / total, ratio)) - decay
        return Bound(self.with_form(form_of_eigen(log_precisions, vectors.T, decay < CONVERGED)))

    def _decay(self, squares: np.ndarray) -> tuple[np.ndarray, float]:
        """Return ``-log q_i`` from the squared singular values, and their ratio at 0."""
        if self.step is None:
            decay, total = float(self.time) * squares, float(self.time)
        else:
            largest = float(squares.max())
            if largest * self.step >= 1.0:
                raise InputError(
                    f"step={self.step!r} is too large: gradient descent oscillates, and is no prior, unless step "
                    f"is below {1.0 / largest:.4g}, one over the largest squared singular value of the columns. "
                    "Take a smaller step."
                )
            decay, total = -float(self.time) * np.log1p(-self.step * squares), float(self.time) * self.step
        return decay, total
