"""Maximum likelihood by statsmodels, refused by name where there is no maximum and verified where there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.design import Design
from bayesreg.errors import DataError, EngineError, UnsupportedError
from bayesreg.existence import check_maximum, check_rank
from bayesreg.families import Family, Likelihood
from bayesreg.frequentist.backend import Problem, run
from bayesreg.frequentist.checks import check_leverage, solves
from bayesreg.frequentist.covariance import check_cov_type, group_codes
from bayesreg.matrices import dense_columns

FAMILIES = ("gaussian", "bernoulli", "poisson", "binomial", "negative_binomial")
CORRECTED = ("HC1", "cluster")


@final
@dataclass(frozen=True, eq=False)
class MleRecord:
    """The maximum of a likelihood; ``q`` counts the intercept, which comes first.

    Attributes
    ----------
    params : ndarray (q,)
        On the user's scale.
    names : tuple of str (q,)
    cov : ndarray (q, q)
        Covariance of the estimates, as ``cov_type`` says.
    cov_type : str
    law : str
        The law of the intervals: "normal" or "t(df)".
    results : statsmodels results
        The real object, with named coefficients. For the Gaussian family its ``endog`` is ``y - offset``;
        rows of weight zero are left out.
    df_resid : float
        ``n - q``, with ``n`` the rows of positive weight or the sum of frequency weights.
    dispersion : float
        ``sum w r^2 / df_resid`` for the Gaussian family, else 1.
    log_likelihood : float
        At the maximum in all parameters; infinite where a Gaussian fit is exact.
    notes : tuple of str
        What statsmodels warned of although the fit passed its checks.
    """

    params: np.ndarray
    names: tuple[str, ...]
    cov: np.ndarray
    cov_type: str
    law: str
    results: Any
    df_resid: float
    dispersion: float
    log_likelihood: float
    notes: tuple[str, ...]


def fit_mle(
    design: Design,
    likelihood: Likelihood,
    family: Family,
    *,
    cov_type: str = "nonrobust",
    groups: Any = None,
    use_t: bool | None = None,
) -> MleRecord:
    """Maximise ``sum_i w_i log p(y_i | eta_i)`` over the coefficients.

    OLS or WLS for the Gaussian family (GLM with ``freq_weights`` for frequency weights, which agrees
    with repeating rows), GLM with the canonical link otherwise.

    Parameters
    ----------
    design : Design
        Weights without a kind are taken as precision weights.
    likelihood : Likelihood
        At its nuisance parameter, where it has one.
    family : Family
    cov_type : {"nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster"}
        HC2 and HC3 for the Gaussian family only.
    groups : array-like or Series (n,), optional
        With ``cov_type="cluster"``, and only then.
    use_t : bool, optional
        Intervals by Student's t or the normal law. Default as statsmodels: t for the Gaussian family with
        the nonrobust covariance, else normal.

    Returns
    -------
    MleRecord

    Raises
    ------
    RankError
        If columns are linearly dependent.
    SeparationError
        If the likelihood has no finite maximum.
    DataError
        If no degree of freedom is left for standard errors, or a row of leverage 1 leaves HC2 or HC3 undefined.
    InputError, UnsupportedError
        If the covariance is not on offer.
    EngineError
        If statsmodels does not reach the maximum.

    Examples
    --------
    >>> from bayesreg.datasets import diabetes
    >>> from bayesreg.design import build
    >>> family = Family("gaussian")
    >>> fit = fit_mle(build("target ~ bmi + bp", diabetes()), family.likelihood, family, cov_type="HC3")
    >>> dict(zip(fit.names, fit.params.round(2).tolist()))
    {'Intercept': -203.62, 'bmi': 8.52, 'bp': 1.38}
    """
    if family.name not in FAMILIES:
        raise UnsupportedError(f"mle() has no {family.name!r} family; allowed: {', '.join(map(repr, FAMILIES))}.")
    check_cov_type(cov_type, family.name, groups)
    likelihood.check_response(design.y, design.response)
    likelihood.check_weights(design.y, design.weights, design.weights_kind, design.response)
    problem = _problem(design, family, groups)
    Z, y = problem.exog.to_numpy(), problem.endog.to_numpy()
    names = tuple(problem.exog.columns)
    check_rank(Z, names)
    check_maximum(Z, y, family.name, names)
    if likelihood.nuisance:
        problem = replace(problem, nuisance=float(getattr(likelihood, likelihood.nuisance)))
    df_resid = _residual_df(problem, likelihood.has_dispersion or cov_type in CORRECTED)
    handed = problem.repeated() if problem.frequency and cov_type != "nonrobust" else problem
    if cov_type in ("HC2", "HC3"):
        check_leverage(handed.exog, handed.weights, cov_type)
    results, notes = _verified(handed, likelihood, cov_type, use_t)
    params = results.params.to_numpy(copy=True)
    dispersion, log_likelihood = _likelihood_at(problem, likelihood, params, df_resid)
    if likelihood.nuisance:
        at = float(getattr(likelihood, likelihood.nuisance))
        notes = (*notes, f"Standard errors are at {likelihood.nuisance} = {at:.4g}, which is taken as known.")
    freedom = getattr(results, "df_resid_inference", None) or results.df_resid
    return MleRecord(
        params=params,
        names=names,
        cov=np.asarray(results.cov_params()).copy(),
        cov_type=cov_type,
        law=f"t({freedom:g})" if results.use_t else "normal",
        results=results,
        df_resid=df_resid,
        dispersion=dispersion,
        log_likelihood=log_likelihood,
        notes=notes,
    )


def _problem(design: Design, family: Family, groups: Any) -> Problem:
    codes = None if groups is None else group_codes(groups, design)
    used = np.ones(design.n, dtype=bool) if design.weights is None else design.weights > 0.0
    X = dense_columns(design.X, what="mle()")
    columns = [np.ones((design.n, 1)), X] if design.intercept else [X]
    names = (("Intercept",) if design.intercept else ()) + design.names
    linear = family.name == "gaussian" and design.offset is not None
    index = design.index[used]
    y = design.y - design.offset if linear and design.offset is not None else design.y
    return Problem(
        endog=pd.Series(y[used], index=index, name=design.response),
        exog=pd.DataFrame(np.hstack(columns)[used], index=index, columns=list(names)),
        family=family.name,
        weights=None if design.weights is None else design.weights[used],
        frequency=design.weights_kind == "frequency" and not family.likelihood.counts_trials,
        offset=None if design.offset is None or linear else design.offset[used],
        groups=None if codes is None else codes[used],
        probit=family.link == "probit",
    )


def _residual_df(problem: Problem, needed: bool) -> float:
    n, q = problem.exog.shape
    total = float(problem.weights.sum()) if problem.frequency and problem.weights is not None else float(n)
    if needed and total <= q:
        raise DataError(
            f"{total:g} observations for {q} coefficients leave no degree of freedom, so there are no standard "
            "errors. Leave terms out, give more rows, or put a penalty on the terms such as br.L2(1.0)."
        )
    return total - q


def _verified(
    problem: Problem, likelihood: Likelihood, cov_type: str, use_t: bool | None
) -> tuple[Any, tuple[str, ...]]:
    """Fit, check, try again by QR where the pseudo-inverse lost a column; raise if neither holds."""
    said: tuple[str, ...] = ()
    for method in ("pinv", "qr"):
        try:
            results, notes = run(problem, cov_type, use_t, method)
        except EngineError as error:
            said += (str(error),)
            continue
        if _holds(problem, likelihood, results):
            return results, notes
        said += notes
    size = np.abs(problem.exog).max()
    almost = "" if likelihood.has_dispersion else " Responses that are almost separated do the same: a penalty helps."
    told = "".join(f"; it said: {text.rstrip('.')}" for text in dict.fromkeys(said))
    raise EngineError(
        f"statsmodels did not reach the maximum of this likelihood, which exists{told}. The largest values of the "
        f"columns go from {size.min():.3g} ({size.idxmin()!r}) to {size.max():.3g} ({size.idxmax()!r}): give columns "
        f"in comparable units, or centre columns that vary little around a large value.{almost}"
    )


def _holds(problem: Problem, likelihood: Likelihood, results: Any) -> bool:
    Z, y = problem.exog.to_numpy(), problem.endog.to_numpy()
    params = results.params.to_numpy()
    if not np.all(np.isfinite(params)):
        return False
    weights = np.ones(y.size) if problem.weights is None else problem.weights
    eta = Z @ params + (0.0 if problem.offset is None else problem.offset)
    score, curvature = weights * likelihood.score(y, eta), weights * likelihood.curvature(eta)
    size = float(np.sqrt(weights @ y**2)) if likelihood.has_dispersion else float(np.sqrt(y.size))
    return solves(Z, score, curvature, size, np.asarray(results.normalized_cov_params))


def _likelihood_at(
    problem: Problem, likelihood: Likelihood, params: np.ndarray, df_resid: float
) -> tuple[float, float]:
    """Return the dispersion, and the log likelihood with the dispersion at its own maximum."""
    y = problem.endog.to_numpy()
    weights = np.ones(y.size) if problem.weights is None else problem.weights
    eta = problem.exog.to_numpy() @ params + (0.0 if problem.offset is None else problem.offset)
    if not likelihood.has_dispersion:
        return 1.0, float(likelihood.log_likelihood(y, eta, 1.0, weights, problem.frequency).sum())
    rss = float(2.0 * weights @ likelihood.half_deviance(y, eta))
    if rss == 0.0:
        return 0.0, np.inf
    total = df_resid + params.size
    at_maximum = likelihood.log_likelihood(y, eta, rss / total, weights, problem.frequency)
    return rss / df_resid, float(at_maximum.sum())
