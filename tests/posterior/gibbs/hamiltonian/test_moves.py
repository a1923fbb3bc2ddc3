"""Hamiltonian moves: slopes against differences, coordinates there and back, reversible steps, models of many rows."""

from __future__ import annotations

import numpy as np
import pytest

import bayesreg as br
from bayesreg.posterior.gibbs.glm import row_likelihood
from bayesreg.posterior.gibbs.hamiltonian import sampler as module
from bayesreg.posterior.gibbs.hamiltonian.moves import Frame, Mover
from bayesreg.posterior.gibbs.hamiltonian.rows import Rows
from bayesreg.posterior.gibbs.hamiltonian.sampler import HamiltonianSampler
from bayesreg.posterior.gibbs.hamiltonian.start import make_target, start_frame
from bayesreg.posterior.gibbs.hamiltonian.tuning import reframed
from bayesreg.posterior.gibbs.streams import Streams

LAWS = {
    "laplace": br.L1(),
    "elastic net": br.ElasticNet(),
    "ridge": br.L2(),
    "student": br.StudentT(3.0, 0.5),
    "group": br.GroupLasso(lam=1.0),
    "fused": br.FusedLasso(lam=1.0),
    "given": br.Laplace(0.3),
}


def model_of(penalty, family="bernoulli", n=30, p=4, **options):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, p)) + 1.0
    y = (rng.random(n) < 0.4).astype(float)
    return br.Model.from_arrays(X, y, family=family, penalty=penalty, **options)


@pytest.mark.parametrize("name", list(LAWS))
def test_slopes_are_those_of_the_values(name):
    """Central differences of step 1e-5; the table of the hyperprior's slope is accurate to 1e-4."""
    model = model_of(LAWS[name])
    target = make_target(model.design, model.resolved)
    mover = Mover(target, start_frame(model.design, model.resolved, target))
    x = np.random.default_rng(3).normal(size=(3, target.size))
    place = mover.place(x)
    for j, unit in enumerate(np.eye(target.size)):
        up, down = mover.place(x + 1e-5 * unit), mover.place(x - 1e-5 * unit)
        slope = (up.fit + up.prior - down.fit - down.prior) / 2e-5
        np.testing.assert_allclose(place.gradient[:, j], slope, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", list(LAWS))
def test_positions_there_and_back(name):
    model = model_of(LAWS[name])
    target = make_target(model.design, model.resolved)
    position = 2.0 * np.random.default_rng(4).normal(size=(3, target.size))
    np.testing.assert_allclose(target.join(*target.split(position)), position, rtol=1e-9, atol=1e-12)


def test_a_move_keeps_a_normal_density_exactly():
    """A ridge with Gaussian rows is a normal law: 4.5 standard errors of the mean and covariance of 8000 chains."""
    rng = np.random.default_rng(5)
    model = br.Model.from_arrays(rng.normal(size=(12, 2)), rng.normal(size=12), prior=br.Normal(1.0), dispersion=1.0)
    target = make_target(model.design, model.resolved)
    frame = start_frame(model.design, model.resolved, target)
    crude = Mover(target, Frame(frame.centre, frame.factor @ np.diag([1.3, 0.8, 1.1])))
    chains = 2000
    streams = Streams(np.random.SeedSequence(6).spawn(chains))
    exact = frame.position(streams.normal(target.size))
    place = crude.place(crude.frame.point(exact))
    for _ in range(3):
        place, chance = crude.move(place, 0.9, 2, streams)
    assert 0.5 < chance.mean() < 0.99
    points = frame.point(crude.frame.position(place.x))
    assert np.all(np.abs(points.mean(axis=0)) < 4.5 / np.sqrt(chains))
    spread = np.sqrt((1.0 + np.eye(3)) / chains)
    assert np.all(np.abs(points.T @ points / chains - np.eye(3)) < 4.5 * spread)


def test_rows_are_added_up_by_pieces_as_at_once(monkeypatch):
    model = model_of(br.Laplace(0.5), n=100)
    rows = make_target(model.design, model.resolved).rows
    w = np.random.default_rng(7).normal(size=(2, 5))
    eta = w @ rows.columns.T + rows.offset
    value = -rows.likelihood.half_deviance(rows.y, eta) @ rows.weights
    monkeypatch.setattr("bayesreg.posterior.gibbs.hamiltonian.rows.CHUNK", 7)
    assert isinstance(rows, Rows)
    np.testing.assert_allclose(rows.value(w), value, rtol=1e-13)
    np.testing.assert_allclose(rows.gradient(w), rows.likelihood.score(rows.y, eta) @ rows.columns, rtol=1e-10)


def test_a_model_of_the_rows_leaves_the_same_density(monkeypatch):
    """Trajectories by a second-order model of the rows, and by the rows: means within 4.5 joint standard errors."""
    rng = np.random.default_rng(8)
    X = rng.normal(size=(300, 3))
    y = (rng.random(300) < 1.0 / (1.0 + np.exp(-X[:, 0]))).astype(float)
    model = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.L1())
    likelihood, found = row_likelihood(model.design, model.resolved), []
    for least in (0.0, np.inf):
        monkeypatch.setattr(module, "MANY", least)
        sampler = HamiltonianSampler(model.design, model.resolved, likelihood, 300)
        assert sampler.modelled == (least == 0.0)
        streams = Streams(np.random.SeedSequence(9).spawn(4))
        walkers = sampler.start(streams)
        kept = []
        for number in range(1100):
            sampler.sweep(walkers, number, streams)
            if number >= 300:
                kept.append(np.column_stack([walkers.v, np.log(walkers.scales)]))
        assert (walkers.mover.target.model is not None) == (least == 0.0)
        found.append(np.array(kept).transpose(2, 1, 0).reshape(5, 80, -1).mean(axis=2))
    one, other = found
    error = np.hypot(one.std(axis=1), other.std(axis=1)) / np.sqrt(80)
    assert np.all(np.abs(one.mean(axis=1) - other.mean(axis=1)) < 4.5 * error)


def test_a_frame_is_learned_from_points():
    """Points of a known covariance: entries of the whitened covariance within 5 standard errors of 4000 points."""
    rng = np.random.default_rng(10)
    root = np.tril(rng.normal(size=(3, 3))) + 2.0 * np.eye(3)
    points = rng.normal(size=(4000, 3)) @ root.T + 5.0
    frame = reframed(Frame(np.zeros(3), np.eye(3)), points)
    white = np.linalg.solve(frame.factor, root)
    np.testing.assert_allclose(white @ white.T, np.eye(3), atol=5.0 * np.sqrt(2.0 / 4000) + 0.01)
    np.testing.assert_allclose(frame.centre, points.mean(axis=0))
