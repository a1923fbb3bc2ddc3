"""A model for every cell of the table: a family, a penalty, and one thing beside it."""

from functools import cache

import numpy as np
import pandas as pd

import bayesreg as br
from bayesreg.export.parts import KINDS

RNG = np.random.default_rng(11)
N = 60


@cache
def frame():
    """Return a small frame with a response of each family, numbers, a factor, weights and an offset."""
    data = pd.DataFrame({"a": RNG.normal(size=N), "b": 3.0 * RNG.normal(size=N) + 1.0, "c": RNG.uniform(size=N)})
    data["g"] = RNG.choice(["low", "mid", "top"], N)
    data["twice"] = data["a"] - 2.0 * data["b"]
    eta = 0.7 * data["a"] - 0.3 * data["b"] + 0.4 * (data["g"] == "top")
    data["gaussian"] = 2.0 + eta + RNG.normal(size=N)
    data["bernoulli"] = (RNG.uniform(size=N) < 1.0 / (1.0 + np.exp(-eta))).astype(int)
    data["poisson"] = RNG.poisson(np.exp(0.5 + 0.5 * eta))
    data["w"] = 1 + np.arange(N) % 3
    data["o"] = 0.2 * np.sin(np.arange(N))
    return data


STRENGTH = {
    "Flat": {},
    "L1": {"lam": 3.0},
    "Laplace": {"scale": 0.4},
    "L2": {"lam": 5.0},
    "Normal": {"scale": 0.6},
    "ElasticNet": {"lam": 4.0, "l1_ratio": 0.6},
    "ElasticNetPrior": {"rate": 2.0, "precision": 1.5},
    "Bridge": {"lam": 2.0, "q": 0.5},
    "GeneralizedNormal": {"scale": 1.0, "q": 0.5},
    "LogPenalty": {"lam": 2.0, "eta": 1.0},
    "GeneralizedDoublePareto": {"alpha": 1.0, "scale": 1.0},
    "MCP": {"lam": 2.0},
    "SCAD": {"lam": 2.0},
    "StudentT": {"df": 4.5, "scale": 0.5},
    "Cauchy": {"scale": 0.5},
    "Horseshoe": {"tau": 0.3},
    "Tikhonov": {"precision": np.eye(4)},
    "MultivariateNormal": {"covariance": np.eye(4)},
    "Smooth": {"lam": 2.0},
    "RandomWalk": {"scale": 1.0},
    "GPrior": {"g": 30.0},
    "Dropout": {"rate": 0.2},
    "EarlyStopping": {"time": 0.1},
    "GroupLasso": {"lam": 3.0},
    "GroupLaplace": {"scale": 0.5},
    "FusedLasso": {"lam": 2.0},
    "FusedLaplace": {"scale": 1.0},
    "SLOPE": {"lam": 2.0},
}


def penalty_of(law, **options):
    """Return a penalty of a law with its strength given."""
    return getattr(br, law)(**STRENGTH[law], **options)


def _weighted(law, **options):
    return {"penalty": penalty_of(law, weights={"a": 2.5, "b": 0.5}, **options)}


def _open(law):
    name = br.penalties.REGISTRY[law].strength_powers[0][0]
    given = {**STRENGTH[law], name: br.HalfT(3.0, 1.0)}
    return {"penalty": getattr(br, law)(**given)}


OPTIONS = {
    "": lambda law: {"penalty": penalty_of(law)},
    "positive": lambda law: {"penalty": penalty_of(law, positive=True)},
    "positive in part": lambda law: {"penalty": {"a": penalty_of(law, positive=True), ...: penalty_of(law)}},
    "limits": lambda law: {"penalty": penalty_of(law, limits=(-0.2, 0.5))},
    "several strengths": _weighted,
    "several strengths of an elastic net": _weighted,
    "squares and absolute values apart": lambda law: {"penalty": {"b": br.L2(2.0), ...: penalty_of(law)}},
    "unpenalised terms": lambda law: {"penalty": {"g": penalty_of(law)}},
    "penalised intercept": lambda law: {"penalty": {"Intercept": penalty_of(law), ...: penalty_of(law)}},
    "weighted centre": lambda law: {
        "penalty": {"Intercept": penalty_of(law), ...: penalty_of(law)},
        "weights": br.Weights("w", kind="frequency"),
    },
    "no intercept": lambda law: {"formula": "~ 0 + a + b + g", "penalty": penalty_of(law)},
    "one column": lambda law: {"formula": "~ a", "penalty": penalty_of(law)},
    "no columns": lambda law: {"formula": "~ 1"},
    "offset": lambda law: {"penalty": penalty_of(law), "offset": "o"},
    "precision weights": lambda law: {"penalty": penalty_of(law), "weights": br.Weights("w", kind="precision")},
    "frequency weights": lambda law: {"penalty": penalty_of(law), "weights": br.Weights("w", kind="frequency")},
    "relative to sigma": lambda law: {"penalty": penalty_of(law, relative_to="sigma")},
    "improper or squared prior of sigma": lambda law: {"penalty": penalty_of(law), "dispersion": "jeffreys"},
    "0/1 columns spared": lambda law: {"penalty": penalty_of(law), "standardize": "numeric"},
    "dependent group": lambda law: {"formula": "~ a + b + twice", "penalty": {"a + b + twice": penalty_of(law)}},
    "open strength": _open,
    "group effects": lambda law: {
        "formula": "~ a + (1 | g)",
        "penalty": {"1 | g": br.Normal(1.0), ...: penalty_of(law)},
    },
    "Firth": lambda law: {"penalty": br.Firth()},
    "own functions": lambda law: {"formula": "~ a + full(g)", "penalty": penalty_of(law)},
    "functions that R does not have": lambda law: {"formula": "~ bs(a, df=4) + b", "penalty": penalty_of(law)},
    "terms other than columns and factors": lambda law: {"formula": "~ a * b + np.exp(c)", "penalty": penalty_of(law)},
}
"""Feature -> the arguments of a model that has it."""


@cache
def model_of(family, law, feature):
    """Return the model of a cell."""
    options = {"formula": "~ a + b + g"} | OPTIONS[feature](law)
    if KINDS.get(law) == "group" and feature == "unpenalised terms":
        options["penalty"] = {"g": penalty_of(law), "a": br.Flat(), "b": br.Flat()}
    formula = f"{family} {options.pop('formula')}"
    return br.Model(formula, frame(), family=family, **options)
