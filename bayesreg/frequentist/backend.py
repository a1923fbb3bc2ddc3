"""The calls of statsmodels: which model class, which weights, which covariance.

Two of its habits are corrected here. HC1 to HC3 of a generalised linear model are silently HC0: HC1
is asked for as HC0 with its factor, the others are refused. Robust covariances do not know frequency
weights throughout: the rows are repeated instead.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.errors import EngineError, UnsupportedError

REPEATED = 20_000_000


@dataclass(frozen=True, eq=False)
class Problem:
    """What is handed to statsmodels: rows of positive weight only.

    Attributes
    ----------
    endog : pandas.Series (n,)
    exog : pandas.DataFrame (n, q)
    family : str
    weights : ndarray (n,) or None
    frequency : bool
    offset : ndarray (n,) or None
    groups : ndarray of int (n,) or None
    probit : bool
        Whether the link is the probit.
    nuisance : float
        The shape of negative binomial counts.
    """

    endog: pd.Series
    exog: pd.DataFrame
    family: str
    weights: np.ndarray | None
    frequency: bool
    offset: np.ndarray | None
    groups: np.ndarray | None
    probit: bool = False
    nuisance: float = 1.0

    @property
    def is_counted(self) -> bool:
        """Whether the response is a proportion, and the weights its trials."""
        return self.family == "binomial"

    def counted(self) -> pd.DataFrame:
        """Return the numbers of successes and failures (n, 2), as statsmodels takes proportions of trials."""
        assert self.weights is not None
        successes = np.round(self.weights * self.endog.to_numpy())
        return pd.DataFrame({"successes": successes, "failures": self.weights - successes}, index=self.endog.index)

    def repeated(self) -> Problem:
        """Return the problem with row i written ``w_i`` times, and no weights."""
        copies = np.ones(self.endog.size) if self.weights is None else self.weights
        total = float(copies.sum())
        if total * self.exog.shape[1] > REPEATED:
            raise UnsupportedError(
                f"A robust covariance under frequency weights is computed on repeated rows, and {total:.3g} rows of "
                f"{self.exog.shape[1]} columns are more than {REPEATED:,} numbers; use cov_type='nonrobust'."
            )
        at = np.repeat(np.arange(self.endog.size), copies.astype(int))
        return Problem(
            endog=self.endog.iloc[at],
            exog=self.exog.iloc[at],
            family=self.family,
            weights=None,
            frequency=False,
            offset=None if self.offset is None else self.offset[at],
            groups=None if self.groups is None else self.groups[at],
            probit=self.probit,
            nuisance=self.nuisance,
        )


def run(problem: Problem, cov_type: str, use_t: bool | None, method: str) -> tuple[Any, tuple[str, ...]]:
    """Fit by statsmodels; return its results and the texts of its warnings.

    Floating-point warnings and those of perfect prediction are left out: separation is ruled out before
    and the numbers are checked afterwards, so the latter is said of nothing but fits that meet their data
    to 1e-8, such as a saturated table of counts.

    Parameters
    ----------
    problem : Problem
    cov_type : str
    use_t : bool or None
        Student's t instead of the normal law in intervals; None: as statsmodels does.
    method : {"pinv", "qr"}
        The linear algebra.

    Raises
    ------
    EngineError
        If statsmodels stops with an error.
    """
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            results = _fit(problem, cov_type, use_t, method)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
            raise EngineError(f"statsmodels could not fit this model: {error}") from error
    told = (item for item in caught if not issubclass(item.category, RuntimeWarning | PerfectSeparationWarning))
    return results, tuple(dict.fromkeys(str(item.message) for item in told))


def _fit(problem: Problem, cov_type: str, use_t: bool | None, method: str) -> Any:
    import statsmodels.api as sm

    n, q = problem.exog.shape
    linear = problem.family == "gaussian" and not problem.frequency
    options: dict[str, Any] = {"cov_type": cov_type, "use_t": use_t}
    if cov_type == "cluster":
        options["cov_kwds"] = {"groups": problem.groups}
    if cov_type == "HC1" and not linear:
        options |= {"cov_type": "HC0", "cov_kwds": {"scaling_factor": n / (n - q)}}
    if linear:
        if problem.weights is None:
            return sm.OLS(problem.endog, problem.exog).fit(method=method, **options)
        return sm.WLS(problem.endog, problem.exog, weights=problem.weights).fit(method=method, **options)
    families = {
        "gaussian": sm.families.Gaussian,
        "bernoulli": sm.families.Binomial,
        "binomial": sm.families.Binomial,
        "poisson": sm.families.Poisson,
        "negative_binomial": lambda: sm.families.NegativeBinomial(alpha=1.0 / problem.nuisance),
    }
    if problem.family == "gaussian" and use_t is None:
        options["use_t"] = True
    kind = "freq_weights" if problem.frequency else "var_weights"
    weights = {} if problem.weights is None or problem.is_counted else {kind: problem.weights}
    endog = problem.counted() if problem.is_counted else problem.endog
    law = sm.families.Binomial(sm.families.links.Probit()) if problem.probit else families[problem.family]()
    model = sm.GLM(endog, problem.exog, family=law, offset=problem.offset, **weights)
    return model.fit(tol=1e-10, rtol=2e-14, wls_method="lstsq" if method == "pinv" else method, **options)


def smooth_means(x: np.ndarray, y: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return ``x`` sorted, and the means of ``y`` there by local lines through a share of the rows (lowess)."""
    from statsmodels.nonparametric.smoothers_lowess import lowess

    found = lowess(y, x, frac=share, it=0)
    return found[:, 0], found[:, 1]
