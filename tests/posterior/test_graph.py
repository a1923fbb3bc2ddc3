"""The PyMC graph is the log joint: its density, its gradient at the mode, and its differences."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.objective import LogJoint
from bayesreg.posterior.coordinates import whiten
from bayesreg.posterior.graph import build_graph
from tests.problems import frame_of

pymc = pytest.importorskip("pymc")
FAST = "FAST_COMPILE"  # PyTensor's interpreter: no compiler in the way of a test

CELLS = [
    (name, relative_to, standardize, weights)
    for name, relative_to, standardize, weights in itertools.product(
        ("diabetes", "cancer", "visits"), ("dispersion", None, "sigma"), (True, False), (None, "precision", "frequency")
    )
]


def model_of(name, relative_to, standardize, weights):
    formula, data, family, extra = frame_of(name)
    data = data.iloc[:200]
    if name == "diabetes":
        formula = "target ~ sex + bmi + bp + s1 + s5"
    if name == "visits":
        formula = "visits ~ " + " + ".join(list(data.columns.drop("visits"))[:4])
    kwargs = dict(extra)
    if family == "gaussian":
        kwargs["dispersion"] = 2900.0
    if weights is not None:
        kwargs["weights"] = br.Weights(1.0 + np.arange(len(data)) % 3, kind=weights)
    lam = 2000.0 if family == "gaussian" else 6.0
    first_term = formula.split("~")[1].split("+")[0].strip()
    penalty = {first_term: br.L1(lam, relative_to=relative_to)}
    penalty[...] = br.ElasticNet(lam, l1_ratio=0.8, relative_to=relative_to)
    return br.Model(formula, data, family=family, penalty=penalty, standardize=standardize, **kwargs)


@pytest.mark.parametrize(("name", "relative_to", "standardize", "weights"), CELLS)
def test_gradient_vanishes_at_the_mode_and_differences_are_those_of_the_objective(
    name, relative_to, standardize, weights
):
    model = model_of(name, relative_to, standardize, weights)
    fit, resolved = model.fit(), model.resolved
    graph = model.pymc()
    mode = fit.params.to_numpy()
    logp = graph.compile_logp(mode=FAST)
    gradient = graph.compile_dlogp(mode=FAST)({"beta": mode})
    size = np.abs(model.design.X).max(axis=0) * np.sqrt(model.design.n) * np.abs(model.design.y).max() / resolved.phi
    size = np.r_[size.max(), size]
    active = mode != 0.0
    assert np.all(np.abs(gradient[active]) <= 1e-9 * size[active])
    rate = resolved.strength.rate
    # d|b| at 0 is taken as 0 by PyTensor: the smooth part must lie in the subdifferential
    assert np.all(np.abs(gradient[~active]) <= rate[~active] * (1.0 + 1e-9))

    joint, rng = LogJoint(model.design, resolved), np.random.default_rng(4)
    at_mode = logp({"beta": mode})
    for _ in range(3):
        moved = mode + rng.normal(size=mode.size) * (0.1 * np.abs(mode) + 0.1 / np.r_[1.0, resolved.sd[1:]])
        by_objective = (joint.objective(moved) - fit.objective) / resolved.phi
        by_density = at_mode - logp({"beta": moved})
        assert by_density == pytest.approx(by_objective, rel=1e-8, abs=1e-8)
        assert logp({"beta": moved}) == pytest.approx(joint.log_posterior(moved), rel=1e-10)


def test_the_cells_reach_zeros():
    """The subdifferential half of the test above is not empty."""
    zeros = [int((model_of(*cell).fit().params == 0.0).sum()) for cell in CELLS]
    assert sum(count > 0 for count in zeros) >= 10


@pytest.mark.parametrize("prior", ["reml", "jeffreys", br.Exponential(0.02), br.InverseGamma(2.0, 3000.0)], ids=repr)
@pytest.mark.parametrize("relative_to", [None, "sigma"])
def test_sigma_is_a_free_variable_under_its_prior(prior, relative_to):
    data = br.datasets.diabetes().iloc[:80]
    model = br.Model("target ~ bmi + bp", data, penalty=br.ElasticNet(900.0, relative_to=relative_to), dispersion=prior)
    graph = model.pymc()
    logp = graph.compile_logp(mode=FAST, jacobian=False)
    joint, beta = LogJoint(model.design, model.resolved), model.fit().params.to_numpy()
    for sigma in (20.0, 55.0, 140.0):
        expected = joint.log_posterior(beta, sigma) + model.resolved.sigma_prior.log_density(sigma)
        point = {"beta": beta, "sigma_log__": np.log(sigma)}
        assert logp(point) == pytest.approx(expected, rel=1e-11)


def test_names_dims_and_data():
    graph = br.Model("target ~ bmi + C(sex)", br.datasets.diabetes(), penalty=br.L1(500.0)).pymc()
    assert list(graph.coords["coef"]) == ["Intercept", "bmi", "C(sex)[T.2.0]"]
    assert graph.named_vars_to_dims["beta"] == ("coef",)
    assert {variable.name for variable in graph.free_RVs} == {"beta", "sigma"}
    assert {variable.name for variable in graph.data_vars} >= {"X", "offset"}
    assert graph.named_vars_to_dims["y"] == ("obs",)


def test_whitened_coordinates_change_the_density_by_a_constant_only():
    model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(900.0), dispersion=3000.0)
    mode = model.fit().params.to_numpy()
    coordinates = whiten(model.design, model.resolved, mode)
    graph = build_graph(model.design, model.resolved, coordinates=coordinates)
    logp, joint = graph.compile_logp(mode=FAST), LogJoint(model.design, model.resolved)
    for u in np.random.default_rng(0).normal(size=(4, 4)):
        beta = coordinates.centre + coordinates.factor @ u
        expected = joint.log_posterior(beta) + coordinates.log_volume
        assert logp({"beta_affine__": u}) == pytest.approx(expected, rel=1e-11)


def test_prior_draws_of_the_graph_have_the_moments_of_the_prior():
    data = br.datasets.diabetes()
    penalty = {"Intercept": br.Normal(20.0), "bmi": br.Laplace(3.0), ...: br.ElasticNetPrior(0.5, 0.2)}
    model = br.Model("target ~ bmi + bp", data, penalty=penalty, dispersion=3000.0)
    with model.pymc():
        tree = pymc.sample_prior_predictive(draws=4000, random_seed=1, compile_kwargs={"mode": FAST})
    beta = np.asarray(tree["prior"]["beta"]).reshape(-1, 3)
    second = np.array([20.0**2, 2 * 3.0**2, 0.0]) / np.r_[1.0, model.resolved.sd[1], 1.0] ** 2
    assert np.mean((beta[:, 1]) ** 2) == pytest.approx(second[1], rel=0.2)
    centred = beta[:, 0] + beta[:, 1:] @ model.resolved.center[1:]
    assert np.std(centred) == pytest.approx(20.0, rel=0.1)


def test_an_unknown_representation_is_refused():
    with pytest.raises(br.errors.InputError, match="representation='horseshoe'"):
        br.Model("target ~ bmi", br.datasets.diabetes(), penalty=br.L1(5.0)).pymc(representation="horseshoe")


def test_names_of_variables_are_plain_whatever_the_terms_are_called():
    """Samplers read commas and brackets in the name of a variable as their own."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"y": rng.normal(size=40), "a b": rng.normal(size=40), "t": rng.uniform(size=40)})
    data["g"] = rng.choice(list("abc"), 40)
    model = br.Model("y ~ l1(`a b`) + l2(np.abs(`a b`)) + smooth(bs(t, df=5)) + (1 | g)", data)
    for representation in ("direct", "non_centered"):
        graph = model.pymc(representation)
        names = [variable.name for variable in (*graph.free_RVs, *graph.deterministics)]
        assert all(re.fullmatch(r"\w+", name) for name in names), names
        assert len(set(names)) == len(names)
