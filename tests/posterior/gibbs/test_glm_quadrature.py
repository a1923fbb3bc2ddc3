"""Models that are not Gaussian, of one or two coefficients: both kinds of moves against quadrature.

A case is one family of statements on means, variances and probabilities, at a family-wise error of 1e-4 (Bonferroni),
at fixed seeds; all of them together err with a probability below 3e-3.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bayesreg.posterior.gibbs import glm
from bayesreg.posterior.gibbs.augmented.counts import NegativeBinomialAugmentation
from bayesreg.posterior.gibbs.augmented.probit import ProbitAugmentation
from bayesreg.posterior.gibbs.augmented.student_t import StudentAugmentation
from bayesreg.posterior.gibbs.hamiltonian.densities import BentPotential
from bayesreg.posterior.gibbs.nuisance import RowLikelihood
from tests.posterior.agreement import Verdict, against
from tests.posterior.gibbs.glm_cases import CASES, COUNTS, POLES, counts, glm_case

LATENT = [name for name in CASES if name != "poisson"]
"""Cases whose rows have latent variables; those of `POLES` have nothing else."""
SLOW = ("negative binomial",)
"""Its rows take long to draw, and those of the case whose shape is sampled are drawn in the same way."""


def verdict(name: str, *, latent: bool = False, draws: int = 1000, seed: int = 20) -> Verdict:
    """Sample a case, by latent variables of the rows where they are asked for, and return the verdict on its draws."""
    made = glm_case(name)
    with pytest.MonkeyPatch.context() as patch:
        if latent:
            patch.setattr(glm, "_why_not_followed", lambda resolved: "latent variables are asked for")
        post = made.model.sample(draws=draws, tune=200, chains=4, seed=seed, engine="gibbs")
    assert latent == ("latent variables of the rows" in post.why)
    return against(made.read(post.tree["posterior"]), made.margins)


@pytest.mark.parametrize("name", CASES)
def test_hamiltonian_moves(name: str) -> None:
    found = verdict(name)
    assert found.agrees, found


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in (*LATENT, *POLES)]
)
def test_latent_variables_of_the_rows(name: str) -> None:
    found = verdict(name, latent=True)
    assert found.agrees, found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "latent"), [*((name, False) for name in CASES), *((n, True) for n in (*LATENT, *POLES))]
)
def test_many_draws(name: str, latent: bool) -> None:
    found = verdict(name, latent=latent, draws=6000, seed=31)
    assert found.agrees, found


def test_the_oracle_of_counts_has_scipys_density() -> None:
    """To 1e-9: gamma functions of a shape of 400 lose some digits; its limit is that of Poisson counts."""
    eta = np.linspace(-2.0, 2.0, COUNTS.size)[:, None, None]
    y = COUNTS[:, None, None]
    for spread in (0.05, 1.0, 4.0):
        shape = spread**-2.0
        exact = stats.nbinom.logpmf(y, shape, shape / (shape + np.exp(eta)))
        np.testing.assert_allclose(counts(eta, spread), exact, atol=1e-9)
    np.testing.assert_allclose(counts(eta, 1e-9), stats.poisson.logpmf(y, np.exp(eta)), atol=1e-9)


def test_normal_variables_that_are_cut_at_a_wrong_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the predictor were at half of where it is when the sign is known."""
    right = ProbitAugmentation.draw
    monkeypatch.setattr(
        ProbitAugmentation, "draw", lambda self, eta, nuisance, streams: right(self, 0.5 * eta, nuisance, streams)
    )
    assert not verdict("probit", latent=True).agrees


def test_counts_without_the_shape_in_their_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log odds are ``eta - log shape``: the second term left out of what is linear in ``eta``."""
    right = NegativeBinomialAugmentation.draw

    def wrong(self, eta, nuisance, streams):
        omega, linear = right(self, eta, nuisance, streams)
        return omega, linear - omega * np.log(nuisance[:, None])

    monkeypatch.setattr(NegativeBinomialAugmentation, "draw", wrong)
    assert not verdict("negative binomial, shape", latent=True).agrees


def test_precisions_of_the_prior_for_those_of_the_posterior(monkeypatch: pytest.MonkeyPatch) -> None:
    """On average what a gamma shape of ``df / 2`` gives for ``(df + 1) / 2``."""
    right = StudentAugmentation.draw

    def wrong(self, eta, nuisance, streams):
        omega, linear = right(self, eta, nuisance, streams)
        return omega * self.df / (self.df + 1.0), linear * self.df / (self.df + 1.0)

    monkeypatch.setattr(StudentAugmentation, "draw", wrong)
    assert not verdict("student t, sigma", latent=True).agrees


@pytest.mark.parametrize("latent", [False, True])
def test_a_scale_of_errors_without_the_volume_of_its_logarithm(monkeypatch: pytest.MonkeyPatch, latent: bool) -> None:
    """A slice of ``log sigma`` by the density of sigma: ``1 / sigma`` times what is right."""
    right = RowLikelihood.log_density
    monkeypatch.setattr(
        RowLikelihood, "log_density", lambda self, eta, nuisance: right(self, eta, nuisance) - np.log(nuisance)
    )
    assert not verdict("student t, sigma", latent=latent).agrees


def test_a_laplace_law_of_twice_its_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes it normal is bent by half of its rate."""
    right = BentPotential.bend

    def wrong(self, z):
        v, slope = right(self, z)
        return 2.0 * v, 2.0 * slope

    monkeypatch.setattr(BentPotential, "bend", wrong)
    monkeypatch.setattr(BentPotential, "unbend", lambda self, v, right=BentPotential.unbend: right(self, 0.5 * v))
    assert not verdict("poisson").agrees
