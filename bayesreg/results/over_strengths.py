"""Posteriors over strengths: which of them are known exactly, and where runs are needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesreg.arguments import check_whole
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.objective import penalised
from bayesreg.posterior.bands import exact_bands, reweighted_bands, run_engine
from bayesreg.posterior.sampling import Plan
from bayesreg.resolved import Resolved
from bayesreg.results.path_fit import strengths_of
from bayesreg.results.posterior_path import PosteriorPath
from bayesreg.support import check_supported, why_refused

BYTE_LIMIT = 2 * 2**30
STRENGTHS, ANCHORS, SHARE = 50, 20, 0.1
"""Defaults: strengths of the grid, most runs, and the share of one run's draws that every strength should be worth."""


def posterior_path(
    model: Any, *, n_lams: int | None, ratio: float | None, lams: Any, engine: str, anchors: int | None, plan: Plan
) -> PosteriorPath:
    """Return posterior means and bands of a model over strengths; see `Model.path_posterior`."""
    check_supported(model._known, "path")
    base, multipliers = strengths_of(
        model, n_lams=STRENGTHS if n_lams is None and lams is None else n_lams, ratio=ratio, lams=lams
    )
    multipliers = np.sort(multipliers)[::-1]
    resolved = model.resolved
    first = resolved.multiplied(float(multipliers[0]))
    check_supported(first, "sample", engine)
    refused = why_refused(first, "sample", "exact")
    if engine == "exact" or (engine == "auto" and not refused):
        _check_unused(anchors, plan)
        why = "Exact marginals at each strength."
        return PosteriorPath(model, base * multipliers, exact_bands(model.design, resolved, multipliers), 0.0, why)
    _check_density(first)
    limit = ANCHORS if anchors is None else check_whole("anchors", anchors, 1)
    _check_size(plan, limit, len(resolved.coefficients) + multipliers.size)
    seed = int(np.random.SeedSequence().generate_state(1)[0]) if plan.seed is None else int(plan.seed)
    least = SHARE * plan.draws * plan.chains
    run = run_engine(model.design, engine, plan, seed)
    bands = reweighted_bands(resolved, multipliers, run, limit=limit, least=least)
    why = f"Draws of engine {bands.anchors[0].engine} at {len(bands.anchors)} strengths, reweighted (seed {seed})."
    return PosteriorPath(model, base * multipliers, bands, least, why)


def _check_unused(anchors: int | None, plan: Plan) -> None:
    """Raise where an argument is about runs, and there are none."""
    for name, value in (
        ("anchors", anchors),
        ("tune", plan.tune),
        ("workers", plan.workers),
        ("progress", plan.progress),
    ):
        if value is not None:
            raise InputError(
                f"{name}={value!r} is about runs of a sampler, and these posteriors are known in closed form. Leave it "
                "out, or ask for engine='nuts'."
            )


def _check_density(resolved: Resolved) -> None:
    """Raise where the density of a law has no closed form to weigh draws by."""
    for piece in penalised(resolved):
        if piece.law.no_density:
            raise UnsupportedError(
                f"The density of {type(piece.law).__name__} has no closed form, so its draws can not be weighed for "
                "another strength. Sample the model at each strength: model.sample()."
            )


def _check_size(plan: Plan, limit: int, width: int) -> None:
    """Raise where the draws of all runs would not fit the byte limit."""
    size = 8 * int(plan.draws) * int(plan.chains) * limit * width
    if size > BYTE_LIMIT:
        raise InputError(
            f"{limit} runs of {plan.chains} chains of {plan.draws} draws take {size / 2**30:.1f} GiB with their "
            f"weights, above the limit of {BYTE_LIMIT // 2**30} GiB. Take fewer draws=, anchors= or strengths."
        )
