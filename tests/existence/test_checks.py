from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from bayesreg.errors import RankError, SeparationError
from bayesreg.existence import check_maximum, check_rank, separating_direction


def ones(*columns):
    columns = [np.asarray(column, dtype=float) for column in columns]
    return np.column_stack([np.ones(columns[0].size), *columns])


def names(Z):
    return ["Intercept", *(f"x{j}" for j in range(1, Z.shape[1]))]


def has_maximum(Z, y, family):
    """Stiemke's alternative, solved as its own programme: residuals r with Z'r = 0 and the signs of y, strictly."""
    if family == "bernoulli":
        A, free = np.where(y > 0, 1.0, -1.0)[:, None] * Z, np.zeros((0, Z.shape[1]))
    else:
        A, free = -Z[y == 0], Z[y > 0]
    if A.shape[0] == 0:
        return True
    m, k = A.shape
    # maximise t over w >= t >= 0 on the rows with a sign, v free on the others, A'w + free'v = 0, sum w = 1
    equal = np.vstack([np.hstack([A.T, free.T, np.zeros((k, 1))]), np.r_[np.ones(m), np.zeros(free.shape[0] + 1)]])
    above = np.hstack([-np.eye(m), np.zeros((m, free.shape[0])), np.ones((m, 1))])
    bounds = [(0, None)] * m + [(None, None)] * free.shape[0] + [(0, 1)]
    cost = np.r_[np.zeros(m + free.shape[0]), -1.0]
    solved = linprog(cost, A_ub=above, b_ub=np.zeros(m), A_eq=equal, b_eq=np.r_[np.zeros(k), 1.0], bounds=bounds)
    return bool(solved.status == 0 and -solved.fun > 1e-7)


# ---- rank


def test_full_rank_passes_even_when_ill_conditioned():
    x = np.linspace(-8.78146449, -3.132002491, 82)
    check_rank(np.column_stack([x**j for j in range(11)]), [f"x^{j}" for j in range(11)])  # as NIST Filip
    w = np.arange(21.0)
    check_rank(np.column_stack([w**j for j in range(6)]), list("abcdef"))  # NIST Wampler
    check_rank(ones(1e9 + np.arange(10.0)), ["Intercept", "late"])


def test_dependent_column_and_its_combination_are_named():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 30))
    with pytest.raises(RankError, match=r"1 of 4 unpenalised columns is") as caught:
        check_rank(ones(a, b, 3.0 + 2.0 * a - 5.0 * b), ["Intercept", "a", "b", "c"])
    message = str(caught.value)
    assert all(repr(name) in message for name in ("a", "b", "c"))


def test_combination_reproduces_the_dependent_column():
    from bayesreg.existence.dependence import dependence

    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 30)) * np.array([[1e6], [1e-5]])
    Z = ones(a, b, 7.0 + a, b - 2.0 * a)
    found = dependence(Z)
    assert found.dependent.size == 2
    again = Z[:, found.independent] @ found.combination
    np.testing.assert_allclose(again, Z[:, found.dependent], rtol=1e-9, atol=1e-9 * np.abs(Z).max())


def test_dummy_trap_and_constant_and_zero_columns():
    g = np.arange(12) % 3
    with pytest.raises(RankError, match=r"'g\[c\]' = 1 \* 'Intercept' \+ -1 \* 'g\[a\]' \+ -1 \* 'g\[b\]'"):
        check_rank(ones(g == 0, g == 1, g == 2), ["Intercept", "g[a]", "g[b]", "g[c]"])
    with pytest.raises(RankError, match=r"'flat' = 4 \* 'Intercept'"):
        check_rank(ones(g, np.full(12, 4.0)), ["Intercept", "g", "flat"])
    with pytest.raises(RankError, match="'none' is all zero"):
        check_rank(ones(g, np.zeros(12)), ["Intercept", "g", "none"])
    with pytest.raises(RankError, match="'b'"):
        check_rank(np.column_stack([g, 2.0 * g]), ["a", "b"])


def test_more_columns_than_rows():
    Z = ones(*np.random.default_rng(3).normal(size=(9, 6)))
    with pytest.raises(RankError, match=r"4 of 10 unpenalised columns are .* There are only 6 rows"):
        check_rank(Z, names(Z))


@pytest.mark.parametrize("size", [1e-200, 1e-8, 1.0, 1e8, 1e200])
def test_units_do_not_decide(size):
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 20))
    check_rank(ones(a, b * size), ["Intercept", "a", "b"])
    with pytest.raises(RankError, match="'c'"):
        check_rank(ones(b, b * size), ["Intercept", "b", "c"])


def test_tall_matrix_takes_the_same_decision_as_a_short_one():
    rng = np.random.default_rng(5)
    Z = ones(*rng.normal(size=(3, 5000)))
    check_rank(Z, names(Z))
    with pytest.raises(RankError):
        check_rank(np.column_stack([Z, Z @ [1.0, 2.0, 0.5, 3.0]]), [*names(Z), "sum"])


# ---- separation


def test_gaussian_always_has_a_maximum():
    assert separating_direction(ones(np.arange(4.0)), np.arange(4.0), "gaussian") is None


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        ([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], "complete"),
        ([1, 2, 3, 3, 4, 5], [0, 0, 0, 1, 1, 1], "quasi-complete"),
        ([1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 0, 1], "quasi-complete"),
        ([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], "complete"),
    ],
)
def test_one_column_separates(x, y, kind):
    with pytest.raises(SeparationError, match=rf"'dose' separates the responses \({kind} separation\).*br\.L2"):
        check_maximum(ones(x), np.array(y, dtype=float), "bernoulli", ["Intercept", "dose"])


def test_a_combination_of_columns_separates_completely():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8))
    y = (X[:, 0] + X[:, 1] + X[:, 2] > 0.0).astype(float)
    with pytest.raises(SeparationError, match=r"\(complete separation\)"):
        check_maximum(ones(*X.T), y, "bernoulli", ["Intercept", *"abcdefgh"])


@pytest.mark.parametrize("overlap", [1e-3, 1e-6])
def test_little_overlap_is_a_maximum(overlap):
    x = np.array([0.0, 1.0, 2.0, 2.0 - overlap, 3.0, 4.0])
    y = np.array([0, 0, 0, 1, 1, 1.0])
    check_maximum(ones(x), y, "bernoulli", ["Intercept", "x"])
    x[3] = 2.0
    assert separating_direction(ones(x), y, "bernoulli") is not None


def test_separation_by_two_columns_only_together():
    rng = np.random.default_rng(6)
    a, b, c = rng.normal(size=(3, 80))
    y = (a + 0.7 * b > 0.1).astype(float)
    d = separating_direction(ones(a, b, c), y, "bernoulli")
    assert np.all((2 * y - 1) * (ones(a, b, c) @ d) >= -1e-12)  # rows on the boundary, to rounding
    with pytest.raises(SeparationError, match=r"a combination of .*'b'"):
        check_maximum(ones(a, b, c), y, "bernoulli", ["Intercept", "a", "b", "c"])


def test_quasi_separation_on_a_diagonal():
    grid = np.array(list(itertools.product(range(4), range(4))), dtype=float)
    a, b = grid.T
    y = (a > b).astype(float)
    y[(a == b)] = np.array([0, 1, 0, 1.0])
    d = separating_direction(ones(a, b), y, "bernoulli")
    margin = (2 * y - 1) * (ones(a, b) @ d)
    assert margin.min() >= -1e-12
    assert margin.max() > 0.1
    y[(a == 2) & (b == 0)] = 0.0
    assert separating_direction(ones(a, b), y, "bernoulli") is None


def test_only_the_columns_at_fault_are_named():
    rng = np.random.default_rng(7)
    n = 120
    g, h = rng.integers(0, 2, size=(2, n)).astype(float)
    others = rng.normal(size=(4, n))
    y = rng.integers(0, 2, size=n).astype(float)
    y[(g * h) > 0] = 1.0
    Z = ones(g, h, g * h, *others)
    with pytest.raises(SeparationError, match="'g:h'") as caught:
        check_maximum(Z, y, "bernoulli", ["Intercept", "g", "h", "g:h", *"abcd"])
    assert not any(repr(name) in str(caught.value) for name in "abcd")


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
def test_random_integer_designs_agree_with_the_dual_programme(family):
    rng = np.random.default_rng(8)
    counts = {True: 0, False: 0}
    for trial in range(200):
        n, k = int(rng.integers(6, 14)), int(rng.integers(2, 5))
        Z = rng.integers(-2, 3, size=(n, k)).astype(float)
        Z = np.column_stack([np.ones(n), Z]) if trial % 2 else Z
        if np.linalg.matrix_rank(Z) < Z.shape[1]:
            continue
        y = rng.integers(0, 2, size=n).astype(float) * (1.0 if family == "bernoulli" else 3.0)
        y *= rng.random(n) < 0.5 if family == "poisson" else 1.0
        d = separating_direction(Z, y, family)
        expected = has_maximum(Z, y, family)
        counts[expected] += 1
        assert (d is None) == expected, (trial, Z, y)
        if d is not None:
            margin = (2 * y - 1) * (Z @ d) if family == "bernoulli" else np.where(y > 0, -np.abs(Z @ d), -(Z @ d))
            assert margin.min() >= -1e-9 * np.abs(d).max()
            assert margin.max() > 1e-6 * np.abs(d).max()
    assert min(counts.values()) > 30


def test_near_separated_large_sample_is_certified():
    rng = np.random.default_rng(9)
    Z = ones(*rng.normal(size=(5, 20_000)))
    y = (Z @ [0.1, 4.0, -4.0, 2.0, 0.0, 0.0] + rng.logistic(size=20_000) > 0).astype(float)
    assert separating_direction(Z, y, "bernoulli") is None
    separated = (Z @ [0.1, 4.0, -4.0, 2.0, 0.0, 0.0] > 0).astype(float)
    d = separating_direction(Z, separated, "bernoulli")
    assert np.all((2 * separated - 1) * (Z @ d) >= -1e-12)  # rows on the boundary, to rounding


def test_a_strong_signal_with_far_rows_is_certified_without_a_programme(monkeypatch):
    rng = np.random.default_rng(12)
    x = rng.standard_t(2, size=5000) * 30.0
    y = (x + rng.logistic(size=5000) > 0).astype(float)

    def never(*_):
        raise AssertionError("no linear programme is needed")

    monkeypatch.setattr("bayesreg.existence.recession._linear_program", never)
    assert separating_direction(ones(x, rng.normal(size=5000)), y, "bernoulli") is None


def test_one_class_and_all_zero_counts():
    Z = ones(np.arange(5.0))
    for value in (0.0, 1.0):
        with pytest.raises(SeparationError, match=rf"all 5 responses are {value:g}"):
            check_maximum(Z, np.full(5, value), "bernoulli", names(Z))
    with pytest.raises(SeparationError, match="all 5 responses are 0"):
        check_maximum(Z, np.zeros(5), "poisson", names(Z))
    check_maximum(Z, np.ones(5), "poisson", names(Z))


def test_one_class_without_an_intercept_depends_on_the_design():
    y = np.ones(4)
    assert separating_direction(np.array([[-1.0], [1.0], [2.0], [-3.0]]), y, "bernoulli") is None
    assert separating_direction(np.array([[0.0], [1.0], [2.0], [3.0]]), y, "bernoulli") is not None


def test_poisson_group_of_zeros_is_named():
    rng = np.random.default_rng(10)
    g = (np.arange(60) % 3 == 0).astype(float)
    x = rng.normal(size=60)
    y = np.where(g > 0, 0.0, rng.poisson(2.0, size=60))
    with pytest.raises(SeparationError, match=r"'g\[b\]' sets apart 20 row\(s\) whose counts are all 0"):
        check_maximum(ones(x, g), y, "poisson", ["Intercept", "x", "g[b]"])
    y[0] = 1.0
    check_maximum(ones(x, g), y, "poisson", ["Intercept", "x", "g[b]"])


def test_poisson_zeros_on_both_sides_keep_the_maximum():
    x = np.array([-1.0, -2.0, 0.0, 0.0, 1.0, 2.0])
    y = np.array([0.0, 0.0, 3.0, 5.0, 0.0, 0.0])
    assert separating_direction(ones(x), y, "poisson") is None
    assert separating_direction(ones(np.abs(x)), y, "poisson") is not None


def test_rows_of_weight_zero_do_not_count():
    x = np.array([1, 2, 3, 4, 5, 6, 7.0])
    y = np.array([0, 0, 0, 1, 1, 1, 0.0])
    w = np.array([1, 1, 1, 1, 1, 1, 0.0])
    assert separating_direction(ones(x), y, "bernoulli") is None
    with pytest.raises(SeparationError, match="'x1'"):
        check_maximum(ones(x), y, "bernoulli", ["Intercept", "x1"], weights=w)


@pytest.mark.parametrize(("centre", "size"), [(0.0, 1e-150), (0.0, 1e150), (2e7, 1.0)])
def test_origin_and_units_do_not_decide(centre, size):
    rng = np.random.default_rng(11)
    a, b = rng.normal(size=(2, 60))
    wide = centre + size * a
    y = (a + b > 0.0).astype(float)
    assert separating_direction(ones(wide, b), y, "bernoulli") is not None
    y[np.argsort(np.abs(a + b))[-3:]] = 1.0 - y[np.argsort(np.abs(a + b))[-3:]]
    assert separating_direction(ones(wide, b), y, "bernoulli") is None


def test_dependent_columns_do_not_disturb():
    x = np.arange(6.0)
    Z = ones(x, 2.0 * x, x + 1.0)
    assert separating_direction(Z, np.array([0, 0, 1, 0, 1, 1.0]), "bernoulli") is None
    d = separating_direction(Z, np.array([0, 0, 0, 1, 1, 1.0]), "bernoulli")
    assert np.all(np.array([-1, -1, -1, 1, 1, 1]) * (Z @ d) > 0.0)
