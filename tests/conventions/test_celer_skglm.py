"""celer's and skglm's rows, against the estimators themselves."""

import os
import subprocess
import sys
from pathlib import Path

import celer
import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.conventions import from_package

from .peers import OURS, agree, near, our_mode

FACTORS = np.r_[0.0, 2.0, 1.0, 0.5, np.ones(6)]
GROUPS = [[0, 1, 2], [3, 4], [5, 6, 7, 8, 9]]


def agree_by_groups(coef, constant, penalty, X, y):
    """Every group is at its own optimum given the others, and our mode is the same."""
    score = X.T @ (y - constant - X @ coef)
    lam = penalty.lam
    for group in GROUPS:
        length = np.linalg.norm(coef[group])
        if length == 0.0:
            assert np.linalg.norm(score[group]) < lam
        else:
            np.testing.assert_allclose(score[group], lam * coef[group] / length, rtol=0.0, atol=1e-7 * lam)
    data = pd.DataFrame(X, columns=[f"x{j}" for j in range(10)]).assign(y=y)
    terms = [" + ".join(f"x{j}" for j in group) for group in GROUPS]
    model = br.Model(f"y ~ {' + '.join(terms)}", data, penalty=dict.fromkeys(terms, penalty), standardize=False)
    ours = model.fit().params
    near(ours.drop("Intercept"), coef, OURS)
    assert ours["Intercept"] == pytest.approx(constant, rel=OURS)


def test_celer_lasso(standardised):
    X, y = standardised
    fit = celer.Lasso(alpha=2.0, tol=1e-14).fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("celer.Lasso", alpha=2.0, n=442), X, y)
    fit = celer.Lasso(alpha=2.0, weights=FACTORS + 0.5, tol=1e-14).fit(X, y)
    penalty = from_package("celer.Lasso", alpha=2.0, weights=FACTORS + 0.5, n=442)
    agree(fit.coef_, fit.intercept_, penalty, X, y)


def test_celer_elastic_net(standardised):
    X, y = standardised
    fit = celer.ElasticNet(alpha=0.4, l1_ratio=0.7, tol=1e-14).fit(X, y)
    agree(fit.coef_, fit.intercept_, from_package("celer.ElasticNet", alpha=0.4, l1_ratio=0.7, n=442), X, y)
    assert from_package("celer.ElasticNet", alpha=0.4, n=10) == br.L1(4.0)  # its default l1_ratio


def test_celer_elastic_net_weighs_both_parts(standardised):
    X, y = standardised
    fit = celer.ElasticNet(alpha=0.4, l1_ratio=0.7, weights=FACTORS + 0.5, tol=1e-14).fit(X, y)
    penalty = from_package("celer.ElasticNet", alpha=0.4, l1_ratio=0.7, weights=FACTORS + 0.5, n=442)
    agree(fit.coef_, fit.intercept_, penalty, X, y)


def test_celer_logistic_regression(binary):
    X, y = binary
    fit = celer.LogisticRegression(C=0.05, tol=1e-13, max_iter=500).fit(X, y)
    penalty = from_package("celer.LogisticRegression", C=0.05)
    agree(fit.coef_, 0.0, penalty, X, y, family="bernoulli", intercept=False)


def test_celer_group_lasso(standardised):
    X, y = standardised
    fit = celer.GroupLasso(groups=GROUPS, alpha=4.0, tol=1e-14).fit(X, y)
    agree_by_groups(fit.coef_, fit.intercept_, from_package("celer.GroupLasso", alpha=4.0, n=442), X, y)


@pytest.fixture(scope="module")
def fitted(standardised, binary, tmp_path_factory):
    """Intercept and coefficients of every estimator of skglm, from one process without numba's compiler."""
    folder = tmp_path_factory.mktemp("skglm")
    X, y = standardised
    Z = orthogonal(X)
    np.savez(folder / "data.npz", X=X, y=y, Z=Z, event=binary[1], weights=FACTORS)
    script = Path(__file__).with_name("skglm_fits.py")
    command = [sys.executable, str(script), str(folder / "data.npz"), str(folder / "fits.npz")]
    subprocess.run(command, check=True, env=os.environ | {"NUMBA_DISABLE_JIT": "1"})
    return dict(np.load(folder / "fits.npz"))


def orthogonal(X):
    """Columns of unit 1/n variance without correlation: a minimax concave penalty has one mode on them."""
    left, _, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return left * np.sqrt(len(X))


def test_skglm_lasso(fitted, standardised):
    constant, *coef = fitted["Lasso"]
    agree(coef, constant, from_package("skglm.Lasso", alpha=2.0, n=442), *standardised)


def test_skglm_weighted_lasso(fitted, standardised):
    constant, *coef = fitted["WeightedLasso"]
    penalty = from_package("skglm.WeightedLasso", alpha=2.0, weights=FACTORS, n=442)
    agree(coef, constant, penalty, *standardised)


def test_skglm_elastic_net(fitted, standardised):
    constant, *coef = fitted["ElasticNet"]
    agree(coef, constant, from_package("skglm.ElasticNet", alpha=0.4, l1_ratio=0.7, n=442), *standardised)


def test_skglm_sparse_logistic_regression(fitted, binary):
    constant, *coef = fitted["SparseLogisticRegression"]
    penalty = from_package("skglm.SparseLogisticRegression", alpha=0.03, l1_ratio=0.6, n=442)
    agree(coef, constant, penalty, *binary, family="bernoulli")


def test_skglm_group_lasso(fitted, standardised):
    constant, coef = fitted["GroupLasso"][0], fitted["GroupLasso"][1:]
    agree_by_groups(coef, constant, from_package("skglm.GroupLasso", alpha=4.0, n=442), *standardised)


def test_skglm_mcp_regression(fitted, standardised):
    X, y = standardised
    Z = orthogonal(X)
    constant, coef = fitted["MCPRegression"][0], fitted["MCPRegression"][1:]
    least = Z.T @ (y - y.mean()) / 442
    size = np.abs(least)  # Zhang (2010): firm thresholding, at alpha = 2 and gamma = 3
    firm = np.where(size > 6.0, least, np.sign(least) * np.maximum(size - 2.0, 0.0) / (1.0 - 1.0 / 3.0))
    assert np.any(firm == 0.0)
    assert np.any((firm != 0.0) & (size < 6.0))
    near(coef, firm, 1e-7)
    ours, our_constant = our_mode(Z, y, from_package("skglm.MCPRegression", alpha=2.0, n=442))
    near(ours, firm, OURS)
    assert our_constant == pytest.approx(constant, rel=OURS)
