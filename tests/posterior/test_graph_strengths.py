"""Graphs with learned strengths, scale mixtures, non-centred forms and limits are the log joint in other variables.

A graph's density of its free variables ``x`` must be the log joint of ``(sigma, scales, beta)`` in NumPy, plus the
priors of sigma and of the latent variables, plus ``log |det|`` of the map from ``x``, formed here by central
differences (to about 1e-8 each).
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayesreg as br
from bayesreg.objective import log_joint, log_likelihood
from bayesreg.posterior.graph import build_graph
from tests.problems import frame_of

pymc = pytest.importorskip("pymc")
FAST = "FAST_COMPILE"  # PyTensor's interpreter: no compiler in the way of a test


def data(n=30, seed=2):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 3)) * [1.0, 2.0, 0.5] + [0.0, 3.0, 1.0], columns=list("abc"))
    frame["y"] = 0.5 * frame.a - 0.2 * frame.b + rng.normal(size=n)
    frame["z"] = (frame.y > frame.y.mean()).astype(int)
    return frame


def model_of(penalty, family="gaussian", **options):
    response = {"gaussian": "y", "bernoulli": "z"}[family]
    return br.Model(f"{response} ~ a + b + c", data(), family=family, penalty=penalty, **options)


class Graph:
    """A compiled graph: the log density of its unconstrained variables, and what they map to."""

    def __init__(self, model, representation="direct", latents=()):
        self.graph = build_graph(model.design, model.resolved, representation=representation)
        start = self.graph.initial_point()
        self.names, self.shapes = list(start), [np.shape(value) for value in start.values()]
        self.start = np.concatenate([np.ravel(value) for value in start.values()])
        wanted = [name for name in ("sigma", "scale", "beta", *latents) if name in self.graph.named_vars]
        outputs = self.graph.replace_rvs_by_values([self.graph[name] for name in wanted])
        self._map = self.graph.compile_fn(outputs, mode=FAST, on_unused_input="ignore")
        self._logp = self.graph.compile_logp(mode=FAST)
        self.wanted = wanted

    def point(self, x):
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
        return {n: p.reshape(s) for n, p, s in zip(self.names, np.split(x, ends), self.shapes, strict=True)}

    def logp(self, x):
        return float(self._logp(self.point(x)))

    def values(self, x):
        return dict(zip(self.wanted, self._map(self.point(x)), strict=True))

    def log_volume(self, x):
        """Return ``log |det|`` of the map to sigma, scales, latents and coefficients."""

        def flat(at):
            return np.concatenate([np.ravel(value) for value in self.values(at).values()])

        h = 1e-5
        columns = [(flat(x + h * e) - flat(x - h * e)) / (2.0 * h) for e in np.eye(x.size)]
        return float(np.linalg.slogdet(np.stack(columns, axis=1))[1])


def expected_of(model, values):
    resolved, scales = model.resolved, values.get("scale")
    X = np.column_stack([np.ones(model.design.n), model.design.X])
    sigma = float(values["sigma"]) if "sigma" in values else None
    total = float(log_joint(resolved, X, model.design.y, values["beta"], sigma, scales=scales))
    return total + (float(resolved.sigma_prior.log_density(sigma)) if sigma is not None else 0.0)


CASES = {
    "r2": (br.L1(), "gaussian", {}, "direct"),
    "shared r2": ({"a": br.L1(), "b + c": br.L2()}, "gaussian", {}, "direct"),
    "rate": (br.L1(br.Gamma(2.0, 0.3)), "gaussian", {"dispersion": 1.3}, "direct"),
    "sd": (br.L2(), "bernoulli", {}, "direct"),
    "scale": ({"a": br.Laplace(br.HalfCauchy(1.0)), ...: br.Normal(2.0)}, "gaussian", {}, "direct"),
    "of the user": (br.L2(br.UserHyperprior(lambda x, xp: -xp.sqrt(x))), "gaussian", {}, "direct"),
    "ridge stretched": (br.L2(), "gaussian", {}, "non_centered"),
    "given, stretched by sigma": (br.L2(3.0, relative_to="sigma"), "gaussian", {}, "non_centered"),
    "weight 0": (br.L2(weights={"b": 0.0}), "gaussian", {}, "non_centered"),
    "positive": (br.L2(positive=True), "bernoulli", {}, "non_centered"),
    "limits": ({"a": br.L1(2.0, limits=(-0.4, 1.5)), "b": br.L2(1.0, limits=(-np.inf, 0.0))}, "gaussian", {}, "direct"),
    "groups": ({"a + b": br.GroupLasso(2.0), "c": br.L2(1.0)}, "gaussian", {}, "direct"),
    "fused": (br.FusedLasso(2.0, l1=0.0), "gaussian", {}, "non_centered"),
    "smooth": (br.Smooth(order=1), "bernoulli", {}, "non_centered"),
    "forms": (br.Tikhonov([[2.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 3.0]]), "gaussian", {}, "non_centered"),
    "sorted": (br.SLOPE(2.0), "gaussian", {}, "non_centered"),
    "limits by block": ({"a": br.L1(limits=(0.0, 1.5)), "b": br.L2()}, "gaussian", {}, "non_centered"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_graph_is_the_log_joint_in_other_variables(name):
    penalty, family, options, representation = CASES[name]
    model = model_of(penalty, family, **options)
    graph = Graph(model, representation)
    rng = np.random.default_rng(6)
    for _ in range(2):
        x = graph.start + 0.3 * rng.normal(size=graph.start.size)
        values = graph.values(x)
        assert np.isfinite(expected_of(model, values))
        # PyMC keeps some constants, of the half-t for one, in single precision
        assert graph.logp(x) == pytest.approx(expected_of(model, values) + graph.log_volume(x), rel=3e-7, abs=3e-6)


@pytest.mark.parametrize("representation", ["scale_mixture", "non_centered"])
@pytest.mark.parametrize("scale", [0.6, br.HalfNormal(1.0)], ids=["given", "learned"])
def test_a_lasso_is_a_normal_of_exponential_variance(representation, scale):
    """b | s ~ N(0, 2 s tau^2 / sd_j^2) with s ~ Exponential(1): the Laplace of scale tau on standardised columns."""
    model = model_of(br.Laplace(scale))
    graph, resolved = Graph(model, representation, latents=("s",)), model.resolved
    x = graph.start + 0.2 * np.random.default_rng(8).normal(size=graph.start.size)
    values = graph.values(x)
    tau = float(values["scale"][0]) if "scale" in values else scale
    deviation = np.sqrt(2.0 * values["s"]) * tau / resolved.sd[1:]
    eta = np.column_stack([np.ones(model.design.n), model.design.X]) @ values["beta"]
    sigma = float(values["sigma"])
    expected = log_likelihood(resolved, model.design.y, eta, sigma).sum() + resolved.sigma_prior.log_density(sigma)
    expected += stats.norm(0.0, deviation).logpdf(values["beta"][1:]).sum() + stats.expon.logpdf(values["s"]).sum()
    expected += stats.halfnorm.logpdf(tau) if "scale" in values else 0.0
    assert graph.logp(x) == pytest.approx(expected + graph.log_volume(x), rel=3e-7, abs=3e-6)


def test_deterministic_strengths_are_in_both_units():
    model = model_of({"a": br.L1(), "b": br.L2(), "c": br.ElasticNet(br.HalfNormal(1.0), l1_ratio=0.3)})
    graph, phi = Graph(model, latents=("lam",)), model.resolved.phi
    values = graph.values(graph.start + 0.1)
    tau = values["scale"] * np.sqrt(phi)  # at sigma = sqrt(phi)
    expected = [phi / tau[0], phi / tau[1] ** 2, phi * (0.3 / tau[2] + 0.7 / tau[2] ** 2)]
    np.testing.assert_allclose(values["lam"], expected, rtol=1e-10)
    assert graph.graph.named_vars_to_dims["scale"] == graph.graph.named_vars_to_dims["lam"] == ("strength",)
    assert list(graph.graph.coords["strength"]) == ["a", "b", "c"]
    assert graph.graph.named_vars_to_dims["beta"] == ("coef",)


def test_prior_draws_of_a_graph_with_learned_strength_have_its_moments():
    """E b^2 = spread-free: with tau ~ half-normal(1) and a Laplace, E b_j^2 = 2 E tau^2 / sd_j^2 = 2 / sd_j^2."""
    penalty = {"Intercept": br.Normal(1.0), ...: br.Laplace(br.HalfNormal(1.0))}
    model = model_of(penalty, dispersion=1.0)
    with model.pymc():
        tree = pymc.sample_prior_predictive(draws=3000, random_seed=3, compile_kwargs={"mode": FAST})
    beta = np.asarray(tree["prior"]["beta"]).reshape(-1, 4)[:, 1:] * model.resolved.sd[1:]
    assert np.mean(beta**2) == pytest.approx(2.0, rel=0.25)


def test_a_representation_that_no_law_has_is_refused():
    with pytest.raises(br.errors.InputError, match="needs a penalty that is a normal scale mixture"):
        model_of({"a": br.L1(2.0, limits=(0.0, 1.0))}).pymc(representation="scale_mixture")
    formula, frame, family, _ = frame_of("cancer")
    with pytest.raises(br.errors.InputError, match="representation='horseshoe' is not known; allowed: 'direct', 'sc"):
        br.Model(formula, frame, family=family, penalty=br.L1(1.0)).pymc(representation="horseshoe")
