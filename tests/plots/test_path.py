from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayesreg.errors import InputError
from bayesreg.plots import coefficient_path
from bayesreg.plots.path import MOST_COLOURS, PALE
from bayesreg.plots.style import new_figure


def test_paths_are_standardised_and_leave_out_the_intercept_and_lam_0(path: Any) -> None:
    ax = coefficient_path(path).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [8.0, 4.0, 2.0, 1.0])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.0, 2.0, 4.0, 6.0])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.0, 0.0, -0.5, -1.0])
    assert [text.get_text() for text in ax.texts] == ["a", "b[T.x]"]
    assert ax.get_xlim() == (8.0, 1.0)


def test_raw_paths(path: Any) -> None:
    ax = coefficient_path(path, scale="raw").axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.0, 1.0, 2.0, 3.0])


def test_the_upper_axis_counts_degrees_of_freedom(path: Any) -> None:
    top = coefficient_path(path).axes[0].child_axes[0]
    labels = [float(label.get_text()) for label in top.get_xticklabels()]
    assert labels[0] == 1.0
    assert labels[-1] == 3.0
    assert sorted(labels) == labels


def test_only_the_largest_of_many_coefficients_are_coloured_and_labelled(path: Any) -> None:
    names = [f"x{j}" for j in range(40)]
    path.params = pd.DataFrame(np.outer([0.0, 1.0, 2.0, 3.0, 4.0], np.arange(40.0)), columns=names)
    path.model.resolved.coefficients, path.model.resolved.sd = tuple(names), np.ones(40)
    figure = coefficient_path(path)
    shown = {text.get_text() for text in figure.axes[0].texts}
    assert shown == set(names[-MOST_COLOURS:])
    pale = [line.get_color() == PALE for line in figure.axes[0].lines[:40]]
    assert pale == [True] * 30 + [False] * 10
    assert len({line.get_color() for line in figure.axes[0].lines[30:40]}) == 10
    figure.savefig(BytesIO(), format="png")


def test_the_axes_given_are_used_and_the_path_is_left_alone(path: Any) -> None:
    before = path.params.copy()
    figure = new_figure(4.0, 3.0)
    assert coefficient_path(path, figure.add_subplot()) is figure
    pd.testing.assert_frame_equal(path.params, before)


@pytest.mark.parametrize("value", [None, "path", SimpleNamespace(lams=[1.0])], ids=["None", "text", "other"])
def test_what_is_not_a_path_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match=r"can not draw a \w+\. Pass a path: coefficient_path\(model\.path\(\)\)"):
        coefficient_path(value)


def test_refusals(path: Any) -> None:
    with pytest.raises(InputError, match="scale='z' is not known"):
        coefficient_path(path, scale="z")  # type: ignore[arg-type]
    path.lams = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    with pytest.raises(InputError, match="1 positive strength"):
        coefficient_path(path)
