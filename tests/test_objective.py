"""The log joint against SciPy densities, PyTensor, finite differences, and the objective that modes minimise."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.objective import LogJoint, log_joint, log_prior, null_intercept
from bayesreg.xp import pytensor_namespace

PHI = 1.7
FAMILIES = ("gaussian", "bernoulli", "poisson")


def data(n=25, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.normal(2.0, 3.0, n), "b": rng.normal(size=n), "c": np.arange(n) % 2})
    eta = 0.3 + 0.2 * frame.a - 0.4 * frame.b
    frame["gaussian"] = eta + rng.normal(size=n)
    frame["bernoulli"] = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(int)
    frame["poisson"] = rng.poisson(np.exp(eta))
    frame["w"] = np.resize([1.0, 2.0, 0.0, 3.0], n)
    frame["o"] = rng.normal(scale=0.1, size=n)
    return frame


FRAME = data()


def build(family, kind, penalty, **options):
    weights = None if kind is None else br.Weights("w", kind=kind)
    phi = {"dispersion": PHI} if family == "gaussian" else {}
    model = br.Model(
        f"{family} ~ a + b + c", FRAME, family=family, penalty=penalty, weights=weights, offset="o", **phi, **options
    )
    return LogJoint(model.design, model.resolved)


def points(positive_b=True):
    rng = np.random.default_rng(1)
    beta = rng.normal(size=(3, 4)) * 0.5
    if positive_b:
        beta[:, 2] = np.abs(beta[:, 2])
    return beta


def by_hand(family, kind, beta, sigma, lam, scale, relative, standardize):
    """Sum of SciPy densities: Laplace on a and c, half-normal on b, flat on the intercept."""
    phi = PHI if family == "gaussian" else 1.0
    w = np.ones(len(FRAME)) if kind is None else FRAME.w.to_numpy()
    eta = beta[0] + FRAME.a * beta[1] + FRAME.b * beta[2] + FRAME.c * beta[3] + FRAME.o
    y = FRAME[family]
    if family == "gaussian" and kind == "precision":
        with np.errstate(divide="ignore"):
            sd = sigma / np.sqrt(w)
        rows = np.where(w > 0.0, stats.norm.logpdf(y, eta, np.where(w > 0.0, sd, 1.0)), 0.0)
    elif family == "gaussian":
        rows = w * stats.norm.logpdf(y, eta, sigma)
    elif family == "bernoulli":
        rows = w * stats.bernoulli.logpmf(y, 1.0 / (1.0 + np.exp(-eta)))
    else:
        rows = w * stats.poisson.logpmf(y, np.exp(eta))
    moving = relative == "sigma" and family == "gaussian"
    unit = sigma / np.sqrt(phi) if moving else 1.0
    sd = {
        name: np.sqrt(np.average((FRAME[name] - np.average(FRAME[name], weights=w)) ** 2, weights=w)) for name in "abc"
    }
    s = {name: 1.0 if not standardize or (name == "c" and standardize == "numeric") else sd[name] for name in "abc"}
    prior = sum(stats.laplace.logpdf(beta[j], scale=phi / lam * unit / s[name]) for j, name in ((1, "a"), (3, "c")))
    wide = scale * (sigma if moving else 1.0)
    return rows.sum() + prior + stats.halfnorm.logpdf(beta[2], scale=wide / s["b"])


CASES = list(
    itertools.product(
        FAMILIES, (None, "precision", "frequency"), (None, "dispersion", "sigma"), (True, False, "numeric")
    )
)


@pytest.mark.parametrize(("family", "kind", "relative", "standardize"), CASES)
def test_log_joint_is_the_sum_of_scipys_densities(family, kind, relative, standardize):
    """To 1e-11 of the total: sums of some dozens of terms in another order, SciPy's Bernoulli the least exact."""
    lam, scale = 2.3, 0.8
    penalty = {"b": br.Normal(scale, relative_to=relative, positive=True), ...: br.L1(lam, relative_to=relative)}
    joint = build(family, kind, penalty, standardize=standardize)
    for beta in points():
        for sigma in (np.sqrt(joint.resolved.phi), *((0.6, 4.0) if family == "gaussian" else ())):
            got = joint.log_posterior(beta, sigma if family == "gaussian" else None)
            expected = by_hand(family, kind, beta, sigma, lam, scale, relative, standardize)
            assert got == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("family", "kind", "relative"), list(itertools.product(FAMILIES, (None, "precision", "frequency"), (None, "sigma")))
)
def test_log_joint_is_the_same_in_pytensor_and_its_gradient_too(family, kind, relative):
    import pytensor
    import pytensor.tensor as pt

    penalty = {
        "a": br.ElasticNetPrior(1.0, 0.01, relative_to=relative),
        "Intercept": br.Normal(3.0),
        ...: br.L1(2.0, relative_to=relative),
    }
    joint = build(family, kind, penalty)
    X = np.column_stack([np.ones(joint.design.n), joint.design.X])
    beta, sigma = pt.vector("beta"), pt.scalar("sigma")
    scale = sigma if family == "gaussian" else None
    total = log_joint(joint.resolved, X, joint.design.y, beta, scale, pytensor_namespace())
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    outputs = [total, pytensor.gradient.grad(total, beta)]
    graph = pytensor.function([beta, sigma], outputs, mode=mode, on_unused_input="ignore")
    for at in points():
        for value in (0.5, 2.0):
            given = value if family == "gaussian" else None
            got, gradient = graph(at, value)
            assert got == pytest.approx(joint.log_posterior(at, given), rel=1e-13)
            steps = 1e-6 * np.eye(4)
            slope = [(joint.log_posterior(at + h, given) - joint.log_posterior(at - h, given)) / 2e-6 for h in steps]
            assert gradient == pytest.approx(slope, rel=1e-6, abs=1e-5)


LAWS = [br.L1(3.0), br.L2(3.0), br.ElasticNet(3.0), br.Laplace(0.3), br.Normal(0.3, relative_to="sigma"), br.Flat()]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize("kind", [None, "precision", "frequency"])
def test_objective_differs_from_the_log_joint_by_a_constant(family, law, kind):
    """At sigma = sqrt(phi): what `fit` minimises, over phi, is minus what `sample` samples."""
    joint = build(family, kind, {"Intercept": br.Normal(3.0), ...: law})
    at = points(positive_b=False)
    objective = np.array([joint.objective(beta) for beta in at]) / joint.resolved.phi
    posterior = np.array([joint.log_posterior(beta) for beta in at])
    assert np.diff(objective) == pytest.approx(-np.diff(posterior), rel=1e-8)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", [None, "precision", "frequency"])
@pytest.mark.parametrize("intercept", [True, False])
def test_score_is_minus_the_gradient_of_the_loss(family, kind, intercept):
    joint = build(family, kind, br.L1(1.0))
    if not intercept:
        phi = {"dispersion": PHI} if family == "gaussian" else {}
        weights = None if kind is None else br.Weights("w", kind=kind)
        model = br.Model(f"{family} ~ 0 + a + b", FRAME, family=family, penalty=br.L1(1.0), weights=weights, **phi)
        joint = LogJoint(model.design, model.resolved)
    q = len(joint.resolved.coefficients)
    for at in points():
        beta = at[:q]
        steps = 1e-5 * np.eye(q)
        slope = np.array([(joint.loss(beta - h) - joint.loss(beta + h)) / 2e-5 for h in steps])
        assert joint.score(beta) == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_excluded_coefficients_have_no_prior():
    full = build("gaussian", None, br.L1(1.0, weights={"b": np.inf}))
    without = br.Model("gaussian ~ a + c", FRAME, penalty=br.L1(1.0), dispersion=PHI, offset="o")
    at = np.array([0.2, 0.1, 0.0, -0.3])
    expected = LogJoint(without.design, without.resolved).log_posterior(np.delete(at, 2))
    assert full.log_posterior(at) == pytest.approx(expected, rel=1e-13)


def test_a_penalised_intercept_is_that_of_the_centred_columns():
    joint = build("gaussian", None, {"Intercept": br.Normal(2.0)})
    at = points()[0]
    centred = at[0] + at[1:] @ FRAME[["a", "b", "c"]].mean().to_numpy()
    flat = build("gaussian", None, None)
    expected = flat.log_posterior(at) + stats.norm.logpdf(centred, 0.0, 2.0)
    assert joint.log_posterior(at) == pytest.approx(expected, rel=1e-13)


def test_positive_coefficients_below_zero_have_no_density():
    joint = build("gaussian", None, br.L1(1.0, positive=True))
    assert joint.log_posterior(np.array([0.0, -1e-9, 1.0, 1.0])) == -np.inf


@pytest.mark.parametrize("family", FAMILIES)
def test_null_intercept_is_that_of_statsmodels(family):
    import statsmodels.api as sm

    joint = build(family, "frequency", br.L1(1.0))
    kept = FRAME[FRAME.w > 0]
    law = {"gaussian": sm.families.Gaussian, "bernoulli": sm.families.Binomial, "poisson": sm.families.Poisson}[
        family
    ]()
    fit = sm.GLM(kept[family], np.ones(len(kept)), family=law, offset=kept.o, freq_weights=kept.w).fit(tol=1e-14)
    assert null_intercept(joint.design, joint.resolved) == pytest.approx(fit.params.iloc[0], rel=1e-9)
    assert joint.null() == pytest.approx([fit.params.iloc[0], 0.0, 0.0, 0.0], rel=1e-9)


def test_the_prior_of_a_group_is_a_density_of_the_coefficients_themselves():
    """The integral of exp(log_prior) over the two coefficients is 1, though the penalty acts on orthonormal columns."""
    joint = build("gaussian", None, {"a + b": br.GroupLasso(4.0)})
    sd = 1.0 / np.sqrt(np.diag(joint.design.X[:, :2].T @ joint.design.X[:, :2]))
    at = np.linspace(-16.0, 16.0, 65)
    step = (at[1] - at[0]) ** 2 * sd[0] * sd[1]
    densities = (np.exp(log_prior(joint.resolved, np.array([0.0, a, b, 0.0]))) for a in at * sd[0] for b in at * sd[1])
    assert sum(densities) * step == pytest.approx(1.0, rel=0.02)
