"""Run chains of a Gibbs sampler: groups of chains, threads, progress, and what is kept when it is cancelled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Protocol, final

import numpy as np

from bayesreg.parallel import one_thread, tracker
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.streams import Streams

TOGETHER = 2e7
"""Chains advance side by side where a sweep of one costs fewer operations: calls then cost as much as they do."""
REPORT = 20
"""Sweeps between reports of the progress."""


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

    Chains are advanced side by side, or each alone in a thread where the linear algebra is the cost; which of the two
    depends on the model only, and each chain has its own random stream, so ``workers`` does not change the draws.

    Raises
    ------
    KeyboardInterrupt
        If the run is cancelled before every chain has a draw; later the draws so far are kept.
    """
    seeds = np.random.SeedSequence(seed).spawn(chains)
    groups = [seeds] if sampler.cost < TOGETHER else [[one] for one in seeds]
    count = min(len(groups), workers or os.cpu_count() or 1)
    stop = Event()
    with one_thread(), tracker("draws", (tune + draws) * len(groups), progress) as advance:
        runs = [_Run(sampler, draws, tune, group, stop, advance) for group in groups]
        if len(runs) == 1 or count == 1:
            _in_turn(runs, stop)
        else:
            _in_threads(runs, count, stop)
    done = min(run.done for run in runs)
    if done == 0:
        raise KeyboardInterrupt
    return _joined(runs, done, cancelled=stop.is_set())


@final
class _Run:
    """One group of chains."""

    def __init__(
        self,
        sampler: Sampler,
        draws: int,
        tune: int,
        seeds: list[np.random.SeedSequence],
        stop: Event,
        advance: Callable[[int], None],
    ) -> None:
        self.sampler, self.draws, self.tune, self.seeds = sampler, draws, tune, seeds
        self.stop, self.advance, self.done = stop, advance, 0
        self.kept: dict[str, np.ndarray] = {}
        self.latents: dict[str, np.ndarray] = {}

    def steps(self) -> Iterator[None]:
        """Advance by one sweep at a time until all is done or stopped."""
        streams = Streams(self.seeds)
        chains = self.sampler.start(streams)
        for number in range(self.tune + self.draws):
            if self.stop.is_set():
                return
            chains.tuning = number < self.tune
            self.sampler.sweep(chains, number, streams)
            if number >= self.tune:
                self._keep(chains, number - self.tune)
            if number % REPORT == REPORT - 1:
                self.advance(REPORT)
            yield

    def __call__(self) -> None:
        for _ in self.steps():
            pass

    def _keep(self, chains: Chains, at: int) -> None:
        values = {"v": chains.v, "sigma": chains.sigma, "scales": chains.scales}
        for store, found in ((self.kept, values), (self.latents, self.sampler.reported(chains))):
            for name, value in found.items():
                if name not in store:
                    store[name] = np.empty((value.shape[0], self.draws, *value.shape[1:]))
                store[name][:, at] = value
        self.done = at + 1


def _in_turn(runs: list[_Run], stop: Event) -> None:
    """Run groups in turn, a sweep of each at a time, so that all have draws when they are cancelled."""
    try:
        for _ in zip(*(run.steps() for run in runs), strict=True):
            pass
    except KeyboardInterrupt:
        stop.set()


def _in_threads(runs: list[_Run], count: int, stop: Event) -> None:
    """Run groups in threads; only this one is interrupted, and tells the others."""
    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(run) for run in runs]
        try:
            while wait(futures, timeout=0.1).not_done:
                if any(future.done() and future.exception() is not None for future in futures):
                    stop.set()
        except KeyboardInterrupt:
            stop.set()
    for future in futures:
        future.result()


def _joined(runs: list[_Run], done: int, *, cancelled: bool) -> RawDraws:
    def joined(store: str, name: str) -> np.ndarray:
        parts = [getattr(run, store)[name][:, :done] for run in runs]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    kept = {name: joined("kept", name) for name in runs[0].kept}
    latents = {name: joined("latents", name) for name in runs[0].latents}
    return RawDraws(kept["v"], kept["sigma"], kept["scales"], latents, cancelled)
