"""Fit skglm without its compiler: ``python skglm_fits.py INPUT.npz OUTPUT.pickle``, under ``NUMBA_DISABLE_JIT=1``.

Compiling takes a minute and the fits of a few hundred rows milliseconds. Without the compiler its names for types are
those of Python, which NumPy does not all know.
"""

import pickle
import sys
from pathlib import Path

import numpy as np
import skglm
import skglm.penalties.separable as separable
from skglm.datafits import Poisson, Quadratic, WeightedQuadratic
from skglm.penalties import L1, L1_plus_L2, PositiveConstraint
from skglm.solvers import AndersonCD, ProxNewton

separable.bool_ = np.bool_
FACTORS = np.linspace(0.0, 2.0, 10)
GROUPS = [[0, 3], [1, 2, 4], [5, 6, 7, 8], [9]]
TIGHT = {"tol": 1e-12, "max_iter": 500}


def general(*parts):
    return skglm.GeneralizedLinearEstimator(*parts)


def main(source, target):
    data = np.load(source)
    X, y = data["X"], data["y"]
    group = np.array([1.0, 0.5, 2.0, 0.0])
    descent = AndersonCD(**TIGHT)
    made = {
        "Lasso": skglm.Lasso(alpha=1.3, **TIGHT).fit(X, y),
        "WeightedLasso": skglm.WeightedLasso(alpha=1.3, weights=FACTORS, **TIGHT).fit(X, y),
        "ElasticNet": skglm.ElasticNet(alpha=0.4, l1_ratio=0.7, positive=True, **TIGHT).fit(X, y),
        "MCPRegression": skglm.MCPRegression(alpha=10.0, gamma=3.0, **TIGHT).fit(X, y),
        "GroupLasso": skglm.GroupLasso(groups=GROUPS, alpha=2.0, weights=group, **TIGHT).fit(X, y),
        "SparseLogisticRegression": skglm.SparseLogisticRegression(0.02, 0.8, **TIGHT).fit(X, data["label"]),
        "Poisson": general(Poisson(), L1_plus_L2(0.1, 0.5), ProxNewton(**TIGHT)).fit(X, data["number"]),
        "WeightedQuadratic": general(WeightedQuadratic(data["weights"]), L1(1.3), descent).fit(X, y),
        "PositiveConstraint": general(Quadratic(), PositiveConstraint(), descent).fit(X, y),
    }
    Path(target).write_bytes(pickle.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
