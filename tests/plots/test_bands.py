from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.plots import coefficient_bands
from tests.plots.conftest import NAMES, stand_in_model

LAMS = np.array([8.0, 4.0, 2.0, 1.0])


def frame(*columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(np.array(columns).T, index=LAMS, columns=NAMES)


@pytest.fixture
def bands() -> Any:
    params = frame([9.0] * 4, [0.0, 1.0, 2.0, 3.0], [0.0, 0.0, -1.0, -2.0])
    half = {0.95: 2.0, 0.5: 0.7}
    return SimpleNamespace(
        lams=LAMS,
        params=params,
        sd=frame([1.0] * 4, [1.0] * 4, [1.0] * 4),
        band=lambda level: (params - half[level], params + half[level]),
        ok=pd.Series([True, True, True, False], index=LAMS),
        anchors=pd.DataFrame({"engine": ["gibbs"] * 2}, index=[8.0, 2.0]),
        modes=SimpleNamespace(params=params * 1.1),
        model=stand_in_model(),
    )


def test_a_panel_shows_mean_mode_bands_and_runs(bands: Any) -> None:
    figure = coefficient_bands(bands)
    first = figure.axes[0]
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["a", "b[T.x]"]
    lines = {line.get_label(): line for line in first.lines}
    np.testing.assert_allclose(lines["mean"].get_ydata(), [0.0, 2.0, 4.0, np.nan])
    np.testing.assert_allclose(lines["mode"].get_ydata(), [0.0, 2.2, 4.4, 6.6])
    np.testing.assert_allclose(lines["run"].get_xdata(), [8.0, 2.0])
    wide = first.collections[0].get_paths()[0].vertices
    assert wide[:, 1].min() == pytest.approx(-4.0)
    assert wide[:, 1].max() == pytest.approx(8.0)
    assert wide[:, 0].min() == 2.0  # where draws do not suffice there is no band
    assert first.get_xlim() == (8.0, 1.0)
    figure.savefig(BytesIO(), format="png")


def test_raw_bands_and_fewer_panels(bands: Any) -> None:
    bands.anchors = bands.anchors.iloc[:0]
    figure = coefficient_bands(bands, scale="raw", most=1)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["a"]
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    np.testing.assert_allclose(lines["mean"].get_ydata(), [0.0, 1.0, 2.0, np.nan])
    assert "run" not in lines
    figure.savefig(BytesIO(), format="png")


def test_the_picture_of_a_path() -> None:
    path = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2()).path_posterior(n_lams=4)
    path.plot().savefig(BytesIO(), format="png")


@pytest.mark.parametrize(
    ("changes", "given", "message"),
    [
        ({}, {"scale": "log"}, "scale='log'"),
        ({}, {"level": 3}, "level=3"),
        ({}, {"most": 0}, "most=0"),
        ({"lams": LAMS[:1]}, {}, "at least 2"),
    ],
)
def test_refusals(bands: Any, changes: dict[str, Any], given: dict[str, Any], message: str) -> None:
    vars(bands).update(changes)
    with pytest.raises(InputError, match=message):
        coefficient_bands(bands, **given)
    with pytest.raises(InputError, match="path_posterior"):
        coefficient_bands("path")
