"""Log likelihoods of rows at draws, a chunk of rows at a time: n x draws numbers are never held at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.families import Likelihood
from bayesreg.matrices import take_rows
from bayesreg.posterior.drawn import Drawn
from bayesreg.resolved import Resolved

CHUNK = 2**22
"""Numbers of a chunk: 32 MiB."""


@final
@dataclass(frozen=True, eq=False)
class Chunk:
    """Some rows of a design at every draw.

    Attributes
    ----------
    rows : slice
    y, weights : ndarray (m,)
        Responses, and their weights: 1 for a single copy of a row that stands for many.
    eta : ndarray (m, S)
        Linear predictors.
    phi : ndarray (S,)
        Dispersions; 1 in families that have none.
    likelihood : Likelihood
        At the draws of its nuisance parameter, where it has one.
    """

    rows: slice
    y: np.ndarray
    weights: np.ndarray
    eta: np.ndarray
    phi: np.ndarray
    likelihood: Likelihood


def chunks(design: Design, resolved: Resolved, drawn: Drawn, size: int = CHUNK) -> Iterator[Chunk]:
    """Yield all rows with their linear predictors.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    drawn : Drawn
        In one line.
    size : int
        Numbers of a chunk at most.
    """
    start, count = int(resolved.intercept), max(1, size // max(1, drawn.count))
    slopes, likelihood = drawn.beta[:, start:].T, resolved.likelihood
    if drawn.nuisance is not None:
        likelihood = likelihood.at(drawn.nuisance)
    for first in range(0, design.n, count):
        rows = slice(first, min(first + count, design.n))
        eta = np.asarray(take_rows(design.X, np.arange(rows.start, rows.stop)) @ slopes)
        eta = eta + resolved.offset[rows, None] + (drawn.beta[:, 0] if start else 0.0)
        weights = np.ones(rows.stop - rows.start) if resolved.frequency else resolved.weights[rows]
        yield Chunk(rows, design.y[rows], weights, eta, dispersion(resolved, drawn), likelihood)


def dispersion(resolved: Resolved, drawn: Drawn) -> np.ndarray:
    """Return phi at each draw: ``sigma^2`` where the family has a dispersion, else 1."""
    return drawn.sigma**2 if resolved.likelihood.has_dispersion else np.ones_like(drawn.sigma)


def log_likelihood(resolved: Resolved, chunk: Chunk) -> np.ndarray:
    """Return the log likelihood (m, S) of the rows of a chunk, one copy each; 0 for rows of weight 0."""
    used = chunk.weights > 0.0
    safe = np.where(used, chunk.weights, 1.0)[:, None]
    with np.errstate(over="ignore"):
        found = chunk.likelihood.log_likelihood(chunk.y[:, None], chunk.eta, chunk.phi, safe, resolved.frequency)
    return np.where(used[:, None], found, 0.0)


def mean(chunk: Chunk) -> np.ndarray:
    """Return the means (m, S) of the rows of a chunk."""
    with np.errstate(over="ignore"):
        return np.asarray(chunk.likelihood.mean(chunk.eta))


def respond(chunk: Chunk, rng: np.random.Generator) -> np.ndarray:
    """Return new responses (m, S) of the rows of a chunk, of their own precision weights."""
    used = np.where(chunk.weights > 0.0, chunk.weights, 1.0)[:, None]
    return chunk.likelihood.draw(mean(chunk), chunk.phi / used, rng)


def total_log_likelihood(design: Design, resolved: Resolved, drawn: Drawn) -> np.ndarray:
    """Return the log likelihood (S,) of all rows, copies counted."""
    total = np.zeros(drawn.count)
    copies = resolved.weights if resolved.frequency else np.ones(design.n)
    for chunk in chunks(design, resolved, drawn):
        total += copies[chunk.rows] @ log_likelihood(resolved, chunk)
    return total
