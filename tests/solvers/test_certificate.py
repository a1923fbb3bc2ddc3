"""The certificate bounds the distance to the optimum, and sees every planted error."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.objective import LogJoint
from bayesreg.solvers.certificate import certify
from bayesreg.solvers.mode import find_null
from bayesreg.solvers.problem import make_problem
from tests.problems import make

CASES = [
    ("diabetes", br.L1(500.0)),
    ("diabetes", br.L2(50.0)),
    ("penguins", br.ElasticNet(2e4, l1_ratio=0.5)),
    ("cancer", br.L1(4.0)),
    ("cancer", br.L2(1.0)),
    ("visits", br.L1(10.0)),
    ("diabetes", br.L1(500.0, positive=True)),
    ("visits", br.L2(10.0, positive=True)),
    ("diabetes", br.Flat()),
    ("cancer", br.Flat()),
]


def certified(fit, beta):
    joint = LogJoint(fit.model.design, fit.resolved)
    null = find_null(joint, make_problem(fit.model.design, fit.resolved))
    return certify(joint, beta, null)


@pytest.mark.parametrize(("name", "penalty"), CASES, ids=lambda value: repr(value))
def test_modes_are_certified_to_rounding(name, penalty):
    fit = make(name, penalty).fit()
    assert fit.certificate.relative_gap < 1e-12
    assert fit.certificate.kkt < 1e-12
    assert fit.status.startswith("Optimal")


@pytest.mark.parametrize(("name", "penalty"), CASES, ids=lambda value: repr(value))
@pytest.mark.parametrize("size", [1e-2, 1e-4, 1e-6])
def test_the_gap_bounds_what_a_wrong_point_loses(name, penalty, size):
    fit = make(name, penalty).fit()
    joint = LogJoint(fit.model.design, fit.resolved)
    rng = np.random.default_rng(1)
    moved = fit.params.to_numpy() * (1.0 + size * rng.uniform(-1.0, 1.0, fit.params.size))
    loss = joint.objective(moved) - fit.objective
    certificate = certified(fit, moved)
    assert loss > 0.0
    assert certificate.gap >= loss * (1.0 - 1e-6) - 1e-12 * fit.objective
    assert certificate.kkt > 1e-9


def test_an_unconverged_fit_says_so():
    fit = make("diabetes", br.L1(500.0)).fit()
    certificate = certified(fit, fit.params.to_numpy() * 1.01)
    assert not certificate.ok


def test_a_zero_that_should_not_be_is_seen():
    fit = make("diabetes", br.L1(500.0)).fit()
    wrong = fit.params.to_numpy().copy()
    wrong[fit.params.index.get_loc("bmi")] = 0.0
    certificate = certified(fit, wrong)
    assert certificate.relative_gap > 1e-3
    assert certificate.kkt > 1e-2


def test_kkt_is_free_of_units():
    data = br.datasets.diabetes()
    formula = "target ~ bmi + bp + s5"
    points = []
    for unit in (1.0, 1e6):
        fit = br.Model(formula, data.assign(bp=unit * data["bp"]), penalty=br.L1(500.0)).fit()
        moved = fit.params.to_numpy() * np.array([1.0, 1.001, 1.001, 1.001])
        points.append(certified(fit, moved).kkt)
    assert points[0] == pytest.approx(points[1], rel=1e-6)
