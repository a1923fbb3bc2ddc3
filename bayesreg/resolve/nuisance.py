r"""The nuisance parameter of a likelihood that has no dispersion: given, or estimated once a model.

Where nothing is penalised it is the maximum likelihood estimate. Otherwise it is the one of a ridge fit whose strength
and nuisance parameter ``theta`` are those of largest evidence, by Laplace's method: with ``h`` the leverages of the
fit and ``v(theta)`` the information of its rows, ``theta`` maximises

    log p(y | eta, theta) - sum_i h_i log v_i(theta) / 2,

and the ridge's precision is the effective number of its coefficients over their squares (MacKay). The second term is
what divides the squares of a Gaussian model by ``n - edf`` and not by ``n``.

References
----------
Cox and Reid (1987), Parameter orthogonality and approximate conditional inference. MacKay (1992), Bayesian
interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.families import Family, Likelihood, Nuisance
from bayesreg.hyperpriors import PenalizedComplexity
from bayesreg.matrices import dense_columns
from bayesreg.resolve.phi import without_prior
from bayesreg.resolved import Resolved

LIMITS = {"shape": (1e-4, 1e6), "sigma": (1e-9, 1e3)}
"""Least and largest values; those of sigma in units of the response's standard deviation."""
LARGEST = 2000  # columns, or rows, up to which the ridge fit is made
ROUNDS, STEPS, SETTLED = 200, 50, 1e-9
PRECISIONS = (1e-9, 1e6)  # of the ridge, as shares of the information about a column of unit size
LOOSE = 1e-13  # the same where there is no penalty: it holds dependent columns
LEAST_MEAN = 1e-3  # of counts, where a fit starts
BY_LIKELIHOOD = "maximum likelihood"
BY_EVIDENCE = "of largest evidence with a ridge"
WITHOUT = "maximum likelihood without the penalised columns, too many to factorise"


def known_nuisance(y: np.ndarray, family: Family, dispersion: Any, weights: np.ndarray) -> tuple[Nuisance | None, bool]:
    """Return the nuisance parameter of a model, and whether it stands at a rough value that is to be estimated."""
    law = family.likelihood
    if not law.nuisance:
        return None, False
    guess = law.guess(y, weights)
    if law.nuisance == "shape":
        if family.shape is not None:
            return Nuisance("shape", float(family.shape), "given", sampled=False), False
        return Nuisance("shape", guess, "not estimated yet", sampled=True, prior=PenalizedComplexity()), True
    if isinstance(dispersion, Real):
        value = float(np.sqrt(float(dispersion)))
        return Nuisance("sigma", value, f"fixed by dispersion={float(dispersion):g}", sampled=False), False
    return Nuisance("sigma", guess, "not estimated yet", sampled=True), True


def maximum_likelihood(design: Design, known: Resolved) -> Likelihood:
    """Return the likelihood without its prior: its nuisance parameter given, or at its maximum over all columns."""
    nuisance = known.nuisance
    if nuisance is None or not nuisance.sampled:
        return known.likelihood
    flat = replace(known, blocks=(), factor=np.where(known.excluded, np.inf, 0.0))
    return known.family.likelihood.at(estimate_nuisance(design, flat).value)


def estimate_nuisance(design: Design, known: Resolved) -> Nuisance:
    """Return the nuisance parameter at its estimate, from a record of everything else.

    Raises
    ------
    DataError
        If the estimate of sigma runs to 0: the columns reproduce the response.
    """
    nuisance = known.nuisance
    assert nuisance is not None
    guess = known.family.likelihood.guess(design.y - known.offset, known.weights)
    known = replace(known, nuisance=replace(nuisance, value=guess))
    free = without_prior(known.blocks, known.factor)
    penalised = np.flatnonzero(~free & ~known.excluded)
    fixed = np.flatnonzero(free & ~known.excluded)
    rule = BY_EVIDENCE if penalised.size else BY_LIKELIHOOD
    if min(penalised.size, design.n) > LARGEST:
        penalised, rule = penalised[:0], WITHOUT
    loose, ridge = _columns(design, known, fixed), _columns(design, known, penalised)
    if ridge.shape[1] > design.n:
        ridge = np.linalg.qr(ridge.T)[1].T
    value = _Fit(known, design.y, np.hstack([loose, ridge]), loose.shape[1]).run()
    low, high = _limits(known)
    if nuisance.name == "sigma" and value <= 2.0 * low:
        raise DataError(
            "Sigma of the Student-t errors can not be estimated: the columns reproduce the response, or half of it. "
            "Give sigma^2 as a number, dispersion=<number>, or remove columns."
        )
    if nuisance.name == "shape" and value >= 0.99 * high:
        rule = f"{rule}: at its limit, the counts vary no more than Poisson counts"
    return replace(nuisance, value=value, rule=rule)


def _columns(design: Design, known: Resolved, at: np.ndarray) -> np.ndarray:
    """Return centred columns of unit size (n, k), the ones of the intercept among them."""
    start = int(known.intercept)
    slopes = at[at >= start]
    X = dense_columns(design.X, slopes - start, what="The estimate of a nuisance parameter")
    Z = (X - known.center[slopes]) / np.where(known.size[slopes] > 0.0, known.size[slopes], 1.0)
    return np.column_stack([np.ones(design.n), Z]) if start and 0 in at else Z


def _limits(known: Resolved) -> tuple[float, float]:
    assert known.nuisance is not None
    low, high = LIMITS[known.nuisance.name]
    unit = known.nuisance.value if known.nuisance.name == "sigma" else 1.0
    return low * unit, high * unit


@final
@dataclass(eq=False)
class _Fit:
    """A ridge fit, its precision and the nuisance parameter, made better in turn.

    Attributes
    ----------
    known : Resolved
    y : ndarray (n,)
    Z : ndarray (n, m)
        Columns without a penalty first.
    loose : int
        How many these are.
    """

    known: Resolved
    y: np.ndarray
    Z: np.ndarray
    loose: int

    def run(self) -> float:
        known, count = self.known, self.Z.shape[1] - self.loose
        assert known.nuisance is not None
        value, share = known.nuisance.value, 1.0 / self.y.size
        b = self._start()
        for _ in range(ROUNDS):
            law = known.family.likelihood.at(value)
            information = float(known.weights @ law.curvature(self.Z @ b + known.offset))
            precision = share * information
            added = np.r_[np.full(self.loose, LOOSE * information), np.full(count, precision)]
            b, factor = self._mode(law, b, added)
            eta = self.Z @ b + known.offset
            inverse = cho_solve(factor, np.eye(b.size))
            if count:
                spent = count - precision * float(np.trace(inverse[self.loose :, self.loose :]))
                square = float(b[self.loose :] @ b[self.loose :])
                share = float(np.clip(spent / max(square * information, 1e-300), *PRECISIONS))
                rows = known.weights * law.curvature(eta)
                leverage = rows * np.einsum("ij,jk,ik->i", self.Z, inverse, self.Z, optimize=True)
            else:
                leverage = np.zeros(eta.size)
            before, value = value, self._best(eta, leverage, value)
            if abs(np.log(value / before)) <= SETTLED:
                break
        return value

    def _start(self) -> np.ndarray:
        """Return coefficients (m,) at the mean response, or at the median of a response with outliers."""
        known, b = self.known, np.zeros(self.Z.shape[1])
        if known.intercept and self.loose and np.all(self.Z[:, 0] == 1.0):
            errors = known.family.link == "identity"
            middle = np.median(self.y - known.offset) if errors else np.average(self.y, weights=known.weights)
            at = np.array([middle if errors else max(float(middle), LEAST_MEAN)])
            b[0] = float(known.likelihood.link_function(at)[0])
        return b

    def _mode(self, law: Likelihood, b: np.ndarray, added: np.ndarray) -> tuple[np.ndarray, Any]:
        """Return the ridge mode (m,) by Newton steps, and the factor of its curvature."""
        known, Z, w = self.known, self.Z, self.known.weights
        value = self._loss(law, b, added)
        for _ in range(STEPS):
            eta = Z @ b + known.offset
            curvature = (Z * (w * law.bend(self.y, eta))[:, None]).T @ Z + np.diag(added)
            try:
                factor = cho_factor(curvature, lower=True)
            except LinAlgError:
                factor = cho_factor(curvature + 1e-8 * np.trace(curvature) * np.eye(b.size), lower=True)
            step = cho_solve(factor, Z.T @ (w * law.score(self.y, eta)) - added * b)
            size = 1.0
            while not (new := self._loss(law, b + size * step, added)) <= value + 1e-12 * abs(value) and size > 1e-10:
                size *= 0.5
            b, before, value = b + size * step, value, new
            if before - value <= 1e-13 * abs(value):
                break
        return b, factor

    def _loss(self, law: Likelihood, b: np.ndarray, added: np.ndarray) -> float:
        with np.errstate(over="ignore"):
            rows = law.half_deviance(self.y, self.Z @ b + self.known.offset)
        return float(self.known.weights @ rows + 0.5 * added @ (b * b))

    def _best(self, eta: np.ndarray, leverage: np.ndarray, value: float) -> float:
        """Return the nuisance parameter that is best at a linear predictor, by Brent's method on its logarithm."""
        from scipy.optimize import minimize_scalar

        known, family = self.known, self.known.family.likelihood

        def loss(log: float) -> float:
            law = family.at(float(np.exp(log)))
            rows = law.log_likelihood(self.y, eta, 1.0, known.weights, known.frequency)
            return float(0.5 * leverage @ np.log(law.curvature(eta)) - rows.sum())

        low, high = np.log(_limits(known))
        ends = (max(low, np.log(value) - 3.0), min(high, np.log(value) + 3.0))
        found = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-10})
        return float(np.exp(found.x))
