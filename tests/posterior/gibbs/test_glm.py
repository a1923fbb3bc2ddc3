"""Models that are not Gaussian: both kinds of moves against quadrature and against each other."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import UnsupportedError
from bayesreg.learned import log_hyperprior
from bayesreg.objective import LogJoint
from bayesreg.posterior.gibbs.augmented.logit import LogitAugmentation
from bayesreg.posterior.gibbs.augmented.polya_gamma import draw_polya_gamma
from bayesreg.posterior.gibbs.glm import sample_augmented, why_no_moves

LIMIT = 4.5
MOVES = ("hamiltonian", "augmented")
PRIORS = {
    "laplace": br.Laplace(0.5),
    "elastic net": br.ElasticNetPrior(1.0, 2.0),
    "normal": br.Normal(0.7),
    "student": br.StudentT(3.0, 0.5),
}


def data(family: str, n: int = 24, p: int = 1, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return columns, responses and weights."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    eta = X @ np.linspace(0.9, -0.4, p)
    weights = rng.integers(1, 6, size=n).astype(float)
    chance = 1.0 / (1.0 + np.exp(-eta))
    y = {
        "bernoulli": (rng.random(n) < chance).astype(float),
        "binomial": rng.binomial(weights.astype(int), chance) / weights,
        "poisson": rng.poisson(np.exp(eta)).astype(float),
    }[family]
    return X, y, weights


def draw(model, moves: str, seed: int = 1, draws: int = 1000, **options):
    given = {"tune": 200, "chains": 4, "workers": 1, "progress": False} | options
    return sample_augmented(model.design, model.resolved, draws=draws, seed=seed, moves=moves, **given)


def error_of(x: np.ndarray) -> float:
    """Return the standard error of the mean of draws (chains, draws), from the means of 20 pieces of each chain."""
    pieces = x.reshape(x.shape[0] * 20, -1).mean(axis=1)
    return float(pieces.std(ddof=1) / np.sqrt(pieces.size))


def agrees(x: np.ndarray, mean: float, sd: float) -> bool:
    """Return whether draws (chains, draws) have a mean and a standard deviation, within their errors."""
    square = (x - mean) ** 2
    same_mean = abs(x.mean() - mean) < LIMIT * error_of(x)
    return bool(same_mean and abs(square.mean() - sd**2) < LIMIT * error_of(square))


def by_quadrature(model) -> tuple[float, float]:
    """Return the mean and standard deviation of one coefficient: 4001 points, the error is below 1e-5."""
    joint = LogJoint(model.design, model.resolved)
    at = np.linspace(-8.0, 8.0, 4001) + 1e-4
    log_density = np.array([joint.log_posterior(np.array([b])) for b in at])
    mass = np.exp(log_density - log_density.max())
    mass /= mass.sum()
    mean = float(mass @ at)
    return mean, float(np.sqrt(mass @ (at - mean) ** 2))


@cache
def one_coefficient(family: str, prior: str):
    X, y, weights = data(family)
    options = {"weights": weights} if family == "binomial" else {"offset": np.linspace(-1.0, 0.5, y.size)}
    model = br.Model.from_arrays(
        X, y, family=family, prior=PRIORS[prior], intercept=False, standardize=False, **options
    )
    return model, *by_quadrature(model)


@pytest.mark.slow
@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize("prior", list(PRIORS))
@pytest.mark.parametrize("family", ["bernoulli", "binomial"])
def test_one_coefficient_by_quadrature(family, prior, moves):
    model, mean, sd = one_coefficient(family, prior)
    assert agrees(draw(model, moves).beta[..., 0], mean, sd)


@pytest.mark.parametrize("prior", list(PRIORS))
def test_hamiltonian_moves_take_counts(prior):
    model, mean, sd = one_coefficient("poisson", prior)
    assert agrees(draw(model, "hamiltonian").beta[..., 0], mean, sd)


@pytest.mark.parametrize("moves", MOVES)
def test_separated_classes_and_few_draws_of_a_strength(moves):
    """A coefficient whose likelihood has no maximum, and its learned scale: quadrature over both."""
    x = np.array([-2.0, -1.0, -0.5, 0.4, 1.0, 1.5])
    model = br.Model.from_arrays(
        x[:, None], (x > 0.0).astype(float), family="bernoulli", prior=br.Normal(br.HalfNormal(1.0)), intercept=False
    )
    resolved = model.resolved
    joint = LogJoint(model.design, resolved)
    tau, z = np.exp(np.linspace(-9.0, 2.5, 400)), np.linspace(-7.0, 7.0, 400)
    b = np.multiply.outer(tau, z) / float(np.sqrt(resolved.unit.precision[0]))
    fit = np.array([[joint.log_likelihood(np.array([at])) for at in row] for row in b])
    log_mass = fit - 0.5 * z**2 + (log_hyperprior(resolved.learned, tau[None]) + np.log(tau))[:, None]
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    found = draw(model, moves, draws=1500)
    for values, grid in ((found.beta[..., 0], b), (found.strengths["scale"][..., 0], tau[:, None] + 0.0 * b)):
        mean = float((mass * grid).sum())
        assert abs(values.mean() - mean) < LIMIT * error_of(values)


def many(name: str):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 3)) @ (0.6 * np.eye(3) + 0.4)
    eta = X @ np.array([0.9, -0.5, 0.0]) + 0.3
    latent = eta + rng.normal(size=60)
    counts = rng.poisson(np.exp(eta) * rng.gamma(2.0, 0.5, size=60)).astype(float)
    weights = rng.integers(0, 3, size=60).astype(float)
    wide = rng.normal(size=(20, 40))
    return {
        "learned": lambda: br.Model.from_arrays(X, (latent > 0.0) * 1.0, family="bernoulli", penalty=br.L1()),
        "probit": lambda: br.Model.from_arrays(
            X,
            (latent > 0.0) * 1.0,
            family=br.Family("bernoulli", link="probit"),
            prior=br.Laplace(0.5),
            weights=br.Weights(weights, kind="frequency"),
        ),
        "counts": lambda: br.Model.from_arrays(X, counts, family="negative_binomial", prior=br.Normal(1.0)),
        "errors": lambda: br.Model.from_arrays(X, latent, family="student_t", penalty=br.L1()),
        "wide": lambda: br.Model.from_arrays(wide, (wide[:, 0] > 0.0) * 1.0, family="bernoulli", prior=br.Laplace(0.3)),
    }[name]()


@pytest.mark.parametrize(
    "name",
    ["learned", "probit", *(pytest.param(name, marks=pytest.mark.slow) for name in ("counts", "errors")), "wide"],
)
def test_both_kinds_of_moves_agree(name):
    """They share neither latent variables nor gradients: about 10 numbers a model, 4.5 joint standard errors each."""
    model = many(name)
    one, other = (draw(model, moves, seed=k) for k, moves in enumerate(MOVES))
    pairs = [(one.beta[..., j], other.beta[..., j]) for j in range(min(one.beta.shape[2], 8))]
    pairs += [
        (np.log(one.strengths["scale"][..., k]), np.log(other.strengths["scale"][..., k]))
        for k in range(len(model.resolved.learned))
    ]
    if one.sigma is not None:
        pairs.append((np.log(one.sigma), np.log(other.sigma)))
    pairs += [(np.log(value), np.log(other.extras[key])) for key, value in one.extras.items()]
    for x, y in pairs:
        assert abs(x.mean() - y.mean()) < LIMIT * np.hypot(error_of(x), error_of(y))


def test_a_wrong_conditional_is_caught(monkeypatch):
    """``kappa = y - 1`` for ``y - 1/2``, and precisions that are half as large."""
    model, mean, sd = one_coefficient("bernoulli", "laplace")
    with monkeypatch.context() as patch:
        patch.setattr(
            LogitAugmentation,
            "draw",
            lambda self, eta, nuisance, streams: (
                draw_polya_gamma(self.weights, eta, streams),
                np.broadcast_to(self.weights * (self.y - 1.0), eta.shape),
            ),
        )
        assert not agrees(draw(model, "augmented").beta[..., 0], mean, sd)
    right = LogitAugmentation.draw

    def halved(self, *given):
        omega, linear = right(self, *given)
        return 0.5 * omega, linear

    monkeypatch.setattr(LogitAugmentation, "draw", halved)
    assert not agrees(draw(model, "augmented").beta[..., 0], mean, sd)


@pytest.mark.parametrize("moves", MOVES)
def test_the_same_seed_gives_the_same_draws_for_any_number_of_workers(moves):
    model = many("learned")
    one, other = (draw(model, moves, draws=20, tune=20, workers=count) for count in (1, 2))
    np.testing.assert_array_equal(one.beta, other.beta)
    assert not np.array_equal(one.beta, draw(model, moves, seed=2, draws=20, tune=20).beta)


def test_what_is_refused():
    X, y, _ = data("poisson", p=2)
    model = br.Model.from_arrays(X, y, family="poisson", prior=br.Horseshoe(1.0))
    assert "pole" in why_no_moves(model.resolved)
    with pytest.raises(UnsupportedError, match="nuts"):
        draw(model, "auto")
