"""The prior of a resolved model in words and numbers, as tables and notes quote it."""

from __future__ import annotations

from typing import Any

import numpy as np

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
    if not blocks:
        return "flat"
    named = len(blocks) > 1 or blocks[0].label != "..."
    text = ", ".join(f"{block.label}: {block.penalty.written}" if named else block.penalty.written for block in blocks)
    return text if resolved.standardize is True else f"{text}, standardize={resolved.standardize!r}"


def prior_sentences(resolved: Any) -> tuple[str, ...]:
    """Return one sentence a penalised block (law, scale, strength in loss units, phi), and one for what is flat.

    Parameters
    ----------
    resolved : Resolved
        The model's record; the numbers are those that solvers and samplers use.

    Returns
    -------
    tuple of str
        Empty where everything is flat.
    """
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
    unit = "per standard deviation of its column" if resolved.standardize is True else "on the penalty's scale"
    if resolved.standardize is False:
        unit = "per unit of its column"
    if resolved.excluded[block.columns].all():
        return f"{block.label}: forced to 0 by its penalty weight."
    if list(block.columns) == [0] and resolved.intercept:
        unit = "of the centred columns"
    law = _law(block.penalty, resolved.phi)
    weighted = "" if np.all(resolved.factor[block.columns] == 1.0) else ", times the column's penalty weight"
    phi = f"phi = {resolved.phi:.4g}, {resolved.phi_rule}" if resolved.likelihood.has_dispersion else resolved.phi_rule
    return f"Prior of {whom}: {law} {unit}{weighted} ({block.penalty.written} at {phi})."


def _law(penalty: Any, phi: float) -> str:
    """Return the law with its scale at ``phi``."""
    strength = penalty.strength(phi)
    relative = " (in units of sigma, here at sqrt(phi))" if penalty.relative_to == "sigma" else ""
    folded = ", restricted to >= 0" if penalty.positive else ""
    scale = "" if strength.rate <= 0.0 else f"{1.0 / strength.rate:.4g}"
    sd = "" if strength.precision <= 0.0 else f"{1.0 / np.sqrt(strength.precision):.4g}"
    if scale and sd:
        return f"Laplace (scale {scale}) times Normal (sd {sd}){relative}{folded}"
    kind = f"Laplace with scale {scale}" if scale else f"Normal with sd {sd}" if sd else "flat"
    return f"{kind}{relative}{folded}"


def describe_sigma(resolved: Any) -> str:
    """Return how sigma enters a posterior: the prior it is sampled under, or the value it is fixed at."""
    prior = resolved.sigma_prior
    if prior is None:
        return f"fixed at {np.sqrt(resolved.phi):.4g}"
    values = ", ".join(f"{name}={value:.4g}" for name, value in vars(prior).items())
    return f"{type(prior).__name__}({values})"
