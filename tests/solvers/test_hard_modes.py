"""Modes where solvers meet their limits: flat levels, uneven curvature, separation, strengths that leave no prior."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import SeparationError


def nearly_dependent(p=10):
    """Return a design (100, p) of rank 3 but for a thousandth, and a response."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 3)) @ rng.normal(size=(3, p)) + 1e-3 * rng.normal(size=(100, p))
    return X, X @ np.linspace(-1.0, 1.0, p) + rng.normal(size=100)


def test_total_variation_is_a_lasso_of_the_differences():
    """Against the lasso of cumulated columns; the first one is free."""
    X, y = nearly_dependent()
    later = np.cumsum(X[:, ::-1], axis=1)[:, ::-1]
    for lam in (1e-6, 0.1, 10.0):
        fit = br.Model.from_arrays(X, y, penalty=br.FusedLasso(lam)).fit()
        names = [f"d{j}" for j in range(10)]
        table = {"d0": br.Flat(), ...: br.L1(lam)}
        other = br.Model.from_arrays(later, y, names=names, penalty=table, standardize=False).fit()
        assert fit.certificate.ok
        assert fit.mode.record.iterations < 500
        assert fit.objective == pytest.approx(other.objective, rel=1e-12)
        assert fit.edf == pytest.approx(other.edf)
        np.testing.assert_allclose(np.diff(fit.params[1:]), other.params[2:], atol=1e-6)


@pytest.mark.parametrize(
    ("term", "penalty"),
    [
        ("cc(bmi, df=8)", br.Smooth(100.0, order=1, cyclic=True)),
        ("cr(bmi, df=8)", br.Smooth(100.0, order=2)),
        ("full(C(sex))", br.Smooth(10.0, order=1)),
    ],
    ids=str,
)
def test_levels_that_the_intercept_takes_are_those_of_a_sum_to_zero_constraint(term, penalty):
    """Against the normal equations in coordinates that sum to zero, which mgcv absorbs; fitted values are the same."""
    fit = br.Model(f"target ~ {term}", br.datasets.diabetes(), penalty=penalty).fit()
    X, y = fit.model.design.X, fit.model.design.y
    d = X.shape[1]
    D = np.diff(np.eye(d), penalty.order, axis=0)
    if penalty.cyclic:
        D = np.roll(np.eye(d), -1, axis=0) - np.eye(d)
    centred = np.linalg.svd(np.ones((1, d)))[2][1:].T
    A = np.column_stack([np.ones(len(y)), X @ centred])
    P = np.zeros((d, d))
    P[1:, 1:] = penalty.lam * centred.T @ D.T @ D @ centred
    expected = A @ np.linalg.solve(A.T @ A + P, A.T @ y)
    np.testing.assert_allclose(fit.predict(), expected, rtol=1e-11)
    assert fit.edf == pytest.approx(np.trace(np.linalg.solve(A.T @ A + P, A.T @ A)))
    assert abs(fit.params[1:].sum()) < 1e-9
    assert fit.certificate.ok


def test_powers_near_one_end_soon_and_their_degrees_of_freedom_are_a_trace():
    """The penalty's curvature spans many powers of ten; the trace is formed here, with scaled rows."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(40, 120))
    y = X[:, :5] @ np.array([3.0, -2.0, 2.0, 1.0, 1.0]) + rng.normal(size=40)
    fit = br.Model.from_arrays(X, y, penalty=br.Bridge(5.0, q=1.05), dispersion=1.0).fit()
    assert fit.certificate.ok
    assert fit.mode.record.iterations < 1000
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    size = np.abs(fit.params[1:].to_numpy() * X.std(axis=0))
    spread = size**0.95 / (5.0 * 1.05 * 0.05)
    K = Z @ (spread[:, None] * Z.T)
    expected = 1.0 + np.trace(np.linalg.solve(K + np.eye(40), K))
    assert fit.edf == pytest.approx(expected, rel=1e-8)


def test_powers_near_one_with_another_family():
    fit = br.Model(
        "malignant ~ .", br.datasets.breast_cancer(), family="bernoulli", penalty=br.Bridge(3.0, q=1.05)
    ).fit()
    assert fit.certificate.kkt < 1e-12
    assert fit.mode.record.iterations < 3000
    assert 8.0 < fit.edf < 20.0


def test_the_prox_of_a_t_law_is_the_lowest_point():
    """Against grids over the whole range, at sizes and pulls over twelve powers of ten."""
    rng = np.random.default_rng(0)
    law = br.StudentT(1.0, 1.0)
    size, step = 10.0 ** rng.uniform(-6.0, 6.0, 2000), 10.0 ** rng.uniform(-6.0, 6.0, 2000)
    for z, t in zip(size[:200], step[:200], strict=True):
        x = float(law.prox(np.array([z]), law.strength(1.0), t)[0])
        grid = z * np.linspace(0.0, 1.0, 4001)

        def objective(b, z=z, t=t):
            return 0.5 * (b - z) ** 2 + t * np.log1p(b * b)

        assert objective(x) <= objective(grid).min() * (1.0 + 1e-12)
        assert abs(x - z + 2.0 * t * x / (1.0 + x * x)) <= 1e-14 * z


def separated(n=30):
    rng = np.random.default_rng(0)
    x = np.linspace(-2.0, 2.0, n)
    return np.column_stack([x, rng.normal(size=n)]), (x > 0.0).astype(float)


@pytest.mark.parametrize("penalty", [br.MCP(0.1), br.MCP(1.0), br.SCAD(0.1), br.SCAD(1.0)], ids=str)
def test_a_penalty_with_constant_tails_does_not_hold_against_separation(penalty):
    """The loss falls to 0 along the separating column while the penalty stays where it is: there is no mode."""
    with pytest.raises(SeparationError, match="constant"):
        br.Model.from_arrays(*separated(), family="bernoulli", penalty=penalty).fit()


def test_a_strong_penalty_with_constant_tails_has_a_mode_under_separation():
    X, y = separated()
    fit = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.MCP(8.0)).fit()
    assert fit.certificate.ok
    assert 0.1 < fit.params.iloc[1] < 2.0
    path = br.Model.from_arrays(X, y, family="bernoulli", penalty=br.MCP()).path(n_lams=3, ratio=0.5)
    assert np.abs(path.params.to_numpy()).max() < 5.0
    with pytest.raises(SeparationError, match="ratio"):
        br.Model.from_arrays(X, y, family="bernoulli", penalty=br.MCP()).path(n_lams=3)


def test_a_path_goes_on_where_a_log_penalty_is_no_distribution_any_more():
    """``(1 + |b| / eta)^-c`` has a finite integral where ``c > 1``; ``c`` moves with the strength, ``eta`` does not."""
    data = br.datasets.diabetes()
    model = br.Model("target ~ bmi + bp + s5", data, penalty=br.GeneralizedDoublePareto(5.0, shape=1.0))
    for factor, proper in ((2.0, True), (0.5, False), (0.3, False)):
        moved = model.resolved.multiplied(factor)
        block = moved.blocks[-1]
        assert block.law.traits.proper is proper
        assert block.penalty.written.startswith("LogPenalty") is not proper
        lam = factor * 2.0 * moved.phi
        other = br.Model("target ~ bmi + bp + s5", data, penalty=br.LogPenalty(lam, eta=5.0)).resolved
        np.testing.assert_allclose(moved.strength.rate, other.strength.rate, rtol=1e-12)
        np.testing.assert_allclose(moved.strength.precision, other.strength.precision, rtol=1e-12)
        assert factor == 0.5 or other.blocks[-1].law.traits.proper is proper  # 0.5: rounding decides
    path = model.path(n_lams=5)
    least = path.at(path.lams[-1])
    assert least.certificate.ok
    assert not least.resolved.blocks[-1].law.traits.proper


@pytest.mark.parametrize("share", [1e-1, 1e-3, 1e-5])
@pytest.mark.parametrize(
    "law", [br.SLOPE(1.0), br.FusedLasso(1.0), br.FusedLasso(1.0, l1=0.3)], ids=["sorted", "chain", "both"]
)
def test_ties_at_small_strengths_in_wide_designs(law, share):
    """Thousands of ties open and close on the way; the certificate is apart from the solver."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 120))
    y = X[:, :4] @ [1.5, -1.0, 1.0, -2.0] + rng.normal(size=40)
    top = br.Model.from_arrays(X, y, penalty=law).path(1).lams[0]
    fit = br.Model.from_arrays(X, y, penalty=law.multiplied(top * share)).fit()
    assert fit.certificate.ok, fit.status
    assert fit.certificate.kkt <= 1e-13
