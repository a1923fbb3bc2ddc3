"""The probit link: against SciPy's normal law, statsmodels, a numerical conjugate, and its own conditions."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import minimize

import bayesreg as br
from bayesreg.errors import SeparationError
from bayesreg.families.probit import log_cdf, mills, where_mills
from bayesreg.objective import LogJoint

FAMILY = br.Family("bernoulli", link="probit")
FORMULA = "dole ~ self_right + age + education"


def model(penalty=None, formula=FORMULA, data=None, **options):
    return br.Model(
        formula, br.datasets.vote_1996() if data is None else data, family=FAMILY, penalty=penalty, **options
    )


def test_the_normal_law_is_scipys_in_both_tails():
    x = np.linspace(-38.0, 37.0, 301)
    assert log_cdf(x) == pytest.approx(stats.norm.logcdf(x), rel=1e-12)
    middle = x[np.abs(x) < 30.0]
    assert mills(middle) == pytest.approx(np.exp(stats.norm.logpdf(middle) - stats.norm.logcdf(middle)), rel=1e-10)


def test_the_inverse_mills_ratio_is_inverted_from_anywhere():
    z = np.array([-40.0, -3.0, 0.0, 2.0, 20.0])
    for start in (-30.0, 0.0, 35.0):
        assert where_mills(mills(z), np.full(z.size, start)) == pytest.approx(z, abs=1e-9)


def test_mle_is_statsmodels():
    """Estimates and log likelihood of its Probit; standard errors of its GLM, which take the expected information."""
    data = br.datasets.vote_1996()
    X = sm.add_constant(data[["self_right", "age", "education"]].astype(float))
    probit = sm.Probit(data["dole"].astype(float), X).fit(disp=0, tol=1e-12)
    link = sm.families.Binomial(sm.families.links.Probit())
    expected = sm.GLM(data["dole"].astype(float), X, family=link).fit(tol=1e-12)
    ours = model().mle()
    assert ours.params.to_numpy() == pytest.approx(probit.params.to_numpy(), abs=1e-7)
    assert ours.log_likelihood == pytest.approx(probit.llf, abs=1e-8)
    assert ours.bse.to_numpy() == pytest.approx(expected.bse.to_numpy(), rel=1e-6)
    assert model().fit().params.to_numpy() == pytest.approx(probit.params.to_numpy(), abs=1e-7)


@pytest.mark.parametrize("penalty", [br.L2(30.0), br.Normal(0.1)], ids=["L2", "Normal"])
def test_a_mode_is_the_minimum_that_scipy_finds(penalty):
    built = model(penalty)
    joint, fit = LogJoint(built.design, built.resolved), built.fit()
    scale = np.append(1.0, 1.0 / built.resolved.scale[1:])
    found = minimize(lambda g: joint.objective(scale * g), np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    assert fit.objective == pytest.approx(found.fun, rel=1e-12)
    assert fit.certificate.ok


def test_the_gap_bounds_the_distance_to_the_minimum():
    """At points that are not the mode the duality gap is above the objective's excess, and of its size."""
    from bayesreg.solvers.certificate import certify

    built = model(br.L1(20.0))
    joint, fit = LogJoint(built.design, built.resolved), built.fit()
    for size in (1e-3, 1e-2):
        beta = fit.params.to_numpy() * (1.0 + size)
        beta[0] += fit.params.iloc[0] * size
        excess = joint.objective(beta) - fit.objective
        gap = certify(joint, beta, 600.0).gap
        assert excess <= gap < np.inf


@pytest.mark.parametrize("penalty", [br.L1(), br.GroupLasso(), br.LogPenalty()], ids=["L1", "GroupLasso", "LogPenalty"])
def test_paths_are_certified(penalty):
    assert model(penalty).path(n_lams=8).certificates["ok"].all()


def test_firths_mode_solves_its_condition():
    """The gradient of ``log p + log det(Z'WZ) / 2`` by finite differences vanishes, to their accuracy."""
    built = model(br.Firth(), formula="dole ~ self_right")
    joint, mode = LogJoint(built.design, built.resolved), built.fit().params.to_numpy()
    step = 1e-5
    for j in range(2):
        aside = np.eye(2)[j] * step
        slope = (joint.log_posterior(mode + aside) - joint.log_posterior(mode - aside)) / (2.0 * step)
        assert slope == pytest.approx(0.0, abs=1e-4)


def test_separation_is_refused_by_name():
    data = {"x": [0.0, 1.0, 2.0, 3.0], "y": [0, 0, 1, 1]}
    with pytest.raises(SeparationError, match="'x' separates the responses"):
        model(formula="y ~ x", data=data).fit()


def test_predictions_are_probabilities():
    fit = model(br.L1(20.0)).fit()
    assert fit.predict().to_numpy() == pytest.approx(stats.norm.cdf(fit.predict(kind="link")), rel=1e-12)
    tree = model(br.Normal(0.3)).prior_predictive(draws=20, seed=2)
    assert set(np.unique(tree["prior_predictive"]["dole"])) == {0.0, 1.0}
