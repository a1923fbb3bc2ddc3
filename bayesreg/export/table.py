"""Which model which target can say: the table, as data, with the reasons.

A cell is a target, a family, a law and one thing that a model can have beside it. A test visits every cell, the docs
render them, and errors quote them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import final

from bayesreg.export.parts import KINDS
from bayesreg.families import LIKELIHOODS
from bayesreg.penalties import REGISTRY

TARGETS = ("pymc", "stan", "brms", "bambi", "glmnet", "sklearn", "statsmodels")
_MODES = ("glmnet", "sklearn", "statsmodels")

FEATURES = {
    "": "nothing more",
    "positive": "coefficients >= 0",
    "positive in part": "some coefficients >= 0, others free",
    "limits": "limits= of coefficients",
    "several strengths": "one law, and a strength for each coefficient or term",
    "several strengths of an elastic net": "an elastic net with weights of columns",
    "squares and absolute values apart": "L1 on some terms, L2 on others",
    "unpenalised terms": "terms without a penalty beside those with one",
    "penalised intercept": "a prior of the intercept",
    "weighted centre": "a prior of the intercept, and weights of rows",
    "no intercept": "no intercept",
    "offset": "an offset",
    "precision weights": "weights of rows that are precisions",
    "frequency weights": "weights of rows that are counts",
    "relative to sigma": "a prior in units of sigma, and sigma sampled",
    "improper or squared prior of sigma": "dispersion='jeffreys', or an inverse gamma prior of sigma^2",
    "0/1 columns spared": "standardize='numeric'",
    "dependent group": "a group of linearly dependent columns",
    "open strength": "a strength that is left open or learned",
    "group effects": "effects of the levels of a group, (1 | g)",
    "Firth": "Firth's correction of the likelihood",
    "one column": "a single column",
    "no columns": "an intercept alone",
    "own functions": "full(), interaction() or the user's own functions in the formula",
    "functions that R does not have": "functions in the formula that R spells in another way or lacks",
    "terms other than columns and factors": "interactions, functions, or names with other signs",
}
"""What a model can have beside its laws -> what it is."""


@final
@dataclass(frozen=True)
class Refusal:
    """Targets that can not say a feature, or a kind of law, for some families, and why.

    Attributes
    ----------
    targets : tuple of str
    feature : str
        One of `FEATURES`, or a kind of law.
    reason : str
    families : tuple of str
        Empty: all.
    kinds : tuple of str
        Only together with these kinds of laws; empty: all.
    """

    targets: tuple[str, ...]
    feature: str
    reason: str
    families: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


WRITTEN = ("gaussian", "bernoulli", "poisson")
"""Families that are written out."""
_OTHER = ("bernoulli", "poisson")
REFUSALS: tuple[Refusal, ...] = (
    Refusal(TARGETS, "open strength", "a strength that is left open or learned is not a number to translate"),
    Refusal(TARGETS, "group effects", "the effects of a group's levels are not columns of its formula"),
    Refusal(TARGETS, "Firth", "Firth's correction is a factor of the likelihood and no penalty of coefficients"),
    Refusal(TARGETS, "own functions", "full(), interaction() and your own functions are not known outside of bayesreg"),
    Refusal(("glmnet",), "one column", "it takes two columns and more"),
    Refusal(
        ("sklearn",),
        "one column",
        "its solver SAGA can stop at 0 after a first pass over a single column",
        families=("bernoulli",),
        kinds=("laplace", "elastic net"),
    ),
    Refusal(("glmnet", "sklearn"), "no columns", "it takes no fit of an intercept alone"),
    Refusal(
        ("brms", "glmnet"),
        "functions that R does not have",
        "the formula has functions that R spells in another way or lacks",
    ),
    Refusal(
        ("brms", "bambi"),
        "terms other than columns and factors",
        "its priors are named by term, which is safe for plain columns and factors only",
    ),
    Refusal(_MODES, "student t", "it has no t penalty"),
    Refusal(_MODES, "horseshoe", "a horseshoe has no mode to fit"),
    Refusal(_MODES, "group", "its group lasso, if any, is of another kind"),
    Refusal(("brms",), "horseshoe", "its horseshoe() learns the global scale, and this one is a number"),
    Refusal(("brms", "bambi"), "group", "its priors are those of single coefficients or known distributions"),
    Refusal(("pymc", "stan"), "dependent group", "the geometry of linearly dependent columns is not written out"),
    Refusal(("sklearn",), "laplace", "PoissonRegressor has squares only", families=("poisson",)),
    Refusal(("sklearn",), "elastic net", "PoissonRegressor has squares only", families=("poisson",)),
    Refusal(
        ("pymc", "stan", "brms", "bambi", "sklearn", "statsmodels"),
        "limits",
        "limits other than positive=True are not written for it",
    ),
    Refusal(("statsmodels",), "positive", "it has no signs to keep"),
    Refusal(("sklearn",), "positive", "its classifiers and generalised linear models keep no signs", families=_OTHER),
    Refusal(("brms",), "positive in part", "its bound lb = 0 holds for all coefficients or none"),
    Refusal(("sklearn",), "positive in part", "its positive=True holds for all coefficients or none"),
    Refusal(_MODES, "squares and absolute values apart", "it has one share of squares for all columns"),
    Refusal(("sklearn",), "unpenalised terms", "it penalises every column"),
    Refusal(
        ("sklearn",),
        "several strengths of an elastic net",
        "it has one strength, and scaling a column moves the two parts differently",
    ),
    Refusal(_MODES, "penalised intercept", "it never penalises the intercept of the centred columns"),
    Refusal(("brms", "bambi"), "weighted centre", "it centres columns at their plain means"),
    Refusal(("sklearn",), "offset", "its classifiers have no offset", families=("bernoulli",)),
    Refusal(
        ("brms", "bambi"),
        "precision weights",
        "its weights count copies of a row, also in the normaliser of sigma",
        families=("gaussian",),
    ),
    Refusal(("bambi",), "relative to sigma", "its priors of coefficients do not see sigma"),
    Refusal(("bambi",), "improper or squared prior of sigma", "its priors are named distributions of sigma itself"),
)


def kinds_of(laws: Collection[str]) -> frozenset[str]:
    """Return the kinds of laws by name; a law that is not written has none."""
    return frozenset(KINDS[name] for name in laws if name in KINDS)


def refusal(target: str, family: str, laws: Collection[str], features: Collection[str]) -> str:
    """Return why a target can not say a model; empty where it can.

    Parameters
    ----------
    target : str
    family : str
    laws : collection of str
        Names of penalties.
    features : collection of str
        Of `FEATURES`.

    Examples
    --------
    >>> refusal("glmnet", "gaussian", ["Horseshoe"], [])
    'a horseshoe has no mode to fit'
    """
    if family not in WRITTEN:
        return f"{family} models are not written out, only {', '.join(WRITTEN[:-1])} and {WRITTEN[-1]} ones"
    for name in sorted(laws):
        if name not in KINDS:
            return f"{name} is not among the laws that are written out ({', '.join(KINDS)})"
    kinds = kinds_of(laws)
    for one in REFUSALS:
        if target not in one.targets or one.feature not in {*features, *kinds}:
            continue
        if (not one.families or family in one.families) and (not one.kinds or kinds & {*one.kinds}):
            return one.reason
    return ""


def able(family: str, laws: Collection[str], features: Collection[str]) -> tuple[str, ...]:
    """Return the targets that can say a model."""
    return tuple(target for target in TARGETS if not refusal(target, family, laws, features))


@final
@dataclass(frozen=True)
class Cell:
    """One cell of the table; an empty ``reason`` says that it works."""

    target: str
    family: str
    law: str
    feature: str
    reason: str

    @property
    def works(self) -> bool:
        """Whether the target can say it."""
        return not self.reason


IMPLIED = {
    "positive in part": ("positive",),
    "several strengths of an elastic net": ("several strengths",),
    "weighted centre": ("penalised intercept", "frequency weights"),
    "own functions": ("functions that R does not have", "terms other than columns and factors"),
    "functions that R does not have": ("terms other than columns and factors",),
}
"""What a model with a feature has as well."""


def export_table() -> Iterator[Cell]:
    """Yield every cell.

    Examples
    --------
    >>> sum(cell.works for cell in export_table()) > 300
    True
    """
    for target in TARGETS:
        for family in (law.label for law in LIKELIHOODS.values()):
            for law in REGISTRY:
                for feature in FEATURES:
                    if exists(family, law, feature):
                        found = (feature, *IMPLIED.get(feature, ()))
                        yield Cell(target, family, law, feature, refusal(target, family, [law], found))


def exists(family: str, law: str, feature: str) -> bool:
    """Return whether a model of a law can have a feature at all."""
    kind = KINDS.get(law, "other")
    separable = kind in ("laplace", "normal", "elastic net")
    if kind == "other" or family not in WRITTEN:
        return feature == ""
    signed = separable or kind in ("student t", "horseshoe")
    allowed = {
        "positive": signed,
        "positive in part": signed,
        "limits": separable,
        "several strengths": separable and kind != "elastic net",
        "several strengths of an elastic net": kind == "elastic net",
        "squares and absolute values apart": kind == "laplace",
        "penalised intercept": separable,
        "weighted centre": separable,
        "unpenalised terms": kind != "flat",
        "no columns": kind == "flat",
        "precision weights": family == "gaussian",
        "relative to sigma": family == "gaussian" and kind != "flat",
        "improper or squared prior of sigma": family == "gaussian",
        "0/1 columns spared": separable,
        "dependent group": kind == "group",
        "open strength": len(REGISTRY[law].strength_powers) == 1,
        "group effects": kind == "normal",
        "Firth": kind == "flat" and family != "gaussian",
    }
    return allowed.get(feature, True)
