"""The texts for PyMC and Bambi run, and their joint density is the model's up to a constant."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.export import export_table
from bayesreg.export.parts import KINDS
from bayesreg.objective import LogJoint
from tests.export.models import frame, model_of, penalty_of
from tests.export.test_modes import run

pymc = pytest.importorskip("pymc")
FAST = "FAST_COMPILE"  # PyTensor's interpreter: no compiler in the way of a test
LAWS = ("Flat", "L1", "Laplace", "L2", "Normal", "ElasticNet", "ElasticNetPrior", "StudentT", "Cauchy", "GroupLasso")
PLAIN = [(("gaussian", "bernoulli", "poisson")[i % 3], law, "") for i, law in enumerate(LAWS)]


def cells(target):
    """Return every law once, and every feature once for some of the laws that can have it."""
    found = {(cell.family, cell.law, cell.feature) for cell in export_table() if cell.target == target and cell.works}
    few, done = [], set()
    for family, law, feature in sorted(found):
        wanted = feature and law in ("ElasticNet", "GroupLasso") and (feature, law) not in done
        if wanted and (law == "ElasticNet" or feature in ("relative to sigma", "precision weights")):
            done.add((feature, law))
            few.append((family, law, feature))
    return [cell for cell in PLAIN if cell in found] + few + [("poisson", "L1", "squares and absolute values apart")]


def points(model, count=4):
    """Yield coefficients on the scale of the data (inside their limits), and sigma."""
    rng, resolved = np.random.default_rng(5), model.resolved
    for _ in range(count):
        beta = rng.normal(size=len(resolved.coefficients)) / np.where(resolved.sd > 0.0, resolved.sd, 1.0)
        beta = np.where(resolved.lower == 0.0, np.abs(beta), beta)
        yield beta, float(np.exp(rng.normal(scale=0.3))) * np.sqrt(resolved.phi)


def ours(model, beta, sigma):
    """Return the log joint of the model, sigma's prior with it."""
    prior = model.resolved.sigma_prior
    joint = LogJoint(model.design, model.resolved)
    return joint.log_posterior(beta) if prior is None else joint.log_posterior(beta, sigma) + prior.log_density(sigma)


def value_of(name, model, subject, beta, sigma):
    """Return what a free variable of the program is at the coefficients of the model."""
    resolved = model.resolved
    slopes = beta[subject.kept]
    mean = resolved.center[subject.kept]
    if name == "sigma":
        return sigma
    if name == "alpha":
        return beta[0] + mean @ slopes
    part = next(one for one in subject.parts if one.variable == name)
    return slopes[part.at] * subject.sd[part.at]


def constrained_logp(graph):
    """Return the log density as a function of the variables' own values, without Jacobians."""
    logp = graph.compile_logp(mode=FAST, jacobian=False)

    def at(values):
        point = {}
        for free in graph.free_RVs:
            inner = graph.rvs_to_values[free]
            transform = graph.rvs_to_transforms[free]
            value = np.asarray(values[free.name], dtype=float)
            point[inner.name] = value if transform is None else transform.forward(value, *free.owner.inputs).eval()
        return float(logp(point))

    return at


def assert_differ_by_a_constant(model, graph, values_at):
    theirs = constrained_logp(graph)
    gaps = [theirs(values_at(beta, sigma)) - ours(model, beta, sigma) for beta, sigma in points(model)]
    size = max(abs(ours(model, beta, sigma)) for beta, sigma in points(model))
    assert np.ptp(gaps) <= 1e-8 * max(1.0, 1e-3 * size)


@pytest.mark.parametrize(("family", "law", "feature"), cells("pymc"))
def test_the_pymc_program_has_the_density_of_the_model(family, law, feature):
    from bayesreg.export.subject import read_subject

    model = model_of(family, law, feature)
    subject = read_subject(model, "data")
    graph = run(model.export("pymc"), data=frame())["model"]
    names = [free.name for free in graph.free_RVs]
    assert_differ_by_a_constant(
        model, graph, lambda beta, sigma: {name: value_of(name, model, subject, beta, sigma) for name in names}
    )


def test_the_pymc_program_agrees_with_the_graph_of_the_model():
    model = model_of("gaussian", "ElasticNet", "")
    program = run(model.export("pymc"), data=frame())["model"]
    theirs, graph = constrained_logp(program), constrained_logp(model.pymc())
    scale, mean = model.resolved.sd[1:], model.resolved.center[1:]
    gaps = []
    for beta, sigma in points(model):
        values = {"alpha": beta[0] + mean @ beta[1:], "b": scale * beta[1:], "sigma": sigma}
        gaps.append(theirs(values) - graph({"beta": beta, "sigma": sigma}))
    assert np.ptp(gaps) <= 1e-8


def test_the_horseshoe_of_the_program_is_the_one_of_the_graph():
    model = br.Model("bernoulli ~ a + b + g", frame(), family="bernoulli", penalty=penalty_of("Horseshoe"))
    theirs = constrained_logp(run(model.export("pymc"), data=frame())["model"])
    graph = constrained_logp(model.pymc())
    rng, gaps = np.random.default_rng(2), []
    for _ in range(3):
        level, z, local = rng.normal(), rng.normal(size=4), np.exp(rng.normal(size=4))
        mine = {"alpha": level, "z_rest": z, "local_rest": local}
        gaps.append(theirs(mine) - graph({"flat": [level], "z": z, "local": local}))
    assert np.ptp(gaps) <= 1e-9


def test_the_coefficients_of_the_program_are_on_the_scale_of_the_data():
    model = model_of("gaussian", "L1", "several strengths")
    graph = run(model.export("pymc", data="table"), table=frame())["model"]
    beta, sigma = next(points(model, 1))
    scale, mean = model.resolved.sd[1:], model.resolved.center[1:]
    outputs = graph.replace_rvs_by_values([graph["Intercept"], graph["beta"]])
    shown = graph.compile_fn(outputs, inputs=graph.value_vars, mode=FAST, on_unused_input="ignore")
    alpha = beta[0] + mean @ beta[1:]
    found = shown({"alpha": alpha, "b": scale * beta[1:], "sigma_log__": np.log(sigma)})
    assert found[0] == pytest.approx(beta[0], abs=1e-12)
    assert np.allclose(found[1], beta[1:], rtol=1e-12)


BAMBI = [
    ("gaussian", "ElasticNet", ""),
    ("bernoulli", "L1", "offset"),
    ("poisson", "Normal", "frequency weights"),
    ("gaussian", "ElasticNetPrior", "penalised intercept"),
    ("bernoulli", "StudentT", ""),
    ("gaussian", "Laplace", "several strengths"),
    ("gaussian", "L1", "positive in part"),
    ("poisson", "ElasticNet", "no intercept"),
]


@pytest.mark.parametrize(("family", "law", "feature"), BAMBI)
def test_the_bambi_program_has_the_density_of_the_model(family, law, feature):
    model = model_of(family, law, feature)
    graph = run(model.export("bambi"), data=frame())["model"].backend.model
    means = frame()[["a", "b"]].mean().to_numpy()
    dummies = model.design.X[:, 2:].mean(axis=0) if model.resolved.intercept else None

    def values_at(beta, sigma):
        slopes = beta[int(model.resolved.intercept) :]
        found = {"sigma": sigma, "a": slopes[0], "b": slopes[1], "g": slopes[2:]}
        if model.resolved.intercept:
            found["Intercept"] = beta[0] + means @ slopes[:2] + dummies @ slopes[2:]
        return found

    assert_differ_by_a_constant(model, graph, values_at)


def test_every_kind_of_law_is_compared():
    assert {KINDS[law] for law in LAWS} | {"horseshoe"} == set(KINDS.values())
