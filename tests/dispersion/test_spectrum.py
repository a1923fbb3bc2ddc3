"""The estimate for sparse columns and by quadrature against the dense, exact one; its eigenvalues against NumPy."""

import numpy as np
import pytest
from scipy import sparse

import bayesreg as br
from bayesreg.dispersion import exact, reml
from bayesreg.dispersion.columns import standardized
from bayesreg.dispersion.quadrature import approximate
from bayesreg.errors import DataError


def problem(n, p, seed=0):
    """Correlated columns, a third of them 0 in each row, weights and two columns that are not penalised."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 5)) @ rng.normal(size=(5, p)) + 0.5
    X[rng.uniform(size=X.shape) < 0.3] = 0.0
    y = X[:, :20] @ rng.normal(size=20) + 4.0 * rng.normal(size=n)
    return X, y, {"weights": rng.uniform(0.3, 2.0, n), "free": np.arange(p) < 2}


def dense_columns_of(X, weights, free):
    """Return the standardised columns without their part along the ones and the free columns, by definition."""
    root, center = np.sqrt(weights), weights @ X / weights.sum()
    Z = (X - center) / np.sqrt(weights @ (X - center) ** 2 / weights.sum()) * root[:, None]
    basis = np.linalg.qr(np.column_stack([root, Z[:, free]]))[0]
    return Z[:, ~free] - basis @ (basis.T @ Z[:, ~free]), basis


@pytest.mark.parametrize(("n", "p"), [(60, 25), (25, 60)])
@pytest.mark.parametrize("form", [np.asfortranarray, np.ascontiguousarray, sparse.csc_array], ids=["F", "C", "csc"])
def test_products_and_gram_matrix_are_those_of_the_columns(n, p, form):
    X, y, options = problem(n, p)
    Z, basis = dense_columns_of(X, **options)
    ours = standardized(form(X), options["weights"], intercept=True, free=options["free"])
    V, U = np.random.default_rng(1).normal(size=(p - 2, 3)), np.random.default_rng(2).normal(size=(n, 3))
    np.testing.assert_allclose(ours.times(V), Z @ V, atol=1e-11)
    np.testing.assert_allclose(ours.across(U), Z.T @ U, atol=1e-11)
    for wide, expected in ((True, Z @ Z.T), (False, Z.T @ Z)):
        np.testing.assert_allclose(np.tril(exact.gram(ours, wide=wide)), np.tril(expected), atol=1e-11 * p)
    squared = np.linalg.svd(Z, compute_uv=False) ** 2
    found = exact.diagonalise(ours, ours.projected(np.sqrt(options["weights"]) * y), n - 3.0)
    np.testing.assert_allclose(found.squares[::-1], squared[: found.squares.size], rtol=1e-9)
    response = np.sqrt(options["weights"]) * y
    response = response - basis @ (basis.T @ response)
    assert found.energies.sum() + found.rest == pytest.approx(response @ response, rel=1e-12)


def test_squared_projections_are_those_on_the_eigenvectors():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(40, 40))
    A, start = A @ A.T, rng.normal(size=40)
    values, vectors = np.linalg.eigh(A)
    found, energies = exact.weights_of(np.array(np.tril(A), order="F"), start)
    np.testing.assert_allclose(found, values, rtol=0, atol=1e-13 * values.max())
    np.testing.assert_allclose(energies, (vectors.T @ start) ** 2, rtol=0, atol=1e-11 * (start @ start))


@pytest.mark.parametrize(("n", "p"), [(300, 60), (60, 200)])
def test_sparse_columns_have_the_estimate_of_the_dense_ones(n, p):
    X, y, options = problem(n, p)
    expected = reml.estimate_dispersion(X, y, **options)
    found = reml.estimate_dispersion(sparse.csc_array(X), y, **options)
    assert found == (pytest.approx(expected[0], rel=1e-10), expected[1])


@pytest.mark.parametrize(
    ("n", "p", "form", "tolerance"),
    [(700, 400, np.asfortranarray, 0.02), (700, 400, sparse.csc_array, 0.02), (400, 700, np.asfortranarray, 0.06)],
    ids=["tall", "tall csc", "wide"],
)
def test_quadrature_is_near_the_exact_estimate(monkeypatch, n, p, form, tolerance):
    """To three standard deviations over the random vectors, 0.2 % and 2 % here: they fall as 1 / sqrt(rows)."""
    X, y, options = problem(n, p)
    expected, _ = reml.estimate_dispersion(X, y, **options)
    monkeypatch.setattr(reml, "MAX_DENSE", 300)
    monkeypatch.setattr(reml, "MAX_SPARSE", 300)
    found, rule = reml.estimate_dispersion(form(X), y, **options)
    assert rule == "REML ridge estimate of sigma^2, by stochastic Lanczos quadrature"
    assert found == pytest.approx(expected, rel=tolerance)
    assert found != expected


def test_quadrature_keeps_the_energy_and_the_count_of_the_spectrum():
    """The response's part is exact after 80 steps; a trace to ``3 sqrt(2 |f|^2 / 60)``, Hutchinson's error."""
    X, y, options = problem(150, 400)
    Z = standardized(X, options["weights"], intercept=True, free=options["free"])
    response = Z.projected(np.sqrt(options["weights"]) * y)
    found, whole = approximate(Z, response, 147.0), exact.diagonalise(Z, response, 147.0)
    assert found.rank == whole.rank == 147.0
    assert found.counts.sum() == pytest.approx(147.0, rel=1e-10)
    assert found.energies.sum() + found.rest == pytest.approx(response @ response, rel=1e-10)
    for k in (1e2, 1e3, 1e4):
        each = np.log1p(whole.squares / k)
        error = np.sqrt(2.0 * (each**2).sum() / 60)
        assert found.counts @ np.log1p(found.squares / k) == pytest.approx(each.sum(), abs=3.0 * error)
        ours = found.energies @ (k / (k + found.nodes)) + found.rest
        assert ours == pytest.approx(whole.energies @ (k / (k + whole.nodes)) + whole.rest, rel=1e-9)


def test_a_constant_response_is_refused_by_quadrature_too(monkeypatch):
    X, _, _ = problem(400, 310)
    monkeypatch.setattr(reml, "MAX_DENSE", 300)
    with pytest.raises(DataError, match="constant or perfectly explained by unpenalised"):
        reml.estimate_dispersion(X, np.full(400, 3.0))


def test_a_sparse_model_has_the_dispersion_of_the_dense_one():
    X, y, _ = problem(80, 30)
    dense, thin = (br.Model.from_arrays(form, y, penalty=br.L1(5.0)) for form in (X, sparse.csc_array(X)))
    assert thin.resolved.phi == pytest.approx(dense.resolved.phi, rel=1e-10)
    assert thin.resolved.phi_rule == dense.resolved.phi_rule
