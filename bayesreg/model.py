"""`Model`: what is stated in `statement`, and its verbs, which delegate to the faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import pandas as pd

from bayesreg.arguments import check_level
from bayesreg.resolve import maximum_likelihood
from bayesreg.resolve.spec import written
from bayesreg.statement import Statement
from bayesreg.support import check_supported

if TYPE_CHECKING:
    from bayesreg.results.components import Components
    from bayesreg.results.map_fit import MapFit
    from bayesreg.results.mle_fit import MleFit
    from bayesreg.results.path_fit import PathFit
    from bayesreg.results.posterior import Posterior
    from bayesreg.results.posterior_path import PosteriorPath
    from bayesreg.results.ratio_selection import RatioSelection
    from bayesreg.results.relaxed_selection import RelaxedSelection
    from bayesreg.results.selection import Selection


@final
@dataclass(frozen=True, eq=False, init=False, repr=False)
class Model(Statement):
    r"""A regression model whose penalty is its prior.

    The one log joint is ``log p(y | eta, phi) + sum_b log prior_b(beta_b)``. `fit` maximises it over the
    coefficients, `sample` samples it, `mle` drops the second term; they read the same `Resolved`.

    Parameters
    ----------
    formula : str
        For example ``"target ~ bmi + C(sex) + log(s5)"``. A closed world: columns of ``data``, operators,
        a fixed table of functions, and ``functions``; never an evaluation of its text. Marks name the penalty of
        terms, as in ``"y ~ age + l1(x1 + x2, lam=3)"``; ``(1 | clinic)`` and ``(x || clinic)`` are effects of the
        levels of a group: ridge penalties on raw indicator coefficients.
    data : DataFrame, mapping of arrays, or path to CSV or Parquet
        pandas, polars, pyarrow, a dict, or a path. It is not modified.
    family : str or Family
        "gaussian" (default), "bernoulli", "poisson", "binomial", "negative_binomial", "student_t"; see `Family`.
    penalty, prior : Penalty or mapping of terms to Penalty, optional
        Two names of one argument; neither: flat. In a mapping ``...`` stands for the remaining terms,
        and terms that no key names are flat. The intercept is penalised only where it is named, and terms that
        the formula marks have their mark's penalty; keys such as ``"1 | clinic"`` may name group effects.
    standardize : bool or "numeric"
        True (default): a penalty acts on ``s_j b_j``, ``s_j`` the weighted 1/n standard deviation of the
        column; "numeric" spares 0/1 columns. Results are always on the user's scale.
    weights : str, array, Series or Weights, optional
        Case weights; say their kind where the dispersion is estimated: `Weights`.
    offset : str, array or Series, optional
        Added to the linear predictor.
    missing : {"raise", "drop"}
        What to do with rows that have missing values.
    dispersion : float, SigmaPrior or {"reml", "joint", "jeffreys"}
        A number fixes phi, also when sampling. "reml" (default) estimates it when it is first needed; sigma is then
        sampled under a half-t(3, sd(y)) prior. A `HalfT`, `Exponential` or `InverseGamma`, or "jeffreys", is the
        prior when sampling. "joint" is phi at the joint mode of ``(beta, log sigma)``.
    select : str, mapping or None
        How `fit` chooses strengths that were left open: ``by`` of the verb `select`, or a mapping of its arguments,
        as ``{"by": "cv", "rule": "1se"}``. None: the evidence where all penalties are quadratic, else 10-fold
        cross-validation; see `rule`. The verbs `select`, `path` and `sample` do not use it.
    functions : mapping of str to callable, optional
        Functions that the formula may call by name.

    Raises
    ------
    FormulaError, DataError, MissingValuesError, InputError
        With the value, what is allowed, and what to do.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(lam=500.0))
    >>> model.fit().params.round(2).to_dict()
    {'Intercept': -321.41, 'bmi': 6.36, 'bp': 0.86, 's5': 48.42}
    """

    def mle(self, cov_type: str = "nonrobust", *, groups: Any = None) -> MleFit:
        """Return the maximum-likelihood fit by statsmodels: the model without its prior.

        Parameters
        ----------
        cov_type : {"nonrobust", "HC0", "HC1", "HC2", "HC3", "cluster"}
            Covariance of the estimates.
        groups : array or Series (n,), optional
            Clusters, for ``cov_type="cluster"``.

        Raises
        ------
        RankError, SeparationError
            If columns are linearly dependent, or the likelihood has no maximum; the message names the columns.
        """
        from bayesreg.frequentist import fit_mle
        from bayesreg.results.mle_fit import MleFit

        check_supported(self._known, "mle")
        law = maximum_likelihood(self.design, self._known)
        return MleFit(self, fit_mle(self.design, law, self.family, cov_type=cov_type, groups=groups))

    def fit(self) -> MapFit:
        """Return the mode of the coefficients at phi and the strengths: the penalised estimate, certified.

        It minimises ``sum_i w_i d_i / 2 + penalty`` (loss units), that is ``argmax p(beta | y, phi, lam)``
        with respect to Lebesgue measure on the coefficients. Strengths that were left open are chosen first, by `rule`:
        `MapFit.chosen` says how.

        Raises
        ------
        UnsupportedError, RankError, SeparationError
            If there is no mode, or the unpenalised part has no unique, finite optimum.
        """
        from bayesreg.results.map_fit import MapFit
        from bayesreg.solvers import find_mode

        check_supported(self._known, "fit")
        if self._known.is_open:
            return self.select(**self.rule).fit
        return MapFit(self, self.loss_resolved, find_mode(self.design, self.loss_resolved))

    def path(self, n_lams: int | None = None, *, ratio: float | None = None, lams: Any = None) -> PathFit:
        """Return the modes over a range of strengths, each certified.

        Parameters
        ----------
        n_lams : int, optional
            Number of strengths, 100 by default.
        ratio : float, optional
            Smallest over largest strength; default by the shape of the problem.
        lams : array, optional
            The strengths themselves, in loss units (several blocks: common multipliers of their strengths).

        Raises
        ------
        InputError, UnsupportedError
            If the strengths are not positive numbers, or nothing is penalised.
        """
        from bayesreg.results.path_fit import fit_path

        check_supported(self._known, "path")
        return fit_path(self, n_lams=n_lams, ratio=ratio, lams=lams)

    def path_posterior(
        self,
        n_lams: int | None = None,
        *,
        ratio: float | None = None,
        lams: Any = None,
        draws: int = 1000,
        chains: int = 4,
        tune: int | None = None,
        engine: str = "auto",
        anchors: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: bool | None = None,
    ) -> PosteriorPath:
        """Return posterior means and bands over a range of strengths, each strength being given.

        Exact marginals where the posterior is known. Else an engine runs at the ends of the range and wherever the
        draws of other runs, weighted for a strength, are worth less than a tenth of one run or have k-hat above 0.7.

        Parameters
        ----------
        n_lams, ratio, lams
            As in `path`; 50 strengths by default.
        draws, chains, tune, engine, workers, progress
            Of each run, as in `sample`.
        anchors : int, optional
            Most runs, 20 by default.
        seed : int, optional
            Of all runs; the same seed gives the same path.

        Raises
        ------
        InputError, UnsupportedError, ImproperPosteriorError
            If an argument has no use, nothing is penalised, or a posterior can not be sampled or has no density.
        """
        from bayesreg.posterior.sampling import Plan
        from bayesreg.results.over_strengths import posterior_path

        plan = Plan(draws=draws, tune=tune, chains=chains, seed=seed, workers=workers, progress=progress)
        return posterior_path(self, n_lams=n_lams, ratio=ratio, lams=lams, engine=engine, anchors=anchors, plan=plan)

    def select(
        self,
        by: str = "cv",
        rule: str = "min",
        folds: Any = 10,
        lams: Any = None,
        seed: int = 0,
        fold_strength: str = "per_row",
        *,
        l1_ratios: Any = None,
        score: Any = "deviance",
        gamma: float | None = None,
        workers: int | None = None,
        progress: bool = False,
    ) -> Selection | RatioSelection | Components:
        """Return the strength that the data choose, with the model and the fit at it.

        By the evidence, each open strength of quadratic blocks or groups is its own; by other ways they move together.

        Parameters
        ----------
        by : {"cv", "loo", "gcv", "aic", "aicc", "bic", "ebic", "evidence"}
            "loo", "gcv", "evidence" are exact for quadratic penalties in a Gaussian model. Else "loo" is approximate,
            and checked; "evidence" is by Laplace's method (quadratic, no phi) or by Gibbs-EM (`L1`, other priors).
        rule : {"min", "1se"}
            The best, or the strongest penalty within one standard error of it (cv, loo).
        folds : int, Folds, or labels (n,)
            What is left out together (cv); everything that a fit learns from the data is learned again without it.
        lams : array, optional
            Strengths to choose from, as in `path`, whose grid is the default.
        seed : int
            Of the folds, and of draws (Gibbs-EM).
        fold_strength : {"per_row", "prior"}
            In folds, ``lam`` times their share of the weights (as glmnet has it), or the same ``lam`` and prior.
        l1_ratios : sequence of float, optional
            Shares of `ElasticNet` or `SparseGroupLasso` to choose from too (cv), with a `RatioSelection` as result.
        score : str or callable
            "deviance", "mse", "mae", "auc", "brier", "log_score" or a function of (y, mean), less being better (cv).
        gamma : float, optional
            Of "ebic", 0.5 by default.
        workers, progress : int, bool, optional
            Processes that share the folds, which the result does not depend on, and whether to show a progress bar.

        Raises
        ------
        InputError, DataError, UnsupportedError
            If an argument has no meaning for ``by``, a fold can not be fitted, or ``by`` is not known for the penalty.
        """
        from bayesreg.results.choosing import Options, choose_strength

        options = Options(folds, seed, fold_strength, l1_ratios, score, gamma, workers, progress)
        return choose_strength(self, by, rule, lams, options)

    def relax(
        self, gammas: Any = (0.0, 0.25, 0.5, 0.75, 1.0), folds: Any = 10, rule: str = "min", **options: Any
    ) -> RelaxedSelection:
        """Return the strength and the blend with a second stage that cross-validation chooses, with the fit at them.

        Parameters
        ----------
        gammas : sequence of float
            Weights of the first stage to choose from; 1 is the penalised fit, 0 the second stage: `MapFit.relax`.
        folds, rule
            As in `select`; "1se" takes the strongest penalty, and of its blends the one with most weight on it.
        **options
            second (None, or an `L2`; the strength of ``br.L2()`` is chosen by the evidence, anew in each fold), and
            lams, seed, score, workers and progress, as in `select`.

        Raises
        ------
        InputError, DataError, UnsupportedError
            If an argument has no meaning, a fold can not be fitted, or no penalty puts coefficients at zero.
        """
        from bayesreg.results.relaxed_selection import choose_blend

        check_supported(self._known, "path")
        return choose_blend(self, gammas, folds, rule, **options)

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int | None = None,
        chains: int = 4,
        seed: int | None = None,
        engine: str = "auto",
        groups: Any = None,
        workers: int | None = None,
        progress: bool | None = None,
    ) -> Posterior:
        """Return draws from the posterior of the coefficients (and sigma) under the matching prior.

        Parameters
        ----------
        draws, chains : int
            Draws kept in each chain, and chains.
        tune : int, optional
            Warm-up draws (default 1000 for engine nuts; 250 for gibbs, 500 where the family is not Gaussian).
        seed : int, optional
            The same seed gives the same draws for any number of workers. None: a fresh one, kept in the result.
        engine : {"auto", "exact", "gibbs", "nuts"}
            "exact": independent draws, Gaussian family with quadratic penalties, strengths given or learned. "gibbs":
            NumPy alone; normal mixtures in linear models, Hamiltonian moves or latent variables of the rows in others.
            "nuts": PyMC's graph through nutpie. "auto" takes the first of these that knows the model, and says why in
            ``.why``.
        groups : str or list of str, optional
            More groups of the tree, as `Posterior.with_groups` makes them: "log_likelihood", "posterior_predictive",
            "log_prior", "prior", "prior_predictive". Those with a number for each row and draw are refused above 1 GiB.
        workers, progress : int, bool, optional
            Processor cores, and whether to show a progress bar (engines gibbs and nuts; default no). A Gibbs run that
            is cancelled keeps the draws so far.

        Raises
        ------
        InputError
            If an argument is not used by the engine, or a group is too large, by name.
        UnsupportedError, ImproperPosteriorError
            If the engine can not sample this model, with the reason, or the posterior does not exist.
        """
        from bayesreg.posterior.groups import check_groups, check_pointwise
        from bayesreg.posterior.sampling import Plan, sample_posterior
        from bayesreg.results.posterior import Posterior

        plan = Plan(draws=draws, tune=tune, chains=chains, seed=seed, workers=workers, progress=progress)
        more = check_groups(() if groups is None else groups)
        check_pointwise(more, int(draws) * int(chains), self.design.n)
        post = Posterior(self, sample_posterior(self.design, self.resolved, engine, plan))
        return post.with_groups(*more, seed=0 if seed is None else seed) if more else post

    def pymc(self, representation: str = "direct") -> Any:
        """Return the posterior as a `pymc.Model`, to extend or to sample by hand.

        Its variables are ``beta`` (dimension "coef": the design's names on the user's scale, the intercept
        first) and, where it is sampled, ``sigma``; data are the named `pm.Data` ``X`` and ``offset``. A
        strength that was left open, or given a hyperprior, is learned: ``scale`` and ``lam`` (loss units),
        dimension "strength", follow from a free variable under its prior.

        Parameters
        ----------
        representation : {"direct", "scale_mixture", "non_centered"}
            "direct": ``beta`` is a free variable under its prior density. "scale_mixture": laws that are
            normal scale mixtures are normal given free latent variables. "non_centered": they are a scale
            times a standard normal, other laws a scale times the law at scale 1. Laws without a usable
            density are non-centred in any case. ``beta`` is then computed from the free variables.

        Raises
        ------
        InputError, UnsupportedError
            If the representation is not known, no penalty has it, or an open strength can not be learned.
        """
        from bayesreg.posterior.graph import build_graph

        check_supported(self.resolved, "pymc")
        return build_graph(self.design, self.resolved, representation=representation)

    def priors(self, level: float = 0.95) -> pd.DataFrame:
        """Return the prior of every coefficient in both units, to answer "what prior did I just use?".

        Parameters
        ----------
        level : float
            Probability of the central range in ``lower`` and ``upper``.

        Returns
        -------
        DataFrame
            term, coefficient, law, relative_to, learned, lam (loss units), scale (raw), scale_standardized (per
            standard deviation of the column), lower and upper (raw), effect_lower and effect_upper (odds or
            rate ratio per standard deviation), effect, proper, has_mode, observations (worth in rows), belief.

        Raises
        ------
        InputError
            If ``level`` is not a probability.
        """
        from bayesreg.prior_table import prior_table

        return prior_table(self.resolved, check_level(level))

    def prior_predictive(self, draws: int = 1000, seed: int | None = None) -> Any:
        """Return draws from the prior: what the model believes before any fit; see `plots.prior_predictive`.

        Groups ``prior`` (``beta``; by draw ``sigma``, learned ``scale``, the share ``explained`` of the variance over
        the rows, lowest and highest mean of a row), ``prior_predictive`` (the response), ``observed_data`` and
        ``constant_data``. A flat intercept is held where a row at the means of the columns has the mean response of
        the null model. The same ``seed`` gives the same draws.

        Raises
        ------
        UnsupportedError
            If a slope or sigma has an improper prior, by name, or a strength was left open.
        """
        from bayesreg.posterior.prior_predictive import prior_predictive

        return prior_predictive(self.design, self.resolved, draws, seed)

    def export(self, target: str, *, data: str = "data") -> str:
        """Return the same model as text of another package, which runs there on a frame of the name ``data``.

        Targets are "pymc", "stan", "brms", "bambi", "glmnet", "sklearn" and "statsmodels"; what one of them can not say
        is an `UnsupportedError` with the reason. See `bayesreg.export.export_model`.
        """
        from bayesreg.export import export_model

        return export_model(self, target, data=data)

    def __repr__(self) -> str:
        penalty = "" if self.penalty is None else f", penalty={written(self.penalty)}"
        origin = "" if self.origin is None else f": {self.origin}"
        return f"Model({self.formula!r}, n={self.design.n}, family={self.family.name!r}{penalty}){origin}"
