"""Which conditional a law has, or why it has none: one table by the names of `REGISTRY`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.objective import Piece
from bayesreg.penalties import REGISTRY, Penalty, Strength
from bayesreg.posterior.gibbs.conditionals.base import Conditional
from bayesreg.posterior.gibbs.conditionals.bridge import BridgeConditional
from bayesreg.posterior.gibbs.conditionals.fused import FusedConditional
from bayesreg.posterior.gibbs.conditionals.group import GroupConditional
from bayesreg.posterior.gibbs.conditionals.horseshoe import HorseshoeConditional
from bayesreg.posterior.gibbs.conditionals.laplace import LaplaceConditional
from bayesreg.posterior.gibbs.conditionals.normal import NormalConditional
from bayesreg.posterior.gibbs.conditionals.pareto import ParetoConditional
from bayesreg.posterior.gibbs.conditionals.quadratic import QuadraticConditional
from bayesreg.posterior.gibbs.conditionals.r2d2 import R2D2Conditional
from bayesreg.posterior.gibbs.conditionals.regularized_horseshoe import RegularizedHorseshoeConditional
from bayesreg.posterior.gibbs.conditionals.separable import arrays
from bayesreg.posterior.gibbs.conditionals.spike_slab import SpikeSlabConditional
from bayesreg.posterior.gibbs.conditionals.spike_slab_lasso import SpikeSlabLassoConditional
from bayesreg.posterior.gibbs.conditionals.student_t import StudentTConditional

Build = Callable[[Any, Strength, int], Conditional]
"""Of a law that has met its block, its strength at scale 1, and the number of coefficients."""
USE_NUTS = "Use engine='nuts', which samples the same model."


def _plain(law: Any, strength: Strength, size: int) -> Conditional:
    rate, precision = arrays(strength, size)
    return LaplaceConditional(rate, precision, size) if np.any(rate > 0.0) else NormalConditional(precision, size)


def _bridge(law: Any, strength: Strength, size: int) -> Conditional:
    rate = arrays(strength, size)[0]
    if law.power not in (1.0, 2.0):
        return BridgeConditional(rate, law.power, size)
    return _plain(law, Strength(rate, 0.0) if law.power == 1.0 else Strength(0.0, 2.0 * rate**2), size)


def _quadratic(law: Any, strength: Strength, size: int) -> Conditional:
    rank = float(law.form.rank) if strength.precision > 0.0 else 0.0
    return QuadraticConditional(np.asarray(law.root(strength)), rank, size)


def _group(law: Any, strength: Strength, size: int) -> Conditional:
    own, together = law.lengths()
    return GroupConditional(float(own * strength.rate), float(together * strength.rate), size)


def _fused(law: Any, strength: Strength, size: int) -> Conditional:
    return FusedConditional(float(strength.rate), float(law.ratio * strength.rate), size)


def _student_t(law: Any, strength: Strength, size: int) -> Conditional:
    return StudentTConditional(arrays(strength, size)[1], float(law.freedom), size)


def _horseshoe(law: Any, strength: Strength, size: int) -> Conditional:
    return HorseshoeConditional(arrays(strength, size)[0], size)


def _regularized_horseshoe(law: Any, strength: Strength, size: int) -> Conditional:
    learns = any(latent.name == "global" for latent in law.mixture().latents)
    slab_df, rate = float(law.slab_df), float(strength.rate)
    return RegularizedHorseshoeConditional(rate, float(strength.precision), slab_df, size, has_scale=learns)


def _pareto(law: Any, strength: Strength, size: int) -> Conditional:
    rate, precision = arrays(strength, size)
    held = rate > 0.0
    unit = np.where(held, rate, 1.0) / np.where(held, precision, 1.0)
    if np.any(held & (rate * unit <= 1.0)):
        raise UnsupportedError(IMPROPER)
    return ParetoConditional(rate * unit, unit, size)


def _r2d2(law: Any, strength: Strength, size: int) -> Conditional:
    return R2D2Conditional(float(strength.precision), law.shapes, float(law.concentration), size)


def _spike_slab(law: Any, strength: Strength, size: int) -> Conditional:
    ratio = float(law.spike_scale) / float(law.slab_scale)
    return SpikeSlabConditional(arrays(strength, size)[1], ratio, float(law.inclusion), size)


def _spike_slab_lasso(law: Any, strength: Strength, size: int) -> Conditional:
    return SpikeSlabLassoConditional(arrays(strength, size)[0], law.ratio, float(law.inclusion), size)


BUILDERS: dict[str, Build] = {
    **dict.fromkeys(("Flat", "L1", "Laplace", "L2", "Normal", "ElasticNet", "ElasticNetPrior", "Dropout"), _plain),
    **dict.fromkeys(("Bridge", "GeneralizedNormal"), _bridge),
    **dict.fromkeys(("LogPenalty", "GeneralizedDoublePareto"), _pareto),
    **dict.fromkeys(("StudentT", "Cauchy"), _student_t),
    **dict.fromkeys(("Tikhonov", "MultivariateNormal", "Smooth", "RandomWalk"), _quadratic),
    **dict.fromkeys(("GPrior", "EarlyStopping"), _quadratic),
    **dict.fromkeys(("GroupLasso", "GroupLaplace", "SparseGroupLasso", "SparseGroupLaplace"), _group),
    **dict.fromkeys(("FusedLasso", "FusedLaplace"), _fused),
    "Horseshoe": _horseshoe,
    "RegularizedHorseshoe": _regularized_horseshoe,
    "R2D2": _r2d2,
    "SpikeSlab": _spike_slab,
    "SpikeSlabLasso": _spike_slab_lasso,
}
"""The laws that have a conditional."""

REASONS: dict[str, str] = {
    **dict.fromkeys(
        ("MCP", "SCAD"),
        "{name} is constant far out, which no mixture of normals is, so the Gibbs sampler has no latent variables for "
        "it. {way_out}",
    ),
    **dict.fromkeys(
        ("SLOPE", "SortedLaplace"),
        "{name} weighs coefficients by the order of their sizes, which no mixture of normals does, so the Gibbs "
        "sampler has no latent variables for it. {way_out}",
    ),
}
"""Why the others have none."""
IMPROPER = (
    "A log penalty with lam * weight <= phi is no distribution and no mixture of normals, so the Gibbs sampler has no "
    f"latent variables for it. {USE_NUTS} Or give lam > phi, or a br.GeneralizedDoublePareto."
)
BRIDGE = (
    "A bridge of exponent {power:g}, above the square, has lighter tails than a normal and is no mixture of normals, "
    f"so the Gibbs sampler has no latent variables for it. {USE_NUTS}"
)
CUT = f"The Gibbs sampler draws coefficients from normal laws, which are not cut at limits or at 0. {USE_NUTS}"


def can_sample(law: Penalty) -> str:
    """Return why the Gibbs sampler does not take a law, with the way out; empty where it does.

    Parameters
    ----------
    law : Penalty
        As it was written, or bound to its block.
    """
    name = type(law).__name__
    if name not in REGISTRY or REGISTRY[name] is not type(law):
        return f"{name} is not a law that the Gibbs sampler has latent variables for. {USE_NUTS}"
    if name in REASONS:
        return REASONS[name].format(name=name, way_out=USE_NUTS)
    if law.bounds != (-np.inf, np.inf):
        return CUT
    power = getattr(law, "power", 1.0)
    if power > 2.0:
        return BRIDGE.format(power=power)
    return IMPROPER if name == "LogPenalty" and not law.traits.proper else ""


def conditional_of(piece: Piece, unit: float) -> Conditional:
    """Return the conditional of a piece's law.

    Parameters
    ----------
    piece : Piece
        A learned strength is at scale 1 (`Piece.unit`); one that is a number is at ``piece.strength``, times ``unit``.
    unit : float
        Sigma at the model's dispersion, where the law is relative to it; else 1.

    Raises
    ------
    UnsupportedError
        If the law has none; see `can_sample`.
    """
    reason = can_sample(piece.law)
    if reason:
        raise UnsupportedError(reason)
    strength = piece.unit if piece.learned >= 0 else piece.strength.scaled(unit)
    return BUILDERS[type(piece.law).__name__](piece.law, strength, piece.at.size)
