"""Every fit and every point of a path travels with the record of how it was found, and with a sentence."""

import numpy as np
import pytest

import bayesreg as br
from tests.problems import make

CASES = [
    ("diabetes", br.L1(300.0)),
    ("diabetes", br.L1(300.0, positive=True)),
    ("diabetes", br.ElasticNet(300.0, l1_ratio=0.5)),
    ("diabetes", br.L2(5.0)),
    ("diabetes", br.GroupLasso(100.0)),
    ("diabetes", br.SLOPE(100.0)),
    ("diabetes", br.MCP(300.0)),
    ("penguins", br.L1(2e3)),
    ("cancer", br.L1(2.0)),
    ("cancer", br.L2(2.0)),
    ("cancer", br.GroupLasso(2.0)),
    ("visits", br.L1(5.0)),
    ("visits", br.ElasticNet(5.0, l1_ratio=0.5)),
]


def assert_record(record, beta, fewest=1):
    """``fewest`` iterations and passes: a point of a path may lie on a line that is known, and shares its passes."""
    assert record.algorithm
    assert "\n" not in record.algorithm
    assert isinstance(record.iterations, int)
    assert record.iterations >= fewest
    assert isinstance(record.passes, int)
    assert record.passes >= fewest
    assert record.active == np.count_nonzero(beta)
    assert 0.0 <= record.seconds < 60.0
    assert record.converged is True


def assert_sentence(status, record):
    assert status[0].isupper()
    assert status.endswith(".")
    assert record.algorithm in status
    assert f"{record.iterations} iteration" in status


@pytest.mark.parametrize(("name", "penalty"), CASES, ids=lambda value: str(value))
def test_a_fit_has_its_record(name, penalty):
    fit = make(name, penalty).fit()
    assert_record(fit.record, fit.params)
    assert_sentence(fit.status, fit.record)
    assert fit.status.startswith("Local optimum" if fit.certificate.local else "Optimal")


@pytest.mark.parametrize(("name", "penalty"), CASES, ids=lambda value: str(value))
def test_every_point_of_a_path_has_its_record(name, penalty):
    path = make(name, penalty).path(6, ratio=0.05)
    assert len(path.modes.records) == 6
    for record, mode, beta in zip(path.modes.records, path.modes.modes, path.params.to_numpy(), strict=True):
        assert_record(record, beta, fewest=0)
        assert_sentence(mode.status, record)
    frame = path.records
    assert frame["iterations"].sum() > 0
    assert list(frame.columns) == ["algorithm", "iterations", "passes", "active", "seconds", "converged"]
    np.testing.assert_array_equal(frame.index, path.lams)
    np.testing.assert_array_equal(frame["active"], (path.params != 0.0).sum(axis=1))


def test_wide_paths_have_records_too():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 1200))
    y = X[:, 0] - X[:, 1] + rng.normal(size=40)
    for family, response in (("gaussian", y), ("bernoulli", (y > 0.0).astype(float))):
        path = br.Model.from_arrays(X, response, family=family, penalty=br.L1()).path(10, ratio=0.2)
        for record, beta in zip(path.modes.records, path.params.to_numpy(), strict=True):
            assert_record(record, beta, fewest=0)
        assert_record(path.at(0.9 * float(path.lams[-1])).record, path.at(0.9 * float(path.lams[-1])).params)


def test_a_fit_that_stops_early_says_so_and_what_to_do(monkeypatch):
    monkeypatch.setattr("bayesreg.solvers.newton.MAX_NEWTON", 2)
    fit = make("cancer", br.L1(0.01)).fit()
    assert not fit.record.converged
    assert fit.status.startswith("NOT optimal: the mode stopped before convergence")
    assert "raise the strength" in fit.status
    assert f"{fit.certificate.kkt:.1e}" in fit.status
