"""Laws of the units: loss units and prior units name the same object at every dispersion."""

from __future__ import annotations

from collections.abc import Iterator

from bayesreg.penalties import Penalty, Strength
from bayesreg.testing.case import PenaltyCase
from bayesreg.testing.density_laws import EPS, has_strength
from bayesreg.testing.laws import Comparison, law

DISPERSIONS = (1e-6, 0.25, 1.0, 9.0, 1e8)


def _same(at: str, got: Strength, expected: Strength) -> Iterator[Comparison]:
    """A share of the total, as ``l1_ratio`` is, keeps either part to the rounding of the total."""
    total = abs(expected.rate) + abs(expected.precision)
    yield Comparison(f"{at}: rate", got.rate, expected.rate, EPS * total)
    yield Comparison(f"{at}: precision", got.precision, expected.precision, EPS * total)


def _options(penalty: Penalty) -> tuple[object, ...]:
    return penalty.law, penalty.positive, penalty.weights, penalty.relative_to == "sigma"


@law(look="to_prior or to_penalty")
def round_trip(case: PenaltyCase) -> Iterator[Comparison]:
    """to_prior and to_penalty keep the strength, the law and the options."""
    law = case.penalty
    for phi in DISPERSIONS:
        prior, loss = law.to_prior(phi), law.to_penalty(phi)
        faces = {"to_prior": prior, "to_penalty": loss, "to_prior, to_penalty": prior.to_penalty(phi)}
        faces["to_penalty, to_prior"] = loss.to_prior(phi)
        for name, face in faces.items():
            at = f"{name} at dispersion {phi:g}"
            yield from _same(f"{at}, strength", face.strength(phi), law.strength(phi))
            yield Comparison(f"{at}: law, positive, weights, relative_to kept", _options(face) == _options(law), True)
        if law.strength_names:
            yield Comparison(f"to_prior at dispersion {phi:g} is in prior units", prior.prior_units, True)
            yield Comparison(f"to_penalty at dispersion {phi:g} is in prior units", loss.prior_units, False)


@law(look="strength", applies=has_strength)
def dispersion(case: PenaltyCase) -> Iterator[Comparison]:
    """The strength is lam / phi, absolute, or in units of sigma, as relative_to says."""
    law, at_one = case.penalty, case.penalty.strength(1.0)
    for phi in DISPERSIONS:
        if not law.prior_units:
            expected = Strength(at_one.rate / phi, at_one.precision / phi)
        else:
            expected = at_one.scaled(phi**-0.5) if law.relative_to == "sigma" else at_one
        yield from _same(f"strength at dispersion {phi:g}", law.strength(phi), expected)


@law(look="strength_powers", applies=has_strength)
def multiplied(case: PenaltyCase) -> Iterator[Comparison]:
    """Multiplied(f) is f times as strong."""
    for factor in (1e-3, 0.7, 1.0, 40.0):
        for phi in DISPERSIONS:
            own = case.penalty.strength(phi)
            expected = Strength(own.rate * factor, own.precision * factor)
            yield from _same(
                f"multiplied({factor:g}) at dispersion {phi:g}", case.penalty.multiplied(factor).strength(phi), expected
            )


LAWS = (round_trip, dispersion, multiplied)
