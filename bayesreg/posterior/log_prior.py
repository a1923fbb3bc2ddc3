"""Log prior densities at draws, by part: coefficients of given strength, sigma, and learned strengths."""

from __future__ import annotations

import numpy as np

from bayesreg.learned import log_hyperprior
from bayesreg.objective import Piece, penalised
from bayesreg.posterior.drawn import Drawn
from bayesreg.resolved import Resolved


def log_prior_parts(resolved: Resolved, drawn: Drawn) -> dict[str, np.ndarray]:
    """Return the log density (S,) of each prior that stands at the top of a model.

    They are "beta", the coefficients whose strength is a number, given sigma; "sigma"; and "strength", the learned
    scales. The prior of coefficients given a learned scale is not among them: it is a level between, and scaling it
    would change what the scale means.

    Parameters
    ----------
    resolved : Resolved
    drawn : Drawn
        In one line.

    Notes
    -----
    Parts that a model does not have are left out, as are laws without a usable density and corrections of the
    likelihood.
    """
    found: dict[str, np.ndarray] = {}
    given = [piece for piece in penalised(resolved) if piece.learned < 0 and not piece.law.no_density]
    if given:
        found["beta"] = np.sum([_log_density(piece, resolved.phi, drawn) for piece in given], axis=0)
    if resolved.sigma_prior is not None:
        found["sigma"] = np.asarray(resolved.sigma_prior.log_density(drawn.sigma), dtype=float)
    if drawn.scales.shape[1]:
        found["strength"] = np.asarray(log_hyperprior(resolved.learned, drawn.scales.T), dtype=float)
    return found


def _log_density(piece: Piece, phi: float, drawn: Drawn) -> np.ndarray:
    """Return the log prior density (S,) of what a law acts on, up to a constant."""
    if not piece.law.traits.separable:
        pairs = zip(drawn.beta, drawn.sigma, strict=True)
        values = [piece.law.log_prior(piece.acted_on(beta), piece.strength_at(phi, sigma)) for beta, sigma in pairs]
        return np.array([float(np.sum(value)) for value in values])
    value = drawn.beta[:, piece.at]
    if piece.center is not None:
        value = value + (piece.at == 0) * (drawn.beta @ piece.center)[:, None]
    strength = piece.strength_at(phi, drawn.sigma[:, None])
    return np.asarray(piece.law.log_prior(value if piece.map is None else piece.map * value, strength)).sum(axis=1)
