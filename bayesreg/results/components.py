"""Several strengths, each chosen by the evidence: variance components, smoothing parameters, ridge penalties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from bayesreg.arguments import check_level
from bayesreg.results.map_fit import MapFit
from bayesreg.results.summary import Summary
from bayesreg.select.components import Chosen


@final
@dataclass(frozen=True, eq=False, repr=False)
class Components:
    r"""The strengths of several blocks at the maximum of their joint evidence.

    With flat coefficients integrated out, the evidence of a Gaussian model is the restricted likelihood (REML):
    strengths and sigma are those of lme4's ``lmer`` and mgcv's ``gam(method="REML")``. For a family without a
    dispersion it is Laplace's approximation, with flat coefficients integrated too. Hyperpriors, if any, do not enter.

    Attributes
    ----------
    asked : Model
        The model whose strengths were to be chosen.
    chosen : Chosen
        The criterion and its maximum.
    by, rule : str
        "evidence" and "max".

    References
    ----------
    Patterson and Thompson (1971), Recovery of inter-block information when block sizes are unequal. Wood (2011), Fast
    stable restricted maximum likelihood and marginal likelihood estimation of semiparametric generalized linear models.
    Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.penguins().dropna()
    >>> model = br.Model("body_mass_g ~ flipper_length_mm + (1 | species) + (1 | island)", data)
    >>> model.select(by="evidence").frame["sd"].round(1).to_dict()
    {'1 | species': 226.4, '1 | island': 29.5}
    """

    asked: Any
    chosen: Chosen
    by: str = "evidence"
    rule: str = "max"

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `Model.select` that they were chosen with."""
        return {"by": self.by}

    @property
    def dispersion(self) -> float:
        """``sigma^2`` at the maximum, or as it was given; 1 where the family has none."""
        return self.chosen.sigma**2

    @property
    def log_evidence(self) -> float:
        """The log evidence at the maximum, flat coefficients integrated with height 1."""
        return self.chosen.maximum.point.value

    @property
    def lams(self) -> pd.Series:
        """The strengths in loss units, by term."""
        return self.frame["lam"]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a strength: lam, sd, lower, upper, share, edf, note.

        ``lam`` is in loss units; ``sd`` is the prior standard deviation ``sqrt(phi / lam)`` of what the penalty acts
        on (effects of a group, differences of a smooth term, coefficients per standard deviation of their column),
        with 95 % limits by the curvature in ``log lam``. ``share`` is the block's part of the prior variance of the
        response about the flat terms (without a dispersion: of the linear predictor), ``edf`` its effective degrees
        of freedom.
        """
        return self._limits(0.95)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return limits (lower, upper) of the standard deviations, normal on the log scale.

        Raises
        ------
        InputError
            If ``level`` is not a probability.
        """
        return self._limits(check_level(level))[["lower", "upper"]]

    def _limits(self, level: float) -> pd.DataFrame:
        chosen, learned = self.chosen, self.asked.resolved.learned
        count, sigma = len(learned), chosen.sigma
        tau = np.exp(-0.5 * chosen.log_lam)
        relative = np.array([one.relative for one in learned])
        sd = tau * np.where(relative, sigma, 1.0)
        away = 0.5 * float(ndtri(0.5 * (1.0 + level))) * chosen.maximum.errors()[:count]
        away = np.where(chosen.no_effect | chosen.no_prior, np.nan, away)
        spread = np.array([one.spread for one in learned]) * np.where(relative, sigma, 1.0) ** 2 * tau**2
        rest = self.dispersion if self.asked.resolved.likelihood.has_dispersion else 0.0
        return pd.DataFrame(
            {
                "lam": np.where(relative, np.exp(chosen.log_lam), self.dispersion / sd**2),
                "sd": sd,
                "lower": sd * np.exp(-away),
                "upper": sd * np.exp(away),
                "share": spread / (spread.sum() + rest),
                "edf": chosen.maximum.point.edf,
                "note": np.where(chosen.no_effect, "no effect", np.where(chosen.no_prior, "no penalty", "")),
            },
            index=pd.Index([one.label for one in learned], name="term"),
        )

    @cached_property
    def model(self) -> Any:
        """The model at these strengths; a dispersion that was estimated is fixed at its value at the maximum."""
        return self.chosen.model()

    @cached_property
    def fit(self) -> MapFit:
        """The mode of `model`, certified: best linear unbiased predictions, penalised splines, ridge estimates."""
        fit: MapFit = self.model.fit()
        return replace(fit, chosen=self)

    def describe(self) -> str:
        """Return the choice as a phrase."""
        found = ", ".join(f"{term} {lam:.6g}" for term, lam in self.lams.items())
        return f"lam: {found}, by the evidence, each its own"

    @property
    def status(self) -> str:
        """A sentence on how the maximum was found."""
        best = self.chosen.maximum
        kind = "restricted likelihood (REML), exact" if self.chosen.exact else "evidence by Laplace's approximation"
        state = "Maximum" if best.ok else "NOT a maximum"
        return f"{state} of the {kind}: largest slope {best.slope:.1e} after {best.steps} Newton steps."

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The profile of the log evidence: term, lam, evidence; all other strengths and sigma at their best."""
        parts = []
        for k, (term, lam) in enumerate(self.lams.items()):
            factors, values = self.chosen.profile(k)
            middle = np.exp(self.chosen.log_lam[k])
            parts.append(pd.DataFrame({"term": term, "lam": lam * factors / middle, "evidence": values}))
        return pd.concat(parts, ignore_index=True)

    def plot(self) -> Any:
        """Return a figure: the profile of the evidence over each strength, the prior's standard deviation above."""
        from bayesreg.plots.components import component_profiles

        return component_profiles(self)

    def summary(self) -> Summary:
        """Return the strengths in both units, with the evidence and how it was maximised."""
        resolved = self.asked.resolved
        header = {"by": "evidence, each strength its own", "log evidence": f"{self.log_evidence:.6g}"}
        if resolved.likelihood.has_dispersion:
            rule = "at the maximum" if resolved.sigma_prior is not None else resolved.phi_rule
            header["phi"] = f"{self.dispersion:.6g} ({rule}); sigma {np.sqrt(self.dispersion):.6g}"
        notes = [self.status]
        for term, note in self.frame["note"].items():
            if note == "no effect":
                notes.append(f"{term}: the evidence is largest without it, so its penalty is as strong as need be.")
            elif note == "no penalty":
                notes.append(f"{term}: the evidence is largest without its penalty, which is next to nothing.")
        return Summary(f"Strengths of {self.asked.formula}", self.frame, header, tuple(notes))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()
