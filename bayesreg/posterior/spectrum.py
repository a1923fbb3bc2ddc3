"""The posterior precision of a Gaussian model with quadratic penalties, diagonalised once for every sigma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import LinAlgError, eigh, qr

from bayesreg.design import Design
from bayesreg.errors import EngineError, ImproperPosteriorError
from bayesreg.objective import log_prior
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import Problem, make_problem

LOG_2PI = float(np.log(2.0 * np.pi))


@final
@dataclass(frozen=True, eq=False)
class Spectrum:
    """``A(sigma)`` diagonalised for every sigma: ``V' A V = share / sigma^2 + (1 - share) / unit``.

    Attributes
    ----------
    problem : Problem
    vectors : ndarray (m, m)
        ``V``.
    share : ndarray (m,)
        ``d`` in [0, 1]: 1 where only data and relative penalties speak.
    unit : float
    projected : ndarray (m,)
        ``V' Z'W y``.
    rows : ndarray (r, m), target : ndarray (r,), rest : float
        Triangular factor of the rows times ``V``, of the response, and the sum of squares outside.
    relative, absolute : ndarray (m, m)
        ``K`` and ``L``.
    relative_rank : int
        Of the priors relative to sigma: their density falls with this power of it.
    log_prior : float
        Log prior density of the coefficients (user's scale) where every penalty is 0, at ``sigma^2 = unit``.
    log_volume : float
        ``log |det V|``.
    observations : float
    log_weights : float
        Half the sum of log precision weights.
    """

    problem: Problem
    vectors: np.ndarray
    share: np.ndarray
    unit: float
    projected: np.ndarray
    rows: np.ndarray
    target: np.ndarray
    rest: float
    relative: np.ndarray
    absolute: np.ndarray
    relative_rank: int
    log_prior: float
    log_volume: float
    observations: float
    log_weights: float

    def precision(self, sigma: np.ndarray) -> np.ndarray:
        """Return the eigenvalues of ``A`` (k, m) at ``sigma`` (k,)."""
        return self.share / sigma[:, None] ** 2 + (1.0 - self.share) / self.unit

    def centre(self, sigma: np.ndarray) -> np.ndarray:
        """Return the conditional means (k, m) in the eigenbasis."""
        return self.projected / sigma[:, None] ** 2 / self.precision(sigma)

    def mean(self, sigma: np.ndarray) -> np.ndarray:
        """Return the conditional means (k, m) of the scaled coordinates."""
        return self.centre(sigma) @ self.vectors.T

    def draw(self, sigma: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Return draws (k, m) of the scaled coordinates from standard normal deviates (k, m)."""
        return (self.centre(sigma) + normal / np.sqrt(self.precision(sigma))) @ self.vectors.T

    def misfit(self, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``RSS + g'Kg`` and ``g'Lg`` (k,) at the conditional means."""
        centre = self.centre(sigma)
        g = centre @ self.vectors.T
        residual = centre @ self.rows.T - self.target
        return (residual**2).sum(axis=1) + self.rest + _forms(g, self.relative), _forms(g, self.absolute)

    def log_evidence(self, sigma: np.ndarray) -> np.ndarray:
        """Return ``log p(y | sigma)`` (k,), coefficients integrated out."""
        first, second = self.misfit(sigma)
        log_prior = self.log_prior - self.relative_rank * np.log(sigma / np.sqrt(self.unit))
        log_determinant = np.log(self.precision(sigma)).sum(axis=1) - 2.0 * self.log_volume
        return (
            -0.5 * self.observations * (LOG_2PI + 2.0 * np.log(sigma))
            + self.log_weights
            + 0.5 * self.share.size * LOG_2PI
            + log_prior
            - 0.5 * log_determinant
            - 0.5 * (first / sigma**2 + second)
            - np.log(self.problem.size).sum()
        )


def make_spectrum(design: Design, resolved: Resolved) -> Spectrum:
    """Diagonalise the posterior precision of a Gaussian model with quadratic penalties.

    Raises
    ------
    ImproperPosteriorError
        If flat priors leave coefficients unidentified.
    """
    problem = make_problem(design, resolved)
    root = np.sqrt(problem.weights)
    rows = np.column_stack([as_array(problem.Z) * root[:, None], root * (problem.y - problem.offset)])
    m = problem.l2.size
    factor = qr(rows, mode="r", overwrite_a=True, check_finite=False)[0][: m + 1]
    R, target = factor[:m, :m], factor[:m, m]
    rest = float(factor[m, m] ** 2) if factor.shape[0] > m else 0.0
    unit = resolved.phi
    relative = prior_form(problem, resolved.sigma_relative)
    absolute = prior_form(problem, ~resolved.sigma_relative) / unit
    first = R.T @ R + relative
    both = first + unit * absolute
    try:
        share, vectors = eigh(first, both, check_finite=False)
    except LinAlgError as error:
        if resolved.free[problem.kept].sum() > int(resolved.intercept):
            raise ImproperPosteriorError(
                "The posterior is improper: coefficients with a flat prior are not identified by the data (dependent "
                "columns, or more columns than rows). Give every coefficient a penalty, e.g. br.Normal(scale)."
            ) from error
        raise EngineError(
            "The priors are so wide, next to what the data say, that dependent columns can not be told apart in "
            "double precision. Give br.Normal a smaller scale, or remove dependent columns."
        ) from error
    present = problem.weights > 0.0
    log_weights = 0.0 if resolved.frequency else 0.5 * float(np.log(problem.weights[present]).sum())
    nothing = np.zeros(problem.q)
    top = float(log_prior(resolved, nothing))
    return Spectrum(
        problem=problem,
        vectors=vectors,
        share=np.clip(share, 0.0, 1.0),
        unit=unit,
        projected=vectors.T @ (R.T @ target),
        rows=R @ vectors,
        target=target,
        rest=rest,
        relative=relative,
        absolute=absolute,
        relative_rank=round(top - float(log_prior(resolved, nothing, np.sqrt(unit) * np.e))),
        log_prior=top,
        log_volume=float(np.linalg.slogdet(vectors)[1]),
        observations=resolved.observations,
        log_weights=log_weights,
    )


def prior_form(problem: Problem, which: np.ndarray) -> np.ndarray:
    """Return the loss-unit matrix (m, m) of the quadratic penalties on the coefficients ``which`` (q,)."""
    here = which[problem.kept]
    form = np.diag(np.where(here, problem.l2, 0.0))
    if problem.root is not None:
        rows = np.where(here, problem.root, 0.0)
        form += rows.T @ rows
    return form


def _forms(g: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return ``g'M g`` (k,) of points (k, m)."""
    return np.asarray(((g @ matrix) * g).sum(axis=1))
