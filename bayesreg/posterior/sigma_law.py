"""The posterior of sigma with the coefficients integrated out: fixed, inverse gamma, or by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaln

from bayesreg.dispersion import InverseGamma, Jeffreys, SigmaPrior
from bayesreg.errors import EngineError
from bayesreg.posterior.spectrum import Spectrum

NODES = 1201
NEGLIGIBLE = 45.0


@final
@dataclass(frozen=True, eq=False)
class SigmaLaw:
    """Where sigma is, and the evidence.

    Attributes
    ----------
    nodes, weights : ndarray (k,)
        Values of sigma and their posterior probabilities; one node where sigma is fixed or integrated in
        closed form.
    inverse_gamma : (float, float) or None
        Posterior shape and scale of sigma^2 where they are known.
    log_density : ndarray (k,) or None
        Log posterior density of log sigma at the nodes of a quadrature.
    log_evidence : float
        ``log p(y)``, with flat coefficients of height 1 on the user's scale.
    why : str
    """

    nodes: np.ndarray
    weights: np.ndarray
    inverse_gamma: tuple[float, float] | None
    log_density: np.ndarray | None
    log_evidence: float
    why: str

    @property
    def is_fixed(self) -> bool:
        """Whether sigma is a number."""
        return self.inverse_gamma is None and self.log_density is None

    def draw(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """Return draws of sigma (size,): exact for the closed forms, by the interpolated cdf on the nodes else."""
        if self.inverse_gamma is not None:
            shape, scale = self.inverse_gamma
            return np.sqrt(scale / rng.gamma(shape, size=size))
        if self.log_density is None:
            return np.full(size, self.nodes[0])
        at, density = np.log(self.nodes), np.exp(self.log_density)
        area = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(at) * (density[1:] + density[:-1]))])
        return np.exp(np.interp(rng.random(size) * area[-1], area, at))


def sigma_law(spectrum: Spectrum, prior: SigmaPrior | None, phi: float) -> SigmaLaw:
    """Return the posterior of sigma under its prior; ``None`` is sigma fixed at ``sqrt(phi)``."""
    if prior is None:
        sigma = np.array([np.sqrt(phi)])
        evidence = float(spectrum.log_evidence(sigma)[0])
        return SigmaLaw(sigma, np.ones(1), None, None, evidence, "sigma is fixed: multivariate normal")
    if isinstance(prior, InverseGamma | Jeffreys) and not spectrum.absolute.any():
        return inverse_gamma(spectrum, prior)
    return quadrature(spectrum, prior, np.sqrt(phi))


def inverse_gamma(spectrum: Spectrum, prior: InverseGamma | Jeffreys) -> SigmaLaw:
    """Return the law of sigma under a conjugate prior, where every penalty is relative to sigma."""
    a, b = (prior.a, prior.b) if isinstance(prior, InverseGamma) else (0.0, 0.0)
    free = spectrum.share.size - spectrum.relative_rank
    shape = a + 0.5 * (spectrum.observations - free)
    scale = b + 0.5 * float(spectrum.misfit(np.ones(1))[0][0])
    sigma = np.array([np.sqrt(scale / shape)])
    at = float(sigma[0])
    log_posterior = np.log(2.0) + shape * np.log(scale) - gammaln(shape) - 2.0 * shape * np.log(at) - scale / at**2
    # p(y) = p(y | sigma) p(sigma) / p(sigma | y) at any sigma; up to a constant for 1 / sigma
    evidence = float(spectrum.log_evidence(sigma)[0] + prior.log_density(at) + np.log(at) - log_posterior)
    why = "penalty relative to sigma, inverse gamma: multivariate t"
    return SigmaLaw(sigma, np.ones(1), (shape, scale), None, evidence, why)


def quadrature(spectrum: Spectrum, prior: SigmaPrior, start: float) -> SigmaLaw:
    """Return the law of sigma by the trapezoidal rule in log sigma."""

    def log_density(sigma: np.ndarray) -> np.ndarray:
        return spectrum.log_evidence(sigma) + prior.log_density(sigma) + np.log(sigma)

    nodes = _nodes(log_density, start)
    values = log_density(nodes)
    top = values.max()
    mass = np.exp(values - top)
    evidence = float(top + np.log(np.log(nodes[1] / nodes[0]) * mass.sum()))
    why = "one-dimensional quadrature over log sigma"
    return SigmaLaw(nodes, mass / mass.sum(), None, values - evidence, evidence, why)


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
