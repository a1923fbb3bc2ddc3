"""What a model believes before it sees the response: predicted responses beside the observed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    FAINT,
    INK,
    KIND_COLOURS,
    NORMAL,
    SMALL,
    check_drawable,
    clean,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PRIOR = KIND_COLOURS["posterior"]
OBSERVED = KIND_COLOURS["mode"]
GROUPS = ("prior", "prior_predictive", "observed_data")
BINS = 40
MOST_COUNTS = 60
"""More distinct counts than this are shown in bins."""


def prior_predictive(source: Any, *, draws: int = 1000, seed: int = 0) -> Figure:
    """Draw the responses that a model predicts from its prior alone, beside the observed response.

    On the left the distribution of responses: the median of the prior draws with their 50 and 90 % bands, and the
    observed one; on the right what follows for the fit: the prior's ``R^2`` (families with a dispersion), or the lowest
    and the highest mean of a row in each draw.

    Parameters
    ----------
    source : xarray.DataTree or Model
        What `Model.prior_predictive` returns, or a model to draw from.
    draws, seed : int
        Where a model is given.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If ``source`` is neither.

    Examples
    --------
    >>> import bayesreg as br
    >>> prior = br.Normal.from_belief(within=0.5, on="R2", columns=3)
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), prior=prior)
    >>> figure = prior_predictive(model.prior_predictive(draws=200, seed=1))
    """
    tree = _tree(source, draws, seed)
    family = str(tree["prior"].attrs["family"])
    figure = new_figure(9.0, 4.0)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1.6, 1.0)})
    _responses(left, tree, family)
    said = _share(right, tree) if "explained" in tree["prior"] else _means(right, tree, family)
    figure.suptitle(said, fontsize=NORMAL + 1, color=INK, x=0.01, ha="left")
    if "intercept" in tree["prior"].attrs:
        note = "intercept held: a row at the means of the columns has the mean response of the null model"
        figure.supxlabel(note, fontsize=SMALL, color=FAINT)
    return figure


def _tree(source: Any, draws: int, seed: int) -> Any:
    """Return the draws of a model, or the tree itself."""
    if getattr(source, "resolved", None) is not None:
        source = source.prior_predictive(draws=draws, seed=seed)
    check_drawable(source, ("children",), "prior_predictive", "a model, or what its prior_predictive() returns")
    missing = [group for group in GROUPS if group not in source.children]
    if missing:
        raise InputError(
            f"prior_predictive needs the groups {', '.join(GROUPS)}, and this tree has no {missing[0]!r}. Pass what "
            "model.prior_predictive() returns."
        )
    return source


def _responses(ax: Axes, tree: Any, family: str) -> None:
    """Draw the distribution of predicted responses with bands over draws, and the observed one."""
    name = next(iter(tree["observed_data"].data_vars))
    observed = np.asarray(tree["observed_data"][name], dtype=float)
    drawn = np.asarray(tree["prior_predictive"][name])[0]
    clean(ax, grid="y")
    edges = _edges(family, observed, drawn)
    places, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    shares = np.stack([np.histogram(np.clip(row, edges[0], edges[-1]), edges)[0] for row in drawn]) / drawn.shape[1]
    actual = np.histogram(np.clip(observed, edges[0], edges[-1]), edges)[0] / observed.size
    levels = np.quantile(shares, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    for low, high, alpha in ((levels[0], levels[4], 0.2), (levels[1], levels[3], 0.35)):
        ax.bar(places, high - low, 0.94 * width, low, color=PRIOR, alpha=alpha, linewidth=0)
    ax.hlines(levels[2], places - 0.47 * width, places + 0.47 * width, color=PRIOR, linewidth=1.6, label="prior draws")
    ax.plot(places, actual, "o", color=OBSERVED, markersize=4.0, label="observed", zorder=3)
    wide = family == "bernoulli"  # two broad bars leave no corner free
    if wide:
        ax.set_xticks([0.0, 1.0])
    ax.set_ylim(0.0, 1.15 * max(levels[4].max(), actual.max()) if wide else None)
    ax.set_xlabel(name, fontsize=NORMAL, color=INK)
    ax.set_ylabel("share of the rows", fontsize=NORMAL, color=INK)
    outside = float(np.mean((drawn < edges[0]) | (drawn > edges[-1])))
    end = f"; the end bins hold the {100.0 * outside:.0f} % beyond" if outside >= 0.005 else ""
    ax.set_title(f"Bands: 50 and 90 % of the draws{end}", fontsize=SMALL, color=FAINT, loc="left")
    ax.legend(frameon=False, fontsize=SMALL, loc="upper right", ncols=1 + wide)


def _edges(family: str, observed: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the bins: one a value for few whole numbers, else of equal width over most of what is predicted."""
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.01, 0.99]) if finite.size else (observed.min(), observed.max())
    span = observed.max() - observed.min()
    most = observed.max() if family == "gaussian" else np.quantile(observed, 0.995)
    low = max(min(low, observed.min()), observed.min() - 2.0 * span)
    high = min(max(high, most), observed.max() + 2.0 * span)
    if family != "gaussian" and high - low <= MOST_COUNTS:
        return np.arange(np.floor(low), np.ceil(high) + 2.0) - 0.5
    if family != "gaussian":
        step = float(np.ceil((high - low + 1.0) / BINS))
        return np.arange(np.floor(low), high + step + 1.0, step) - 0.5
    return np.linspace(low, high if high > low else low + 1.0, BINS + 1)


def _share(ax: Axes, tree: Any) -> str:
    """Draw the distribution of the prior's R^2; return the statement."""
    shares = np.asarray(tree["prior"]["explained"])[0]
    clean(ax, grid="y")
    ax.hist(shares, np.linspace(0.0, 1.0, 31).tolist(), density=True, color=PRIOR, alpha=0.45, linewidth=0)
    low, middle, high = np.quantile(shares, [0.05, 0.5, 0.95])
    ax.axvline(middle, color=INK, linewidth=1.1, linestyle="--")
    ax.set_xlim(0.0, 1.0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("share of the variance that the columns explain", fontsize=NORMAL, color=INK)
    ax.set_title(f"R² over the draws: median {middle:.2f}", fontsize=SMALL, color=FAINT, loc="left")
    return f"Before the data: R² has median {middle:.2f}, and lies in {low:.2f} to {high:.2f} with 90 % probability"


def _means(ax: Axes, tree: Any, family: str) -> str:
    """Draw the lowest and the highest mean of a row in each draw; return the statement."""
    what = {"bernoulli": "probabilities", "poisson": "rates"}.get(family, "means")
    ends = [np.asarray(tree["prior"][name])[0] for name in ("lowest_mean", "highest_mean")]
    clean(ax, grid="y")
    first, last = 0.0, 1.0
    if family != "bernoulli":
        ends = [np.log10(np.clip(end, 1e-12, 1e12)) for end in ends]
        first, last = np.quantile(np.concatenate(ends), [0.005, 0.995]).tolist()
        ax.xaxis.set_major_formatter(lambda at, _: f"{10.0**at:.3g}")
    bins = np.linspace(first, last if last > first else first + 1.0, 31).tolist()
    for end, label, alpha in zip(ends, ("lowest row", "highest row"), (0.3, 0.6), strict=True):
        ax.hist(np.clip(end, bins[0], bins[-1]), bins, color=PRIOR, alpha=alpha, linewidth=0, label=label)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(0.0, 1.25 * ax.get_ylim()[1])
    ax.set_xlabel(f"{what} of the rows", fontsize=NORMAL, color=INK)
    ax.legend(frameon=False, fontsize=SMALL, loc="upper center")
    low, high = (float(np.median(end)) for end in ends)
    low, high = (low, high) if family == "bernoulli" else (10.0**low, 10.0**high)
    ax.set_title("Extremes of each draw", fontsize=SMALL, color=FAINT, loc="left")
    return f"Before the data: the {what} of the rows run from {low:.2g} to {high:.2g} in a typical draw"
