"""Which augmentation a likelihood has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesreg.posterior.gibbs.augmented.base import Augmentation
from bayesreg.posterior.gibbs.augmented.counts import NegativeBinomialAugmentation
from bayesreg.posterior.gibbs.augmented.logit import LogitAugmentation
from bayesreg.posterior.gibbs.augmented.probit import ProbitAugmentation
from bayesreg.posterior.gibbs.augmented.student_t import StudentAugmentation
from bayesreg.resolved import Resolved

Maker = Callable[[Resolved, np.ndarray], Augmentation]

AUGMENTATIONS: dict[tuple[str, str], tuple[str, Maker]] = {
    ("bernoulli", "logit"): ("Polya-Gamma", lambda model, y: LogitAugmentation(y, model.weights)),
    ("binomial", "logit"): ("Polya-Gamma", lambda model, y: LogitAugmentation(y, model.weights)),
    ("bernoulli", "probit"): ("truncated normal", lambda model, y: ProbitAugmentation(y, model.weights)),
    ("negative_binomial", "log"): ("Polya-Gamma", lambda model, y: NegativeBinomialAugmentation(y, model.weights)),
    ("student_t", "identity"): (
        "gamma",
        lambda model, y: StudentAugmentation(y, model.weights, float(getattr(model.likelihood, "df"))),  # noqa: B009
    ),
}
"""By family and link: what the latent variables of rows are, and how the augmentation is made."""


def why_not_augmented(resolved: Resolved) -> str:
    """Return why a likelihood is not normal given latent variables, as a phrase; empty where it is."""
    law = resolved.likelihood
    if resolved.correction is not None:
        return "the likelihood is corrected"
    if (law.name, law.link) not in AUGMENTATIONS:
        return f"the {law.name} likelihood is not normal given a latent variable for each row"
    if law.link == "probit" and np.any(resolved.weights != np.round(resolved.weights)):
        return "weights of a probit model that are not whole have no latent variables"
    return ""


def augmentation_of(resolved: Resolved, y: np.ndarray) -> Augmentation:
    """Return the augmentation of a model's likelihood at its responses (n,)."""
    return AUGMENTATIONS[resolved.likelihood.name, resolved.likelihood.link][1](resolved, y)
