"""Binomial family, logit link: proportions of known numbers of trials, which are the weights; ``phi = 1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.errors import DataError
from bayesreg.families.base import refuse_outside
from bayesreg.families.logistic import Logistic
from bayesreg.xp import NUMPY, Array, Namespace

WHOLE = 1e-8
"""Share of the trials by which successes may miss a whole number: the rounding of their quotient and product."""


@final
@dataclass(frozen=True)
class Binomial(Logistic):
    """``w y ~ Binomial(w, 1 / (1 + exp(-eta)))`` with ``w`` trials, the weight of the row.

    A new response is that of one trial, 0 or 1, or of ``1 / phi`` trials where it is drawn for a row of the fit.
    """

    name = "binomial"
    label = "binomial"
    counts_trials = True

    def log_normalizer(self, y: Array, phi: Array, weights: Array, frequency: bool, xp: Namespace = NUMPY) -> Array:
        """Return minus the log number of orders of successes and failures, less the trials' own entropy."""
        successes, failures = weights * y, weights * (1.0 - y)
        orders = xp.gammaln(weights + 1.0) - xp.gammaln(successes + 1.0) - xp.gammaln(failures + 1.0)
        return -orders - weights * self.conjugate(y, xp)

    def check_response(self, y: np.ndarray, name: str) -> None:
        remedy = (
            "Write the proportion in the formula, 'I(successes / trials) ~ ...', and the numbers of trials as "
            "weights='trials'."
        )
        refuse_outside(y, (y >= 0.0) & (y <= 1.0), name, self.name, "proportions from 0 to 1", remedy)

    def check_weights(self, y: np.ndarray, weights: np.ndarray | None, kind: str | None, name: str) -> None:
        if weights is None:
            raise DataError(
                f"family='binomial' needs the number of trials of every row of {name!r}, and there are no weights. "
                "Write 'I(successes / trials) ~ ...' with weights='trials'; for a response of 0 and 1 use "
                "family='bernoulli'."
            )
        if kind == "precision":
            raise DataError(
                "The weights are precisions, and those of family='binomial' are numbers of trials. Give them plainly, "
                "weights='trials', or with kind='frequency'."
            )
        counts = np.abs(weights * y - np.round(weights * y)) <= WHOLE * np.maximum(weights, 1.0)
        allowed = (weights == np.round(weights)) & counts
        if not allowed.all():
            row = int(np.argmin(allowed))
            raise DataError(
                f"The response {name!r} is {float(y[row])!r} of {float(weights[row])!r} trials in row {row}, which is "
                "no whole number of successes of a whole number of trials. Write 'I(successes / trials) ~ ...' with "
                "weights='trials', both of them counts."
            )

    def draw(self, mean: np.ndarray, phi: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        trials = np.round(1.0 / np.asarray(phi)).astype(int)
        return rng.binomial(trials, mean) / trials
