"""What a path says about how its modes were found."""

from dataclasses import replace

import numpy as np

import bayesreg as br
from bayesreg.results.path_fit import PathFit


def lasso_path():
    return br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1()).path(n_lams=4)


def test_a_path_carries_certificates_and_records():
    path = lasso_path()
    assert path.certificates["ok"].all()
    assert path.certificates["relative_gap"].tolist() == path.gaps.tolist()
    assert path.records["converged"].all()
    assert path.records["active"].tolist() == np.count_nonzero(path.params, axis=1).tolist()
    assert (path.records["passes"] >= 0).all()
    assert (path.records["seconds"] > 0.0).all()
    assert path.status.startswith("All 4 modes are optimal: largest KKT residual ")
    assert path.status in repr(path)


def test_a_point_without_its_certificate_is_named_with_a_remedy():
    path = lasso_path()
    bad = replace(path.modes.certificates[2], kkt=1e-3, relative_gap=1e-4)
    certificates = (*path.modes.certificates[:2], bad, path.modes.certificates[3])
    status = PathFit(path.model, replace(path.modes, certificates=certificates), path.base).status
    assert status.startswith(f"1 of 4 modes are NOT certified, the first at lam {path.lams[2]:.4g}. NOT optimal")
    assert "Standardise the columns" in status


def test_modes_without_convexity_are_called_local():
    path = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.MCP()).path(n_lams=4)
    assert path.status.startswith("All 4 modes are local optima")
