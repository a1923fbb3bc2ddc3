"""How predictions of rows left out agree with what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayesreg.frequentist.backend import smooth_means
from bayesreg.plots.style import FAINT, INK, KIND_COLOURS, NORMAL, SMALL, check_drawable, clean, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOUR = KIND_COLOURS["mode"]


def validation_curve(validation: Any) -> Figure:
    """Draw observed over predicted means with the line of perfect calibration, and how predictions are distributed.

    Points are ten groups of rows with their limits; the line is a local linear smoother (lowess) of the responses on
    the predictions; after the bootstrap, points are corrected for optimism and there is no line.

    Parameters
    ----------
    validation : Validation

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If ``validation`` is something else.

    Examples
    --------
    >>> import bayesreg as br
    >>> fit = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(1.0)).fit()
    >>> figure = validation_curve(fit.validate(folds=3))
    """
    check_drawable(validation, ("calibration", "predictions", "frame"), "validation_curve", "fit.validate()")
    figure = new_figure(5.6, 5.2)
    ax, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    table, rows = validation.calibration, validation.predictions
    ends = np.array([table["predicted"].min(), table["predicted"].max()])
    clean(ax)
    ax.plot(ends, ends, color=FAINT, linewidth=1.0, linestyle="--", label="perfect calibration")
    if validation.method == "cv":
        at, smooth = smooth_means(rows["mean"].to_numpy(), rows["response"].to_numpy(), 2.0 / 3.0)
        inside = (at >= np.quantile(at, 0.01)) & (at <= np.quantile(at, 0.99))
        ax.plot(at[inside], smooth[inside], color=COLOUR, linewidth=1.4, label="smoothed")
    ax.errorbar(
        table["predicted"],
        table["observed"],
        yerr=np.abs(table[["lower", "upper"]].to_numpy().T - table["observed"].to_numpy()),
        fmt="o",
        color=COLOUR,
        markersize=4.5,
        linewidth=0.9,
        label="groups of rows",
    )
    ax.set_ylabel("observed mean", fontsize=NORMAL, color=INK)
    ax.legend(frameon=False, fontsize=SMALL, loc="upper left")
    numbers = validation.frame["corrected"]
    said = f"Slope {numbers['calibration_slope']:.2f}, intercept {numbers['calibration_intercept']:.3g}"
    kind = "rows left out" if validation.method == "cv" else "corrected for optimism"
    ax.set_title(f"{said} ({kind})", fontsize=NORMAL, color=INK, loc="left")
    clean(below)
    below.hist(rows["mean"], bins=40, color=COLOUR, alpha=0.5)
    below.set_ylabel("rows", fontsize=NORMAL, color=INK)
    below.set_xlabel("predicted mean", fontsize=NORMAL, color=INK)
    return figure
