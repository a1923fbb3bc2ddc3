"""Every law of penalties catches the error that it is there for: each is planted, and named."""

from dataclasses import replace

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import BayesRegError, LawError
from bayesreg.penalties import Strength
from bayesreg.testing.case import penalty_case
from bayesreg.testing.checks import PENALTY_LAWS
from bayesreg.testing.mixture_laws import LAWS as MIXTURE_LAWS
from bayesreg.testing.object_laws import LAWS as OBJECT_LAWS


class WritesIntoItsArgument(br.L1):
    def _prox(self, z, strength, step):
        z -= z * 0.5
        return z


class ValueSumsOverCoefficients(br.L1):
    def _value(self, beta, strength, xp):
        return strength.rate * xp.abs(beta) * (1.0 + 0.0 * xp.sum(beta)) + (xp.sum(beta) > 0) * 0.1


class GraphValueDiffers(br.L1):
    def _value(self, beta, strength, xp):
        return strength.rate * xp.abs(beta) * (1.0 if xp.name == "numpy" else 1.001)


class GraphNormalizerDiffers(br.L2):
    def _log_normalizer(self, strength, xp):
        return br.L2._log_normalizer(self, strength, xp) + (0.0 if xp.name == "numpy" else 1e-6)


class GradientIsLost(br.L2):
    def _value(self, beta, strength, xp):
        if xp.name == "numpy":
            return 0.5 * strength.precision * beta * beta
        from pytensor.gradient import disconnected_grad

        return 0.5 * strength.precision * beta * disconnected_grad(beta)


class PriorIsNotTheDensity(br.L1):
    def log_prior(self, beta, strength, xp=None):
        return -self.value(beta, strength) if xp is None else br.L1.log_prior(self, beta, strength, xp)


class WrongNormalizer(br.L1):
    def _log_normalizer(self, strength, xp):
        return br.L1._log_normalizer(self, strength, xp) - np.log(2.0) * (strength.rate > 0.0)


class NotFlatAtZero(br.L2):
    def _log_normalizer(self, strength, xp):
        return 0.5 * (np.log(2.0 * np.pi) - xp.log(xp.where(strength.precision > 0.0, strength.precision, 1.0)))


class ScalesOnlyAtItsOwnUnits(br.L2):
    def _log_normalizer(self, strength, xp):
        far = strength.precision > 1e8
        return br.L2._log_normalizer(self, strength, xp) + xp.where(far, 1e-3, 0.0)


class AllowsNegative(br.L1):
    def prox(self, z, strength, step=1.0):
        return self._prox(np.asarray(z, dtype=float), strength, step)


class WrongProx(br.L1):
    def _prox(self, z, strength, step):
        return np.sign(z) * np.maximum(np.abs(z) - 0.99 * step * strength.rate, 0.0)


class HardThreshold(br.L1):
    def _prox(self, z, strength, step):
        return np.where(np.abs(z) > step * strength.rate, z, 0.0)


class AlmostSoftThreshold(br.L1):
    """Wrong in the eighth digit: the minimised objective can not tell, the subgradient can."""

    def _prox(self, z, strength, step):
        return np.sign(z) * np.maximum(np.abs(z) - (1.0 + 1e-8) * step * strength.rate, 0.0)


class WobblesAtZero(br.L2):
    """Not monotone within a millionth of the natural scale, and blind to it."""

    def _prox(self, z, strength, step):
        small = (np.abs(z) * np.sqrt(strength.precision) < 2e-6) & (strength.precision > 0.0)
        return np.where(small, -0.1, 1.0 / (1.0 + step * strength.precision)) * z

    def subdifferential_distance(self, beta, score, strength):
        return np.zeros_like(beta)


class WrongSubdifferential(br.L2):
    def subdifferential_distance(self, beta, score, strength):
        return np.where(beta == 0.0, 0.0, br.L2.subdifferential_distance(self, beta, score, strength))


class WrongConjugate(br.L2):
    def fenchel_gap(self, beta, dual, strength):
        gap = br.L2.fenchel_gap(self, beta, dual, strength)
        return np.where(np.isclose(dual, strength.precision * beta), 0.0, 1.1 * gap)


class GapNeverCloses(br.L2):
    def fenchel_gap(self, beta, dual, strength):
        return br.L2.fenchel_gap(self, beta, dual, strength) + 1e-10


class WrongCurvature(br.L2):
    def curvature(self, size, strength):
        return 1.001 * strength.precision + 0.0 * size


class WrongGauge(br.L1):
    def gauge(self, dual, strength, slack):
        return 0.5 * br.L1.gauge(self, dual, strength, slack)


class SlopeIsWrongBetweenThePoints(br.L2):
    """Right wherever it is compared with finite differences, and not in between."""

    def slope(self, size, strength):
        there = (size**2 * strength.precision > 11.0) & (size**2 * strength.precision < 15.0)
        return strength.precision * size * np.where(there, 1.01, 1.0)


class SaysSmooth(br.L1):
    @property
    def traits(self):
        return replace(br.L1(1.0).traits, smooth=True, sparse=False)


class SaysSparse(br.L2):
    @property
    def traits(self):
        return replace(br.L2(1.0).traits, sparse=True)


class SaysDense(br.L1):
    @property
    def traits(self):
        return replace(br.L1(1.0).traits, sparse=False)


class SaysConvex(br.L1):
    """The square root of |b| is not convex, whatever it says; its other operators are those of L1."""

    def _value(self, beta, strength, xp):
        return xp.sqrt(strength.rate * xp.abs(beta))


class SaysProper(br.Flat):
    @property
    def traits(self):
        return replace(br.Flat().traits, proper=True, has_mode=True)


class SaysImproper(br.L2):
    @property
    def traits(self):
        return replace(br.L2(1.0).traits, proper=False, has_mode=True)


class ModeElsewhere(br.L2):
    def _value(self, beta, strength, xp):
        return 0.5 * strength.precision * (beta * beta - 0.01 * beta / (strength.precision + 1e-300) ** 0.5)


class WrongMoments(br.L2):
    def absolute_moments(self, strength):
        first, second = br.L2.absolute_moments(self, strength)
        return first, 1.001 * second


class EnergyGradientIsWrong(br.L1):
    """The value is right and the gradient is not: the classic mistake of a series behind a switch."""

    def _log_normalizer(self, strength, xp):
        if xp.name == "numpy":
            return br.L1._log_normalizer(self, strength, xp)
        from pytensor.gradient import disconnected_grad

        return br.L1._log_normalizer(self, Strength(disconnected_grad(strength.rate), strength.precision), xp)


class WrongQuantile(br.L1):
    def absolute_quantile(self, prob, strength):
        return 1.0001 * br.L1.absolute_quantile(self, prob, strength)


class DrawsTooWide(br.Normal):
    def _draw(self, strength, rng, size):
        return 1.03 * br.Normal._draw(self, strength, rng, size)


class DrawsOneSided(br.Normal):
    def _draw(self, strength, rng, size):
        return np.abs(br.Normal._draw(self, strength, rng, size))


class DrawsOfAnotherLaw(br.Normal):
    """Same mean size, other shape."""

    def _draw(self, strength, rng, size):
        return rng.laplace(0.0, np.sqrt(2.0 / (np.pi * strength.precision)), size)


class WrongPrior(br.L1):
    def to_prior(self, dispersion):
        return br.Laplace(dispersion**0.5 / self.lam, positive=self.positive)


class ForgetsItsOptions(br.L1):
    def to_prior(self, dispersion):
        return br.Laplace(dispersion / self.lam)


class ForgetsTheDispersion(br.L2):
    def strength(self, dispersion):
        return Strength(0.0, self.given(self.lam))

    def to_prior(self, dispersion):
        return br.Normal(self.lam**-0.5)


class PowersOfAnotherLaw(br.Normal):
    @property
    def strength_powers(self):
        return (("scale", -1.0),)


PLANTED = [
    (WritesIntoItsArgument(2.0), "elementwise"),
    (ValueSumsOverCoefficients(2.0), "elementwise"),
    (GraphValueDiffers(2.0), "graph_value"),
    (GraphNormalizerDiffers(2.0), "graph_normalizer"),
    (GradientIsLost(2.0), "graph_gradient"),
    (PriorIsNotTheDensity(3.0), "density_identity"),
    (WrongNormalizer(2.0), "normalizer"),
    (NotFlatAtZero(2.0), "flat_at_zero"),
    (ScalesOnlyAtItsOwnUnits(2.0), "scaling"),
    (AllowsNegative(2.0, positive=True), "positive"),
    (WrongProx(2.0), "prox_minimum"),
    (HardThreshold(2.0), "prox_minimum"),
    (AlmostSoftThreshold(2.0), "prox_optimal"),
    (WobblesAtZero(2.0), "prox_firm"),
    (WrongSubdifferential(2.0), "subdifferential"),
    (WrongConjugate(2.0), "fenchel_gap"),
    (WrongCurvature(2.0), "curvature"),
    (GapNeverCloses(2.0), "fenchel_zero"),
    (WrongGauge(2.0), "gauge"),
    (SlopeIsWrongBetweenThePoints(2.0), "prior_virial"),
    (SaysSparse(2.0), "implications"),
    (SaysSmooth(2.0), "smooth"),
    (SaysDense(2.0), "sparse"),
    (SaysConvex(2.0), "convex"),
    (ModeElsewhere(2.0), "mode"),
    (SaysImproper(2.0), "proper"),
    (SaysProper(), "normalizer"),
    (WrongMoments(2.0), "prior_moments"),
    (EnergyGradientIsWrong(2.0), "prior_energy"),
    (WrongQuantile(2.0), "prior_quantile"),
    (DrawsTooWide(2.0), "prior_draws"),
    (DrawsOneSided(2.0), "prior_draws"),
    (DrawsOfAnotherLaw(2.0), "prior_draws"),
    (WrongPrior(2.0), "round_trip"),
    (ForgetsItsOptions(2.0, positive=True), "round_trip"),
    (ForgetsTheDispersion(2.0), "dispersion"),
    (PowersOfAnotherLaw(2.0), "multiplied"),
]


def failing(penalty):
    case = penalty_case(penalty, 0)
    return [law.name for law in PENALTY_LAWS if law.applies(case) and next(law.faults(case), None)]


@pytest.mark.parametrize(("penalty", "law"), PLANTED, ids=[type(penalty).__name__ for penalty, _ in PLANTED])
def test_planted_error_is_caught_by_its_law(penalty, law):
    with pytest.raises(LawError, match=f"^{type(penalty).__name__}.* breaks the law '{law}': ") as caught:
        br.testing.check_penalty(penalty)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, BayesRegError)
    message = str(caught.value)
    assert "must be" in message
    assert "allowed difference" in message
    assert "Correct " in message


def test_every_law_has_a_planted_error():
    elsewhere = {law.name for law in (*MIXTURE_LAWS, *OBJECT_LAWS)}  # in test_planted_joint.py
    assert {law for _, law in PLANTED} == {law.name for law in PENALTY_LAWS} - elsewhere


@pytest.mark.parametrize(
    ("penalty", "laws"),
    [
        (GradientIsLost(2.0), ["graph_gradient"]),
        (NotFlatAtZero(2.0), ["flat_at_zero"]),
        (ScalesOnlyAtItsOwnUnits(2.0), ["scaling"]),
        (WrongProx(2.0), ["prox_minimum", "prox_optimal"]),
        (WrongSubdifferential(2.0), ["subdifferential"]),
        (WrongConjugate(2.0), ["fenchel_gap"]),
        (SaysDense(2.0), ["sparse"]),
        (SaysImproper(2.0), ["proper"]),
        (EnergyGradientIsWrong(2.0), ["prior_energy"]),
        (WrongQuantile(2.0), ["prior_quantile"]),
        (DrawsTooWide(2.0), ["prior_draws"]),
        (WrongPrior(2.0), ["round_trip"]),
        (ForgetsTheDispersion(2.0), ["dispersion"]),
        (PowersOfAnotherLaw(2.0), ["multiplied"]),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, list) else "",
)
def test_a_single_error_breaks_no_other_law(penalty, laws):
    assert failing(penalty) == laws


def test_message_shows_the_point_and_the_numbers():
    with pytest.raises(LawError) as caught:
        br.testing.check_penalty(WrongNormalizer(2.0))
    assert str(caught.value).startswith(
        "WrongNormalizer(lam=2.0) breaks the law 'normalizer': log_normalizer = log of the integral of exp(-value). "
        "At rate=2, precision=0: -0.69314"
    )
