r"""Predictions of each row by the fit without it, along a path, from the fits to all rows.

At the mode ``b`` let ``A`` be the coefficients that are not zero, or have no kink at zero, ``e_i`` the score and
``c_i`` the curvature of the half deviance of one copy of row ``i``, and ``M = Z_A' W C Z_A + S_A``, ``S`` the
quadratic penalties. With ``q_i = z_i' M^-1 z_i`` the fit without the row has

    eta_i(-i) = eta_i - q_i e_i / (1 - c_i q_i).

For a Gaussian model that is exact for every row whose absence leaves the signs of ``b`` as they are, which is checked:
signs of ``b_A - M^-1 z_i e_i / (1 - c_i q_i)``, and the scores of the coefficients at zero against their thresholds.
For other families it is one Newton step.

References
----------
Rad and Maleki (2020), A scalable estimate of the out-of-sample prediction error via approximate leave-one-out
cross-validation. Obuchi and Kabashima (2016), Cross validation in LASSO and its acceleration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayesreg.errors import UnsupportedError
from bayesreg.resolved import Resolved
from bayesreg.solvers import ModePath, find_mode
from bayesreg.solvers.mode import holds_all
from bayesreg.solvers.problem import Problem, make_problem

LARGEST = 5000  # coefficients that are not zero, up to which a matrix is factorised at each strength
NUMBERS = 2**22  # scores of coefficients, rows times columns, that are held at a time
ROUNDING = 1e-9  # of a threshold, by which a score may pass it
FIRST, MOST = 20, 200  # rows of the largest influence that are refitted for other families, and most refits
ALONE = 1e-10  # 1 - leverage below which a row alone decides about a coefficient


@final
@dataclass(frozen=True, eq=False)
class LeftOut:
    """What one strength says of the rows that count, each left out by itself.

    Attributes
    ----------
    eta : ndarray (n,)
        Linear predictors without the row.
    step : ndarray (n,)
        Their distance from those with the row, in standard deviations of the row.
    changed : ndarray of bool (n,)
        Whether the signs do not stay as they are without the row.
    """

    eta: np.ndarray
    step: np.ndarray
    changed: np.ndarray


@final
@dataclass(frozen=True, eq=False)
class Checked:
    """The mean loss at a strength with doubtful rows refitted.

    Attributes
    ----------
    mean : float
        The mean loss where the refits have the place of the approximation.
    changed : int
        Rows whose absence changes the signs.
    refitted : int
    rows : int
        All that count.
    """

    mean: float
    changed: int
    refitted: int
    rows: int


@final
@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """A model along a path, each row left out.

    Attributes
    ----------
    design : Design
    resolved : Resolved
    path : ModePath
    """

    design: Any
    resolved: Resolved
    path: ModePath

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean unit deviances (k,) of rows without themselves, by their weights; infinite where there are none."""
        return np.array([self._mean(self.loss(k)) for k in range(len(self._left))])

    @cached_property
    def se(self) -> np.ndarray:
        """Standard errors (k,) of `mean` over the rows."""
        return np.array([self._error(self.loss(k)) for k in range(len(self._left))])

    @cached_property
    def kept(self) -> np.ndarray:
        """Shares (k,) of rows whose absence leaves the signs as they are."""
        return np.array([1.0 - float(one.changed.mean()) for one in self._left])

    def loss(self, k: int) -> np.ndarray:
        """Return the unit deviance (n,) of each row that counts without itself at the k-th strength."""
        y = self._problem.y[self._present]
        return 2.0 * np.asarray(self.resolved.likelihood.half_deviance(y, self._left[k].eta))

    def check(self, k: int) -> Checked:
        """Fit again at the k-th strength without each doubtful row, up to 200 of them, the most influential first.

        Doubtful are rows whose absence changes the signs, and for other families than the Gaussian the 20 of the
        largest influence.
        """
        one, loss = self._left[k], self.loss(k)
        order = np.argsort(-one.step, kind="stable")
        doubtful = one.changed.copy()
        if self.resolved.likelihood.name != "gaussian":
            doubtful[order[:FIRST]] = True
        again = order[doubtful[order]][:MOST]
        for place in again:
            loss[place] = self._refitted(k, int(self._present[place]))
        return Checked(self._mean(loss), int(one.changed.sum()), again.size, loss.size)

    def _refitted(self, k: int, row: int) -> float:
        """Return the unit deviance of a row, by weight one, under the fit without one copy of it."""
        weights = self.resolved.weights.copy()
        weights[row] -= 1.0 if self.resolved.frequency else weights[row]
        at = self.resolved.multiplied(float(self.path.multipliers[k]))
        mode = find_mode(self.design, replace(at, weights=weights), start=self.path.betas[k])
        start = int(self.resolved.intercept)
        eta = self.design.X[[row]] @ mode.beta[start:] + mode.beta[:start].sum() + self.resolved.offset[row]
        return float(2.0 * self.resolved.likelihood.half_deviance(self.design.y[[row]], np.asarray(eta))[0])

    def _mean(self, loss: np.ndarray) -> float:
        weights = self._problem.weights[self._present]
        return float(weights @ loss / weights.sum()) if np.isfinite(loss).all() else np.inf

    def _error(self, loss: np.ndarray) -> float:
        if not np.isfinite(loss).all():
            return np.inf
        weights = self._problem.weights[self._present]
        away = weights @ (loss - self._mean(loss)) ** 2 / weights.sum()
        return float(np.sqrt(away / (self.resolved.observations - 1.0)))

    @cached_property
    def _problem(self) -> Problem:
        return make_problem(self.design, self.resolved)

    @cached_property
    def _present(self) -> np.ndarray:
        return np.flatnonzero(self._problem.weights > 0.0)

    @cached_property
    def _left(self) -> list[LeftOut]:
        return [
            leave_out(self._problem.multiplied(float(t)), self._problem.from_user(beta), self.resolved.frequency)
            for t, beta in zip(self.path.multipliers, self.path.betas, strict=True)
        ]


def check_left_out(resolved: Resolved) -> None:
    """Raise where the mode without a row is not known from that with it.

    Raises
    ------
    UnsupportedError
        If a penalty is no sum of absolute values, squares and quadratic forms, or the likelihood is not concave.
    """
    if resolved.correction is None and holds_all(resolved) and resolved.likelihood.convex:
        return
    raise UnsupportedError(
        "by='loo' goes with penalties of absolute values, squares and quadratic forms (br.L1, br.ElasticNet, br.L2, "
        "br.Smooth ...) and concave likelihoods, and not with this model. Use by='cv' with folds=<number of rows> for "
        "refits without each row, or with 10 folds."
    )


def leave_out(problem: Problem, g: np.ndarray, frequency: bool) -> LeftOut:
    """Return the predictions of each row of positive weight without it, at the mode ``g`` (m,) of a problem."""
    at = np.flatnonzero((g != 0.0) | ((problem.l1 <= 0.0) & ~problem.positive))
    if at.size > LARGEST:
        raise UnsupportedError(
            f"by='loo' factorises a matrix of the {at.size} coefficients that are not zero; at most {LARGEST} are "
            "allowed. Use by='cv'."
        )
    present = problem.weights > 0.0
    w, y = problem.weights[present], problem.y[present]
    eta = (problem.Z @ g + problem.offset)[present]
    score, bend = problem.likelihood.score(y, eta), problem.likelihood.bend(y, eta)
    Z = np.asarray(problem.Z[:, at])[present]
    each = np.ones_like(w) if frequency else w
    turned = _solved(problem, Z, w * bend, at)
    q = np.einsum("ij,ji->i", Z, turned)
    slack = 1.0 - each * bend * q
    if (slack < ALONE).any():
        nowhere = np.full(w.size, np.nan)
        return LeftOut(nowhere, nowhere, np.ones(w.size, dtype=bool))
    shift = each * score / slack
    kinked = (problem.l1[at] > 0.0) | problem.positive[at]
    signs = np.sign(g[at][kinked])[:, None]
    changed = (signs * (g[at][kinked][:, None] - turned[kinked] * shift) <= 0.0).any(axis=0)
    changed |= _crossed(problem, g, at, (present, w * score, w * bend), (Z, turned, shift))
    return LeftOut(eta - q * shift, np.abs(q * shift) * np.sqrt(bend), changed)


def _solved(problem: Problem, Z: np.ndarray, curvature: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return ``M^-1 Z'`` (a, n), by the pseudo-inverse where active columns are collinear."""
    inside = Z.T @ (curvature[:, None] * Z) + np.diag(problem.l2[at])
    if problem.quadratic is not None:
        inside += problem.quadratic[np.ix_(at, at)]
    try:
        return np.asarray(cho_solve(cho_factor(inside, check_finite=False), Z.T, check_finite=False))
    except LinAlgError:
        return np.asarray(np.linalg.pinv(inside, hermitian=True) @ Z.T)


def _crossed(
    problem: Problem,
    g: np.ndarray,
    at: np.ndarray,
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
    moved: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return for each row whether a coefficient at zero would leave it without the row."""
    (present, score, curvature), (Z, turned, shift) = rows, moved
    found = np.zeros(shift.size, dtype=bool)
    rest = np.setdiff1d(np.arange(problem.l1.size), at)
    step = max(1, NUMBERS // max(shift.size, 1))
    for first in range(0, rest.size, step):
        j = rest[first : first + step]
        others = np.asarray(problem.Z[:, j])[present]
        apart = others.T - (others.T @ (curvature[:, None] * Z)) @ turned
        left = (others.T @ score)[:, None] - apart * shift
        if problem.quadratic is not None:
            left -= problem.quadratic[np.ix_(j, at)] @ (g[at][:, None] - turned * shift)
        bound = problem.l1[j][:, None] * (1.0 + ROUNDING)
        found |= np.where(problem.positive[j][:, None], left > bound, np.abs(left) > bound).any(axis=0)
    return found
