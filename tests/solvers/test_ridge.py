"""Ridge at all strengths from one factorisation: against normal equations, augmented least squares and iterations."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.linalg import lstsq

import bayesreg as br
from bayesreg.solvers import conjugate, ridge
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import make_problem
from bayesreg.solvers.ridge import find_ridge, solve_ridge, spectrum_of
from bayesreg.solvers.ridge_factor import make_ridge_path
from bayesreg.solvers.unit import penalty_root

STRENGTHS = np.array([10.0, 1.0, 0.1])
SHAPES = [(60, 12), (12, 40), (20, 20), (21, 20)]


def problem_of(n, p, kind, *, is_sparse=False, near=0.0, weighted=True):
    """Return a Gaussian problem of a kind of penalty; ``near``: two columns and two rows differ by so little."""
    rng = np.random.default_rng(n + p)
    X = rng.standard_normal((n, p)) * (rng.random((n, p)) < 0.6) + 0.3
    if near:
        X[:, 1] = X[:, 0] + near * X[:, 1]
        X[1] = X[0] + near * X[1]
    second = np.diff(np.eye(p), 2, axis=0)
    penalty = {
        "l2": br.L2(2.0),
        "plain": br.L2(2.0),
        "flat": {"x0": br.Flat(), "x2": br.Flat(), ...: br.L2(2.0)},
        "form": br.Tikhonov(second.T @ second, lam=3.0),
    }[kind]
    model = br.Model.from_arrays(
        X,
        X[:, 0] + rng.standard_normal(n),
        penalty=penalty,
        names=[f"x{j}" for j in range(p)],
        weights=br.Weights(rng.integers(0 if n > 30 else 1, 4, n), kind="precision") if weighted else None,
        offset=rng.standard_normal(n),
        dispersion=1.0,
        intercept=kind != "plain",
    )
    design = replace(model.design, X=sparse.csc_array(X)) if is_sparse else model.design
    return make_problem(design, model.resolved)


def augmented(problem, t):
    """Return rows (n + r, m) and response of the least-squares problem that a ridge is."""
    root = np.sqrt(problem.weights)
    rows = np.vstack([as_array(problem.Z) * root[:, None], np.sqrt(t) * penalty_root(problem)])
    y = root * (problem.y - problem.offset)
    return rows, np.concatenate([y, np.zeros(rows.shape[0] - y.size)])


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("kind", ["l2", "plain", "flat", "form"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("near", [0.0, 1e-3])
def test_one_factorisation_has_all_that_normal_equations_have_at_each_strength(shape, kind, is_sparse, near):
    """The inverse here loses the square of the condition number, up to 1e6 of 1e16 where ``near`` is 1e-3."""
    problem = problem_of(*shape, kind, is_sparse=is_sparse, near=near)
    path = make_ridge_path(problem)
    g, (residual, slack), variances = path.coordinates(STRENGTHS), path.rows(STRENGTHS), path.variances(STRENGTHS)
    tolerance = 1e-9 if near else 1e-11
    n = shape[0]
    for k, t in enumerate(STRENGTHS):
        rows, y = augmented(problem, t)
        precision = rows.T @ rows
        inverse = np.linalg.inv(precision)
        expected = lstsq(rows, y)[0]
        left = (y - rows @ expected)[:n]
        leverage = np.einsum("ij,jk,ik->i", rows[:n], inverse, rows[:n])
        np.testing.assert_allclose(g[k], expected, rtol=0, atol=tolerance * np.abs(expected).max())
        np.testing.assert_allclose(residual[:, k], left, rtol=0, atol=tolerance * np.abs(left).max())
        np.testing.assert_allclose(slack[:, k], 1.0 - leverage, rtol=0, atol=tolerance)
        np.testing.assert_allclose(variances[k], np.diag(inverse), rtol=tolerance)
        assert path.edf(STRENGTHS)[k] == pytest.approx(leverage.sum(), rel=tolerance)
        assert path.residual_dof(STRENGTHS)[k] == pytest.approx(n - leverage.sum(), rel=tolerance)
        assert path.residual_sum(STRENGTHS)[k] == pytest.approx(left @ left, rel=tolerance)
        assert path.misfit(STRENGTHS)[k] == pytest.approx(((y - rows @ expected) ** 2).sum(), rel=tolerance)
        log_determinant = np.linalg.slogdet(precision)[1]
        assert path.log_determinant(STRENGTHS)[k] == pytest.approx(log_determinant, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_nearly_equal_columns_under_weak_penalties_keep_their_digits(shape, is_sparse):
    """Squares of size 1e-14 beside 1: eigenvalues of inner products alone would be noise, and the scores 1e-8."""
    problem = problem_of(*shape, "l2", is_sparse=is_sparse, near=1e-7)
    t = np.geomspace(1e2, 1e-9, 12)
    found = find_ridge(problem, t)
    for k, strength in enumerate(t):
        rows, y = augmented(problem, strength)
        score = rows.T @ (y - rows @ found.g[k])
        assert np.abs(score).max() < 1e-11 * np.linalg.norm(rows, axis=0).max() * np.linalg.norm(y)
        reference = ((y - rows @ lstsq(rows, y, cond=1e-16)[0]) ** 2).sum()
        assert ((y - rows @ found.g[k]) ** 2).sum() <= reference * (1.0 + 1e-10)


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_columns_whose_squares_span_12_digits_are_seen_to_the_last(shape, is_sparse):
    """Singular values from 1 to 1e-6: dense columns are decomposed, sparse ones corrected in all poor directions."""
    n, p = shape
    rng = np.random.default_rng(3)
    left, right = (np.linalg.qr(rng.standard_normal((k, min(n, p))))[0] for k in (n, p))
    X = (left * np.geomspace(1.0, 1e-6, min(n, p))) @ right.T
    model = br.Model.from_arrays(X, rng.standard_normal(n), penalty=br.L2(), dispersion=1.0, standardize=False)
    design = replace(model.design, X=sparse.csc_array(X)) if is_sparse else model.design
    problem = make_problem(design, model.resolved)
    assert is_sparse or "singular value" in make_ridge_path(problem).how
    t = np.geomspace(10.0, 1e-10, 5)
    found = find_ridge(problem, t)
    squares = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)] ** 2
    np.testing.assert_allclose(found.edf, 1.0 + (squares / (squares + t[:, None])).sum(axis=1), rtol=1e-7)
    for k, strength in enumerate(t):
        rows, y = augmented(problem, strength)
        score = rows.T @ (y - rows @ found.g[k])
        assert np.abs(score).max() < 1e-11 * np.linalg.norm(rows, axis=0).max() * np.linalg.norm(y)


@pytest.mark.parametrize("kind", ["l2", "plain", "flat", "form"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_single_strength_is_the_point_of_the_path_by_another_factor(shape, kind):
    for near in (0.0, 1e-7):
        problem = problem_of(*shape, kind, near=near)
        rows, y = augmented(problem, 1.0)
        expected = lstsq(rows, y)[0]
        np.testing.assert_allclose(solve_ridge(problem), expected, rtol=0, atol=1e-11 * np.abs(expected).max())


@pytest.mark.parametrize("kind", ["l2", "plain", "flat", "form"])
@pytest.mark.parametrize("shape", SHAPES)
def test_conjugate_gradients_reach_the_closed_form(shape, kind, monkeypatch):
    """A gradient of 1e-12 of its start is a distance of that times the condition number, at most 1e4 here."""
    problem = problem_of(*shape, kind)
    exact = find_ridge(problem, STRENGTHS)
    monkeypatch.setattr(ridge, "LARGEST", 5)
    monkeypatch.setattr(conjugate, "NUMBERS", 2 * problem.l2.size)  # two strengths at a time
    found = find_ridge(problem, STRENGTHS)
    assert found.converged
    assert found.iterations > 1
    assert "conjugate gradients" in found.algorithm
    assert np.isnan(found.edf).all()
    np.testing.assert_allclose(found.g, exact.g, rtol=0, atol=1e-8 * np.abs(exact.g).max())


def test_conjugate_gradients_that_stop_early_say_so(monkeypatch):
    monkeypatch.setattr(ridge, "LARGEST", 5)
    monkeypatch.setattr(conjugate, "MAX_STEPS", 3)
    found = find_ridge(problem_of(60, 12, "l2"), STRENGTHS)
    assert not found.converged
    assert found.iterations == 3


@pytest.mark.parametrize("shape", [(150, 20_000), (20_000, 150)])
def test_sparse_designs_are_not_made_dense(shape):
    """Beside the inner products: strengths times coefficients, and rows, none the size of the design, 24 MB."""
    rng = np.random.default_rng(0)
    n, p = shape
    at = rng.integers(0, n, 8 * p), np.repeat(np.arange(p), 8)
    X = sparse.csc_array(sparse.coo_array((rng.standard_normal(8 * p), at), shape=shape))
    model = br.Model.from_arrays(X, rng.standard_normal(n), penalty=br.L2(2.0), dispersion=1.0)
    problem = make_problem(model.design, model.resolved)
    tracemalloc.start()
    found = find_ridge(problem, STRENGTHS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * n * p / 2
    residual = problem.y[:, None] - problem.Z @ found.g.T
    penalty = problem.l2[:, None] * STRENGTHS * found.g.T
    assert np.abs(problem.Z.T @ residual - penalty).max() < 1e-10 * np.linalg.norm(problem.y)


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_spectrum_is_that_of_the_columns_outside_the_free_ones(shape, is_sparse, monkeypatch):
    problem = problem_of(*shape, "flat", is_sparse=is_sparse)
    v = problem.weights + 0.5
    Z = as_array(problem.Z) * np.sqrt(v)[:, None]
    out = problem.l2 <= 0.0
    basis = np.linalg.qr(Z[:, out])[0]
    scaled = Z[:, ~out] / np.sqrt(problem.l2[~out])
    d = np.linalg.svd(scaled - basis @ (basis.T @ scaled), compute_uv=False) ** 2
    found = np.sort(spectrum_of(problem, v))[::-1]
    np.testing.assert_allclose(found[: d.size], d, rtol=0, atol=1e-12 * d.max())
    monkeypatch.setattr(ridge, "LARGEST", 5)
    np.testing.assert_allclose(spectrum_of(problem, v), d.max(), rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_columns_are_left_as_they_are(shape):
    problem = problem_of(*shape, "flat", near=1e-3)
    before = problem.Z.copy()
    path = make_ridge_path(problem)
    path.coordinates(STRENGTHS), path.rows(STRENGTHS), path.variances(STRENGTHS), solve_ridge(problem)
    np.testing.assert_array_equal(problem.Z, before)
