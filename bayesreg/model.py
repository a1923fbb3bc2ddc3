"""`Model`: a formula, data, a family and a penalty, frozen; its verbs delegate to the faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import pandas as pd

from bayesreg.arguments import check_level, check_select
from bayesreg.design import Design, build, from_arrays
from bayesreg.families import Family, as_family
from bayesreg.marks import MARKS
from bayesreg.penalties.validation import check_flag
from bayesreg.resolve import complete, is_free_of_phi, resolve_known
from bayesreg.resolve.spec import abbreviate, one_of, written
from bayesreg.resolved import PenaltySpec, Resolved, Standardize
from bayesreg.support import check_supported

if TYPE_CHECKING:
    from bayesreg.conventions.origin import Origin
    from bayesreg.results.map_fit import MapFit
    from bayesreg.results.mle_fit import MleFit
    from bayesreg.results.path_fit import PathFit
    from bayesreg.results.posterior import Posterior


@final
@dataclass(frozen=True, eq=False, init=False, repr=False)
class Model:
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
        "gaussian" (default), "bernoulli", "poisson".
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
    select : None
        Strengths are given, not chosen, in this version; anything else is an error that says so.
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

    formula: str
    design: Design
    family: Family
    penalty: PenaltySpec
    origin: Origin | None
    _known: Resolved

    def __init__(
        self,
        formula: str,
        data: Any,
        *,
        family: str | Family = "gaussian",
        penalty: PenaltySpec = None,
        prior: PenaltySpec = None,
        standardize: Standardize = True,
        weights: Any = None,
        offset: Any = None,
        missing: str = "raise",
        dispersion: Any = "reml",
        select: str | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        check_select(select)
        given = {"weights": weights, "offset": offset, "missing": missing, "functions": functions, "marks": MARKS}
        design = build(formula, data, **given)
        self._freeze(formula, design, family, one_of(penalty, prior), standardize, dispersion)

    def _freeze(
        self, formula: str, design: Design, family: str | Family, penalty: PenaltySpec, standardize: Any, phi: Any
    ) -> None:
        law = as_family(family)
        known = resolve_known(design, law, penalty, standardize=standardize, dispersion=phi)
        if isinstance(phi, str) and phi == "joint":
            from bayesreg.solvers.joint_dispersion import resolve_dispersion

            known = resolve_dispersion(design, complete(design, known), phi)
        vars(self).update(formula=formula, design=design, family=law, penalty=penalty, origin=None, _known=known)

    @cached_property
    def resolved(self) -> Resolved:
        """The model with every default filled in; a dispersion to be estimated is so on first use, and kept."""
        return complete(self.design, self._known)

    @cached_property
    def loss_resolved(self) -> Resolved:
        """What modes are found from: the record at ``phi = 1`` where they do not depend on phi, else `resolved`."""
        return self._known if is_free_of_phi(self._known) else self.resolved

    @classmethod
    def from_arrays(
        cls,
        X: Any,
        y: Any,
        *,
        names: Any = None,
        intercept: bool = True,
        family: str | Family = "gaussian",
        penalty: PenaltySpec = None,
        prior: PenaltySpec = None,
        standardize: Standardize = True,
        weights: Any = None,
        offset: Any = None,
        missing: str = "raise",
        dispersion: Any = "reml",
        select: str | None = None,
    ) -> Model:
        """Return a model of the columns of a matrix.

        Parameters
        ----------
        X : array, DataFrame or sparse matrix (n, p)
            Without a column of ones. A sparse one stays so; `mle`, `sample` and `pymc` need up to 1 GiB of it dense.
        y : array (n,)
        names : sequence of str, optional
            Names of the columns; default those of a DataFrame, else x0, x1, ...
        intercept : bool
            Whether the model has an intercept.
        family, penalty, prior, standardize, weights, offset, missing, dispersion
            As in `Model`.

        Examples
        --------
        >>> import numpy as np
        >>> import bayesreg as br
        >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> br.Model.from_arrays(X, [1.0, 3.0, 5.0, 7.5], penalty=br.L2(1.0)).fit().params.round(3).to_dict()
        {'Intercept': 1.545, 'x0': 1.72}
        """
        check_select(select)
        check_flag("intercept", intercept)
        design = from_arrays(X, y, names=names, intercept=intercept, weights=weights, offset=offset, missing=missing)
        model = object.__new__(cls)
        formula = f"{design.response} ~ {'' if intercept else '0 + '}{abbreviate(design.names)}"
        model._freeze(formula, design, family, one_of(penalty, prior), standardize, dispersion)
        return model

    @classmethod
    def from_fitted(
        cls,
        estimator: Any,
        X: Any = None,
        y: Any = None,
        *,
        weights: Any = None,
        offset: Any = None,
        dispersion: Any = None,
        **facts: Any,
    ) -> Model:
        """Return the model whose mode a fit made elsewhere is, ready to sample; `Model.origin` says how nearly it is.

        Parameters
        ----------
        estimator : fitted estimator or results
            Of scikit-learn (alone or in a Pipeline), statsmodels, glum, celer or skglm.
        X, y, weights, offset : array, DataFrame or sparse matrix (n, p), arrays (n,), optional
            What it was fitted to; X and y are left out where the fit holds its data.
        dispersion : optional
            As in `Model`, "reml" by default; an absolute prior (BayesianRidge) fixes it at the fit's own.
        **facts
            Arguments of the fit that it does not keep; an error asks for them by name.

        Raises
        ------
        InputError, DataError, UnsupportedError
            If it is not fitted, was fitted to other data, or is not the mode of any model.

        Examples
        --------
        >>> import bayesreg as br
        >>> from sklearn.linear_model import Ridge
        >>> X, y = br.datasets.diabetes()[["bmi", "bp"]], br.datasets.diabetes()["target"]
        >>> br.Model.from_fitted(Ridge(alpha=10.0).fit(X, y), X, y).penalty
        L2(lam=10.0) = Normal(scale=sqrt(phi / 10.0))
        """
        from bayesreg.conventions.origin import with_origin

        given = {"X": X, "y": y, "weights": weights, "offset": offset, "facts": facts}
        model: Model = with_origin(cls.from_arrays, estimator, dispersion, given)
        return model

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
        RankError
            If columns are linearly dependent; the message names them.
        SeparationError
            If the likelihood has no maximum; the message names the columns.
        """
        from bayesreg.frequentist import fit_mle
        from bayesreg.results.mle_fit import MleFit

        check_supported(self._known, "mle")
        return MleFit(self, fit_mle(self.design, self.family.likelihood, self.family, cov_type=cov_type, groups=groups))

    def fit(self) -> MapFit:
        """Return the mode of the coefficients at phi and the strengths: the penalised estimate, certified.

        It minimises ``sum_i w_i d_i / 2 + penalty`` (loss units), that is ``argmax p(beta | y, phi, lam)``
        with respect to Lebesgue measure on the coefficients.

        Raises
        ------
        UnsupportedError
            If a strength was left open.
        RankError, SeparationError
            If the unpenalised part has no unique, finite optimum.
        """
        from bayesreg.results.map_fit import MapFit
        from bayesreg.solvers import find_mode

        check_supported(self._known, "fit")
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
        InputError
            If the strengths are not positive numbers.
        UnsupportedError
            If nothing is penalised.
        """
        from bayesreg.results.path_fit import fit_path

        check_supported(self._known, "path")
        return fit_path(self, n_lams=n_lams, ratio=ratio, lams=lams)

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int | None = None,
        chains: int = 4,
        seed: int | None = None,
        engine: str = "auto",
        workers: int | None = None,
        progress: bool | None = None,
    ) -> Posterior:
        """Return draws from the posterior of the coefficients (and sigma) under the matching prior.

        Parameters
        ----------
        draws, chains : int
            Draws kept in each chain, and chains.
        tune : int, optional
            Warm-up draws (engine nuts; default 1000).
        seed : int, optional
            The same seed gives the same draws for any number of workers. None: a fresh one, kept in the result.
        engine : {"auto", "exact", "nuts"}
            "exact": independent draws, Gaussian family with quadratic penalties. "nuts": PyMC's graph
            through nutpie. "auto" takes exact where it can, and says why in ``.why``.
        workers : int, optional
            Processor cores (engine nuts).
        progress : bool, optional
            Show a progress bar (engine nuts; default no).

        Raises
        ------
        UnsupportedError
            If the engine can not sample this model, with the reason.
        ImproperPosteriorError
            If the posterior does not exist.
        """
        from bayesreg.posterior.sampling import Plan, sample_posterior
        from bayesreg.results.posterior import Posterior

        plan = Plan(draws=draws, tune=tune, chains=chains, seed=seed, workers=workers, progress=progress)
        return Posterior(self, sample_posterior(self.design, self.resolved, engine, plan))

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
        InputError
            If the representation is not known, or no penalty of the model has it.
        UnsupportedError
            If a strength was left open that can not be learned.
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
        """Return the same model as text of another package, which runs there, on a frame of the name ``data``.

        Texts for "pymc", "stan", "brms" and "bambi" have the same joint density up to a constant, those for "glmnet",
        "sklearn" and "statsmodels" the same mode. Weights and offsets that were arrays are arrays of these names there.

        Raises
        ------
        UnsupportedError
            If the target can not say this model, with the reason and the targets that can.

        Examples
        --------
        >>> import bayesreg as br
        >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(10.0), standardize=False)
        >>> print(model.export("sklearn").splitlines()[9])
        fitted = Ridge(alpha=lam).fit(X, y)
        """
        from bayesreg.export import export_model

        return export_model(self, target, data=data)

    def __repr__(self) -> str:
        penalty = "" if self.penalty is None else f", penalty={written(self.penalty)}"
        origin = "" if self.origin is None else f": {self.origin}"
        return f"Model({self.formula!r}, n={self.design.n}, family={self.family.name!r}{penalty}){origin}"
