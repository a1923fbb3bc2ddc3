"""The look that all pictures share, set artist by artist: rcParams and pyplot are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bayesreg.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, GRID = "#222222", "#6b6b6b", "#e4e4e4"
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#7A5230", "#5F6B7A", "#8A9A00")
"""Okabe and Ito's colours, told apart with any colour vision, then darker ones of the same kind."""
MOST_COLOURS = 10
"""With more coefficients than this only those that end farthest from 0 are coloured and labelled."""
PALE = "#c9c9c9"
KIND_COLOURS = {"mle": "#7F7F7F", "mode": "#D55E00", "posterior": "#0072B2"}
KIND_MARKERS = {"mle": "s", "mode": "D", "posterior": "o"}
PLATE = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
"""The ground of a label that lines would cross."""
SMALL, NORMAL, LARGE = 8.5, 9.5, 10.5
"""Font sizes in points."""


def new_figure(width: float, height: float) -> Figure:
    """Return a figure of ``width`` x ``height`` inches that pyplot does not know of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def root_figure(ax: Axes) -> Figure:
    """Return the figure that holds ``ax``, through subfigures if need be."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InputError("These axes belong to no figure any more. Pass axes of a living figure, or leave ax out.")
    return figure


def clean(ax: Axes, *, grid: Literal["both", "x", "y"] = "both") -> None:
    """Take away what carries no information: half of the frame, long ticks, dark grids."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(FAINT)
        ax.spines[side].set_linewidth(0.8)
    ax.tick_params(which="both", labelsize=SMALL, colors=INK, length=3, width=0.8)
    ax.tick_params(which="minor", length=0)
    ax.set_axisbelow(True)
    ax.grid(visible=False, which="both")
    ax.grid(visible=True, which="major", axis=grid, color=GRID, linewidth=0.7)


def top_axis(ax: Axes, places: np.ndarray, labels: Sequence[str], title: str) -> None:
    """Give ``ax`` a second reading of its x axis, on top: ``labels`` at ``places``."""
    top = ax.secondary_xaxis("top")
    top.set_xticks(places, labels)
    top.set_xticks([], minor=True)
    top.tick_params(labelsize=SMALL, colors=INK, length=3, width=0.8)
    top.spines["top"].set_color(FAINT)
    top.spines["top"].set_linewidth(0.8)
    top.set_xlabel(title, fontsize=NORMAL, color=INK, labelpad=6)


def nice_values(limits: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return round numbers between two positive limits for a logarithmic axis: 1-2-5 steps, or decades if many.

    Examples
    --------
    >>> nice_values([0.3, 12.0]).tolist()
    [0.5, 1.0, 2.0, 5.0, 10.0]
    >>> nice_values([1e-3, 1e3]).tolist()
    [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]
    """
    low, high = min(limits), max(limits)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = (1, 2, 5) if high / low < 10_000.0 else (1,)
    values = np.array([float(f"{step}e{power}") for power in decades for step in steps])
    return values[(values >= low * (1 - 1e-9)) & (values <= high * (1 + 1e-9))]


def spread(positions: Sequence[float], gap: float) -> np.ndarray:
    """Move labels apart until neighbours are ``gap`` apart, each staying as near to its place as it can.

    Least squares under the order of the positions: the isotonic regression of the places minus their ranks times
    ``gap``, by pooling neighbours that collide.

    Examples
    --------
    >>> spread([0.0, 0.1, 5.0], 1.0).tolist()
    [-0.45, 0.55, 5.0]
    """
    places = np.asarray(positions, dtype=float)
    order = np.argsort(places, kind="stable")
    free = places[order] - gap * np.arange(places.size)
    pools: list[tuple[float, int]] = []
    for value in free:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            last, size = pools.pop()
            mean, count = (last * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    levelled = np.concatenate([np.full(count, mean) for mean, count in pools]) if pools else free
    result = np.empty_like(places)
    result[order] = levelled + gap * np.arange(places.size)
    return result


def check_drawable(value: object, needed: Sequence[str], picture: str, remedy: str) -> None:
    """Raise unless ``value`` has what ``picture`` reads.

    Raises
    ------
    InputError
        With the type of ``value`` and what to pass instead.
    """
    if all(getattr(type(value), name, None) is not None or name in getattr(value, "__dict__", {}) for name in needed):
        return
    raise InputError(f"{picture} can not draw a {type(value).__name__}. Pass {remedy}.")


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each name, repeated after the palette's last."""
    return {name: PALETTE[position % len(PALETTE)] for position, name in enumerate(names)}


def label_ends(ax: Axes, ends: dict[str, float], colours: dict[str, str], *, size: float = SMALL) -> None:
    """Write names at the right edge of ``ax``, at the height of their lines, moved apart where they would collide."""
    low, high = ax.get_ylim()
    height = ax.get_position().height * root_figure(ax).get_figheight() * 72.0
    gap = min(1.25 * size / height, 1.0 / max(len(ends), 1)) * (high - low)
    heights = spread(list(ends.values()), gap)
    for (name, end), at in zip(ends.items(), heights, strict=True):
        # a short thread from the line to its label, where the label had to move
        place: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": ax.get_yaxis_transform()}
        thread = {"arrowstyle": "-", "color": colours[name], "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate(
            name,
            (1.0, end),
            (1.03, at),
            va="center",
            ha="left",
            fontsize=size,
            color=colours[name],
            annotation_clip=False,
            arrowprops={**thread, "relpos": (0.0, 0.5)},
            **place,
        )
