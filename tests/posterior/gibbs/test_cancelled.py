"""A Gibbs run that is cancelled keeps the draws so far, those of an undisturbed run, and says that there are fewer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.posterior.gibbs import engine
from bayesreg.posterior.gibbs.augmented.sampler import AugmentedSampler
from bayesreg.posterior.gibbs.chains import Chains
from bayesreg.posterior.gibbs.engine import RawDraws, run_chains
from bayesreg.posterior.gibbs.hamiltonian.sampler import HamiltonianSampler
from bayesreg.posterior.gibbs.linear import LinearSampler
from bayesreg.posterior.gibbs.streams import Streams

TUNE, DRAWS, CHAINS = 10, 40, 3
ALONE = 1.2 * engine.TOGETHER
"""Operations of a sweep with which each chain advances by itself, in a run too short for processes."""


@dataclass
class Walk:
    """A sampler whose coordinates are random walks, and which is cancelled at a call of ``sweep``."""

    cost: float
    stop: int = -1
    calls: int = 0

    def start(self, streams: Streams) -> Chains:
        return Chains(np.ones(len(streams)), np.ones((len(streams), 0)), np.zeros((len(streams), 2)), [])

    def sweep(self, chains: Chains, number: int, streams: Streams) -> None:
        if self.calls == self.stop:
            raise KeyboardInterrupt
        self.calls += 1
        chains.v = chains.v + streams.normal(2)

    def reported(self, chains: Chains) -> dict[str, np.ndarray]:
        return {"twice": 2.0 * chains.v}


def run(cost: float, stop: int = -1, **options: Any) -> RawDraws:
    return run_chains(Walk(cost, stop), draws=DRAWS, tune=TUNE, chains=CHAINS, seed=3, **options)


@pytest.mark.parametrize(
    ("cost", "stop", "kept"),
    [
        (0.0, TUNE + 1, 1),
        (0.0, TUNE + 17, 17),
        (ALONE, (TUNE + 17) * CHAINS, 17),
        (ALONE, (TUNE + 17) * CHAINS + 1, 17),
        (ALONE, (TUNE + 17) * CHAINS + 2, 17),
    ],
    ids=["together, one", "together", "in turn", "in turn, one chain is ahead", "in turn, two are"],
)
def test_the_draws_so_far_are_those_of_a_whole_run(cost: float, stop: int, kept: int) -> None:
    whole, cut = run(cost), run(cost, stop)
    assert cut.cancelled
    assert not whole.cancelled
    assert whole.v.shape == (CHAINS, DRAWS, 2)
    np.testing.assert_array_equal(cut.v, whole.v[:, :kept])
    np.testing.assert_array_equal(cut.sigma, whole.sigma[:, :kept])
    np.testing.assert_array_equal(cut.latents["twice"], 2.0 * cut.v)


@pytest.mark.parametrize(("cost", "stop"), [(0.0, TUNE), (ALONE, TUNE * CHAINS + 1)], ids=["together", "in turn"])
def test_without_a_draw_of_every_chain_there_is_nothing_to_keep(cost: float, stop: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(cost, stop)


def test_in_processes_the_draws_of_whole_rounds_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cancelled while the second round is counted: both are there, and the rest is not begun."""
    monkeypatch.setattr(engine, "LONG", 0.0)
    monkeypatch.setattr(engine, "ROUND", TUNE + 5)
    counted = []

    @contextmanager
    def tracker(*given: Any) -> Iterator[Any]:
        def advance(more: int) -> None:
            counted.append(more)
            if len(counted) == 2:
                raise KeyboardInterrupt

        yield advance

    whole = run(ALONE, workers=1)
    monkeypatch.setattr(engine, "tracker", tracker)
    cut = run(ALONE, workers=2)
    assert cut.cancelled
    assert counted == [CHAINS * (TUNE + 5)] * 2
    np.testing.assert_array_equal(cut.v, whole.v[:, : TUNE + 10])


def linear() -> br.Model:
    return br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L1())


def logistic(penalty: Any) -> br.Model:
    data = br.datasets.breast_cancer().iloc[:100]
    return br.Model("malignant ~ mean_radius", data, family="bernoulli", penalty=penalty)


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (LinearSampler, linear),
        (AugmentedSampler, lambda: logistic(br.Horseshoe(0.5))),
        (HamiltonianSampler, lambda: logistic(br.L1())),
    ],
    ids=["linear", "augmented", "hamiltonian"],
)
def test_a_posterior_of_fewer_draws_says_so(monkeypatch: pytest.MonkeyPatch, kind: Any, model: Any) -> None:
    built = model()
    whole = built.sample(40, tune=30, chains=2, seed=1, engine="gibbs")
    right = kind.sweep

    def sweep(self: Any, chains: Any, number: int, streams: Streams) -> None:
        if number == 30 + 12:
            raise KeyboardInterrupt
        right(self, chains, number, streams)

    monkeypatch.setattr(kind, "sweep", sweep)
    cut = built.sample(40, tune=30, chains=2, seed=1, engine="gibbs")
    assert "cancelled after 12 of 40 draws, which are kept" in cut.why
    assert cut.status.endswith("The run was cancelled after 12 of 40 draws, which are kept.")
    assert "cancelled" not in whole.why + whole.status
    slopes = [np.asarray(post.tree["posterior"]["beta"])[..., 1:] for post in (cut, whole)]
    assert slopes[0].shape[1] == 12
    np.testing.assert_array_equal(slopes[0], slopes[1][:, :12])
    assert np.isfinite(cut.params).all()
    assert np.isfinite(cut.predict().to_numpy()).all()
