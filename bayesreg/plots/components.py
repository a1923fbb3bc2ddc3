"""The profile of the evidence over each of several strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.plots.style import INK, NORMAL, SMALL, check_drawable, clean, new_figure, nice_values, top_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEEDED = ("curve", "frame", "log_evidence", "dispersion")
BLUE = "#0072B2"
DEEP = 8.0
"""Depth below the maximum to which a profile is shown, nats."""
COLUMNS, LABELS = 3, 6
HALF_WIDTH = 1.92
"""Half the 95 % quantile of chi squared with one degree of freedom: the depth of the likelihood interval."""


def component_profiles(components: Any) -> Figure:
    """Draw the log evidence over each strength, all others and sigma at their best there, less its maximum.

    The lower axes have ``lam`` in loss units, weaker to the right; the upper ones the prior's standard deviation
    ``sqrt(phi / lam)``. Strengths above the dashed line are within the 95 % likelihood interval.

    Parameters
    ----------
    components : Components

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not given strengths of several blocks.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty={"bmi": br.L2(), ...: br.L2()})
    >>> figure = component_profiles(model.select(by="evidence"))
    """
    check_drawable(components, NEEDED, "component_profiles", "component_profiles(model.select(by='evidence'))")
    frame, curve = components.frame, components.curve
    across = min(COLUMNS, len(frame))
    down = -(-len(frame) // across)
    figure = new_figure(max(3.4 * across, 4.5), 3.5 * down)
    for k, (term, row) in enumerate(frame.iterrows()):
        ax = figure.add_subplot(down, across, k + 1)
        clean(ax)
        own = curve[curve["term"] == term]
        lams, depth = own["lam"].to_numpy(), own["evidence"].to_numpy() - components.log_evidence
        ax.plot(lams, depth, color=BLUE, linewidth=1.7)
        ax.plot(row["lam"], 0.0, "o", color=BLUE, markersize=5.5)
        ax.axhline(-HALF_WIDTH, color=INK, linewidth=0.8, linestyle="--")
        ax.set_xscale("log")
        ax.set_xlim(lams.max(), lams.min())
        ax.set_ylim(-min(DEEP, max(1.2 * HALF_WIDTH, -float(np.nanmin(depth)))) * 1.05, 0.6)
        ax.set_title(str(term), fontsize=NORMAL, color=INK, pad=26)
        ax.set_xlabel("lam in loss units", fontsize=SMALL, color=INK)
        if k % across == 0:
            ax.set_ylabel("log evidence less its maximum", fontsize=SMALL, color=INK)
        spread = row["sd"] * np.sqrt(row["lam"])
        shown = nice_values(spread / np.sqrt(np.array([lams.max(), lams.min()])))
        shown = shown[:: -(-len(shown) // LABELS)]
        top_axis(ax, (spread / shown) ** 2, [f"{one:g}" for one in shown], "prior sd")
    return figure
