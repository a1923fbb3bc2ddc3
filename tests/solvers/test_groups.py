"""Group penalties on working sets, against optimality conditions written out here and the solver for any law."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import brentq, minimize_scalar

import bayesreg as br
from bayesreg.objective import LogJoint
from bayesreg.solvers import group_modes
from bayesreg.solvers.certificate import certify, null_spread
from bayesreg.solvers.composite import make_composite
from bayesreg.solvers.convexity import face_dof
from bayesreg.solvers.factor import Factor, conjugate_gradients
from bayesreg.solvers.general import solve_composite
from bayesreg.solvers.group_certificate import certify_group_path
from bayesreg.solvers.line import line_minimum
from bayesreg.solvers.norms import Norms
from bayesreg.solvers.turned import make_turned

ROUNDING = 1e-12


def problem(n, p, family="gaussian", size=4, seed=0):
    """Return columns of which neighbours are correlated, a response of three groups, and the names of the groups."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    X[:, 1:] += 0.6 * X[:, :-1]
    eta = X[:, : 3 * size] @ rng.choice([-0.4, 0.4], 3 * size)
    if family == "gaussian":
        y = 2.0 + eta + rng.normal(size=n)
    elif family == "bernoulli":
        y = (eta + rng.logistic(size=n) > 0.0).astype(float)
    else:
        y = rng.poisson(np.exp(0.4 * eta)).astype(float)
    return X, y, ["+".join(f"x{j}" for j in range(g, min(g + size, p))) for g in range(0, p, size)]


def make(X, y, penalty, **options):
    return br.Model.from_arrays(X, y, names=[f"x{j}" for j in range(X.shape[1])], penalty=penalty, **options)


def reference(model, factor):
    """Return the coefficients and degrees of freedom of the solver for penalties of any law."""
    resolved = model.loss_resolved.multiplied(factor)
    joint = LogJoint(model.design, resolved)
    composite = make_composite(model.design, resolved)
    g, _, reached = solve_composite(composite, composite.from_user(joint.null()), null_spread(joint))
    assert reached
    return joint, composite.to_user(g), face_dof(composite, g)


@pytest.mark.parametrize("law", [br.GroupLasso(1.0), br.SparseGroupLasso(1.0, l1_ratio=0.3)], ids=["group", "sparse"])
@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
@pytest.mark.parametrize("shape", [(40, 60), (120, 30)], ids=["wide", "tall"])
def test_paths_end_where_the_solver_for_any_law_ends(family, law, shape):
    X, y, groups = problem(*shape, family)
    model = make(X, y, dict.fromkeys(groups, law), family=family)
    path = model.path(10, ratio=0.03)
    assert max(one.kkt for one in path.modes.certificates) <= ROUNDING
    assert path.gaps.max() <= ROUNDING
    for k in (0, 4, 9):
        joint, beta, dof = reference(model, path.modes.multipliers[k])
        assert path.modes.objectives[k] <= joint.objective(beta) * (1.0 + ROUNDING)
        assert np.abs(path.modes.betas[k] - beta).max() <= 1e-8 * max(1.0, np.abs(beta).max())
        assert path.edf.iloc[k] == pytest.approx(dof, abs=1e-6)


def test_a_path_satisfies_the_conditions_of_yuan_and_lin():
    X, y, groups = problem(60, 100)
    path = make(X, y, dict.fromkeys(groups, br.GroupLasso(1.0)), standardize=False).path(20, ratio=0.05)
    size = np.linalg.norm(y - y.mean()) * np.linalg.norm(X - X.mean(axis=0), axis=0).max()
    for lam, beta in zip(path.modes.multipliers, path.modes.betas, strict=True):
        score = X.T @ (y - beta[0] - X @ beta[1:])
        for g in range(0, 100, 4):
            b, s = beta[1 + g : 5 + g], score[g : g + 4]
            if b.any():
                assert np.abs(s - 2.0 * lam * b / np.linalg.norm(b)).max() <= ROUNDING * size
            else:
                assert np.linalg.norm(s) <= 2.0 * lam + ROUNDING * size


def test_certificates_of_a_path_are_those_of_each_point():
    X, y, groups = problem(60, 40, "bernoulli")
    laws = {name: br.GroupLasso(1.0) if k % 2 else br.SparseGroupLasso(1.0) for k, name in enumerate(groups[2:])}
    penalty = {"x0": br.ElasticNet(2.0), "x1": br.L1(0.5), "x2": br.L2(3.0), **laws}
    model = make(X, y, penalty, family="bernoulli", weights=np.linspace(0.5, 2.0, 60))
    path = model.path(5, ratio=0.1)
    joint, moved = LogJoint(model.design, model.loss_resolved), path.modes.betas * 1.001
    for betas, least in ((path.modes.betas, 0.0), (moved, 1e-10)):
        found = certify_group_path(joint, path.modes.multipliers, betas, path.modes.null_objective)
        for k, factor in enumerate(path.modes.multipliers):
            here = LogJoint(model.design, model.loss_resolved.multiplied(factor))
            plain = certify(here, betas[k], path.modes.null_objective)
            assert found.objectives[k] == pytest.approx(here.objective(betas[k]), rel=1e-13)
            assert found.certificates[k].gap == pytest.approx(plain.gap, rel=1e-6, abs=1e-11)
            assert found.certificates[k].kkt == pytest.approx(plain.kkt, rel=1e-6, abs=1e-13)
            assert found.certificates[k].gap >= least


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_free_squared_forced_and_weighted_groups_together(family):
    X, y, groups = problem(70, 40, family)
    weights = {groups[4]: 0.0, groups[5]: np.inf, groups[6]: 3.0}
    penalty = {"x0": br.Flat(), "x1+x2": br.L2(4.0), groups[1]: br.L1(2.0)}
    for k, name in enumerate(groups[2:], 2):
        penalty[name] = br.GroupLasso(2.0, weights={name: weights[name]} if k in (4, 5, 6) else "sqrt")
    model = make(X, y, penalty, family=family, offset=np.linspace(-0.5, 0.5, 70))
    fit = model.fit()
    joint, beta, dof = reference(model, 1.0)
    assert fit.certificate.kkt <= ROUNDING
    assert fit.certificate.relative_gap <= ROUNDING
    assert fit.mode.objective <= joint.objective(beta) * (1.0 + ROUNDING)
    assert fit.edf == pytest.approx(dof, abs=1e-6)
    assert (fit.mode.beta[21:25] == 0.0).all()
    assert (fit.mode.beta[17:21] != 0.0).all()
    path = model.path(4)
    assert path.gaps.max() <= 1e-10
    assert (path.modes.betas[0, 9:17] == 0.0).all()
    assert path.modes.betas[1, 5:].any()


def test_groups_with_a_repeated_column_still_end_at_the_minimum():
    X, y, groups = problem(40, 60)
    X = np.array(X)
    X[:, 8:12] = X[:, 0:4]
    X[:, 21] = X[:, 20]
    model = make(X, y, dict.fromkeys(groups, br.GroupLasso(1.0)))
    path = model.path(15, ratio=1e-3)
    assert path.gaps.max() <= 1e-10
    joint, beta, _ = reference(model, path.modes.multipliers[-1])
    assert path.modes.objectives[-1] <= joint.objective(beta) * (1.0 + ROUNDING)


@pytest.mark.parametrize("family", ["gaussian", "bernoulli"])
def test_sparse_columns_are_not_filled(family, monkeypatch):
    X, y, groups = problem(80, 120, family)
    X = np.where(np.abs(X) > 1.2, X, 0.0)
    penalty = dict.fromkeys(groups, br.GroupLasso(1.0))
    dense = make(X, y, penalty, family=family).path(8, ratio=0.5)
    model = make(sparse.csc_array(X), y, penalty, family=family)
    monkeypatch.setattr(group_modes, "make_composite", None)
    monkeypatch.setattr("bayesreg.solvers.columns.TILE", 80 * 40)
    monkeypatch.setattr(sparse.csc_array, "toarray", _few_columns(sparse.csc_array.toarray, 60))
    path = model.path(8, ratio=0.5)
    assert path.gaps.max() <= ROUNDING
    assert np.abs(path.modes.betas - dense.modes.betas).max() <= 1e-9


def _few_columns(method, limit):
    def checked(self, *given, **named):
        assert self.shape[0] < 80 or self.shape[1] <= limit
        return method(self, *given, **named)

    return checked


def test_a_stalled_solve_is_taken_over_by_the_solver_for_any_law(monkeypatch):
    X, y, groups = problem(50, 40)
    model = make(X, y, dict.fromkeys(groups, br.GroupLasso(3.0)))
    plain = model.fit()
    monkeypatch.setattr("bayesreg.solvers.groups.MAX_ROUNDS", 1)
    other = make(X, y, dict.fromkeys(groups, br.GroupLasso(3.0))).fit()
    assert other.record.algorithm == group_modes.REPAIRED != plain.record.algorithm
    assert np.abs(other.mode.beta - plain.mode.beta).max() <= 1e-9
    assert other.certificate.kkt <= ROUNDING


def norms(l1, height):
    return Norms(np.full(7, l1), np.zeros(7), np.array([0, 0, 0, 1, 1, 1, 1]), np.array([height, 2.0 * height]))


@pytest.mark.parametrize(("l1", "height"), [(0.0, 1.3), (0.7, 0.4), (0.2, 2.0)])
def test_the_gauge_is_the_multiple_that_holds_a_group(l1, height):
    law, score = norms(l1, height), np.random.default_rng(1).normal(size=7)
    for group, at in enumerate((slice(0, 3), slice(3, 7))):

        def excess(t, at=at, group=group):
            return np.linalg.norm(np.maximum(np.abs(score[at]) - l1 * t, 0.0)) - t * law.height[group]

        assert law.gauge(score)[group] == pytest.approx(brentq(excess, 0.0, 100.0, xtol=1e-14), rel=1e-12)
    held = law.multiplied(float(law.gauge(score).max()) * (1.0 + 1e-12))
    assert not held.distance(np.zeros(7), score).any()


def test_the_lowest_point_along_a_line():
    rng = np.random.default_rng(2)
    for l1 in (0.0, 0.5):
        law = norms(l1, 0.8)
        for _ in range(20):
            x, d = rng.normal(size=7), rng.normal(size=7)
            gain, bend = float(rng.normal() + 6.0), float(rng.uniform(2.0, 12.0))

            def value(t, law=law, x=x, d=d, gain=gain, bend=bend):
                return -gain * t + 0.5 * bend * t * t + law.value(x + t * d)

            step = line_minimum(law, x, d, gain, bend)
            best = minimize_scalar(value, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-10})
            assert value(step) <= value(0.0)
            assert value(step) <= best.fun + 1e-4 * (value(0.0) - best.fun) + 1e-12 or step == 1.0


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_conjugate_gradients_under_an_aged_factor(kind):
    rng = np.random.default_rng(3)
    root = rng.normal(size=(60, 40))
    matrix, r = root.T @ root + np.eye(40), rng.normal(size=40)

    class System:
        face = np.ones(40, dtype=bool)
        bend = np.diag(matrix)

        def times(self, v):
            return matrix @ v

    aged = matrix[:36, :36] * rng.uniform(0.9, 1.1)
    x, reached = conjugate_gradients(System(), Factor(aged.astype(kind), np.arange(36)), r, 1e-9, 40)
    assert reached
    assert np.linalg.norm(matrix @ x - r) <= 1.1e-9 * np.linalg.norm(r)


def test_turned_columns_are_products_with_blocks():
    rng = np.random.default_rng(4)
    Z, order = rng.normal(size=(9, 7)), rng.permutation(7)
    groups = [(order[:3], rng.normal(size=(3, 3))), (order[3:5], rng.normal(size=(2, 2)))]
    T = np.eye(7)
    for at, block in groups:
        T[np.ix_(at, at)] = block
    turned, whole, w = make_turned(Z, groups), Z @ T, rng.uniform(0.5, 2.0, 9)
    v, some = rng.normal(size=(7, 2)), np.array([5, 0, 3])
    for found, wanted in (
        (turned @ v, whole @ v),
        (turned @ v[:, 0], whole @ v[:, 0]),
        (turned.T @ Z, whole.T @ Z),
        (turned[:, some], whole[:, some]),
        (turned.gram(w), whole.T @ (w[:, None] * whole)),
        (turned.square_sums(w), w @ whole**2),
        (turned.inverse(T @ v[:, 0]), v[:, 0]),
    ):
        assert np.abs(found - wanted).max() <= 1e-12
