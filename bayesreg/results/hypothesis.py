"""Statements about coefficients: posterior probabilities, and for equations the ratio of two densities."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.errors import UnsupportedError
from bayesreg.results.density_ratio import posterior_density, prior_density
from bayesreg.results.expression import Value, evaluate, read_statement
from bayesreg.results.summary import Summary

_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@final
@dataclass(frozen=True, eq=False, repr=False)
class Hypothesis:
    """What a posterior says about a statement; made by `Posterior.hypothesis`.

    Attributes
    ----------
    text : str
    probability : float
        Posterior probability of an inequality. Of an equation: where it and its opposite are equally likely before the
        data, ``evidence_ratio / (1 + evidence_ratio)``.
    evidence_ratio : float
        Posterior odds of an inequality; of an equation the posterior over the prior density at it (Savage and Dickey),
        which is the Bayes factor for it.
    estimate, lower, upper : float
        Mean and central interval of the left minus the right side (of a chain: of the middle).
    level : float
    note : str
        How the numbers were made.
    """

    text: str
    probability: float
    evidence_ratio: float
    estimate: float
    lower: float
    upper: float
    level: float
    note: str

    @property
    def frame(self) -> pd.DataFrame:
        """One row: probability, evidence_ratio, estimate, lower, upper."""
        names = ("probability", "evidence_ratio", "estimate", "lower", "upper")
        row = {name: [getattr(self, name)] for name in names}
        return pd.DataFrame(row, index=pd.Index([self.text], name="hypothesis"))

    def summary(self) -> Summary:
        """Return the row as a table."""
        return Summary("Hypothesis", self.frame, {"interval": f"{self.level:.0%} equal-tailed"}, (self.note,))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def hypothesis(post: Any, text: str, level: float) -> Hypothesis:
    """Return what `Posterior.hypothesis` does."""
    check_level(level)
    flat = post.drawn.flat
    known = {name: flat.beta[:, j] for j, name in enumerate(post.resolved.coefficients)}
    if post.resolved.sigma_prior is not None and "sigma" not in known:
        known["sigma"] = flat.sigma
    statement = read_statement(text, list(known))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        sides = [evaluate(side, known, text) for side in statement.sides]
    if statement.relations == ("=",):
        return _equation(post, text, sides[0], sides[1], level)
    holds = np.ones(flat.count, dtype=bool)
    for left, relation, right in zip(sides, statement.relations, sides[1:], strict=False):
        holds &= _HOLDS[relation](left.draws, right.draws)
    shown = sides[1].draws if len(sides) == 3 else sides[0].draws - sides[1].draws
    count, yes = flat.count, int(holds.sum())
    ratio = yes / (count - yes) if yes < count else np.inf
    return Hypothesis(
        text,
        yes / count,
        ratio,
        *_ends(np.asarray(shown), count, level),
        level,
        _inequality_note(yes, count, post.drawn),
    )


def _inequality_note(yes: int, count: int, drawn: Any) -> str:
    if yes in (0, count):
        side = "no" if yes == 0 else "every"
        return f"It holds in {side} draw: the probability is known to be {'below' if yes == 0 else 'above'} " + (
            f"{3.0 / count:.2g} (rule of three)." if yes == 0 else f"{1.0 - 3.0 / count:.6g} (rule of three)."
        )
    return f"Share of {count} draws; evidence_ratio: posterior odds."


def _ends(draws: np.ndarray, count: int, level: float) -> tuple[float, float, float]:
    each = np.broadcast_to(draws, (count,))
    low, high = np.quantile(each, [0.5 - 0.5 * level, 0.5 + 0.5 * level])
    return float(each.mean()), float(low), float(high)


def _equation(post: Any, text: str, left: Value, right: Value, level: float) -> Hypothesis:
    """Return the Savage-Dickey ratio of ``left = right``."""
    if left.linear is None or right.linear is None:
        raise UnsupportedError(
            f"{text!r} is not linear in the coefficients, and its density ratio at a point depends on how it is "
            "written. Ask for an inequality, or write it as a sum, such as 'bmi - 2 * bp = 0'."
        )
    factors = {
        name: left.linear.get(name, 0.0) - right.linear.get(name, 0.0) for name in {**left.linear, **right.linear}
    }
    at = -factors.pop("", 0.0)
    factors = {name: factor for name, factor in factors.items() if factor != 0.0}
    posterior, how = posterior_density(post, factors, at, text)
    prior, how_prior = prior_density(post, factors, at, text)
    ratio = posterior / prior
    shown = left.draws - right.draws
    note = (
        f"evidence_ratio: posterior over prior density (Savage and Dickey), {posterior:.3g} / {prior:.3g}; {how}, "
        f"{how_prior}. Probability at equal prior odds. The ratio depends on the prior's width: a wider prior favours "
        "the equation."
    )
    return Hypothesis(
        text, ratio / (1.0 + ratio), ratio, *_ends(np.asarray(shown), post.drawn.count, level), level, note
    )
