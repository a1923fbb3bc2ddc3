"""Densities of a linear combination of coefficients at a point, under the posterior and under the prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.learned import draw_scales
from bayesreg.objective import penalised
from bayesreg.posterior.prior_predictive import check_proper, draw_coefficients, draw_sigma

PRIOR_DRAWS, SEED = 20_000, 0
FEWEST_BEYOND = 20
"""Draws on either side of the point, with which its density is estimated and not extrapolated."""
Factors = Mapping[str, float]


def posterior_density(post: Any, factors: Factors, at: float, text: str) -> tuple[float, str]:
    """Return the posterior density of ``sum_j c_j b_j`` at a point, and how it was found.

    Raises
    ------
    InputError
        If no coefficient is left in the equation.
    UnsupportedError
        If the point lies so far out that draws say nothing about the density there.
    """
    _check(post, factors, text)
    names = list(post.resolved.coefficients)
    if post.marginals.exact is not None and len(factors) == 1:
        name, factor = next(iter(factors.items()))
        return _exact(post.marginals.exact, names.index(name), at / factor) / abs(factor), "the posterior's is exact"
    values = sum(factor * post.drawn.flat.beta[:, names.index(name)] for name, factor in factors.items())
    beyond = min(int((values < at).sum()), int((values > at).sum()))
    if beyond < FEWEST_BEYOND:
        raise UnsupportedError(
            f"{text!r}: only {beyond} of {len(values)} draws lie beyond that point, too few for a density there, "
            "which is near 0: the ratio speaks against the equation. Take more draws=, or ask for the inequality."
        )
    return kernel_density(np.asarray(values), at), "the posterior's from a kernel estimate"


def prior_density(post: Any, factors: Factors, at: float, text: str) -> tuple[float, str]:
    """Return the prior density of ``sum_j c_j b_j`` at a point, and how it was found.

    Raises
    ------
    UnsupportedError
        If the prior is improper, or its density infinite or not known at the point.
    """
    resolved = post.resolved
    rng = np.random.default_rng(SEED)
    check_proper(resolved)
    sigma, scales = draw_sigma(resolved, rng, PRIOR_DRAWS), draw_scales(resolved.learned, rng, PRIOR_DRAWS)
    names = list(resolved.coefficients)
    positions = [names.index(name) for name in factors]
    if resolved.intercept and 0 in positions and resolved.free[0]:
        raise UnsupportedError(
            f"{text!r} is about the intercept, whose prior is flat: its density is nothing to compare with. Give it a "
            "proper prior, penalty={'Intercept': br.Normal(scale), '...': ...}."
        )
    for piece in penalised(resolved):
        if piece.law.no_density or (piece.law.no_mode and at == 0.0 and set(positions) & set(piece.at.tolist())):
            raise UnsupportedError(
                f"{text!r}: the density of a {type(piece.law).__name__} prior is infinite there or has no closed "
                "form, so there is no ratio. Ask for P(|b| < delta) in .summary(rope=...), or the inequality."
            )
        if (
            len(factors) == 1
            and positions[0] in piece.at
            and piece.law.traits.separable
            and piece.map is None
            and piece.center is None
        ):
            return _averaged(piece, resolved, positions[0], (at, next(iter(factors.values()))), sigma, scales)
    beta = draw_coefficients(post.model.design, resolved, sigma, scales, rng)
    values = sum(factor * beta[:, j] for factor, j in zip(factors.values(), positions, strict=True))
    return kernel_density(np.asarray(values), at), f"the prior's from a kernel estimate of {PRIOR_DRAWS} draws"


def _check(post: Any, factors: Factors, text: str) -> None:
    if not factors or "sigma" in factors:
        raise InputError(f"{text!r} is no equation about coefficients; write one such as 'bmi = 0' or 'bmi = 2 * bp'.")
    out = [name for name, flag in zip(post.resolved.coefficients, post.resolved.excluded, strict=True) if flag]
    if set(out) & set(factors):
        raise InputError(f"{text!r}: {out[0]} is fixed at 0 by its penalty weight; there is nothing to learn about it.")


def _exact(exact: Any, j: int, at: float) -> float:
    """Return an exact marginal density, from its distribution function by central differences at two steps."""
    step = 1e-3 * float(exact.deviation[j] if np.isfinite(exact.deviation[j]) else exact.sd[0, j])

    def slope(h: float) -> float:
        up, down = np.full(exact.mean.shape[1], at + h), np.full(exact.mean.shape[1], at - h)
        return float((exact.cdf(up)[j] - exact.cdf(down)[j]) / (2.0 * h))

    return (4.0 * slope(step) - slope(2.0 * step)) / 3.0


def _averaged(
    piece: Any, resolved: Any, j: int, point: tuple[float, float], sigma: np.ndarray, scales: np.ndarray
) -> tuple[float, str]:
    """Return the law's density at ``at / factor`` averaged over the prior of sigma and its scale."""
    at, factor = point
    place = int(np.flatnonzero(piece.at == j)[0])
    strength = piece.strength_at(resolved.phi, sigma[:, None], scales.T[..., None])
    value = np.full((sigma.size, piece.at.size), at / factor)
    density = np.exp(np.broadcast_to(piece.law.log_prior(value, strength), value.shape)[:, place])
    moves = piece.learned >= 0 or piece.relative
    return float(density.mean() / abs(factor)), f"the prior's {'averaged over its scale' if moves else 'is exact'}"


def kernel_density(values: np.ndarray, at: float) -> float:
    """Return the density of draws at a point: a normal kernel, its width by Silverman's rule on the robust spread.

    The bias of the kernel is taken out by extrapolation from two widths, ``(4 f(h) - f(2 h)) / 3``.
    """
    low, high = np.quantile(values, [0.25, 0.75])
    spread = min(float(values.std()), float(high - low) / 1.349) or float(values.std())
    width = 0.9 * spread * values.size**-0.2

    def smooth(h: float) -> float:
        return float(np.exp(-0.5 * ((values - at) / h) ** 2).mean() / (h * np.sqrt(2.0 * np.pi)))

    return max((4.0 * smooth(width) - smooth(2.0 * width)) / 3.0, np.finfo(float).tiny)
