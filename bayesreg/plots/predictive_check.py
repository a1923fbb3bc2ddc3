"""The response beside responses that a posterior predicts, and statistics of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.plots.style import FAINT, INK, KIND_COLOURS, NORMAL, SMALL, check_drawable, clean, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PREDICTED, OBSERVED = KIND_COLOURS["posterior"], KIND_COLOURS["mode"]
MOST_STATISTICS, MOST_VALUES, BINS, MOST = 6, 60, 40, 0.995
"""Larger counts than all but a share of 0.005 are shown in the last bin."""


def predictive_check(source: Any) -> Figure:
    """Draw the distribution of the response and that of predicted responses; below it, each statistic.

    Parameters
    ----------
    source : PredictiveCheck
        What `Posterior.predictive_check` returns.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If ``source`` is something else.

    Examples
    --------
    >>> import bayesreg as br
    >>> post = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(1.0)).sample(200, seed=1)
    >>> figure = predictive_check(post.predictive_check(["sd", "skewness"]))
    """
    needed = ("predicted", "observed", "responses", "y")
    check_drawable(source, needed, "predictive_check", "what posterior.predictive_check() returns")
    names = list(source.predicted.columns)[:MOST_STATISTICS]
    figure = new_figure(9.0, 5.2)
    grid = figure.add_gridspec(2, len(names), height_ratios=(1.5, 1.0))
    _responses(figure.add_subplot(grid[0, :]), source)
    for place, name in enumerate(names):
        _statistic(figure.add_subplot(grid[1, place]), source, name)
    figure.suptitle(source.status, fontsize=NORMAL, color=INK, x=0.01, ha="left", wrap=True)
    return figure


def _responses(ax: Axes, source: Any) -> None:
    """Draw the shares of predicted responses in bins, with bands over data sets, and those of the observed one."""
    drawn, y = np.asarray(source.responses), np.asarray(source.y)
    clean(ax, grid="y")
    edges = _edges(y, drawn)
    places, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    shares = np.stack([np.histogram(np.clip(row, edges[0], edges[-1]), edges)[0] for row in drawn]) / drawn.shape[1]
    seen = np.histogram(np.clip(y, edges[0], edges[-1]), edges)[0] / y.size
    levels = np.quantile(shares, [0.025, 0.25, 0.5, 0.75, 0.975], axis=0)
    for low, high, alpha in ((levels[0], levels[4], 0.2), (levels[1], levels[3], 0.35)):
        ax.bar(places, high - low, 0.94 * width, low, color=PREDICTED, alpha=alpha, linewidth=0)
    ax.hlines(
        levels[2], places - 0.47 * width, places + 0.47 * width, color=PREDICTED, linewidth=1.6, label="predicted"
    )
    ax.plot(places, seen, "o", color=OBSERVED, markersize=4.0, label="observed", zorder=3)
    ax.set_xlabel(source.response, fontsize=NORMAL, color=INK)
    ax.set_ylabel("share of the rows", fontsize=NORMAL, color=INK)
    ax.set_ylim(bottom=0.0)
    beyond = float(np.mean(y > edges[-1]))
    end = f"; the last bin holds the {100.0 * beyond:.1f} % of rows beyond" if beyond > 0.0 else ""
    ax.set_title(
        f"Bands: 50 and 95 % of {len(drawn)} predicted data sets{end}", fontsize=SMALL, color=FAINT, loc="left"
    )
    ax.legend(frameon=False, fontsize=SMALL, loc="upper right")


def _edges(y: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the bins: one a value for few whole numbers, else of equal width over most of what is predicted."""
    low, high = np.quantile(drawn, [0.001, 0.999])
    low, high = min(float(low), float(y.min())), max(float(high), float(np.quantile(y, MOST)))
    whole = bool(np.all(y == np.round(y)) and np.all(drawn[0] == np.round(drawn[0])))
    if not whole:
        high = max(high, float(y.max()))
        return np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    step = max(1.0, np.ceil((high - low + 1.0) / (MOST_VALUES if high - low < MOST_VALUES else BINS)))
    return np.asarray(np.arange(np.floor(low), np.ceil(high) + step + 0.5, step) - 0.5)


def _statistic(ax: Axes, source: Any, name: str) -> None:
    """Draw the distribution of a statistic over predicted data sets, and the observed one."""
    values, seen = source.predicted[name].to_numpy(), float(source.observed[name])
    clean(ax, grid="y")
    low, high = min(values.min(), seen), max(values.max(), seen)
    ax.hist(values, np.linspace(low, high if high > low else low + 1.0, 26).tolist(), color=PREDICTED, alpha=0.45)
    ax.axvline(seen, color=OBSERVED, linewidth=1.8)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=4)
    ax.set_xlabel(name, fontsize=NORMAL, color=INK)
    larger = source.frame.loc[name, "prob_larger"]
    ax.set_title(f"P(predicted larger) {larger:.2f}", fontsize=SMALL, color=FAINT, loc="left")
