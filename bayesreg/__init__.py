"""Regression by formula where every penalty is also its prior.

One formula and one penalty object give the certified mode (the penalised estimate), the posterior of
the same model, and the classical fit; `compare` shows them on one scale.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Model": "model",
    "adaptive_weights": "results.adaptive",
    "bayes_factor": "results.evidence",
    "compare": "results.comparison",
    "convert": "conventions",
    "from_package": "conventions",
    "implied_prior": "conventions",
    "inflation": "results.inflation",
    "Weights": "design",
    "HalfT": "dispersion",
    "Exponential": "dispersion",
    "InverseGamma": "dispersion",
    **dict.fromkeys(
        ("Hyperprior", "HalfCauchy", "HalfNormal", "Gamma", "R2", "PenalizedComplexity", "UserHyperprior"),
        "hyperpriors",
    ),
    "Family": "families",
    "Folds": "select.folds",
    "Firth": "corrections",
    "Flat": "penalties",
    "L1": "penalties",
    "Laplace": "penalties",
    "L2": "penalties",
    "Normal": "penalties",
    "ElasticNet": "penalties",
    "ElasticNetPrior": "penalties",
    "Bridge": "penalties",
    "GeneralizedNormal": "penalties",
    "LogPenalty": "penalties",
    "GeneralizedDoublePareto": "penalties",
    "MCP": "penalties",
    "SCAD": "penalties",
    "SpikeSlabLasso": "penalties",
    **dict.fromkeys(("StudentT", "Cauchy", "SpikeSlab", "Horseshoe", "RegularizedHorseshoe", "R2D2"), "penalties"),
    **dict.fromkeys(
        (
            "GroupLasso",
            "GroupLaplace",
            "SparseGroupLasso",
            "SparseGroupLaplace",
            "FusedLasso",
            "FusedLaplace",
            "SLOPE",
            "SortedLaplace",
        ),
        "penalties",
    ),
    "Penalty": "penalties",
    **dict.fromkeys(
        ("Tikhonov", "MultivariateNormal", "Smooth", "RandomWalk", "GPrior", "Dropout", "EarlyStopping"), "penalties"
    ),
}
_MODULES = ("errors", "datasets", "plots", "select", "testing")

__version__ = "0.1.0.dev0"
__all__ = [*_PUBLIC, *_MODULES, "__version__"]

_ELSEWHERE = {
    **dict.fromkeys(("ridge", "ridgeregression"), "br.L2, as in br.Model(formula, data, penalty=br.L2(1.0)).fit()"),
    **dict.fromkeys(("lasso", "lassoregression"), "br.L1, as in br.Model(formula, data, penalty=br.L1(1.0)).fit()"),
    **dict.fromkeys(("ols", "mle", "lm", "glm"), "br.Model(formula, data).mle()"),
    "fit": "br.Model(formula, data).fit()",
    "sample": "br.Model(formula, data).sample()",
}
"""Lower-case name in other software -> what to write here."""


def _hint(name: str) -> str:
    """Return ``did you mean ...? `` for a name that other software has or that is close to a public one, or ""."""
    from difflib import get_close_matches

    if name.lower() in _ELSEWHERE:
        return f"did you mean {_ELSEWHERE[name.lower()]}? "
    lower = {known.lower(): known for known in __all__}
    close = [lower[one] for one in get_close_matches(name.lower(), lower)]
    return f"did you mean {' or '.join(f'br.{one}' for one in close)}? " if close else ""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that importing the package stays cheap."""
    if name in _PUBLIC:
        value = getattr(import_module(f"bayesreg.{_PUBLIC[name]}"), name)
    elif name in _MODULES:
        value = import_module(f"bayesreg.{name}")
    else:
        raise AttributeError(
            f"module 'bayesreg' has no attribute {name!r}; {_hint(name)}public names: {', '.join(__all__)}."
        )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
