"""Stand-ins with the few attributes that pictures read, so that every drawn number is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

NAMES = ["Intercept", "a", "b[T.x]"]
SD = np.array([1.0, 2.0, 0.5])


def stand_in_model(link: str = "identity") -> Any:
    family = SimpleNamespace(name="gaussian", link=link)
    resolved = SimpleNamespace(coefficients=tuple(NAMES), sd=SD, intercept=True, family=family)
    return SimpleNamespace(resolved=resolved, loss_resolved=resolved, design=SimpleNamespace(response="y"))


@pytest.fixture
def comparison() -> Any:
    model = stand_in_model()
    estimates = {"OLS": [10.0, 1.0, -2.0], "lasso mode": [9.0, 0.5, 0.0], "posterior": [9.5, 0.75, -1.0]}
    kinds = {"OLS": "mle", "lasso mode": "mode", "posterior": "posterior"}
    frames = [
        pd.DataFrame(
            {
                "coefficient": NAMES,
                "fit": name,
                "estimate": values,
                "lower": np.nan if kinds[name] == "mode" else np.array(values) - 0.5,
                "upper": np.nan if kinds[name] == "mode" else np.array(values) + 0.5,
                "zero": np.array(values) == 0.0,
            }
        )
        for name, values in estimates.items()
    ]
    fits = {name: SimpleNamespace(kind=kind, model=model) for name, kind in kinds.items()}
    return SimpleNamespace(fits=fits, frame=pd.concat(frames, ignore_index=True))


@pytest.fixture
def curve() -> Any:
    lams = np.geomspace(1e-2, 1e3, 41)
    params = pd.DataFrame({"a": 5.0 / (1.0 + lams), "b[T.x]": -2.0 / (1.0 + lams)})
    sd = pd.DataFrame({"a": 1.0 / np.sqrt(1.0 + lams), "b[T.x]": 0.5 / np.sqrt(1.0 + lams)})
    at = np.arange(lams.size, dtype=float)
    return SimpleNamespace(
        lams=lams,
        scale=np.sqrt(4.0 / lams),
        params=params,
        sd=sd,
        evidence=-100.0 - (at - 12.0) ** 2,
        loo=-90.0 - 0.5 * (at - 20.0) ** 2,
        edf=2.0 / (1.0 + lams),
        lam=2.0,
        dispersion=4.0,
    )


@pytest.fixture
def path() -> Any:
    lams = np.array([8.0, 4.0, 2.0, 1.0, 0.0])
    params = pd.DataFrame({"Intercept": 1.0, "a": [0.0, 1.0, 2.0, 3.0, 4.0], "b[T.x]": [0.0, 0.0, -1.0, -2.0, -2.5]})
    return SimpleNamespace(lams=lams, params=params, edf=np.array([1.0, 2.0, 3.0, 3.0, 3.0]), model=stand_in_model())
