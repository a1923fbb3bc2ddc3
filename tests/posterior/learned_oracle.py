"""Posteriors of learned strengths on a dense grid, from covariances of the response: nothing of the package."""

import numpy as np
import pandas as pd
from scipy import stats


def log_marginal(cov, flat, y):
    """Log densities (k,) of ``y`` under N(flat a, cov) with ``a`` flat of height 1, for covariances (k, n, n)."""
    n, f = flat.shape
    solved = np.linalg.solve(cov, np.broadcast_to(np.column_stack([flat, y]), (len(cov), n, f + 1)))
    inner = flat.T @ solved[:, :, :f]
    cross = solved[:, :, f] @ flat
    fit = np.einsum("i,ki->k", y, solved[:, :, f])
    if f:
        fit = fit - np.einsum("kf,kf->k", cross, np.linalg.solve(inner, cross[..., None])[..., 0])
    determinant = np.linalg.slogdet(cov)[1] + (np.linalg.slogdet(inner)[1] if f else 0.0)
    return -0.5 * ((n - f) * np.log(2.0 * np.pi) + determinant + fit)


class Oracle:
    """The posterior of log scales and log sigma by the trapezoidal rule on a lattice of them.

    ``parts`` are pairs (columns of unit prior variance, whether relative to sigma) of the learned blocks; ``given`` are
    columns whose prior is N(0, 1), absolute. ``log_prior(taus, sigma)`` is a density of the scales and sigma.
    """

    def __init__(self, y, flat, parts, log_prior, axes, *, given=None, sigma=None):
        points = np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1)
        self.taus = np.exp(points[:, : len(parts)])
        self.sigma = np.full(len(points), sigma) if sigma is not None else np.exp(points[:, -1])
        n = y.size
        log_p = np.empty(len(points))
        outer = [Z @ Z.T for Z, _ in parts]
        fixed = np.zeros((n, n)) if given is None else given @ given.T
        for start in range(0, len(points), 4000):
            at = slice(start, start + 4000)
            s2 = self.sigma[at, None, None] ** 2
            cov = s2 * np.eye(n) + fixed
            for k, (_, relative) in enumerate(parts):
                cov = cov + (s2 if relative else 1.0) * self.taus[at, k, None, None] ** 2 * outer[k]
            log_p[at] = log_marginal(cov, flat, y)
        log_p += log_prior(self.taus.T, self.sigma) + points.sum(axis=1)
        top = log_p.max()
        mass = np.exp(log_p - top)
        step = np.prod([axis[1] - axis[0] for axis in axes])
        self.log_evidence = top + np.log(mass.sum() * step)
        self.weight = mass / mass.sum()
        self.axes, self.shape = axes, [axis.size for axis in axes]

    def mean(self, values):
        return float(self.weight @ values)

    def marginal(self, k):
        """Density of the k-th log coordinate at the nodes of its axis."""
        others = tuple(j for j in range(len(self.shape)) if j != k)
        axis = self.axes[k]
        return self.weight.reshape(self.shape).sum(axis=others) / (axis[1] - axis[0])


def half_t(df, scale):
    return lambda s: stats.t(df, scale=scale).logpdf(s) + np.log(2.0)


def uniform_r2(spread):
    """The density of tau where ``R^2 = tau^2 v / (1 + tau^2 v)`` is uniform."""
    return lambda tau: np.log(2.0 * tau * spread) - 2.0 * np.log1p(tau**2 * spread)


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def data(n=14, seed=0, columns=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, columns))
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(columns)])
    frame["g"] = [f"g{i % 4}" for i in range(n)]
    frame["h"] = [f"h{i % 3}" for i in range(n)]
    frame["y"] = X[:, 0] - 0.4 * X[:, 1] + 0.8 * rng.normal(size=4)[np.arange(n) % 4] + rng.normal(size=n) + 2.0
    return frame
