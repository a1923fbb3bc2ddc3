"""Laws of the units: loss units and prior units name the same object at every dispersion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bayesreg.penalties import Penalty, Strength
from bayesreg.testing.density_laws import EPS, has_strength
from bayesreg.testing.laws import Comparison, law

DISPERSIONS = (1e-6, 0.25, 1.0, 9.0, 1e8)


def _same(at: str, got: Strength, expected: Strength) -> Iterator[Comparison]:
    """A share of the total, as ``l1_ratio`` is, keeps either part to the rounding of the total."""
    total = abs(expected.rate) + abs(expected.precision)
    yield Comparison(f"{at}: rate", got.rate, expected.rate, EPS * total)
    yield Comparison(f"{at}: precision", got.precision, expected.precision, EPS * total)


def _options(penalty: Penalty) -> tuple[object, ...]:
    return penalty.law, penalty.bounds, penalty.weights, penalty.relative_to == "sigma"


@law(look="to_prior or to_penalty", applies=lambda case: case.proper or case.penalty.is_flat)
def round_trip(case: Any) -> Iterator[Comparison]:
    """to_prior and to_penalty keep the strength, the law and the options."""
    law = case.penalty
    for phi in DISPERSIONS:
        if not law.prior_units and not _proper_at(law, phi):
            continue
        prior, loss = law.to_prior(phi), law.to_penalty(phi)
        faces = {"to_prior": prior, "to_penalty": loss, "to_prior, to_penalty": prior.to_penalty(phi)}
        faces["to_penalty, to_prior"] = loss.to_prior(phi)
        for name, face in faces.items():
            at = f"{name} at dispersion {phi:g}"
            yield from _same(f"{at}, strength", face.strength(phi), law.strength(phi))
            yield Comparison(f"{at}: law, bounds, weights, relative_to kept", _options(face) == _options(law), True)
        if law.strength_names:
            yield Comparison(f"to_prior at dispersion {phi:g} is in prior units", prior.prior_units, True)


def _proper_at(law: Penalty, phi: float) -> bool:
    """Whether the law is a distribution at a dispersion: a log penalty is one only where it is strong enough."""
    return bool(np.isfinite(law.absolute_quantile(0.5, law.strength(phi))).all())


@law(look="strength", applies=lambda case: not case.penalty.is_flat)
def dispersion(case: Any) -> Iterator[Comparison]:
    """In loss units phi * value does not depend on phi; in prior units the scale is absolute, or moves with sigma."""
    law, at_one = case.penalty, case.penalty.strength(1.0)
    beta = case.points(at_one)
    for phi in DISPERSIONS:
        at = f"at dispersion {phi:g}"
        if law.prior_units:
            expected = at_one.scaled(phi**-0.5) if law.relative_to == "sigma" else at_one
            yield from _same(f"strength {at}", law.strength(phi), expected)
            continue
        expected, got = law.value(beta, at_one), phi * law.value(beta, law.strength(phi))
        yield Comparison(f"phi * value {at}", got, expected, 2.0 * EPS * np.abs(expected))
        lam = law.lam_of(law.strength(phi), phi)
        yield Comparison(f"lam_of {at}", lam, getattr(law, "lam", np.nan), EPS * np.abs(lam))


@law(look="strength_powers, or weighted", applies=has_strength)
def multiplied(case: Any) -> Iterator[Comparison]:
    """Multiplied(f) is f times as strong, as weighted says."""
    for factor in (1e-3, 0.7, 1.0, 40.0):
        for phi in DISPERSIONS:
            expected = case.penalty.weighted(case.penalty.strength(phi), factor)
            got = case.penalty.multiplied(factor).strength(phi)
            yield from _same(f"multiplied({factor:g}) at dispersion {phi:g}", got, expected)


LAWS = (round_trip, dispersion, multiplied)
