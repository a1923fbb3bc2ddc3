"""Paths of other families on working sets, against conditions written out here, fits one by one and scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import bayesreg as br
from bayesreg.objective import LogJoint
from bayesreg.solvers import newton_path
from bayesreg.solvers.problem import make_problem

CERTIFIED = 1e-12
SHAPES = {"wide": (60, 360), "tall": (250, 25)}


def columns(shape, family, seed=0):
    """Return correlated columns, a response of three of them, weights and an offset."""
    n, p = SHAPES[shape]
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 0.5 * rng.normal(size=(n, 1))
    eta = 0.3 + X[:, :3] @ [0.8, -0.6, 0.4]
    if family == "bernoulli":
        y = (eta + rng.logistic(size=n) > 0.0).astype(float)
    else:
        y = rng.poisson(np.exp(0.5 * eta)).astype(float)
    return X, y, rng.uniform(0.5, 2.0, n), 0.3 * rng.normal(size=n)


OPTIONS = {
    "lasso": (br.L1(), ()),
    "positive": (br.L1(positive=True), ()),
    "elastic net": (br.ElasticNet(l1_ratio=0.6), ()),
    "weights and offset": (br.L1(), ("weights", "offset")),
    "one free": ({"x1": br.Flat(), ...: br.L1(1.0)}, ()),
}


def make(shape, family, option):
    X, y, weights, offset = columns(shape, family)
    penalty, asked = OPTIONS[option]
    given = {key: value for key, value in (("weights", weights), ("offset", offset)) if key in asked}
    names = [f"x{j}" for j in range(X.shape[1])]
    return br.Model.from_arrays(X, y, names=names, family=family, penalty=penalty, **given)


def mean_of(family, eta):
    return 1.0 / (1.0 + np.exp(-eta)) if family == "bernoulli" else np.exp(eta)


def violation(problem, family, g, factor):
    """Return the largest distance of the score to the subdifferential, over norms of column and null residual."""
    Z = problem.Z if isinstance(problem.Z, np.ndarray) else problem.Z[:, np.arange(problem.Z.shape[1])]
    residual = problem.weights * (problem.y - mean_of(family, Z @ g + problem.offset))
    score = Z.T @ residual - factor * problem.l2 * g
    outside = np.maximum(np.where(problem.positive, score, np.abs(score)) - factor * problem.l1, 0.0)
    distance = np.where(g != 0.0, np.abs(score - factor * problem.l1 * np.sign(g)), outside)
    spread = problem.y - np.average(problem.y, weights=problem.weights)
    size = np.sqrt(problem.weights @ Z**2) * np.sqrt(problem.weights @ spread**2)
    return float((distance / size).max())


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_point_is_certified_and_is_the_fit_at_its_strength(shape, family, option):
    model = make(shape, family, option)
    path = model.path(8, ratio=0.1)
    modes, problem = path.modes, make_problem(model.design, model.loss_resolved)
    assert max(one.kkt for one in modes.certificates) <= CERTIFIED
    assert path.gaps.max() <= CERTIFIED
    for k in (0, 3, 7):
        factor, beta = modes.multipliers[k], modes.betas[k]
        assert violation(problem, family, problem.from_user(beta), factor) <= CERTIFIED
        resolved = model.loss_resolved.multiplied(factor)
        joint = LogJoint(model.design, resolved)
        fit = path.at(path.lams[k])
        assert joint.objective(beta) == pytest.approx(modes.objectives[k], rel=1e-13)
        assert fit.objective == pytest.approx(modes.objectives[k], rel=1e-13)
        assert fit.certificate.kkt <= CERTIFIED
    if option == "positive":
        assert modes.betas[:, 1:].min() >= 0.0
    assert np.count_nonzero(modes.betas[-1, 1:]) >= 2


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_path_of_a_model_ends_at_the_fit_with_that_strength(shape, family):
    """The fit does not know the path: it starts with every coefficient at 0."""
    X, y, *_ = columns(shape, family)
    path = br.Model.from_arrays(X, y, family=family, penalty=br.L1()).path(10, ratio=0.1)
    fit = br.Model.from_arrays(X, y, family=family, penalty=br.L1(float(path.lams[-1]))).fit()
    assert fit.objective == pytest.approx(path.modes.objectives[-1], rel=1e-13)
    np.testing.assert_allclose(fit.params, path.params.iloc[-1], rtol=0, atol=1e-10)


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_strengths_of_their_own_with_0_and_infinity(family):
    """A strength of 0 leaves a coefficient free, an infinite one takes its column out of the model."""
    X, y, *_ = columns("wide", family)
    own = np.random.default_rng(4).uniform(0.5, 3.0, X.shape[1])
    own[[5, 320]], own[[0, 1, 330]] = 0.0, np.inf
    model = br.Model.from_arrays(X, y, family=family, penalty=br.L1(weights=own))
    path = model.path(6, ratio=0.2)
    slopes = path.params.to_numpy()[:, 1:]
    assert np.all(slopes[:, [0, 1, 330]] == 0.0)
    assert np.all(slopes[:, [5, 320]] != 0.0)
    assert max(one.kkt for one in path.modes.certificates) <= CERTIFIED
    problem = make_problem(model.design, model.loss_resolved)
    for factor, beta in zip(path.modes.multipliers, path.modes.betas, strict=True):
        assert violation(problem, family, problem.from_user(beta), factor) <= CERTIFIED
    keep = np.isfinite(own)
    without = br.Model.from_arrays(X[:, keep], y, family=family, penalty=br.L1(weights=own[keep])).path(lams=path.lams)
    np.testing.assert_allclose(without.modes.objectives, path.modes.objectives, rtol=1e-13)
    np.testing.assert_allclose(without.params.to_numpy()[:, 1:], slopes[:, keep], rtol=0, atol=1e-10)


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_a_working_set_changes_nothing(family, monkeypatch):
    """The same path with all columns worked on."""
    model = make("wide", family, "elastic net")
    path = model.path(8, ratio=0.1)
    monkeypatch.setattr(newton_path, "FEW", 10_000)
    other = model.path(8, ratio=0.1)
    np.testing.assert_allclose(other.modes.objectives, path.modes.objectives, rtol=1e-13)
    np.testing.assert_allclose(other.params, path.params, rtol=0, atol=1e-10)


def test_gaps_between_strengths_do_not_matter():
    """A single, tiny strength, one a hundred times smaller than that before, and one twice."""
    X, y, *_ = columns("tall", "poisson")
    model = br.Model.from_arrays(X, y, family="poisson", penalty=br.L1())
    for lams in ([1e-4], [10.0, 0.1], [3.0, 3.0]):
        path = model.path(lams=lams)
        assert max(one.kkt for one in path.modes.certificates) <= CERTIFIED
        assert all(record.converged for record in path.modes.records)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
@pytest.mark.parametrize(("shape", "solver"), [("wide", "liblinear"), ("tall", "saga")])
def test_the_objective_is_never_above_that_of_scikit_learn(shape, solver, share):
    """liblinear penalises the intercept, so its model has none; saga stops at a change of 1e-7 of a coefficient."""
    X, y, *_ = columns(shape, "bernoulli")
    Z, own = X / X.std(axis=0), solver == "saga"
    Z = Z - Z.mean(axis=0) if own else Z
    model = br.Model.from_arrays(Z, y, family="bernoulli", penalty=br.L1(), standardize=False, intercept=own)
    path = model.path(6, ratio=share)
    lam = float(path.lams[-1])
    settings = {"l1_ratio": 1.0, "C": 1.0 / lam, "tol": 1e-7, "max_iter": 20_000, "random_state": 0}
    peer = LogisticRegression(solver=solver, fit_intercept=own, **settings).fit(Z, y)
    beta = np.r_[peer.intercept_, peer.coef_[0]] if own else peer.coef_[0]
    least = LogJoint(model.design, model.loss_resolved.multiplied(path.modes.multipliers[-1])).objective(beta)
    ours = path.modes.objectives[-1]
    assert ours <= least * (1.0 + 1e-14)
    assert least == pytest.approx(ours, rel=1e-5)
