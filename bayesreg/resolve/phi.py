"""The dispersion of a model: given, or estimated once; and the prior of sigma."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from bayesreg.blocks import Block
from bayesreg.design import Design
from bayesreg.dispersion import HalfT, Jeffreys, SigmaPrior, estimate_dispersion
from bayesreg.errors import DataError, InputError
from bayesreg.families import Gaussian, Likelihood
from bayesreg.resolve.scales import UNITS, check_size
from bayesreg.resolved import Resolved


def are_frequencies(design: Design, likelihood: Likelihood, dispersion: Any) -> bool:
    """Return whether the weights count copies of rows, or trials."""
    estimated = not isinstance(dispersion, Real)
    if design.weights is not None and design.weights_kind is None and likelihood.has_dispersion and estimated:
        raise InputError(
            "The weights have no kind, and the estimated dispersion depends on it. Say br.Weights(values, "
            "kind='precision') for variances sigma^2 / w, or kind='frequency' for w copies of a row."
        )
    return design.weights_kind == "frequency" or likelihood.counts_trials


def is_estimated(likelihood: Likelihood, dispersion: Any) -> bool:
    """Return whether phi is estimated from the data: the family has one, and no number was given."""
    return likelihood.has_dispersion and not isinstance(dispersion, Real)


def known_dispersion(
    design: Design, likelihood: Likelihood, dispersion: Any, weights: np.ndarray, offset: np.ndarray
) -> tuple[float, str, SigmaPrior | None]:
    """Return ``phi`` and the rule it comes from, 1 where it is estimated later, and the prior of sigma."""
    if likelihood.nuisance == "sigma":
        _, _, prior = known_dispersion(design, Gaussian(), _for_errors(dispersion), weights, offset)
        return 1.0, f"phi = 1 ({likelihood.name})", prior
    if not likelihood.has_dispersion:
        if not (isinstance(dispersion, str) and dispersion == "reml"):
            raise InputError(
                f"dispersion={dispersion!r} has no meaning for the {likelihood.name} family, which has phi = 1. "
                "Leave it out."
            )
        return 1.0, f"phi = 1 ({likelihood.name})", None
    if isinstance(dispersion, Real) and not isinstance(dispersion, bool):
        if not UNITS[0] < float(dispersion) < UNITS[1]:
            raise InputError(
                f"dispersion={dispersion!r} is not a variance: it must be a number > 0, from {UNITS[0]:g} to "
                f"{UNITS[1]:g}."
            )
        return float(dispersion), f"fixed by dispersion={float(dispersion):g}", None
    priors: dict[str, SigmaPrior | None] = {"reml": None, "joint": None, "jeffreys": Jeffreys()}
    if not isinstance(dispersion, SigmaPrior) and not (isinstance(dispersion, str) and dispersion in priors):
        raise InputError(
            f"dispersion={dispersion!r} is not known; allowed: a number (phi, fixed), 'reml', 'joint', 'jeffreys', "
            "or a prior for sigma: br.HalfT(df, scale), br.Exponential(rate), br.InverseGamma(a, b)."
        )
    y = design.y - offset
    center = weights @ y / weights.sum() if design.intercept else 0.0
    spread = float(np.sqrt(weights @ ((y - center) / np.abs(y).max(initial=1e-300)) ** 2 / weights.sum()))
    spread *= float(np.abs(y).max(initial=1e-300))
    if spread > 0.0:
        check_size(design.response, spread, "response")
    prior = dispersion if isinstance(dispersion, SigmaPrior) else priors[dispersion]
    if prior is None and not spread > 0.0:
        raise DataError(
            f"The response {design.response!r} has the same value in all rows that count, beyond its offset: the "
            "dispersion can not be estimated. Give it as a number, such as dispersion=1.0, or use another response."
        )
    return 1.0, "not estimated yet", prior if prior is not None else HalfT(3.0, spread)


def _for_errors(dispersion: Any) -> Any:
    """Return what says how sigma of Student-t errors is known or sampled.

    Raises
    ------
    InputError
        If it is "joint", which is of the Gaussian family.
    """
    if isinstance(dispersion, str) and dispersion == "joint":
        raise InputError(
            "dispersion='joint' is of the gaussian family. Leave it out to estimate sigma of the Student-t errors, or "
            "give sigma^2 as a number, or a prior for sigma: br.HalfT(df, scale)."
        )
    return dispersion


def estimated_phi(design: Design, known: Resolved) -> tuple[float, str]:
    """Return the estimate of ``phi`` and its rule, from a record of everything else."""
    start = int(known.intercept)
    kept = ~known.excluded[start:]
    return estimate_dispersion(
        design.X if kept.all() else design.X[:, kept],
        design.y - known.offset,
        weights=known.weights,
        frequency=known.frequency,
        intercept=known.intercept,
        free=without_prior(known.blocks, known.factor)[start:][kept],
    )


def without_prior(blocks: tuple[Block, ...], factor: np.ndarray) -> np.ndarray:
    """Return which coefficients (q,) have no prior: no penalty, strength 0 or weight 0."""
    flat = factor == 0.0
    for block in blocks:
        strength = block.penalty.strength(1.0) if block.penalty.is_given else None
        flat[block.columns] |= strength is not None and strength.rate + strength.precision <= 0.0
    return flat


def is_free_of_phi(known: Resolved) -> bool:
    """Return whether the modes of a model, and how they are found, are the same at every dispersion.

    It is so where each penalty is convex, in loss units, and of a strength in nats that is one at ``phi = 1`` over phi.
    Other laws take starting points, or the range of strengths of a path, from the width of their priors.
    """
    estimated = known.provisional and known.nuisance is not None
    return known.correction is None and not estimated and all(_is_free(block) for block in known.blocks)


def _is_free(block: Block) -> bool:
    penalty, law = block.penalty, block.law
    if penalty.prior_units or penalty.no_mode or not law.traits.convex:
        return False
    law = law if law.is_given else law.multiplied(1.0)
    one, four = law.strength(1.0), law.strength(4.0)
    in_nats = all(math.isclose(a, 4.0 * b, rel_tol=1e-15) for a, b in zip(one, four, strict=True))
    return in_nats and (law.plain or law.traits.sparse or law.root(one) is not None)


def row_information(design: Design, likelihood: Likelihood, weights: np.ndarray, phi: float) -> float:
    """Return the information of one average row about the linear predictor."""
    total = float(weights.sum())
    mean = float(weights @ design.y) / total
    with np.errstate(divide="ignore"):
        eta = likelihood.link_function(np.array([mean]))
    if not np.isfinite(eta[0]):
        eta = likelihood.link_function(np.array([(mean * total + 0.5) / (total + 1.0)]))
    return float(likelihood.curvature(eta)[0]) / phi
