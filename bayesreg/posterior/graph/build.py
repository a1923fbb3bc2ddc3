"""Build the PyMC graph of a model: data, sigma, learned strengths, coefficients, response."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import InputError
from bayesreg.matrices import dense_columns
from bayesreg.objective import LogJoint
from bayesreg.posterior.coordinates import Coordinates
from bayesreg.posterior.graph.coefficients import coefficient_variable
from bayesreg.posterior.graph.pieces import coefficients_by_block, needs_pieces
from bayesreg.posterior.graph.response import observe
from bayesreg.posterior.graph.strengths import scale_variables, shape_variable, sigma_variable
from bayesreg.resolved import Resolved

REPRESENTATIONS = ("direct", "scale_mixture", "non_centered")


def build_graph(
    design: Design,
    resolved: Resolved,
    *,
    representation: str = "direct",
    coordinates: Coordinates | None = None,
) -> Any:
    """Return a `pymc.Model` with ``beta`` (coef), ``sigma`` where it is sampled, and the learned strengths.

    Parameters
    ----------
    design : Design
    resolved : Resolved
    representation : {"direct", "scale_mixture", "non_centered"}
        How the prior is written. "direct": ``beta`` is a free variable under its own density.
        "scale_mixture": laws that are normal scale mixtures are normal given free latent variables.
        "non_centered": they are a scale times a standard normal, other laws a scale times the law at scale
        1. A law without a density in use is written as its mixture in any case. In all but the plain direct
        form ``beta`` is a deterministic variable with the same name and dimension.
    coordinates : Coordinates, optional
        Sample ``beta`` in these affine coordinates (direct form only); the variable, its prior and its draws
        stay on the user's scale.

    Raises
    ------
    InputError
        If the representation is not known, or no law has it.
    """
    if representation not in REPRESENTATIONS:
        allowed = ", ".join(map(repr, REPRESENTATIONS))
        raise InputError(f"representation={representation!r} is not known; allowed: {allowed}.")
    import pymc as pm

    kept = np.flatnonzero(~resolved.excluded)
    names = [resolved.coefficients[j] for j in kept]
    coords: dict[str, Any] = {"coef": names, "obs": np.arange(design.n)}
    if resolved.learned:
        coords["strength"] = [one.label for one in resolved.learned]
    with pm.Model(coords=coords) as model:
        X = pm.Data("X", _with_ones(design, resolved)[:, kept], dims=("obs", "coef"))
        offset = pm.Data("offset", resolved.offset, dims="obs")
        sigma = sigma_variable(resolved)
        scales = scale_variables(resolved)
        if representation == "direct" and not needs_pieces(resolved):
            beta = coefficient_variable(resolved, kept, sigma, scales, coordinates)
        else:
            start = LogJoint(design, resolved).null()
            beta = coefficients_by_block(resolved, kept, sigma, scales, representation, start)
        eta = X @ beta + offset
        observe(design, resolved, eta, sigma, shape_variable(resolved))
    return model


def _with_ones(design: Design, resolved: Resolved) -> np.ndarray:
    X = dense_columns(design.X, what="The graph of PyMC")
    return np.column_stack([np.ones(design.n), X]) if resolved.intercept else X.copy()
