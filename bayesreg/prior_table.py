"""The prior of every coefficient of a resolved model, in both units, as a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesreg.blocks import Block
from bayesreg.learned import central_scales
from bayesreg.penalties import Penalty, Separable, Strength
from bayesreg.resolved import Resolved

ANY_CODING = ("GroupLasso", "GroupLaplace", "GPrior")
"""Penalties that do not depend on how a factor is coded, where columns are standardised."""


def prior_table(resolved: Resolved, level: float = 0.95) -> pd.DataFrame:
    """Return a row a coefficient: law, strength in both units, central range, propriety, worth.

    Columns
    -------
    term, coefficient, law : str
    relative_to : "sigma" or ""
        Whether the scale moves with sigma; the numbers are at ``sqrt(phi)``.
    learned : str
        The prior of a strength that is learned; "" where it is given. ``lam``, the scales and the worth are at its
        median.
    lam : float
        Strength in loss units, on the scale the penalty acts on; nan where the law has none.
    scale, scale_standardized : float
        Laplace scale, else the prior standard deviation (where that is infinite, the scale of the law) of the raw
        coefficient, and per standard deviation of its column.
    lower, upper : float
        Central range of the raw coefficient that holds ``level`` of the prior; a learned strength is integrated
        over its prior (to a relative error of about 1e-5), sigma is at ``sqrt(phi)``.
    effect_lower, effect_upper : float
        The same per standard deviation of the column (of a level, for the effects of a group), as odds or rate
        ratio; nan where it has no name.
    effect : str
        "odds ratio", "rate ratio" or "".
    proper, has_mode : bool
    observations : float
        Worth of the prior: its information over that of one row about the coefficient,
        ``n / (E b^2 x_j'V x_j / phi)`` at the null model's curvature.
    belief : str
        What the range and the worth say of a slope, per standard deviation of its column, or of a level.
    note : str
        Whether the prior depends on the design, or on the reference level of a factor and what does not.
    """
    rows = [_rows(_at_median(resolved), block, level) for block in resolved.blocks]
    order = np.argsort(np.concatenate([block.columns for block in resolved.blocks]))
    table = pd.DataFrame({name: [one for part in rows for one in part[name]] for name in rows[0]}).iloc[order]
    if resolved.correction is not None:
        correction = resolved.correction
        table = table.assign(law=correction.law, proper=correction.proper, note=correction.from_design)
    return table.reset_index(drop=True)


def prior_units(resolved: Resolved) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns ``lam`` and ``scale`` (q,) of `prior_table` alone."""
    at_median = _at_median(resolved)
    found = np.empty((2, len(resolved.coefficients)))
    for block in resolved.blocks:
        found[:, block.columns] = _lam(at_median, block), _moments(at_median, block)[0]
    return found[0], found[1]


def _at_median(resolved: Resolved) -> Resolved:
    """Return the record with learned strengths at their medians."""
    return resolved.at_scales(central_scales(resolved.learned)) if resolved.learned else resolved


def _lam(resolved: Resolved, block: Block) -> np.ndarray:
    """Return strengths (d,) in loss units; infinite where the coefficient is fixed at 0."""
    found = block.law.lam_of(resolved.standardized(block), resolved.phi)
    return np.where(resolved.excluded[block.columns], np.inf, found)


def _rows(resolved: Resolved, block: Block, level: float) -> dict[str, list[Any]]:
    """Return the rows of a block, by column a list (d,)."""
    at, law = block.columns, block.law
    out, flat, proper = _kinds(resolved, block)
    scale, second = _moments(resolved, block)
    lower, upper = _range(resolved, block, level)
    learned = resolved.learned_of(block)
    observations = _worth(second, resolved, at)
    step = np.ones(at.size) if block.is_group else resolved.sd[at]
    found = {
        "term": [resolved.terms[j] for j in at.tolist()],
        "coefficient": [resolved.coefficients[j] for j in at.tolist()],
        "law": np.where(out, "fixed at 0", np.where(flat, "flat", _name(law))),
        "relative_to": np.where(resolved.sigma_relative[at] & ~flat & ~out, "sigma", ""),
        "learned": resolved.learned[learned].describe() if learned >= 0 else "",
        "lam": _lam(resolved, block),
        "scale": scale,
        "scale_standardized": scale * resolved.sd[at],
        "lower": lower,
        "upper": upper,
        "effect_lower": _ratio(lower * step, resolved),
        "effect_upper": _ratio(upper * step, resolved),
        "effect": resolved.likelihood.effect,
        "proper": proper | out,
        "has_mode": out | flat | (not law.no_mode),
        "observations": observations,
        "belief": _beliefs(resolved, block, proper, (lower * step, upper * step), observations, level),
        "note": [
            "; ".join(part for part in (block.penalty.from_design, depends_on_reference(factor)) if part)
            for factor in references(resolved, block)
        ],
    }
    return {name: np.broadcast_to(np.asarray(values), at.shape).tolist() for name, values in found.items()}


def references(resolved: Resolved, block: Block) -> list[str]:
    """Return for each coefficient (d,) of a block the factors whose reference level its prior depends on, or ""."""
    any_coding = type(block.penalty).__name__ in ANY_CODING and resolved.standardize is not False
    unaffected = block.penalty.is_flat or any_coding
    return ["" if unaffected or resolved.excluded[j] else resolved.references[j] for j in block.columns]


def depends_on_reference(factors: str) -> str:
    """Return the sentence on factors joined by "and"; empty for none.

    Examples
    --------
    >>> depends_on_reference("C(site)")
    'depends on the reference level of C(site); full(C(site)) does not'
    """
    if not factors:
        return ""
    other = [name if name.startswith("C(") else f"C({name})" for name in factors.split(" and ")]
    whole = " and ".join(f"full({name})" for name in other)
    return f"depends on the reference level of {factors}; {whole} {'do' if len(other) > 1 else 'does'} not"


def _kinds(resolved: Resolved, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which coefficients (d,) are fixed at 0, are flat, and have a proper prior."""
    at, law = block.columns, block.law
    out = resolved.excluded[at]
    bounded = np.isfinite(resolved.lower[at]) & np.isfinite(resolved.upper[at])
    flat = resolved.free[at] & ~bounded & ~out
    return out, flat, ~flat & (law.traits.proper | (law.is_flat & bounded)) & ~out


def _moments(resolved: Resolved, block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Return scales of the law and second moments (d,) of raw coefficients; infinite where it is not proper."""
    law, (out, _, proper) = block.law, _kinds(resolved, block)
    scale = second = np.zeros(proper.size)
    if not isinstance(law, Separable):
        strength = _first(resolved.strength, block)
        if _is_wide(law, strength):
            width = _widths(resolved, block)
            second = np.broadcast_to(law.absolute_moments(strength)[1], width.shape) * width**2
            scale = _sd(second, strength) * np.where(np.isfinite(second), 1.0, width)
    elif proper.any():
        safe = _safe(resolved, block, proper)
        second = np.broadcast_to(law.absolute_moments(safe)[1], proper.shape)
        scale = 1.0 / safe.rate if law.law == "Laplace" and law.limits is None else _sd(second, safe)
    return _known(scale, out, proper, np.inf), _known(second, out, proper, np.inf)


def _range(resolved: Resolved, block: Block, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (d,) of the central ranges of raw coefficients; infinite where the prior is not proper."""
    law, (out, _, proper) = block.law, _kinds(resolved, block)
    ends = tuple(np.zeros((2, proper.size)))
    if resolved.learned_of(block) >= 0 and proper.any():
        ends = _learned_range(resolved, block, proper, level)
    elif not isinstance(law, Separable):
        strength = _first(resolved.strength, block)
        if _is_wide(law, strength):
            bound = law.absolute_quantile(level, strength) * _widths(resolved, block)
            ends = -bound, bound
    elif proper.any():
        ends = law.central_range(level, _safe(resolved, block, proper))
    return _known(ends[0], out, proper, 0.0 if law.positive else -np.inf), _known(ends[1], out, proper, np.inf)


def _known(values: np.ndarray, out: np.ndarray, proper: np.ndarray, improper: float) -> np.ndarray:
    """Return values (d,) where the prior is proper, 0 where the coefficient is fixed there, and else ``improper``."""
    return np.where(out, 0.0, np.where(proper, values, improper))


def _first(strength: Strength, block: Block) -> Strength:
    """Return the strength of a joint law: that of its first coefficient."""
    one = strength.at(block.columns)
    return Strength(float(one.rate[0]), float(one.precision[0]))


def _is_wide(law: Penalty, strength: Strength) -> bool:
    """Whether a joint law is proper and has a strength."""
    return law.traits.proper and strength.rate + strength.precision > 0.0


def _safe(resolved: Resolved, block: Block, proper: np.ndarray) -> Strength:
    """Return strengths (d,) of a separable law, any where it is not proper."""
    strength, off = resolved.strength.at(block.columns), 0.0 if block.law.is_flat else 1.0
    return Strength(np.where(proper, strength.rate, off), np.where(proper, strength.precision, off))


def _learned_range(resolved: Resolved, block: Block, proper: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (d,) of the central ranges, with the block's strength integrated over its prior."""
    from bayesreg.learned_range import absolute_quantile, quantile_within, scale_nodes

    law, at, k = block.law, block.columns, resolved.learned_of(block)
    scale, weight = scale_nodes(resolved.learned, k)
    scales = (scale * (np.sqrt(resolved.phi) if resolved.learned[k].relative else 1.0), weight)
    unit, low, high = resolved.unit.at(at), 0.5 * (1.0 - level), 0.5 * (1.0 + level)
    ends = np.zeros((2, at.size))
    if not isinstance(law, Separable):
        bound = absolute_quantile(law, _first(resolved.unit, block), scales, (level,))[0] * _widths(resolved, block)
        return -bound, bound
    if law.limits is not None:
        ends[:, proper] = quantile_within(law.limits, unit.at(proper), scales, (low, high))
    elif law.positive:
        ends[:, proper] = absolute_quantile(law, unit.at(proper), scales, (low, high))
    else:
        ends[:, proper] = np.array([[-1.0], [1.0]]) * absolute_quantile(law, unit.at(proper), scales, (level,))
    return ends[0], ends[1]


def _widths(resolved: Resolved, block: Block) -> np.ndarray:
    """Return by how much (d,) raw coefficients are wider than what a joint law acts on."""
    if block.metric is None:
        return 1.0 / np.where(resolved.scale[block.columns] > 0.0, resolved.scale[block.columns], 1.0)
    return np.asarray(np.linalg.norm(np.linalg.inv(block.metric), axis=1))


def _sd(second: np.ndarray, strength: Strength) -> np.ndarray:
    """Return the standard deviation, or the scale of a law that has none."""
    rate = np.asarray(strength.rate, dtype=float)
    precision = np.asarray(strength.precision, dtype=float)
    with np.errstate(divide="ignore"):
        own = np.where(rate > 0.0, 1.0 / rate, precision**-0.5)
    return np.asarray(np.where(np.isfinite(second), np.sqrt(second), own))


def _name(law: Penalty) -> str:
    folded = {"Laplace": "Exponential", "Normal": "HalfNormal", "ElasticNet": "folded ElasticNet"}
    if law.positive:
        return folded.get(law.law, f"folded {law.law}")
    return f"{law.law} within limits" if isinstance(law, Separable) and law.limits is not None else law.law


def _beliefs(
    resolved: Resolved,
    block: Block,
    proper: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    observations: np.ndarray,
    level: float,
) -> list[str]:
    """Return a phrase for each slope with a proper prior, "" for the others."""
    effect, at, learned = resolved.likelihood.effect, block.columns, resolved.learned_of(block) >= 0
    ranges = np.stack(ends, axis=1)
    with np.errstate(over="ignore"):
        ranges = np.exp(ranges) if effect else ranges
    unit = "of a level" if block.is_group else "per sd"
    said = f"{100.0 * level:g} % of {effect or 'effect'}s {unit} between "
    slope = proper & ((at > 0) | (not resolved.intercept))
    return [
        f"{said}{low:.3g} and {high:.3g}{worth_text(worth, learned=learned)}" if shown else ""
        for (low, high), worth, shown in zip(ranges, observations[:, None], slope, strict=True)
    ]


def worth_text(observations: np.ndarray, *, learned: bool = False) -> str:
    """Return the worth of a prior in observations, from that of each coefficient, as the end of a phrase."""
    low, high = (f"{at:,.0f}" if at >= 10.0 else f"{at:.2g}" for at in (observations.min(), observations.max()))
    if high == "0":
        return ""
    where = " at its median strength" if learned else ""
    return f"; worth about {low if low == high else f'{low} to {high}'} observation{'' if high == '1' else 's'}{where}"


def _ratio(bound: np.ndarray, resolved: Resolved) -> np.ndarray:
    if not resolved.likelihood.effect:
        return np.full(bound.shape, np.nan)
    with np.errstate(over="ignore"):
        return np.exp(bound)


def _worth(second: np.ndarray, resolved: Resolved, at: np.ndarray) -> np.ndarray:
    """Prior precision over the information of one average row, at the null model."""
    information = resolved.row_information * resolved.size[at] ** 2
    with np.errstate(divide="ignore"):
        return np.where(np.isinf(second), 0.0, 1.0 / (second * information))
