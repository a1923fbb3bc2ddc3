r"""Laplace's approximation to the evidence of a model without a dispersion, and its slope in the log variances.

``log p(y) = l(b) - sum_k (K_k log v_k + |u_k|^2 / v_k) / 2 - log det H / 2 + c`` at the mode ``b = (a, u)``, with
``H = C'WC + diag(0, 1 / v)``. The mode moves with the variances, ``db / dlog v_k = H^-1 (0, u_k / v_k)``, and with it
the weights ``W``, whose slope in the linear predictor is a difference quotient.

References
----------
Tierney and Kadane (1986), Accurate approximations for posterior moments and marginal densities. Wood (2011), Fast
stable restricted maximum likelihood and marginal likelihood estimation of semiparametric generalized linear models.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import numpy as np
from scipy.linalg import lapack

from bayesreg.design import Design
from bayesreg.objective import LogJoint, log_prior
from bayesreg.posterior.evidence.split import Split, split
from bayesreg.resolved import Resolved
from bayesreg.select.components.criterion import Criterion, Point
from bayesreg.solvers.columns import as_array
from bayesreg.solvers.problem import Problem, make_problem

NO_EFFECT, NO_PRIOR = 1e-9, 1e11
STEP, BEND_STEP = 1e-4, 1e-4
"""Of the difference quotients: of weights in the linear predictor, of slopes in the log variances."""
NEWTON, HALVINGS, CLOSE = 100, 40, 1e-11


@final
@dataclass(frozen=True, eq=False)
class Laplace(Criterion):
    """The approximate evidence of one model.

    Attributes
    ----------
    design : Design
    resolved : Resolved
    problem : Problem
    coordinates : Split
    """

    design: Design
    resolved: Resolved
    problem: Problem
    coordinates: Split
    _last: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def strengths(self) -> int:
        return len(self.resolved.learned)

    @cached_property
    def _columns(self) -> np.ndarray:
        """The columns (n, m) of the flat coordinates and then of ``u``."""
        return np.concatenate(self.coordinates.columns(as_array(self.problem.Z)), axis=1)

    @cached_property
    def _group(self) -> np.ndarray:
        """The group (m,) of each coordinate; -1: flat."""
        return np.concatenate([np.full(self.coordinates.flat, -1), self.coordinates.group])

    @cached_property
    def _constant(self) -> float:
        """The log density of the prior in the coordinates at 0 and variances of 1, with the volume of the integral."""
        ones = np.ones(self.strengths)
        top = float(log_prior(self.resolved, np.zeros(self.problem.q), np.float64(1.0), scales=ones))
        volume = self.coordinates.log_volume - float(np.log(self.problem.size).sum())
        return top + volume + 0.5 * self._group.size * float(np.log(2.0 * np.pi))

    def start(self) -> np.ndarray:
        width = np.array([np.count_nonzero(self._group == k) for k in range(self.strengths)])
        return np.asarray(np.log(np.minimum(width, self.problem.y.size) / self._sizes))

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        return np.log(NO_EFFECT / self._sizes), np.log(NO_PRIOR / self._sizes)

    @cached_property
    def _sizes(self) -> np.ndarray:
        """The information (L,) of the rows about the coordinates of each learned strength, at the null model."""
        mean = np.average(self.problem.y, weights=self.problem.weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.clip(np.nan_to_num(self.problem.likelihood.link_function(np.array([mean]))), -5.0, 5.0)
        weights = self.problem.weights * self.problem.likelihood.curvature(middle)[0]
        squares = weights @ self._columns**2
        return np.maximum([float(squares[self._group == k].sum()) for k in range(self.strengths)], 1e-300)

    def _precision(self, x: np.ndarray) -> np.ndarray:
        v = np.append(np.exp(x), [1.0, 1.0, np.inf])
        return 1.0 / v[self._group]

    def at(self, x: np.ndarray) -> Point | None:
        found = self._first(x)
        if found is None:
            return None
        value, slope, edf, _ = found
        bend = np.empty((x.size, x.size))
        for k, unit in enumerate(np.eye(x.size)):
            ends = self._first(x + BEND_STEP * unit), self._first(x - BEND_STEP * unit)
            if ends[0] is None or ends[1] is None:
                return None
            bend[k] = (ends[0][1] - ends[1][1]) / (2.0 * BEND_STEP)
        self._last["b"] = found[3]
        return Point(x, value, slope, 0.5 * (bend + bend.T), edf)

    def _first(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray] | None:
        """Return the value, the slope, the effective degrees of freedom and the mode; None where there is none."""
        precision, C, problem = self._precision(x), self._columns, self.problem
        b = self._mode(precision, self._last.get("b", np.zeros(C.shape[1])))
        if b is None:
            return None
        eta = problem.offset + C @ b
        weights = problem.weights * problem.likelihood.bend(problem.y, eta)
        lower, failed = lapack.dpotrf((C.T * weights) @ C + np.diag(precision), lower=1, clean=1)
        if failed:
            return None
        inverse = lapack.dpotrs(lower, np.eye(b.size), lower=1)[0]
        bends = [problem.likelihood.bend(problem.y, eta + step) for step in (STEP, -STEP)]
        third = problem.weights * (bends[0] - bends[1]) / (2.0 * STEP)
        leverage = third * np.einsum("ij,jk,ik->i", C, inverse, C, optimize=True)
        slope, edf = np.empty(x.size), np.empty(x.size)
        for k in range(x.size):
            own = self._group == k
            pull = np.where(own, precision * b, 0.0)
            edf[k] = np.count_nonzero(own) - float(precision[own] @ np.diag(inverse)[own])
            slope[k] = 0.5 * (float(pull @ b) - edf[k] - float(leverage @ (C @ (inverse @ pull))))
        a, u = b[: self.coordinates.flat], b[self.coordinates.flat :]
        beta = problem.to_user(self.coordinates.back(a[None], u[None]))[0]
        fit = LogJoint(self.design, self.resolved).log_likelihood(beta)
        penalised = self._group >= 0
        prior = 0.5 * float(np.log(precision[penalised]).sum() - (precision * b) @ b)
        value = fit + prior + self._constant - float(np.log(np.diag(lower)).sum())
        return value, slope, edf, b

    def _mode(self, precision: np.ndarray, b: np.ndarray) -> np.ndarray | None:
        """Return the mode by Newton's method with halved steps; None where it does not end."""
        C, problem = self._columns, self.problem
        law, y, weights = problem.likelihood, problem.y, problem.weights

        def depth(b: np.ndarray) -> float:
            eta = problem.offset + C @ b
            return float(weights @ law.half_deviance(y, eta)) + 0.5 * float((precision * b) @ b)

        here = depth(b)
        for _ in range(NEWTON):
            eta = problem.offset + C @ b
            slope = precision * b - C.T @ (weights * law.score(y, eta))
            curvature = (C.T * (weights * law.bend(y, eta))) @ C + np.diag(precision)
            lower, failed = lapack.dpotrf(curvature, lower=1, clean=1)
            if failed or not np.isfinite(here):
                return None
            step = lapack.dpotrs(lower, slope, lower=1)[0]
            gain = float(slope @ step)
            for _ in range(HALVINGS):
                there = depth(b - step)
                if there <= here + 1e-13 * abs(here):
                    break
                step = 0.5 * step
            else:
                return b
            b, here = b - step, there
            if gain <= CLOSE * CLOSE:
                return b
        return None


def make_laplace(design: Design, resolved: Resolved) -> Laplace:
    """Return the approximate evidence of a model whose penalties are quadratic."""
    problem = make_problem(design, resolved)
    return Laplace(design, resolved, problem, split(problem, resolved))
