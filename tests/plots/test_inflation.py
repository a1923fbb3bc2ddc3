from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayesreg.errors import InputError
from bayesreg.plots.inflation import SHIFT, inflation_forest
from bayesreg.plots.style import new_figure
from tests.plots.conftest import NAMES, stand_in_model


@pytest.fixture
def inflation() -> Any:
    table = {
        "given_mean": [9.0, 1.0, -2.0],
        "given_lower": [8.0, 0.5, -3.0],
        "given_upper": [10.0, 1.5, -1.0],
        "learned_mean": [9.0, 1.0, -2.0],
        "learned_lower": [8.0, 0.0, -4.0],
        "learned_upper": [10.0, 2.0, 0.0],
        "width_ratio": [1.0, 2.0, np.nan],
    }
    frame = pd.DataFrame(table, index=NAMES)
    return SimpleNamespace(frame=frame, given=stand_in_model(), level=0.9)


def test_both_intervals_and_their_ratio_are_drawn(inflation: Any) -> None:
    ax = inflation_forest(inflation).axes[0]
    given, learned = (collection.get_segments() for collection in ax.collections[:2])
    np.testing.assert_allclose(given[0], [[1.0, -SHIFT], [3.0, -SHIFT]])  # times the sd of the column, 2
    np.testing.assert_allclose(learned[1], [[-2.0, 1.0 + SHIFT], [0.0, 1.0 + SHIFT]])
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["ratio of\nwidths", "2.00", ""]
    assert "90% intervals" in ax.get_xlabel()


def test_raw_scale_with_the_intercept_on_given_axes(inflation: Any) -> None:
    figure = new_figure(4.0, 3.0)
    before = inflation.frame.copy()
    assert inflation_forest(inflation, figure.add_subplot(), scale="raw", intercept=True) is figure
    ax = figure.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == NAMES
    np.testing.assert_allclose(ax.collections[0].get_segments()[1], [[0.5, 1 - SHIFT], [1.5, 1 - SHIFT]])
    pd.testing.assert_frame_equal(inflation.frame, before)
    figure.savefig(BytesIO(), format="png")


def test_refusals(inflation: Any) -> None:
    with pytest.raises(InputError, match="scale='log'"):
        inflation_forest(inflation, scale="log")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"br\.inflation"):
        inflation_forest("both")
    inflation.frame = inflation.frame.iloc[:1]
    inflation.given = SimpleNamespace(resolved=SimpleNamespace(sd=np.ones(1), intercept=True))
    with pytest.raises(InputError, match="only an intercept"):
        inflation_forest(inflation)
