"""A statistic of the response beside the same statistic of responses that the posterior predicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_whole
from bayesreg.errors import InputError
from bayesreg.posterior.pointwise import CHUNK, chunks, respond
from bayesreg.results.summary import Summary

Statistic = Callable[[np.ndarray], float]
STATISTICS: dict[str, Statistic] = {
    "mean": lambda y: float(np.mean(y)),
    "sd": lambda y: float(np.std(y)),
    "min": lambda y: float(np.min(y)),
    "median": lambda y: float(np.median(y)),
    "max": lambda y: float(np.max(y)),
    "skewness": lambda y: float(np.mean(((y - y.mean()) / (y.std() or 1.0)) ** 3)),
    "zeros": lambda y: float(np.mean(y == 0.0)),
}
DEFAULT = ("mean", "sd", "min", "max", "skewness")
FAR = 0.025


@final
@dataclass(frozen=True, eq=False, repr=False)
class PredictiveCheck:
    """Statistics of predicted responses; made by `Posterior.predictive_check`.

    Attributes
    ----------
    response : str
    observed : pandas.Series
        Each statistic of the data.
    predicted : pandas.DataFrame
        A row a predicted data set, a column a statistic.
    responses : ndarray (draws, n)
        The predicted data sets.
    y : ndarray (n,)
    """

    response: str
    observed: pd.Series
    predicted: pd.DataFrame
    responses: np.ndarray
    y: np.ndarray

    @property
    def frame(self) -> pd.DataFrame:
        """A row a statistic: observed, mean, lower and upper (95 %) of the predictions, and prob_larger.

        ``prob_larger`` is the share of predicted data sets whose statistic is larger, ties counted half: near 0 or 1
        the model does not reproduce it. It is conservative, as the data were used twice.
        """
        values = self.predicted.to_numpy()
        seen = self.observed.to_numpy()
        lower, upper = np.quantile(values, [FAR, 1.0 - FAR], axis=0)
        p = (values > seen).mean(axis=0) + 0.5 * (values == seen).mean(axis=0)
        columns = {"observed": seen, "mean": values.mean(axis=0), "lower": lower, "upper": upper, "prob_larger": p}
        return pd.DataFrame(columns, index=pd.Index(self.predicted.columns, name="statistic"))

    @property
    def status(self) -> str:
        """A sentence that names the statistics which the model does not reproduce."""
        frame = self.frame
        out = frame.index[(frame["prob_larger"] < FAR) | (frame["prob_larger"] > 1.0 - FAR)]
        if not len(out):
            return "The model predicts data like these, as far as these statistics tell."
        return (
            f"CHECK: the data's {', '.join(out)} lie outside of what the model predicts. Consider another family, a "
            "transformed response, or terms that are missing."
        )

    def summary(self) -> Summary:
        """Return the frame as a table."""
        header = {"response": self.response, "predicted data sets": f"{len(self.predicted)}", "interval": "95%"}
        return Summary("Posterior predictive check", self.frame, header, (self.status,))

    def plot(self) -> Any:
        """Draw the response and the statistics beside the predicted ones; see `plots.predictive_check`."""
        from bayesreg.plots import predictive_check

        return predictive_check(self)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def run_check(post: Any, stat: Any, draws: int, seed: int) -> PredictiveCheck:
    """Return what `Posterior.predictive_check` does."""
    check_whole("draws", draws, 1)
    check_whole("seed", seed, 0)
    chosen, design = read_statistics(stat), post.model.design
    if 8 * int(draws) * design.n > 32 * CHUNK * 8:
        raise InputError(
            f"{draws} predicted data sets of {design.n} rows take {8 * int(draws) * design.n / 2**30:.1f} GiB, above "
            "the limit of 1 GiB; take fewer draws=."
        )
    flat, rng = post.drawn.thinned(int(draws)), np.random.default_rng(seed)
    responses = np.empty((flat.count, design.n))
    for chunk in chunks(design, post.resolved, flat):
        responses[:, chunk.rows] = respond(chunk, rng).T
    copies = np.flatnonzero(post.resolved.weights > 0.0)
    seen = pd.Series({name: of(design.y[copies]) for name, of in chosen.items()})
    rows = [{name: of(one[copies]) for name, of in chosen.items()} for one in responses]
    return PredictiveCheck(design.response, seen, pd.DataFrame(rows), responses[:, copies], design.y[copies])


def read_statistics(stat: Any) -> dict[str, Statistic]:
    """Return statistics by name: names of known ones, functions of a response (n,), or several of them."""
    if stat is None:
        return {name: STATISTICS[name] for name in DEFAULT}
    if isinstance(stat, str) and stat in STATISTICS:
        return {stat: STATISTICS[stat]}
    if callable(stat):
        return {getattr(stat, "__name__", "statistic"): stat}
    if isinstance(stat, (list, tuple)) and stat:
        return {name: of for one in stat for name, of in read_statistics(one).items()}
    raise InputError(
        f"stat={stat!r} is not known; allowed: {', '.join(map(repr, STATISTICS))}, a function of the response (n,), "
        "or a list of them."
    )
