"""Likelihoods against SciPy's distributions, the names of families, and what responses are refused."""

import numpy as np
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.errors import DataError, InputError
from bayesreg.families import LIKELIHOODS, as_family
from bayesreg.xp import NUMPY, pytensor_namespace

ETA = np.array([-30.0, -3.0, -0.2, 0.0, 0.4, 2.0, 6.0])
ONE = np.ones_like(ETA)


def law(name):
    return br.Family(name).likelihood


@pytest.mark.parametrize("phi", [1e-4, 1.0, 30.0])
@pytest.mark.parametrize("y", [-2.0, 0.0, 7.5])
def test_gaussian_is_scipys(phi, y):
    got = law("gaussian").log_likelihood(y + 0.0 * ETA, ETA, phi, ONE, False)
    assert got == pytest.approx(stats.norm.logpdf(y, ETA, np.sqrt(phi)), rel=1e-13)
    weighted = law("gaussian").log_likelihood(y + 0.0 * ETA, ETA, phi, 2.5 * ONE, False)
    assert weighted == pytest.approx(stats.norm.logpdf(y, ETA, np.sqrt(phi / 2.5)), rel=1e-13)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_bernoulli_is_scipys(y):
    got = law("bernoulli").log_likelihood(y + 0.0 * ETA, ETA, 1.0, ONE, False)
    assert got == pytest.approx(stats.logistic.logcdf(ETA if y else -ETA), rel=1e-13)
    middle = np.abs(ETA) < 10.0  # SciPy's pmf loses its tail to rounding
    expected = stats.bernoulli.logpmf(y, 1.0 / (1.0 + np.exp(-ETA[middle])))
    assert got[middle] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("y", [0.0, 1.0, 12.0, 400.0])
def test_poisson_is_scipys(y):
    """To 1e-11: at 400 counts the terms are 500 times their sum."""
    got = law("poisson").log_likelihood(y + 0.0 * ETA, ETA, 1.0, ONE, False)
    assert got == pytest.approx(stats.poisson.logpmf(y, np.exp(ETA)), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("eta", [-700.0, 700.0])
def test_bernoulli_is_finite_at_the_ends(eta):
    bernoulli, at = law("bernoulli"), np.array([eta])
    for y in (0.0, 1.0):
        value = bernoulli.log_likelihood(np.array([y]), at, 1.0, np.ones(1), False)
        assert value == pytest.approx(-700.0 if (eta > 0) != bool(y) else 0.0, abs=1e-12)
    assert bernoulli.curvature(at)[0] > 0.0


@pytest.mark.parametrize("name", ["gaussian", "bernoulli", "poisson"])
def test_log_likelihood_is_the_same_in_pytensor(name):
    """A likelihood computes with the namespace that it is given."""
    import pytensor.tensor as pt
    from pytensor.compile.mode import Mode

    y, eta = pt.vector("y"), pt.vector("eta")
    rows = law(name).log_likelihood(y, eta, 1.0, np.ones(3), False, pytensor_namespace())
    at = np.array([0.0, 1.0, 1.0]), np.array([0.1, 0.2, -0.3])
    got = rows.eval(dict(zip((y, eta), at, strict=True)), mode=Mode(linker="py", optimizer=None))
    assert got == pytest.approx(law(name).log_likelihood(*at, 1.0, np.ones(3), False, NUMPY), rel=1e-13)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *((name, "bernoulli") for name in ("logistic", "logit", "BERNOULLI", "bernouli")),
        *((name, "gaussian") for name in ("normal", "linear", "Gaussian", "gausian")),
        *((name, "poisson") for name in ("Poisson", "poison")),
        *((name, "binomial") for name in ("Binomial", "binomal")),
        *((name, "negative_binomial") for name in ("negbin", "NegativeBinomial", "nb2")),
        *((name, "student_t") for name in ("t", "robust", "student-t")),
    ],
)
def test_names_of_families_elsewhere_and_typing_errors_are_understood(name, meant):
    with pytest.raises(InputError, match=rf"family='{name}' is not known; allowed: .*\. Did you mean '{meant}'\?$"):
        br.Family(name)


def test_unknown_families_and_links_list_the_table():
    with pytest.raises(
        InputError, match=r"family='gamma' is not known; allowed: 'gaussian', 'bernoulli', .*, 'student_t'\.$"
    ):
        br.Family("gamma")
    with pytest.raises(InputError, match=r"link='cloglog' is not .* family 'bernoulli'; allowed: 'logit', 'probit'"):
        br.Family("bernoulli", link="cloglog")
    with pytest.raises(InputError, match=r"family=3 is not a family; give a name such as 'gaussian'"):
        as_family(3)


def test_the_default_link_is_the_canonical_one():
    links = {"gaussian": "identity", "bernoulli": "logit", "poisson": "log", "binomial": "logit"}
    links |= {"negative_binomial": "log", "student_t": "identity"}
    assert {name: br.Family(name).link for name, _ in LIKELIHOODS} == links
    assert as_family(br.Family("poisson")) == as_family("poisson") == br.Family("poisson", link="log")


@pytest.mark.parametrize(
    ("name", "y", "message"),
    [
        (
            "gaussian",
            [0.0, np.inf],
            r"'y' has 1 value\(s\) outside the support of the gaussian family, the first inf in row 1",
        ),
        (
            "bernoulli",
            [0.0, 1.0, 2.0, 2.0],
            r"2 value\(s\) .* bernoulli family, the first 2.0 in row 2; allowed: 0 and 1",
        ),
        (
            "poisson",
            [1.5],
            r"the first 1.5 in row 0; allowed: whole numbers >= 0\. Counts are whole; give a rate",
        ),
        ("poisson", [3.0, -1.0], r"the first -1.0 in row 1"),
    ],
)
def test_responses_outside_the_support_are_refused_by_value_and_row(name, y, message):
    with pytest.raises(DataError, match=message):
        law(name).check_response(np.array(y), "y")


def test_effects_have_their_names():
    assert {name: law(name).effect for name, _ in LIKELIHOODS} == {
        "gaussian": "",
        "bernoulli": "odds ratio",
        "poisson": "rate ratio",
        "binomial": "odds ratio",
        "negative_binomial": "rate ratio",
        "student_t": "",
    }


def test_parameters_belong_to_their_family():
    assert br.Family("student_t").df == 4.0
    assert br.Family("student_t") == br.Family("student_t", df=4.0)
    assert repr(br.Family("negative_binomial", shape=2.5)) == (
        "Family(name='negative_binomial', link='log', shape=2.5)"
    )
    with pytest.raises(InputError, match=r"shape=2\.0 is a parameter of the family 'negative_binomial'; leave it out"):
        br.Family("poisson", shape=2.0)
    with pytest.raises(InputError, match=r"df=0 is not allowed; it must be a finite number > 0"):
        br.Family("student_t", df=0)
    with pytest.raises(InputError, match=r"shape=True is not allowed"):
        br.Family("negative_binomial", shape=True)
