"""Whether a posterior exists: flat and bounded directions of the prior, and the prior of sigma."""

from __future__ import annotations

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import ImproperPosteriorError, RankError, SeparationError
from bayesreg.existence import check_maximum, check_rank
from bayesreg.objective import Piece, penalised
from bayesreg.resolved import Resolved
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import make_problem

ROUNDING = 1e-14
"""A sum is 0 where it is below this share of its terms."""


def check_flat_directions(design: Design, resolved: Resolved) -> None:
    """Raise where the likelihood alone does not decide about directions that the prior leaves free.

    These are flat coefficients, the null spaces of penalties (the level of a smooth), and all coefficients of
    a penalty that is bounded (`MCP`, `SCAD`), whose ``exp(-penalty)`` does not integrate.

    Raises
    ------
    RankError, SeparationError
        If only coefficients without a penalty are concerned.
    ImproperPosteriorError
        Naming the penalties whose flat directions are concerned, with what to use instead.
    """
    q, start = len(resolved.coefficients), int(resolved.intercept)
    free = np.flatnonzero(resolved.free)
    directions, names = [np.zeros((free.size, q))], [resolved.coefficients[j] for j in free]
    directions[0][np.arange(free.size), free] = 1.0
    loose: list[Piece] = []
    for piece in penalised(resolved):
        found = _loose(resolved, piece)
        if found is None:
            continue
        loose.append(piece)
        rows = np.zeros((found.shape[1], q))
        rows[:, piece.at] = piece.back(found.T)
        directions.append(rows)
        single = found.shape[1] == piece.at.size
        names += [resolved.coefficients[j] if single else f"flat direction of {_name(piece)}" for j in piece.at][
            : found.shape[1]
        ]
    basis = np.concatenate(directions).T
    if basis.shape[1] == 0:
        return
    present = resolved.weights > 0.0
    Z = _exactly(design.X @ basis[start:], abs(design.X) @ np.abs(basis[start:]))[present]
    Z = Z + (basis[0] if start else 0.0)
    try:
        check_rank(Z, names)
        if resolved.correction is None:
            check_maximum(Z, design.y[present], resolved.likelihood.name, names)
    except (RankError, SeparationError) as error:
        if not loose:
            raise
        which = ", ".join(dict.fromkeys(_name(piece) for piece in loose))
        which_columns, told_apart, _ = str(error).partition(" Their coefficients")
        first = which_columns.rstrip(".") if told_apart else str(error).split(": ")[0]
        raise ImproperPosteriorError(
            f"The posterior is improper: the prior is flat far out along directions of {which}, and the likelihood "
            f"alone does not decide there. {first}. fit() needs no proper posterior; to sample, use a proper prior "
            "such as br.Normal(scale) or br.Laplace(scale), or fewer columns."
        ) from error


def _exactly(products: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return products (n, k) with columns of 0 where all that is left of their terms, of these sizes, is rounding."""
    nothing = np.linalg.norm(products, axis=0) <= ROUNDING * np.linalg.norm(sizes, axis=0)
    return np.where(nothing, 0.0, products)


def _loose(resolved: Resolved, piece: Piece) -> np.ndarray | None:
    """Return the directions (d, k) of what a law acts on that it leaves free far out; None: there are none."""
    null = piece.law.null_space()
    if null is not None:
        return null
    return np.eye(piece.at.size) if is_bounded(resolved, piece) else None


def is_bounded(resolved: Resolved, piece: Piece) -> bool:
    """Return whether a piece's penalty is bounded, so that ``exp(-penalty)`` does not integrate."""
    boxed = np.isfinite(resolved.lower[piece.at]) & np.isfinite(resolved.upper[piece.at])
    law = piece.law
    return not (law.traits.proper or law.is_flat or boxed.all() or law.null_space() is not None)


def _name(piece: Piece) -> str:
    return type(piece.law).__name__


def check_sigma(design: Design, resolved: Resolved) -> None:
    """Raise where ``p(sigma) ~ 1 / sigma`` leaves the posterior of sigma without a finite integral.

    As sigma goes to 0 the likelihood tends to a positive constant where the columns can reproduce the
    response and the prior does not shrink with sigma; and it must have more rows than flat coefficients.

    Raises
    ------
    ImproperPosteriorError
        With what to use instead.
    """
    prior = resolved.sigma_prior
    if prior is None or prior.proper:
        return
    problem = make_problem(design, resolved)
    present = problem.weights > 0.0
    rank = int(np.linalg.matrix_rank(as_array(problem.Z)[present]))
    absolute = (resolved.strength.rate + resolved.strength.precision > 0.0) & ~resolved.sigma_relative
    saturated = rank >= np.count_nonzero(present) and bool(absolute.any())
    if saturated or resolved.observations <= np.count_nonzero(resolved.free):
        raise ImproperPosteriorError(
            "The posterior is improper: with dispersion='jeffreys', as many columns as rows and a prior that does not "
            "scale with sigma, sigma -> 0 has infinite mass. Use relative_to='sigma', or a proper prior such as "
            "br.HalfT(3, scale)."
        )
