"""The certificate against closed forms, weak duality, and fits of other software."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from benchmarks.certificate import certify, exact_loo
from benchmarks.problems import PROBLEMS
from benchmarks.record import Facts, Problem

ROUNDING = 1e-13  # sums of some hundred rows, relative to the loss without slopes


def orthonormal(lam: float = 0.7) -> Problem:
    """Return a lasso whose columns are orthonormal: soft thresholding solves it."""
    rng = np.random.default_rng(1)
    X = np.linalg.qr(rng.standard_normal((40, 6)))[0]
    y = rng.standard_normal(40)
    return Problem(Facts("orthonormal", "", "gaussian", "l1", False, 40, 6, 1), X, y, np.array([lam]))


def test_soft_thresholding_is_certified() -> None:
    problem = orthonormal()
    inner = problem.X.T @ problem.y
    b = np.sign(inner) * np.maximum(np.abs(inner) - 0.7, 0.0)
    proof = certify(problem, b[None], np.zeros(1))
    assert 0 < proof.nonzero[0] < 6
    assert abs(proof.gap[0]) < ROUNDING
    assert proof.kkt[0] < ROUNDING


def test_the_gap_of_zero_is_known() -> None:
    """At 0 the dual point is ``s y`` with ``s = lam / lam_max``: the gap is ``(1 - s)^2`` of the loss."""
    problem = orthonormal()
    s = 0.7 / np.abs(problem.X.T @ problem.y).max()
    proof = certify(problem, np.zeros((1, 6)), np.zeros(1))
    assert proof.gap[0] == pytest.approx((1.0 - s) ** 2, rel=1e-12)
    assert proof.kkt[0] == pytest.approx(1.0 - s, rel=1e-12)
    assert proof.objective[0] == pytest.approx(1.0, rel=1e-14)


def test_the_gap_of_a_ridge_at_zero_is_known() -> None:
    """At 0 the dual point is y: the gap is ``||X'y||^2 / (2 lam)``."""
    problem = replace(orthonormal(3.0), facts=replace(orthonormal(3.0).facts, penalty="l2"))
    inner = problem.X.T @ problem.y
    proof = certify(problem, np.zeros((1, 6)), np.zeros(1))
    assert proof.gap[0] == pytest.approx((inner @ inner) / 3.0 / (problem.y @ problem.y), rel=1e-12)
    solved = certify(problem, (inner / 4.0)[None], np.zeros(1))
    assert abs(solved.gap[0]) < ROUNDING
    assert solved.kkt[0] < ROUNDING


@pytest.mark.parametrize("name", [name for name in PROBLEMS if not name.startswith("ridge")])
def test_zero_is_optimal_at_the_first_strength_alone(name: str) -> None:
    problem = PROBLEMS[name](True)
    mean, level = problem.y.mean(), 0.0
    if problem.facts.intercept:
        odds = mean / (1.0 - mean) if problem.facts.family == "bernoulli" else mean
        level = mean if problem.facts.family == "gaussian" else np.log(odds)
    proof = certify(problem, np.zeros((problem.lams.size, problem.facts.p)), np.full(problem.lams.size, level))
    assert abs(proof.gap[0]) < 1e-12
    assert proof.kkt[0] < 1e-12
    assert np.all(proof.gap[1:] > 1e-3)
    assert np.all(proof.kkt[1:] > 1e-2)


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_other_point_is_lower_than_the_gap_allows(name: str) -> None:
    """Weak duality: the gap of a point bounds its distance in objective from every other point."""
    problem = PROBLEMS[name](True)
    rng, k, p = np.random.default_rng(3), problem.lams.size, problem.facts.p
    points = [0.05 * size * rng.standard_normal((k, p)) / np.sqrt(p) for size in (0.0, 0.1, 1.0, 10.0)]
    proofs = [certify(problem, b, np.full(k, 0.3 if problem.facts.intercept else 0.0)) for b in points]
    lowest = np.min([proof.objective for proof in proofs], axis=0)
    for proof in proofs:
        assert np.all(proof.gap >= proof.objective - lowest - ROUNDING)


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_sparse_and_dense_columns_have_one_certificate(family: str) -> None:
    rng = np.random.default_rng(5)
    X = sparse.random_array((50, 8), density=0.3, rng=rng)
    y = rng.integers(0, 2, 50).astype(float)
    facts = Facts("both", "", family, "l1", True, 50, 8, 1)
    coefs, level = rng.standard_normal((1, 8)), np.array([-0.5])
    one, other = (
        certify(Problem(facts, columns, y, np.array([2.0])), coefs, level)
        for columns in (X.toarray(), sparse.csc_matrix(X))
    )
    assert one.gap == pytest.approx(other.gap, rel=1e-12)
    assert one.kkt == pytest.approx(other.kkt, rel=1e-12)


def test_leaving_each_row_out_by_hand_gives_the_exact_accuracy() -> None:
    from sklearn.linear_model import Ridge

    problem = PROBLEMS["ridge_wide"](True)
    rows = np.arange(problem.facts.n)
    for k in (0, 4, 9):
        residuals = []
        for i in rows:
            fit = Ridge(problem.lams[k], solver="svd").fit(problem.X[rows != i], problem.y[rows != i])
            residuals.append(problem.y[i] - fit.predict(problem.X[[i]])[0])
        assert exact_loo(problem)[k] == pytest.approx(np.square(residuals).sum(), rel=1e-10)
