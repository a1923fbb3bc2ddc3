r"""The exact posterior of a Gaussian model with quadratic penalties: independent draws, exact marginals.

In scaled, centred coordinates the precision of the coefficients given sigma is

    A(sigma) = (Z'WZ + K) / sigma^2 + L,

``K`` the penalties relative to sigma, ``L`` the absolute ones. One generalised eigenproblem
diagonalises it for every sigma. Then

* sigma fixed: a multivariate normal;
* no absolute penalty, inverse gamma (or 1 / sigma) on sigma^2: a multivariate t;
* else a mixture of normals over log sigma, whose density is known up to one constant: the trapezoidal
  rule on it converges faster than any power of the step.

Everything is computed from the triangular factor of the rows, so the cost does not depend on their number.

References
----------
Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 14.2. Trefethen and Weideman (2014), The
exponentially convergent trapezoidal rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.linalg import LinAlgError, eigh, qr
from scipy.special import gammaln

from bayesreg.design import Design
from bayesreg.dispersion import InverseGamma, Jeffreys
from bayesreg.errors import EngineError, ImproperPosteriorError
from bayesreg.posterior.marginals import Marginals
from bayesreg.resolved import Resolved
from bayesreg.solvers.problem import Problem, make_problem

LOG_2PI = float(np.log(2.0 * np.pi))
NODES = 1201
NEGLIGIBLE = 45.0


@final
@dataclass(frozen=True, eq=False)
class ExactPosterior:
    """The posterior of one Gaussian model with quadratic penalties.

    Attributes
    ----------
    spectrum : Spectrum
    sigma : ndarray (k,)
        Nodes of sigma: one where it is fixed or integrated in closed form.
    log_density : ndarray (k,)
        Log posterior density of log sigma at the nodes, normalised.
    node_weights : ndarray (k,)
        Posterior probabilities of the nodes.
    shape : float or None
        ``a_n`` of the inverse gamma on sigma^2 where the closed form holds; ``b_n = scale``.
    scale : float or None
    marginals : Marginals
        Of the coefficients (q,) on the user's scale.
    log_evidence : float
        ``log p(y)``, with flat coefficients of height 1 on the user's scale.
    why : str
    """

    spectrum: Spectrum
    sigma: np.ndarray
    log_density: np.ndarray
    node_weights: np.ndarray
    shape: float | None
    scale: float | None
    sampled: bool
    marginals: Marginals
    log_evidence: float
    why: str

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return ``size`` independent draws: coefficients (size, q) on the user's scale and sigma (size,)."""
        sigma = self.draw_sigma(size, rng)
        normal = rng.standard_normal((size, self.spectrum.share.size))
        return self.spectrum.problem.to_user(self.spectrum.draw(sigma, normal)), sigma

    def draw_sigma(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws of sigma (size,): exact for the closed forms, by the interpolated cdf on the nodes else."""
        if not self.sampled:
            return np.full(size, self.sigma[0])
        if self.shape is not None and self.scale is not None:
            return np.sqrt(self.scale / rng.gamma(self.shape, size=size))
        at, density = np.log(self.sigma), np.exp(self.log_density)
        area = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(at) * (density[1:] + density[:-1]))])
        return np.exp(np.interp(rng.random(size) * area[-1], area, at))


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
    relative, absolute : ndarray (m,)
        Diagonals of ``K`` and ``L``.
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
        return (residual**2).sum(axis=1) + self.rest + g**2 @ self.relative, g**2 @ self.absolute

    def log_evidence(self, sigma: np.ndarray) -> np.ndarray:
        """Return ``log p(y | sigma)`` (k,), coefficients integrated out."""
        first, second = self.misfit(sigma)
        relative, absolute = self.relative > 0.0, self.absolute > 0.0
        free = self.share.size - relative.sum() - absolute.sum()
        log_prior = 0.5 * (np.log(self.relative[relative]).sum() + np.log(self.absolute[absolute]).sum())
        log_prior = log_prior - relative.sum() * np.log(sigma)
        log_determinant = np.log(self.precision(sigma)).sum(axis=1) - 2.0 * self.log_volume
        return (
            -0.5 * self.observations * (LOG_2PI + 2.0 * np.log(sigma))
            + self.log_weights
            + 0.5 * free * LOG_2PI
            + log_prior
            - 0.5 * log_determinant
            - 0.5 * (first / sigma**2 + second)
            - np.log(self.problem.size[~(relative | absolute)]).sum()
        )


def exact_posterior(design: Design, resolved: Resolved) -> ExactPosterior:
    """Return the exact posterior of a Gaussian model whose penalties are quadratic.

    Raises
    ------
    ImproperPosteriorError
        If flat priors leave coefficients unidentified.
    """
    spectrum = _spectrum(design, resolved)
    if resolved.sigma_prior is None:
        return _finish(
            spectrum, np.array([np.sqrt(resolved.phi)]), None, None, None, "sigma is fixed: multivariate normal"
        )
    prior = resolved.sigma_prior
    relative_only = not spectrum.absolute.any()
    if relative_only and isinstance(prior, InverseGamma | Jeffreys):
        a, b = (prior.a, prior.b) if isinstance(prior, InverseGamma) else (0.0, 0.0)
        free = spectrum.share.size - np.count_nonzero(spectrum.relative)
        shape = a + 0.5 * (spectrum.observations - free)
        scale = b + 0.5 * float(spectrum.misfit(np.ones(1))[0][0])
        sigma = np.array([np.sqrt(scale / shape)])
        return _finish(spectrum, sigma, None, shape, scale, "penalty relative to sigma, inverse gamma: multivariate t")

    def log_density(sigma: np.ndarray) -> np.ndarray:
        return spectrum.log_evidence(sigma) + prior.log_density(sigma) + np.log(sigma)

    sigma = _nodes(log_density, np.sqrt(resolved.phi))
    return _finish(spectrum, sigma, log_density(sigma), None, None, "one-dimensional quadrature over log sigma")


def _spectrum(design: Design, resolved: Resolved) -> Spectrum:
    problem = make_problem(design, resolved)
    root = np.sqrt(problem.weights)
    rows = np.column_stack([problem.Z * root[:, None], root * (problem.y - problem.offset)])
    m = problem.l2.size
    factor = qr(rows, mode="r", overwrite_a=True, check_finite=False)[0][: m + 1]
    R, target = factor[:m, :m], factor[:m, m]
    rest = float(factor[m, m] ** 2) if factor.shape[0] > m else 0.0
    is_relative = resolved.sigma_relative[problem.kept]
    relative = np.where(is_relative, problem.l2, 0.0)
    absolute = np.where(is_relative, 0.0, problem.l2 / resolved.phi)
    first = R.T @ R
    first[np.diag_indices_from(first)] += relative
    unit = resolved.phi
    both = first.copy()
    both[np.diag_indices_from(both)] += unit * absolute
    try:
        share, vectors = eigh(first, both, check_finite=False)
    except LinAlgError as error:
        raise ImproperPosteriorError(
            "The posterior is improper: coefficients with a flat prior are not identified by the data (dependent "
            "columns, or more columns than rows). Give every coefficient a penalty, e.g. br.Normal(scale)."
        ) from error
    present = problem.weights > 0.0
    log_weights = 0.0 if resolved.frequency else 0.5 * float(np.log(problem.weights[present]).sum())
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
        log_volume=float(np.linalg.slogdet(vectors)[1]),
        observations=resolved.observations,
        log_weights=log_weights,
    )


def _nodes(log_density: Callable[[np.ndarray], np.ndarray], start: float) -> np.ndarray:
    """Return nodes, evenly spaced in log sigma, that hold all but a share ``exp(-45)`` of the density."""
    wide = np.exp(np.log(start) + np.linspace(-25.0, 25.0, 2001))
    for _ in range(6):
        density = log_density(wide)
        if not np.isfinite(density).any():
            break
        inside = np.flatnonzero(density > np.nanmax(density) - NEGLIGIBLE)
        low, high = max(inside[0] - 1, 0), min(inside[-1] + 1, wide.size - 1)
        narrow = np.linspace(np.log(wide[low]), np.log(wide[high]), NODES)
        if inside.size > 600:
            return np.exp(narrow)
        wide = np.exp(narrow)
    raise EngineError(
        "The posterior density of log sigma could not be located. Check the response for extreme values, or fix "
        "dispersion=<number>."
    )


def _finish(
    spectrum: Spectrum,
    sigma: np.ndarray,
    log_density: np.ndarray | None,
    shape: float | None,
    scale: float | None,
    why: str,
) -> ExactPosterior:
    problem, log_evidence, df = spectrum.problem, 0.0, None
    weights, normalised = np.ones(1), np.zeros(1)
    if log_density is not None:
        step = float(np.log(sigma[1] / sigma[0]))
        top = log_density.max()
        mass = np.exp(log_density - top)
        log_evidence = float(top + np.log(step * mass.sum()))
        normalised, weights = log_density - log_evidence, mass / mass.sum()
    elif shape is not None and scale is not None:
        df = 2.0 * shape
        log_evidence = float(spectrum.log_evidence(sigma)[0]) - _log_inverse_gamma(sigma[0], shape, scale)
    else:
        log_evidence = float(spectrum.log_evidence(sigma)[0])
    keep = weights > 1e-18
    loading = _loading(problem) @ spectrum.vectors
    nodes = sigma[keep]
    variance = (loading**2) @ (1.0 / spectrum.precision(nodes)).T
    marginals = Marginals(
        weights=weights[keep] / weights[keep].sum(),
        mean=problem.to_user(spectrum.mean(nodes)),
        sd=np.sqrt(variance.T),
        df=df,
    )
    sampled = log_density is not None or shape is not None
    return ExactPosterior(spectrum, sigma, normalised, weights, shape, scale, sampled, marginals, log_evidence, why)


def _log_inverse_gamma(sigma: float, shape: float, scale: float) -> float:
    """Log density of log sigma when sigma^2 is inverse gamma."""
    return float(np.log(2.0) + shape * np.log(scale) - gammaln(shape) - 2.0 * shape * np.log(sigma) - scale / sigma**2)


def _loading(problem: Problem) -> np.ndarray:
    """Return the matrix (q, m) of `Problem.to_user`."""
    return problem.to_user(np.eye(problem.l2.size)).T
