r"""Firth's correction = Jeffreys prior: ``log p(beta) = log det(Z'W(beta)Z) / 2``, up to a constant.

``Z`` is the design with its column of ones and ``W = w V(eta)`` the information of its rows. With
``h`` the leverages of ``sqrt(W) Z``, the score of row ``i`` gains ``h_i V'_i / (2 V_i)``, derivatives in ``eta``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import expit

from bayesreg.design import Design
from bayesreg.errors import InputError
from bayesreg.families import Likelihood
from bayesreg.families.probit import mills
from bayesreg.matrices import dense_columns
from bayesreg.xp import NUMPY, Array, Namespace

Bends = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@final
@dataclass(frozen=True)
class Firth:
    r"""Firth's bias-reduced likelihood: the posterior mode under Jeffreys prior of the whole model.

    `Model.fit` maximises ``log p(y | beta) + log det(Z'W(beta)Z) / 2`` over all coefficients, the intercept included.
    The mode is finite for separated responses, and its bias is of the order ``1 / n^2``. It is given alone,
    ``penalty=br.Firth()``, for the "bernoulli", "binomial" and "poisson" families. In a Gaussian model the added term
    is constant in the coefficients: the fit is least squares, and the model is the one without a penalty.

    As a prior it depends on the design. It is a proper distribution for 0/1 responses and proportions, and not for
    counts.

    Raises
    ------
    InputError
        If it is one of several penalties.

    References
    ----------
    Firth (1993), Bias reduction of maximum likelihood estimates. Heinze and Schemper (2002), A solution to the problem
    of separation in logistic regression. Ibrahim and Laud (1991), On Bayesian analysis of generalized linear models
    using Jeffreys's prior.

    Examples
    --------
    >>> import numpy as np
    >>> import bayesreg as br
    >>> X, y = np.array([[1.0], [2.0], [3.0], [4.0]]), [0, 0, 1, 1]
    >>> fit = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.Firth()).fit()
    >>> bool(np.isfinite(fit.params).all()), fit.certificate.ok
    (True, True)
    """

    @property
    def written(self) -> str:
        """As it was written."""
        return "Firth()"

    def __repr__(self) -> str:
        return "Firth() = Jeffreys prior of the coefficients"


@final
@dataclass(frozen=True, eq=False)
class Correction:
    """Jeffreys prior of one model.

    Attributes
    ----------
    columns : ndarray (n, q)
        ``Z`` without excluded rows, columns centred and scaled: ``Z = columns @ back``.
    back : ndarray (q, q)
        From coefficients of ``Z`` to those of ``columns``.
    weights, offset : ndarray (n,)
    likelihood : Likelihood
    """

    columns: np.ndarray
    back: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    likelihood: Likelihood

    law = "Jeffreys"
    written = "Firth()"
    from_design = (
        "Jeffreys prior takes its shape from the columns of this design: other rows or columns give another prior. For "
        "a prior that does not depend on them use br.Normal(scale)."
    )

    @property
    def proper(self) -> bool:
        """Whether it is a distribution."""
        return self.likelihood.name in ("bernoulli", "binomial")

    def log_density(self, beta: Array, xp: Namespace = NUMPY) -> Array:
        """Return ``log det(Z'WZ) / 2`` for coefficients (q,) on the user's scale."""
        eta = self.columns @ (self.back @ beta) + self.offset
        rows = self.columns * xp.sqrt(self.weights * self.likelihood.curvature(eta, xp))[:, None]
        return 0.5 * xp.logdet(rows.T @ rows) + np.linalg.slogdet(self.back)[1]

    def pull(self, eta: np.ndarray) -> np.ndarray:
        """Return the derivative (n,) of the log density in the linear predictor."""
        unit, leverage = self._unit_rows(eta)
        return 0.5 * leverage * _BENDS[self.likelihood.label](eta)[0] if unit.size else 0.0 * eta

    def curvature(self, eta: np.ndarray) -> np.ndarray:
        """Return minus the second derivative (q, q) of the log density in the coefficients of ``columns``."""
        unit, leverage = self._unit_rows(eta)
        slope, bend = _BENDS[self.likelihood.label](eta)
        own = (self.columns * (leverage * bend)[:, None]).T @ self.columns
        scaled = self.columns * slope[:, None]
        mixed = np.stack([((unit * column[:, None]).T @ unit).ravel() for column in scaled.T])
        return 0.5 * np.asarray(mixed @ mixed.T - own)

    def _unit_rows(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``sqrt(W) columns`` made orthonormal (n, q), and the leverages (n,)."""
        rows = self.columns * np.sqrt(self.weights * self.likelihood.curvature(eta))[:, None]
        unit = np.linalg.qr(rows)[0]
        return unit, np.einsum("ij,ij->i", unit, unit)


def _bernoulli(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    up, down = expit(eta), expit(-eta)
    return down - up, 1.0 - 6.0 * up * down


def _probit(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """With ``V = m(eta) m(-eta)`` of inverse Mills ratios ``m``, and ``m' = -m (m + eta)``."""
    up, down = mills(eta), mills(-eta)
    slope = down - up - 2.0 * eta
    return slope, slope * slope + up * (up + eta) + down * (down - eta) - 2.0


def _poisson(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ones_like(eta), np.ones_like(eta)


_BENDS: dict[str, Bends] = {
    "bernoulli": _bernoulli,
    "bernoulli (probit)": _probit,
    "binomial": _bernoulli,
    "poisson": _poisson,
}
"""``V' / V`` and ``V'' / V`` of the variance function in the linear predictor, by family."""


def without_correction(penalty: Any, likelihood: Likelihood) -> tuple[Any, bool]:
    """Return the penalty without a correction of the whole likelihood, and whether there is one.

    Raises
    ------
    InputError
        If the correction is one of several penalties.
    """
    if isinstance(penalty, Mapping):
        keys = [key for key, value in penalty.items() if isinstance(value, Firth)]
        if keys:
            raise InputError(
                f"br.Firth() is given for {keys[0]!r} alone, and it corrects the likelihood of the whole model. Give "
                "it as penalty=br.Firth(), or penalise these terms with br.L2(lam) or br.Normal(scale)."
            )
    if not isinstance(penalty, Firth):
        return penalty, False
    return None, likelihood.name != "gaussian"


def jeffreys(
    design: Design,
    likelihood: Likelihood,
    center: np.ndarray,
    size: np.ndarray,
    weights: np.ndarray,
    offset: np.ndarray,
) -> Correction:
    """Return Jeffreys prior of a model; ``center`` and ``size`` (q,) are those of its columns."""
    start = int(design.intercept)
    scale = np.where(size > 0.0, size, 1.0)
    Z = np.column_stack([np.ones((design.n, start)), dense_columns(design.X, what="br.Firth()")])
    back = np.diag(scale)
    if start:
        back[0] += center
    return Correction((Z - center) / scale, back, weights, offset, likelihood)


def refuse_others(marked: bool) -> None:
    """Raise where terms are marked with penalties of their own beside the correction.

    Raises
    ------
    InputError
    """
    if marked:
        raise InputError(
            "br.Firth() corrects the likelihood of the whole model, and terms of the formula are marked with penalties "
            "of their own. Give one or the other."
        )
