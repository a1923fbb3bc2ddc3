"""Choose an engine, run it, and return its draws as a posterior on the user's scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.arguments import check_whole
from bayesreg.design import Design
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.objective import LogJoint, penalised
from bayesreg.posterior.draws import make_tree
from bayesreg.posterior.evidence.posterior import LearnedPosterior, learned_posterior
from bayesreg.posterior.evidence.run import draw_chains
from bayesreg.posterior.exact import ExactPosterior, exact_posterior
from bayesreg.posterior.propriety import check_flat_directions, check_sigma, is_bounded
from bayesreg.posterior.surrogate import ridge_like
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import Mode, find_mode
from bayesreg.support import USE_NUTS, check_supported, why_refused

TUNE = 1000
FEW = 2
"""So few coefficients do not keep a learned scale from 0, where the direct form is a narrow funnel."""
TARGET_ACCEPT, FUNNEL_TARGET_ACCEPT = 0.8, 0.99
"""The acceptance rate that step sizes are tuned to; higher where scales and coefficients form narrow funnels."""
WIDE = 200
"""Columns from which a design of fewer rows has its posterior factorised by rows."""
BYTE_LIMIT = 8 * 2**30


@final
@dataclass(frozen=True)
class Plan:
    """How much to sample; see `Model.sample`."""

    draws: int
    tune: int | None
    chains: int
    seed: int | None
    workers: int | None
    progress: bool | None

    def __post_init__(self) -> None:
        for name, least in (("draws", 1), ("tune", 1), ("chains", 1), ("workers", 1), ("seed", 0)):
            value = getattr(self, name)
            if value is not None or name in ("draws", "chains"):
                check_whole(name, value, least)

    def check_size(self, coefficients: int) -> None:
        """Raise where the draws would not fit the byte limit."""
        size = 8 * int(self.draws) * int(self.chains) * (coefficients + 1)
        if size > BYTE_LIMIT:
            raise InputError(
                f"{self.chains} chains of {self.draws} draws of {coefficients} coefficients take {size / 2**30:.1f} "
                f"GiB, above the limit of {BYTE_LIMIT // 2**30} GiB. Take fewer draws= or chains=."
            )


@final
@dataclass(frozen=True, eq=False)
class Sampled:
    """What an engine returns.

    Attributes
    ----------
    tree : xarray.DataTree
    engine : str
    why : str
        Why this engine, as a phrase.
    design : Design
    at : Resolved
        The record that the mode is of.
    exact : ExactPosterior, LearnedPosterior or None
        The exact posterior that draws come from.
    found : Mode or None
        The mode, where the engine has found it.
    cut : str
        What was left undone by a run that was cancelled, as a phrase; empty: nothing.
    """

    tree: Any
    engine: str
    why: str
    design: Design
    at: Resolved
    exact: ExactPosterior | LearnedPosterior | None = None
    found: Mode | None = None
    cut: str = ""

    @cached_property
    def mode(self) -> Mode | None:
        """The mode of the same model, its learned strengths at their posterior medians; None: it has none."""
        if without_mode(self.at):
            return None
        return self.found or find_mode(self.design, self.at)


def sample_posterior(design: Design, resolved: Resolved, engine: str, plan: Plan) -> Sampled:
    """Run an engine on a model.

    Raises
    ------
    UnsupportedError
        If the engine can not sample this model.
    ImproperPosteriorError
        If the posterior does not exist.
    InputError
        If an argument is not used by the engine.
    """
    check_supported(resolved, "sample", engine)
    why = "asked for"
    if engine == "auto":
        engine, why = _best_engine(resolved)
    plan.check_size(len(resolved.coefficients))
    seed = int(np.random.SeedSequence().generate_state(1)[0]) if plan.seed is None else int(plan.seed)
    check_flat_directions(design, resolved)
    check_sigma(design, resolved)
    run = {"exact": _exact, "gibbs": _gibbs, "nuts": _nuts}[engine]
    return run(design, resolved, plan, seed, f"engine {engine}: {why.rstrip('.')}")


def _best_engine(resolved: Resolved) -> tuple[str, str]:
    """Return the first engine that takes a model, exact before Gibbs before NUTS, and why those before it do not."""
    exact = why_refused(resolved, "sample", "exact")
    if not exact:
        return "exact", "the posterior is known"
    gibbs = why_refused(resolved, "sample", "gibbs") or _without_moves(resolved)
    if not gibbs:
        return "gibbs", exact.removesuffix(USE_NUTS)
    return "nuts", gibbs.removesuffix(USE_NUTS)


def _without_moves(resolved: Resolved) -> str:
    """Return why the Gibbs engine has no moves for a model at its strengths; empty where it has."""
    from bayesreg.posterior.gibbs.blocks import make_blocks
    from bayesreg.posterior.gibbs.glm import why_no_moves

    try:
        make_blocks(resolved)
    except UnsupportedError as error:
        return str(error)
    return "" if resolved.likelihood.name == "gaussian" else why_no_moves(resolved)


def _exact(design: Design, resolved: Resolved, plan: Plan, seed: int, why: str) -> Sampled:
    for name in ("tune", "workers", "progress"):
        if getattr(plan, name) is not None:
            raise InputError(
                f"{name}={getattr(plan, name)!r} is not used by the exact engine, whose draws are independent. Leave "
                "it out, or ask for engine='nuts'."
            )
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(plan.chains)]
    if resolved.learned or is_wide(design, resolved):
        learned = learned_posterior(design, resolved)
        drawn = draw_chains(learned, plan.draws, streams)
        attributes = {"engine": "exact", "seed": seed}
        tree = make_tree(design, resolved, drawn.beta, drawn.sigma, attributes, None, drawn.strengths)
        at = _at_medians(resolved, drawn.strengths)
        return Sampled(tree, "exact", f"{why} ({drawn.how}){flags(resolved)}", design, at, learned)
    exact = exact_posterior(design, resolved)
    pairs = [exact.draw(plan.draws, rng) for rng in streams]
    sigma = np.stack([pair[1] for pair in pairs]) if not exact.sigma.is_fixed else None
    beta = np.stack([pair[0] for pair in pairs])
    tree = make_tree(design, resolved, beta, sigma, {"engine": "exact", "seed": seed})
    why = f"{why} ({exact.sigma.why}), independent draws{flags(resolved)}"
    return Sampled(tree, "exact", why, design, resolved, exact)


def is_wide(design: Design, resolved: Resolved) -> bool:
    """Return whether rows are so few beside the columns that the posterior is factorised by rows."""
    return design.p > WIDE and design.p > 2 * int(np.count_nonzero(resolved.weights))


def _gibbs(design: Design, resolved: Resolved, plan: Plan, seed: int, why: str) -> Sampled:
    from bayesreg.posterior.gibbs.glm import sample_augmented
    from bayesreg.posterior.gibbs.sample import sample_linear

    sample = sample_linear if resolved.likelihood.name == "gaussian" else sample_augmented
    drawn = sample(
        design,
        resolved,
        draws=plan.draws,
        tune=plan.tune,
        chains=plan.chains,
        seed=seed,
        workers=plan.workers,
        progress=bool(plan.progress),
    )
    attributes = {"engine": "gibbs", "seed": seed}
    tree = make_tree(design, resolved, drawn.beta, drawn.sigma, attributes, None, drawn.strengths, drawn.extras)
    done = drawn.beta.shape[1]
    cut = f"cancelled after {done} of {plan.draws} draws, which are kept" if drawn.cancelled else ""
    why = f"{why}; {drawn.how}{cut and '; '}{cut}{flags(resolved)}"
    return Sampled(tree, "gibbs", why, design, _at_medians(resolved, drawn.strengths), cut=cut)


def _at_medians(resolved: Resolved, strengths: dict[str, np.ndarray]) -> Resolved:
    """Return the record with its learned strengths at their posterior medians."""
    return resolved.at_scales(np.median(strengths["scale"], axis=(0, 1))) if resolved.learned else resolved


def _nuts(design: Design, resolved: Resolved, plan: Plan, seed: int, why: str) -> Sampled:
    from bayesreg.posterior.nuts import compile_nuts, run_nuts

    representation, because = choose_representation(resolved)
    given = None if resolved.learned or without_mode(resolved) else find_mode(design, resolved)
    start = given.beta if given is not None else _start(design, resolved, representation)
    funnels = any(piece.law.no_density for piece in penalised(resolved))
    drawn = run_nuts(
        compile_nuts(design, resolved, start, representation),
        draws=plan.draws,
        tune=TUNE if plan.tune is None else plan.tune,
        chains=plan.chains,
        seed=seed,
        workers=plan.workers,
        progress=bool(plan.progress),
        target_accept=FUNNEL_TARGET_ACCEPT if funnels else TARGET_ACCEPT,
    )
    beta = np.zeros((*drawn.beta.shape[:2], len(resolved.coefficients)))
    beta[..., ~resolved.excluded] = drawn.beta
    attributes = {"engine": "nuts", "seed": seed, "representation": representation}
    tree = make_tree(design, resolved, beta, drawn.sigma, attributes, drawn.stats, drawn.strengths, drawn.extras)
    why = f"{why}; {because}" if because else why
    return Sampled(tree, "nuts", f"{why}{flags(resolved)}", design, _at_medians(resolved, drawn.strengths), None, given)


def _start(design: Design, resolved: Resolved, representation: str) -> np.ndarray:
    """Return where the coordinates of the direct form are centred; the other forms start at the null model."""
    if representation == "direct" and not resolved.bounded.any():
        return find_mode(design, ridge_like(resolved)).beta
    return LogJoint(design, resolved).null()


def without_mode(resolved: Resolved) -> str:
    """Return why the mode of the coefficients does not exist, with the way out; empty where it does."""
    return next((block.law.no_mode for block in resolved.blocks if block.law.no_mode), "")


def choose_representation(resolved: Resolved) -> tuple[str, str]:
    """Return how NUTS writes the prior, and why, as a phrase; the plain direct form needs no reason."""
    for piece in penalised(resolved):
        if piece.law.no_density or piece.law.no_mode:
            name = type(piece.law).__name__
            return "non_centered", (
                f"non-centred: {name} is written as a scale times a standard normal, because its density is infinite "
                "at 0 or has no closed form"
            )
    learned = [block for block in resolved.blocks if resolved.learned_of(block) >= 0]
    if any(block.is_group or not block.law.traits.scales_columns for block in learned):
        return "non_centered", "non-centred: the sd of random effects or a smooth is learned"
    if resolved.learned and sum(one.columns.size for one in resolved.learned) > resolved.observations:
        return "non_centered", "non-centred: a strength is learned from fewer rows than columns"
    if any(one.columns.size <= FEW for one in resolved.learned):
        return "non_centered", "non-centred: a strength is learned from one or two coefficients, and may be near 0"
    return "direct", ""


def flags(resolved: Resolved) -> str:
    """Return what must be known of priors that depend on the design or are not distributions, as further sentences."""
    priors = [block.penalty.from_design for block in resolved.blocks]
    corrected = [] if resolved.correction is None else [resolved.correction.from_design]
    texts = dict.fromkeys(text for text in (*priors, *corrected) if text)
    texts |= {
        f"{type(piece.law).__name__} is constant far out and so no distribution: the likelihood alone makes this "
        "posterior one": None
        for piece in penalised(resolved)
        if is_bounded(resolved, piece)
    }
    return "".join(f". {text.rstrip('.')}" for text in texts)
