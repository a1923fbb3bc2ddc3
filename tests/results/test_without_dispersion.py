"""Modes under convex penalties in loss units: found without the dispersion, and the same as with it."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import DataError, InputError, UnsupportedError
from bayesreg.objective import LogJoint
from bayesreg.penalties import REGISTRY
from bayesreg.resolve import phi as resolve_phi
from bayesreg.solvers import find_mode, find_path
from tests.problems import make

ROOT = np.linalg.cholesky(0.5 ** np.abs(np.subtract.outer(np.arange(10.0), np.arange(10.0)))).T
ARGUMENTS = {
    "Bridge": {"q": 1.5},
    "LogPenalty": {"eta": 5.0},
    "Tikhonov": {"precision": ROOT.T @ ROOT},
    "FusedLasso": {"l1": 50.0},
}
IN_LOSS_UNITS = [name for name, law in REGISTRY.items() if law.strength_powers == (("lam", 1.0),)]
FREE = [name for name in IN_LOSS_UNITS if name not in ("Bridge", "LogPenalty", "MCP", "SCAD")]
MORE = {
    "flat": None,
    "table": {"bmi + bp": br.L2(50.0), "s5": br.Flat(), ...: br.L1(300.0, weights={"age": 0.0, "sex": np.inf})},
    "limits": br.L1(300.0, limits=(-5.0, 5.0)),
    "sign": br.ElasticNet(300.0, l1_ratio=0.4, positive=True),
    "sigma": br.L1(300.0, relative_to="sigma"),
}
PENALTIES = {**{name: REGISTRY[name](lam=300.0, **ARGUMENTS.get(name, {})) for name in IN_LOSS_UNITS}, **MORE}


@pytest.fixture
def forbidden(monkeypatch):
    """No dispersion is estimated."""

    def refuse(*_, **__):
        raise AssertionError("the dispersion was estimated")

    monkeypatch.setattr(resolve_phi, "estimate_dispersion", refuse)


@pytest.mark.parametrize("name", PENALTIES)
def test_the_mode_at_phi_one_is_the_mode_at_phi(name):
    """The same minimiser of one function, found in other units: to 1e-10 of the residual standard deviation."""
    fit = make("diabetes", PENALTIES[name]).fit()
    model, whole = fit.model, fit.model.resolved
    assert model.loss_resolved.provisional == (name in (*FREE, *MORE))
    other = find_mode(model.design, whole)
    scale = np.r_[1.0, whole.sd[1:]]
    np.testing.assert_allclose(fit.mode.beta * scale, other.beta * scale, rtol=0, atol=1e-10 * whole.phi**0.5)
    assert fit.objective == pytest.approx(other.objective, rel=1e-12)
    assert fit.edf == pytest.approx(other.edf, rel=1e-9)
    assert fit.certificate.ok
    assert LogJoint(model.design, whole).objective(fit.mode.beta) == pytest.approx(fit.objective, rel=1e-12)


@pytest.mark.parametrize("penalty", [br.L1(), br.GroupLasso(), br.L2(), br.FusedLasso()], ids=lambda law: law.law)
def test_a_path_is_the_same_with_and_without_the_dispersion(penalty):
    path = make("penguins", penalty).path(n_lams=4, ratio=0.05)
    whole = path.model.resolved
    other = find_path(path.model.design, whole, path.modes.multipliers)
    scale = np.r_[1.0, whole.sd[1:]]
    found = np.array([mode.beta for mode in other.modes])
    np.testing.assert_allclose(path.params * scale, found * scale, rtol=0, atol=1e-9 * whole.phi**0.5)
    np.testing.assert_allclose(path.base, 1.0)
    at = path.at(path.lams[2])
    assert at.resolved.phi == whole.phi
    np.testing.assert_allclose(at.resolved.strength.rate, at.solved.strength.rate / whole.phi, rtol=1e-14)
    joint = LogJoint(path.model.design, at.resolved)
    assert at.log_posterior == joint.log_posterior(at.mode.beta)
    assert joint.objective(at.mode.beta) == pytest.approx(at.objective, rel=1e-12)


def test_a_lasso_path_estimates_no_dispersion(forbidden):
    path = make("diabetes", br.L1()).path(n_lams=5)
    at = path.at(path.lams[3])
    assert at.certificate.ok
    assert at.params.notna().all()
    assert path.gaps.max() < 1e-10
    assert path.edf.iloc[0] == 1.0
    assert path.deviance.iloc[-1] < path.deviance.iloc[0]
    assert "5 strengths" in repr(path)
    assert at.deviance == pytest.approx(path.deviance.iloc[3], rel=1e-9)
    assert at.predict().size == 442
    with pytest.raises(AssertionError, match="was estimated"):
        _ = at.dispersion


def test_a_fit_estimates_the_dispersion_once_when_it_is_asked_for(monkeypatch):
    calls = []
    estimate = resolve_phi.estimate_dispersion
    monkeypatch.setattr(
        resolve_phi, "estimate_dispersion", lambda *args, **kw: calls.append(1) or estimate(*args, **kw)
    )
    model = make("diabetes", br.L1(500.0))
    fit = model.fit()
    assert not calls
    assert model.mle().params.size == 11
    assert not calls
    assert fit.dispersion == model.resolved.phi
    assert "REML" in repr(fit.summary())
    assert fit.log_posterior < 0.0
    assert len(model.priors()) == 11
    assert len(calls) == 1
    assert model.resolved is fit.resolved
    assert make("diabetes", br.L1(500.0), dispersion=3000.0).fit().dispersion == 3000.0
    assert len(calls) == 1


def test_a_prior_in_its_own_units_is_fitted_at_the_estimate():
    model = make("diabetes", br.Laplace(5.0))
    assert model.loss_resolved is model.resolved
    same = make("diabetes", br.L1(model.resolved.phi / 5.0)).fit()
    np.testing.assert_allclose(model.fit().params, same.params, rtol=1e-10)


def test_a_response_that_the_columns_explain_has_a_mode_but_no_dispersion():
    X = np.random.default_rng(0).normal(size=(30, 3))
    model = br.Model.from_arrays(X, X @ np.array([1.0, 2.0, 3.0]), penalty=br.L1(0.1))
    fit = model.fit()
    assert fit.certificate.ok
    for ask in (lambda: fit.dispersion, lambda: model.resolved, lambda: model.sample(10, seed=0)):
        with pytest.raises(DataError, match="explain every row perfectly"):
            ask()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"dispersion": -1.0}, InputError),
        ({"dispersion": "ml"}, InputError),
        ({"weights": np.ones(442)}, InputError),
        ({"dispersion": "joint"}, UnsupportedError),
    ],
    ids=["negative", "unknown", "kind", "joint"],
)
def test_errors_of_the_arguments_come_at_construction(options, error):
    with pytest.raises(error):
        make("diabetes", br.L1(500.0), **options)
