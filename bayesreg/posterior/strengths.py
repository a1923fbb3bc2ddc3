"""Learned strengths in loss units: ``lam`` as a function of the law's scale ``tau``."""

from __future__ import annotations

import numpy as np

from bayesreg.resolved import Resolved

Terms = tuple[tuple[float, float], ...]


def lam_terms(resolved: Resolved, k: int) -> Terms:
    """Return pairs ``(c, p)`` with ``lam = sum c tau^-p`` at the model's dispersion; empty where there is no lam."""
    one = resolved.learned[k]
    law = next(block.law for block in resolved.blocks if block.source == one.source).multiplied(1.0)
    width = np.sqrt(resolved.phi) if one.relative else 1.0
    unit = law.strength(1.0)
    at = np.array([1.0, 2.0, 4.0])
    lam = np.array([float(np.max(law.lam_of(unit.scaled(1.0 / (tau * width)), resolved.phi))) for tau in at])
    if not np.isfinite(lam).all() or not (lam > 0.0).all():
        return ()
    power = float(np.log2(lam[0] / lam[1]))
    if np.isclose(lam[2], lam[0] * 4.0**-power, rtol=1e-9):
        return ((float(lam[0]), power),)
    second = 2.0 * lam[0] - 4.0 * lam[1]  # lam = c_1 / tau + c_2 / tau^2
    first = lam[0] - second
    fits = np.isclose(lam[2], first / 4.0 + second / 16.0, rtol=1e-9)
    return ((float(first), 1.0), (float(second), 2.0)) if fits else ()


def lam_draws(resolved: Resolved, scales: np.ndarray) -> np.ndarray:
    """Return the loss-unit strengths (..., L) of scales (..., L); nan where a law has none."""
    found = np.full(scales.shape, np.nan)
    for k in range(len(resolved.learned)):
        terms = lam_terms(resolved, k)
        if terms:
            found[..., k] = sum(c * scales[..., k] ** -p for c, p in terms)
    return found
