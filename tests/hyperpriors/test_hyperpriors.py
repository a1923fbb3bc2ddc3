"""The priors of a strength against SciPy: densities, quantiles, draws."""

import numpy as np
import pytest
from scipy import integrate, stats

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.xp import pytensor_namespace
from tests.problems import shown

LAWS = {
    br.HalfCauchy(0.7): stats.halfcauchy(scale=0.7),
    br.HalfNormal(2.0): stats.halfnorm(scale=2.0),
    br.Exponential(0.4): stats.expon(scale=2.5),
    br.Gamma(2.5, 0.3): stats.gamma(2.5, scale=1.0 / 0.3),
    br.R2(0.3, 4.0): stats.beta(1.2, 2.8),
    br.R2(): stats.uniform(),
    br.PenalizedComplexity(2.0, 0.1): stats.expon(scale=-2.0 / np.log(0.1)),
}
HALF_T = br.HalfT(3.0, 1.5)
USER = br.UserHyperprior(lambda x, xp: 1.5 * xp.log(x) - 0.3 * x, of="rate")


@pytest.mark.parametrize("prior", LAWS, ids=repr)
def test_density_and_quantile_are_those_of_scipy(prior):
    reference = LAWS[prior]
    at = reference.ppf([0.01, 0.3, 0.5, 0.9, 0.999])
    np.testing.assert_allclose(prior.log_density(at), reference.logpdf(at), rtol=1e-12, atol=1e-12)
    for prob in (0.05, 0.5, 0.99):
        assert prior.quantile(prob) == pytest.approx(reference.ppf(prob), rel=1e-12)


def test_the_half_t_serves_sigma_and_strengths():
    at = np.array([0.1, 1.0, 7.0])
    np.testing.assert_allclose(HALF_T.log_density(at), np.log(2.0) + stats.t(3.0, scale=1.5).logpdf(at), rtol=1e-12)
    assert HALF_T.quantile(0.9) == pytest.approx(stats.t(3.0, scale=1.5).ppf(0.95), rel=1e-10)
    assert isinstance(HALF_T, br.Hyperprior)
    assert HALF_T.quantity == "scale"


@pytest.mark.parametrize("prior", LAWS, ids=repr)
def test_draws_follow_the_density(prior):
    """Kolmogorov-Smirnov with 4000 draws; the level 1e-4 makes a false alarm over seeds a matter of 1 in 10 000."""
    draws = prior.draw(np.random.default_rng(11), (4000,))
    assert stats.kstest(draws, LAWS[prior].cdf).pvalue > 1e-4


def test_the_half_t_draws_follow_its_density():
    draws = HALF_T.draw(np.random.default_rng(3), (4000,))
    folded = stats.t(3.0, scale=1.5)
    assert stats.kstest(draws, lambda x: 2.0 * folded.cdf(x) - 1.0).pvalue > 1e-4


@pytest.mark.parametrize("prior", [*LAWS, HALF_T, USER], ids=shown)
def test_the_graph_computes_the_same_density(prior):
    import pytensor
    import pytensor.tensor as pt

    x = pt.dscalar()
    graph = pytensor.function([x], prior.log_density(x, pytensor_namespace()), mode="FAST_COMPILE")
    for at in (0.03, 0.4, 0.9):
        assert float(graph(at)) == pytest.approx(float(prior.log_density(at)), rel=1e-12, abs=1e-13)


def test_a_density_of_the_user_is_normalised_by_quadrature():
    reference = stats.gamma(2.5, scale=1.0 / 0.3)
    at = np.array([0.1, 3.0, 20.0])
    np.testing.assert_allclose(USER.log_density(at), reference.logpdf(at), atol=1e-9)
    assert USER.quantile(0.8) == pytest.approx(reference.ppf(0.8), rel=1e-4)  # interpolated between nodes
    assert stats.kstest(USER.draw(np.random.default_rng(0), (4000,)), reference.cdf).pvalue > 1e-4
    share = br.UserHyperprior(lambda x, xp: 2.0 * xp.log(x) + xp.log(1.0 - x), of="R2")
    assert integrate.quad(lambda x: np.exp(share.log_density(x)), 0.0, 1.0)[0] == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    "log_p", [lambda x, xp: -xp.log(x), lambda x, xp: 0.0 * x, lambda x, xp: x], ids=["1/x", "flat", "growing"]
)
def test_a_density_that_does_not_integrate_is_refused(log_p):
    with pytest.raises(InputError, match="does not integrate to a finite number"):
        br.UserHyperprior(log_p)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: br.HalfCauchy(0.0), r"HalfCauchy: scale=0.0 must be a finite number > 0"),
        (lambda: br.Gamma(1.0, np.inf), r"Gamma: rate=inf must be a finite number > 0"),
        (lambda: br.R2(mean=1.0), r"R2: mean=1.0 must be a number between 0 and 1"),
        (lambda: br.PenalizedComplexity(prob=1.5), r"PenalizedComplexity: prob=1.5 must be a number between 0 and 1"),
        (lambda: br.UserHyperprior(lambda x, xp: -x, of="variance"), r"of='variance' is not known; allowed: 'scale'"),
        (lambda: br.UserHyperprior(3.0), r"log_p=3.0 is not a function"),
    ],
)
def test_parameters_outside_their_range_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
