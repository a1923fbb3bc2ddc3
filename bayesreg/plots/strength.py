"""The picture of one strength axis: the path, and below it what each way of choosing the strength says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    FAINT,
    INK,
    MOST_COLOURS,
    NORMAL,
    PALE,
    PLATE,
    SMALL,
    check_drawable,
    clean,
    colours_of,
    label_ends,
    new_figure,
    nice_values,
    top_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = ("lams", "curves", "panels", "believed", "given")
COLOURS = {"cv": "#0072B2", "loo": "#009E73", "evidence": "#CC79A7", "posterior": "#0072B2"}
"""Of a panel; AIC and BIC have their own."""
PAIR = {"AIC": "#E69F00", "BIC": "#D55E00", "prior": FAINT}
DEPTH = {"evidence": 12.0, "criteria": 40.0}
"""How far from its best a curve is shown; 12 nats are a factor of about 160,000 in probability."""
SHADE = "#f0ead6"


def strength_axis(
    axis: Any, *, names: Sequence[str] | None = None, title: str = "", width: float = 7.0, height: float | None = None
) -> Figure:
    """Draw what one strength does, read as a penalty below and as a prior above.

    The lower axis is ``lam`` in loss units, falling to the right as the penalty gets weaker; the upper one the scale of
    the prior, growing with it, where there is one. Best strengths are marked, the model's own is the dashed line, and
    the range that the prior of a learned strength believes in (95 %) is shaded.

    Parameters
    ----------
    axis : StrengthAxis
        Of a path: ``model.path().strength_axis()``.
    names : sequence of str, optional
        The coefficients to show; all by default, of which the ten largest at the weakest penalty are coloured.
    title : str
        Above the picture.
    width, height : float
        Inches; the height follows the panels if left out.

    Returns
    -------
    matplotlib.figure.Figure
        Without pyplot's state: show it in a notebook or ``figure.savefig(path)``.

    Raises
    ------
    InputError
        If it is not given a strength axis, a name is not a coefficient, or there are fewer than two strengths.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2())
    >>> axis = model.path(n_lams=30).strength_axis(["coefficients", "evidence"], bands=True)
    >>> figure = strength_axis(axis, names=["bmi", "s5"])
    """
    check_drawable(axis, NEEDED, "strength_axis", "the axis of a path: strength_axis(model.path().strength_axis())")
    if axis.lams.size < 2:
        raise InputError("The path has a single strength; a picture needs at least 2.")
    shown = _names(axis, names)
    panels = [name for name in axis.panels if name != "coefficients" or shown]
    rows = [3.2 if name == "coefficients" else 1.0 for name in panels]
    figure = new_figure(width, height or 1.6 + 1.12 * sum(rows))
    axes = list(figure.subplots(len(panels), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": rows})[:, 0])
    for ax, name in zip(axes, panels, strict=True):
        clean(ax)
        curves = [one for one in axis.curves if one.panel == name]
        if name == "coefficients":
            _paths(ax, [one for one in curves if one.quantity in shown])
        else:
            _scores(ax, name, curves, axis.lams)
    _strengths(axes, axis)
    if title:
        figure.suptitle(title, fontsize=NORMAL + 1, color=INK, x=0.01, ha="left")
    figure.draw_without_rendering()  # settles the layout, so that labels know their room
    if "coefficients" in panels:
        _label_paths(axes[panels.index("coefficients")], axis, shown)
    return figure


def _names(axis: Any, names: Sequence[str] | None) -> list[str]:
    """Return the coefficients to show."""
    known = [one.quantity for one in axis.curves if one.panel == "coefficients"]
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise InputError(f"names: {unknown[0]!r} is not a coefficient of this axis; allowed: {', '.join(known)}.")
    return known if names is None else list(names)


def _colours(curves: Sequence[Any]) -> dict[str, str]:
    """Return the colours of the largest coefficients at the weakest penalty."""
    last = {one.quantity: abs(float(one.value[-1])) for one in curves}
    largest = sorted(last, key=last.__getitem__, reverse=True)[:MOST_COLOURS]
    return colours_of([name for name in last if name in largest])


def _paths(ax: Axes, curves: Sequence[Any]) -> None:
    """Draw the coefficients and their bands."""
    colours = _colours(curves)
    for one in curves:
        colour, coloured = colours.get(one.quantity, PALE), one.quantity in colours
        if coloured and np.isfinite(one.lower).any():
            ax.fill_between(one.lams, one.lower, one.upper, color=colour, alpha=0.09, linewidth=0)
        ax.plot(one.lams, one.value, color=colour, linewidth=1.7 if coloured else 0.9, zorder=2.0 if coloured else 1.5)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
    values = np.concatenate([*(one.value for one in curves), [0.0]])
    room = 0.18 * float(values.max() - values.min()) or 1.0
    ax.set_ylim(values.min() - room, values.max() + room)
    ax.set_ylabel("effect per standard deviation\nof the column", fontsize=NORMAL, color=INK)
    if any(np.isfinite(one.lower).any() for one in curves):
        ax.annotate(
            "bands: 95 % of the posterior at each strength; lines: modes",
            (0.0, 0.0),
            (6, 6),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=FAINT,
        )


def _label_paths(ax: Axes, axis: Any, shown: list[str]) -> None:
    curves = [one for one in axis.curves if one.panel == "coefficients" and one.quantity in shown]
    colours = _colours(curves)
    label_ends(ax, {one.quantity: float(one.value[-1]) for one in curves if one.quantity in colours}, colours)


def _scores(ax: Axes, panel: str, curves: Sequence[Any], lams: np.ndarray) -> None:
    """Draw what a way of choosing says, with standard errors and its best strength."""
    for row, one in enumerate(curves):
        colour = PAIR.get(one.quantity) or COLOURS[panel]
        if np.isfinite(one.lower).any():
            ax.fill_between(one.lams, one.lower, one.upper, color=colour, alpha=0.15, linewidth=0)
        ax.plot(one.lams, one.value, color=colour, linewidth=1.7, linestyle="--" if one.quantity == "prior" else "-")
        for name, lam in one.marks.items():
            at = int(np.argmin(np.abs(np.log(one.lams / lam))))
            ax.axvline(lam, color=colour, linewidth=0.9, linestyle=":", zorder=1)
            ax.plot(lam, one.value[at], "o", color=colour, markersize=5.0, zorder=3)
            if name != "best" and lam == one.marks.get("best"):
                continue
            words = f"{one.quantity}: " if panel == "criteria" else f"{name}: " if len(one.marks) > 1 else ""
            side = _side(lams, lam)
            beside = {"left": 8, "center": 8, "right": -8}[side]
            ax.annotate(
                f"{words}lam = {lam:.3g}",
                (lam, one.value[at]),
                (0, 7 + 13 * row) if one.sign > 0 else (beside, -3),
                textcoords="offset points",
                ha=side if one.sign > 0 else "right" if side == "right" else "left",
                fontsize=SMALL,
                color=colour,
                bbox=PLATE,
                zorder=2.5,
            )
    _window(ax, panel, curves)
    ax.set_ylabel(curves[0].label, fontsize=SMALL, color=INK)
    if panel == "posterior":
        ax.annotate(
            "dashed: prior",
            (0.0, 1.0),
            (6, -10),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=FAINT,
        )


def _window(ax: Axes, panel: str, curves: Sequence[Any]) -> None:
    """Set limits around the best values: what lies farther away is out of the question."""
    values = np.concatenate([one.value[np.isfinite(one.value)] for one in curves])
    sides = np.concatenate([side[np.isfinite(side)] for one in curves for side in (one.lower, one.upper)])
    low, high = (f(np.concatenate([values, sides])) for f in (np.min, np.max))
    depth = DEPTH.get(panel)
    if depth is not None and curves[0].sign > 0:
        high = min(high, float(values.min()) + depth)
    elif depth is not None:
        low = max(low, float(values.max()) - depth)
    room = 0.08 * float(high - low) or 1.0
    better_below = curves[0].sign > 0
    ax.set_ylim(low - room, high + (3.5 if better_below and panel == "criteria" else 1.0) * room)


def _side(lams: np.ndarray, lam: float) -> str:
    """Return the alignment that keeps a label inside the axes, whose strengths fall to the right."""
    log = np.log(lams)
    place = (log.max() - np.log(lam)) / (log.max() - log.min())
    return "left" if place < 0.2 else "right" if place > 0.8 else "center"


def _strengths(axes: Sequence[Axes], axis: Any) -> None:
    """Give the panels one logarithmic axis, the prior's scale above, and the strengths that are known beforehand."""
    lams = axis.lams
    axes[-1].set_xscale("log")
    axes[-1].set_xlim(float(lams.max()), float(lams.min()))
    axes[-1].set_xlabel("lam in loss units (weaker to the right)", fontsize=NORMAL, color=INK)
    scale, label = axis.prior_scale()
    if label:
        ends = np.array([lams.max(), lams.min()])
        shown = nice_values(scale(ends))
        places = np.exp(np.interp(np.log(shown), np.log(scale(ends)), np.log(ends)))
        top_axis(axes[0], places, [f"{one:g}" for one in shown], label)
    for ax in axes:
        if axis.believed is not None:
            ax.axvspan(*axis.believed, color=SHADE, alpha=0.55, linewidth=0, zorder=0)
        if axis.given is not None:
            ax.axvline(axis.given, color=INK, linewidth=1.1, linestyle="--", zorder=1)
    words = [] if axis.given is None else [f"dashed: the model's own, lam = {axis.given:.3g}"]
    words += [] if axis.believed is None else ["shaded: 95 % of the prior of the strength"]
    if words:
        axes[0].annotate(
            "; ".join(words),
            (0.0, 1.0),
            (6, -4),
            xycoords="axes fraction",
            textcoords="offset points",
            va="top",
            fontsize=SMALL,
            color=FAINT,
            bbox=PLATE,
            zorder=2.5,
        )
