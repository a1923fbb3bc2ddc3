from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from bayesreg.errors import InputError
from bayesreg.plots.style import PALETTE, colours_of, new_figure, nice_values, root_figure, spread


@pytest.mark.parametrize("seed", range(5))
def test_labels_move_as_little_as_they_can(seed: int) -> None:
    places = np.random.default_rng(seed).normal(size=6)
    moved = spread(places, 0.4)
    order = np.argsort(places)
    gaps = [{"type": "ineq", "fun": lambda z, i=i, j=j: z[j] - z[i] - 0.4} for i, j in pairwise(order)]
    reference = minimize(lambda z: np.sum((z - places) ** 2), places, constraints=gaps, tol=1e-12).x
    np.testing.assert_allclose(moved, reference, atol=1e-5)  # what SLSQP reaches
    assert np.diff(moved[order]).min() >= 0.4 - 1e-12


def test_labels_with_room_stay() -> None:
    assert spread([3.0, 0.0, 1.0], 0.5).tolist() == [3.0, 0.0, 1.0]
    assert spread([], 0.5).tolist() == []


def test_round_numbers_do_not_depend_on_the_order_of_the_limits() -> None:
    assert nice_values([0.9, 60.0]).tolist() == nice_values([60.0, 0.9]).tolist() == [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]


def test_colours_repeat_after_the_last() -> None:
    colours = colours_of([f"x{j}" for j in range(len(PALETTE) + 1)])
    assert colours["x0"] == colours[f"x{len(PALETTE)}"]
    assert len(set(PALETTE)) == len(PALETTE)


def test_axes_without_a_figure_are_refused() -> None:
    ax = new_figure(2.0, 2.0).add_subplot()
    ax.remove()
    with pytest.raises(InputError, match="no figure"):
        root_figure(ax)


def test_pyplot_and_its_settings_are_left_alone() -> None:
    code = """
import sys
import bayesreg.plots
assert "matplotlib" not in sys.modules
from bayesreg.plots.style import clean, new_figure
import matplotlib
before = matplotlib.rcParams.copy()
clean(new_figure(3.0, 2.0).add_subplot())
assert matplotlib.rcParams.copy() == before
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
