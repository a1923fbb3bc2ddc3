"""Real models that several tests fit: one of each family, factors included."""

import re

import numpy as np

import bayesreg as br

DIABETES = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
PENGUINS = "body_mass_g ~ C(species) * sex + bill_length_mm + flipper_length_mm + C(island)"
CANCER = "malignant ~ mean_radius + mean_texture + mean_smoothness + mean_symmetry + mean_concavity"


def shown(value):
    """Return a parameter as the id of its test: without addresses, which differ between processes."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def frame_of(name):
    """Return (formula, data, family, options) of a named problem."""
    if name == "diabetes":
        return DIABETES, br.datasets.diabetes(), "gaussian", {}
    if name == "penguins":
        return PENGUINS, br.datasets.penguins(), "gaussian", {"missing": "drop"}
    if name == "cancer":
        return CANCER, br.datasets.breast_cancer(), "bernoulli", {}
    if name == "visits":
        data = br.datasets.doctor_visits()
        return "visits ~ .", data.iloc[:600], "poisson", {}
    raise KeyError(name)


def make(name, penalty, **options):
    """Return the model of a named problem under a penalty."""
    formula, data, family, extra = frame_of(name)
    return br.Model(formula, data, family=family, penalty=penalty, **extra, **options)


def scaled_design(model):
    """Return the standardised columns (n, p) of a model, formed here and not by the package."""
    X = np.asarray(model.design.X)
    return (X - X.mean(axis=0)) / X.std(axis=0)
