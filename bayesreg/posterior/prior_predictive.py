"""What a model believes before it sees the response: draws of coefficients, sigma and responses from the prior."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.arguments import check_whole
from bayesreg.design import Design
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.learned import draw_scales
from bayesreg.objective import Piece, null_intercept, penalised
from bayesreg.posterior.draws import make_prior_tree
from bayesreg.posterior.responses import draw_response
from bayesreg.resolved import Resolved

BYTE_LIMIT = 2**30
MOST_NAMES = 5


def prior_predictive(design: Design, resolved: Resolved, draws: int, seed: int | None) -> Any:
    """Return a DataTree of draws from the prior; see `Model.prior_predictive`.

    Raises
    ------
    InputError
        If ``draws`` or ``seed`` is not a whole number, or the draws would not fit the byte limit.
    UnsupportedError
        If a slope or sigma has no proper prior, or a strength is open.
    """
    check_whole("draws", draws, 1)
    if seed is not None:
        check_whole("seed", seed, 0)
    size = 8 * int(draws) * (design.n + len(resolved.coefficients))
    if size > BYTE_LIMIT:
        raise InputError(
            f"{draws} draws of {design.n} responses take {size / 2**30:.1f} GiB, above the limit of "
            f"{BYTE_LIMIT // 2**30} GiB. Take fewer draws=, or fewer rows of the data."
        )
    check_proper(resolved)
    used = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else int(seed)
    rng = np.random.default_rng(used)
    sigma = draw_sigma(resolved, rng, int(draws))
    scales = draw_scales(resolved.learned, rng, int(draws))
    beta = draw_coefficients(design, resolved, sigma, scales, rng)
    return _tree(design, resolved, beta, sigma, scales, used, rng)


def check_proper(resolved: Resolved) -> None:
    """Raise unless every slope has a proper prior, its strength known or learned."""
    for block in resolved.blocks:
        if not block.penalty.is_given and resolved.learned_of(block) < 0:
            raise UnsupportedError(
                f"{block.penalty.written} has no strength and no prior of it, so there is nothing to draw. Give it, or "
                "let it follow from what you believe: br.Normal.from_belief(within=2, on='odds ratio')."
            )
    if resolved.correction is not None:
        raise UnsupportedError(
            f"{resolved.correction.written} corrects the likelihood: it is no prior that coefficients are drawn from. "
            "Give them a proper prior, e.g. penalty=br.Normal(scale), or br.Normal.from_belief(...)."
        )
    inside = np.isfinite(resolved.lower) & np.isfinite(resolved.upper)
    flat = resolved.free & ~inside
    for piece in penalised(resolved):
        flat[piece.at] |= not piece.law.traits.proper and not (piece.law.traits.separable and inside[piece.at].all())
    names = [name for j, name in enumerate(resolved.coefficients) if flat[j] and not (resolved.intercept and j == 0)]
    if names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        raise UnsupportedError(
            f"The prior of {', '.join(names[:MOST_NAMES])}{more} is flat or improper: it is not a distribution, and "
            "the model predicts nothing before it sees the response. Give these terms a proper prior, e.g. "
            "penalty=br.Normal(scale), or br.Normal.from_belief(...)."
        )


def draw_sigma(resolved: Resolved, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return draws of sigma (draws,): of its prior, or its fixed value."""
    if resolved.sigma_prior is None:
        return np.full(draws, resolved.sigma)
    return resolved.sigma_prior.draw(rng, (draws,))


def draw_shape(resolved: Resolved, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return draws (draws,) of the shape of negative binomial counts: of its prior, or its fixed value; else 1."""
    nuisance = resolved.nuisance
    if nuisance is None or nuisance.name != "shape":
        return np.ones(draws)
    if nuisance.prior is None:
        return np.full(draws, nuisance.value)
    return nuisance.prior.draw(rng, (draws,)) ** -2.0


def draw_coefficients(
    design: Design, resolved: Resolved, sigma: np.ndarray, scales: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of the coefficients (draws, q) on the user's scale; a flat intercept is held.

    It is held where the columns are centred: at every draw a row at the means of the columns has the mean response
    of the null model.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    sigma : ndarray (draws,)
    scales : ndarray (draws, L)
        Of the learned strengths.
    rng : numpy.random.Generator
    """
    beta = np.zeros((sigma.size, len(resolved.coefficients)))
    for piece in penalised(resolved):
        beta[:, piece.at] = piece.back(_draw(piece, resolved.phi, sigma, scales, rng))
    if resolved.intercept:
        if resolved.free[0]:
            beta[:, 0] = null_intercept(design, resolved)
        beta[:, 0] -= beta[:, 1:] @ resolved.center[1:]
    return beta


def _draw(piece: Piece, phi: float, sigma: np.ndarray, scales: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return draws (draws, d) of what a law acts on, each at its own sigma and scale."""
    shape = (sigma.size, piece.at.size)
    if not piece.law.traits.separable:
        fixed = piece.law.draw(piece.unit, rng, shape)
        return fixed * _width(piece, phi, sigma, scales)[:, None]
    each = scales.T[..., None] if piece.learned >= 0 else None
    return piece.law.draw(piece.strength_at(phi, sigma[:, None], each), rng, shape)


def _width(piece: Piece, phi: float, sigma: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return by how much (draws,) a joint law is wider than at its unit strength."""
    width = scales[:, piece.learned] if piece.learned >= 0 else np.ones(sigma.size)
    unit = 1.0 if piece.learned >= 0 else np.sqrt(phi)
    return width * sigma / unit if piece.relative else width


def _tree(
    design: Design,
    resolved: Resolved,
    beta: np.ndarray,
    sigma: np.ndarray,
    scales: np.ndarray,
    seed: int,
    rng: np.random.Generator,
) -> Any:
    """Draw the responses and return everything in ArviZ's schema."""
    law, start = resolved.likelihood, int(resolved.intercept)
    effect = beta[:, start:] @ design.X.T
    eta = effect + resolved.offset + (beta[:, :1] if start else 0.0)
    with np.errstate(over="ignore"):
        mean = law.mean(eta)
    single = resolved.frequency and not law.counts_trials
    precision = np.ones(design.n) if single else np.where(resolved.weights > 0.0, resolved.weights, 1.0)
    shape = draw_shape(resolved, rng, sigma.size)
    response = draw_response(resolved, mean, rng, sigma=sigma[:, None], shape=shape[:, None], precision=precision)
    by_draw = {"sigma": sigma, "explained": _share(resolved, effect, sigma)} if law.has_dispersion else {}
    by_draw |= {"sigma": {"sigma": sigma}, "shape": {"shape": shape}}.get(law.nuisance, {})
    by_draw |= {"scale": scales} if resolved.learned else {}
    by_draw |= {"lowest_mean": mean.min(axis=1), "highest_mean": mean.max(axis=1)}
    about = {"seed": seed, "family": resolved.family.name, **_held(resolved)}
    return make_prior_tree(design, resolved, beta, by_draw, response, about)


def _share(resolved: Resolved, effect: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return ``R^2`` (draws,): the share of the variance over the rows that the columns explain."""
    weights = resolved.weights / resolved.weights.sum()
    signal = (effect - (effect @ weights)[:, None]) ** 2 @ weights
    return np.asarray(signal / (signal + sigma**2))


def _held(resolved: Resolved) -> dict[str, str]:
    """Return what is not drawn, as a sentence."""
    if not (resolved.intercept and resolved.free[0]):
        return {}
    return {
        "intercept": "The intercept has a flat prior and is held: a row at the means of the columns has the mean "
        "response of the null model."
    }
