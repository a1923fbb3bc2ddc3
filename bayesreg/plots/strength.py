"""The picture of one strength axis: estimates, evidence and predictive accuracy over the strength of a ridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    FAINT,
    INK,
    NORMAL,
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

    from bayesreg.select.ridge import RidgeCurve

NEEDED = ("lams", "params", "sd", "evidence", "loo", "dispersion")
LEVEL = 0.95
CURVES = (("evidence", "log evidence", "#0072B2"), ("loo", "LOO log density", "#D55E00"))
"""Field of the curve, its label, its colour; all are nats per data set, the higher the better."""
NATS = 12.0
"""Depth below its maximum to which a score is shown: a factor of about 160,000 in probability."""


def strength_axis(
    curve: RidgeCurve,
    *,
    names: Sequence[str] | None = None,
    bands: bool = True,
    title: str = "",
    width: float = 7.0,
    height: float = 7.4,
) -> Figure:
    r"""Draw what one strength does, read as a penalty below and as a prior above.

    The lower axis is ``lam`` in loss units, falling to the right as the penalty gets weaker; the upper one the prior's
    standard deviation ``sqrt(phi / lam)``, growing with it. From the top: posterior means, which are the ridge
    estimates, per standard deviation of a column, with 95 % bands ``mean +- 1.96 sd``; the log evidence; the
    leave-one-out log predictive density. Maxima are marked; the model's own strength is the dashed line.

    Parameters
    ----------
    curve : RidgeCurve
        Over m strengths; made by ``br.select.ridge_curve(model)``.
    names : sequence of str, optional
        The coefficients to show; all by default.
    bands : bool
        Draw the posterior bands.
    title : str
        Above the picture.
    width, height : float
        Inches.

    Returns
    -------
    matplotlib.figure.Figure
        Without pyplot's state: show it in a notebook or ``figure.savefig(path)``.

    Raises
    ------
    InputError
        If it is not given a curve, or a name is not a coefficient of it.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2())
    >>> figure = strength_axis(br.select.ridge_curve(model), names=["bmi", "s5"])
    """
    check_drawable(curve, NEEDED, "strength_axis", "the curve of a model: strength_axis(br.select.ridge_curve(model))")
    shown = _names(curve, names)
    figure = new_figure(width, height)
    axes = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": (3.2, 1.0, 1.0)})
    _paths(axes[0], curve, shown, bands)
    for ax, (field, label, colour) in zip(axes[1:], CURVES, strict=True):
        _score(ax, curve, getattr(curve, field), label, colour)
    _strength_scale(axes, curve)
    _references(axes, curve)
    if title:
        figure.suptitle(title, fontsize=NORMAL + 1, color=INK, x=0.01, ha="left")
    figure.draw_without_rendering()  # settles the layout, so that labels know their room
    ends = {name: float(curve.params[name].iloc[int(np.argmin(curve.lams))]) for name in shown}
    label_ends(axes[0], ends, colours_of(shown))
    return figure


def _names(curve: RidgeCurve, names: Sequence[str] | None) -> list[str]:
    """Return the coefficients to show."""
    known = [str(name) for name in curve.params.columns]
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise InputError(f"names: {unknown[0]!r} is not a coefficient of this curve; allowed: {', '.join(known)}.")
    return list(known if names is None else names)


def _paths(ax: Axes, curve: RidgeCurve, names: list[str], bands: bool) -> None:
    """Draw the posterior means and their bands."""
    clean(ax)
    reach = float(ndtri(0.5 + 0.5 * LEVEL))
    for name, colour in colours_of(names).items():
        mean, sd = (frame[name].to_numpy(dtype=float) for frame in (curve.params, curve.sd))
        if bands:
            ax.fill_between(curve.lams, mean - reach * sd, mean + reach * sd, color=colour, alpha=0.09, linewidth=0)
        ax.plot(curve.lams, mean, color=colour, linewidth=1.7)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
    low, high = _limits(curve, names)
    ax.set_ylim(low, high)
    ax.set_ylabel("effect per standard deviation\nof the column", fontsize=NORMAL, color=INK)
    if bands:
        note = "bands: posterior mean $\\pm$ 1.96 sd"
        ax.annotate(
            note, (0.0, 0.0), (6, 6), xycoords="axes fraction", textcoords="offset points", fontsize=SMALL, color=FAINT
        )


def _limits(curve: RidgeCurve, names: list[str]) -> tuple[float, float]:
    """Return limits that hold all means; bands of weakly identified coefficients may leave the picture."""
    means = np.concatenate([curve.params[names].to_numpy(dtype=float).ravel(), [0.0]])
    low, high = float(means.min()), float(means.max())
    room = 0.18 * (high - low) or 1.0
    return low - room, high + room


def _score(ax: Axes, curve: RidgeCurve, values: np.ndarray, label: str, colour: str) -> None:
    """Draw a score over the strengths and mark its maximum."""
    clean(ax)
    best = int(np.nanargmax(values))
    ax.plot(curve.lams, values, color=colour, linewidth=1.7)
    ax.plot(curve.lams[best], values[best], "o", color=colour, markersize=5.5, zorder=3)
    low, high = _window(curve, values)
    ax.set_ylim(low, high)
    ax.annotate(
        f"maximum at lam = {curve.lams[best]:.3g}",
        (curve.lams[best], values[best]),
        (0, 6),
        textcoords="offset points",
        ha=_side(curve, best),
        fontsize=SMALL,
        color=colour,
        bbox=PLATE,
        zorder=2.5,
    )
    ax.set_ylabel(label, fontsize=NORMAL, color=INK)


def _window(curve: RidgeCurve, values: np.ndarray) -> tuple[float, float]:
    """Return limits around the maximum that hold the model's own strength: what lies deeper is out of the question."""
    best, deepest = float(np.nanmax(values)), float(np.nanmin(values))
    floor = best - NATS
    if curve.lam is not None:
        order = np.argsort(curve.lams)
        floor = min(floor, float(np.interp(np.log(curve.lam), np.log(curve.lams[order]), values[order])))
    depth = max(best - max(floor, deepest), 1e-12)
    return best - 1.15 * depth, best + 0.35 * depth


def _side(curve: RidgeCurve, best: int) -> str:
    """Return the alignment that keeps a label inside the axes, whose strengths fall to the right."""
    log = np.log(curve.lams)
    place = (log.max() - log[best]) / (log.max() - log.min())
    return "left" if place < 0.2 else "right" if place > 0.8 else "center"


def _strength_scale(axes: Sequence[Axes], curve: RidgeCurve) -> None:
    """Give the panels one logarithmic axis: lam below, falling, and the prior's sd above, growing."""
    axes[-1].set_xscale("log")
    axes[-1].set_xlim(float(np.max(curve.lams)), float(np.min(curve.lams)))
    axes[-1].set_xlabel("lam in loss units  (penalty: lam / 2 times the sum of squares)", fontsize=NORMAL, color=INK)
    sds = nice_values(np.sqrt(curve.dispersion / np.array([np.max(curve.lams), np.min(curve.lams)])))
    ticks = curve.dispersion / sds**2
    top_axis(axes[0], ticks, [f"{sd:g}" for sd in sds], "standard deviation of the Gaussian prior")


def _references(axes: Sequence[Axes], curve: RidgeCurve) -> None:
    """Draw the maxima through the paths, and the model's own strength through all panels."""
    for field, _, colour in CURVES:
        best = float(curve.lams[int(np.nanargmax(getattr(curve, field)))])
        for ax in axes:
            ax.axvline(best, color=colour, linewidth=0.9, linestyle=":", zorder=1)
    if curve.lam is None:
        return
    for ax in axes:
        ax.axvline(curve.lam, color=INK, linewidth=1.1, linestyle="--", zorder=1)
    axes[0].annotate(
        f"model: lam = {curve.lam:.3g}",
        (curve.lam, 1.0),
        (4, -4),
        xycoords=axes[0].get_xaxis_transform(),
        textcoords="offset points",
        va="top",
        fontsize=SMALL,
        color=INK,
        bbox=PLATE,
        zorder=2.5,
    )
