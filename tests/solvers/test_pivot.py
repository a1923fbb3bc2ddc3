"""Block pivoting: the inverse that follows the active set, and paths against conditions written out by hand."""

import numpy as np
import pytest

from bayesreg.solvers.active_set import solve_quadratic
from bayesreg.solvers.held import enter, hold, leave
from bayesreg.solvers.pivot import Pivoting
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.segments import Segments

EXACT = 1e-12  # of the largest correlation: sums of up to 200 products, and a column enters from this on
SAME = 1e-11  # of the largest coefficient: 1e-14 was seen, and the active columns have conditions of a few hundred


def correlated(n, m, rho, seed=0):
    """Return columns (n, m) of equal correlation and unit root mean square, and a response of five of them."""
    rng = np.random.default_rng(seed)
    Z = np.sqrt(1.0 - rho) * rng.normal(size=(n, m)) + np.sqrt(rho) * rng.normal(size=(n, 1))
    Z -= Z.mean(axis=0)
    Z /= np.sqrt(np.mean(Z**2, axis=0))
    y = Z[:, :5] @ [2.0, -1.5, 1.0, 0.5, -0.5] + rng.normal(size=n)
    return np.asfortranarray(Z), y - y.mean()


def make_loss(Z, y, weights=None):
    w = np.ones(y.size) if weights is None else weights
    return Quadratic(Z, w, w * y, np.zeros(Z.shape[1]))


def violation(Z, y, w, g, l1, l2, positive):
    """Return the largest distance of the score to the subdifferential of the penalty, over the largest correlation."""
    score = Z.T @ (w * (y - Z @ g)) - l2 * g
    outside = np.maximum(np.where(positive, score, np.abs(score)) - l1, 0.0)
    distance = np.where(g != 0.0, np.abs(score - l1 * np.sign(g)), outside)
    assert np.all(g[positive] >= 0.0)
    return distance.max() / np.abs(Z.T @ (w * y)).max()


def largest(Z, y, w, l1):
    """Return a multiplier of the order of the one at which the first coordinate leaves 0."""
    sparse = l1 > 0.0
    return float((np.abs(Z.T @ (w * y))[sparse] / l1[sparse]).max())


def objective(Z, y, w, g, l1, l2):
    return 0.5 * w @ (y - Z @ g) ** 2 + l1 @ np.abs(g) + 0.5 * l2 @ g**2


def random_gram(k=12, seed=3):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(30, k))
    return rows.T @ rows, rng.uniform(0.0, 2.0, k)


def assert_inverse(held, gram, ridge):
    inner = gram[np.ix_(held.at, held.at)] + np.diag(ridge[held.at])
    np.testing.assert_allclose(held.inverse, np.linalg.inv(inner), rtol=0, atol=1e-10 * np.abs(held.inverse).max())


@pytest.mark.parametrize("squares", [0.0, 1.0], ids=["bare", "ridge"])
def test_the_inverse_follows_every_change(squares):
    """To 1e-10: each of the six changes multiplies rounding by at most the condition, below 100."""
    gram, ridge = random_gram()
    ridge *= squares
    held = hold(gram, np.array([7, 2, 4]), np.array([1.0, -1.0, 0.0]), ridge)
    assert_inverse(held, gram, ridge)
    for new in ([1, 9, 0], [11], [3, 10]):
        held = enter(held, gram, np.array(new), np.full(len(new), -1.0), ridge)
        assert_inverse(held, gram, ridge)
    np.testing.assert_array_equal(held.at, [7, 2, 4, 1, 9, 0, 11, 3, 10])
    np.testing.assert_array_equal(held.sign, [1, -1, 0, *[-1] * 6])
    held = leave(held, np.isin(held.at, [2, 9, 10]))
    np.testing.assert_array_equal(held.at, [7, 4, 1, 0, 11, 3])
    np.testing.assert_array_equal(held.sign, [1, 0, -1, -1, -1, -1])
    assert_inverse(held, gram, ridge)
    held = leave(held, np.ones(6, dtype=bool))
    assert_inverse(enter(held, gram, np.array([5]), np.ones(1), ridge), gram, ridge)


def test_a_wrong_block_is_seen():
    gram, ridge = random_gram()
    held = enter(hold(gram, np.array([7, 2]), np.ones(2), ridge), gram, np.array([4]), np.ones(1), ridge)
    wrong = held.inverse.copy()
    wrong[:2, :2] = hold(gram, np.array([7, 2]), np.ones(2), ridge).inverse
    with pytest.raises(AssertionError):
        assert_inverse(held._replace(inverse=wrong), gram, ridge)


def test_collinear_columns_are_not_held():
    gram, _ = random_gram()
    mix = np.eye(12)
    mix[:, 5] = mix[:, 1] - 2.0 * mix[:, 3]
    gram, none = mix.T @ gram @ mix, np.zeros(12)
    assert hold(gram, np.array([1, 3, 5]), np.ones(3), none) is None
    two = hold(gram, np.array([1, 3]), np.ones(2), none)
    assert enter(two, gram, np.array([5]), np.ones(1), none) is None
    assert enter(two, gram, np.array([0, 5]), np.ones(2), none) is None
    ridged = hold(gram, np.array([1, 3]), np.ones(2), np.ones(12))
    assert_inverse(enter(ridged, gram, np.array([5]), np.ones(1), np.ones(12)), gram, np.ones(12))


def cases():
    """Yield (name, Z, y, weights, l1, l2, positive)."""
    rng = np.random.default_rng(8)
    for name, n, m, rho in [("tall", 120, 40, 0.3), ("wide", 50, 200, 0.3), ("tall .9", 120, 40, 0.9)]:
        Z, y = correlated(n, m, rho)
        one, zero, no = np.ones(n), np.zeros(m), np.zeros(m, dtype=bool)
        free = np.where(np.isin(np.arange(m), [0, 7, 9]), 0.0, 1.0)
        yield name, Z, y, one, np.ones(m), zero, no
        yield f"{name}, positive", Z, y, one, np.ones(m), zero, ~no
        yield f"{name}, three free", Z, y, one, free, zero, no
        yield f"{name}, own l1", Z, y, one, rng.uniform(0.5, 2.0, m), zero, np.arange(m) % 3 == 0
        yield f"{name}, own l1 and l2", Z, y, one, free, rng.uniform(0.0, 0.5, m), no
        weights = rng.integers(0, 3, n) * rng.uniform(0.5, 1.5, n)
        yield f"{name}, weights", Z, y, weights, np.ones(m), zero, no
        yield f"{name}, offset", Z, y - rng.normal(size=n), one, np.ones(m), np.full(m, 0.1), np.arange(m) < 10
    Z, y = correlated(40, 150, 0.9)
    yield "wide .9", Z, y, np.ones(40), np.ones(150), np.zeros(150), np.zeros(150, dtype=bool)


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_every_point_meets_the_conditions_and_is_that_of_the_active_set(case):
    _, Z, y, w, l1, l2, positive = case
    loss = make_loss(Z, y, w)
    factors = 1.05 * largest(Z, y, w, l1) * np.geomspace(1.0, 2e-2, 20)
    path = Pivoting(loss, l1, l2, positive)
    points = path.follow(factors)
    other = make_loss(Z, y, w)
    for t, point in zip(factors, points, strict=True):
        point = path.repaired(point, t)
        g = point.dense(l1.size)
        assert point.converged
        assert violation(Z, y, w, g, t * l1, t * l2, positive) <= EXACT
        expected, _, reached = solve_quadratic(other, t * l1, t * l2, positive)
        assert reached
        np.testing.assert_allclose(g, expected, rtol=0, atol=SAME * max(np.abs(expected).max(), 1e-3))
    assert np.count_nonzero(g) >= 4
    assert path.steps >= sum(point.steps for point in points) > 0


def test_a_wrong_point_is_seen():
    _, Z, y, w, l1, l2, positive = CASES[0]
    t = 0.1 * largest(Z, y, w, l1)
    g = Pivoting(make_loss(Z, y, w), l1, l2, positive).follow_to(t).dense(l1.size)
    assert violation(Z, y, w, g, t * l1, l2, positive) <= EXACT
    assert violation(Z, y, w, g * (1.0 + 1e-9), t * l1, l2, positive) > 100.0 * EXACT
    assert violation(Z, y, w, g, 1.001 * t * l1, l2, positive) > 1e-5


@pytest.mark.parametrize(("n", "m", "rho"), [(120, 40, 0.9), (50, 200, 0.3)])
def test_the_walk_from_change_to_change_ends_at_the_same_point(n, m, rho):
    Z, y = correlated(n, m, rho)
    l1, zero, no = np.ones(m), np.zeros(m), np.zeros(m, dtype=bool)
    top = largest(Z, y, np.ones(n), l1)
    loss = make_loss(Z, y)
    loss.require(np.arange(m))
    lines = Segments(loss, l1, zero, no)
    nothing = np.zeros(0)
    start = lines.state(hold(loss.store, nothing.astype(int), nothing, zero), top)
    end = lines.walk(start, 0.05 * top)
    g = np.zeros(m)
    g[loss.columns[end.held.at]] = lines.value(end)
    expected = solve_quadratic(make_loss(Z, y), 0.05 * top * l1, zero, no)[0]
    np.testing.assert_allclose(g, expected, rtol=0, atol=SAME * np.abs(expected).max())
    assert violation(Z, y, np.ones(n), g, 0.05 * top * l1, zero, no) <= EXACT


def test_where_pivoting_does_not_settle_the_walk_is_taken(monkeypatch):
    """Pivoting is stopped after one exchange, so that each strength of the path is reached by walking."""
    Z, y = correlated(120, 40, 0.9)
    l1, zero, no = np.ones(40), np.zeros(40), np.zeros(40, dtype=bool)
    monkeypatch.setattr("bayesreg.solvers.segments.MOST_ROUNDS", 1)
    walks, walk = [], Segments.walk

    def counted(self, state, t):
        walks.append(t)
        return walk(self, state, t)

    monkeypatch.setattr(Segments, "walk", counted)
    monkeypatch.setattr(Pivoting, "_fall_back", None)
    factors = largest(Z, y, np.ones(120), l1) * np.geomspace(1.0, 1e-2, 8)
    for t, point in zip(factors, Pivoting(make_loss(Z, y), l1, zero, no).follow(factors), strict=True):
        assert violation(Z, y, np.ones(120), point.dense(40), t * l1, zero, no) <= EXACT
    assert len(walks) >= 5


@pytest.mark.parametrize("squares", [0.0, 0.2], ids=["lasso", "elastic net"])
@pytest.mark.parametrize("kind", ["duplicates", "saturated", "three in a plane"])
def test_collinear_columns_are_solved_too(kind, squares):
    """The coefficients of a lasso are not unique here: its objective and conditions are compared."""
    if kind == "saturated":
        Z, y = correlated(30, 90, 0.3)
    else:
        Z, y = correlated(80, 30, 0.3)
        Z = np.hstack([Z, Z[:, :6] if kind == "duplicates" else (Z[:, [0, 1]] + Z[:, [2, 3]]) / 2.0])
    n, m = Z.shape
    l1, l2, no = np.ones(m), np.full(m, squares), np.zeros(m, dtype=bool)
    factors = largest(Z, y, np.ones(n), l1) * np.geomspace(1.0, 1e-6, 25)
    path, other = Pivoting(make_loss(Z, y), l1, l2, no), make_loss(Z, y)
    for t, point in zip(factors, path.follow(factors), strict=True):
        g = path.repaired(point, t).dense(m)
        assert violation(Z, y, np.ones(n), g, t * l1, t * l2, no) <= EXACT
        expected = solve_quadratic(other, t * l1, t * l2, no)[0]
        value, least = (objective(Z, y, np.ones(n), x, t * l1, t * l2) for x in (g, expected))
        assert value <= least + 1e-12 * (y @ y)


@pytest.mark.parametrize("shape", [(120, 40), (50, 200)], ids=["tall", "wide"])
@pytest.mark.parametrize(
    "shares", [[1e-4], [0.3], [2.0, 1e-4], [1.5, 0.9, 1e-3, 9e-4], [0.5, 0.5, 0.5]], ids=lambda shares: str(shares)
)
def test_gaps_between_strengths_do_not_matter(shape, shares):
    Z, y = correlated(*shape, 0.5)
    n, m = shape
    l1, zero, no = np.ones(m), np.zeros(m), np.zeros(m, dtype=bool)
    factors = largest(Z, y, np.ones(n), l1) * np.array(shares)
    path = Pivoting(make_loss(Z, y), l1, zero, no)
    for t, point in zip(factors, path.follow(factors), strict=True):
        assert violation(Z, y, np.ones(n), path.repaired(point, t).dense(m), t * l1, zero, no) <= EXACT


def test_the_solution_at_one_strength_by_way_of_larger_ones():
    Z, y = correlated(50, 200, 0.5)
    l1, zero, no = np.where(np.arange(200) == 3, 0.0, 1.0), np.zeros(200), np.zeros(200, dtype=bool)
    for share in (3.0, 0.9, 0.02):
        t = share * largest(Z, y, np.ones(50), l1)
        point = Pivoting(make_loss(Z, y), l1, zero, no).follow_to(t)
        assert point.converged
        assert violation(Z, y, np.ones(50), point.dense(200), t * l1, zero, no) <= EXACT


def test_a_solution_is_settled_from_a_point_nearby():
    Z, y = correlated(50, 200, 0.5)
    zero, no = np.zeros(200), np.zeros(200, dtype=bool)
    l1 = np.full(200, 0.1 * largest(Z, y, np.ones(50), np.ones(200)))
    near = solve_quadratic(make_loss(Z, y), 1.3 * l1, zero, no)[0]
    path = Pivoting(make_loss(Z, y), l1, zero, no)
    g, held = path.settled(near, None)
    assert violation(Z, y, np.ones(50), g, l1, zero, no) <= EXACT
    again, _ = path.settled(g, held)
    np.testing.assert_allclose(again, g, rtol=0, atol=SAME * np.abs(g).max())
