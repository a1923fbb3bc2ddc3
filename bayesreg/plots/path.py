"""Coefficients over the strength of their penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bayesreg.errors import InputError
from bayesreg.plots.style import (
    INK,
    MOST_COLOURS,
    NORMAL,
    PALE,
    check_drawable,
    clean,
    colours_of,
    label_ends,
    new_figure,
    root_figure,
    top_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = ("lams", "params", "edf", "model")


def coefficient_path(
    path: Any, ax: Axes | None = None, *, scale: Literal["standardized", "raw"] = "standardized"
) -> Figure:
    """Draw each coefficient over ``lam``, which falls to the right; the upper axis counts degrees of freedom.

    Parameters
    ----------
    path : PathFit
        With ``lams`` (m,), ``params`` (m x q), ``edf`` (m,) and ``model``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without pyplot's state if left out.
    scale : {"standardized", "raw"}
        "standardized" multiplies a coefficient by the 1/n standard deviation of its column.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given a path, ``scale`` is not known, or the path has fewer than two positive strengths.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1())
    >>> figure = coefficient_path(model.path(n_lams=20))
    """
    check_drawable(path, NEEDED, "coefficient_path", "a path: coefficient_path(model.path())")
    lams, params, edf = _points(path, scale)
    if ax is None:
        ax = new_figure(7.0, 4.6).add_subplot()
    clean(ax)
    last = params.iloc[int(np.argmin(lams))]
    colours = _colours(last)
    _lines(ax, lams, params, colours)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
    ax.set_xscale("log")
    ax.set_xlim(lams.max(), lams.min())
    ax.set_xlabel("lam in loss units (weaker to the right)", fontsize=NORMAL, color=INK)
    unit = "per standard deviation of the column" if scale == "standardized" else "per unit of the column"
    ax.set_ylabel(f"effect {unit}", fontsize=NORMAL, color=INK)
    _count_axis(ax, lams, edf)
    root_figure(ax).draw_without_rendering()
    label_ends(ax, {name: float(last[name]) for name in colours}, colours)
    return root_figure(ax)


def _points(path: Any, scale: str) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Return positive strengths, coefficients without the intercept on the wanted scale, and degrees of freedom."""
    if scale not in ("standardized", "raw"):
        raise InputError(f"scale={scale!r} is not known; allowed: 'standardized' (per standard deviation), 'raw'.")
    lams = np.asarray(path.lams, dtype=float)
    kept = lams > 0.0
    if kept.sum() < 2:
        raise InputError(f"The path has {int(kept.sum())} positive strength(s); a picture needs at least 2.")
    params = path.params.iloc[np.flatnonzero(kept)]
    if scale == "standardized":
        params = params * pd.Series(path.model.loss_resolved.sd, index=list(path.model.loss_resolved.coefficients))
    params = params.drop(columns="Intercept", errors="ignore")
    return lams[kept], params, np.asarray(path.edf, dtype=float)[kept]


def _colours(last: pd.Series) -> dict[str, str]:
    """Return the colours of the largest coefficients at the weakest penalty, in the order of the columns."""
    largest = set(last.abs().sort_values(ascending=False, kind="stable").index[:MOST_COLOURS])
    return colours_of([name for name in last.index if name in largest])


def _lines(ax: Axes, lams: np.ndarray, params: pd.DataFrame, colours: dict[str, str]) -> None:
    """Draw the paths, those without a colour behind the others."""
    for name in params.columns:
        coloured = name in colours
        ax.plot(
            lams,
            params[name].to_numpy(dtype=float),
            color=colours.get(name, PALE),
            linewidth=1.6 if coloured else 0.9,
            zorder=2.0 if coloured else 1.5,
        )


def _count_axis(ax: Axes, lams: np.ndarray, edf: np.ndarray) -> None:
    """Mark on top how many effective degrees of freedom the fits under it spend."""
    wanted = np.linspace(np.log(lams.max()), np.log(lams.min()), 7)
    nearest = [int(np.argmin(np.abs(np.log(lams) - at))) for at in wanted]
    labels = {f"{edf[k]:.3g}": lams[k] for k in reversed(nearest)}  # of equal counts the strongest penalty's is kept
    top_axis(ax, np.array(list(labels.values())[::-1]), list(labels)[::-1], "effective degrees of freedom")
