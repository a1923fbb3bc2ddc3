"""The log joint: ``log p(y | eta, phi) + sum_b log prior_b(beta_b)``, the only place where the two are added.

Solvers climb it, engines sample it, certificates check it. `log_joint` is written against ``xp`` and
runs on NumPy arrays and on PyTensor variables; `LogJoint` binds it to one model's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.learned import log_hyperprior
from bayesreg.matrices import product
from bayesreg.penalties import Penalty, Strength
from bayesreg.resolved import Resolved
from bayesreg.xp import NUMPY, Array, Namespace


def log_prior(
    resolved: Resolved, beta: Array, sigma: Array | None = None, xp: Namespace = NUMPY, *, scales: Array | None = None
) -> Array:
    """Return the log prior density of the coefficients, in nats.

    Parameters
    ----------
    resolved : Resolved
    beta : array (q,)
        Coefficients on the user's scale, the intercept first.
    sigma : scalar, optional
        Residual standard deviation; priors relative to sigma are ``p(u beta) u`` with
        ``u = sqrt(phi) / sigma``. None: at ``sqrt(phi)``.
    xp : Namespace
    scales : array (L,), optional
        The scales of the learned strengths; None: at the strengths of ``resolved``.
    """
    total: Array = xp.sum(0.0 * beta)
    for piece in penalised(resolved):
        strength = piece.strength_at(resolved.phi, sigma, scales)
        total = total + xp.sum(piece.law.log_prior(piece.acted_on(beta), strength, xp)) + piece.log_volume
    return total if resolved.correction is None else total + resolved.correction.log_density(beta, xp)


@final
@dataclass(frozen=True, eq=False)
class Piece:
    """A block's prior as the log joint evaluates it.

    Attributes
    ----------
    law : Penalty
    at : ndarray of int (d,)
        Positions of its coefficients.
    strength : Strength
        Canonical strength of what the law acts on: arrays (d,) for separable laws, else numbers.
    relative : bool
        Whether the strength moves with sigma.
    map : ndarray (d, d), (d,) or None
        Joint laws act on ``map @ b`` or ``map * b``; None: on the coefficients.
    center : ndarray (q,) or None
        Column means, where the intercept is among the coefficients: the law acts on that of the centred columns.
    learned : int
        Which of the learned strengths is its own; -1: none.
    unit : Strength
        For a learned strength, the canonical strength at scale 1; else `strength`.
    """

    law: Penalty
    at: np.ndarray
    strength: Strength
    relative: bool
    map: np.ndarray | None
    center: np.ndarray | None
    learned: int
    unit: Strength

    def strength_at(self, phi: float, sigma: Array | None = None, scales: Array | None = None) -> Strength:
        """Return the canonical strength at sigma (None: ``sqrt(phi)``) and the scales of the learned strengths."""
        if self.learned < 0 or scales is None:
            moved = sigma is not None and self.relative
            return self.strength.scaled(np.sqrt(phi) / sigma) if moved else self.strength
        width = scales[self.learned]
        if self.relative:
            width = width * (np.sqrt(np.float64(phi)) if sigma is None else sigma)
        return self.unit.scaled(1.0 / width)

    def acted_on(self, beta: Array) -> Array:
        """Return what the law acts on (..., d) from coefficients (q,); an intercept is ``beta_0 + sum_j c_j b_j``."""
        value = beta[self.at]
        if self.center is not None:
            value = value + (self.at == 0) * (beta * self.center).sum()
        if self.map is None:
            return value
        return self.map * value if self.map.ndim == 1 else self.map @ value

    @property
    def log_volume(self) -> np.float64:
        """``log |det map|``, which makes the density of what the law acts on one of the coefficients."""
        if self.map is None:
            return np.float64(0.0)
        return np.float64(np.log(np.abs(self.map)).sum() if self.map.ndim == 1 else np.linalg.slogdet(self.map)[1])

    def back(self, acted_on: np.ndarray) -> np.ndarray:
        """Return the coefficients (..., d) from what the law acts on, the intercept that of the centred columns."""
        if self.map is None:
            return acted_on
        return acted_on / self.map if self.map.ndim == 1 else np.linalg.solve(self.map, acted_on[..., None])[..., 0]

    def score(self, score: np.ndarray) -> np.ndarray:
        """Return the gradient (d,) with respect to what the law acts on, from that of centred coefficients (q,)."""
        part = score[self.at]
        if self.map is None:
            return part
        return part / self.map if self.map.ndim == 1 else np.linalg.solve(self.map.T, part)


def penalised(resolved: Resolved) -> Iterator[Piece]:
    """Yield the pieces of the log prior: every block that is not flat, without excluded coefficients."""
    for block in resolved.blocks:
        at = block.columns[~resolved.excluded[block.columns]]
        if at.size == 0 or (block.law.is_flat and not resolved.bounded[at].any()):
            continue
        learned, scale = resolved.learned_of(block), None
        strength = resolved.strength.at(at)
        unit = resolved.unit.at(at) if learned >= 0 else strength
        if not block.law.traits.separable:
            strength, unit = (Strength(float(one.rate[0]), float(one.precision[0])) for one in (strength, unit))
            scale = resolved.scale[at] if block.metric is None else block.metric
        center = resolved.center if resolved.intercept and 0 in at else None
        relative = bool(resolved.sigma_relative[at].any())
        yield Piece(block.law, at, strength, relative, scale, center, learned, unit)


def log_likelihood(
    resolved: Resolved,
    y: Array,
    eta: Array,
    sigma: Array | None = None,
    xp: Namespace = NUMPY,
    *,
    shape: Array | None = None,
) -> Array:
    """Return the log likelihood of each row (n,), in nats; without ``sigma`` and ``shape`` at the model's own."""
    law = resolved.likelihood_at(sigma, shape)
    phi = sigma * sigma if sigma is not None and law.has_dispersion else resolved.phi
    return law.log_likelihood(y, eta, phi, resolved.weights, resolved.frequency, xp)


def log_joint(
    resolved: Resolved,
    X: Array,
    y: Array,
    beta: Array,
    sigma: Array | None = None,
    xp: Namespace = NUMPY,
    *,
    scales: Array | None = None,
    shape: Array | None = None,
) -> Array:
    """Return ``log p(y | beta, sigma) + log p(beta | sigma)``, in nats; plus ``log p(scales)`` where they are given.

    Parameters
    ----------
    resolved : Resolved
    X : array (n, q)
        Design with its column of ones first, where there is an intercept.
    y : array (n,)
    beta : array (q,)
    sigma : scalar, optional
        None: ``sqrt(phi)``.
    xp : Namespace
    scales : array (L,), optional
        The scales of the learned strengths. Their density is with respect to Lebesgue measure on them.
    shape : scalar, optional
        Of negative binomial counts; None: the model's own. Its density, as that of sigma, is not added.
    """
    eta = X @ beta + resolved.offset
    rows = log_likelihood(resolved, y, eta, sigma, xp, shape=shape)
    joint = xp.sum(rows) + log_prior(resolved, beta, sigma, xp, scales=scales)
    return joint if scales is None else joint + log_hyperprior(resolved.learned, scales, xp)


@final
@dataclass(frozen=True, eq=False)
class LogJoint:
    """The log joint of one model on its data, with the parts that solvers and certificates use.

    Attributes
    ----------
    design : Design
    resolved : Resolved
    """

    design: Design
    resolved: Resolved

    def eta(self, beta: np.ndarray) -> np.ndarray:
        """Return the linear predictor (n,), offset included."""
        slopes = beta[int(self.resolved.intercept) :]
        start = beta[0] if self.resolved.intercept else 0.0
        return product(self.design.X, slopes) + start + self.resolved.offset

    def loss(self, beta: np.ndarray) -> float:
        """Return ``sum_i w_i d_i / 2``, in loss units."""
        rows = self.resolved.likelihood.half_deviance(self.design.y, self.eta(beta))
        return float(self.resolved.weights @ rows)

    def penalty(self, beta: np.ndarray) -> float:
        """Return the penalty in loss units: ``phi`` times its value in nats."""
        pieces, correction = penalised(self.resolved), self.resolved.correction
        values = sum(p.law.value(p.acted_on(beta), p.strength).sum() for p in pieces)
        return self.resolved.phi * float(values - (0.0 if correction is None else correction.log_density(beta)))

    def objective(self, beta: np.ndarray) -> float:
        """Return what the mode minimises: loss plus penalty, in loss units."""
        return self.loss(beta) + self.penalty(beta)

    def log_likelihood(self, beta: np.ndarray, sigma: float | None = None) -> float:
        """Return the log likelihood in nats at ``sigma`` (default ``sqrt(phi)``)."""
        return float(log_likelihood(self.resolved, self.design.y, self.eta(beta), sigma).sum())

    def log_posterior(self, beta: np.ndarray, sigma: float | None = None) -> float:
        """Return the log joint density in nats at ``sigma`` (default ``sqrt(phi)``)."""
        return self.log_likelihood(beta, sigma) + float(log_prior(self.resolved, beta, sigma))

    def residual(self, eta: np.ndarray) -> np.ndarray:
        """Return ``w (y - mu)`` (n,): minus the gradient of the loss in the linear predictor."""
        return self.resolved.weights * self.resolved.likelihood.score(self.design.y, eta)

    def score(self, beta: np.ndarray) -> np.ndarray:
        """Return the gradient of the loss with its sign turned (q,): ``X' w (y - mu)``, in loss units."""
        residual = self.residual(self.eta(beta))
        slopes = self.design.X.T @ residual
        return np.concatenate([[residual.sum()], slopes]) if self.resolved.intercept else slopes

    def null(self) -> np.ndarray:
        """Return the coefficients with all at 0 but a flat intercept, which is at its optimum (q,)."""
        beta = np.zeros(len(self.resolved.coefficients))
        if self.resolved.intercept and self.resolved.free[0]:
            corrected = self.resolved.correction is not None
            beta[0] = (shrunken_intercept if corrected else null_intercept)(self.design, self.resolved)
        return beta


def shrunken_intercept(design: Design, resolved: Resolved) -> float:
    """Return an intercept that is finite for any response: that of its mean with half an event more in one row more."""
    w = resolved.weights
    mean = (float(w @ design.y) + 0.5) / (float(w.sum()) + 1.0)
    return float(resolved.likelihood.link_function(np.array([mean]))[0]) - float(w @ resolved.offset / w.sum())


def null_intercept(design: Design, resolved: Resolved) -> float:
    """Return the maximum-likelihood intercept of the model with nothing else, by Newton steps."""
    law, w, y = resolved.likelihood, resolved.weights, design.y
    mean = float(w @ y / w.sum())
    level = float(law.link_function(np.array([mean]))[0]) - float(w @ resolved.offset / w.sum())
    for _ in range(100):
        eta = level + resolved.offset
        step = float(w @ law.score(y, eta)) / float(w @ law.bend(y, eta))
        level += float(np.clip(step, -1.0, 1.0)) if law.name != "gaussian" else step
        if abs(step) <= 1e-14 * max(1.0, abs(level)):
            break
    return level
