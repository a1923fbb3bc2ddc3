"""The problems, by name; each is made by a function of whether a small version will do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.posterior.record import Facts, Problem
from benchmarks.problems.columns import binary_response, correlated, normal_response, signs, standardised

LEARNED = "Laplace coefficients in units of sigma, strength learned under a uniform R^2, sigma half-t"
HALF_CAUCHY = "horseshoe in units of sigma, global scale half-Cauchy(1), sigma half-t"


def _problem(
    name: str, words: str, X: np.ndarray, y: np.ndarray, quick: bool, names: list[str] | None = None, **law: object
) -> Problem:
    given = {"family": "gaussian", "prior": "laplace", "scale": None, **law}
    lengths = {"tune": 200, "draws": 200} if quick else {}
    facts = Facts(name, words, n=X.shape[0], p=X.shape[1], **given, **lengths)  # type: ignore[arg-type]
    return Problem(facts, np.asfortranarray(X), y, names or [f"x{j}" for j in range(X.shape[1])])


def diabetes(quick: bool) -> Problem:
    """Return the ten columns that everybody fits."""
    import bayesreg as br

    frame = br.datasets.diabetes()
    y = frame.pop("target").to_numpy(dtype=float)
    return _problem("diabetes", f"diabetes; {LEARNED}", frame.to_numpy(dtype=float), y, quick, list(frame))


def _made(name: str, n: int, p: int, rho: float, k: int, snr: float, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = correlated(rng, n, p, rho)
    y = normal_response(rng, X @ signs(rng, p, k), snr)
    words = f"AR(1) columns, rho {rho:g}; {k} coefficients of +-1, signal to noise {snr:g}; {LEARNED}"
    return _problem(name, words, X, y, quick)


def correlated_columns(quick: bool) -> Problem:
    """Return neighbours that are nearly the same column."""
    return _made("correlated", *((120, 12) if quick else (2000, 100)), 0.98, 5 if quick else 20, 3.0, quick)


def tall(quick: bool) -> Problem:
    """Return many rows."""
    return _made("tall", *((2000, 8) if quick else (100_000, 50)), 0.5, 4 if quick else 10, 3.0, quick)


def wide(quick: bool) -> Problem:
    """Return more columns than rows."""
    return _made("wide", *((15, 40) if quick else (100, 500)), 0.5, 4 if quick else 10, 5.0, quick)


def _horseshoe(name: str, n: int, p: int, k: int, quick: bool) -> Problem:
    rng = np.random.default_rng(0)
    X = standardised(rng.standard_normal((n, p)))
    y = normal_response(rng, X @ (2.0 * signs(rng, p, k)), 5.0)
    words = f"independent columns; {k} coefficients of +-2, signal to noise 5; {HALF_CAUCHY}"
    return _problem(name, words, X, y, quick, prior="horseshoe")


def horseshoe(quick: bool) -> Problem:
    """Return ten columns a row."""
    return _horseshoe("horseshoe", *((15, 40, 3) if quick else (100, 1000, 5)), quick)


def horseshoe_large(quick: bool) -> Problem:
    """Return ten thousand columns."""
    return _horseshoe("horseshoe_large", *((20, 60, 3) if quick else (500, 10_000, 10)), quick)


def breast_cancer(quick: bool) -> Problem:
    """Return thirty strongly correlated columns and two classes that nearly separate."""
    import bayesreg as br

    frame = br.datasets.breast_cancer()
    y = frame.pop("malignant").to_numpy(dtype=float)
    frame = frame.iloc[:, :6] if quick else frame
    words = "breast cancer, logistic; Laplace of scale 1 on standardised columns"
    X = frame.to_numpy(dtype=float)
    return _problem("breast_cancer", words, X, y, quick, list(frame), family="bernoulli", scale=1.0)


def logistic_tall(quick: bool) -> Problem:
    """Return many rows of two classes."""
    rng = np.random.default_rng(0)
    n, p, k = (1000, 6, 3) if quick else (100_000, 20, 8)
    X = correlated(rng, n, p, 0.5)
    y = binary_response(rng, X @ (0.5 * signs(rng, p, k)) - 1.0)
    words = f"AR(1) columns, rho 0.5; {k} coefficients of +-0.5, logistic; Laplace of scale 1"
    return _problem("logistic_tall", words, X, y, quick, family="bernoulli", scale=1.0)


def doctor_visits(quick: bool) -> Problem:
    """Return real counts."""
    import bayesreg as br

    frame = br.datasets.doctor_visits()
    frame = frame.iloc[:: 20 if quick else 1]
    y = frame["visits"].to_numpy(dtype=float)
    columns = pd.get_dummies(frame.drop(columns="visits"), drop_first=True).astype(float)
    columns = columns.loc[:, columns.std() > 0.0]
    names = [f"x{j}" for j in range(columns.shape[1])]
    words = "doctor visits of the RAND experiment, Poisson; Laplace of scale 1 on standardised columns"
    return _problem("doctor_visits", words, columns.to_numpy(), y, quick, names, family="poisson", scale=1.0)


PROBLEMS: dict[str, Callable[[bool], Problem]] = {
    "diabetes": diabetes,
    "correlated": correlated_columns,
    "tall": tall,
    "wide": wide,
    "horseshoe": horseshoe,
    "horseshoe_large": horseshoe_large,
    "breast_cancer": breast_cancer,
    "logistic_tall": logistic_tall,
    "doctor_visits": doctor_visits,
}
