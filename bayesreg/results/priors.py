"""The prior of a resolved model in words and numbers, as tables and notes quote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from bayesreg.prior_table import depends_on_reference, prior_table, references, worth_text

MOST_NAMES = 8
"""So many coefficients are named in a sentence; the others are counted."""


def describe_family(model: Any) -> str:
    """Return family and link, and for a response of labels which of them is the event."""
    family, design = model.family, model.design
    event = f", event: {design.response} = {design.levels[-1]!r}" if design.levels else ""
    return f"{family.name} ({family.link} link{event})"


def describe_penalty(resolved: Any) -> str:
    """Return the penalty as it was written, for example ``L1(lam=500)``, block by block where there are several."""
    blocks = [block for block in resolved.blocks if not block.penalty.is_flat]
    if resolved.correction is not None:
        return resolved.correction.written
    if not blocks:
        return "flat"
    named = len(blocks) > 1 or blocks[0].label != "..."
    text = ", ".join(f"{block.label}: {block.penalty.written}" if named else block.penalty.written for block in blocks)
    return text if resolved.standardize is True else f"{text}, standardize={resolved.standardize!r}"


def prior_sentences(resolved: Any) -> tuple[str, ...]:
    """Return one sentence a penalised block (law, scale, strength, phi, range of effects), and one for what is flat.

    Parameters
    ----------
    resolved : Resolved
        The model's record; the numbers are those that solvers and samplers use.

    Returns
    -------
    tuple of str
        Empty where everything is flat.
    """
    if resolved.correction is not None:
        return (f"Prior of all coefficients: {resolved.correction.law}. {resolved.correction.from_design}",)
    penalised = tuple(_sentence(resolved, block) for block in resolved.blocks if not block.penalty.is_flat)
    flat = _flat_coefficients(resolved)
    return (*penalised, f"No penalty: {_listed(flat)} (flat).") if penalised and flat else penalised


def _flat_coefficients(resolved: Any) -> list[str]:
    """Return the names of slopes without a penalty; the intercept has none unless one is given."""
    blocks = (block for block in resolved.blocks if block.penalty.is_flat)
    columns = sorted(int(j) for block in blocks for j in block.columns)
    return [resolved.coefficients[j] for j in columns if j > 0 or not resolved.intercept]


def _listed(names: list[str]) -> str:
    """Return at most `MOST_NAMES` names and the count of the others."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _sentence(resolved: Any, block: Any) -> str:
    """Describe the prior of one block."""
    alone = all(other.label in ("...", "Intercept") for other in resolved.blocks)
    whom = block.label if block.label != "..." else "each coefficient" if alone else "each other coefficient"
    if resolved.excluded[block.columns].all():
        return f"{block.label}: forced to 0 by its penalty weight."
    weighted = "" if np.all(resolved.factor[block.columns] == 1.0) else ", times the column's penalty weight"
    phi = f"phi = {resolved.phi:.4g}, {resolved.phi_rule}" if resolved.likelihood.has_dispersion else resolved.phi_rule
    law, unit, belief = _law(resolved, block), _unit(resolved, block), _belief(resolved, block)
    return (
        f"Prior of {whom}: {law} {unit}{weighted}{_cut(block.penalty)} ({block.penalty.written} at {phi})"
        f"{belief}{_coding(resolved, block)}."
    )


def _coding(resolved: Any, block: Any) -> str:
    """Say which reference levels the prior depends on."""
    factors = [name for text in references(resolved, block) if text for name in text.split(" and ")]
    return f"; it {depends_on_reference(' and '.join(dict.fromkeys(factors)))}" if factors else ""


def _unit(resolved: Any, block: Any) -> str:
    """Return what a coefficient is measured in, where the penalty sees it."""
    if list(block.columns) == [0] and resolved.intercept:
        return "of the centred columns"
    if resolved.standardize is False or block.is_group or not block.law.traits.scales_columns:
        return "per unit of its column"
    if block.metric is not None:
        return "of its columns made orthonormal"
    return "per standard deviation of its column" if resolved.standardize is True else "on the penalty's scale"


def _law(resolved: Any, block: Any) -> str:
    """Return the law with its scale at ``phi``."""
    penalty, learned = block.penalty, resolved.learned_of(block)
    if learned >= 0:
        return f"{penalty.law}, its strength learned with {resolved.learned[learned].describe()},"
    relative = " (in units of sigma, here at sqrt(phi))" if penalty.relative_to == "sigma" else ""
    improper = "" if block.law.traits.proper else " (improper)"
    return f"{_named(penalty, resolved.phi)}{relative}{improper}"


def _cut(penalty: Any) -> str:
    """Return the limits of the coefficients, which are on their own scale; empty where there are none."""
    if penalty.bounds == (-np.inf, np.inf):
        return ""
    if penalty.positive:
        return ", restricted to >= 0"
    lower, upper = penalty.bounds
    return f", each coefficient restricted to {lower:g} to {upper:g} on its own scale"


def _named(penalty: Any, phi: float) -> str:
    """Return the name of the law and its scale: as text for plain laws, else as the prior that it is written as."""
    if not penalty.plain:
        prior = penalty.to_prior(phi) if penalty.is_given and penalty.traits.proper else penalty
        return str(penalty.law) if prior.written == penalty.written else f"{penalty.law} with {_numbers(prior)}"
    strength = penalty.strength(phi)
    scale = "" if strength.rate <= 0.0 else f"{1.0 / strength.rate:.4g}"
    sd = "" if strength.precision <= 0.0 else f"{1.0 / np.sqrt(strength.precision):.4g}"
    if scale and sd:
        return f"Laplace (scale {scale}) times Normal (sd {sd})"
    return f"Laplace with scale {scale}" if scale else f"Normal with sd {sd}" if sd else "flat"


def _numbers(prior: Any) -> str:
    """Return the parameters of a prior that are numbers, such as ``scale 0.1111, q 0.5``."""
    parts = ((item.name, getattr(prior, item.name)) for item in fields(prior) if not item.kw_only)
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in parts if type(value) in (int, float))


def _belief(resolved: Any, block: Any) -> str:
    """Return the range of effects and the worth of the prior as a phrase; empty where it has none."""
    at = block.columns[(block.columns > 0) | (not resolved.intercept)]
    table = prior_table(resolved).iloc[at]
    kept = (table["proper"] & (table["law"] != "fixed at 0")).to_numpy()
    if not kept.any():
        return ""
    table, at = table[kept], at[kept]
    raw = resolved.standardize is False or not block.law.traits.scales_columns
    unit = 1.0 if raw else resolved.sd[at] if block.metric is not None else resolved.scale[at]
    effect = resolved.likelihood.effect
    ends = np.stack([table["lower"] * unit, table["upper"] * unit], axis=1)
    with np.errstate(over="ignore"):
        ranges = [f"between {low:.3g} and {high:.3g}" for low, high in (np.exp(ends) if effect else ends)]
    width = ends[:, 1] - ends[:, 0]
    first, last = int(np.argmin(width)), int(np.argmax(width))
    said = ranges[first]
    if ranges[last] != said:
        names = table["coefficient"].tolist()
        said = f"{said} ({names[first]}), up to {ranges[last]} ({names[last]})"
    worth = worth_text(table["observations"].to_numpy(), learned=resolved.learned_of(block) >= 0)
    return f": 95 % of {effect or 'effect'}s {said}{worth}"


def describe_nuisance(resolved: Any, *, sampled: bool) -> dict[str, str]:
    """Return the parameter beside the linear predictor as a line of a header: its value, or the prior it has."""
    nuisance = resolved.nuisance
    if nuisance is None:
        return {}
    if not sampled or not nuisance.sampled:
        return {nuisance.name: f"{nuisance.value:.4g} ({nuisance.rule})"}
    if nuisance.prior is None:
        return {f"prior of {nuisance.name}": describe_sigma(resolved)}
    return {f"prior of {nuisance.name}^(-1/2)": repr(nuisance.prior)}


def describe_sigma(resolved: Any) -> str:
    """Return how sigma enters a posterior: the prior it is sampled under, or the value it is fixed at."""
    prior = resolved.sigma_prior
    if prior is None:
        return f"fixed at {resolved.sigma:.4g}"
    values = ", ".join(f"{name}={value:.4g}" for name, value in vars(prior).items())
    return f"{type(prior).__name__}({values})"


def scale_by_strength(model: Any) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
    """Return what turns strengths into scales of the prior, and what these are; "" where there is no one scale.

    Parameters
    ----------
    model : Model
        With strengths that are given.
    """
    blocks = [block for block in model.resolved.blocks if not block.penalty.is_flat]
    phi = model.resolved.phi
    if len({block.source for block in blocks}) == 1 and blocks[0].law.plain:
        rate, precision = blocks[0].law.strength(phi)
        if precision <= 0.0:
            return lambda lams: phi / lams, "scale of the Laplace prior"
        if rate <= 0.0:
            return lambda lams: np.sqrt(phi / lams), "standard deviation of the Gaussian prior"
    return lambda lams: lams, ""
