from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from bayesreg.errors import InputError
from bayesreg.plots import forest
from bayesreg.plots.style import new_figure


def points(figure: Any, *, filled: bool) -> dict[str, np.ndarray]:
    """Return the estimates of each colour's filled or hollow points."""
    lines = [line for line in figure.axes[0].lines if line.get_marker() in ("s", "D", "o")]
    kept = [line for line in lines if (to_hex(line.get_markerfacecolor()) != "#ffffff") == filled]
    return {line.get_marker(): np.asarray(line.get_xdata()) for line in kept}


def intervals(figure: Any) -> list[np.ndarray]:
    return [np.array([segment[:, 0] for segment in lines.get_segments()]) for lines in figure.axes[0].collections]


def test_effects_are_per_standard_deviation_and_the_intercept_is_left_out(comparison: Any) -> None:
    figure = forest(comparison)
    filled = points(figure, filled=True)
    np.testing.assert_allclose(filled["s"], [2.0, -1.0])  # 1.0 * 2.0 and -2.0 * 0.5
    np.testing.assert_allclose(filled["D"], [1.0])
    np.testing.assert_allclose(points(figure, filled=False)["D"], [0.0])
    np.testing.assert_allclose(intervals(figure)[0], [[1.0, 3.0], [-1.25, -0.75]])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a", "b[T.x]"]
    assert "standard deviation" in figure.axes[0].get_xlabel()


def test_raw_effects_with_intercept(comparison: Any) -> None:
    figure = forest(comparison, scale="raw", intercept=True)
    np.testing.assert_allclose(points(figure, filled=True)["s"], [10.0, 1.0, -2.0])
    assert len(figure.axes[0].get_yticks()) == 3


def test_fits_keep_to_their_rows_and_the_first_coefficient_is_on_top(comparison: Any) -> None:
    ax = forest(comparison).axes[0]
    low, high = ax.get_ylim()
    assert low > high
    for line in ax.lines:
        if line.get_marker() in ("s", "o"):
            rows = np.asarray(line.get_ydata(), dtype=float)
            if rows.size:
                assert np.abs(rows - [0, 1]).max() < 0.5


def test_legend_names_every_fit_and_explains_hollow_points(comparison: Any) -> None:
    ax = forest(comparison).axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(comparison.fits)
    assert "hollow: exactly 0" in [text.get_text() for text in ax.texts]
    comparison.frame["zero"] = False
    assert not forest(comparison).axes[0].texts


def test_fits_of_one_kind_have_different_colours(comparison: Any) -> None:
    comparison.fits["OLS"].kind = comparison.fits["lasso mode"].kind = "posterior"
    handles = forest(comparison).axes[0].get_legend().legend_handles
    assert len({to_hex(handle.get_markerfacecolor()) for handle in handles}) == 3


def test_the_axes_given_are_used(comparison: Any) -> None:
    figure = new_figure(4.0, 3.0)
    left, right = figure.subplots(1, 2)
    assert forest(comparison, left) is figure
    assert left.lines
    assert not right.lines


def test_the_outcome_is_on_the_scale_of_the_link(comparison: Any) -> None:
    for fit in comparison.fits.values():
        fit.model.resolved.family.link = "logit"
    assert "log odds of y" in forest(comparison).axes[0].get_xlabel()


def test_it_draws(comparison: Any) -> None:
    buffer = BytesIO()
    forest(comparison).savefig(buffer, format="png")
    assert buffer.getvalue().startswith(b"\x89PNG")


def test_refusals(comparison: Any) -> None:
    with pytest.raises(InputError, match=r"forest can not draw a list\. Pass a comparison.*forest\(br\.compare\("):
        forest([1.0])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="scale='log' is not known"):
        forest(comparison, scale="log")  # type: ignore[arg-type]
    comparison.frame = comparison.frame[comparison.frame["coefficient"] == "Intercept"]
    with pytest.raises(InputError, match="only an intercept"):
        forest(comparison)
