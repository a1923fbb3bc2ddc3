"""Fill in every default of a model, once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bayesreg.blocks import Block, make_blocks, penalty_weights
from bayesreg.corrections import jeffreys, refuse_others, without_correction
from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.families import Family, Likelihood
from bayesreg.learned import Columns, Learned, learn
from bayesreg.marks import marked_terms
from bayesreg.matrices import dense_columns
from bayesreg.penalties import BlockData, Strength
from bayesreg.resolve.nuisance import estimate_nuisance, known_nuisance
from bayesreg.resolve.phi import are_frequencies, estimated_phi, is_estimated, known_dispersion, row_information
from bayesreg.resolve.scales import check_columns, check_size, columns_of, penalty_scale, unseen_columns
from bayesreg.resolved import PenaltySpec, Resolved, Standardize


def resolve(
    design: Design, family: Family, penalty: PenaltySpec, *, standardize: Standardize = True, dispersion: Any = "reml"
) -> Resolved:
    """Fill in every default of a model: blocks, scales, dispersion, strengths; see `resolve_known`."""
    known = resolve_known(design, family, penalty, standardize=standardize, dispersion=dispersion)
    return complete(design, known)


def resolve_known(
    design: Design, family: Family, penalty: PenaltySpec, *, standardize: Standardize = True, dispersion: Any = "reml"
) -> Resolved:
    """Fill in every default of a model but a dispersion that is to be estimated, which stands at 1; see `complete`.

    Parameters
    ----------
    design : Design
    family : Family
    penalty : Penalty, mapping of term to Penalty, or None
    standardize : bool or "numeric"
    dispersion : float, SigmaPrior or {"reml", "joint", "jeffreys"}

    Raises
    ------
    InputError
        If the penalty names unknown terms, or an option has a value that is not allowed.
    DataError
        If the response is outside the family's support, or a column can not be standardised.
    """
    likelihood = family.likelihood
    _check_labels(design, likelihood)
    likelihood.check_response(design.y, design.response)
    likelihood.check_weights(design.y, design.weights, design.weights_kind, design.response)
    names, terms = _names(design)
    penalty, corrected = without_correction(penalty, likelihood)
    blocks = make_blocks(penalty, names, terms, intercept=design.intercept, marked=marked_terms(design.marks))
    refuse_others(corrected and not all(block.penalty.is_flat for block in blocks))
    factor = penalty_weights(blocks, names, terms)
    excluded = np.isinf(factor)
    center, sd, size = columns_of(design)
    scale = penalty_scale(design, blocks, sd, standardize)
    if design.again:
        excluded = excluded | unseen_columns(design, blocks, sd)
        factor = np.where(excluded, np.inf, factor)
    check_columns(design, names, sd, scale, excluded)
    weights = np.ones(design.n) if design.weights is None else design.weights
    check_size("weights", float(weights.max()), "weights")
    frequency = are_frequencies(design, likelihood, dispersion)
    offset = np.zeros(design.n) if design.offset is None else design.offset
    phi, rule, sigma_prior = known_dispersion(design, likelihood, dispersion, weights, offset)
    nuisance, open_nuisance = known_nuisance(design.y - offset, family, dispersion, weights)
    likelihood = likelihood if nuisance is None else likelihood.at(nuisance.value)
    blocks, factor = _bind(design, blocks, factor, center, scale, weights, standardize, phi)
    strength, relative, lower, upper = _strengths(blocks, factor, scale, excluded, phi)
    learned, unit, relative = _learned(design, likelihood, blocks, relative, weights, size, scale, factor, center)
    return Resolved(
        coefficients=names,
        terms=terms,
        intercept=design.intercept,
        family=family,
        blocks=blocks,
        strength=strength,
        sigma_relative=relative & likelihood.has_dispersion,
        lower=lower,
        upper=upper,
        excluded=excluded,
        center=center,
        sd=sd,
        size=size,
        scale=scale,
        factor=factor,
        phi=phi,
        phi_rule=rule,
        sigma_prior=sigma_prior,
        weights=weights,
        offset=offset,
        frequency=frequency,
        standardize=standardize,
        row_information=row_information(design, likelihood, weights, phi),
        learned=learned,
        unit=unit,
        references=(("",) if design.intercept else ()) + (design.references or ("",) * design.p),
        correction=jeffreys(design, likelihood, center, size, weights, offset) if corrected else None,
        provisional=is_estimated(likelihood, dispersion) or open_nuisance,
        nuisance=nuisance,
    )


def complete(design: Design, known: Resolved) -> Resolved:
    """Return a record at the estimate of the dispersion that it leaves open; one that leaves none open as it is.

    Raises
    ------
    DataError
        If the columns explain the response perfectly, so that there is no estimate.
    """
    if not known.provisional:
        return known
    if known.nuisance is not None:
        found = estimate_nuisance(design, known)
        information = row_information(design, known.family.likelihood.at(found.value), known.weights, known.phi)
        return replace(known, nuisance=found, row_information=information, provisional=False)
    phi, rule = estimated_phi(design, known)
    one = np.ones_like(known.factor)
    blocks, _ = _bind(design, known.blocks, one, known.center, known.scale, known.weights, known.standardize, phi)
    return replace(
        known,
        blocks=blocks,
        phi=phi,
        phi_rule=rule,
        strength=_strengths(blocks, known.factor, known.scale, known.excluded, phi)[0],
        row_information=known.row_information / phi,
        provisional=False,
    )


def _learned(
    design: Design,
    likelihood: Likelihood,
    blocks: tuple[Block, ...],
    relative: np.ndarray,
    weights: np.ndarray,
    size: np.ndarray,
    scale: np.ndarray,
    factor: np.ndarray,
    center: np.ndarray,
) -> tuple[tuple[Learned, ...], Strength, np.ndarray]:
    """Return the learned strengths, the unit strengths (q,), and which strengths move with sigma (q,)."""
    columns = Columns(
        centred=lambda at: _centred(design, at - int(design.intercept), center[at], "the prior of a learned strength"),
        weights=weights,
        size=size,
        scale=scale,
        factor=factor,
        excluded=np.isinf(factor),
        intercept=design.intercept,
        has_dispersion=likelihood.has_dispersion,
    )
    learned, unit = learn(blocks, columns)
    relative = relative.copy()
    for one in learned:
        relative[one.columns] = one.relative
    return learned, unit, relative


def _names(design: Design) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the coefficients and their terms (q,)."""
    first = ("Intercept",) if design.intercept else ()
    if design.intercept and "Intercept" in design.names:
        raise DataError(
            "A column is called 'Intercept', which is the name of the model's intercept. Rename the column."
        )
    names = first + design.names
    return names, names if design.terms is design.names else first + design.terms


def _picked(texts: tuple[str, ...], at: np.ndarray) -> tuple[str, ...]:
    """Return the texts at increasing positions."""
    together = at.size > 0 and at[-1] - at[0] + 1 == at.size
    return texts[at[0] : at[-1] + 1] if together else tuple(texts[j] for j in at.tolist())


def _strengths(
    blocks: tuple[Block, ...], factor: np.ndarray, scale: np.ndarray, excluded: np.ndarray, phi: float
) -> tuple[Strength, np.ndarray, np.ndarray, np.ndarray]:
    """Return strengths at ``phi``, whether they move with sigma, and the limits of the coefficients, each (q,)."""
    count = factor.size
    rate, precision, relative = np.zeros(count), np.zeros(count), np.zeros(count, dtype=bool)
    lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
    for block in blocks:
        at = block.columns
        law = block.law if block.law.is_given else block.law.multiplied(1.0)
        strength = law.weighted(law.strength(phi), np.where(excluded[at], 0.0, factor[at]))
        if law.traits.separable:
            strength = strength.scaled(scale[at])
        rate[at], precision[at] = strength
        relative[at] = block.penalty.relative_to == "sigma"
        lower[at], upper[at] = block.penalty.bounds
    return Strength(rate, precision), relative, lower, upper


def _bind(
    design: Design,
    blocks: tuple[Block, ...],
    factor: np.ndarray,
    center: np.ndarray,
    scale: np.ndarray,
    weights: np.ndarray,
    standardize: Standardize,
    phi: float,
) -> tuple[tuple[Block, ...], np.ndarray]:
    """Return the blocks with the laws that their penalties are for this design, and the weights (q,)."""
    start, factor, bound = int(design.intercept), factor.copy(), []
    names, terms = _names(design)
    for block in blocks:
        at = block.columns
        data = BlockData(
            names=_picked(names, at),
            terms=_picked(terms, at),
            columns=partial(_centred, design, at - start, center[at], type(block.penalty).__name__),
            weights=weights,
            scale=scale[at],
            standardize=standardize is not False,
            phi=phi,
            frequency=design.weights_kind == "frequency",
            center=center[at] if design.intercept else None,
        )
        law, metric, strengthened = block.penalty.bind(data)
        factor[at] = factor[at] * strengthened
        bound.append(replace(block, law=law, metric=metric))
    return tuple(bound), factor


def _centred(design: Design, columns: np.ndarray, center: np.ndarray, what: str) -> np.ndarray:
    return dense_columns(design.X, columns, what=what) - center


def _check_labels(design: Design, likelihood: Likelihood) -> None:
    if design.levels is not None and likelihood.name != "bernoulli":
        raise DataError(
            f"The response {design.response!r} has the labels {', '.join(map(repr, design.levels))}, and the "
            f"{likelihood.name} family needs numbers. For two labels use family='bernoulli' (the last label is the "
            "event); text that holds numbers is converted with pandas.to_numeric."
        )
