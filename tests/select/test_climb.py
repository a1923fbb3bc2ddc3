"""Maxima of the evidence from draws, held to integrals of the same densities by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, trapezoid
from scipy.optimize import minimize_scalar
from scipy.special import log_ndtr, logsumexp
from scipy.stats import t as student

import bayesreg as br

DATA = br.datasets.diabetes()
FIVE = 5.0
"""Monte Carlo standard errors that an estimate may be away: one in a million."""


def _orthonormal(rows=40, columns=12, seed=4):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(rows, columns)))[0]
    b = np.where(np.arange(columns) < 4, rng.normal(size=columns) * 4.0, 0.0)
    return Q, Q @ b + rng.normal(size=rows)


def _log_half_lines(a, c, lam):
    """Return the log integral of ``exp(-a b^2 / 2 + c b - lam |b|)`` over the line."""
    up, down = (c - lam) / a, (-c - lam) / a
    sides = [0.5 * a * side**2 + log_ndtr(np.sqrt(a) * side) for side in (up, down)]
    return 0.5 * np.log(2.0 * np.pi / a) + logsumexp(sides, axis=0)


def _known_sigma(z, lam):
    """Return the log evidence at sigma = 1, up to a constant: products of integrals over single coefficients."""
    return z.size * np.log(0.5 * lam) + float(_log_half_lines(1.0, z, lam).sum())


def _learned_sigma(z, total, rows, lam, scale):
    """Return the same under a half-t prior of sigma, the prior of the coefficients relative to sigma."""
    log_sigma = np.linspace(np.log(0.2), np.log(8.0), 4001)
    s = np.exp(log_sigma)
    logs = -rows * log_sigma - 0.5 * total / s**2 + z.size * np.log(0.5 * lam / s) + log_sigma
    logs = logs + student(df=3, scale=scale).logpdf(s)
    logs = logs + np.sum([_log_half_lines(1.0 / s**2, one / s**2, lam / s) for one in z], axis=0)
    return float(np.log(trapezoid(np.exp(logs - logs.max()), log_sigma)) + logs.max())


def _peak(value):
    found = minimize_scalar(lambda x: -value(np.exp(x)), bounds=(-4.0, 4.0), method="bounded", options={"xatol": 1e-9})
    return float(np.exp(found.x))


def _error(chosen):
    return float(chosen.how[0].split("log lam ")[1].split(",")[0])


def _check(chosen, value, factor=1.0):
    """Hold a maximum and a curve to a function of ``lam``; its curve to 0.15 nats, twice the error seen at 3 sd."""
    assert abs(np.log(chosen.lam / factor) - np.log(_peak(value))) < FIVE * _error(chosen)
    exact = np.array([value(lam / factor) for lam in chosen.lams])
    near = np.isfinite(chosen.mean)
    assert near.sum() > 20
    np.testing.assert_allclose((chosen.mean - exact)[near], (chosen.mean - exact)[chosen.place], atol=0.15)


def test_known_sigma_without_an_intercept():
    Q, y = _orthonormal()
    model = br.Model.from_arrays(Q, y, penalty=br.L1(), standardize=False, dispersion=1.0, intercept=False)
    _check(model.select("evidence"), lambda lam: _known_sigma(Q.T @ y, lam))


def test_priors_relative_to_sigma_integrate_it_out():
    Q, y = _orthonormal()
    model = br.Model.from_arrays(
        Q, y, penalty=br.L1(relative_to="sigma"), standardize=False, dispersion=br.HalfT(3.0, 2.0), intercept=False
    )
    z, phi = Q.T @ y, model.resolved.phi
    _check(
        model.select("evidence", seed=3),
        lambda lam: _learned_sigma(z, float(y @ y), y.size, lam, 2.0),
        factor=np.sqrt(phi),
    )


def test_a_logistic_slope():
    data = {"x": DATA["bmi"].to_numpy() - 26.0, "y": (DATA["target"].to_numpy() > 150.0) * 1.0}
    model = br.Model("y ~ x - 1", data, family="bernoulli", penalty=br.L1(), standardize=False)

    def value(lam):
        at = np.linspace(0.0, 0.6, 20001)
        logs = -np.logaddexp(0.0, -np.outer(at, data["x"]) * (2.0 * data["y"] - 1.0)).sum(axis=1) - lam * at
        return float(np.log(trapezoid(np.exp(logs - logs.max()), at)) + logs.max() + np.log(0.5 * lam))

    chosen = model.select("evidence")
    assert abs(np.log(chosen.lam) - np.log(_peak(value))) < FIVE * _error(chosen)


def test_elastic_net_moves_both_parts():
    """The normaliser of the prior depends on both strengths."""
    Q, y = _orthonormal()
    z = Q.T @ y
    model = br.Model.from_arrays(
        Q, y, penalty=br.ElasticNet(l1_ratio=0.5), standardize=False, dispersion=1.0, intercept=False
    )

    def value(lam):
        prior = quad(lambda b: np.exp(-0.5 * lam * b - 0.25 * lam * b * b), 0.0, np.inf)[0]
        return float(_log_half_lines(1.0 + 0.5 * lam, z, 0.5 * lam).sum()) - z.size * np.log(2.0 * prior)

    _check(model.select("evidence"), value)


def test_strengths_of_ones_own_are_compared_and_the_seed_gives_the_same():
    model = br.Model("target ~ bmi + bp + s5 + age", DATA, penalty=br.L1())
    one, two = (model.select("evidence", lams=[1000.0, 200.0, 50.0], seed=1) for _ in range(2))
    np.testing.assert_array_equal(one.mean, two.mean)
    assert one.lam == one.lams[np.argmax(one.mean)]
    assert one.arguments["seed"] == 1
    free = model.select("evidence")
    assert free.mean[free.place] == np.nanmax(free.mean) or free.mean[free.place] > -0.05
    assert "Gibbs-EM" in free.summary().notes[1]
    assert model.select("evidence").lam == free.lam


def test_without_an_effect_the_strongest_penalty_is_taken_and_said():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    X -= np.outer(y, y @ X) / (y @ y)
    chosen = br.Model.from_arrays(X, y, penalty=br.L1()).select("evidence")
    assert "no maximum" in chosen.how[0]
    assert chosen.fit.active.size == 0


@pytest.mark.parametrize(
    ("penalty", "says"),
    [(br.MCP(), "no distribution"), (br.L1(positive=True), "Gibbs engine")],
)
def test_others_are_refused_with_a_way_out(penalty, says):
    with pytest.raises(br.errors.UnsupportedError, match=f"{says}.*Use by='cv'"):
        br.Model("target ~ bmi + bp", DATA, penalty=penalty).select("evidence")
