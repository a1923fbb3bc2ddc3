"""The forest plot of a comparison: coefficients in rows, fits in colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    FAINT,
    INK,
    KIND_COLOURS,
    KIND_MARKERS,
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

    from bayesreg.results.comparison import Comparison

SCALES = ("standardized", "raw")
BAND = 0.56
"""The share of a row's height over which its fits are spread."""


def forest(
    comparison: Comparison,
    ax: Axes | None = None,
    *,
    scale: Literal["standardized", "raw"] = "standardized",
    intercept: bool = False,
) -> Figure:
    """Draw estimates and 95 % intervals of all fits; exact zeros are hollow.

    Parameters
    ----------
    comparison : Comparison
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without pyplot's state if left out.
    scale : {"standardized", "raw"}
        "standardized" multiplies a coefficient by the 1/n standard deviation of its column, so that effects can be
        compared across columns; "raw" shows it on the user's scale.
    intercept : bool
        Show the intercept too (never multiplied).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given a comparison, ``scale`` is not known, or no coefficient is left to show.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(lam=100.0))
    >>> comparison = br.compare(model.mle(), model.fit())
    >>> figure = forest(comparison, scale="raw")
    """
    check_drawable(comparison, ("fits", "frame"), "forest", "a comparison of fits: forest(br.compare(fit, ...))")
    frame = _frame(comparison, scale, intercept)
    names = list(dict.fromkeys(frame["coefficient"]))
    fits = list(comparison.fits)
    if ax is None:
        width = 6.0 + 0.06 * max(map(len, names))
        ax = new_figure(width, 1.3 + len(names) * max(0.34, 0.15 * len(fits))).add_subplot()
    offsets = (np.arange(len(fits)) - 0.5 * (len(fits) - 1)) * BAND / max(len(fits), 2)
    for (name, style), offset in zip(_styles(comparison).items(), offsets, strict=True):
        _draw(ax, frame[frame["fit"] == name], np.arange(len(names)) + offset, name, style)
    _finish(ax, names, comparison, scale, zeros=bool(frame["zero"].any()))
    return root_figure(ax)


def _frame(comparison: Comparison, scale: str, intercept: bool) -> pd.DataFrame:
    """Return the tidy frame on the wanted scale."""
    if scale not in SCALES:
        raise InputError(f"scale={scale!r} is not known; allowed: 'standardized' (per standard deviation), 'raw'.")
    resolved = next(iter(comparison.fits.values())).model.resolved
    frame = comparison.frame.copy()
    if scale == "standardized":
        factor = frame["coefficient"].map(dict(zip(resolved.coefficients, resolved.sd, strict=True)))
        frame[["estimate", "lower", "upper"]] = frame[["estimate", "lower", "upper"]].mul(factor, axis=0)
    if not intercept and resolved.intercept:
        frame = frame[frame["coefficient"] != "Intercept"]
    if frame.empty:
        raise InputError("The model has only an intercept, so there is nothing to draw; use intercept=True.")
    return frame


def _styles(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Return colour and marker of each fit: by its kind, and another colour where a kind comes again."""
    styles: dict[str, dict[str, Any]] = {}
    spare = [colour for colour in PALETTE if colour not in KIND_COLOURS.values()]
    for name, fit in comparison.fits.items():
        taken = [style["color"] for style in styles.values()]
        own = KIND_COLOURS[fit.kind]
        colour = next((choice for choice in (own, *spare) if choice not in taken), own)
        styles[name] = {"color": colour, "marker": KIND_MARKERS[fit.kind]}
    return styles


def _draw(ax: Axes, own: pd.DataFrame, rows: np.ndarray, name: str, style: dict[str, Any]) -> None:
    """Draw one fit: lines for intervals, filled points, hollow points for exact zeros."""
    estimate, lower, upper = (own[part].to_numpy(dtype=float) for part in ("estimate", "lower", "upper"))
    zero = own["zero"].to_numpy(dtype=bool)
    has = np.isfinite(lower) & np.isfinite(upper)
    ax.hlines(rows[has], lower[has], upper[has], color=style["color"], linewidth=1.8, zorder=2)
    points = {"linestyle": "none", "markersize": 5.0, "markeredgewidth": 1.2, "markeredgecolor": style["color"]}
    points |= {"marker": style["marker"], "zorder": 3}
    ax.plot(estimate[zero], rows[zero], markerfacecolor="white", **points)
    ax.plot(estimate[~zero], rows[~zero], markerfacecolor=style["color"], label=name, **points)


def _finish(ax: Axes, names: list[str], comparison: Comparison, scale: str, *, zeros: bool) -> None:
    """Set axes, zero line, titles and legend."""
    model = next(iter(comparison.fits.values())).model
    clean(ax, grid="x")
    ax.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    ax.set_yticks(range(len(names)), names, fontsize=NORMAL)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for row in range(0, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color="#f6f6f6", linewidth=0, zorder=0)
    unit = "per standard deviation of the column" if scale == "standardized" else "per unit of the column"
    ax.set_xlabel(f"effect on {_outcome(model)}, {unit}", fontsize=NORMAL, color=INK)
    legend = ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=min(len(comparison.fits), 4),
        frameon=False,
        fontsize=NORMAL,
        handletextpad=0.2,
        columnspacing=1.4,
        borderaxespad=0.2,
    )
    legend.set_zorder(4)
    if zeros:
        ax.annotate(
            "hollow: exactly 0",
            (1.0, 1.0),
            xytext=(0, 6),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            fontsize=SMALL,
            color=FAINT,
        )


def _outcome(model: Any) -> str:
    """Return what a coefficient adds to: the response, or its log odds or log mean."""
    prefix = {"logit": "log odds of ", "log": "log mean of "}.get(model.resolved.family.link, "")
    return f"{prefix}{model.design.response}"
