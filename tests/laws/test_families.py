"""Every registered likelihood obeys every law, and every law catches its planted error."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import LawError
from bayesreg.families import LIKELIHOODS
from bayesreg.families.bernoulli import Bernoulli
from bayesreg.families.gaussian import Gaussian
from bayesreg.families.poisson import Poisson
from bayesreg.testing.checks import FAMILY_LAWS


@pytest.mark.parametrize("likelihood", LIKELIHOODS.values(), ids=lambda law: f"{law.name}-{law.link}")
@pytest.mark.parametrize("seed", [0, 1])
def test_likelihood_obeys_the_laws(likelihood, seed):
    report = br.testing.check_family(likelihood, seed=seed)
    assert report.laws == tuple(law.name for law in FAMILY_LAWS)


def test_a_family_is_checked_by_name():
    assert br.testing.check_family(br.Family("bernoulli")).subject == "bernoulli (logit link)"


def test_what_is_not_a_family_is_refused():
    with pytest.raises(br.errors.InputError, match=r"'poisson' is not a family; give br.Family"):
        br.testing.check_family("poisson")


class GraphDiffers(Poisson):
    def cumulant(self, eta, xp=None):
        return np.exp(eta) if xp is None or xp.name == "numpy" else xp.exp(1.0001 * eta)


class WrongMean(Bernoulli):
    def mean(self, eta, xp=None):
        return Bernoulli.mean(self, eta) * 0.999 if xp is None else Bernoulli.mean(self, eta, xp) * 0.999


class WrongCurvature(Bernoulli):
    def curvature(self, eta, xp=None):
        shape = Bernoulli.curvature(self, eta) if xp is None else Bernoulli.curvature(self, eta, xp)
        return shape * 1.01


class WrongScore(Poisson):
    def score(self, y, eta, xp=None):
        return self.mean(eta) - y


class WrongLink(Bernoulli):
    def link_function(self, mu):
        return np.log(mu)


class WrongConjugate(Poisson):
    def conjugate(self, mu, xp=None):
        return Poisson.conjugate(self, mu) + 1e-6 if xp is None else Poisson.conjugate(self, mu, xp) + 1e-6


class WrongDeviance(Gaussian):
    def half_deviance(self, y, eta, xp=None):
        return 0.5 * (y - eta) ** 2 * (1.0 + 1e-10)


class NotNormalised(Gaussian):
    def log_normalizer(self, y, phi, weights, frequency, xp=None):
        base = Gaussian.log_normalizer(self, y, phi, weights, frequency, *([] if xp is None else [xp]))
        return base - 0.01 * weights


class WeightsMisread(Poisson):
    def log_normalizer(self, y, phi, weights, frequency, xp=None):
        return Poisson.log_normalizer(self, y, phi, 0.0 * weights + 1.0, frequency, *([] if xp is None else [xp]))


class AcceptsEverything(Gaussian):
    def check_response(self, y, name):
        return None


class DrawsTooWide(Gaussian):
    def draw(self, mean, phi, rng):
        return rng.normal(mean, 1.2 * np.sqrt(phi))


class DrawsFractions(Poisson):
    def draw(self, mean, phi, rng):
        return rng.gamma(mean)


PLANTED = [
    (GraphDiffers(), "graph_agrees"),
    (WrongMean(), "mean_is_slope"),
    (WrongCurvature(), "curvature_is_slope"),
    (WrongScore(), "score_is_slope"),
    (WrongLink(), "link_inverts"),
    (WrongConjugate(), "conjugate_is_supremum"),
    (WrongDeviance(), "half_deviance"),
    (NotNormalised(), "total_probability"),
    (WeightsMisread(), "weights"),
    (AcceptsEverything(), "support"),
    (DrawsFractions(), "support"),
    (DrawsTooWide(), "draws"),
]


@pytest.mark.parametrize(("likelihood", "law"), PLANTED, ids=[type(law).__name__ for law, _ in PLANTED])
def test_planted_error_is_caught_by_its_law(likelihood, law):
    with pytest.raises(LawError, match=rf"^{likelihood.name} \(\w+ link\) breaks the law '{law}': "):
        br.testing.check_family(likelihood)


def test_every_law_has_a_planted_error():
    assert {law for _, law in PLANTED} == {law.name for law in FAMILY_LAWS}
