"""Choose an engine, run it, and return its draws as a posterior on the user's scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.arguments import check_whole
from bayesreg.design import Design
from bayesreg.errors import InputError
from bayesreg.posterior.draws import make_tree
from bayesreg.posterior.exact import ExactPosterior, exact_posterior
from bayesreg.posterior.propriety import check_sigma
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import Mode, find_mode
from bayesreg.support import USE_NUTS, check_supported, why_refused

TUNE = 1000
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
    mode : Mode
        The mode of the same model.
    exact : ExactPosterior or None
        The exact posterior that independent draws come from.
    """

    tree: Any
    engine: str
    why: str
    mode: Mode
    exact: ExactPosterior | None


def sample_posterior(design: Design, resolved: Resolved, engine: str, plan: Plan) -> Sampled:
    """Run an engine on a model.

    Raises
    ------
    UnsupportedError
        If the engine can not sample this model, or a strength is open.
    ImproperPosteriorError
        If the posterior does not exist.
    InputError
        If an argument is not used by the engine.
    """
    check_supported(resolved, "sample", engine)
    why = "asked for"
    if engine == "auto":
        refused = why_refused(resolved, "sample", "exact")
        engine, why = ("nuts", refused.removesuffix(USE_NUTS)) if refused else ("exact", "the posterior is known")
    plan.check_size(len(resolved.coefficients))
    seed = int(np.random.SeedSequence().generate_state(1)[0]) if plan.seed is None else int(plan.seed)
    run = _exact if engine == "exact" else _nuts
    mode = find_mode(design, resolved)
    check_sigma(design, resolved)
    return run(design, resolved, plan, seed, f"engine {engine}: {why.rstrip('.')}", mode)


def _exact(design: Design, resolved: Resolved, plan: Plan, seed: int, why: str, mode: Mode) -> Sampled:
    for name in ("tune", "workers", "progress"):
        if getattr(plan, name) is not None:
            raise InputError(
                f"{name}={getattr(plan, name)!r} is not used by the exact engine, whose draws are independent. Leave "
                "it out, or ask for engine='nuts'."
            )
    exact = exact_posterior(design, resolved)
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(plan.chains)]
    pairs = [exact.draw(plan.draws, rng) for rng in streams]
    sigma = np.stack([pair[1] for pair in pairs]) if not exact.sigma.is_fixed else None
    beta = np.stack([pair[0] for pair in pairs])
    tree = make_tree(design, resolved, beta, sigma, {"engine": "exact", "seed": seed})
    return Sampled(tree, "exact", f"{why} ({exact.sigma.why}), independent draws", mode, exact)


def _nuts(design: Design, resolved: Resolved, plan: Plan, seed: int, why: str, mode: Mode) -> Sampled:
    from bayesreg.posterior.nuts import compile_nuts, run_nuts

    drawn = run_nuts(
        compile_nuts(design, resolved, mode.beta),
        draws=plan.draws,
        tune=TUNE if plan.tune is None else plan.tune,
        chains=plan.chains,
        seed=seed,
        workers=plan.workers,
        progress=bool(plan.progress),
    )
    beta = np.zeros((*drawn.beta.shape[:2], len(resolved.coefficients)))
    beta[..., ~resolved.excluded] = drawn.beta
    tree = make_tree(design, resolved, beta, drawn.sigma, {"engine": "nuts", "seed": seed}, drawn.stats)
    return Sampled(tree, "nuts", why, mode, None)
