"""The mode of a model: the penalised estimate, with its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from bayesreg.arguments import check_level
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.objective import LogJoint, penalised
from bayesreg.posterior.coordinates import curvature_covariance
from bayesreg.resolved import Resolved
from bayesreg.results.effects import edf_by_term, group_effects
from bayesreg.results.priors import describe_family, describe_nuisance, describe_penalty, prior_sentences
from bayesreg.results.rows import predict_mean
from bayesreg.results.summary import Summary
from bayesreg.solvers import Certificate, Mode, Record

if TYPE_CHECKING:
    from bayesreg.results.relaxed import RelaxedFit
    from bayesreg.results.validation import Validation

METHODS = ("curvature", "posterior")


@final
@dataclass(frozen=True, eq=False, repr=False)
class MapFit:
    """The mode of the coefficients at phi and the strengths.

    Parameters
    ----------
    model : Model
    solved : Resolved
        The record that was fitted: `Model.loss_resolved`, a point of its path, or one with learned strengths.
    mode : Mode
        The numbers and how they were found.
    factor : float, optional
        For a point of a path, the multiple of the model's strengths.
    chosen : Selection or Components, optional
        What the strengths were chosen by; None where they were given.

    Examples
    --------
    >>> import bayesreg as br
    >>> fit = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(lam=5000.0)).fit()
    >>> fit.active.tolist()
    ['bmi', 'bp', 's5']
    >>> fit.certificate.relative_gap < 1e-12
    True
    """

    model: Any
    solved: Resolved
    mode: Mode
    factor: float | None = None
    chosen: Any = None

    @cached_property
    def resolved(self) -> Resolved:
        """The record of the fit at the model's phi, which is estimated when this is first asked for."""
        if not self.solved.provisional:
            return self.solved
        whole: Resolved = self.model.resolved
        return whole if self.factor is None else whole.multiplied(self.factor)

    @property
    def kind(self) -> Literal["mode"]:
        """Always "mode"."""
        return "mode"

    @property
    def params(self) -> pd.Series:
        """Coefficients (q,) on the user's scale, "Intercept" first."""
        return pd.Series(self.mode.beta, index=self.solved.index, name="estimate")

    @property
    def active(self) -> pd.Index:
        """Names of the coefficients that are not zero, without the intercept."""
        params = self.params.iloc[int(self.solved.intercept) :]
        return params.index[params.to_numpy() != 0.0]

    @property
    def dispersion(self) -> float:
        """The model's phi."""
        return self.resolved.phi

    @property
    def edf(self) -> float:
        """Effective degrees of freedom: the divergence of the fit, the intercept included."""
        return self.mode.edf

    @property
    def edf_terms(self) -> pd.Series:
        """Effective degrees of freedom of each term under quadratic penalties; they sum to `edf`.

        The diagonal of ``(X'WX + S)^-1 X'WX``, summed over the coefficients of a term.

        Raises
        ------
        UnsupportedError
            If a penalty is not quadratic.
        """
        return edf_by_term(self)

    def group_effects(self) -> pd.DataFrame:
        """Return the effects of the levels of groups, ``(1 | g)``: their best linear unbiased predictions.

        Returns
        -------
        DataFrame
            A row an effect: term, level, estimate, sd; ``sd`` is that of the posterior given phi and the strengths,
            which in a Gaussian model is lme4's conditional standard deviation with the uncertainty of the flat
            coefficients added.

        Raises
        ------
        UnsupportedError
            If the model has no groups, or their penalty is not quadratic.

        Examples
        --------
        >>> import bayesreg as br
        >>> data = br.datasets.penguins().dropna()
        >>> fit = br.Model("body_mass_g ~ sex + (1 | species)", data).select(by="evidence").fit
        >>> fit.group_effects()["estimate"].round(0).to_dict()
        {'1|species[Adelie]': -468.0, '1|species[Chinstrap]': -440.0, '1|species[Gentoo]': 908.0}
        """
        return group_effects(self)

    @property
    def objective(self) -> float:
        """Loss plus penalty at the mode, in loss units."""
        return self.mode.objective

    @property
    def log_posterior(self) -> float:
        """Log joint density at the mode, at ``sigma = sqrt(phi)``, in nats."""
        return LogJoint(self.model.design, self.resolved).log_posterior(self.mode.beta)

    @property
    def log_likelihood(self) -> float:
        """Log likelihood at the mode and phi."""
        joint = LogJoint(self.model.design, self.resolved)
        return joint.log_likelihood(self.mode.beta)

    @property
    def deviance(self) -> float:
        """Twice the loss: the unscaled deviance (Gaussian: the residual sum of squares)."""
        return 2.0 * LogJoint(self.model.design, self.solved).loss(self.mode.beta)

    @property
    def record(self) -> Record:
        """What the solver did: algorithm and why, iterations, passes over the rows, active set, seconds."""
        return self.mode.record

    @property
    def certificate(self) -> Certificate:
        """How close the mode is to the optimum, computed apart from the solver."""
        return self.mode.certificate

    @property
    def status(self) -> str:
        """A sentence on how the fit ended."""
        return self.mode.status

    def predict(self, data: Any = None, kind: Literal["mean", "link"] = "mean", *, offset: Any = None) -> pd.Series:
        """Return predictions at the mode.

        Parameters
        ----------
        data : DataFrame or what `Model` accepts, optional
            New rows; default the rows of the fit. A row with a missing value gives nan.
        kind : {"mean", "link"}
            The mean of the response, or the linear predictor.
        offset : array, optional
            The offset of the new rows, where the model's was an array.

        Raises
        ------
        DataError
            If a column is missing, has changed its type, or has a level that the fit did not see.
        """
        return predict_mean(self.model, self.mode.beta, data, kind, offset)

    def conf_int(self, level: float = 0.95, method: str | None = None, *, seed: int | None = None) -> pd.DataFrame:
        """Return intervals for the coefficients.

        Parameters
        ----------
        level : float
        method : {"curvature", "posterior"}, optional
            "curvature": mode plus or minus normal quantiles of the curvature of the log joint at phi, which
            for a Gaussian model with a quadratic penalty is the exact posterior at that phi; smooth
            penalties only, where it is the default. "posterior": central intervals of `Model.sample`,
            sigma sampled. An L1-type mode has no default.
        seed : int, optional
            For "posterior".

        Returns
        -------
        DataFrame
            Columns lower and upper.

        Raises
        ------
        InputError
            If the method is not known or not given for an L1-type mode.
        UnsupportedError
            If there is no curvature to use.
        """
        laws = [piece.law.traits for piece in penalised(self.solved)]
        smooth = all(law.smooth and law.convex for law in laws) and not self.solved.bounded.any()
        if method is None and not smooth:
            raise InputError(
                "The mode under this penalty has no default interval: exact zeros have no standard error. Give "
                f"method='posterior' (central intervals of the posterior under the matching prior). Methods: "
                f"{', '.join(map(repr, METHODS))}."
            )
        if method not in (None, *METHODS):
            raise InputError(f"method={method!r} is not known; allowed: {', '.join(map(repr, METHODS))}.")
        check_level(level)
        if method == "posterior":
            return self.sample(seed=seed).interval(level)
        if seed is not None:
            raise InputError(f"seed={seed!r} is not used by method='curvature', which draws nothing. Leave it out.")
        if not smooth:
            raise UnsupportedError(
                "method='curvature' needs a smooth, convex penalty without limits: an absolute value has no curvature "
                "at its zeros. Use method='posterior'."
            )
        sd = np.sqrt(np.diag(curvature_covariance(self.model.design, self.resolved, self.mode.beta)))
        half = float(ndtri(0.5 * (1.0 + level))) * sd
        return pd.DataFrame({"lower": self.mode.beta - half, "upper": self.mode.beta + half}, index=self.resolved.index)

    def sample(self, draws: int = 1000, **options: Any) -> Any:
        """Return the posterior of this fit's model at this fit's strengths; options as in `Model.sample`.

        Raises
        ------
        InputError
            If an option is not one of `Model.sample`.
        """
        from bayesreg.posterior.sampling import Plan, sample_posterior
        from bayesreg.results.posterior import Posterior

        engine = options.pop("engine", "auto")
        defaults = {"tune": None, "chains": 4, "seed": None, "workers": None, "progress": None}
        unknown = sorted(set(options) - set(defaults))
        if unknown:
            raise InputError(f"Unknown argument(s) {unknown}; allowed: draws, engine, {', '.join(defaults)}.")
        plan = Plan(draws=draws, **{**defaults, **options})
        sampled = sample_posterior(self.model.design, self.resolved, engine, plan)
        return Posterior(self.model, sampled, resolved=self.resolved)

    def relax(self, gamma: float = 0.0, second: Any = None) -> RelaxedFit:
        """Return the fit of a second stage to what this one selected, blended with this one.

        Parameters
        ----------
        gamma : float
            The weight of this fit, from 0 (the second stage alone) to 1; coefficients are
            ``gamma first + (1 - gamma) second``, as glmnet's ``relax=TRUE`` has it.
        second : L2 or None
            The penalty of the second stage on the selected coefficients. None: none (maximum likelihood). ``br.L2()``
            has its strength chosen by the evidence, ``br.L2(lam)`` is given. Blocks whose laws do not select keep them.

        Raises
        ------
        UnsupportedError
            If no penalty of the model can put a coefficient at zero.
        RankError, SeparationError
            If the second stage has no unique, finite optimum.

        Examples
        --------
        >>> import bayesreg as br
        >>> fit = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.L1(3000.0)).fit()
        >>> fit.relax().params.round(2).to_dict()
        {'Intercept': -334.88, 'bmi': 6.5, 'bp': 0.9, 's5': 49.58, 'age': 0.0}
        """
        from bayesreg.results.relaxed import relax

        return relax(self, gamma, second)

    def validate(self, method: str = "cv", **options: Any) -> Validation:
        """Return the honest performance of the whole procedure of this fit, the choice of its strength included.

        Parameters
        ----------
        method : {"cv", "bootstrap"}
            Nested cross-validation: the procedure is done again without the rows of each fold, which it then predicts.
            Or the optimism bootstrap: it is done again on rows drawn with replacement, and looks better on these than
            on all rows by its optimism.
        **options
            folds (10; number, `Folds` or labels), repeats (1; cv), replicates (200; bootstrap), seed (0), fold_strength
            ("per_row" or "prior": of a given strength in a fold, as in `Model.select`), level (0.95), workers and
            progress; see `Validation`.

        Raises
        ------
        InputError, DataError
            If an option has no meaning for the method, or a fold can not be fitted.

        Examples
        --------
        >>> import bayesreg as br
        >>> fit = br.Model("target ~ bmi + bp + s5 + age", br.datasets.diabetes(), penalty=br.L2()).fit()
        >>> honest = fit.validate(folds=5)
        >>> bool(honest.frame.loc["r2", "corrected"] < honest.frame.loc["r2", "apparent"])
        True
        """
        from bayesreg.results.validation import validate

        return validate(self, method, **options)

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        """Return the rows that a comparison shows; a mode offers no interval of its own."""
        zero = self.mode.beta == 0.0
        return pd.DataFrame(
            {
                "term": list(self.solved.terms),
                "coefficient": list(self.solved.coefficients),
                "estimate": self.mode.beta,
                "lower": np.nan,
                "upper": np.nan,
                "zero": zero,
                "method": "",
                "note": np.where(self.solved.excluded, "forced to 0 by its weight", ""),
            }
        )

    def summary(self) -> Summary:
        """Return coefficients, the prior in words and the certificate."""
        frame = pd.DataFrame(
            {
                "estimate": self.mode.beta,
                "per_sd": self.mode.beta
                * np.where(np.array(self.resolved.coefficients) == "Intercept", np.nan, self.resolved.sd),
            },
            index=self.resolved.index,
        )
        has_phi = self.resolved.likelihood.has_dispersion
        header = {
            "n": f"{self.model.design.n}",
            "family": describe_family(self.model),
            "penalty": describe_penalty(self.resolved),
            **({} if self.chosen is None else {"chosen": self.chosen.describe()}),
            "phi": f"{self.dispersion:.6g} ({self.resolved.phi_rule})" if has_phi else "1 (fixed)",
            **describe_nuisance(self.resolved, sampled=False),
            "edf": f"{self.edf:.2f}",
            "objective": f"{self.objective:.8g}",
        }
        if self.model.origin is not None and self.factor is None:
            header["origin"] = str(self.model.origin)
        return Summary(f"Mode of {self.model.formula}", frame, header, (*prior_sentences(self.resolved), self.status))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()
