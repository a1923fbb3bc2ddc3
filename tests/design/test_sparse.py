"""Sparse columns: the same design and the same model as dense ones, and never made dense."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.design import column_scales, from_arrays
from bayesreg.errors import DataError, InputError, MissingValuesError
from bayesreg.matrices import as_columns, dense_columns
from bayesreg.objective import LogJoint
from bayesreg.results.comparable import check_comparable
from bayesreg.results.rows import predict_mean

RNG = np.random.default_rng(11)
X = np.where(RNG.random((40, 6)) < 0.4, RNG.normal(size=(40, 6)), 0.0)
X[:, 4] = RNG.random(40) < 0.3
X[:, 5] = 7.0 + 1e-3 * RNG.normal(size=40)
Y = X[:, :3] @ [1.0, -1.0, 2.0] + RNG.normal(size=40)


@pytest.fixture
def stays_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise AssertionError("a sparse matrix was made dense")

    for kind in (sparse.csc_array, sparse.csr_array, sparse.coo_array):
        monkeypatch.setattr(kind, "toarray", refuse)
        monkeypatch.setattr(kind, "todense", refuse)


@pytest.mark.parametrize("weights", [None, RNG.integers(0, 4, 40).astype(float)], ids=["plain", "weighted"])
@pytest.mark.parametrize("size", [1.0, 1e160, 1e-170])
def test_scales_equal_those_of_dense_columns(weights, size):
    """To 1e-11: the last column varies by a seven-thousandth of its mean, which costs four digits of sixteen."""
    dense, found = (column_scales(kind, weights=weights) for kind in (X * size, as_columns(sparse.csc_array(X * size))))
    np.testing.assert_allclose(found[0], dense[0], rtol=1e-13, atol=1e-16 * size)
    np.testing.assert_allclose(found[1], dense[1], rtol=1e-11)


def test_scales_of_constant_and_empty_columns():
    values = np.column_stack([np.full(30, 0.1), np.zeros(30), np.full(30, 1e300), np.eye(30, 1)[:, 0]])
    data = as_columns(sparse.csc_array(values))
    data.data[-1] = 2.0
    center, scale = column_scales(data, weights=np.linspace(0.1, 1.0, 30))
    assert scale[:3].tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(center[:3], [0.1, 0.0, 1e300], rtol=1e-15)
    share = 0.1 / np.linspace(0.1, 1.0, 30).sum()
    np.testing.assert_allclose([center[3], scale[3]], [2.0 * share, 2.0 * np.sqrt(share * (1.0 - share))], rtol=1e-13)


def test_scales_of_many_columns_are_worked_in_parts():
    """More entries than are worked on at a time, with empty columns between."""
    rng = np.random.default_rng(3)
    shape = (2_000, 3_000)
    rows, columns = rng.integers(0, shape[0], 600_000), rng.integers(0, shape[1] // 3, 600_000) * 3
    data = as_columns(sparse.coo_array((rng.normal(size=600_000), (rows, columns)), shape=shape))
    center, scale = column_scales(data)
    values = data.toarray()
    np.testing.assert_allclose(center, values.mean(axis=0), atol=1e-15)
    np.testing.assert_allclose(scale, values.std(axis=0), rtol=1e-12)


@pytest.mark.usefixtures("stays_sparse")
@pytest.mark.parametrize("standardize", [True, False, "numeric"])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("dispersion", [1.0, br.HalfT(3.0, 1.0)], ids=["given", "later"])
def test_the_model_equals_that_of_dense_columns(standardize, intercept, dispersion):
    options = {"standardize": standardize, "intercept": intercept, "dispersion": dispersion, "penalty": br.L1(2.0)}
    dense, found = (br.Model.from_arrays(kind, Y, **options) for kind in (X, sparse.csr_array(X)))
    assert found.design.names == dense.design.names
    for name in ("center", "sd", "size", "scale", "factor"):
        one, other = (np.asarray(getattr(model.loss_resolved, name)) for model in (found, dense))
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-15)
    beta = RNG.normal(size=6 + intercept)
    joints = [LogJoint(model.design, model.loss_resolved) for model in (found, dense)]
    np.testing.assert_allclose(joints[0].eta(beta), joints[1].eta(beta), rtol=1e-12)
    np.testing.assert_allclose(joints[0].score(beta), joints[1].score(beta), rtol=1e-11)


def test_what_needs_dense_columns_gets_them():
    options = {"dispersion": 2.0, "penalty": {"x0 + x1": br.GroupLasso(1.0), "...": br.L2(1.0)}}
    dense, found = (br.Model.from_arrays(kind, Y, **options) for kind in (X, sparse.csc_array(X)))
    np.testing.assert_allclose(found.resolved.blocks[1].metric, dense.resolved.blocks[1].metric, rtol=1e-12)
    np.testing.assert_allclose(found.mle().params, dense.mle().params, rtol=1e-12)
    new = sparse.csr_array(X[:5])
    np.testing.assert_allclose(found.mle().predict(new), dense.mle().predict(X[:5]), rtol=1e-12)
    check_comparable({"sparse": found.mle(), "dense": dense.mle()})
    other = br.Model.from_arrays(sparse.csc_array(2.0 * X), Y)
    with pytest.raises(InputError, match="differ in the values of the columns"):
        check_comparable({"sparse": found.mle(), "other": other.mle()})


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (lambda X, y, **o: br.Model.from_arrays(X, y, **o).mle(), r"mle\(\)"),
        (lambda X, y, **o: br.Model.from_arrays(X, y, penalty=br.GPrior(4.0), **o), "GPrior"),
        (
            lambda X, y, **o: br.Model.from_arrays(X, y, penalty=br.Firth(), family="poisson", intercept=False),
            r"br\.Firth\(\)",
        ),
    ],
    ids=["mle", "GPrior", "Firth"],
)
@pytest.mark.usefixtures("stays_sparse")
def test_what_can_not_have_dense_columns_says_so(asked, what):
    large = sparse.eye_array(200_000, 10_000, format="csc")
    with pytest.raises(DataError, match=rf"{what}.* needs 10000 columns .* 14.9 GiB, more than 1 GiB. Keep fewer"):
        asked(large, np.arange(200_000) % 2, intercept=False, dispersion=1.0)


def test_missing_entries_are_counted_and_their_rows_dropped():
    values = X.copy()
    values[3, 0] = values[5, 1] = values[9, 1] = np.nan
    given, y = sparse.csr_array(values), np.where(np.arange(40) == 7, np.nan, Y)
    with pytest.raises(MissingValuesError, match=r"\(x0: 1, x1: 2, y: 1; 4 of 40 rows\)"):
        from_arrays(given, y)
    design = from_arrays(given, y, missing="drop")
    kept = np.setdiff1d(np.arange(40), [3, 5, 7, 9])
    assert design.dropped == 4
    np.testing.assert_array_equal(dense_columns(design.X), X[kept])
    np.testing.assert_array_equal(dense_columns(design.take(np.array([2, 2, 0])).X), X[kept[[2, 2, 0]]])


@pytest.mark.usefixtures("stays_sparse")
def test_new_rows_stay_sparse_and_missing_ones_are_nan():
    values = X[:4].copy()
    values[1, 0] = np.nan
    model = br.Model.from_arrays(sparse.csc_array(X), Y, dispersion=1.0, offset=np.zeros(40), penalty=br.L1(1.0))
    rows = model.design.spec.rows(sparse.coo_array(values), offset=[0.0, 0.0, 0.0, np.nan])
    assert isinstance(rows.X, sparse.csc_array)
    assert rows.missing.tolist() == [False, True, False, True]
    with pytest.raises(DataError, match="X has 5 columns, the model has 6"):
        model.design.spec.rows(sparse.csc_array(X[:, :5]), offset=np.zeros(40))
    beta = np.array([0.5, 0.0, 1.0, 0.0, 2.0, 0.0, 0.0])
    predicted = predict_mean(model, beta, sparse.coo_array(values), "mean", offset=[0.0, 0.0, 0.0, np.nan])
    assert np.isnan(predicted).tolist() == [False, True, False, True]
    np.testing.assert_allclose(predicted[[0, 2]], (X[:4] @ beta[1:] + 0.5)[[0, 2]], rtol=1e-12)


def test_the_callers_matrix_is_left_alone():
    given = sparse.csc_array(X)
    before = [part.copy() for part in (given.data, given.indices, given.indptr)]
    design = from_arrays(given, Y)
    for part, own, old in zip(
        (given.data, given.indices, given.indptr),
        (design.X.data, design.X.indices, design.X.indptr),
        before,
        strict=True,
    ):
        assert part.flags.writeable
        assert not own.flags.writeable
        assert not np.shares_memory(part, own)
        np.testing.assert_array_equal(part, old)


LARGE = """
import numpy as np
from scipy import sparse
import bayesreg as br
from bayesreg.objective import LogJoint

def refuse(*args, **options):
    raise AssertionError("made dense")

sparse.csc_array.toarray = sparse.csr_array.toarray = sparse.csc_array.todense = refuse
rng, size = np.random.default_rng(0), 100_000
rows = rng.integers(0, size, 10 * size)
columns = np.concatenate([np.arange(size), rng.integers(0, size, 9 * size)])
X = sparse.csc_array((rng.normal(size=10 * size), (rows, columns)), shape=(size, size))
model = br.Model.from_arrays(X, rng.normal(size=size), penalty=br.L1(5.0))
beta = np.zeros(size + 1)
beta[[5, 70]] = 1.0
joint = LogJoint(model.design, model.loss_resolved)
assert joint.score(beta).shape == (size + 1,) and joint.objective(beta) > 0.0
with open("/proc/self/status") as status:  # the peak of this program; that of getrusage counts the one that started it
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a program alone is read from /proc")
def test_a_hundred_thousand_columns_take_less_than_500_mb():
    """The whole process: Python and its libraries take about 150 of them."""
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 500.0
