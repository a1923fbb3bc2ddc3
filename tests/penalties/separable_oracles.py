"""What separable laws are held against: quadrature, refined grids, finite differences, shares of draws."""

import numpy as np
from scipy.stats import binom

from bayesreg.penalties import Strength

NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)


def integral(function, ends):
    """Integral of a smooth function over consecutive pieces, 60 Gauss-Legendre nodes each."""
    ends = np.asarray(ends, dtype=float)
    half = 0.5 * np.diff(ends)[:, None]
    x = ends[:-1, None] + half * (1.0 + NODES)
    return float(np.sum(half * WEIGHTS * function(x)))


def log_area(law, strength):
    """Log integral of exp(-value) over the bounds, over log |b| in pieces of a third of a decade."""
    unit = 1.0 / (float(strength.rate) + float(strength.precision) ** 0.5)
    total = 0.0
    for sign, end in zip((-1.0, 1.0), np.abs(law.bounds), strict=True):
        if end > 0.0:
            start, stop = 1e-15 * unit, min(end, 1e12 * unit)
            ends = np.linspace(np.log(start), np.log(stop), 82)
            total += start + integral(lambda t: np.exp(t - law.value(sign * np.exp(t), strength)), ends)  # noqa: B023
    return np.log(total)


def prox_cost(law, x, z, strength, step):
    return 0.5 * (x - z) ** 2 + step * law.value(x, strength)


def least_cost(law, z, strength, step, zooms=12):
    """Smallest objective of the prox, on a grid that is refined around its three best points."""
    lower, upper = (np.clip(end, *law.bounds) for end in (-abs(z) - 1e-3, abs(z) + 1e-3))
    first = np.union1d(np.linspace(lower, upper, 1001), [0.0])
    costs = prox_cost(law, first, z, strength, step)
    best = float(costs.min())
    for start in first[np.argsort(costs)[:3]]:
        center, width = start, (upper - lower) / 500.0
        for _ in range(zooms):
            grid = np.clip(np.linspace(center - width, center + width, 41), *law.bounds)
            found = prox_cost(law, grid, z, strength, step)
            center, width = grid[np.argmin(found)], width / 10.0
            best = min(best, float(found.min()))
    return best


def check_prox(law, strength, sizes, steps):
    """The objective at prox(z) is the smallest one to 1e-12 of its size: both are sums of a few rounded terms."""
    for step in steps:
        z = np.asarray(sizes, dtype=float)
        if law.bounds == (-np.inf, np.inf):
            assert np.array_equal(law.prox(-z, strength, step), -law.prox(z, strength, step))
        else:
            z = np.concatenate([-z, z])
        got = law.prox(z, strength, step)
        for at, x in zip(z, got, strict=True):
            cost, least = float(prox_cost(law, x, at, strength, step)), least_cost(law, at, strength, step)
            assert cost <= least + 1e-12 * (1.0 + abs(least)), (at, x, step)


def check_derivatives(law, strength, sizes, rel=1e-7):
    """Slope and curvature against central differences, of relative error 1e-8 here."""
    size = np.asarray(sizes, dtype=float)
    step = 1e-5 * size
    slope = (law.value(size + step, strength) - law.value(size - step, strength)) / (2.0 * step)
    scale = np.abs(law.value(size, strength)) / size
    np.testing.assert_allclose(law.slope(size, strength), slope, rtol=rel, atol=rel * float(scale.max()))
    bend = (law.slope(size + step, strength) - law.slope(size - step, strength)) / (2.0 * step)
    np.testing.assert_allclose(law.curvature(size, strength), bend, rtol=1e-5, atol=1e-7 * float((slope / size).max()))


def check_draws(law, strength, probs=(0.05, 0.3, 0.5, 0.8, 0.99), count=40_000):
    """Shares of |draws| below the quantiles and of draws below 0; a correct law fails with probability below 1e-6."""
    draws = law.draw(strength, np.random.default_rng(7), count)
    alpha = 1e-7
    for prob in probs:
        hits = int(np.sum(np.abs(draws) <= law.absolute_quantile(prob, strength)))
        assert binom.ppf(alpha, count, prob) <= hits <= binom.isf(alpha, count, prob), prob
    if law.bounds == (-np.inf, np.inf):
        assert abs(np.mean(draws < 0.0) - 0.5) < 5.5 * 0.5 / np.sqrt(count)
    return draws


def check_round_trip(law, dispersions=(1e-3, 0.25, 1.0, 3.0)):
    """Both faces have one strength and one set of options at every dispersion, to a few roundings."""
    for phi in dispersions:
        own = law.strength(phi)
        for face in (law.to_prior(phi), law.to_penalty(phi), law.to_prior(phi).to_penalty(phi)):
            got = face.strength(phi)
            np.testing.assert_allclose(got, own, rtol=1e-13, atol=0.0)
            assert (face.law, face.bounds, face.weights) == (law.law, law.bounds, law.weights)
            assert (face.relative_to == "sigma") == (law.relative_to == "sigma")


def check_scaling(law, strength):
    """value(b, strength.scaled(c)) = value(c b, strength) and the density changes by c."""
    b = np.array([1e-4, 0.3, 1.0, 7.0])
    for c in (1e-3, 40.0):
        np.testing.assert_allclose(law.value(b, strength.scaled(c)), law.value(c * b, strength), rtol=1e-12)
        if law.traits.proper:
            change = law.log_normalizer(strength.scaled(c)) - law.log_normalizer(strength)
            assert abs(change + np.log(c)) < 1e-12


def check_graph(law, strength):
    """One formula in both namespaces: values, normaliser and the gradient of the log prior, whole arrays at once."""
    import pytensor
    import pytensor.tensor as pt

    from bayesreg.xp import pytensor_namespace

    xp = pytensor_namespace()
    b = np.array([-4.0, -0.3, 1e-5, 0.7, 2.0])
    b = b[(b > law.bounds[0]) & (b < law.bounds[1])]
    whole = Strength(np.full(b.size, float(strength.rate)), np.full(b.size, float(strength.precision)))
    beta, rate, precision = pt.vector(), pt.vector(), pt.vector()
    log_prior = law.log_prior(beta, Strength(rate, precision), xp)
    outputs = [log_prior, pytensor.gradient.grad(log_prior.sum(), beta)]
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    run = pytensor.function([beta, rate, precision], outputs, mode=mode, on_unused_input="ignore")
    got, gradient = run(b, *whole)
    np.testing.assert_allclose(got, law.log_prior(b, whole), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(gradient, -np.sign(b) * law.slope(np.abs(b), whole), rtol=1e-11)
