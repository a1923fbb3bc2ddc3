"""The forest of two posteriors: given a strength, and with the strength integrated out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    FAINT,
    INK,
    KIND_COLOURS,
    NORMAL,
    PALETTE,
    SMALL,
    check_drawable,
    clean,
    new_figure,
    root_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES: dict[str, dict[str, Any]] = {
    "given": {"color": PALETTE[4], "marker": "D", "label": "given the strength"},
    "learned": {"color": KIND_COLOURS["posterior"], "marker": "o", "label": "strength integrated out"},
}
SHIFT = 0.16
"""How far a row's intervals lie from its middle."""


def inflation_forest(
    inflation: Any,
    ax: Axes | None = None,
    *,
    scale: Literal["standardized", "raw"] = "standardized",
    intercept: bool = False,
) -> Figure:
    """Draw both intervals of each coefficient, and write how many times as wide the second is.

    Parameters
    ----------
    inflation : Inflation
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without pyplot's state if left out.
    scale : {"standardized", "raw"}
        "standardized" multiplies a coefficient by the 1/n standard deviation of its column.
    intercept : bool
        Show the intercept too (never multiplied).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given an inflation, ``scale`` is not known, or no coefficient is left to show.

    Examples
    --------
    >>> import bayesreg as br
    >>> def model(penalty):
    ...     return br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=penalty)
    >>> given, learned = model(br.L1(lam=500.0)).sample(200, seed=1), model(br.L1()).sample(200, seed=1)
    >>> figure = inflation_forest(br.inflation(given, learned))
    """
    check_drawable(inflation, ("frame", "given", "level"), "inflation_forest", "br.inflation(given, learned)")
    frame = _frame(inflation, scale, intercept)
    names = list(frame.index)
    if ax is None:
        ax = new_figure(6.6 + 0.06 * max(map(len, names)), 1.3 + 0.36 * len(names)).add_subplot()
    for (name, style), shift in zip(STYLES.items(), (-SHIFT, SHIFT), strict=True):
        rows = np.arange(len(names)) + shift
        low, high, mean = (frame[f"{name}_{part}"].to_numpy() for part in ("lower", "upper", "mean"))
        ax.hlines(rows, low, high, color=style["color"], linewidth=1.8, zorder=2)
        ax.plot(mean, rows, linestyle="none", markersize=4.6, zorder=3, **style)
    _finish(ax, names, inflation, scale)
    for row, ratio in enumerate(frame["width_ratio"]):
        text = "" if np.isnan(ratio) else f"{ratio:.2f}"
        ax.annotate(text, (1.02, row), xycoords=ax.get_yaxis_transform(), va="center", fontsize=SMALL, color=INK)
    return root_figure(ax)


def _frame(inflation: Any, scale: str, intercept: bool) -> pd.DataFrame:
    """Return the numbers of the rows to show, on the wanted scale."""
    if scale not in ("standardized", "raw"):
        raise InputError(f"scale={scale!r} is not known; allowed: 'standardized' (per standard deviation), 'raw'.")
    resolved, frame = inflation.given.resolved, inflation.frame.copy()
    if scale == "standardized":
        columns = [f"{name}_{part}" for name in STYLES for part in ("lower", "upper", "mean")]
        factor = np.where(frame.index == "Intercept", 1.0, resolved.sd)
        frame[columns] = frame[columns].mul(factor, axis=0)
    if not intercept and resolved.intercept:
        frame = frame.drop(index="Intercept")
    if frame.empty:
        raise InputError("The model has only an intercept, so there is nothing to draw; use intercept=True.")
    return frame


def _finish(ax: Axes, names: list[str], inflation: Any, scale: str) -> None:
    """Set axes, zero line, stripes and legend."""
    clean(ax, grid="x")
    ax.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    ax.set_yticks(range(len(names)), names, fontsize=NORMAL)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for row in range(0, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color="#f6f6f6", linewidth=0, zorder=0)
    unit = "per standard deviation of the column" if scale == "standardized" else "per unit of the column"
    ax.set_xlabel(f"effect {unit}, {inflation.level:.0%} intervals", fontsize=NORMAL, color=INK)
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False, fontsize=NORMAL, borderaxespad=0.2)
    ax.annotate(
        "ratio of\nwidths",
        (1.02, 1.0),
        xytext=(0, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=SMALL,
        color=FAINT,
    )
