"""Orthonormal designs with sigma and the scale of the prior unknown: one or two dimensions of quadrature.

``X'X = I``, ``z = X'y``, ``rest = y'y - z'z``: given sigma and the scale ``tau`` the coefficients are independent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from tests.reference.oracles.grids import LogDensity, Panels, margin_of_logs
from tests.reference.oracles.lasso import OneLasso
from tests.reference.oracles.margins import Margin, from_cdf

Prior = Callable[[np.ndarray, np.ndarray], np.ndarray]


def orthonormal_lasso(
    z: np.ndarray,
    rest: float,
    n: float,
    sigma: np.ndarray,
    tau: np.ndarray,
    log_prior: Prior,
    *,
    relative: bool = True,
    rate: float = 1.0,
    precision: float = 0.0,
    shown: LogDensity | None = None,
) -> list[Margin]:
    """Return the margins of the coefficients, of sigma and of ``tau`` under Laplace or elastic-net priors.

    Parameters
    ----------
    z : ndarray (p,)
    rest, n : float
        ``n`` without what a flat intercept takes.
    sigma, tau : ndarray
        Equally spaced in their logarithms, and wide enough; of one element: known.
    log_prior : callable
        ``log p(sigma, tau)`` with respect to ``d sigma d tau``, up to a constant.
    relative : bool
        The width of the prior is ``tau sigma``, else ``tau``.
    rate, precision : float
        The density of ``b`` is proportional to ``exp(-rate |b| / width - precision b^2 / (2 width^2))``.
    shown : callable, optional
        An increasing function of ``tau`` whose margin is returned instead of that of ``tau``.
    """
    s, t = sigma[:, None], tau[None, :]
    width = t * s if relative else t + 0.0 * s
    log_p = log_prior(s, t) + np.log(s) + np.log(t) - n * np.log(s) - 0.5 * (rest + z @ z) / s**2
    log_p = log_p - z.size * np.log(width)
    laws = [OneLasso(1.0 / s**2 + precision / width**2, at / s**2 + 0.0 * t, rate / width) for at in z]
    for law in laws:
        log_p = log_p + law.log_mass
    mass = np.exp(log_p - logsumexp(log_p))
    return [_mixed(law, mass) for law in laws] + _scales(sigma, tau, mass, shown)


def _mixed(law: OneLasso, mass: np.ndarray) -> Margin:
    first, second = ((mass * moment).sum() for moment in law.moments())
    cdf = np.vectorize(lambda x: (mass * law.below(x)).sum())
    return from_cdf(first, np.sqrt(second - first**2), cdf, (0.0,))


def _scales(sigma: np.ndarray, tau: np.ndarray, mass: np.ndarray, shown: LogDensity | None) -> list[Margin]:
    parts = ((sigma, mass.sum(axis=1), None), (tau, mass.sum(axis=0), shown))
    return [margin_of_logs(points, part, f) for points, part, f in parts if points.size > 1]


def orthonormal(
    z: np.ndarray,
    rest: float,
    n: float,
    sigma: np.ndarray,
    tau: np.ndarray,
    log_prior: Prior,
    log_density: LogDensity,
    *,
    shown: LogDensity | None = None,
) -> list[Margin]:
    """Return the margins of ``b / sigma``, of sigma and of ``tau`` under any prior relative to sigma, by quadrature.

    ``b_j = sigma tau x_j`` with ``x_j`` of density ``exp(log_density)``, normalised. The rest is as in
    `orthonormal_lasso`.
    """
    panels = Panels.about_zero(float(np.abs(z).max() / sigma.min()) + 9.0, 0.7)
    u, weight = panels.nodes, panels.weights
    width = tau[:, None]
    prior = np.exp(log_density(u / width)) / width * weight  # (tau, nodes)
    log_p = log_prior(sigma[:, None], tau[None, :]) + np.log(sigma[:, None]) + np.log(tau)
    log_p = log_p - n * np.log(sigma[:, None]) - 0.5 * rest / sigma[:, None] ** 2
    likelihoods = [np.exp(-0.5 * (at / sigma[:, None] - u) ** 2) for at in z]  # (sigma, nodes)
    with np.errstate(divide="ignore"):
        masses = [np.log(likelihood @ prior.T) for likelihood in likelihoods]
    for one in masses:
        log_p = log_p + one
    mass = np.exp(log_p - logsumexp(log_p))
    margins = []
    for likelihood, one in zip(likelihoods, masses, strict=True):
        with np.errstate(over="ignore"):
            share = np.where(mass > 0.0, mass * np.exp(-one), 0.0)
        margins.append(panels.margin(np.einsum("st,su,tu->u", share, likelihood, prior, optimize=True)))
    return margins + _scales(sigma, tau, mass, shown)
