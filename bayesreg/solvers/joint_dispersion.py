"""The dispersion at the joint mode of ``(beta, log sigma)``, with the strengths relative to sigma."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import UnsupportedError
from bayesreg.objective import LogJoint
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import find_mode

MAX_ROUNDS = 1000


def resolve_dispersion(design: Design, resolved: Resolved, dispersion: Any) -> Resolved:
    r"""Return the model with ``phi`` at the joint mode where ``dispersion="joint"``, else unchanged.

    With ``L = sum rate |b|`` and ``R = RSS + sum precision b^2`` in units of sigma, and ``m = n + r`` for
    ``r`` penalised coefficients, sigma given the coefficients is
    ``(L + sqrt(L^2 + 4 m R)) / (2 m)``; alternating with the mode of the coefficients reaches the only
    maximum, because the log joint is concave in ``(beta / sigma, 1 / sigma)``.

    Raises
    ------
    UnsupportedError
        If a penalty is not relative to sigma in its own units: the joint mode is then not unique, or the
        prior would depend on the answer.
    """
    if not (isinstance(dispersion, str) and dispersion == "joint"):
        return resolved
    for block in resolved.blocks:
        law, fixed = block.penalty, ("scale", "rate", "precision")
        if not block.law.plain or law.bounds not in ((-np.inf, np.inf), (0.0, np.inf)):
            what = type(law).__name__ if not block.law.plain else f"{type(law).__name__} with limits"
            raise UnsupportedError(
                f"dispersion='joint' is known for absolute values and squares, and not for {what}. Use br.L2, "
                "br.Normal, br.Laplace or br.ElasticNetPrior with relative_to='sigma', or dispersion='reml'."
            )
        in_units = law.strength_names and (law.strength_names[0] in fixed or type(law).__name__ == "L2")
        if not law.is_flat and not (law.relative_to == "sigma" and in_units and law.is_given):
            raise UnsupportedError(
                f"dispersion='joint' needs priors in units of sigma, and {law.written} is not: with an absolute prior "
                "the joint mode of (beta, log sigma) need not be unique. Use relative_to='sigma' with br.L2, "
                "br.Normal, br.Laplace or br.ElasticNetPrior, or dispersion='reml'."
            )
    sigma0, base = np.sqrt(resolved.phi), resolved.strength
    count = resolved.observations + np.count_nonzero(base.rate + base.precision > 0.0)
    sigma = sigma0
    for _ in range(MAX_ROUNDS):
        current = _at(resolved, sigma, sigma0)
        joint, beta = LogJoint(design, current), find_mode(design, current).beta
        gamma = beta.copy()
        if resolved.intercept:
            gamma[0] += resolved.center @ beta
        linear = float(base.rate @ np.abs(gamma)) * sigma0
        squares = 2.0 * joint.loss(beta) + float(base.precision @ gamma**2) * resolved.phi
        new = (linear + np.sqrt(linear**2 + 4.0 * count * squares)) / (2.0 * count)
        if abs(new - sigma) <= 1e-14 * sigma:
            break
        sigma = new
    return replace(_at(resolved, sigma, sigma0), phi_rule="joint mode of (beta, log sigma)")


def _at(resolved: Resolved, sigma: float, sigma0: float) -> Resolved:
    return replace(resolved, phi=float(sigma**2), strength=resolved.strength.scaled(sigma0 / sigma))
