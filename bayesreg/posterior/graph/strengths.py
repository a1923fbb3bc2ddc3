"""Sigma and the learned strengths as variables of the graph, each under its prior."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import numpy as np

from bayesreg.dispersion import Exponential, HalfT, InverseGamma, SigmaPrior
from bayesreg.hyperpriors import Hyperprior
from bayesreg.learned import Learned, scales_of_r2
from bayesreg.posterior.strengths import lam_terms
from bayesreg.resolved import Resolved
from bayesreg.xp import pytensor_namespace

SYMBOLS = {"scale": "tau", "rate": "rate", "sd": "sd", "R2": "R2"}
"""The names of the free variables by the quantity that has the density."""


def sigma_variable(resolved: Resolved) -> Any:
    """Return sigma as a free variable under its prior, or as a number."""
    prior = resolved.sigma_prior
    if prior is None:
        return np.float64(resolved.sigma)
    import pymc as pm

    return _SIGMA.get(type(prior), _jeffreys)(pm, prior)


def shape_variable(resolved: Resolved) -> Any:
    """Return the shape of negative binomial counts: from a free variable under its prior, or a number; None: no shape.

    The free variable ``spread`` is ``shape^(-1/2)``, which the prior is a density of.
    """
    nuisance = resolved.nuisance
    if nuisance is None or nuisance.name != "shape":
        return None
    if not nuisance.sampled or nuisance.prior is None:
        return np.float64(nuisance.value)
    import pymc as pm

    spread = _density("spread", nuisance.prior, nuisance.value**-0.5)
    return pm.Deterministic("shape", spread ** np.float64(-2.0))


def _half_t(pm: Any, prior: HalfT) -> Any:
    return pm.HalfStudentT("sigma", nu=np.float64(prior.df), sigma=np.float64(prior.scale))


def _exponential(pm: Any, prior: Exponential) -> Any:
    return pm.Exponential("sigma", lam=np.float64(prior.rate))


def _inverse_gamma(pm: Any, prior: InverseGamma) -> Any:
    """The square is inverse gamma; the density of sigma itself carries the factor ``2 sigma``."""
    xp = pytensor_namespace()
    sigma = pm.HalfFlat("sigma", initval=float(np.sqrt(prior.b / (prior.a + 0.5))))
    pm.Potential("sigma_prior", prior.log_density(sigma, xp))
    return sigma


def _jeffreys(pm: Any, prior: SigmaPrior) -> Any:
    sigma = pm.HalfFlat("sigma", initval=1.0)
    pm.Potential("sigma_prior", prior.log_density(sigma, pytensor_namespace()))
    return sigma


_SIGMA: dict[type[SigmaPrior], Any] = {HalfT: _half_t, Exponential: _exponential, InverseGamma: _inverse_gamma}


def scale_variables(resolved: Resolved) -> Any:
    """Return the scales (L,) of the learned strengths, from free variables under their hyperpriors; None: none.

    The free variables are the quantities that the hyperpriors are densities of; ``scale`` and ``lam`` (loss
    units) follow from them, along the dimension "strength".
    """
    learned = resolved.learned
    if not learned:
        return None
    import pymc as pm
    import pytensor.tensor as pt

    alone, named = len(learned) == 1, suffixes(resolved)
    scales: dict[int, Any] = {}
    for k, one in enumerate(learned):
        if not one.shared:
            name = SYMBOLS[one.hyperprior.quantity] + ("" if alone else f"_{named[one.label]}")
            scales[k] = one.scale_of(_quantity(name, one), pytensor_namespace())
    shared = [k for k, one in enumerate(learned) if one.shared]
    if shared:
        r2 = _quantity("R2", learned[shared[0]])
        shares = pm.Dirichlet("R2_shares", a=np.ones(len(shared)))
        scales |= dict(zip(shared, scales_of_r2(learned, r2, shares, pytensor_namespace()), strict=True))
    scale = pm.Deterministic("scale", pt.stack([scales[k] for k in range(len(learned))]), dims="strength")
    terms = [lam_terms(resolved, k) for k in range(len(learned))]
    lam = [
        sum((c * scale[k] ** np.float64(-p) for c, p in some), np.float64(0.0)) if some else np.float64(np.nan)
        for k, some in enumerate(terms)
    ]
    pm.Deterministic("lam", pt.stack(lam), dims="strength")
    return scale


def suffixes(resolved: Resolved) -> dict[str, str]:
    """Return each block's label as part of a variable's name: letters, digits and underscores, unique.

    Samplers read commas and brackets in the names of variables as their own.
    """
    labels = dict.fromkeys([*(block.label for block in resolved.blocks), *(one.label for one in resolved.learned)])
    found: dict[str, str] = {}
    for label in labels:
        name = "rest" if label == "..." else re.sub(r"\W+", "_", label).strip("_") or "block"
        taken = set(found.values())
        number = next(number for number in count(1) if (name if number == 1 else f"{name}_{number}") not in taken)
        found[label] = name if number == 1 else f"{name}_{number}"
    return found


def _quantity(name: str, one: Learned) -> Any:
    """Return the quantity of the hyperprior of a learned strength as a free variable."""
    return _density(name, one.hyperprior, one.hyperprior.quantile(0.5))


def _density(name: str, prior: Hyperprior, start: float) -> Any:
    """Return what a hyperprior is the density of as a free variable with its log density."""
    import pymc as pm
    from pymc.distributions import transforms

    xp = pytensor_namespace()

    def logp(value: Any, zero: Any) -> Any:
        return prior.log_density(value - zero, xp)

    def random(zero: Any, rng: np.random.Generator, size: Any = None) -> np.ndarray:
        return zero + prior.draw(rng, () if size is None else tuple(np.atleast_1d(size)))

    return pm.CustomDist(
        name,
        np.float64(0.0),
        logp=logp,
        random=random,
        signature="()->()",
        initval=start,
        default_transform=transforms.logodds if prior.quantity == "R2" else transforms.log,
    )
