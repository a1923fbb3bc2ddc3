"""Certificates of a whole path are those of each point by itself."""

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.objective import LogJoint
from bayesreg.solvers.certificate import certify
from bayesreg.solvers.mode import find_null, gaussian_loss
from bayesreg.solvers.path_certificate import certify_plain_path, scores_from_products, scores_from_rows
from bayesreg.solvers.problem import make_problem

N, P = 80, 12
RNG = np.random.default_rng(2)
X = RNG.normal(size=(N, P)) * np.geomspace(0.1, 10.0, P) + RNG.normal(size=P)
ETA = 0.4 + X[:, :3] @ [1.0, -1.0, 2.0]
RESPONSES = {
    "gaussian": ETA + RNG.normal(size=N),
    "bernoulli": (ETA + RNG.logistic(size=N) > 0.0).astype(float),
    "poisson": RNG.poisson(np.exp(0.5 * ETA)).astype(float),
}
OWN = np.where(np.arange(P) == 2, 0.0, np.where(np.arange(P) == 7, np.inf, RNG.uniform(0.5, 2.0, P)))
WEIGHTS = br.Weights(np.where(RNG.random(N) < 0.2, 0.0, RNG.uniform(0.5, 2.0, N)), kind="precision")
ROWS = {"weights": WEIGHTS, "offset": 0.2 * RNG.normal(size=N)}
PENALTIES = {
    "lasso": (br.L1(), {}),
    "elastic net": (br.ElasticNet(l1_ratio=0.5), {}),
    "ridge": (br.L2(), {}),
    "positive": (br.L1(positive=True), {}),
    "positive elastic net": (br.ElasticNet(l1_ratio=0.5, positive=True), {}),
    "0 and infinity": (br.L1(weights=OWN), {}),
    "penalised intercept": ({"Intercept": br.L1(2.0), ...: br.L1(1.0)}, {}),
    "squared intercept": ({"Intercept": br.L2(2.0), ...: br.L1(1.0)}, {}),
    "no intercept": (br.L1(), {"intercept": False}),
    "elastic net, no intercept": (br.ElasticNet(l1_ratio=0.5), {"intercept": False}),
    "raw columns": (br.L1(), {"standardize": False}),
    "weights and offset": (br.ElasticNet(l1_ratio=0.5), ROWS),
}


def model_of(family, penalty, kind=np.asarray):
    law, options = PENALTIES[penalty]
    return br.Model.from_arrays(kind(X), RESPONSES[family], family=family, penalty=law, **options)


def solved(model):
    """Return what both ways need, and the coefficients (k, q) of a path with the same ones disturbed."""
    modes, resolved = model.path(5, ratio=0.02).modes, model.loss_resolved
    problem, joint = make_problem(model.design, resolved), LogJoint(model.design, resolved)
    rng = np.random.default_rng(3)
    start, betas, multipliers = int(resolved.intercept), [], []
    for size in (0.0, 1e-6, 1e-3):
        betas.append(modes.betas * (1.0 + size * rng.uniform(-1.0, 1.0, modes.betas.shape)))
        multipliers.append(modes.multipliers)
    betas.append(np.roll(modes.betas, 1, axis=0))
    betas.append(np.where(resolved.excluded, 0.0, np.abs(rng.normal(size=modes.betas.shape)) / resolved.size.max()))
    multipliers += [modes.multipliers, 0.1 * modes.multipliers]
    nothing = np.zeros_like(modes.betas)
    nothing[:, :start] = joint.null()[:start]
    return joint, problem, np.concatenate([*multipliers, modes.multipliers]), np.concatenate([*betas, nothing])


def assert_same(certified, joint, multipliers, betas, null):
    """To 1e-12: of the gap relative to the null objective, of violations as correlations; both are sums of 80 terms."""
    for k, (factor, beta) in enumerate(zip(multipliers, betas, strict=True)):
        here = LogJoint(joint.design, joint.resolved.multiplied(factor))
        one, found = certify(here, beta, null), certified.certificates[k]
        assert certified.losses[k] == pytest.approx(here.loss(beta), rel=1e-12)
        assert certified.objectives[k] == pytest.approx(here.objective(beta), rel=1e-12)
        assert found.kkt == pytest.approx(one.kkt, rel=1e-12, abs=1e-12)
        assert found.gap == pytest.approx(one.gap, rel=1e-9, abs=1e-12 * null)
        assert found.relative_gap == pytest.approx(one.relative_gap, rel=1e-9, abs=1e-12)
        assert found.share == pytest.approx(one.share, rel=1e-9, abs=1e-12)
        assert found.ok == one.ok
        assert found.local == one.local


@pytest.mark.parametrize("kind", [np.asarray, sparse.csc_array], ids=["dense", "csc"])
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("family", RESPONSES)
def test_a_path_is_certified_as_its_points_are(family, penalty, kind):
    joint, problem, multipliers, betas = solved(model_of(family, penalty, kind))
    null = find_null(joint, problem)
    certified = certify_plain_path(joint, multipliers, betas, null, [scores_from_rows(joint, betas)])
    assert_same(certified, joint, multipliers, betas, null)
    assert all(one.ok for one in certified.certificates[:5])
    assert not any(one.ok for one in certified.certificates[10:15] if one.gap > 1e-4 * null)
    assert max(one.kkt for one in certified.certificates[20:25]) > 1e-3


@pytest.mark.parametrize("penalty", PENALTIES)
def test_inner_products_give_the_scores_of_the_rows(penalty):
    model = model_of("gaussian", penalty)
    joint, problem, multipliers, betas = solved(model)
    loss = gaussian_loss(problem)
    rows, products = scores_from_rows(joint, betas), scores_from_products(joint, problem, loss, betas)
    np.testing.assert_allclose(products.loss, rows.loss, rtol=1e-12)
    kept = ~joint.resolved.excluded
    unit = joint.resolved.size[kept] * np.linalg.norm(joint.resolved.weights * joint.design.y) * np.sqrt(N)
    np.testing.assert_allclose(products.score[:, kept] / unit, rows.score[:, kept] / unit, rtol=0, atol=1e-12)
    assert np.all(products.terms >= rows.terms * (1.0 - 1e-12))
    null = find_null(joint, problem)
    assert_same(certify_plain_path(joint, multipliers, betas, null, [products]), joint, multipliers, betas, null)


def test_an_infeasible_sign_and_a_wrong_zero_are_seen():
    joint, problem, multipliers, betas = solved(model_of("gaussian", "lasso"))
    null = find_null(joint, problem)
    beta, j = betas[4].copy(), 1 + int(np.argmax(np.abs(betas[4, 1:])))
    turned, dropped = beta.copy(), beta.copy()
    turned[j], dropped[j] = -beta[j], 0.0
    wrong = np.array([turned, dropped])
    found = certify_plain_path(joint, multipliers[[4, 4]], wrong, null, [scores_from_rows(joint, wrong)])
    assert all(not one.ok and one.kkt > 1e-3 and one.relative_gap > 1e-4 for one in found.certificates)


def test_a_coefficient_that_its_score_opposes_has_the_full_gap():
    """The squares once took only sizes, so that a wrong sign counted as a wrong size, which is closer."""
    joint, problem, *_ = solved(model_of("gaussian", "elastic net, no intercept"))
    null, one = find_null(joint, problem), np.ones(1)
    solution = br.Model.from_arrays(
        X, RESPONSES["gaussian"], penalty=br.ElasticNet(1.0, l1_ratio=0.5), intercept=False
    ).fit()
    turned = -solution.params.to_numpy()[None]
    found = certify_plain_path(joint, one, turned, null, [scores_from_rows(joint, turned)])
    assert found.certificates[0].gap >= found.objectives[0] - solution.objective > 0.0
    assert_same(found, joint, one, turned, null)


@pytest.mark.parametrize("family", RESPONSES)
def test_scores_may_come_a_few_strengths_at_a_time(family, monkeypatch):
    joint, problem, multipliers, betas = solved(model_of(family, "elastic net"))
    null = find_null(joint, problem)
    whole = certify_plain_path(joint, multipliers, betas, null, [scores_from_rows(joint, betas)])
    monkeypatch.setattr("bayesreg.solvers.path_certificate.BLOCK", 2 * N)
    monkeypatch.setattr("bayesreg.solvers.path_certificate.CHUNK", 3 * P)
    parts = certify_plain_path(joint, multipliers, betas, null, [scores_from_rows(joint, betas)])
    np.testing.assert_allclose(parts.objectives, whole.objectives, rtol=1e-13)
    np.testing.assert_allclose(
        [one.kkt for one in parts.certificates], [one.kkt for one in whole.certificates], rtol=0, atol=1e-13
    )
