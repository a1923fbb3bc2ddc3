"""Modes, paths, certificates and what exists, under penalties of every law on real data."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import RankError, UnsupportedError
from bayesreg.objective import LogJoint
from bayesreg.posterior.coordinates import curvature_covariance
from bayesreg.solvers.certificate import certify
from tests.problems import DIABETES, make

CONVEX = [
    ("penguins", br.GroupLasso(2e4)),
    ("penguins", br.SparseGroupLasso(1e4, l1_ratio=0.4)),
    ("diabetes", br.SLOPE(300.0)),
    ("diabetes", br.FusedLasso(200.0, l1=100.0)),
    ("diabetes", br.FusedLasso(300.0)),
    ("cancer", br.GroupLasso(6.0)),
    ("cancer", br.Bridge(2.0, q=1.5)),
    ("visits", br.SLOPE(10.0)),
    ("visits", br.Smooth(3.0, order=1)),
    ("visits", br.L1(10.0, limits=(-0.2, 0.1))),
    ("penguins", {"C(species)": br.GroupLasso(1e4), "sex": br.L1(2e3), "bill_length_mm": br.L2(50.0), ...: br.Flat()}),
]
LOCAL = [
    ("diabetes", br.MCP(300.0, gamma=3.0)),
    ("diabetes", br.SCAD(300.0)),
    ("penguins", br.Bridge(2e3, q=0.5)),
    ("cancer", br.LogPenalty(3.0, eta=1.0)),
    ("visits", br.StudentT(df=3.0, scale=0.2)),
]


def moved_certificate(fit, beta):
    return certify(LogJoint(fit.model.design, fit.resolved), beta, fit.mode.null_objective)


@pytest.mark.parametrize(("name", "penalty"), CONVEX, ids=lambda value: str(value)[:40])
def test_convex_modes_are_certified_and_planted_errors_are_seen(name, penalty):
    fit = make(name, penalty).fit()
    assert fit.certificate.kkt <= 1e-11
    assert fit.certificate.relative_gap <= 1e-11
    assert fit.status.startswith("Optimal")
    joint = LogJoint(fit.model.design, fit.resolved)
    beta = fit.params.to_numpy() * (1.0 - 1e-3 * np.linspace(0.2, 1.0, fit.params.size))
    found = moved_certificate(fit, beta)
    assert found.kkt > 1e-8
    assert found.gap >= (joint.objective(beta) - fit.objective) * (1.0 - 1e-6)


@pytest.mark.parametrize(("name", "penalty"), LOCAL, ids=lambda value: str(value)[:40])
def test_local_modes_are_certified_as_stationary_points_only(name, penalty):
    fit = make(name, penalty).fit()
    assert fit.certificate.local
    assert fit.certificate.ok
    assert fit.certificate.kkt <= 1e-11
    assert np.isnan(fit.certificate.gap)
    assert fit.status.startswith("Local optimum: KKT residual")
    assert "convex" in fit.status
    joint, rng = LogJoint(fit.model.design, fit.resolved), np.random.default_rng(0)
    beta = fit.params.to_numpy()
    for _ in range(50):
        near = beta + 1e-4 * rng.normal(size=beta.size) * np.where(beta == 0.0, 1.0, np.abs(beta))
        assert joint.objective(near) >= fit.objective * (1.0 - 1e-12)
    assert not moved_certificate(fit, beta * 1.001).ok


def test_the_status_says_when_a_concave_penalty_leaves_the_objective_convex():
    """MCP: the objective is convex where the least eigenvalue of X'X / phi is at least 1 / gamma."""
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(40, 4)))[0] * np.array([1.0, 1.2, 1.5, 2.0])
    y = Q @ np.array([3.0, -2.0, 1.0, 0.2])
    options = {"intercept": False, "standardize": False, "dispersion": 1.0}
    for gamma, expected in ((1.1, True), (0.9, False)):
        status = br.Model.from_arrays(Q, y, penalty=br.MCP(0.5, gamma=gamma), **options).fit().status
        assert ("the objective is convex" in status) is expected


@pytest.mark.parametrize(
    ("name", "penalty"),
    [
        ("penguins", br.GroupLasso()),
        ("diabetes", br.SLOPE()),
        ("cancer", br.SparseGroupLasso(l1_ratio=0.5)),
        ("visits", {"age": br.Flat(), "gender": br.L2(5.0), ...: br.GroupLasso(1.0)}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_paths_start_where_the_first_block_enters_and_every_point_is_the_fit(name, penalty):
    if isinstance(penalty, dict):
        terms = list(make(name, None).resolved.coefficients[1:])
        penalty = {terms[0]: br.Flat(), terms[1]: br.L2(5.0), ...: br.GroupLasso(1.0)}
    path = make(name, penalty).path(n_lams=5, ratio=0.1)
    assert path.gaps.max() <= 1e-10
    start = 3 if isinstance(penalty, dict) else 1
    assert (path.params.iloc[0, start:] == 0.0).all()
    assert (path.at(0.999 * path.lams[0]).params.iloc[start:] != 0.0).any()
    fit = path.at(path.lams[3])
    scale = path.model.resolved.sd
    np.testing.assert_allclose(
        fit.params * scale, path.params.iloc[3] * scale, atol=1e-8 * np.abs(fit.params * scale).max()
    )


def test_the_path_of_a_bridge_starts_where_zero_is_lowest_and_says_that_it_is_local():
    path = make("diabetes", br.Bridge(300.0, q=0.5)).path(n_lams=4, ratio=0.1)
    assert (path.params.iloc[0, 1:] != 0.0).sum() <= 2
    assert path.gaps.isna().all()
    assert "local optima" in repr(path)


def test_effective_degrees_of_freedom_are_the_divergence():
    """Against differences of the fit in each of some responses, for groups whose faces do not change."""
    data = br.datasets.diabetes()
    table = {"age + sex + bmi": br.GroupLasso(800.0), "s1 + s2 + s3": br.GroupLasso(800.0), ...: br.L2(30.0)}

    def predict(frame):
        return br.Model(DIABETES, frame, penalty=table, dispersion=3000.0).fit()

    fit = predict(data)
    rows = np.random.default_rng(0).permutation(len(data))[:12]
    direction = np.zeros(len(data))
    direction[rows] = np.random.default_rng(1).choice([-1.0, 1.0], rows.size)
    step = 1e-2
    up, down = (predict(data.assign(target=data["target"] + sign * step * direction)).predict() for sign in (1, -1))
    along = float(direction @ ((up - down) / (2.0 * step)))
    X = np.column_stack([np.ones(len(data)), fit.model.design.X])
    beta, resolved = fit.params.to_numpy(), fit.resolved
    P = np.diag(
        np.where([name in ("bp", "s4", "s5", "s6") for name in resolved.coefficients], 30.0 * resolved.sd**2, 0.0)
    )
    for block in resolved.blocks[1:3]:
        at = block.columns
        turn = np.diag(resolved.scale[at]) if block.metric is None else block.metric
        v, rate = turn @ beta[at], resolved.phi * resolved.strength.rate[at[0]]
        norm = np.linalg.norm(v)
        P[np.ix_(at, at)] = turn.T @ (rate * (np.eye(3) - np.outer(v, v) / norm**2) / norm) @ turn
    hat = X @ np.linalg.solve(X.T @ X + P, X.T)
    assert fit.edf == pytest.approx(np.trace(hat), rel=1e-9)
    assert along == pytest.approx(direction @ hat @ direction, rel=1e-6)


def test_curvature_intervals_of_a_smooth_law_use_its_own_curvature():
    fit = make("diabetes", br.Bridge(200.0, q=1.5)).fit()
    covariance = curvature_covariance(fit.model.design, fit.resolved, fit.params.to_numpy())
    resolved, beta = fit.resolved, fit.params.to_numpy()
    X = np.column_stack([np.ones(fit.model.design.n), fit.model.design.X])
    value = fit.resolved.blocks[-1].law.value
    step = 1e-4 * np.abs(beta[1:])
    moved = [value(beta[1:] + s * step, resolved.strength.at(slice(1, None))) for s in (-1.0, 0.0, 1.0)]
    bend = (moved[0] - 2.0 * moved[1] + moved[2]) / step**2
    direct = np.linalg.inv(X.T @ X / resolved.phi + np.diag(np.r_[0.0, bend]))
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), np.sqrt(np.diag(direct)), rtol=1e-4)
    assert (fit.conf_int(method="curvature")["upper"] > fit.params).all()


@pytest.mark.parametrize("penalty", [br.Smooth(1.0, order=1), br.FusedLasso(1.0)], ids=["quadratic", "chain"])
def test_a_flat_direction_that_the_data_do_not_identify_is_named(penalty):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3))
    X[:, 2] = -X[:, 0] - X[:, 1]
    with pytest.raises(RankError, match=r"flat direction of the penalty on a \.\.\. c"):
        br.Model(
            "y ~ a + b + c",
            {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "y": rng.normal(size=30)},
            penalty=penalty,
            standardize=False,
        ).fit()


@pytest.mark.parametrize("verb", ["fit", "path"])
def test_modes_that_do_not_exist_are_refused_with_the_reason(verb):
    with pytest.raises(UnsupportedError) as caught:
        getattr(make("diabetes", br.Horseshoe(1.0)), verb)()
    assert str(caught.value) == br.Horseshoe.no_mode


def test_joint_dispersion_names_the_law_that_it_does_not_know():
    with pytest.raises(UnsupportedError, match=r"not for GroupLasso\. Use br\.L2"):
        make("diabetes", br.GroupLasso(1.0, relative_to="sigma"), dispersion="joint").fit()


def test_more_columns_than_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 60)) + rng.normal(size=(30, 1))
    y = X[:, :3] @ np.array([3.0, -2.0, 2.0]) + rng.normal(size=30)
    for penalty in (br.GroupLasso(0.5), br.MCP(3.0), br.L1(0.5, limits=(-0.5, 0.5))):
        fit = br.Model.from_arrays(X, y, penalty=penalty).fit()
        assert fit.certificate.ok, fit.status
