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


def test_paths_and_bands_are_those_of_the_axis(axis: Any) -> None:
    ax = strength_axis(axis).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), axis.curves[0].value)
    outline = ax.collections[0].get_paths()[0].vertices
    assert outline[:, 1].max() == pytest.approx(axis.curves[0].upper.max(), rel=1e-12)  # the same numbers, drawn
    assert {"a", "b[T.x]"} <= set(texts(ax))


def test_best_strengths_and_those_of_the_one_se_rule_are_marked(axis: Any) -> None:
    _, cv, criteria, evidence = strength_axis(axis).axes
    for ax, places in ((cv, (20, 18)), (criteria, (30, 25)), (evidence, (12,))):
        marked = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
        assert marked == [axis.lams[place] for place in places]
    assert texts(cv) == [f"best: lam = {axis.lams[20]:.3g}", f"1se: lam = {axis.lams[18]:.3g}"]
    assert texts(criteria) == [f"AIC: lam = {axis.lams[30]:.3g}", f"BIC: lam = {axis.lams[25]:.3g}"]


def test_the_upper_axis_reads_the_same_strength_as_a_prior_scale(axis: Any) -> None:
    top = strength_axis(axis).axes[0].child_axes[0]
    places, labels = top.get_xticks(), [float(label.get_text()) for label in top.get_xticklabels()]
    assert len(labels) > 5
    np.testing.assert_allclose(labels, np.sqrt(4.0 / places), rtol=1e-10)  # round numbers, placed exactly: a power law
    axis.prior_scale = lambda: (lambda values: values, "")
    assert not strength_axis(axis).axes[0].child_axes


def test_the_penalty_gets_weaker_to_the_right(axis: Any) -> None:
    for ax in strength_axis(axis).axes:
        assert ax.get_xlim() == (axis.lams.max(), axis.lams.min())
        assert ax.get_xscale() == "log"


def test_what_is_known_beforehand_is_in_all_panels(axis: Any) -> None:
    def known(figure: Any) -> tuple[int, int]:
        dashed = [ax for ax in figure.axes for line in ax.lines if line.get_linestyle() == "--"]
        return len(dashed), sum(len(ax.patches) for ax in figure.axes)

    figure = strength_axis(axis)
    assert known(figure) == (4, 4)
    (note,) = (text for text in figure.axes[0].texts if "dashed" in text.get_text())
    assert note.get_text() == "dashed: the model's own, lam = 2; shaded: 95 % of the prior of the strength"
    assert to_hex(note.get_bbox_patch().get_facecolor()) == "#ffffff"
    axis.given = axis.believed = None
    assert known(strength_axis(axis)) == (0, 0)


def test_scores_are_shown_around_their_best(axis: Any) -> None:
    _, cv, criteria, evidence = strength_axis(axis).axes
    assert cv.get_ylim()[1] > 400.0  # the whole curve
    assert 40.0 < criteria.get_ylim()[1] < 60.0
    assert -15.0 < evidence.get_ylim()[0] < -12.0


def test_chosen_names_only_and_a_title(axis: Any) -> None:
    figure = strength_axis(axis, names=["b[T.x]"], title="a title")
    assert "a" not in texts(figure.axes[0])
    assert len(figure.axes[0].collections) == 1
    assert figure.get_suptitle() == "a title"


def test_other_things_are_refused_with_what_to_draw(axis: Any) -> None:
    model = br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L2())
    for value in (model, model.path(n_lams=3)):
        with pytest.raises(InputError, match=r"can not draw .*strength_axis\(model\.path\(\)\.strength_axis\(\)\)"):
            strength_axis(value)
    with pytest.raises(InputError, match=r"'c' is not a coefficient of this axis; allowed: a, b\[T.x\]"):
        strength_axis(axis, names=["a", "c"])
    axis.lams = axis.lams[:1]
    with pytest.raises(InputError, match="single strength"):
        strength_axis(axis)


def test_many_coefficients_are_pale_but_the_largest(axis: Any) -> None:
    from types import SimpleNamespace

    first = vars(axis.curves[0])
    many = tuple(SimpleNamespace(**{**first, "quantity": f"x{j}", "value": first["value"] * j}) for j in range(30))
    axis.curves, axis.panels = many, ("coefficients",)
    ax = strength_axis(axis).axes[0]
    names = [text for text in texts(ax) if text.startswith("x")]
    assert sorted(names) == sorted(f"x{j}" for j in range(20, 30))


@pytest.mark.parametrize("best", [0, 40])
def test_marks_at_either_end_and_flat_curves_draw(axis: Any, best: int) -> None:
    axis.curves[5].marks["best"] = float(axis.lams[best])
    axis.curves[2].value = np.full(41, 3.0)
    buffer = BytesIO()
    strength_axis(axis).savefig(buffer, format="png")
    assert buffer.getvalue().startswith(b"\x89PNG")
