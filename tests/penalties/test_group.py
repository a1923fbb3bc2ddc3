"""Group and sparse group penalties: normalisers, proxes, dual norms, draws, and what does not depend on the coding."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import dblquad, quad
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import gamma, kstest

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.objective import LogJoint, penalised
from bayesreg.penalties.grouping import geometry
from bayesreg.xp import NUMPY
from tests.penalties.joint_oracles import at, brute_prox, objective, standard_errors


def sphere(d):
    """Log surface of the unit sphere in d dimensions."""
    return np.log(2.0) + 0.5 * d * np.log(np.pi) - gammaln(0.5 * d)


@pytest.mark.parametrize("d", [1, 2, 3, 10, 200])
def test_group_normalizer_is_the_radial_integral(d):
    """Integral of r^(d-1) exp(-rate r) times the sphere, by SciPy's gamma function: to 1e-13 of its size."""
    expected = sphere(d) + gammaln(d) - d * np.log(1.7)
    got = float(br.GroupLasso(1.7).sized(d).log_normalizer(at(1.7)))
    assert got == pytest.approx(expected, rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("ratio", [0.0, 0.05, 0.5, 0.95, 1.0 - 1e-9, 1.0])
def test_sparse_group_normalizer_by_quadrature(ratio):
    """d = 1 in closed form, d = 2 in polar, d = 3 in spherical coordinates: to 1e-10."""
    law = br.SparseGroupLasso(1.0, ratio)
    one = law.sized(1)
    assert float(one.log_normalizer(at(1.0))) == pytest.approx(np.log(2.0), abs=1e-13)
    l1, l2 = law.sized(2).rates
    polar = quad(lambda t: 4.0 / (l1 * (np.cos(t) + np.sin(t)) + l2) ** 2, 0.0, np.pi / 2, epsabs=0.0, epsrel=1e-13)[0]
    assert float(law.sized(2).log_normalizer(at(1.0))) == pytest.approx(np.log(polar), abs=1e-10)
    l1, l2 = law.sized(3).rates

    def spherical(t, p):
        return 16.0 * np.sin(p) / (l1 * (np.sin(p) * (np.cos(t) + np.sin(t)) + np.cos(p)) + l2) ** 3

    whole = dblquad(spherical, 0.0, np.pi / 2, 0.0, np.pi / 2, epsabs=0.0, epsrel=1e-11)[0]
    assert float(law.sized(3).log_normalizer(at(1.0))) == pytest.approx(np.log(whole), abs=1e-10)


@pytest.mark.parametrize("d", [5, 40, 200])
def test_sparse_group_normalizer_in_many_dimensions(d):
    """Its ends are the group lasso and the lasso, its slope in the ratio is minus the mean of the energy (to 1e-7)."""
    zero, one = (float(br.SparseGroupLasso(1.0, a).sized(d).log_normalizer(at(1.0))) for a in (0.0, 1.0))
    group = float(br.GroupLasso(1.0).sized(d).log_normalizer(at(np.sqrt(d))))
    assert zero == pytest.approx(group, rel=1e-13)
    assert one == pytest.approx(d * np.log(2.0), rel=1e-13)
    assert float(br.SparseGroupLasso(1.0, 1.0 - 1e-11).sized(d).log_normalizer(at(1.0))) == pytest.approx(one, abs=1e-7)
    law = br.SparseGroupLasso(1.0, 0.4).sized(d)
    mean_l1 = law.absolute_moments(at(1.0))[0].sum()
    mean_length = (d - 0.4 * mean_l1) / (0.6 * np.sqrt(d))  # the mean of the value is d
    h = 1e-5
    up, down = (float(br.SparseGroupLasso(1.0, 0.4 + e).sized(d).log_normalizer(at(1.0))) for e in (h, -h))
    assert (up - down) / (2.0 * h) == pytest.approx(-(mean_l1 - np.sqrt(d) * mean_length), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("law", [br.GroupLasso(1.0), br.SparseGroupLasso(1.0, 0.3), br.SparseGroupLasso(1.0, 0.8)])
def test_prox_against_brute_force_and_its_own_optimality(law):
    rng = np.random.default_rng(0)
    for k in range(200):
        d = int(rng.integers(1, 8))
        z, rate = rng.normal(size=d) * 3.0, rng.exponential() + 0.05
        sized = law.sized(d)
        x = sized.prox(z, at(rate), 1.0)
        assert sized.subdifferential_distance(x, z - x, at(rate)).max() <= 1e-13 * (1.0 + np.abs(z).max())
        assert float(sized.fenchel_gap(x, (z - x) * (1.0 - 1e-13), at(rate))) <= 1e-11 * (1.0 + z @ z)
        if k < 8 and d <= 3:
            least = objective(sized, at(rate), z, x)
            assert least <= brute_prox(sized, at(rate), z, [z, 0.5 * z, x]) + 1e-10


@pytest.mark.parametrize("ratio", [0.0, 0.2, 0.7, 1.0])
def test_sparse_group_dual_norm_is_the_support_of_the_ball(ratio):
    """In two dimensions over the directions of the unit circle: to 1e-8, the tolerance of the search."""
    law, rng = br.SparseGroupLasso(1.0, ratio).sized(2), np.random.default_rng(1)
    for dual in rng.normal(size=(6, 2)):

        def minus(t, dual=dual):
            b = np.array([np.cos(t), np.sin(t)])
            return -float(dual @ b) / float(law.value(b, at(1.0)))

        start = np.linspace(0.0, 2.0 * np.pi, 721)
        best = start[np.argmin([minus(t) for t in start])]
        corner = min(minus(t) for t in np.arange(4) * np.pi / 2)
        found = minimize_scalar(minus, bounds=(best - 0.01, best + 0.01), method="bounded", options={"xatol": 1e-12})
        assert law.gauge(dual, at(1.0), np.zeros(2)) == pytest.approx(-min(found.fun, corner), rel=1e-8)


@pytest.mark.parametrize("d", [1, 2, 7])
def test_group_draws_have_a_gamma_length_and_the_stated_covariance(d):
    """Kolmogorov-Smirnov on the length (p > 1e-4); covariance (d + 1) / rate^2, within 5 standard errors."""
    law = br.GroupLasso(1.0).sized(d)
    draws = law.draw(at(2.0), np.random.default_rng(3), (20_000, d))
    assert kstest(np.linalg.norm(draws, axis=1), gamma(d, scale=0.5).cdf).pvalue > 1e-4
    outer = draws[:, :, None] * draws[:, None, :]
    assert standard_errors(outer, (d + 1) / 4.0 * np.eye(d)) < 5.0


@pytest.mark.parametrize(("d", "ratio"), [(1, 0.4), (4, 0.1), (4, 0.9), (60, 0.5), (3, 0.0), (3, 1.0)])
def test_sparse_group_draws_and_mixture_have_the_law(d, ratio):
    """The mean of the value is d; moments, quantiles and the mixture's latents agree, within 5 standard errors."""
    law, s = br.SparseGroupLasso(1.0, ratio).sized(d), at(2.0)
    draws = law.draw(s, np.random.default_rng(4), (20_000, d))
    assert standard_errors(law.value(draws, s), d) < 5.0
    first, second = law.absolute_moments(s)
    assert standard_errors(np.abs(draws), first) < 5.0
    assert standard_errors(draws**2, second) < 5.0
    for prob in (0.2, 0.95):
        assert standard_errors(np.abs(draws) <= law.absolute_quantile(prob, s), prob) < 5.0
    mixture = law.mixture()
    if mixture is not None:
        again = mixture.draw(s, np.random.default_rng(5), (20_000, d))
        assert standard_errors(law.value(again, s), d) < 5.0
        assert standard_errors(np.abs(again), first) < 5.0


def test_the_tilted_mixture_of_one_coefficient_integrates_to_the_density():
    """The integral over both variances of the latents' density times the conditional normal, to 1e-6."""
    law, s = br.SparseGroupLasso(1.0, 0.4).sized(1), at(1.0)
    mixture, b = law.mixture(), 0.7
    u = np.arange(-22.0, 7.0, 0.2)
    v, own = np.exp(np.meshgrid(u, u, indexing="ij"))
    logs = np.array(
        [
            [
                float(mixture.log_density({"variance": np.array([x]), "own_variance": np.array([y])}, s))
                for x, y in zip(*row, strict=True)
            ]
            for row in zip(v, own, strict=True)
        ]
    )
    sd = mixture.sd({"variance": v, "own_variance": own}, s, NUMPY)
    integrand = np.exp(logs) * v * own * np.exp(-0.5 * (b / sd) ** 2) / (np.sqrt(2.0 * np.pi) * sd)
    assert integrand.sum() * 0.04 == pytest.approx(float(np.exp(law.log_prior(np.array([b]), s))), rel=1e-6)


def test_group_mixture_has_the_marginal():
    law, s = br.GroupLasso(1.0).sized(4), at(2.0)
    draws = law.mixture().draw(s, np.random.default_rng(6), (20_000, 4))
    assert kstest(np.linalg.norm(draws, axis=1), gamma(4, scale=0.5).cdf).pvalue > 1e-4


def frame():
    rng = np.random.default_rng(7)
    data = pd.DataFrame({"g": rng.choice(list("abcd"), 80), "x": rng.normal(size=80), "w": rng.uniform(0.5, 2.0, 80)})
    data["y"] = data.x + data.g.map({"a": 0.0, "b": 1.0, "c": 1.5, "d": 0.2}) + rng.normal(size=80)
    return data


def test_the_group_penalty_does_not_depend_on_the_reference_level():
    """The same function of the levels, coded against two references, has the same penalty and the same mode."""
    data = frame()
    other = data.assign(g=data.g.map({"a": "z", "b": "b", "c": "c", "d": "d"}))
    models = [
        br.Model("y ~ x + C(g)", d, penalty=br.GroupLasso(3.0), weights=br.Weights(data.w, kind="precision"))
        for d in (data, other)
    ]
    levels = np.array([0.0, 0.7, -0.4, 0.3])  # of a, b, c, d
    first = np.concatenate([[0.2, 0.5], levels[1:]])
    second = np.concatenate([[0.2 + levels[1], 0.5], levels[[2, 3, 0]] - levels[1]])
    values = [LogJoint(m.design, m.resolved).objective(b) for m, b in zip(models, (first, second), strict=True)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    fits = [m.fit() for m in models]
    assert fits[0].objective == pytest.approx(fits[1].objective, rel=1e-9)
    assert fits[0].predict(data).to_numpy() == pytest.approx(fits[1].predict(other).to_numpy(), abs=1e-6)


def test_metric_is_the_covariance_and_proper_where_columns_are_dependent():
    rng = np.random.default_rng(8)
    w = rng.uniform(0.5, 2.0, 50)
    X = rng.normal(size=(50, 3)) * [1.0, 1e6, 1e-6]
    X -= w @ X / w.sum()
    metric, rank = geometry(X, w)
    G = (X.T * w) @ X / w.sum()
    assert rank == 3
    assert metric.T @ metric / np.sqrt(np.outer(np.diag(G), np.diag(G))) == pytest.approx(
        G / np.sqrt(np.outer(np.diag(G), np.diag(G))), abs=1e-12
    )
    full = np.eye(4)[rng.integers(0, 4, 50)]
    full -= w @ full / w.sum()
    metric, rank = geometry(full, w)
    G = (full.T * w) @ full / w.sum()
    assert rank == 3
    assert metric.T @ metric == pytest.approx(G + np.full((4, 4), 0.25) * np.linalg.eigvalsh(G)[1:].mean(), abs=1e-12)


def test_a_group_of_one_column_is_the_lasso():
    data = frame()
    for penalty in (br.GroupLasso(3.0), br.SparseGroupLasso(3.0, 0.3)):
        joint = [
            LogJoint(m.design, m.resolved) for m in (br.Model("y ~ x", data, penalty=p) for p in (penalty, br.L1(3.0)))
        ]
        beta = np.array([0.1, -0.7])
        assert joint[0].log_posterior(beta) == pytest.approx(joint[1].log_posterior(beta), abs=1e-12)


def test_weights_of_groups():
    data = frame()
    rates = {}
    for weights in ("sqrt", 1, None, {"C(g)": 3.0}, {"x": 0.0, "C(g)": np.inf}):
        model = br.Model("y ~ x + C(g)", data, penalty=br.GroupLasso(2.0, weights=weights), dispersion=2.0)
        rates[str(weights)] = [piece.strength.rate for piece in penalised(model.resolved)]
    assert rates["sqrt"] == pytest.approx([1.0, np.sqrt(3.0)], rel=1e-15)
    assert rates["1"] == rates["None"] == [1.0, 1.0]
    assert rates["{'C(g)': 3.0}"] == [1.0, 3.0]
    assert rates["{'x': 0.0, 'C(g)': inf}"] == [0.0]
    with pytest.raises(InputError, match="Name whole groups, by their term"):
        br.Model("y ~ x + C(g)", data, penalty=br.GroupLasso(2.0, weights={"C(g)[T.b]": 3.0}))
    with pytest.raises(InputError, match="are not factors of groups; allowed: 'sqrt'"):
        br.GroupLasso(2.0, weights=[1.0, 2.0])
    with pytest.raises(InputError, match=r"l1_ratio=2.0 is not a share"):
        br.SparseGroupLasso(2.0, 2.0)
