"""What a model states: a formula, data, a family and a penalty, frozen; and the ways to state it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from bayesreg.design import Design, build, from_arrays
from bayesreg.families import Family, as_family
from bayesreg.marks import MARKS
from bayesreg.penalties.validation import check_flag
from bayesreg.resolve import complete, is_free_of_phi, resolve_known
from bayesreg.resolve.spec import abbreviate, one_of
from bayesreg.resolved import PenaltySpec, Resolved, Standardize
from bayesreg.select.rule import default_by, read_rule

if TYPE_CHECKING:
    from bayesreg.conventions.origin import Origin


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Statement(ABC):
    """A formula, data, a family and a penalty; `bayesreg.Model` adds what can be asked of them.

    Attributes
    ----------
    formula : str
    design : Design
    family : Family
    penalty : Penalty, mapping or None
    origin : Origin or None
        The fit made elsewhere that it was made of.
    """

    formula: str
    design: Design
    family: Family
    penalty: PenaltySpec
    origin: Origin | None
    _known: Resolved
    _dispersion: Any
    _rule: dict[str, Any] | None

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
        select: str | Mapping[str, Any] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        rule = read_rule(select)
        given = {"weights": weights, "offset": offset, "missing": missing, "functions": functions, "marks": MARKS}
        design = build(formula, data, **given)
        self._freeze(formula, design, family, one_of(penalty, prior), standardize, dispersion, rule)

    def _freeze(
        self,
        formula: str,
        design: Design,
        family: str | Family,
        penalty: PenaltySpec,
        standardize: Any,
        phi: Any,
        rule: dict[str, Any] | None = None,
    ) -> None:
        law = as_family(family)
        known = resolve_known(design, law, penalty, standardize=standardize, dispersion=phi)
        if isinstance(phi, str) and phi == "joint":
            from bayesreg.solvers.joint_dispersion import resolve_dispersion

            known = resolve_dispersion(design, complete(design, known), phi)
        given = {"formula": formula, "design": design, "family": law, "penalty": penalty}
        vars(self).update(**given, origin=None, _known=known, _dispersion=phi, _rule=rule)

    @property
    def rule(self) -> dict[str, Any]:
        """Arguments of `select` by which `fit` chooses strengths that were left open.

        Those of ``select=``; by default the evidence where all penalties are quadratic (Gaussian family, or one without
        a dispersion), else 10-fold cross-validation.
        """
        return {"by": default_by(self.loss_resolved), **(self._rule or {})}

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
        select: str | Mapping[str, Any] | None = None,
    ) -> Self:
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
        family, penalty, prior, standardize, weights, offset, missing, dispersion, select
            As in `Model`.

        Examples
        --------
        >>> import numpy as np
        >>> import bayesreg as br
        >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> br.Model.from_arrays(X, [1.0, 3.0, 5.0, 7.5], penalty=br.L2(1.0)).fit().params.round(3).to_dict()
        {'Intercept': 1.545, 'x0': 1.72}
        """
        rule = read_rule(select)
        check_flag("intercept", intercept)
        design = from_arrays(X, y, names=names, intercept=intercept, weights=weights, offset=offset, missing=missing)
        model = object.__new__(cls)
        formula = f"{design.response} ~ {'' if intercept else '0 + '}{abbreviate(design.names)}"
        model._freeze(formula, design, family, one_of(penalty, prior), standardize, dispersion, rule)
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
    ) -> Self:
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
        model: Self = with_origin(cls.from_arrays, estimator, dispersion, given)
        return model
