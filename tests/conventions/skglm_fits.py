"""Fit skglm without its compiler: ``python skglm_fits.py INPUT.npz OUTPUT.npz``, under ``NUMBA_DISABLE_JIT=1``.

Compiling takes a minute and the fits of a few hundred rows milliseconds. Without the compiler its names for types are
those of Python, which NumPy does not all know.
"""

import sys

import numpy as np
import skglm
import skglm.penalties.separable as separable

separable.bool_ = np.bool_
GROUPS = [[0, 1, 2], [3, 4], [5, 6, 7, 8, 9]]
TIGHT = {"tol": 1e-13, "max_iter": 500}


def main(source, target):
    data = np.load(source)
    X, y, event = data["X"], data["y"], data["event"]
    made = {
        "Lasso": skglm.Lasso(alpha=2.0, **TIGHT).fit(X, y),
        "WeightedLasso": skglm.WeightedLasso(alpha=2.0, weights=data["weights"], **TIGHT).fit(X, y),
        "ElasticNet": skglm.ElasticNet(alpha=0.4, l1_ratio=0.7, **TIGHT).fit(X, y),
        "MCPRegression": skglm.MCPRegression(alpha=2.0, gamma=3.0, **TIGHT).fit(data["Z"], y),
        "GroupLasso": skglm.GroupLasso(groups=GROUPS, alpha=4.0, **TIGHT).fit(X, y),
        "SparseLogisticRegression": skglm.SparseLogisticRegression(alpha=0.03, l1_ratio=0.6, **TIGHT).fit(X, event),
    }
    np.savez(target, **{name: np.r_[np.ravel(fit.intercept_), np.ravel(fit.coef_)] for name, fit in made.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
