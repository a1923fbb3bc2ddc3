r"""Exact leave-one-out predictive densities, strengths and sigma integrated out anew without each row.

At a node of strengths and sigma the density of a row given the others is normal, by its residual ``r`` and leverage
``h``. The posterior without row ``i`` has the weights ``w / p(y_i | y_-i, node)`` on the same nodes, so that

    1 / p(y_i | y_-i) = sum_nodes w / p(y_i | y_-i, node).

No row is refitted, and the quadrature is as accurate as that of the posterior.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from bayesreg.posterior.evidence.posterior import LearnedPosterior
from bayesreg.posterior.evidence.reduction import LOG_2PI, Functionals
from bayesreg.posterior.exact import ExactPosterior
from bayesreg.solvers.problem import Problem

BLOCK = 2**22
STRIDE = 8
SURE, ALONE = 1e-13, 1e-10
SAFE, FLOOR = 500.0, -500.0
LOST = 1e-11
"""One less a leverage that has no digits left: such nodes, at the far end of small sigma, are left out."""


def exact_loo(exact: ExactPosterior | LearnedPosterior) -> np.ndarray | None:
    """Return ``log p(y_i | y_-i)`` (n,) of one copy of each row, in nats; None where the posterior is known by draws.

    It is 0 for rows of weight 0, and -inf where a row alone decides about a flat coefficient. Standardisation, phi
    and data-dependent priors stay those of all rows.

    Parameters
    ----------
    exact : ExactPosterior or LearnedPosterior

    References
    ----------
    Vehtari, Gelman and Gabry (2017), Practical Bayesian model evaluation using leave-one-out cross-validation.

    Examples
    --------
    >>> import bayesreg as br
    >>> from bayesreg.posterior.evidence.loo import exact_loo
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2())
    >>> elpd = exact_loo(model.sample(seed=1).sampled.exact)
    >>> elpd.shape, bool(-2500 < elpd.sum() < -2300)
    ((442,), True)
    """
    if isinstance(exact, LearnedPosterior):
        return _learned(exact)
    return _given(exact)


def _root(problem: Problem, *, frequency: bool) -> np.ndarray:
    """Return the square root (n,) of the precision weight of one copy."""
    present = problem.weights > 0.0
    return np.where(present, 1.0 if frequency else np.sqrt(problem.weights), 0.0)


def _learned(exact: LearnedPosterior) -> np.ndarray | None:
    nodes = exact.nodes_above(SURE)
    if nodes is None:
        return None
    density, problem = exact.density, exact.density.reduction.problem
    root = _root(problem, frequency=exact.resolved.frequency)
    of = Functionals(density.reduction, lambda g: (problem.Z @ g.T).T * root, seen=True)
    target = root * (problem.y - problem.offset)
    total = _Sum(root)
    step = max(1, BLOCK // target.size)
    for start in range(0, len(nodes.outer), step):
        at = slice(start, start + step)
        mean, leverage = density.factor.moments(density.variances(nodes.outer[at]), of)
        total.add(target - mean, leverage, nodes.sigma[at], nodes.weights[at])
    return total.result(of.flat_variance > 1.0 - ALONE)


def _given(exact: ExactPosterior) -> np.ndarray:
    spectrum, law, problem = exact.spectrum, exact.sigma, exact.spectrum.problem
    root = _root(problem, frequency=exact.frequency)
    along = (problem.Z @ spectrum.vectors) * root[:, None]
    target = root * (problem.y - problem.offset)
    if law.inverse_gamma is not None:
        leverage = (along**2).sum(axis=1)
        residual = target - along @ spectrum.centre(np.ones(1))[0]
        return _student(residual, leverage, root, law.inverse_gamma)
    seen = law.weights > SURE * law.weights.max()
    stride = STRIDE if seen.sum() > 40 * STRIDE else 1
    sigma, weights = law.nodes[seen][::stride], law.weights[seen][::stride]
    total, step = _Sum(root), max(1, BLOCK // target.size)
    for start in range(0, sigma.size, step):
        own = sigma[start : start + step]
        leverage = (1.0 / (own[:, None] ** 2 * spectrum.precision(own))) @ (along**2).T
        residual = target - spectrum.centre(own) @ along.T
        total.add(residual, leverage, own[:, None], weights[start : start + step, None])
    return total.result(leverage.min(axis=0) > 1.0 - ALONE)


def _student(residual: np.ndarray, leverage: np.ndarray, root: np.ndarray, shapes: tuple[float, float]) -> np.ndarray:
    """Return the densities (n,) where sigma^2 is inverse gamma: Student's t with one degree of freedom less."""
    slack, known = np.maximum(1.0 - leverage, 0.0), root > 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        a = shapes[0] - 0.5
        b = shapes[1] - 0.5 * residual**2 / slack
        variance = b / a / slack
        constant = gammaln(a + 0.5) - gammaln(a) - 0.5 * np.log(2.0 * np.pi * a)
        log_p = constant - 0.5 * np.log(variance) + np.log(root)
        log_p = log_p - (a + 0.5) * np.log1p((residual / slack) ** 2 / variance / (2.0 * a))
    return np.where(known, np.where((slack > SURE) & np.isfinite(log_p), log_p, -np.inf), 0.0)


class _Sum:
    """``log sum_nodes w / p`` of every row, in a stable form, added up over parts of the nodes."""

    def __init__(self, root: np.ndarray) -> None:
        self.root = root
        self.top, self.sum, self.weight = np.full(root.size, -np.inf), np.zeros(root.size), 0.0

    def add(self, residual: np.ndarray, leverage: np.ndarray, sigma: np.ndarray, weights: np.ndarray) -> None:
        """Add nodes: residuals and leverages (s, n), values of sigma and weights (s, Z)."""
        slack = 1.0 - leverage
        lost = slack < LOST
        slack = np.where(lost, 1.0, slack)
        half, fixed = np.where(lost, 0.0, 0.5 * residual**2 / slack), np.where(lost, FLOOR, -0.5 * np.log(slack))
        lowest = 1.0 / sigma.min(axis=1, keepdims=True) ** 2
        spread = float((half.max(axis=1) * (lowest[:, 0] - 1.0 / sigma.max(axis=1) ** 2)).max())
        together = [slice(None)] if spread < SAFE else [slice(j, j + 1) for j in range(sigma.shape[1])]
        for part in together:
            precision, weight = 1.0 / sigma[:, part] ** 2, weights[:, part] * sigma[:, part]
            highest = precision.max(axis=1, keepdims=True)
            top = np.maximum(self.top, (fixed + half * highest).max(axis=0))
            self.sum *= np.exp(self.top - top)
            for j in range(precision.shape[1]):
                term = half * precision[:, j, None]
                term += fixed - top
                self.sum += weight[:, j] @ np.exp(term, out=term)
            self.top = top
        self.weight += float(weights.sum())

    def result(self, alone: np.ndarray) -> np.ndarray:
        """Return the log densities (n,), of rows that do not decide about a flat coefficient ``alone`` (n,)."""
        known = self.root > 0.0
        with np.errstate(divide="ignore"):
            value = -0.5 * LOG_2PI + np.log(self.root) - self.top - np.log(self.sum) + np.log(self.weight)
        return np.where(known, np.where(alone, -np.inf, value), 0.0)
