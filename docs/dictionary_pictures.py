"""The pictures of the dictionary: penalty, prior density and proximal operator of each law, and the lasso's diamond."""

from __future__ import annotations

from typing import Any

import numpy as np
from dictionary_entries import Entry
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import bayesreg as br
from bayesreg.errors import UnsupportedError
from bayesreg.objective import penalised
from bayesreg.penalties import Penalty, Strength
from bayesreg.plots.style import FAINT, INK, NORMAL, PALETTE, SMALL, clean, new_figure

GRID = 121
REACH = 3.0


def bound_law(entry: Entry) -> tuple[Penalty, Strength]:
    """Return the law of an entry on two correlated columns, and its scalar strength."""
    law = entry.example()
    if law.traits.separable:
        return law, law.strength(1.0)
    X = np.array([[1.0, 1.0], [1.0, 0.2], [-1.0, -1.0], [-1.0, -0.2]]) * 2.0
    model = br.Model.from_arrays(X, [0.0, 1.0, 2.0, 4.0], penalty=law, dispersion=1.0)
    piece = next(penalised(model.resolved))
    return piece.law, piece.strength


def draw_entry(entry: Entry) -> Figure:
    """Draw penalty, density and proximal operator side by side."""
    law, strength = bound_law(entry)
    figure = new_figure(8.4, 2.6)
    axes = figure.subplots(1, 3)
    panels = _panels_of_one if law.traits.separable else _panels_of_two
    panels(list(axes), law, strength)
    for ax, title in zip(axes, ("penalty", "prior density", "proximal operator"), strict=True):
        ax.set_title(title, fontsize=NORMAL, color=INK)
    return figure


def _none(ax: Axes, text: str) -> None:
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center", fontsize=SMALL, color=FAINT, transform=ax.transAxes)


def _panels_of_one(axes: list[Axes], law: Any, strength: Strength) -> None:
    """Draw a separable law: three functions of one number."""
    b = np.linspace(-REACH, REACH, 801)
    off_zero = np.where(np.abs(b) < 1e-9, 1e-3, b)
    value = law.value(off_zero, strength)
    axes[0].plot(b, value, color=PALETTE[0], linewidth=1.7)
    if law.traits.proper:
        axes[1].plot(b, np.exp(law.log_prior(off_zero, strength)), color=PALETTE[1], linewidth=1.7)
        axes[1].set_ylim(0.0, None)
    else:
        _none(axes[1], "none: exp(-penalty)\nhas no integral")
    z = np.linspace(-2.0 * REACH, 2.0 * REACH, 801)
    try:
        x = law.prox(z, strength)
    except UnsupportedError:
        _none(axes[2], "none: no mode")
    else:
        jumps = np.abs(np.diff(x, prepend=x[0])) > 10.0 * (z[1] - z[0])
        axes[2].plot(z, z, color=FAINT, linewidth=0.8, linestyle=":")
        axes[2].plot(z, np.where(jumps, np.nan, x), color=PALETTE[2], linewidth=1.7)
    for ax, label in zip(axes, ("b", "b", "z"), strict=True):
        clean(ax)
        ax.set_xlabel(label, fontsize=SMALL, color=INK)


def _panels_of_two(axes: list[Axes], law: Any, strength: Strength) -> None:
    """Draw a joint law of two coefficients: contours, and where its proximal operator moves points."""
    side = np.linspace(-REACH, REACH, GRID)
    b = np.stack(np.meshgrid(side, side), axis=-1)
    if law.no_density:
        _none(axes[0], "no closed form")
        _scatter(axes[1], law, strength)
        _none(axes[2], "none: no mode")
        return
    value = np.asarray(law.value(b, strength))
    levels = np.unique(np.quantile(value, np.linspace(0.04, 0.96, 9)))
    axes[0].contour(side, side, value, levels, colors=PALETTE[0], linewidths=1.0)
    if law.traits.proper:
        axes[1].contourf(side, side, np.exp(law.log_prior(b, strength)), 9, cmap="Oranges")
    else:
        _none(axes[1], "flat along one direction:\nimproper")
    start = np.stack(np.meshgrid(np.linspace(-2.6, 2.6, 8), np.linspace(-2.6, 2.6, 8)), axis=-1).reshape(-1, 2)
    end = np.array([law.prox(point, strength) for point in start])
    move = end - start
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 1.0, "width": 0.006}
    axes[2].quiver(*start.T, *move.T, color=PALETTE[2], **arrows)
    _square(axes)


def _scatter(ax: Axes, law: Any, strength: Strength) -> None:
    """Show draws of a law without a density."""
    draws = law.draw(strength, np.random.default_rng(1), (2500, 2))
    ax.plot(*draws.T, ".", color=PALETTE[1], markersize=1.5, alpha=0.5)
    _square([ax])


def _square(axes: list[Axes]) -> None:
    for ax in axes:
        clean(ax)
        ax.set_xlim(-REACH, REACH)
        ax.set_ylim(-REACH, REACH)
        ax.set_aspect("equal")
        ax.set_xlabel("b1", fontsize=SMALL, color=INK)
        ax.set_ylabel("b2", fontsize=SMALL, color=INK)


PEAK = np.array([0.9, 2.2])
INFORMATION = np.array([[1.0, 0.55], [0.55, 1.4]])
LOG_LEVELS = (-8.0, -6.0, -4.5, -3.2, -2.2, -1.4, -0.8, -0.35, -0.1, 0.0)
LAWS = (("L1", br.L1(1.4)), ("L2", br.L2(1.0)))


def draw_diamond() -> Figure:
    """Draw the diamond and the disc with likelihood contours above, and the same as log densities below."""
    figure = new_figure(8.0, 8.0)
    axes = figure.subplots(2, 2)
    side = np.linspace(-1.6, 3.4, 301)
    b = np.stack(np.meshgrid(side, side), axis=-1)
    off = b - PEAK
    loss = 0.5 * np.einsum("...i,ij,...j", off, INFORMATION, off)
    for (name, law), column in zip(LAWS, range(2), strict=True):
        strength = law.strength(1.0)
        penalty = law.value(b, strength).sum(axis=-1)
        mode = _mode(law, strength)
        at_mode = float(law.value(mode, strength).sum())
        floor = 0.5 * (mode - PEAK) @ INFORMATION @ (mode - PEAK)
        top, below = axes[0, column], axes[1, column]
        top.contourf(side, side, penalty, [0.0, at_mode], colors=["#cfe3f2"])
        top.contour(side, side, loss, sorted([0.1, 0.5, float(floor), 2.6, 5.0]), colors=FAINT, linewidths=0.9)
        shape = "diamond" if name == "L1" else "disc"
        top.set_title(f"{name}: the {shape} touches a contour", fontsize=NORMAL, color=INK)
        posterior = -loss - penalty
        below.contourf(side, side, posterior - posterior.max(), LOG_LEVELS, cmap="Blues", extend="min")
        below.contour(side, side, -penalty, 6, colors=PALETTE[1], linewidths=0.8, linestyles="-")
        below.set_title(f"log posterior; log of the {law.law} prior", fontsize=NORMAL, color=INK)
        for ax in (top, below):
            clean(ax)
            ax.axhline(0.0, color=INK, linewidth=0.7)
            ax.axvline(0.0, color=INK, linewidth=0.7)
            ax.plot(*PEAK, "x", color=INK, markersize=6)
            ax.plot(*mode, "o", color=PALETTE[1], markersize=6, zorder=4)
            ax.set_aspect("equal")
            ax.set_xlabel("b1", fontsize=SMALL, color=INK)
            ax.set_ylabel("b2", fontsize=SMALL, color=INK)
    return figure


def _mode(law: Any, strength: Strength) -> np.ndarray:
    """Return the mode by proximal gradient steps."""
    step, b = 0.5 / np.linalg.eigvalsh(INFORMATION).max(), np.zeros(2)
    for _ in range(2000):
        b = law.prox(b - step * INFORMATION @ (b - PEAK), strength, step)
    return b


ROWS = 10


def draw_firth() -> Figure:
    """Draw Firth's correction for a bernoulli model of an intercept alone, and its estimates.

    ``log det(Z'WZ) / 2 = log(n V(b)) / 2`` with ``V = 1 / (2 cosh(b / 2))^2``; on the scale of the
    probability the prior is ``Beta(1/2, 1/2)``, and the mode is the log odds after half a success and
    half a failure are added.
    """
    figure = new_figure(8.4, 2.6)
    axes = figure.subplots(1, 3)
    b = np.linspace(-2.0 * REACH, 2.0 * REACH, 401)
    axes[0].plot(b, np.log(np.cosh(0.5 * b)), color=PALETTE[0], linewidth=1.7)
    axes[1].plot(b, 0.5 / (np.pi * np.cosh(0.5 * b)), color=PALETTE[1], linewidth=1.7)
    axes[1].set_ylim(0.0, None)
    ones = np.arange(ROWS + 1)
    inner = ones[1:-1]
    axes[2].plot(inner, np.log(inner / (ROWS - inner)), "x", color=INK, markersize=5)
    axes[2].plot(ones, firth_log_odds(ones, ROWS), "o", color=PALETTE[2], markersize=5)
    titles = ("added to the loss", "prior density", f"Firth (dots), ML (crosses), {ROWS} rows")
    for ax, title, label in zip(axes, titles, ("b", "b", "ones"), strict=True):
        clean(ax)
        ax.set_title(title, fontsize=NORMAL, color=INK)
        ax.set_xlabel(label, fontsize=SMALL, color=INK)
    return figure


def firth_log_odds(ones: Any, rows: int) -> Any:
    """Return the mode of the log odds under Jeffreys prior."""
    return np.log((ones + 0.5) / (rows - ones + 0.5))
