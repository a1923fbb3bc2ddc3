"""NUTS through nutpie on the PyMC graph, in coordinates whitened at the mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import EngineError
from bayesreg.posterior.coordinates import whiten
from bayesreg.posterior.graph import build_graph
from bayesreg.posterior.surrogate import ridge_like
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class NutsDraws:
    """Draws of NUTS.

    Attributes
    ----------
    beta : ndarray (chains, draws, k)
        Coefficients that are not excluded, on the user's scale.
    sigma : ndarray (chains, draws) or None
    strengths : dict of ndarray
        ``scale`` (chains, draws, L) of the learned strengths, and ``R2`` (chains, draws) where it is sampled.
    stats : dict of ndarray (chains, draws)
        ``diverging``, ``energy``, ``tree_depth``, ``n_steps``, ``step_size``, ``acceptance_rate``.
    extras : dict of ndarray (chains, draws)
        ``shape`` of negative binomial counts, where it is sampled.
    """

    beta: np.ndarray
    sigma: np.ndarray | None
    strengths: dict[str, np.ndarray]
    stats: dict[str, np.ndarray]
    extras: dict[str, np.ndarray]


def compile_nuts(design: Design, resolved: Resolved, mode: np.ndarray, representation: str = "direct") -> Any:
    """Return nutpie's compiled model of the graph; in the direct form in coordinates whitened at ``mode``."""
    import nutpie
    import pytensor

    direct = representation == "direct" and not resolved.bounded.any()
    coordinates = whiten(design, ridge_like(resolved), mode) if direct else None
    graph = build_graph(design, resolved, representation=representation, coordinates=coordinates)
    # fast-math lets a kernel round differently when it comes from the compiler's cache: the same seed would not give
    # the same draws in the first process that compiles a model and in later ones
    exact_arithmetic = pytensor.config.change_flags(numba__fastmath=False)
    with exact_arithmetic, _translated("Compiling the model for NUTS failed"):
        return nutpie.compile_pymc_model(graph)


def run_nuts(
    compiled: Any,
    *,
    draws: int,
    tune: int,
    chains: int,
    seed: int,
    workers: int | None = None,
    progress: bool = False,
    target_accept: float = 0.8,
) -> NutsDraws:
    """Sample a compiled model; the same seed gives the same draws for any number of workers.

    A higher ``target_accept`` takes smaller steps, which priors with narrow funnels need.

    Raises
    ------
    EngineError
        If the sampler stops with an error, with its message and what to try.
    """
    import nutpie

    with _translated("NUTS stopped"):
        tree = nutpie.sample(
            compiled,
            draws=draws,
            tune=tune,
            chains=chains,
            cores=workers,
            seed=seed,
            progress_bar=progress,
            target_accept=target_accept,
        )
    posterior = tree["posterior"]
    sigma = np.asarray(posterior["sigma"]) if "sigma" in posterior else None
    strengths = {name: np.asarray(posterior[name]) for name in ("scale", "R2") if name in posterior}
    extras = {name: np.asarray(posterior[name]) for name in ("shape",) if name in posterior}
    return NutsDraws(np.asarray(posterior["beta"]), sigma, strengths, _stats(tree["sample_stats"]), extras)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turn whatever the sampler's libraries raise into an error that says what to try."""
    try:
        yield
    except Exception as error:
        raise EngineError(
            f"{what}: {type(error).__name__}: {error}. Check the response and columns for extreme values, give weak "
            "coefficients a proper prior such as br.Normal(scale), or sample Model.pymc() by hand."
        ) from error


STATS = {
    "diverging": "diverging",
    "energy": "energy",
    "depth": "tree_depth",
    "n_steps": "n_steps",
    "step_size": "step_size",
    "mean_tree_accept": "acceptance_rate",
}


def _stats(stats: Any) -> dict[str, np.ndarray]:
    return {ours: np.asarray(stats[theirs]) for theirs, ours in STATS.items() if theirs in stats}
