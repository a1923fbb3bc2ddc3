"""The support table: every family x penalty x verb x engine works, or is refused with the reason.

It is data: a test visits every cell, the docs render it, and errors quote it. Conditions of the *data*
(separation, rank, propriety of a posterior) are checked where they are known; `existence` and the
engines raise them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.blocks import Block
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.families import LIKELIHOODS
from bayesreg.penalties import REGISTRY, Penalty
from bayesreg.resolved import Resolved

ENGINES = ("auto", "exact", "gibbs", "nuts", "laplace", "advi")
VERBS: dict[str, tuple[str, ...]] = {
    "mle": ("",),
    "fit": ("",),
    "path": ("",),
    "pymc": ("",),
    "sample": ENGINES,
}
VARIANTS = ("given", "positive", "limits", "open")
"""Strength given; given and ``positive=True``; given and ``limits=``; strength left open or given a prior."""

QUADRATIC = (
    *("Flat", "L2", "Normal", "Tikhonov", "MultivariateNormal", "Smooth", "RandomWalk"),
    *("GPrior", "Dropout", "EarlyStopping", "Firth"),
)
GAUSSIAN_ONLY = {
    "Dropout": "The average of dropout over its noise is a penalty of the coefficients alone only in a linear model",
    "EarlyStopping": "Gradient descent stopped early is the mode under a prior only in a linear model",
}
FIRTH = "Firth"
"""The correction of the likelihood, whose blocks are flat: it is refused where they are."""
POLES = ("Horseshoe", "RegularizedHorseshoe", "R2D2")
"""Laws whose density has a pole or no closed form, so that moves along its gradient do not exist."""
NO_MIXTURE = {
    **dict.fromkeys(("MCP", "SCAD"), "is constant far out, which no mixture of normals is"),
    **dict.fromkeys(("SLOPE", "SortedLaplace"), "weighs coefficients by the order of their sizes"),
    "Firth": "multiplies the likelihood, which is then no longer normal given latent variables",
}
"""Why these laws have no latent variables for the Gibbs engine."""
WITHOUT_JEFFREYS = {
    "negative_binomial": "Jeffreys prior of negative binomial counts depends on their shape, which is no coefficient",
    "student_t": "Jeffreys prior of the coefficients is flat under Student-t errors, so that there is no correction",
}
"""Families whose likelihood Firth's correction does not go with, and why."""
LATER = ("laplace", "advi")
USE_NUTS = " Use engine='nuts', which samples the same model."


@final
@dataclass(frozen=True)
class Cell:
    """One cell of the table; an empty ``reason`` says that it works."""

    family: str
    penalty: str
    variant: str
    verb: str
    engine: str
    reason: str

    @property
    def works(self) -> bool:
        """Whether the combination is supported."""
        return not self.reason


def refusal(family: str, penalty: str, variant: str, verb: str, engine: str = "") -> str:
    """Return why a combination is refused, with the way out; empty where it works."""
    if verb == "mle" and family == "student_t":
        return (
            "statsmodels fits Student-t errors by numerical derivatives alone, without weights or offsets. Use fit() "
            "without a penalty, whose mode is the maximum of the likelihood."
        )
    if penalty == FIRTH and verb != "mle" and family in WITHOUT_JEFFREYS:
        return f"{WITHOUT_JEFFREYS[family]}. Use br.Normal(scale), or no penalty."
    if verb in ("fit", "path") and penalty in REGISTRY and REGISTRY[penalty].no_mode:
        return REGISTRY[penalty].no_mode
    if variant == "open" and verb == "fit":
        return refusal(family, penalty, variant, "path")
    if variant == "open" and verb in ("sample", "pymc") and REGISTRY[penalty].not_learned:
        return REGISTRY[penalty].not_learned
    if verb == "path" and penalty in ("Flat", FIRTH):
        return "A model without a penalty has no strength to follow. Use fit(), or give a penalty such as br.L1()."
    if family != "gaussian" and verb != "mle" and penalty in GAUSSIAN_ONLY:
        return (
            f"{GAUSSIAN_ONLY[penalty]}, and this one is {family}. Use a prior on the coefficients such as "
            "br.Normal(scale) or br.L2(lam)."
        )
    if verb == "path" and penalty == "EarlyStopping":
        return "Early stopping has no strength to follow. Fit the model at several values of time."
    if verb != "sample":
        return ""
    if engine in LATER:
        return f"The engine {engine!r} is not part of this version. Use engine='auto', 'exact', 'gibbs' or 'nuts'."
    if engine == "gibbs":
        return _without_gibbs(family, penalty, variant)
    if engine != "exact":
        return ""
    if family != "gaussian":
        return f"The posterior of a {family} model has no closed form.{USE_NUTS}"
    if variant in ("positive", "limits"):
        option = "positive=True" if variant == "positive" else "limits="
        return f"With {option} the posterior is a truncated normal without exact draws.{USE_NUTS}"
    if penalty not in QUADRATIC:
        return f"Under {penalty} the posterior is not a mixture of normals over sigma.{USE_NUTS}"
    return ""


def _without_gibbs(family: str, penalty: str, variant: str) -> str:
    """Return why the Gibbs engine refuses; empty where it works."""
    if family == "poisson" and penalty in POLES:
        return (
            f"A poisson model is not normal given latent variables, and the density of {penalty} has a pole at 0 or no "
            f"closed form, so the Gibbs engine has no moves for the two together.{USE_NUTS}"
        )
    if variant in ("positive", "limits"):
        option = "positive=True" if variant == "positive" else "limits="
        return f"With {option} the coefficients are truncated normals, which the Gibbs engine does not draw.{USE_NUTS}"
    if penalty in NO_MIXTURE and not (penalty == FIRTH and family == "gaussian"):
        return f"{penalty} {NO_MIXTURE[penalty]}, so the Gibbs engine has no latent variables for it.{USE_NUTS}"
    return ""


def support_table() -> Iterator[Cell]:
    """Yield every cell.

    Examples
    --------
    >>> from bayesreg.support import support_table
    >>> sum(cell.works for cell in support_table()) > 100
    True
    """
    for family in (law.label for law in LIKELIHOODS.values()):
        for penalty in (*REGISTRY, FIRTH):
            for variant in VARIANTS:
                if not _exists(REGISTRY.get(penalty), variant):
                    continue
                for verb, engines in VERBS.items():
                    for engine in engines:
                        reason = refusal(family, penalty, variant, verb, engine)
                        yield Cell(family, penalty, variant, verb, engine, reason)


def _exists(law: type[Penalty] | None, variant: str) -> bool:
    """Whether a penalty can be written in a variant; None is the correction, which has one form."""
    if variant == "given" or law is None:
        return variant == "given"
    if variant == "open":
        return len(law.strength_powers) == 1
    return "positive" in law.__dataclass_fields__ if variant == "positive" else getattr(law, "takes_limits", False)


def variants_of(penalty: Penalty) -> tuple[str, ...]:
    """Return which variants of its cells a penalty falls under: two where an open strength meets bounds."""
    bounded = "limits" if penalty.bounds != (-np.inf, np.inf) else ""
    bounded = "positive" if penalty.positive else bounded
    if penalty.is_given:
        return (bounded or "given",)
    return ("open", bounded) if bounded else ("open",)


def why_refused(resolved: Resolved, verb: str, engine: str = "") -> str:
    """Return the first reason that a model's blocks give against a verb; empty where it works.

    A path needs one block with a strength; every other verb must be possible for each block. An
    open strength is named first: no engine would help it.
    """
    return _first_refusal(resolved, verb, engine)[1]


def _first_refusal(resolved: Resolved, verb: str, engine: str) -> tuple[Block | None, str]:
    """Return the block that refuses and its reason; None and empty where it works."""
    present = [block for block in resolved.blocks if not resolved.excluded[block.columns].all()]
    corrected = resolved.correction is not None
    cells = [
        (FIRTH if corrected else type(block.penalty).__name__, kind, block)
        for block in present
        for kind in variants_of(block.penalty)
    ]
    cells.sort(key=lambda cell: (cell[1] != "open", cell[0] not in GAUSSIAN_ONLY))
    refused = [(block, refusal(resolved.family.label, name, kind, verb, engine)) for name, kind, block in cells]
    if verb == "path":
        own = [one for (name, *_), one in zip(cells, refused, strict=True) if name != "Flat"]
        return [*refused, *own][-1] if refused and all(reason for _, reason in refused) else (None, "")
    return next((one for one in refused if one[1]), (None, ""))


def check_supported(resolved: Resolved, verb: str, engine: str = "") -> None:
    """Raise unless the model supports the verb and engine.

    Raises
    ------
    InputError
        If the engine is not known.
    UnsupportedError
        If the table refuses the combination; the message is its reason.
    """
    if verb == "sample" and (not isinstance(engine, str) or engine not in ENGINES):
        known = ", ".join(repr(name) for name in ENGINES if name not in LATER)
        raise InputError(f"engine={engine!r} is not known; allowed: {known}.")
    block, reason = _first_refusal(resolved, verb, engine)
    if block is not None:
        raise UnsupportedError(_with_place(reason, block, resolved) if verb == "fit" else reason)


def _with_place(reason: str, block: Block, resolved: Resolved) -> str:
    """Return a reason against ``fit`` with the term that it is about, where there are several penalties."""
    several = len({id(other.penalty) for other in resolved.blocks if not other.penalty.is_flat}) > 1
    if block.is_group:
        return f"{block.label}: {reason} A strength for this group: penalty={{{block.label!r}: br.Normal(scale)}}."
    return f"{block.label}: {reason}" if several and block.label != "..." else reason
