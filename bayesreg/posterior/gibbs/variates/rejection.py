"""Rejection sampling of many densities at once, each chain from its own stream."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesreg.errors import EngineError
from bayesreg.posterior.gibbs.streams import Streams

Propose = Callable[..., tuple[np.ndarray, np.ndarray]]
AGAIN, ROUNDS = 4, 200
"""Proposals of a later round for each element that is open; rounds."""


def rejection(propose: Propose, parameters: tuple[np.ndarray, ...], streams: Streams, uniforms: int = 3) -> np.ndarray:
    """Return one accepted proposal for each element (K, ...) of the parameters.

    Parameters
    ----------
    propose : callable
        ``propose(u, *parameters)``: proposals (m,) and which of them are accepted (m,), from uniforms ``u``
        (uniforms, m) in (0, 1] and parameters (m,).
    parameters : tuple of ndarray (K, ...)
        Of one shape.
    streams : Streams
    uniforms : int
        How many a proposal takes.

    Raises
    ------
    EngineError
        If an element is still open after 200 rounds.
    """
    chains, inner = len(streams), parameters[0].shape[1:]
    flat = [one.reshape(chains, -1) for one in parameters]
    count = flat[0].shape[1]
    u = streams.uniform(uniforms, count).transpose(1, 0, 2).reshape(uniforms, -1)
    found, accepted = propose(u, *(one.ravel() for one in flat))
    found, accepted = found.reshape(chains, count), accepted.reshape(chains, count)
    for k in np.flatnonzero(~accepted.all(axis=1)):
        left = np.flatnonzero(~accepted[k])
        _finish(propose, [one[k] for one in flat], found[k], left, streams.rngs[k], uniforms)
    return found.reshape(chains, *inner)


def _finish(
    propose: Propose,
    parameters: list[np.ndarray],
    found: np.ndarray,
    left: np.ndarray,
    rng: np.random.Generator,
    uniforms: int,
) -> None:
    """Fill in the elements of one chain that are ``left``, with several proposals for each in a round."""
    for _ in range(ROUNDS):
        u = 1.0 - rng.random((uniforms, AGAIN * left.size))
        values, accepted = propose(u, *(np.tile(one[left], AGAIN) for one in parameters))
        accepted = accepted.reshape(AGAIN, -1)
        first, some = accepted.argmax(axis=0), accepted.any(axis=0)
        found[left[some]] = values.reshape(AGAIN, -1)[first[some], np.flatnonzero(some)]
        left = left[~some]
        if left.size == 0:
            return
    raise EngineError(
        f"A random number of the Gibbs sampler was not found in {AGAIN * ROUNDS} proposals. Check the response and "
        "columns for extreme values, or use engine='nuts'."
    )
