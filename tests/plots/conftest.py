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
def axis() -> Any:
    """Return a strength axis of two coefficients and three scores, best at places 12, 20 and 30."""
    lams, at = np.geomspace(1e3, 1e-2, 41), np.arange(41.0)
    none = np.full(lams.size, np.nan)

    def one(panel: str, quantity: str, value: Any, spread: Any, sign: float, **marks: int) -> Any:
        at_marks = {name: float(lams[place]) for name, place in marks.items()}
        low, high = (none, none) if spread is None else (value - spread, value + spread)
        return SimpleNamespace(
            panel=panel,
            quantity=quantity,
            lams=lams,
            value=value,
            lower=low,
            upper=high,
            sign=sign,
            marks=at_marks,
            label=panel,
        )

    curves = (
        one("coefficients", "a", 5.0 / (1.0 + lams), 1.0 / np.sqrt(1.0 + lams), 0.0),
        one("coefficients", "b[T.x]", -2.0 / (1.0 + lams), 0.5 / np.sqrt(1.0 + lams), 0.0),
        one("cv", "cv", 9.0 + (at - 20.0) ** 2, 3.0, 1.0, **{"best": 20, "1se": 18}),
        one("criteria", "AIC", (at - 30.0) ** 2, None, 1.0, best=30),
        one("criteria", "BIC", (at - 25.0) ** 2, None, 1.0, best=25),
        one("evidence", "log evidence", -((at - 12.0) ** 2), None, -1.0, best=12),
    )
    return SimpleNamespace(
        lams=lams,
        curves=curves,
        panels=("coefficients", "cv", "criteria", "evidence"),
        believed=(0.5, 50.0),
        given=2.0,
        prior_scale=lambda: (lambda values: np.sqrt(4.0 / values), "standard deviation of the Gaussian prior"),
    )


@pytest.fixture
def path() -> Any:
    lams = np.array([8.0, 4.0, 2.0, 1.0, 0.0])
    params = pd.DataFrame({"Intercept": 1.0, "a": [0.0, 1.0, 2.0, 3.0, 4.0], "b[T.x]": [0.0, 0.0, -1.0, -2.0, -2.5]})
    return SimpleNamespace(lams=lams, params=params, edf=np.array([1.0, 2.0, 3.0, 3.0, 3.0]), model=stand_in_model())
