"""Designs are not copied more than once and sparse ones never made dense; both kinds end at the same modes."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br

DENSE = """
import tracemalloc
import numpy as np
import bayesreg as br

rng = np.random.default_rng(0)
X = rng.standard_normal((4000, 4000))
y = X[:, :20].sum(axis=1) + rng.standard_normal(4000)
br.Model.from_arrays(X[:50, :5], y[:50], penalty=br.L1()).path(3)
tracemalloc.start()
path = br.Model.from_arrays(X, y, penalty=br.L1()).path(8, ratio=0.3)
assert all(one.ok for one in path.modes.certificates)
print(tracemalloc.get_traced_memory()[1] / X.nbytes)
"""

SPARSE = """
import tracemalloc
import numpy as np
from scipy import sparse
import bayesreg as br

def guarded(name):
    whole = getattr(sparse.csc_array, name)
    def refuse(self, *args, **options):
        assert np.prod(self.shape, dtype=float) < 1e8, f"made dense: {self.shape}"
        return whole(self, *args, **options)
    return refuse

for kind in (sparse.csc_array, sparse.csr_array, sparse.coo_array):
    for name in ("toarray", "todense"):
        setattr(kind, name, guarded(name))
rng, size = np.random.default_rng(0), 50_000
count = size * size // 10_000
columns = np.concatenate([np.arange(size), rng.integers(0, size, count - size)])
places = (rng.integers(0, size, count), columns)
X = sparse.csc_array((rng.standard_normal(count), places), shape=(size, size))
y = X @ np.where(np.arange(size) < 100, 3.0, 0.0) + 0.1 * rng.standard_normal(size)
tracemalloc.start()
path = br.Model.from_arrays(X, y, penalty=br.L1()).path(8, ratio=0.3)
assert all(one.ok for one in path.modes.certificates)
print(tracemalloc.get_traced_memory()[1] / 2**20)
"""


def measured(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_a_dense_path_takes_one_copy_of_the_design():
    """The model holds that copy; the working set and its Gram matrix take less than a tenth of it."""
    assert measured(DENSE) < 1.2


def test_a_sparse_path_takes_a_few_times_its_entries():
    """The entries take 4 MB, 50000 numbers for 8 strengths 3 MB; dense it would be 20 GB."""
    assert measured(SPARSE) < 150.0


N, P = 200, 60
RNG = np.random.default_rng(7)
X = np.where(RNG.random((N, P)) < 0.15, RNG.normal(0.5, 1.0, (N, P)), 0.0)
ETA = 0.2 + X[:, :4] @ [1.5, -1.0, 1.0, -2.0]
RESPONSES = {
    "gaussian": ETA + RNG.normal(size=N),
    "bernoulli": (ETA + RNG.logistic(size=N) > 0.0).astype(float),
    "poisson": RNG.poisson(np.exp(0.5 * ETA)).astype(float),
}
GROUPS = ["+".join(f"x{j}" for j in range(start, start + 4)) for start in range(0, P, 4)]
PENALTIES = {
    "L1": br.L1(3.0),
    "ElasticNet": br.ElasticNet(4.0, l1_ratio=0.5),
    "L2": br.L2(3.0),
    "GroupLasso": dict.fromkeys(GROUPS, br.GroupLasso(2.0)),
}


@pytest.mark.parametrize("standardize", [True, False], ids=["standardised", "raw"])
@pytest.mark.parametrize("intercept", [True, False], ids=["intercept", "no intercept"])
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("family", RESPONSES)
def test_sparse_and_dense_columns_have_the_same_modes(family, penalty, intercept, standardize):
    """To 1e-9: both are exact to rounding, and their curvatures have conditions of some hundred."""
    options = {"family": family, "intercept": intercept, "standardize": standardize, "penalty": PENALTIES[penalty]}
    names = [f"x{j}" for j in range(P)]
    dense, found = (
        br.Model.from_arrays(kind, RESPONSES[family], names=names, **options) for kind in (X, sparse.csc_array(X))
    )
    one, other = dense.fit(), found.fit()
    assert one.certificate.ok, one.status
    assert other.certificate.ok, other.status
    np.testing.assert_allclose(other.params, one.params, rtol=0, atol=1e-9 * np.abs(one.params).max())
    assert other.objective == pytest.approx(one.objective, rel=1e-12)
    before = dense.path(6, ratio=0.05)
    after = found.path(lams=before.lams)
    np.testing.assert_allclose(after.params, before.params, rtol=0, atol=1e-9 * np.abs(before.params).max().max())
    np.testing.assert_allclose(after.edf, before.edf, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found.path(6, ratio=0.05).lams, before.lams, rtol=1e-10)
    assert all(point.ok for path in (before, after) for point in path.modes.certificates)


LAWS = {
    "groups beside limits": dict.fromkeys(GROUPS[1:], br.GroupLasso(2.0)) | {GROUPS[0]: br.L1(2.0, positive=True)},
    "SLOPE": br.SLOPE(3.0),
    "FusedLasso": br.FusedLasso(3.0, l1=1.0),
    "total variation": br.FusedLasso(3.0),
    "several": {"+".join(f"x{j}" for j in range(8)): br.SLOPE(3.0), "x8+x9+x10": br.FusedLasso(2.0), ...: br.L2(1.0)},
    "Bridge": br.Bridge(3.0, q=1.5),
}


@pytest.mark.parametrize("penalty", LAWS)
@pytest.mark.parametrize("family", RESPONSES)
def test_any_law_has_the_same_modes_on_sparse_columns_without_filling_them(family, penalty, monkeypatch):
    """To 1e-9, as above. No call makes all the columns dense."""
    options = {"family": family, "penalty": LAWS[penalty], "names": [f"x{j}" for j in range(P)]}
    dense = br.Model.from_arrays(X, RESPONSES[family], **options)
    one, before = dense.fit(), dense.path(3, ratio=0.2)
    found = br.Model.from_arrays(sparse.csc_array(X), RESPONSES[family], **options)
    whole = sparse.csc_array.toarray

    def refuse(self, *args, **options):
        assert self.shape[0] < N or self.shape[1] < P, f"made dense: {self.shape}"
        return whole(self, *args, **options)

    monkeypatch.setattr(sparse.csc_array, "toarray", refuse)
    other, after = found.fit(), found.path(3, ratio=0.2)
    for fit in (one, other):
        assert fit.certificate.ok, fit.status
    np.testing.assert_allclose(after.lams, before.lams, rtol=1e-10)
    np.testing.assert_allclose(other.params, one.params, rtol=0, atol=1e-9 * np.abs(one.params).max())
    np.testing.assert_allclose(after.params, before.params, rtol=0, atol=1e-9 * np.abs(before.params).max().max())
    below = slice(1, None)  # at the largest strength a coefficient is at the edge of 0
    np.testing.assert_allclose(after.edf[below], before.edf[below], rtol=0, atol=1e-6)
    assert all(point.ok for path in (before, after) for point in path.modes.certificates)
