"""What a record says of its coefficients as a penalty of ours: the model has these strengths."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.conventions.fitted import FittedModel, Group
from bayesreg.conventions.said_penalty import said_penalty
from bayesreg.errors import UnsupportedError
from bayesreg.objective import LogJoint

RNG = np.random.default_rng(3)
X = RNG.normal(size=(30, 4)) * [1.0, 2.0, 0.5, 4.0]
Y = X @ [1.0, 0.0, -2.0, 0.5] + RNG.normal(size=30)
BETA = np.array([0.3, 0.7, 0.2, 0.4, 0.1])


def record(**options):
    given = {"rate": np.zeros(4), "precision": np.zeros(4)} | options
    return FittedModel(
        source="a fit",
        setting="alpha = 1",
        family="gaussian",
        coef=BETA[1:],
        intercept_value=0.0,
        intercept=True,
        **given,
    )


def penalty_at(reading, beta=BETA, *, standardize=False):
    """Return the penalty of a model with what is said of ``reading``, in loss units."""
    said = said_penalty(reading, standardize=standardize)
    options = {"dispersion": 2.0, "standardize": standardize, "names": list("abcd")}
    model = br.Model.from_arrays(X, Y, penalty=said, **options)
    bare = br.Model.from_arrays(X, Y, **options)
    joint, plain = LogJoint(model.design, model.resolved), LogJoint(bare.design, bare.resolved)
    return said, joint.objective(beta) - plain.objective(beta)


def plain(reading, beta=BETA):
    b = np.abs(beta[1:])
    return float(reading.rate @ b + reading.precision @ b**2 / 2.0)


@pytest.mark.parametrize(
    ("rate", "precision", "kind"),
    [
        ([2.0] * 4, [0.0] * 4, br.L1),
        ([2.0, 4.0, 0.0, 1.0], [0.0] * 4, br.L1),
        ([0.0] * 4, [3.0] * 4, br.L2),
        ([0.0] * 4, [3.0, 1.0, 0.0, 5.0], br.L2),
        ([2.0, 4.0, 0.0, 1.0], [1.0, 2.0, 0.0, 0.5], br.ElasticNet),
        ([2.0, 4.0, 0.0, 1.0], [1.0, 0.0, 3.0, 0.5], dict),
        ([0.0] * 4, [0.0] * 4, br.Flat),
    ],
)
def test_rates_and_precisions(rate, precision, kind):
    reading = record(rate=np.array(rate), precision=np.array(precision), names=tuple("abcd"))
    said, value = penalty_at(reading)
    assert isinstance(said, kind)
    assert value == pytest.approx(plain(reading), rel=1e-12, abs=1e-12)


def test_scales_are_the_standard_deviations():
    sd = X.std(axis=0)
    reading = record(rate=2.0 * sd, precision=3.0 * sd**2, scales=sd, nominal=(2.0, 3.0))
    said, value = penalty_at(reading, standardize=True)
    assert said == br.ElasticNet(5.0, l1_ratio=0.4)
    assert value == pytest.approx(plain(reading), rel=1e-12)


def test_absolute_priors_do_not_depend_on_the_dispersion():
    precision = np.array([4.0, 1.0, 9.0, 2.0])
    said, value = penalty_at(record(precision=precision, absolute=True, nominal=(0.0, 1.0)))
    assert (said.scale, said.weights) == (1.0, (4.0, 1.0, 9.0, 2.0))
    assert value == pytest.approx(2.0 * plain(record(precision=precision)), rel=1e-12)  # phi = 2 times nats
    rate = np.full(4, 3.0)
    assert said_penalty(record(rate=rate, absolute=True), standardize=False) == br.Laplace(1.0 / 3.0)
    both = said_penalty(record(rate=rate, precision=precision[:1].repeat(4), absolute=True), standardize=False)
    assert (both.rate, both.precision) == (3.0, 4.0)


def test_excluded_columns_and_limits():
    out = np.array([False, True, False, False])
    reading = record(precision=np.where(out, 0.0, 2.0), excluded=out)
    model = br.Model.from_arrays(X, Y, penalty=said_penalty(reading, standardize=False), standardize=False)
    assert model.resolved.excluded.tolist() == [False, False, True, False, False]
    assert said_penalty(record(rate=np.ones(4), lower=np.zeros(4)), standardize=False).positive
    lower, upper = np.array([0.0, -1.0, -np.inf, -np.inf]), np.array([np.inf, 2.0, np.inf, np.inf])
    said = said_penalty(record(rate=np.ones(4), lower=lower, upper=upper), standardize=False)
    assert said["x0"] == br.L1(1.0, positive=True)
    assert said["x1"] == br.L1(1.0, limits=(-1.0, 2.0))
    assert said["x2"] == br.L1(1.0)


def test_a_penalised_intercept_is_that_of_centred_columns():
    reading = record(precision=np.full(4, 2.0), centre_precision=2.0)
    said, value = penalty_at(reading)
    assert said == {"Intercept": br.L2(2.0), ...: br.L2(2.0)}
    assert value == pytest.approx(plain(reading) + (BETA[0] + X.mean(axis=0) @ BETA[1:]) ** 2, rel=1e-12)


def test_groups_are_penalised_by_their_length():
    groups = (Group(columns=(0, 2), lam=3.0), Group(columns=(1,), lam=2.0))
    reading = record(groups=groups, precision=np.array([0.0, 0.0, 0.0, 1.0]), names=tuple("abcd"))
    said, value = penalty_at(reading)
    assert set(said) == {"a + c", "b", "d"}
    assert value == pytest.approx(3.0 * np.hypot(BETA[1], BETA[3]) + 2.0 * BETA[2] + BETA[4] ** 2 / 2.0, rel=1e-12)


def test_a_minimax_concave_penalty_bends_by_rows():
    reading = record(rate=np.full(4, 6.0), mcp=3.0, nominal=(6.0, 0.0))
    said, value = penalty_at(reading)
    assert said == br.MCP(6.0, 3.0, bend="rows")
    wanted = np.where(BETA[1:] <= 3.0 * 6.0 / 30.0, 6.0 * BETA[1:] - 30.0 * BETA[1:] ** 2 / 6.0, 3.0 * 36.0 / 60.0)
    assert value == pytest.approx(wanted.sum(), rel=1e-12)
    weighted = said_penalty(record(rate=np.array([6.0, 3.0, 6.0, 0.0]), mcp=3.0), standardize=False)
    assert (weighted.lam, tuple(weighted.weights)) == (6.0, (1.0, 0.5, 1.0, 0.0))
    with pytest.raises(UnsupportedError, match="minimax concave"):
        said_penalty(record(rate=np.ones(4), precision=np.ones(4), mcp=3.0), standardize=False)
