"""Table 1 of Park and Casella (2008): posterior medians of the diabetes data under their Bayesian lasso.

Their model: columns of unit norm, ``b_j | sigma`` Laplace of rate ``lam / sigma`` with ``lam = 0.237``,
``p(sigma^2) ~ 1 / sigma^2``, a flat intercept. Here: `Laplace` of scale ``1 / lam`` relative to sigma on columns as
they are given, and ``dispersion="jeffreys"``.
"""

import numpy as np
import pytest

import bayesreg as br
from tests.posterior.agreement import judge, standard_error

LAM = 0.237
PUBLISHED = {
    "age": -3.73,
    "sex": -214.55,
    "bmi": 522.62,
    "bp": 307.56,
    "s1": -173.16,
    "s2": -1.50,
    "s3": -152.12,
    "s4": 90.43,
    "s5": 523.26,
    "s6": 62.47,
}


def unit_norm(frame):
    X = frame.drop(columns="target")
    X = X - X.mean()
    return X / np.sqrt((X**2).sum())


@pytest.fixture(scope="module")
def model():
    frame = br.datasets.diabetes()
    return br.Model.from_arrays(
        unit_norm(frame),
        frame["target"],
        prior=br.Laplace(1.0 / LAM, relative_to="sigma"),
        standardize=False,
        dispersion="jeffreys",
    )


def test_medians_of_table_1(model):
    """Whether each published median is one: the share of draws below it, within Monte Carlo errors of both.

    The table comes from 10000 sweeps of their sampler. Its error is taken to be that of 2500 independent draws, about
    the effective sample size of such a run on these correlated columns; the family-wise error is 1e-4.
    """
    posterior = model.sample(draws=2500, chains=4, seed=3, engine="gibbs").tree["posterior"]
    scores = {}
    for name, median in PUBLISHED.items():
        below = (np.asarray(posterior["beta"].sel(coef=name)) < median).astype(float)
        scores[name] = (below.mean() - 0.5) / np.hypot(standard_error(below), 0.5 / np.sqrt(2500.0))
    verdict = judge(scores)
    assert verdict.agrees, verdict


def test_the_same_prior_by_weights_on_standardised_columns(model):
    """A standardised column is ``sqrt(n)`` times one of unit norm, so its scale is ``sqrt(n)`` times smaller."""
    frame = br.datasets.diabetes()
    n = len(frame)
    standardised = br.Model.from_arrays(
        unit_norm(frame),
        frame["target"],
        prior=br.Laplace(1.0 / LAM / np.sqrt(n), relative_to="sigma"),
        dispersion="jeffreys",
    )
    np.testing.assert_allclose(standardised.resolved.strength.rate, model.resolved.strength.rate, rtol=1e-10)


def test_another_strength_has_other_medians():
    """The comparison can fail: at ten times the strength it does."""
    frame = br.datasets.diabetes()
    stronger = br.Model.from_arrays(
        unit_norm(frame),
        frame["target"],
        prior=br.Laplace(0.1 / LAM, relative_to="sigma"),
        standardize=False,
        dispersion="jeffreys",
    )
    posterior = stronger.sample(draws=500, chains=4, seed=3, engine="gibbs").tree["posterior"]
    below = (np.asarray(posterior["beta"].sel(coef="bmi")) < PUBLISHED["bmi"]).astype(float)
    assert abs(below.mean() - 0.5) > 4.5 * np.hypot(standard_error(below), 0.5 / np.sqrt(2500.0))
