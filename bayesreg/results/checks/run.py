"""All checks of a posterior, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bayesreg.results.checks.convergence import convergence
from bayesreg.results.checks.edges import separation, small_sigma, strengths
from bayesreg.results.checks.findings import Finding, Findings, ordered
from bayesreg.results.checks.prior import conflict, dominated
from bayesreg.results.existence_of_means import SEPARABLE, separated

CHECKS: tuple[Callable[[Any], Iterator[Finding]], ...] = (
    convergence,
    dominated,
    conflict,
    separation,
    small_sigma,
    strengths,
)


def check(post: Any) -> Findings:
    """Return the findings about a posterior; see `Posterior.check`."""
    items = ordered(one for look in CHECKS for one in (() if _skipped(look, post) else look(post)))
    model = post.model
    return Findings(f"Check of the posterior of {model.formula or model.design.response}", items, _passed(post, items))


def _skipped(look: Callable[[Any], Iterator[Finding]], post: Any) -> bool:
    return look is convergence and post.independent


def _passed(post: Any, items: tuple[Finding, ...]) -> tuple[str, ...]:
    topics = {one.topic for one in items}
    said = []
    if not topics & {"R-hat", "ess bulk", "ess tail", "divergences", "energy", "Monte Carlo error"}:
        said.append(post.status)
    if not topics & {"prior dominates", "prior and data differ", "weak likelihood"}:
        said.append("Prior: the data have more than half of the information, and power scaling moves nothing much.")
    if post.resolved.learned:
        said.append("Power scaling is that of the priors at the top: of learned strengths, and of sigma.")
    if post.resolved.likelihood.name in SEPARABLE and "separation" not in topics:
        looked = separated(post) is not None
        said.append(
            "The responses are not separated: the likelihood alone has a maximum."
            if looked
            else "Separation was not looked for: the design is sparse or large."
        )
    return tuple(said)
