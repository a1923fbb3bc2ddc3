"""Paths: every point is the certified mode at its strength."""

import numpy as np
import pytest
from sklearn.linear_model import lasso_path

import bayesreg as br
from tests.problems import make, scaled_design


@pytest.mark.parametrize(
    ("name", "penalty"),
    [
        ("diabetes", br.L1()),
        ("diabetes", br.L2()),
        ("penguins", br.ElasticNet(l1_ratio=0.5)),
        ("cancer", br.L1()),
        ("cancer", br.L2()),
        ("visits", br.L1()),
        ("diabetes", {"bmi": br.Flat(), "age": br.L2(3.0), ...: br.L1(2.0)}),
        ("diabetes", br.Laplace(2.0)),
    ],
    ids=lambda value: repr(value),
)
def test_every_point_is_certified_and_is_the_fit_at_its_strength(name, penalty):
    path = make(name, penalty).path(n_lams=12)
    assert np.all(np.diff(path.lams) < 0.0)
    assert path.gaps.max() < 1e-10
    assert path.params.shape == (12, len(path.model.resolved.coefficients))
    scale = np.r_[1.0, path.model.resolved.sd[1:]]
    for k in (0, 5, 11):
        fit = path.at(path.lams[k])
        size = np.abs(path.params.iloc[k, 1:] * scale[1:]).max() + 1e-12
        np.testing.assert_allclose(
            fit.params.iloc[1:] * scale[1:], path.params.iloc[k, 1:] * scale[1:], atol=1e-7 * size
        )


def test_the_first_strength_is_where_the_first_coefficient_enters():
    model = make("diabetes", br.L1())
    path = model.path(n_lams=10)
    slopes = path.params.iloc[:, 1:]
    assert (slopes.iloc[0] == 0.0).all()
    assert len(path.at(0.999 * path.lams[0]).active) == 1
    assert path.edf.iloc[0] == 1.0


def test_path_equals_scikit_learn():
    model = make("diabetes", br.L1())
    path = model.path(lams=np.geomspace(2e4, 50.0, 15))
    y = model.design.y
    _, coefs, _ = lasso_path(
        scaled_design(model), y - y.mean(), alphas=path.lams / model.design.n, tol=1e-12, max_iter=1_000_000
    )
    ours = path.params.to_numpy()[:, 1:] * model.resolved.sd[1:]
    np.testing.assert_allclose(ours, coefs.T, atol=1e-6 * np.abs(coefs).max())


def test_a_point_of_the_path_is_the_model_at_that_strength():
    open_model = make("diabetes", br.L1())
    fit = open_model.path(n_lams=5).at(500.0)
    given = make("diabetes", br.L1(500.0)).fit()
    np.testing.assert_allclose(fit.params, given.params, rtol=1e-9, atol=1e-10)
    assert fit.log_posterior == pytest.approx(given.log_posterior, rel=1e-12)
    np.testing.assert_allclose(fit.resolved.lam()[1:], 500.0)


def test_prior_units_and_loss_units_are_proportional_along_the_path():
    model = make("diabetes", br.Laplace(2.0))
    fit = model.path(n_lams=4).at(model.resolved.phi / 5.0)
    np.testing.assert_allclose(1.0 / (fit.resolved.strength.rate[1:] / fit.resolved.sd[1:]), 5.0)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ({"n_lams": 0}, "n_lams=0"),
        ({"ratio": 2.0}, "ratio=2.0"),
        ({"lams": [1.0, -1.0]}, "-1.0"),
        ({"lams": []}, r"\[\]"),
    ],
)
def test_bad_grids_are_refused_with_their_value(call, word):
    with pytest.raises(br.errors.InputError, match=word):
        make("diabetes", br.L1()).path(**call)


def test_a_path_needs_a_penalty():
    with pytest.raises(br.errors.UnsupportedError, match="without a penalty"):
        make("diabetes", None).path()


def test_degrees_of_freedom_are_the_rank_of_the_active_columns():
    """Repeated columns share a coefficient and count once; more columns than rows count as the rows that are left."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 3))
    y = x @ [1.0, -1.0, 0.5] + rng.normal(size=30)
    once = br.Model.from_arrays(x, y, penalty=br.L1()).path(8, ratio=0.01)
    lams = once.lams
    twice = br.Model.from_arrays(np.hstack([x, x]), y, penalty=br.L1()).path(lams=lams)
    assert twice.edf.tolist() == once.edf.tolist()
    assert twice.edf.max() == 4.0
