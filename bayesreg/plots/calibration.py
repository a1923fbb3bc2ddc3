"""Leave-one-out calibration: where responses lie in their predictive distributions, and which rows weigh most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayesreg.plots.style import FAINT, INK, KIND_COLOURS, NORMAL, SMALL, check_drawable, clean, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CURVE, OUT = KIND_COLOURS["posterior"], KIND_COLOURS["mode"]
POINTS, SIMULATIONS, SEED, LEVEL = 201, 1000, 0, 0.95
MOST_LABELS = 5


def calibration(source: Any, *, seed: int = 0) -> Figure:
    """Draw how far leave-one-out probabilities are from uniform, and the leave-one-out density of each row.

    On the left the distribution function of `Posterior.loo_pit` minus that of a uniform, with a band that holds the
    whole curve of calibrated predictions with 95 % probability; on the right the log density of each row without it,
    rows that can not be trusted marked.

    Parameters
    ----------
    source : Posterior
    seed : int
        Of the random numbers that break ties.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If ``source`` is no posterior.

    References
    ----------
    Säilynoja, Bürkner and Vehtari (2022), Graphical test for discrete uniformity and its applications.

    Examples
    --------
    >>> import bayesreg as br
    >>> post = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(1.0)).sample(200, seed=1)
    >>> figure = calibration(post)
    """
    check_drawable(source, ("loo", "loo_pit"), "calibration", "a posterior, which model.sample() returns")
    pit, loo = source.loo_pit(seed=seed).dropna().to_numpy(), source.loo()
    figure = new_figure(9.0, 3.8)
    left, right = figure.subplots(1, 2)
    inside = _uniformity(left, pit)
    _rows(right, loo)
    said = "inside" if inside else "outside of"
    figure.suptitle(
        f"Leave-one-out probabilities lie {said} the 95 % band of calibrated predictions; elpd {loo.elpd:.1f} "
        f"± {loo.se:.1f}",
        fontsize=NORMAL,
        color=INK,
        x=0.01,
        ha="left",
    )
    return figure


def _uniformity(ax: Axes, pit: np.ndarray) -> bool:
    """Draw the distribution function minus the uniform one; return whether it stays in its simultaneous band."""
    at = np.linspace(0.0, 1.0, POINTS)
    curve = np.searchsorted(np.sort(pit), at, side="right") / pit.size - at
    low, high = band(pit.size, at)
    clean(ax)
    ax.fill_between(at, low - at, high - at, color=CURVE, alpha=0.15, linewidth=0, label="95 % of calibrated ones")
    ax.plot(at, curve, color=CURVE, linewidth=1.6, label="this posterior")
    ax.axhline(0.0, color=FAINT, linewidth=0.8)
    ax.set_xlabel("leave-one-out probability of a smaller response", fontsize=NORMAL, color=INK)
    ax.set_ylabel("share of rows below, minus expected", fontsize=NORMAL, color=INK)
    ax.legend(frameon=False, fontsize=SMALL, loc="best")
    step = 1e-9
    return bool(np.all((curve >= low - at - step) & (curve <= high - at + step)))


def band(count: int, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of a band that holds the whole distribution function of so many uniform numbers with 95 %.

    Pointwise binomial ends whose level is lowered until 95 % of simulated curves stay inside.
    """
    rng, inner = np.random.default_rng(SEED), at[1:-1]
    uniform = np.sort(rng.random((SIMULATIONS, count)), axis=1)
    below = np.stack([np.searchsorted(row, inner, side="right") for row in uniform])
    tails = np.minimum(stats.binom.cdf(below, count, inner), stats.binom.sf(below - 1, count, inner)).min(axis=1)
    tail = float(np.quantile(tails, 1.0 - LEVEL))
    low, high = np.array(stats.binom.ppf(tail, count, at)), np.array(stats.binom.isf(tail, count, at))
    low[[0, -1]], high[[0, -1]] = (0.0, count), (0.0, count)
    return low / count, high / count


def _rows(ax: Axes, loo: Any) -> None:
    """Draw the density of each row without it."""
    elpd, khat = loo.frame["elpd"].to_numpy(), loo.frame["khat"].to_numpy()
    clean(ax)
    out = khat > loo.limit
    ax.plot(np.flatnonzero(~out), elpd[~out], "o", color=CURVE, markersize=2.6, alpha=0.6)
    if out.any():
        ax.plot(np.flatnonzero(out), elpd[out], "D", color=OUT, markersize=4.5, label=f"k above {loo.limit:.2f}")
        ax.legend(frameon=False, fontsize=SMALL, loc="best")
    for place in np.argsort(elpd)[: min(MOST_LABELS, elpd.size)]:
        ax.annotate(
            str(loo.frame.index[place]),
            (place, elpd[place]),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL - 1.0,
            color=FAINT,
        )
    ax.set_xlabel("row", fontsize=NORMAL, color=INK)
    ax.set_ylabel("log density without the row", fontsize=NORMAL, color=INK)
    ax.set_title("The rows that are predicted worst have their labels", fontsize=SMALL, color=FAINT, loc="left")
