"""The PyMC graph of a model: the only file that names PyMC's distributions.

The prior of ``beta`` is the log joint's own `log_prior`, evaluated on PyTensor variables, and the
likelihood is PyMC's; a test holds the sum against the log joint in NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.dispersion import Exponential, HalfT, InverseGamma, SigmaPrior
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.objective import log_likelihood, log_prior, penalised
from bayesreg.posterior.coordinates import Coordinates
from bayesreg.resolved import Resolved
from bayesreg.xp import pytensor_namespace

REPRESENTATIONS = ("direct",)


def build_graph(
    design: Design,
    resolved: Resolved,
    *,
    representation: str = "direct",
    coordinates: Coordinates | None = None,
) -> Any:
    """Return a `pymc.Model` whose free variables are ``beta`` (coef) and, where it is sampled, ``sigma``.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    representation : {"direct"}
        How the prior is written: "direct" is the density of the coefficients itself.
    coordinates : Coordinates, optional
        Sample ``beta`` in these affine coordinates; the variable, its prior and its draws stay on the
        user's scale.

    Raises
    ------
    InputError
        If the representation is not known.
    """
    if representation not in REPRESENTATIONS:
        raise InputError(f"representation={representation!r} is not known; allowed: 'direct'.")
    import pymc as pm

    kept = np.flatnonzero(~resolved.excluded)
    names = [resolved.coefficients[j] for j in kept]
    with pm.Model(coords={"coef": names, "obs": np.arange(design.n)}) as model:
        X = pm.Data("X", _with_ones(design, resolved)[:, kept], dims=("obs", "coef"))
        offset = pm.Data("offset", resolved.offset, dims="obs")
        sigma = _sigma(resolved)
        beta = _beta(resolved, kept, sigma, coordinates)
        eta = X @ beta + offset
        _response(design, resolved, eta, sigma)
    return model


def _with_ones(design: Design, resolved: Resolved) -> np.ndarray:
    return np.column_stack([np.ones(design.n), design.X]) if resolved.intercept else design.X.copy()


def _sigma(resolved: Resolved) -> Any:
    """Return sigma as a free variable under its prior, or as a number."""
    prior = resolved.sigma_prior
    if prior is None:
        return np.sqrt(np.float64(resolved.phi))
    import pymc as pm

    return _SIGMA.get(type(prior), _jeffreys)(pm, prior)


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


def _beta(resolved: Resolved, kept: np.ndarray, sigma: Any, coordinates: Coordinates | None) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    xp, q = pytensor_namespace(), len(resolved.coefficients)

    def logp(value: Any, mean: Any, at_sigma: Any) -> Any:
        value = value - mean
        full = pt.zeros(q)[kept].set(value) if kept.size < q else value
        return log_prior(resolved, full, at_sigma if resolved.sigma_relative.any() else None, xp)

    def random(mean: Any, at_sigma: Any, rng: np.random.Generator, size: Any = None) -> np.ndarray:
        return mean + _draw_prior(resolved, kept, float(at_sigma), rng, size)

    start = coordinates.centre if coordinates is not None else np.where(resolved.positive[kept], 0.1, 0.0)
    return pm.CustomDist(
        "beta",
        np.zeros(kept.size),
        sigma,
        logp=logp,
        random=random,
        signature="(k),()->(k)",
        dims="coef",
        initval=start,
        default_transform=None
        if coordinates is None and not resolved.positive.any()
        else _transform(resolved, kept, coordinates),
    )


def _draw_prior(resolved: Resolved, kept: np.ndarray, sigma: float, rng: np.random.Generator, size: Any) -> np.ndarray:
    """Return draws of the coefficients from their prior, for PyMC's prior predictive functions."""
    shape = tuple(np.atleast_1d(size)) if size is not None else ()
    draws = np.zeros((*shape, len(resolved.coefficients)))
    if np.any(resolved.free & ~resolved.bounded):
        names = [name for name, flat in zip(resolved.coefficients, resolved.free, strict=True) if flat]
        raise UnsupportedError(f"The prior of {', '.join(names)} is flat and has no draws; use a proper prior.")
    for piece in penalised(resolved):
        ratio = np.sqrt(resolved.phi) / sigma if piece.relative else 1.0
        drawn = piece.law.draw(piece.strength.scaled(ratio), rng, (*shape, piece.at.size))
        draws[..., piece.at] = piece.back(drawn)
    if resolved.intercept and not resolved.free[0]:
        draws[..., 0] -= draws[..., 1:] @ resolved.center[1:]
    return draws[..., kept]


def _transform(resolved: Resolved, kept: np.ndarray, coordinates: Coordinates | None) -> Any:
    """Return the PyMC transform to sampling coordinates: affine, or the logarithm where signs are fixed."""
    import pytensor.tensor as pt
    from pymc.logprob.transforms import Transform

    positive = resolved.positive[kept]

    class Affine(Transform):
        """``u`` with ``beta = centre + factor u``."""

        name = "affine"

        def forward(self, value: Any, *inputs: Any) -> Any:
            return pt.dot(pt.as_tensor(coordinates.inverse), value - coordinates.centre)  # type: ignore[union-attr]

        def backward(self, value: Any, *inputs: Any) -> Any:
            return coordinates.centre + pt.dot(pt.as_tensor(coordinates.factor), value)  # type: ignore[union-attr]

        def log_jac_det(self, value: Any, *inputs: Any) -> Any:
            return pt.sum(0.0 * value) + np.float64(coordinates.log_volume)  # type: ignore[union-attr]

    class Positive(Transform):
        """The logarithm of the coefficients that are >= 0, the others as they are."""

        name = "positive"

        def forward(self, value: Any, *inputs: Any) -> Any:
            return pt.switch(positive, pt.log(pt.switch(positive, value, 1.0)), value)

        def backward(self, value: Any, *inputs: Any) -> Any:
            return pt.switch(positive, pt.exp(pt.switch(positive, value, 0.0)), value)

        def log_jac_det(self, value: Any, *inputs: Any) -> Any:
            return pt.sum(pt.switch(positive, value, 0.0))

    return Positive() if positive.any() else Affine()


def _response(design: Design, resolved: Resolved, eta: Any, sigma: Any) -> None:
    """Observe the response under PyMC's distribution of the family; frequency weights multiply the log density."""
    import pymc as pm

    w, name = resolved.weights, resolved.likelihood.name
    whole = np.all(w == 1.0)
    if whole or (name == "gaussian" and not resolved.frequency and np.all(w > 0.0)):
        distributions = {
            "gaussian": lambda: pm.Normal("y", mu=eta, sigma=sigma / np.sqrt(w), observed=design.y, dims="obs"),
            "bernoulli": lambda: pm.Bernoulli("y", logit_p=eta, observed=design.y.astype(np.int64), dims="obs"),
            "poisson": lambda: pm.Poisson("y", mu=pm.math.exp(eta), observed=design.y.astype(np.int64), dims="obs"),
        }
        distributions[name]()
        return
    scale = sigma if resolved.likelihood.has_dispersion else None
    rows = log_likelihood(resolved, design.y, eta, scale, pytensor_namespace())
    pm.Potential("y", rows, dims="obs")
