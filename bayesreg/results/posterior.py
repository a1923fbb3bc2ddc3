"""The posterior of a model: draws as a DataTree, exact marginals where they are known, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level, check_whole
from bayesreg.errors import InputError
from bayesreg.results.posterior_draws import PosteriorDraws
from bayesreg.results.posterior_summary import summarise
from bayesreg.results.summary import Summary

if TYPE_CHECKING:
    from bayesreg.results.checks import Findings
    from bayesreg.results.hypothesis import Hypothesis
    from bayesreg.results.loo import Loo
    from bayesreg.results.predictive_check import PredictiveCheck


@final
@dataclass(frozen=True, eq=False, repr=False)
class Posterior(PosteriorDraws):
    """The posterior of the coefficients, and of sigma where it is sampled, under the matching prior.

    Parameters
    ----------
    model : Model
    sampled : Sampled
        What the engine returned.
    resolved : Resolved, optional
        The record that was sampled, where it is not the model's own.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(50.0), dispersion=3000.0)
    >>> post = model.sample(seed=1)
    >>> post.engine, bool(abs(post.params - model.fit().params).max() < 1e-10)
    ('exact', True)
    """

    def interval(self, level: float = 0.95, kind: Literal["equal-tailed", "hdi"] = "equal-tailed") -> pd.DataFrame:
        """Return credible intervals.

        Parameters
        ----------
        level : float
            Posterior probability of each interval.
        kind : {"equal-tailed", "hdi"}
            Central intervals, which have the same probability on either side; or the shortest ones, which change under
            transformations such as the odds ratio.

        Returns
        -------
        DataFrame
            Columns lower and upper, a row a coefficient.

        Raises
        ------
        InputError
            If the level is not a probability, or the kind is not known.
        """
        check_level(level)
        if kind not in ("equal-tailed", "hdi"):
            raise InputError(f"kind={kind!r} is not known; allowed: 'equal-tailed', 'hdi'.")
        lower, upper = self.marginals.interval(level, kind)
        return pd.DataFrame({"lower": lower, "upper": upper}, index=self.resolved.index)

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        """Return the rows that a comparison shows: means and central intervals."""
        interval = self.interval(level)
        return pd.DataFrame(
            {
                "term": list(self.resolved.terms),
                "coefficient": list(self.resolved.coefficients),
                "estimate": self.params.to_numpy(),
                "lower": interval["lower"].to_numpy(),
                "upper": interval["upper"].to_numpy(),
                "zero": self.resolved.excluded,
                "method": f"{level:.0%} equal-tailed credible interval",
                "note": "",
            }
        )

    def summary(self, level: float = 0.95, rope: Any = None) -> Summary:
        """Return means, medians, the mode, intervals, signs, negligible sizes and diagnostics.

        Parameters
        ----------
        level : float
            Of the central credible intervals.
        rope : number or mapping of coefficient to number, optional
            Half width of the range around 0 that counts as negligible, on the user's scale. By default, per standard
            deviation of its column, 0.1 standard deviations of the response (identity link) or of the logistic
            variable (logit), else 0.1 on the scale of the linear predictor.

        Returns
        -------
        Summary
            Its frame is indexed by coefficient: mean, median, mode, sd, lower, upper, prob_positive ``P(b > 0)``,
            prob_negligible ``P(|b| < delta)`` with delta in the header, inclusion (spike-and-slab priors), rhat,
            ess_bulk, ess_tail, mcse. Location, spread and probabilities are exact where the marginals are known (engine
            exact); rhat, ess and mcse are those of the draws. The mode is nan where there is none, the mean where the
            posterior has none. Notes below the table give each learned strength with its interval.

        Raises
        ------
        InputError
            If the level is not a probability, or ``rope`` is no half width.

        References
        ----------
        Kruschke (2018), Rejecting or accepting parameter values in Bayesian estimation.
        """
        return summarise(self, check_level(level), rope)

    def check(self) -> Findings:
        """Return findings about the draws, the prior and the data, each with a severity and a remedy.

        Looked at are R-hat, effective sample sizes, divergences, energy and Monte Carlo errors (not for independent
        draws); the share of the prior in the information about each coefficient; whether prior and likelihood pull
        against each other, by power scaling; separation, and whether posterior means exist; sigma near 0; learned
        strengths at the edge of their priors.

        Returns
        -------
        Findings
            ``.ok``, ``.frame`` (severity "problem", "warning" or "note", topic, coefficients, finding, remedy).

        References
        ----------
        Kallioinen, Paananen, Bürkner and Vehtari (2024), Detecting and diagnosing prior and likelihood sensitivity with
        power-scaling. Vehtari et al. (2021), Rank-normalization, folding, and localization.

        Examples
        --------
        >>> import bayesreg as br
        >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), prior=br.Normal(100.0), dispersion=3500.0)
        >>> model.sample(seed=1).check().ok
        True
        """
        from bayesreg.results.checks import check

        return check(self)

    def predict(
        self,
        data: Any = None,
        kind: Literal["mean", "response", "link"] = "mean",
        draws: bool = False,
        *,
        level: float = 0.95,
        offset: Any = None,
        seed: int = 0,
        new_levels: Literal["raise", "sample"] = "raise",
    ) -> pd.DataFrame | np.ndarray:
        """Return posterior predictions, made a chunk of rows at a time.

        Parameters
        ----------
        data : DataFrame or what `Model` accepts, optional
            New rows; default the rows of the fit. A row with a missing value gives nan.
        kind : {"mean", "response", "link"}
            The mean of the response, a new response (weight 1), or the linear predictor.
        draws : bool
            Return every draw (chains, draws, rows) instead of a frame.
        level : float
            Of the central intervals in the frame.
        offset : array, optional
            The offset of the new rows, where the model's was an array.
        seed : int
            For responses, and for effects of new levels.
        new_levels : {"raise", "sample"}
            What to do with levels of a group, ``(1 | g)``, that the fit has not seen: refuse them, or draw their effect
            from its prior at each draw's scale. Rows of the same new level share its effect.

        Returns
        -------
        DataFrame
            mean, sd, lower, upper; a row each.

        Raises
        ------
        DataError
            For a level that was not seen.
        InputError
            If the kind is not known, or the draws would take more than 1 GiB.
        """
        from bayesreg.results.posterior_predict import predict

        return predict(self, data, kind, draws, level=level, offset=offset, seed=seed, new_levels=new_levels)

    @property
    def log_evidence(self) -> float:
        """The log marginal likelihood ``log p(y)``, for `bayes_factor`; flat coefficients count with height 1.

        Raises
        ------
        UnsupportedError
            If it is not known: for engines other than exact.
        """
        from bayesreg.results.evidence import log_evidence

        return log_evidence(self)[0]

    def strength_density(self, points: int = 201) -> pd.DataFrame:
        """Return the posterior density of each learned strength.

        Parameters
        ----------
        points : int
            Values of each strength, even on the log scale.

        Returns
        -------
        DataFrame
            ``strength`` (its label), ``scale`` (in units of sigma where it is relative), ``lam`` (loss units),
            ``density`` of the scale, and ``method``: "exact", or "draws" where these were smoothed.

        Raises
        ------
        UnsupportedError
            If no strength was learned.
        """
        from bayesreg.results.strength_density import strength_density

        return strength_density(self, points)

    def loo(self, *, refit: bool = False, seed: int = 0) -> Loo:
        r"""Return the expected log predictive density of rows, each left out in turn.

        It is exact where the posterior is known (engine exact); otherwise an average of the draws under weights
        ``1 / p(y_i | draw)``, Pareto smoothed. The rows are taken in chunks: rows times draws are never held at once.
        Frequency weights count copies: one copy is left out, and its density counted for each of them.

        Parameters
        ----------
        refit : bool
            Sample anew without each row whose weights can not be trusted; strengths, scales and phi stay what they are.
        seed : int
            Of these new draws.

        Returns
        -------
        Loo
            ``.elpd``, ``.se``, ``.p_loo``, ``.frame`` (elpd, p_loo, khat, copies, method by row), ``.bad`` and
            ``.status``.

        References
        ----------
        Vehtari, Gelman and Gabry (2017), Practical Bayesian model evaluation using leave-one-out cross-validation and
        WAIC.

        Examples
        --------
        >>> import bayesreg as br
        >>> data = br.datasets.diabetes()
        >>> both, one = (br.Model(f"target ~ {x}", data, prior=br.Normal(100.0)) for x in ("bmi + bp", "bmi"))
        >>> bool(both.sample(seed=1).loo().elpd > one.sample(seed=1).loo().elpd)
        True
        """
        from bayesreg.results.loo import leave_one_out

        return leave_one_out(self, refit=refit, seed=check_whole("seed", seed, 0))

    def loo_pit(self, seed: int = 0) -> pd.Series:
        """Return where each response lies in its leave-one-out predictive distribution, between 0 and 1.

        Uniform values say that the predictions are calibrated; values near 0 and 1 that they are too narrow. Ties, as
        of counts, are broken at random. Rows of weight 0 give nan.

        References
        ----------
        Gabry, Simpson, Vehtari, Betancourt and Gelman (2019), Visualization in Bayesian workflow.
        """
        from bayesreg.results.loo_pit import loo_pit

        return loo_pit(self, seed, self.efficiency)

    def r2(self, level: float = 0.95) -> Summary:
        r"""Return Bayesian R^2: at each draw ``var(mu) / (var(mu) + var)``, over the rows.

        ``var`` is the variance around the means that the model says (modelled), or that of the residuals.

        References
        ----------
        Gelman, Goodrich, Gabry and Vehtari (2019), R-squared for Bayesian regression models.

        Examples
        --------
        >>> import bayesreg as br
        >>> post = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(1.0)).sample(seed=1)
        >>> bool(0.35 < post.r2().frame.loc["modelled", "mean"] < 0.45)
        True
        """
        from bayesreg.results.r_squared import r_squared

        return r_squared(self, level)

    def predictive_check(self, stat: Any = None, *, draws: int = 500, seed: int = 0) -> PredictiveCheck:
        """Return statistics of the response beside those of data sets that the posterior predicts.

        Parameters
        ----------
        stat : str, callable or list of them, optional
            "mean", "sd", "min", "median", "max", "skewness", "zeros", or a function of a response (n,).
        draws : int
            Predicted data sets.
        seed : int

        Returns
        -------
        PredictiveCheck
            ``.frame`` (observed, mean, lower, upper, prob_larger by statistic), ``.status``, ``.plot()``.

        Examples
        --------
        >>> import bayesreg as br
        >>> post = br.Model("visits ~ .", br.datasets.doctor_visits(), prior=br.Normal(1.0), family="poisson").sample(
        ...     100, seed=1, chains=2
        ... )
        >>> bool(post.predictive_check("zeros", draws=100).frame.loc["zeros", "prob_larger"] < 0.05)
        True
        """
        from bayesreg.results.predictive_check import run_check

        return run_check(self, stat, draws, seed)

    def hypothesis(self, text: str, level: float = 0.95) -> Hypothesis:
        """Return what the posterior says about a statement: ``"bmi > 2 * bp"``, ``"0 < bmi < 3"`` or ``"bp = 0"``.

        Parameters
        ----------
        text : str
            Names of coefficients (any in backticks) and sigma, numbers, ``+ - * / ( )``, compared. It is never
            evaluated as code. An equation has to be linear; its ratio of posterior to prior density is the Bayes factor
            for it, and needs a proper prior.
        level : float
            Of the interval of the left minus the right side.

        Returns
        -------
        Hypothesis
            ``.probability``, ``.evidence_ratio``, ``.estimate``, ``.lower``, ``.upper``.

        Raises
        ------
        InputError, UnsupportedError
            If the statement can not be read, or the density ratio does not exist.

        References
        ----------
        Dickey (1971), The weighted likelihood ratio, linear hypotheses on normal location parameters.

        Examples
        --------
        >>> import bayesreg as br
        >>> post = br.Model("target ~ bmi + bp", br.datasets.diabetes(), prior=br.Normal(10.0)).sample(seed=1)
        >>> post.hypothesis("bmi > 2 * bp").probability > 0.99
        True
        """
        from bayesreg.results.hypothesis import hypothesis

        return hypothesis(self, text, level)

    def with_groups(self, *groups: str, seed: int = 0) -> Posterior:
        """Return the same posterior with more groups in its tree, for the functions of ArviZ that read them.

        Parameters
        ----------
        *groups : str
            Among "log_likelihood" and "posterior_predictive", which have a number for each row and draw and are refused
            above 1 GiB; "log_prior", by part (coefficients of given strength, sigma, learned strengths); "prior" and
            "prior_predictive"; "constant_data" with the columns of the design too.
        seed : int
            Of what is drawn.

        Raises
        ------
        InputError
            If a group is not known, or too large, by name.
        """
        from bayesreg.posterior.groups import check_groups, with_groups

        names, start = check_groups(groups), check_whole("seed", seed, 0)
        tree = with_groups(self.model.design, self.resolved, self.tree, names, start)
        return replace(self, sampled=replace(self.sampled, tree=tree))
