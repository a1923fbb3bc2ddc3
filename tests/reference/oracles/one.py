"""The posterior of one coefficient under any prior, by adaptive quadrature."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.integrate import quad

from tests.reference.oracles.grids import LogDensity
from tests.reference.oracles.margins import Margin, from_cdf


def one_coefficient(log_prior: LogDensity, a: float, c: float) -> Margin:
    """Return the margin of the density proportional to ``exp(-a b^2 / 2 + c b) p(b)``, ``p`` singular at 0 at most."""
    sd = 1.0 / np.sqrt(a)
    centre = c / a
    reach = np.abs(centre) + 12.0 * sd

    def integral(f, low: float, high: float) -> float:
        inner = [x for x in (0.0, centre - 3 * sd, centre, centre + 3 * sd) if low < x < high]
        edges = [low, *sorted(inner), high]
        return sum(quad(f, x, z, epsabs=0.0, epsrel=1e-11, limit=400)[0] for x, z in itertools.pairwise(edges))

    def density(b: float) -> float:
        return float(np.exp(-0.5 * a * (b - centre) ** 2 + log_prior(np.float64(b))))

    total = integral(density, -reach, reach)
    mean = integral(lambda b: b * density(b), -reach, reach) / total
    spread = np.sqrt(integral(lambda b: (b - mean) ** 2 * density(b), -reach, reach) / total)
    return from_cdf(mean, spread, lambda at: np.array([integral(density, -reach, x) for x in at]) / total, (0.0,))
