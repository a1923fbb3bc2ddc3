from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.plots import strength_axis


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_paths_and_bands_are_those_of_the_curve(curve: Any) -> None:
    ax = strength_axis(curve).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), curve.params["a"])
    outline = ax.collections[0].get_paths()[0].vertices
    upper = curve.params["a"] + 1.959963984540054 * curve.sd["a"]
    assert outline[:, 1].max() == pytest.approx(upper.max(), rel=1e-12)  # the same numbers, drawn
    assert {"a", "b[T.x]"} <= set(texts(ax))


def test_maxima_are_marked(curve: Any) -> None:
    _, evidence, loo = strength_axis(curve).axes
    for ax, best in ((evidence, 12), (loo, 20)):
        marker = next(line for line in ax.lines if line.get_marker() == "o")
        assert marker.get_xdata()[0] == curve.lams[best]
        assert texts(ax) == [f"maximum at lam = {curve.lams[best]:.3g}"]


def test_the_upper_axis_reads_the_same_strength_as_a_prior_scale(curve: Any) -> None:
    ax = strength_axis(curve).axes[0]
    top = ax.child_axes[0]
    places, labels = top.get_xticks(), [float(label.get_text()) for label in top.get_xticklabels()]
    assert len(labels) > 5
    np.testing.assert_allclose(labels, np.sqrt(curve.dispersion / places), rtol=1e-12)  # round numbers, placed exactly
    scale = np.exp(np.interp(np.log(places), np.log(curve.lams), np.log(curve.scale)))  # exact: a power law
    np.testing.assert_allclose(scale, labels, rtol=1e-10)


def test_the_penalty_gets_weaker_to_the_right(curve: Any) -> None:
    for ax in strength_axis(curve).axes:
        assert ax.get_xlim() == (curve.lams.max(), curve.lams.min())
        assert ax.get_xscale() == "log"


def test_the_strength_of_the_model_is_drawn_where_there_is_one(curve: Any) -> None:
    def dashed(figure: Any) -> list[float]:
        return [line.get_xdata()[0] for ax in figure.axes for line in ax.lines if line.get_linestyle() == "--"]

    assert dashed(strength_axis(curve)) == [2.0, 2.0, 2.0]
    curve.lam = None
    assert dashed(strength_axis(curve)) == []


def test_scores_are_shown_around_their_maximum_and_down_to_the_model(curve: Any) -> None:
    evidence = strength_axis(curve).axes[1]
    low, high = evidence.get_ylim()
    at_model = np.interp(np.log(2.0), np.log(curve.lams), curve.evidence)
    assert low < at_model
    assert high > curve.evidence.max()
    curve.lam = None
    low, _ = strength_axis(curve).axes[1].get_ylim()
    assert curve.evidence.min() < low < curve.evidence.max() - 12.0


def test_chosen_names_only_and_no_bands(curve: Any) -> None:
    ax = strength_axis(curve, names=["b[T.x]"], bands=False, title="a title").axes[0]
    assert "a" not in texts(ax)
    assert not ax.collections
    assert ax.figure.get_suptitle() == "a title"


def test_a_model_is_refused_with_the_curve_to_draw() -> None:
    model = br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L2())
    with pytest.raises(InputError, match=r"can not draw a Model\..*strength_axis\(br\.select\.ridge_curve\(model\)\)"):
        strength_axis(model)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="can not draw a PathFit"):
        strength_axis(model.path(n_lams=3))  # type: ignore[arg-type]


def test_labels_of_the_maxima_stand_on_white_above_the_dotted_lines(curve: Any) -> None:
    for ax in strength_axis(curve).axes[1:]:
        (label,) = ax.texts
        assert to_hex(label.get_bbox_patch().get_facecolor()) == "#ffffff"
        dotted = [line.get_zorder() for line in ax.lines if line.get_linestyle() == ":"]
        assert len(dotted) == 2
        assert label.get_zorder() > max(dotted)
    own = next(text for text in strength_axis(curve).axes[0].texts if text.get_text() == "model: lam = 2")
    assert to_hex(own.get_bbox_patch().get_facecolor()) == "#ffffff"
    assert own.get_zorder() == label.get_zorder()


def test_an_unknown_name_is_refused(curve: Any) -> None:
    with pytest.raises(InputError, match=r"'c' is not a coefficient of this curve; allowed: a, b\[T.x\]"):
        strength_axis(curve, names=["a", "c"])


@pytest.mark.parametrize("best", [0, 40])
def test_maxima_at_either_end_draw(curve: Any, best: int) -> None:
    curve.evidence = -np.abs(np.arange(41.0) - best)
    buffer = BytesIO()
    strength_axis(curve).savefig(buffer, format="png")
    assert buffer.getvalue().startswith(b"\x89PNG")


def test_a_flat_score_draws(curve: Any) -> None:
    curve.loo = np.full(41, -3.0)
    strength_axis(curve).savefig(BytesIO(), format="png")
