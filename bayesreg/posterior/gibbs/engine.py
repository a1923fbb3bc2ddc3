"""Run chains of a Gibbs sampler: groups of chains, processes, progress, and what is kept when it is cancelled."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, final

import numpy as np

from bayesreg.parallel import one_thread, run_tasks, tracker
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.streams import Streams

TOGETHER = 1e8
"""Chains advance side by side where a sweep of one costs fewer operations: calls then cost as much as they do."""
LONG = 3e10
"""Operations of a whole run from which on chains go to processes, which take time to start."""
PAIR = 2
"""Chains that advance side by side in a process."""
REPORT, ROUND = 20, 100
"""Sweeps between reports of the progress, and those that a process is asked for at a time."""


class Sampler(Protocol):
    """What moves chains."""

    @property
    def cost(self) -> float:
        """Floating-point operations of a sweep of one chain, about."""

    def start(self, streams: Streams) -> Chains:
        """Return starting points."""

    def sweep(self, chains: Chains, number: int, streams: Streams) -> None:
        """Advance all chains by one sweep."""

    def reported(self, chains: Chains) -> dict[str, np.ndarray]:
        """Return latent variables (K, q) that users see, by name."""


@final
@dataclass(frozen=True, eq=False)
class RawDraws:
    """Draws in the sampler's coordinates.

    Attributes
    ----------
    v : ndarray (chains, draws, p)
    sigma : ndarray (chains, draws)
    scales : ndarray (chains, draws, S)
    latents : dict of ndarray (chains, draws, q)
    cancelled : bool
        Whether the run was cancelled, so that there are fewer draws than were asked for.
    """

    v: np.ndarray
    sigma: np.ndarray
    scales: np.ndarray
    latents: dict[str, np.ndarray]
    cancelled: bool


def run_chains(
    sampler: Sampler,
    *,
    draws: int,
    tune: int,
    chains: int,
    seed: int,
    workers: int | None = None,
    progress: bool = False,
) -> RawDraws:
    """Return draws after ``tune`` sweeps that are thrown away.

    Chains are advanced side by side, or, where the linear algebra is the cost, in pairs or alone, in processes where
    the run is long; which of these depends on the model and the number of draws only, and each chain has its own
    random stream, so ``workers`` does not change the draws.

    Raises
    ------
    KeyboardInterrupt
        If the run is cancelled before every chain has a draw; later the draws so far are kept.
    """
    seeds = np.random.SeedSequence(seed).spawn(chains)
    long = sampler.cost * (tune + draws) * chains >= LONG
    size = 1 if sampler.cost >= TOGETHER else PAIR if long else chains
    rows = [slice(first, min(first + size, chains)) for first in range(0, chains, size)]
    groups = [_Group(sampler, tune, Streams(seeds[own])) for own in rows]
    store = _Store(rows, chains, draws)
    count = min(len(groups), workers or os.cpu_count() or 1)
    cancelled = False
    with one_thread(), tracker("draws", (tune + draws) * len(groups), progress) as advance:
        run = _in_processes if long and count > 1 else _in_turn
        try:
            run(groups, store, tune + draws, count, advance)
        except KeyboardInterrupt:
            cancelled = True
    return store.joined(cancelled=cancelled)


@final
@dataclass
class _Group:
    """Chains that advance together."""

    sampler: Sampler
    tune: int
    streams: Streams
    chains: Chains = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        self.chains = self.sampler.start(self.streams)

    def sweep(self) -> dict[tuple[str, str], np.ndarray]:
        """Advance by one sweep; return what there is to keep (K, ...), nothing while chains are tuned."""
        chains, tuning = self.chains, self.number < self.tune
        chains.tuning = tuning
        self.sampler.sweep(chains, self.number, self.streams)
        self.number += 1
        if tuning:
            return {}
        found = {("own", "v"): chains.v, ("own", "sigma"): chains.sigma, ("own", "scales"): chains.scales}
        return found | {("latent", name): value for name, value in self.sampler.reported(chains).items()}


@final
@dataclass
class _Store:
    """The draws of all chains, by the rows of each group."""

    rows: list[slice]
    chains: int
    draws: int
    kept: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    done: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.done = [0] * len(self.rows)

    def put(self, k: int, found: dict[tuple[str, str], np.ndarray]) -> None:
        """Keep further draws (K, m, ...) of a group."""
        for name, value in found.items():
            if name not in self.kept:
                self.kept[name] = np.empty((self.chains, self.draws, *value.shape[2:]))
            self.kept[name][self.rows[k], self.done[k] : self.done[k] + value.shape[1]] = value
        self.done[k] += next(iter(found.values())).shape[1] if found else 0

    def joined(self, *, cancelled: bool) -> RawDraws:
        """Return the draws that all chains have."""
        done = min(self.done)
        if done == 0:
            raise KeyboardInterrupt
        kept = {name: value[:, :done] for name, value in self.kept.items()}
        latents = {name: value for (kind, name), value in kept.items() if kind == "latent"}
        return RawDraws(kept["own", "v"], kept["own", "sigma"], kept["own", "scales"], latents, cancelled)


def _in_turn(groups: list[_Group], store: _Store, sweeps: int, count: int, advance: Callable[[int], None]) -> None:
    """Run groups in turn, a sweep of each at a time, so that all have draws when they are cancelled."""
    for number in range(sweeps):
        for k, group in enumerate(groups):
            store.put(k, {name: value[:, None] for name, value in group.sweep().items()})
        if number % REPORT == REPORT - 1 or number == sweeps - 1:
            advance((number % REPORT + 1) * len(groups))


def _in_processes(groups: list[_Group], store: _Store, sweeps: int, count: int, advance: Callable[[int], None]) -> None:
    """Run groups in processes, some sweeps at a time; a run that is cancelled keeps the draws of whole rounds."""
    for first in range(0, sweeps, ROUND):
        size = min(ROUND, sweeps - first)
        items = [(group, size) for group in groups]
        found = run_tasks(_advanced, items, workers=count, progress=False, label="draws")
        groups = [group for group, _ in found]
        for k, (_, kept) in enumerate(found):
            store.put(k, kept)
        advance(size * len(groups))


def _advanced(item: tuple[_Group, int]) -> tuple[_Group, dict[tuple[str, str], np.ndarray]]:
    """Return a group after some sweeps, and what there is to keep of them (K, m, ...)."""
    group, size = item
    kept = [found for found in (group.sweep() for _ in range(size)) if found]
    return group, {name: np.stack([found[name] for found in kept], axis=1) for name in (kept[0] if kept else ())}
