"""Draws of the Gibbs engine against posteriors that are known: means, variances, probabilities, so quantiles.

A case is one family of statements with a family-wise error of 1e-4 (Bonferroni), at fixed seeds. The cases that are
marked slow differ from the others in the law or in the number of coefficients, not in the moves; horseshoes and the
like are in test_horseshoes.
"""

from __future__ import annotations

import pytest

from tests.posterior.agreement import Verdict, against
from tests.posterior.gibbs.cases import CASES, case

QUICK = (
    "quadrants",
    "lasso",
    "lasso, relative",
    "learned lasso",
    "learned lasso, few columns",
    "group",
)


def verdict(name: str, *, draws: int = 1500, seed: int = 20) -> Verdict:
    """Sample a case and return the verdict on its draws."""
    made = case(name)
    post = made.model.sample(draws=draws, tune=200, chains=4, seed=seed, engine="gibbs")
    return against(made.read(post.tree["posterior"]), made.margins)


@pytest.mark.parametrize("name", QUICK)
def test_draws_agree(name: str) -> None:
    found = verdict(name)
    assert found.agrees, found


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_many_draws_agree(name: str) -> None:
    found = verdict(name, draws=5000, seed=31)
    assert found.agrees, found
