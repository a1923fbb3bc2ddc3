"""Posterior means and bands over the strength, above the path of the modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level, check_whole
from bayesreg.errors import InputError
from bayesreg.plots.style import FAINT, INK, KIND_COLOURS, NORMAL, SMALL, check_drawable, clean, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = ("lams", "params", "band", "ok", "anchors", "modes", "model")
COLUMNS = 4
INNER = 0.5
"""The level of the darker band."""


def coefficient_bands(
    path: Any, *, level: float = 0.95, scale: Literal["standardized", "raw"] = "standardized", most: int = 12
) -> Figure:
    """Draw each coefficient's posterior over ``lam``, which falls to the right, and its mode on top of it.

    A panel a coefficient: mean, central bands of 50 % and ``level``, the mode dashed, and ticks where an engine ran.
    Strengths at which the weighted draws do not suffice have no band. With more coefficients than ``most`` those are
    shown whose means are farthest from 0 in standard deviations at any strength.

    Parameters
    ----------
    path : PosteriorPath
    level : float
        Of the wide band.
    scale : {"standardized", "raw"}
        "standardized" multiplies a coefficient by the 1/n standard deviation of its column.
    most : int
        Panels at most.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given a posterior path of two strengths or more, or ``scale`` or ``level`` is not allowed.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2())
    >>> figure = coefficient_bands(model.path_posterior(n_lams=10), level=0.9)
    """
    check_drawable(path, NEEDED, "coefficient_bands", "a posterior path: coefficient_bands(model.path_posterior())")
    if scale not in ("standardized", "raw"):
        raise InputError(f"scale={scale!r} is not known; allowed: 'standardized' (per standard deviation), 'raw'.")
    if len(path.lams) < 2:
        raise InputError(f"The path has {len(path.lams)} strength(s); a picture needs at least 2.")
    names = _shown(path, check_whole("most", most, 1))
    resolved = path.model.resolved
    factor = pd.Series(resolved.sd if scale == "standardized" else 1.0, index=list(resolved.coefficients))
    frames = {"mean": path.params, "mode": path.modes.params}
    frames["low"], frames["high"] = path.band(check_level(level))
    frames["inner low"], frames["inner high"] = path.band(INNER)
    frames = {key: frame[names] * factor[names] for key, frame in frames.items()}
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = new_figure(2.3 * columns + 0.9, 1.75 * rows + 1.1)
    panels = figure.subplots(rows, columns, sharex=True, sharey=scale == "standardized", squeeze=False)
    for ax, name in zip(panels.flat, names, strict=False):
        _panel(ax, path, {key: frame[name].to_numpy() for key, frame in frames.items()}, name)
    for ax in panels.flat[len(names) :]:
        ax.set_visible(False)
    for j in range(columns):  # the lowest panel of each column has the labels of the shared axis
        panels[(len(names) - 1 - j) // columns, j].tick_params(labelbottom=True)
    unit = "per standard deviation\nof the column" if scale == "standardized" else "per unit of the column"
    figure.supylabel(f"effect {unit}", fontsize=NORMAL, color=INK)
    figure.supxlabel("lam in loss units (weaker to the right)", fontsize=NORMAL, color=INK)
    _legend(figure, panels.flat[0], level)
    return figure


def _shown(path: Any, most: int) -> list[str]:
    """Return the coefficients to show, in the order of the columns."""
    means, sds = path.params, path.sd.where(path.sd > 0.0)
    ratio = (means / sds).abs().max().drop(labels="Intercept", errors="ignore").dropna()
    if ratio.empty:
        raise InputError("The model has only an intercept, so there is nothing to draw.")
    kept = set(ratio.sort_values(ascending=False, kind="stable").index[:most])
    return [name for name in ratio.index if name in kept]


def _panel(ax: Axes, path: Any, values: dict[str, np.ndarray], name: str) -> None:
    """Draw one coefficient."""
    clean(ax)
    lams, ok, colour = np.asarray(path.lams), path.ok.to_numpy(), KIND_COLOURS["posterior"]
    ax.fill_between(lams, values["low"], values["high"], where=ok, color=colour, alpha=0.16, linewidth=0, label="wide")
    ax.fill_between(lams, values["inner low"], values["inner high"], where=ok, color=colour, alpha=0.28, linewidth=0)
    ax.plot(lams, np.where(ok, values["mean"], np.nan), color=colour, linewidth=1.6, label="mean")
    ax.plot(lams, values["mode"], color=KIND_COLOURS["mode"], linewidth=1.3, linestyle=(0, (4, 1.6)), label="mode")
    ax.axhline(0.0, color=INK, linewidth=0.7, zorder=1)
    if len(path.anchors):
        at = path.anchors.index.to_numpy(dtype=float)
        style: dict[str, Any] = {"linestyle": "none", "marker": "|", "markersize": 6, "color": FAINT, "label": "run"}
        ax.plot(at, np.zeros(at.size), transform=ax.get_xaxis_transform(), clip_on=False, **style)
    ax.set_xscale("log")
    ax.set_xlim(lams.max(), lams.min())
    ax.set_title(name, fontsize=NORMAL, color=INK, loc="left", pad=4)


def _legend(figure: Figure, ax: Axes, level: float) -> None:
    """Name what the panels show, once."""
    from matplotlib.patches import Patch

    colour = KIND_COLOURS["posterior"]
    lines = {line.get_label(): line for line in ax.lines}
    shown: dict[str, Any] = {"posterior mean": lines["mean"], "mode": lines["mode"]}
    shown[f"{INNER:.0%} band"] = Patch(color=colour, alpha=0.44, linewidth=0)
    shown[f"{level:.0%} band"] = Patch(color=colour, alpha=0.16, linewidth=0)
    if "run" in lines:
        shown["where an engine ran"] = lines["run"]
    figure.legend(list(shown.values()), list(shown), loc="outside upper left", ncols=5, frameon=False, fontsize=SMALL)
