"""The price of not knowing the strength: intervals given a strength beside those with the strength integrated out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.errors import InputError
from bayesreg.results.differences import differences
from bayesreg.results.posterior import Posterior
from bayesreg.results.priors import describe_penalty, prior_sentences
from bayesreg.results.strengths import describe_strengths
from bayesreg.results.summary import Summary


@final
@dataclass(frozen=True, eq=False, repr=False)
class Inflation:
    """Two posteriors of one model: given a chosen strength, and with the strength integrated out.

    Attributes
    ----------
    given, learned : Posterior
    level : float
        Of the central intervals.
    rule : str
        How the given strength was chosen, as a sentence; empty where that is not known.

    Examples
    --------
    >>> import bayesreg as br
    >>> def model(penalty):
    ...     return br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=penalty)
    >>> given, learned = model(br.L1(lam=500.0)).sample(200, seed=1), model(br.L1()).sample(200, seed=1)
    >>> inflation = br.inflation(given, learned)
    >>> inflation.frame.index.tolist(), bool(0.8 < inflation.median["width_ratio"] < 1.3)
    (['Intercept', 'bmi', 'bp', 's5'], True)
    """

    given: Posterior
    learned: Posterior
    level: float
    rule: str = ""

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Both posteriors, a row a coefficient.

        Columns: given_mean, given_lower, given_upper, given_sd; learned_mean, learned_lower, learned_upper, learned_sd;
        width_ratio and sd_ratio (learned over given; nan where a coefficient is forced to 0); and ``learns``, whether
        the coefficient's own strength is learned.
        """
        parts: dict[str, pd.Series] = {}
        for name, table in self._tables.items():
            parts |= {f"{name}_{column}": table[column] for column in ("mean", "lower", "upper", "sd")}
        frame = pd.DataFrame(parts, index=self.given.resolved.index)
        width = {name: frame[f"{name}_upper"] - frame[f"{name}_lower"] for name in ("given", "learned")}
        frame["width_ratio"] = width["learned"] / width["given"].where(width["given"] > 0.0)
        frame["sd_ratio"] = frame["learned_sd"] / frame["given_sd"].where(frame["given_sd"] > 0.0)
        frame["learns"] = self._learns
        return frame

    @property
    def median(self) -> pd.Series:
        """Medians of width_ratio and sd_ratio over the coefficients whose strength is learned."""
        found: pd.Series = self.frame.loc[self._learns, ["width_ratio", "sd_ratio"]].median()
        return found

    @property
    def error(self) -> float:
        """Monte Carlo error of a ratio of sds, as a share, at the smallest effective sample size; 0: both are exact."""
        pair = {"given": self.given, "learned": self.learned}
        drawn = [self._tables[name] for name, one in pair.items() if one.sampled.exact is None]
        return float(np.sqrt(sum(0.5 / float(table["ess_bulk"].min()) for table in drawn)))

    def summary(self) -> Summary:
        """Return both intervals side by side, the inflation between them, and where the given strength lies."""
        shown = self.frame.drop(columns=["given_sd", "learned_sd", "learns"]).rename(
            columns=lambda name: name.replace("_", " ")
        )
        header = {
            "given": describe_penalty(self.given.resolved),
            "learned": describe_penalty(self.learned.resolved),
            "interval": f"{self.level:.0%} equal-tailed",
        }
        return Summary(f"Inflation by an unknown strength: {self.given.model.formula}", shown, header, self._notes())

    def plot(self) -> Any:
        """Return a figure: a forest of both intervals, with the ratio of their widths."""
        from bayesreg.plots.inflation import inflation_forest

        return inflation_forest(self)

    def _notes(self) -> tuple[str, ...]:
        """Return what the table says, how the strength was chosen, and what else differs between the two."""
        median, wider = self.median, int((self.frame.loc[self._learns, "width_ratio"] > 1.0).sum())
        count = int(self._learns.sum())
        found = [
            f"With the strength integrated out intervals are {median['width_ratio']:.3f} times as wide at the median "
            f"({wider} of {count} wider) and sds {median['sd_ratio']:.3f} times as large"
            + (f"; Monte Carlo error of a ratio about {self.error:.1%}." if self.error else ", exactly.")
        ]
        found += [f"Given: {self.rule}"] if self.rule else []
        found += [*prior_sentences(self.given.resolved), *self._places()]
        found += describe_strengths(self.learned.tree, self.learned.resolved, self.level)
        if np.any(self.given.resolved.sigma_relative != self.learned.resolved.sigma_relative):
            found.append(
                "The learned scale is in units of sigma, the given one is not: under relative_to='sigma' both would be."
            )
        for name, posterior in (("given", self.given), ("learned", self.learned)):
            found.append(f"{name}: {posterior.why}. {posterior.status}")
        return tuple(found)

    def _places(self) -> list[str]:
        """Say where the given strengths lie among the draws of the learned ones."""
        found, resolved = [], self.learned.resolved
        draws = np.asarray(self.learned.tree["posterior"]["lam"]).reshape(-1, len(resolved.learned))
        given = self.given.resolved.lam()
        for k, one in enumerate(resolved.learned):
            lam = float(np.max(given[one.columns]))
            if np.isfinite(draws[:, k]).all() and np.isfinite(lam):
                whose = "" if len(resolved.learned) == 1 else f" of {one.label}"
                below = float(np.mean(draws[:, k] < lam))
                found.append(f"The given lam{whose}, {lam:.4g}, is above {below:.0%} of the draws of the learned one.")
        return found

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        """The summaries of both posteriors."""
        pair = {"given": self.given, "learned": self.learned}
        return {name: posterior.summary(self.level).frame for name, posterior in pair.items()}

    @property
    def _learns(self) -> np.ndarray:
        """Whether the strength of each coefficient is learned (q,)."""
        resolved = self.learned.resolved
        found = np.zeros(len(resolved.coefficients), dtype=bool)
        for one in resolved.learned:
            found[one.columns] = True
        return found

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def inflation(given: Posterior, learned: Posterior, *, level: float = 0.95) -> Inflation:
    r"""Return how much wider intervals are when the strength is integrated out than given a chosen one.

    Given a strength, :math:`p(\beta \mid y, \lambda)` says nothing of the doubt about it; integrated out,

    .. math::

       p(\beta \mid y) = \int p(\beta \mid y, \lambda)\, p(\lambda \mid y)\, d\lambda, \qquad
       \mathrm{var}(\beta) = E\,\mathrm{var}(\beta \mid \lambda) + \mathrm{var}\,E(\beta \mid \lambda).

    The ratio of widths can be below 1: where the chosen strength shrinks less than those that the data favour.

    Parameters
    ----------
    given : Posterior
        Of the model at strengths that are numbers.
    learned : Posterior
        Of the same model with one or more of them open, or under a prior.
    level : float
        Of the central intervals.

    Returns
    -------
    Inflation
        ``.frame``, ``.median``, ``.summary()`` and ``.plot()``.

    Raises
    ------
    InputError
        If one of them is no posterior, the strengths are not given and learned, or the models differ in more than that.

    See Also
    --------
    Selection.inflation : The same from a strength that the data chose.

    Examples
    --------
    >>> import bayesreg as br
    >>> def model(penalty):
    ...     return br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=penalty)
    >>> given, learned = model(br.L1(lam=500.0)).sample(200, seed=1), model(br.L1()).sample(200, seed=1)
    >>> br.inflation(given, learned).frame.columns[:4].tolist()
    ['given_mean', 'given_lower', 'given_upper', 'given_sd']
    """
    for name, value in (("given", given), ("learned", learned)):
        if not isinstance(value, Posterior):
            raise InputError(f"{name}= is a {type(value).__name__}, not a posterior. Pass what model.sample() returns.")
    if given.resolved.learned:
        raise InputError(
            f"The strength of {given.resolved.learned[0].label!r} is learned in given= too. Sample the model at a "
            "number first, such as model.select().model.sample(); learned= comes second."
        )
    if not learned.resolved.learned:
        raise InputError(
            "No strength is learned in learned=. Sample the model with a strength left open, e.g. br.L1()."
        )
    found = list(differences(given.model, learned.model))
    if found:
        raise InputError(
            f"The two models differ in more than their strengths: {'; '.join(found)}. State both alike, so that the "
            "intervals differ by the strength alone."
        )
    return Inflation(given, learned, check_level(level))
