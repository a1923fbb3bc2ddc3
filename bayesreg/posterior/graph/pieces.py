"""The coefficients from free variables of their own for each block: scale mixtures and non-centred forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.linalg import null_space, orth

from bayesreg.errors import InputError
from bayesreg.objective import Piece, penalised
from bayesreg.penalties import Strength
from bayesreg.penalties.latents import Latent
from bayesreg.penalties.mixture import Mixture
from bayesreg.posterior.graph.strengths import suffixes
from bayesreg.posterior.graph.transforms import interior, within
from bayesreg.resolved import Resolved
from bayesreg.xp import pytensor_namespace


def mixture_of(piece: Piece) -> Mixture | None:
    """Return a piece's law as a scale mixture that a gradient-based sampler can move; None: there is none."""
    if piece.law.bounds not in ((-np.inf, np.inf), (0.0, np.inf)):
        return None
    mixture = piece.law.mixture()
    return mixture if mixture is not None and mixture.continuous else None


def needs_pieces(resolved: Resolved) -> bool:
    """Return whether a law has no density to write, so that ``beta`` can not be one free variable."""
    return any(piece.law.no_density for piece in penalised(resolved))


def coefficients_by_block(
    resolved: Resolved, kept: np.ndarray, sigma: Any, scales: Any, representation: str, start: np.ndarray
) -> Any:
    """Return ``beta`` (k,) as a function of free variables for each block.

    Parameters
    ----------
    resolved : Resolved
    kept : ndarray of int (k,)
        Coefficients that are not excluded.
    sigma : scalar
    scales : variable (L,) or None
        Of the learned strengths.
    representation : {"direct", "scale_mixture", "non_centered"}
    start : ndarray (q,)
        Where flat coefficients start.

    Raises
    ------
    InputError
        If no law is a scale mixture and one was asked for.
    """
    import pymc as pm
    import pytensor.tensor as pt

    pieces = [part for piece in penalised(resolved) for part in _penalised_part(piece)]
    if representation == "scale_mixture" and all(mixture_of(piece) is None for piece in pieces):
        raise InputError(
            "representation='scale_mixture' needs a penalty that is a normal scale mixture of its coefficients with "
            "continuous latent variables, and none of this model is (a spike and slab has a discrete one). Use "
            "representation='direct' or 'non_centered'."
        )
    full = pt.zeros(len(resolved.coefficients))
    labels = _labels(resolved, pieces)
    for piece, label in zip(pieces, labels, strict=True):
        acted_on = _acted_on(resolved, piece, label, sigma, scales, representation)
        full = full[piece.at].set(_back(piece, acted_on))
    flat = np.setdiff1d(kept, np.concatenate([piece.at for piece in pieces]) if pieces else [])
    if flat.size:
        centred = start.copy()
        if resolved.intercept:
            centred[0] += start @ resolved.center
        full = full[flat].set(pm.Flat("flat", shape=flat.size, initval=centred[flat]))
    if resolved.intercept and 0 in kept:
        full = full[0].set(full[0] - (full * resolved.center).sum())
    if resolved.correction is not None:
        pm.Potential("correction", resolved.correction.log_density(full, pytensor_namespace()))
    return pm.Deterministic("beta", full[kept], dims="coef")


def _penalised_part(piece: Piece) -> Iterator[Piece]:
    """Yield a piece without the coefficients that its weights leave free, and those apart where they are bounded."""
    if not piece.law.traits.separable:
        yield piece
        return
    free = np.asarray(piece.unit.rate + piece.unit.precision) <= 0.0
    for part in (~free, free if piece.law.bounds != (-np.inf, np.inf) else np.zeros_like(free)):
        if part.any():
            yield replace(piece, at=piece.at[part], strength=piece.strength.at(part), unit=piece.unit.at(part))


def _labels(resolved: Resolved, pieces: list[Piece]) -> list[str]:
    """Return a name of each piece, unique among them; empty where there is one piece only."""
    if len(pieces) == 1:
        return [""]
    named = suffixes(resolved)
    label_of = {int(j): named[block.label] for block in resolved.blocks for j in block.columns}
    found: list[str] = []
    for piece in pieces:
        label = f"_{label_of[int(piece.at[0])]}"
        found.append(f"{label}_free" if label in found else label)
    return found


def _back(piece: Piece, acted_on: Any) -> Any:
    """Return the coefficients (d,) from what the law acts on."""
    if piece.map is None:
        return acted_on
    return acted_on / piece.map if piece.map.ndim == 1 else np.linalg.inv(piece.map) @ acted_on


def _acted_on(resolved: Resolved, piece: Piece, label: str, sigma: Any, scales: Any, representation: str) -> Any:
    """Return what a piece's law acts on (d,), in the representation that was asked for or the nearest that exists."""
    strength = piece.strength_at(resolved.phi, sigma, scales)
    mixture = mixture_of(piece)
    if mixture is not None and (representation != "direct" or piece.law.no_density):
        return _mixed(piece, mixture, strength, label, centred=representation == "scale_mixture")
    limits = piece.law.bounds not in ((-np.inf, np.inf), (0.0, np.inf)) or label.endswith("_free")
    stretches = piece.law.traits.proper or piece.law.null_space() is not None
    if representation == "non_centered" and stretches and not limits:
        return _stretched(resolved, piece, label, sigma, scales)
    return _variable(piece, f"b{label}", strength, piece.at.size)


def _mixed(piece: Piece, mixture: Mixture, strength: Strength, label: str, *, centred: bool) -> Any:
    """Return the piece given its latent variables: under its conditional normal, or as ``sd z``."""
    import pymc as pm

    xp, d = pytensor_namespace(), piece.at.size
    values = {latent.name: _latent(latent, f"{latent.name}{label}", d) for latent in mixture.latents}
    if mixture.tilt is not None:
        pm.Potential(f"tilt{label}", xp.sum(mixture.tilt(values, strength, xp)))
    sd = mixture.sd(values, strength, xp)
    law = pm.HalfNormal if mixture.folded else pm.Normal
    if centred:
        return law(f"b{label}", sigma=sd, shape=d)
    return sd * law(f"z{label}", sigma=np.float64(1.0), shape=d)


def _latent(latent: Latent, name: str, d: int) -> Any:
    """Return a latent variable with the log density that the mixture states."""
    import pymc as pm
    from pymc.distributions import transforms

    xp, size = pytensor_namespace(), d if latent.each == "coefficient" else 1
    if latent.law == "dirichlet":
        return pm.Dirichlet(name, a=np.full(size, np.float64(latent.parameters["concentration"])))
    lower, upper = latent.parameters.get("lower", 0.0), latent.parameters.get("upper", 1.0)
    transform = transforms.log if latent.support == "positive" else transforms.Interval(lower, upper)

    def logp(value: Any, zeros: Any) -> Any:
        return latent.log_density(value - zeros, xp)

    def random(zeros: Any, rng: np.random.Generator, size: Any = None) -> np.ndarray:
        return zeros + latent.draw(rng, tuple(np.atleast_1d(np.shape(zeros) if size is None else size)))

    middle = np.median(latent.draw(np.random.default_rng(0), (999,)))
    return pm.CustomDist(
        name,
        np.zeros(size),
        logp=logp,
        random=random,
        initval=np.full(size, middle),
        default_transform=transform,
    )


def _stretched(resolved: Resolved, piece: Piece, label: str, sigma: Any, scales: Any) -> Any:
    """Return ``width z`` with ``z`` under the law at width 1; directions in which the law is flat are not stretched."""
    width: Any = np.float64(1.0)
    strength = piece.strength
    if piece.learned >= 0:
        strength = piece.unit
        width = scales[piece.learned] * (sigma if piece.relative else np.float64(1.0))
    elif piece.relative:
        width = sigma / np.sqrt(np.float64(resolved.phi))
    flat = piece.law.null_space()
    if flat is None:
        return width * _variable(piece, f"z{label}", strength, piece.at.size)
    import pymc as pm

    along, across = orth(flat), null_space(flat.T)
    level = pm.Flat(f"level{label}", shape=along.shape[1], initval=np.zeros(along.shape[1]))
    z = _variable(piece, f"z{label}", strength, across.shape[1], across)
    return along @ level + width * (across @ z)


def _variable(piece: Piece, name: str, strength: Strength, size: int, basis: np.ndarray | None = None) -> Any:
    """Return a free variable (size,) whose log density is that of the law at ``basis @ variable``."""
    import pymc as pm
    import pytensor.tensor as pt

    xp, law = pytensor_namespace(), piece.law
    parts = [pt.as_tensor(np.asarray(part, dtype=float) if isinstance(part, float) else part) for part in strength]

    def logp(value: Any, zeros: Any, rate: Any, precision: Any) -> Any:
        at = value - zeros if basis is None else basis @ (value - zeros)
        return xp.sum(law.log_prior(at, Strength(rate, precision), xp))

    def random(zeros: Any, rate: Any, precision: Any, rng: np.random.Generator, size: Any = None) -> np.ndarray:
        shape = tuple(np.atleast_1d(size)) if size is not None else ()
        return zeros + law.draw(Strength(rate, precision), rng, (*shape, np.shape(zeros)[-1]))

    lower, upper = (np.full(size, end) for end in law.bounds)
    cut = law.bounds != (-np.inf, np.inf)
    at = ",".join(["(k)", *("()" if part.ndim == 0 else "(k)" for part in parts)])
    return pm.CustomDist(
        name,
        np.zeros(size),
        *parts,
        logp=logp,
        random=random,
        signature=f"{at}->(k)",
        initval=interior(lower, upper),
        default_transform=within(lower, upper) if cut else None,
    )
