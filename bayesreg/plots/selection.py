"""What a strength was chosen by, over the strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    INK,
    NORMAL,
    PLATE,
    SMALL,
    check_drawable,
    clean,
    new_figure,
    nice_values,
    root_figure,
    top_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = ("lams", "mean", "se", "place", "best", "measure")
BLUE, RED = "#0072B2", "#D55E00"


def selection_curve(selection: Any, ax: Axes | None = None) -> Figure:
    """Draw the measure over ``lam``, which falls to the right, with the best and the chosen strength marked.

    The lower axis has loss units. The upper one has the prior's scale, where one block of plain absolute values or
    squares has the strength; else effective degrees of freedom. Bars are one standard error.

    Parameters
    ----------
    selection : Selection
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without pyplot's state if left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given a selection, or one of fewer than two strengths.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1())
    >>> figure = selection_curve(model.select())
    """
    check_drawable(selection, NEEDED, "selection_curve", "a selection: selection_curve(model.select())")
    if selection.lams.size < 2:
        raise InputError("The selection has a single strength; a picture needs at least 2. Give more, lams=[...].")
    if ax is None:
        ax = new_figure(7.0, 4.2).add_subplot()
    clean(ax)
    lams, mean, se = selection.lams, selection.mean, selection.se
    if np.isfinite(se).any():
        ax.fill_between(lams, mean - se, mean + se, color=BLUE, alpha=0.15, linewidth=0)
    ax.plot(lams, mean, color=BLUE, linewidth=1.7)
    ax.set_xscale("log")
    ax.set_xlim(lams.max(), lams.min())
    ax.set_xlabel("lam in loss units (weaker to the right)", fontsize=NORMAL, color=INK)
    ax.set_ylabel(selection.measure, fontsize=NORMAL, color=INK)
    _mark(ax, selection, selection.best, BLUE, "best")
    if selection.place != selection.best:
        _mark(ax, selection, selection.place, RED, "chosen, within 1 se")
    _upper(ax, selection)
    return root_figure(ax)


def _mark(ax: Axes, selection: Any, at: int, colour: str, text: str) -> None:
    """Mark a strength with its value."""
    lam, value = float(selection.lams[at]), float(selection.mean[at])
    ax.axvline(lam, color=colour, linewidth=0.9, linestyle=":", zorder=1)
    ax.plot(lam, value, "o", color=colour, markersize=5.5, zorder=3)
    late = np.log(lam) < np.log(selection.lams).mean()
    ax.annotate(
        f"{text}: lam = {lam:.4g}",
        (lam, value),
        (0, 14 if selection.sign > 0 else -20),
        textcoords="offset points",
        ha="right" if late else "left",
        fontsize=SMALL,
        color=colour,
        bbox=PLATE,
        zorder=2.5,
    )


def _upper(ax: Axes, selection: Any) -> None:
    """Give the upper axis the prior's scale, or effective degrees of freedom."""
    ends = np.array([selection.lams.max(), selection.lams.min()])
    scale, label = selection.prior_scale()
    if label:
        shown = nice_values(scale(ends))
        lams = np.exp(np.interp(np.log(shown), np.log(scale(ends)), np.log(ends)))
        top_axis(ax, lams, [f"{one:g}" for one in shown], label)
        return
    nearest = np.linspace(0, selection.lams.size - 1, 7).astype(int)
    edf = selection.curve["edf"].to_numpy()
    labels = {f"{edf[k]:.3g}": selection.lams[k] for k in nearest[::-1]}
    top_axis(ax, np.array(list(labels.values())[::-1]), list(labels)[::-1], "effective degrees of freedom")


def curves_by(selection: Any, name: str) -> Figure:
    """Draw the measure over ``lam``, a line for each value of a second number, with the chosen pair marked.

    Parameters
    ----------
    selection : RelaxedSelection or RatioSelection
    name : str
        The second number, a column of its ``curve``: "gamma" or "l1_ratio".

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given such a selection.
    """
    import matplotlib as mpl

    check_drawable(selection, ("curve", "lam", "measure", name), "curves_by", f"a selection of lam and {name}")
    curve, chosen = selection.curve, float(getattr(selection, name))
    values = curve[name].unique()
    ax = new_figure(7.0, 4.2).add_subplot()
    clean(ax)
    for value, colour in zip(values, mpl.colormaps["viridis"](np.linspace(0.05, 0.85, values.size)), strict=True):
        part = curve[curve[name] == value]
        ax.plot(part["lam"], part["mean"], color=colour, linewidth=1.3, label=f"{name} = {value:g}")
    at = curve[(curve[name] == chosen) & (curve["lam"] == selection.lam)].iloc[0]
    ax.plot(at["lam"], at["mean"], "o", color=RED, markersize=6.0, zorder=3)
    ax.axvline(at["lam"], color=RED, linewidth=0.9, linestyle=":", zorder=1)
    ax.set_xscale("log")
    ax.invert_xaxis()
    ax.set_xlabel("lam in loss units (weaker to the right)", fontsize=NORMAL, color=INK)
    ax.set_ylabel(selection.measure, fontsize=NORMAL, color=INK)
    ax.set_title(f"Chosen: lam = {at['lam']:.4g}, {name} = {chosen:g}", fontsize=NORMAL, color=INK, loc="left")
    ax.legend(frameon=False, fontsize=SMALL)
    return root_figure(ax)
