"""Chains of Hamiltonian moves as the engine runs them: tuning first, then moves that stay as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.gibbs.hamiltonian.moves import Mover, Place, steps_of
from bayesreg.posterior.gibbs.hamiltonian.start import make_target, start_frame
from bayesreg.posterior.gibbs.hamiltonian.target import Target
from bayesreg.posterior.gibbs.hamiltonian.tuning import StepSize, reframed, windows
from bayesreg.posterior.gibbs.nuisance import RowLikelihood
from bayesreg.posterior.gibbs.scale_slice import move_scale
from bayesreg.posterior.gibbs.streams import Streams
from bayesreg.resolved import Resolved

LENGTH, MODEL_LENGTH = 2.5, 1.57
"""Lengths of trajectories in coordinates of unit covariance; the second turns a normal distribution by a quarter."""
START_STEP, MODEL_STEP, MOST_STEPS = 0.3, 0.25, 64
AIM = 0.8
EVERY = 3
"""Trajectories from one slice step of each scale to the next; every time where trajectories are cheap."""
MANY = 2e5
"""From this many entries on, and rows for each column, slopes of the rows are replaced by those of a model of them."""
ROWS_PER_COLUMN = 50
LEAST = 0.5
"""The acceptance below which that model is given up, once it has been made where the chains are."""


@final
@dataclass(eq=False)
class Walkers:
    """The state of K chains, and what they have learned.

    Attributes
    ----------
    v : ndarray (K, m)
        Coordinates of the columns.
    scales : ndarray (K, S)
    sigma : ndarray (K,)
        The nuisance parameter of the likelihood; ones where it has none.
    mover : Mover
    place : Place
    step : StepSize
    points, chances : list of ndarray
        Points and acceptance probabilities since the frame was last learned.
    """

    v: np.ndarray
    scales: np.ndarray
    sigma: np.ndarray
    mover: Mover
    place: Place
    step: StepSize
    points: list[np.ndarray]
    chances: list[float]


@final
class HamiltonianSampler:
    """The moves of K chains on the coefficients and learned scales of a model whose dispersion is known.

    Trajectories follow the gradient of the log density, or, where there are many more rows than columns, that of a
    second-order model of the likelihood; either way a move is accepted by the density itself.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    likelihood : RowLikelihood
        Its nuisance parameter, where it is sampled, moves between trajectories.
    tune : int
        Moves before the first draw that is kept.
    pool : ThreadPoolExecutor, optional
        Threads that share the rows of large designs.

    References
    ----------
    Neal (2011), MCMC using Hamiltonian dynamics. Hoffman and Gelman (2014), The No-U-Turn sampler.
    """

    cost: float = 0.0
    """Chains always advance side by side: they learn from each other, and read the columns once."""

    def __init__(
        self,
        design: Design,
        resolved: Resolved,
        likelihood: RowLikelihood,
        tune: int,
        pool: ThreadPoolExecutor | None = None,
    ) -> None:
        self.likelihood = likelihood
        target = make_target(design, resolved)
        self.exact = replace(target, rows=replace(target.rows, pool=pool))
        self.frame = start_frame(design, resolved, target)
        self.blocks = target.blocks
        self.tune = tune
        self.windows = set(windows(tune))
        n, m = target.rows.columns.shape
        self.modelled = n * m >= MANY and n >= ROWS_PER_COLUMN * m and likelihood.log_prior is None

    def start(self, streams: Streams) -> Walkers:
        """Return starting points, dispersed over the chains as a normal approximation is."""
        target = self.exact
        if self.modelled:
            target = target.modelled(target.split(self.frame.centre[None])[0][0])
        mover = Mover(target, self.frame)
        place = mover.place(streams.normal(target.size))
        w, log_scale = target.split(self.frame.position(place.x))
        step = StepSize(MODEL_STEP if self.modelled else START_STEP, AIM)
        return Walkers(w, np.exp(log_scale), self.likelihood.starts(len(streams)), mover, place, step, [], [])

    def sweep(self, walkers: Walkers, number: int, streams: Streams) -> None:
        """Advance all chains by one trajectory, and learn from it before ``tune``."""
        tuning, modelled = number < self.tune, walkers.mover.target.model is not None
        size = MODEL_STEP if modelled else walkers.step.step if tuning else walkers.step.mean
        count = min(steps_of(MODEL_LENGTH if modelled else LENGTH, size, number), MOST_STEPS)
        walkers.place, chance = walkers.mover.move(walkers.place, size, count, streams)
        position = walkers.mover.frame.position(walkers.place.x)
        walkers.v, log_scale = walkers.mover.target.split(position)
        walkers.scales = np.exp(log_scale)
        if self.likelihood.log_prior is not None:
            self._move_nuisance(walkers, streams)
        if number % (1 if modelled else EVERY) == 0:
            for slot in range(self.blocks.slots):
                self._move_scale(walkers, slot, streams)
        if not tuning:
            return
        walkers.step.update(float(chance.mean()))
        walkers.points.append(walkers.place.x)
        walkers.chances.append(float(chance.mean()))
        if number + 1 in self.windows:
            self._learn(walkers)

    def _move_nuisance(self, walkers: Walkers, streams: Streams) -> None:
        """Move the nuisance parameter given the coordinates, and put the target at it."""
        rows = walkers.mover.target.rows
        eta = walkers.v @ rows.columns.T + rows.offset
        walkers.sigma = self.likelihood.move(eta, walkers.sigma, streams)
        there = replace(rows, likelihood=rows.likelihood.at(walkers.sigma[:, None]))
        walkers.mover = replace(walkers.mover, target=replace(walkers.mover.target, rows=there))
        walkers.place = walkers.mover.place(walkers.place.x)

    def _move_scale(self, walkers: Walkers, slot: int, streams: Streams) -> None:
        """Move a scale by a slice given the coordinates, which trajectories do slowly where the data fix them."""
        members = [block for block in self.blocks.blocks if block.slot == slot]
        found = move_scale(self.blocks, members, walkers.v, walkers.scales, slot, streams)
        if found is None:
            return
        walkers.scales = found
        mover = walkers.mover
        position = mover.target.join(walkers.v, np.log(found))
        walkers.place = mover.place(mover.frame.point(position), walkers.place.fit)

    def _learn(self, walkers: Walkers) -> None:
        """Take the frame, and the model of the likelihood, from the points since the last time."""
        old = walkers.mover
        position = old.frame.position(walkers.place.x)
        frame = reframed(old.frame, np.concatenate(walkers.points))
        step, target = walkers.step.mean, old.target
        if target.model is not None:
            first = walkers.mover.frame is self.frame
            good = first or float(np.mean(walkers.chances)) >= LEAST
            target = self._modelled_at(frame.centre) if good else self.exact
            step = MODEL_STEP if good else START_STEP
        walkers.mover = Mover(target, frame)
        walkers.place = walkers.mover.place(frame.point(position))
        walkers.step, walkers.points, walkers.chances = StepSize(step, AIM), [], []

    def _modelled_at(self, centre: np.ndarray) -> Target:
        return self.exact.modelled(self.exact.split(centre[None])[0][0])

    def reported(self, walkers: Walkers) -> dict[str, np.ndarray]:
        """Return latent variables that users see: there are none."""
        return {}
