"""Bands from few runs: against exact posteriors, closed forms, and direct sampling at strengths that were held out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm, truncnorm

import bayesreg as br
from bayesreg.posterior.bands import Draws, exact_bands, reweighted_bands, run_engine
from bayesreg.posterior.sampling import Plan
from bayesreg.select.remade import model_at

PLAN = Plan(draws=500, tune=None, chains=4, seed=None, workers=None, progress=None)
PHI = 3000.0


@pytest.fixture(scope="module")
def ridge() -> Any:
    return br.Model("target ~ bmi + bp + s5 + s1", br.datasets.diabetes(), penalty=br.L2())


@pytest.fixture(scope="module")
def ridge_bands(ridge: Any) -> tuple[Any, Any]:
    factors = np.geomspace(5000.0, 0.5, 25)
    run = run_engine(ridge.design, "exact", PLAN, seed=3)
    found = reweighted_bands(ridge.resolved, factors, run, limit=15, least=200.0)
    return found, exact_bands(ridge.design, ridge.resolved, factors)


def test_a_reweighted_ridge_is_the_exact_one(ridge_bands: tuple[Any, Any]) -> None:
    """Errors in Monte Carlo standard errors: 125 correlated ones, of which 5 would come once in 1e4 tests."""
    found, exact = ridge_bands
    error = exact.sd / np.sqrt(found.ess)[:, None]
    z = (found.mean - exact.mean) / error
    assert np.abs(z).max() < 5.0
    assert 0.4 < np.sqrt((z**2).mean()) < 1.8
    assert np.abs(found.sd / exact.sd - 1.0).max() < 5.0 / np.sqrt(2.0 * found.ess.min())
    for prob in (0.025, 0.5, 0.975):
        # a normal quantile from so many draws: sqrt(prob (1 - prob)) / density in standard errors of the mean
        height = {0.5: 1.2533}.get(prob, 2.67)
        assert np.abs((found.quantile(prob) - exact.quantile(prob)) / error).max() < 5.0 * height


def test_bridge_sampling_finds_the_evidence_of_a_ridge(ridge_bands: tuple[Any, Any]) -> None:
    """The evidence moves by many nats; a bridge over some eight gaps of 200 effective draws errs by 0.1 to 0.3."""
    found, exact = ridge_bands
    difference = found.log_evidence - exact.log_evidence
    assert np.ptp(exact.log_evidence) > 30.0
    assert np.ptp(difference) < 1.0


def test_runs_are_few_and_all_strengths_are_covered(ridge_bands: tuple[Any, Any]) -> None:
    found, _ = ridge_bands
    places = [one.place for one in found.anchors]
    assert places[0] == 0
    assert places[-1] == 24
    assert 3 <= len(places) <= 12
    assert (found.khat <= 0.7).all()
    assert (found.ess >= 200.0).all()


def one_column() -> Any:
    return br.Model("target ~ bmi", br.datasets.diabetes().head(40), penalty=br.L1(1.0), dispersion=PHI)


class OneColumn:
    """The posterior of one coefficient under a Laplace prior, sigma known: two truncated normals."""

    def __init__(self, model: Any, rate: float) -> None:
        x = model.design.X[:, 0] - model.design.X[:, 0].mean()
        a, c = float(x @ x) / PHI, float(x @ model.design.y) / PHI
        self.sd, self.means = a**-0.5, np.array([(c - rate) / a, (c + rate) / a])
        edge = -self.means / self.sd
        self.sides = [
            truncnorm(edge[0], np.inf, self.means[0], self.sd),
            truncnorm(-np.inf, edge[1], self.means[1], self.sd),
        ]
        # Phi(m / s) exp(m^2 / 2 s^2) of each side, relative to the first
        weight = np.array([norm.logsf(edge[0]), norm.logcdf(edge[1])]) + 0.5 * (self.means / self.sd) ** 2
        share = np.exp(weight - weight.max())
        self.share = share / share.sum()

    @property
    def mean(self) -> float:
        return float(sum(w * side.mean() for w, side in zip(self.share, self.sides, strict=True)))

    def quantile(self, prob: float) -> float:
        def below(at: float) -> float:
            return float(sum(w * side.cdf(at) for w, side in zip(self.share, self.sides, strict=True))) - prob

        return float(brentq(below, -60.0, 60.0, xtol=1e-10))

    def draw(self, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        positive = rng.random(size) < self.share[0]
        both = [side.rvs(size=size, random_state=rng) for side in self.sides]
        return np.where(positive, both[0], both[1])


def test_a_lasso_of_one_column_has_its_closed_form_at_every_strength() -> None:
    """Independent draws of the closed form at the anchors; its means and quantiles everywhere. Five standard errors."""
    model = one_column()
    scale = float(model.resolved.sd[1])

    def law(resolved: Any) -> OneColumn:
        return OneColumn(model, float(resolved.strength.rate[1]))

    def run(resolved: Any, place: int) -> Draws:
        slope = law(resolved).draw(np.random.default_rng([7, place]), (4, 500))
        return Draws(np.stack([np.zeros_like(slope), slope], axis=2), None, "closed form", place)

    factors = np.geomspace(20000.0, 20.0, 15)
    found = reweighted_bands(model.resolved, factors, run, limit=10, least=200.0)
    truth = [law(model.resolved.multiplied(factor)) for factor in factors]
    assert model.resolved.strength.rate[1] == pytest.approx(scale / PHI)
    assert len(found.anchors) < 8
    error = found.sd[:, 1] / np.sqrt(found.ess)
    z = (found.mean[:, 1] - [one.mean for one in truth]) / error
    assert np.abs(z).max() < 5.0
    for prob in (0.05, 0.5, 0.95):
        exact = np.array([one.quantile(prob) for one in truth])
        shift = found.quantile(prob)[:, 1] - exact
        assert np.abs(shift / error).max() < 5.0 * 2.2


def test_wrong_densities_are_caught_by_these_comparisons(ridge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log prior that moves half as much with the strength as it should: the exact ridge must tell."""
    from bayesreg.posterior.bands import reweighted

    right = reweighted.log_priors
    monkeypatch.setattr(reweighted, "log_priors", lambda *given: 0.5 * right(*given))
    factors = np.geomspace(5000.0, 0.5, 25)
    run = run_engine(ridge.design, "exact", PLAN, seed=3)
    found = reweighted_bands(ridge.resolved, factors, run, limit=4, least=200.0)
    exact = exact_bands(ridge.design, ridge.resolved, factors)
    z = (found.mean - exact.mean) / (exact.sd / np.sqrt(found.ess)[:, None])
    assert np.abs(z).max() > 5.0


def test_held_out_strengths_are_those_of_their_own_runs() -> None:
    """Gibbs where no run of the path was, sigma sampled and the prior relative to it. Five standard errors of both."""
    model = br.Model("target ~ bmi + bp + s5 + s1", br.datasets.diabetes(), penalty=br.L1(1.0, relative_to="sigma"))
    path = model.path_posterior(lams=np.geomspace(6000.0, 60.0, 13), draws=500, seed=5)
    held = [k for k in range(13) if path.lams[k] not in path.anchors.index][1::4]
    assert len(held) >= 2
    for k in held:
        direct = model_at(model, path.lams[k]).sample(500, seed=91, engine="gibbs").summary().frame
        error = direct["sd"] * np.sqrt(1.0 / path.ess.iloc[k] + 1.0 / direct["ess_bulk"])
        z = (path.params.iloc[k] - direct["mean"]) / error
        assert z.abs().max() < 5.0
        assert ((path.sd.iloc[k] / direct["sd"]) - 1.0).abs().max() < 0.25


def test_the_limit_of_runs_is_kept_and_said() -> None:
    model = br.Model("target ~ bmi + bp + s5 + s1", br.datasets.diabetes(), penalty=br.L2())
    run = run_engine(model.design, "exact", PLAN, seed=3)
    factors = np.geomspace(5000.0, 0.5, 25)
    found = reweighted_bands(model.resolved, factors, run, limit=3, least=200.0)
    assert len(found.anchors) == 3
    assert found.weighed.is_poor(200.0).any()
    single = reweighted_bands(model.resolved, factors, run, limit=1, least=200.0)
    assert [one.place for one in single.anchors] == [0]
    assert single.khat[-1] > 0.7
