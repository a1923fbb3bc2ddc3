"""Every law of joint penalties, mixtures and objects catches the error that it is there for: each is planted."""

from dataclasses import replace

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import LawError
from bayesreg.penalties.base import Face
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.testing.checks import JOINT_LAWS
from bayesreg.testing.mixture_laws import LAWS as MIXTURE_LAWS
from bayesreg.testing.object_laws import LAWS as OBJECT_LAWS

Group, Ridge, Normal = br.GroupLasso, br.Tikhonov, br.Normal
S = np.array([[2.0, 0.5], [0.5, 1.0]])


class SaysSeparable(Group):
    @property
    def traits(self):
        return replace(Group(1.0).traits, separable=True)


class SumsOverRows(Group):
    def value(self, beta, strength, xp=None):
        whole = Group.value(self, beta, strength) if xp is None else Group.value(self, beta, strength, xp)
        return whole + 0.0 * whole.sum() + (np.ndim(beta) > 1) * 0.1


class GraphDiffers(Group):
    def log_normalizer(self, strength, xp=None):
        if xp is None or xp.name == "numpy":
            return Group.log_normalizer(self, strength)
        return Group.log_normalizer(self, strength, xp) + 1e-6


class PriorIsNotTheDensity(Group):
    def log_prior(self, beta, strength, xp=None):
        return -self.value(beta, strength)


class ScalesWrongly(Group):
    def log_normalizer(self, strength, xp=None):
        whole = Group.log_normalizer(self, strength) if xp is None else Group.log_normalizer(self, strength, xp)
        return whole + 1e-3 * strength.rate


class ForgetsItsNullSpace(br.Smooth):
    @property
    def traits(self):
        return replace(br.Smooth(1.0).sized(5).traits, proper=True)


class NotConvex(Group):
    def value(self, beta, strength, xp=None):
        whole = Group.value(self, beta, strength) if xp is None else Group.value(self, beta, strength, xp)
        return whole**0.5


class ShrinksTooMuch(Group):
    def prox(self, z, strength, step=1.0):
        return 0.9 * Group.prox(self, z, strength, step)


class ShrinksTooMuchByLittle(Group):
    """The minimised objective can not tell; the subgradient can."""

    def prox(self, z, strength, step=1.0):
        return (1.0 - 1e-8) * Group.prox(self, z, strength, step)


class Wobbles(Group):
    """Rounds to seven digits, and is blind to that."""

    def prox(self, z, strength, step=1.0):
        return np.round(Group.prox(self, z, strength, step) * strength.rate, 7) / strength.rate

    def subdifferential_distance(self, beta, score, strength):
        found = Group.subdifferential_distance(self, beta, score, strength)
        return np.where(found < 1e-5 * strength.rate, 0.0, found)


class BlindToTheScore(Group):
    def subdifferential_distance(self, beta, score, strength):
        return 0.0 * Group.subdifferential_distance(self, beta, score, strength)


class GapIsTooSmall(Group):
    def fenchel_gap(self, beta, dual, strength):
        return 0.5 * Group.fenchel_gap(self, beta, dual, strength)


class GaugeIsTooSmall(Group):
    def gauge(self, dual, strength, slack):
        return 0.5 * Group.gauge(self, dual, strength, slack)


class WrongHessian(Group):
    def face(self, beta, strength):
        face = Group.face(self, beta, strength)
        return Face(face.basis, face.gradient, 2.0 * face.hessian)


class WrongNormalizer(Group):
    def log_normalizer(self, strength, xp=None):
        whole = Group.log_normalizer(self, strength) if xp is None else Group.log_normalizer(self, strength, xp)
        return whole + 1e-8


class DrawsTooWide(Group):
    def draw(self, strength, rng, size):
        return 1.03 * Group.draw(self, strength, rng, size)


class DrawsWithoutDependence(Group):
    """The marginals are right; the block is not: its coefficients are shuffled over the draws."""

    def draw(self, strength, rng, size):
        draws = Group.draw(self, strength, rng, size)
        return np.column_stack([rng.permutation(column) for column in draws.T])


class MixtureOfOtherUnits(Normal):
    def mixture(self):
        return Mixture((Latent("t", "exponential", {"rate": 1.0}),), lambda v, s, xp: xp.sqrt(v["t"]) / s.precision)


class MixtureCallsNumpy(Normal):
    def mixture(self):
        def sd(values, strength, xp):
            return (1.0 if xp.name == "numpy" else 1.0 + 1e-6) / xp.sqrt(strength.precision)

        return Mixture((), sd)


class MixtureOfAnotherLaw(Normal):
    def mixture(self):
        return Mixture((), lambda values, strength, xp: 1.0001 / xp.sqrt(strength.precision))


class MixtureDrawsTooWide(Normal):
    def mixture(self):
        return WideMixture((), lambda values, strength, xp: 1.0 / xp.sqrt(strength.precision))


class WideMixture:
    """A mixture whose density is right and whose draws are not."""

    latents = ()
    tilt = None
    continuous = True

    def __init__(self, latents, sd):
        self.whole, self.sd = Mixture(latents, sd), sd

    def __getattr__(self, name):
        return getattr(self.whole, name)

    def draw(self, strength, rng, size):
        return 1.1 * self.whole.draw(strength, rng, size)


class MomentsOfAnotherLaw(Normal):
    """Blind where it is compared with quadrature: only the mixture tells."""

    def absolute_moments(self, strength):
        first, second = Normal.absolute_moments(self, strength)
        return first, second * 1.2


class NotFrozen(Normal):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class CopiesAnother(Normal):
    def __reduce__(self):
        return (br.Normal, (2.0 * self.scale,))


class ShowsAnotherName(Normal):
    @property
    def written(self):
        return f"Gaussian(scale={self.scale})"


class SaysItHasAMode(br.R2D2):
    @property
    def traits(self):
        return replace(br.R2D2().traits, has_mode=True)


JOINT_PLANTED = [
    (SaysSeparable(2.0), "joint_traits"),
    (SumsOverRows(2.0), "joint_shape"),
    (GraphDiffers(2.0), "joint_graph"),
    (PriorIsNotTheDensity(2.0), "joint_density"),
    (ScalesWrongly(2.0), "joint_scaling"),
    (ForgetsItsNullSpace(2.0), "joint_null"),
    (NotConvex(2.0), "joint_convex"),
    (ShrinksTooMuch(2.0), "joint_prox_minimum"),
    (ShrinksTooMuchByLittle(2.0), "joint_prox_optimal"),
    (Wobbles(2.0), "joint_prox_firm"),
    (BlindToTheScore(2.0), "joint_subdifferential"),
    (GapIsTooSmall(2.0), "joint_fenchel"),
    (GaugeIsTooSmall(2.0), "joint_gauge"),
    (WrongHessian(2.0), "joint_face"),
    (WrongNormalizer(2.0), "joint_normalizer"),
    (DrawsTooWide(2.0), "joint_draws"),
    (DrawsWithoutDependence(2.0), "joint_virial"),
]
OTHERS_PLANTED = [
    (MixtureOfOtherUnits(0.5), "mixture_scaling"),
    (MixtureCallsNumpy(0.5), "mixture_graph"),
    (MixtureOfAnotherLaw(0.5), "mixture_marginal"),
    (MixtureDrawsTooWide(0.5), "mixture_draws"),
    (NotFrozen(0.5), "frozen"),
    (CopiesAnother(0.5), "copied"),
    (ShowsAnotherName(0.5), "shown"),
    (SaysItHasAMode(), "refusals"),
]


PLANTED = [*JOINT_PLANTED, *OTHERS_PLANTED]


@pytest.mark.parametrize(("penalty", "law"), PLANTED, ids=[type(penalty).__name__ for penalty, _ in PLANTED])
def test_planted_error_is_caught_by_its_law(penalty, law):
    with pytest.raises(LawError, match=f"breaks the law '{law}': "):
        br.testing.check_penalty(penalty)


def test_mean_variance_of_a_mixture_is_compared():
    law = next(law for law in MIXTURE_LAWS if law.name == "mixture_moments")
    from bayesreg.testing.case import penalty_case

    assert not list(law.faults(penalty_case(br.Laplace(0.5), 0)))
    assert list(law.faults(penalty_case(MomentsOfAnotherLaw(0.5), 0)))


def test_every_law_has_a_planted_error():
    shared = {"round_trip", "dispersion", "multiplied", "mixture_moments"}
    assert {law for _, law in JOINT_PLANTED} | {law for _, law in OTHERS_PLANTED} | shared == {
        law.name for law in (*JOINT_LAWS, *MIXTURE_LAWS, *OBJECT_LAWS)
    }
