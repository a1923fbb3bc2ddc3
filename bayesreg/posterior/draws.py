"""Draws as an xarray DataTree in ArviZ's schema, on the user's scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.strengths import lam_draws
from bayesreg.resolved import Resolved

COUNTS = ("bernoulli", "poisson", "negative_binomial")
"""Families whose responses are whole numbers."""


def make_tree(
    design: Design,
    resolved: Resolved,
    beta: np.ndarray,
    sigma: np.ndarray | None,
    attributes: dict[str, Any],
    stats: dict[str, np.ndarray] | None = None,
    strengths: dict[str, np.ndarray] | None = None,
    extras: dict[str, np.ndarray] | None = None,
) -> Any:
    """Return the DataTree of a posterior.

    Groups: ``posterior`` with ``beta`` (chain, draw, coef) and, where they are sampled, ``sigma`` and ``R2``
    (chain, draw), ``scale`` and ``lam`` (chain, draw, strength) of the learned strengths; ``sample_stats``
    (engine nuts); ``observed_data`` with the response; ``constant_data`` with the strength ``lam`` (coef, loss
    units) and the prior ``scale`` (coef) of each coefficient, phi, and sigma where it is fixed.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    beta : ndarray (chains, draws, q)
    sigma : ndarray (chains, draws) or None
    attributes : dict
        Put on the posterior group.
    stats : dict of ndarray (chains, draws), optional
    strengths : dict of ndarray, optional
        ``scale`` (chains, draws, L) of the learned strengths, and ``R2`` (chains, draws).
    extras : dict of ndarray (chains, draws, q) or (chains, draws), optional
        Latent variables of coefficients, such as ``inclusion``; the ``shape`` of negative binomial counts.
    """
    import xarray as xr

    kept = ~resolved.excluded
    names = np.array(resolved.coefficients)
    chains = {"chain": np.arange(beta.shape[0]), "draw": np.arange(beta.shape[1])}
    variables: dict[str, Any] = {"beta": (("chain", "draw", "coef"), beta[..., kept])}
    if sigma is not None:
        variables["sigma"] = (("chain", "draw"), sigma)
    for name, value in (extras or {}).items():
        each = value.ndim > 2
        variables[name] = (("chain", "draw", "coef")[: value.ndim], value[..., kept] if each else value)
    coords: dict[str, Any] = {**chains, "coef": names[kept]}
    if strengths:
        pairs = ("chain", "draw", "strength")
        coords["strength"] = [one.label for one in resolved.learned]
        variables |= {name: (pairs[: value.ndim], value) for name, value in strengths.items()}
        variables["lam"] = (pairs, lam_draws(resolved, strengths["scale"]))
    posterior = xr.Dataset(variables, coords=coords, attrs={**_made_by(), **attributes})
    groups = {"posterior": posterior}
    if stats:
        groups["sample_stats"] = xr.Dataset(
            {name: (("chain", "draw"), value) for name, value in stats.items()}, coords=chains, attrs=_made_by()
        )
    groups["observed_data"] = _observed(design, resolved)
    groups["constant_data"] = _constant(resolved, sigma_fixed=sigma is None)
    return xr.DataTree.from_dict(groups)


def make_prior_tree(
    design: Design,
    resolved: Resolved,
    beta: np.ndarray,
    by_draw: dict[str, np.ndarray],
    response: np.ndarray,
    attributes: dict[str, Any],
) -> Any:
    """Return the DataTree of draws from the prior, in one chain.

    Groups: ``prior`` with ``beta`` (chain, draw, coef) and what else is known of each draw; ``prior_predictive``
    with the response (chain, draw, obs); ``observed_data`` and ``constant_data`` as in `make_tree`.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    beta : ndarray (draws, q)
    by_draw : dict of ndarray (draws,)
        ``scale`` of the learned strengths is (draws, L).
    response : ndarray (draws, n)
    attributes : dict
        Put on both groups.
    """
    import xarray as xr

    kept, names, pairs = ~resolved.excluded, np.array(resolved.coefficients), ("chain", "draw")
    where = {"chain": [0], "draw": np.arange(beta.shape[0])}
    labels = {"strength": [one.label for one in resolved.learned]} if resolved.learned else {}
    about = {**_made_by(), **attributes}
    prior: dict[str, Any] = {"beta": ((*pairs, "coef"), beta[None][..., kept])}
    prior |= {name: ((*pairs, "strength")[: values.ndim + 1], values[None]) for name, values in by_draw.items()}
    predicted = {variable_name(design): ((*pairs, "obs"), whole(response[None], resolved))}
    groups = {
        "prior": xr.Dataset(prior, coords={**where, "coef": names[kept], **labels}, attrs=about),
        "prior_predictive": xr.Dataset(predicted, coords={**where, "obs": np.asarray(design.index)}, attrs=about),
        "observed_data": _observed(design, resolved),
        "constant_data": _constant(resolved, sigma_fixed=resolved.sigma_prior is None),
    }
    return xr.DataTree.from_dict(groups)


def by_draw_dataset(values: dict[str, np.ndarray], coords: dict[str, np.ndarray] | None = None) -> Any:
    """Return a Dataset of arrays (chain, draw, ...), whose further dimensions are ``coords`` in order."""
    import xarray as xr

    more = {} if coords is None else coords
    chains, draws = next(iter(values.values())).shape[:2] if values else (0, 0)
    dims = ("chain", "draw", *more)
    variables = {name: (dims[: value.ndim], value) for name, value in values.items()}
    where = {"chain": np.arange(chains), "draw": np.arange(draws), **more}
    return xr.Dataset(variables, coords=where, attrs=_made_by())


def with_datasets(tree: Any, groups: dict[str, Any]) -> Any:
    """Return a DataTree with more groups, or other ones in the place of those of the same name."""
    import xarray as xr

    present = {name: child.to_dataset() for name, child in tree.children.items()}
    return xr.DataTree.from_dict({**present, **groups})


def variable_name(design: Design) -> str:
    """Return the response as the name of a variable; a tree keeps the slash of ``I(successes / trials)`` for paths."""
    return design.response.replace("/", "over")


def _made_by() -> dict[str, str]:
    """Return the attributes that name the software."""
    from bayesreg import __version__

    return {"inference_library": "bayesreg", "inference_library_version": __version__}


def _observed(design: Design, resolved: Resolved) -> Any:
    """Return the response (obs) as a Dataset."""
    import xarray as xr

    observed = {variable_name(design): ("obs", whole(design.y, resolved))}
    return xr.Dataset(observed, coords={"obs": np.asarray(design.index)})


def whole(values: np.ndarray, resolved: Resolved) -> np.ndarray:
    """Return responses as integers in families of counts, where all of them are whole numbers below 2^53."""
    counts = (
        resolved.likelihood.name in COUNTS and np.all(np.abs(values) < 2.0**53) and np.all(values == np.round(values))
    )
    return values.astype(np.int64) if counts else values


def with_predictors(tree: Any, columns: dict[str, np.ndarray], labels: np.ndarray) -> Any:
    """Return a DataTree whose constant data hold columns (obs) too, under their names unless these are taken."""
    constant = tree["constant_data"].to_dataset().assign_coords(obs=labels)
    free = {name: ("obs", values) for name, values in columns.items() if name not in constant}
    return with_datasets(tree, {"constant_data": constant.assign(free)})


def _constant(resolved: Resolved, *, sigma_fixed: bool) -> Any:
    """Return strengths in both units (coef), phi, and sigma where it is fixed, as a Dataset."""
    import xarray as xr

    from bayesreg.prior_table import prior_units

    lam, scale = prior_units(resolved)
    constant: dict[str, Any] = {
        "lam": ("coef", lam),
        "scale": ("coef", scale),
        "phi": resolved.phi,
    }
    nuisance = resolved.nuisance
    if nuisance is not None and not nuisance.sampled:
        constant[nuisance.name] = nuisance.value
    elif sigma_fixed and resolved.likelihood.has_dispersion:
        constant["sigma"] = resolved.sigma
    return xr.Dataset(constant, coords={"coef": np.array(resolved.coefficients)})
