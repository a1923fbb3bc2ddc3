r"""The restricted likelihood of a Gaussian model with quadratic penalties: flat coefficients integrated out, exactly.

With ``t ~ N(0, sigma^2 S)``, ``S = I + sum_k v_k T_k T_k'``, the log evidence is
``c - log det S / 2 - nu log sigma - t'S^-1 t / (2 sigma^2)``, and its derivatives in ``log v_k`` follow from
``W = D T'S^-1 T D`` and ``w = D T'S^-1 t``, ``D^2 = V``: ``d log det S = tr W_kk``, ``d t'S^-1 t = -|w_k|^2``.

References
----------
Patterson and Thompson (1971), Recovery of inter-block information when block sizes are unequal. Wood (2011), Fast
stable restricted maximum likelihood and marginal likelihood estimation of semiparametric generalized linear models.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, final

import numpy as np
from scipy.linalg import lapack

from bayesreg.posterior.evidence.reduction import Reduction
from bayesreg.resolved import Resolved
from bayesreg.select.components.criterion import Criterion, Point

NO_EFFECT, NO_PRIOR = 1e-9, 1e11
"""The prior variance of a block's part of the rows, in units of sigma^2, below which it has no effect, and above which
it has no prior."""


class Parts(NamedTuple):
    """``log det S``, ``t'S^-1 t``, and by groups (G,) and their pairs (G, G) what the derivatives follow from.

    ``trace`` is ``tr W_kk``, ``square`` is ``|w_k|^2``, ``mixed`` is ``|W_kl|^2`` and ``product`` is ``w_k'W_kl w_l``.
    """

    determinant: float
    misfit: float
    trace: np.ndarray
    square: np.ndarray
    mixed: np.ndarray
    product: np.ndarray


@final
@dataclass(frozen=True, eq=False)
class Restricted(Criterion):
    """The restricted likelihood of a reduced model.

    Attributes
    ----------
    reduction : Reduction
    resolved : Resolved
    """

    reduction: Reduction
    resolved: Resolved

    @property
    def strengths(self) -> int:
        return len(self.resolved.learned)

    @property
    def estimated(self) -> bool:
        """Whether sigma is estimated too."""
        return self.resolved.sigma_prior is not None

    @cached_property
    def _sizes(self) -> np.ndarray:
        """The sums of squares (L,) of the columns of each learned strength."""
        T, group = self.reduction.T, self.reduction.split.group
        return np.array([float((T[:, group == k] ** 2).sum()) for k in range(self.strengths)])

    @cached_property
    def _chain(self) -> np.ndarray:
        """The log variances of the groups, in units of sigma^2, as linear functions (G, D) of ``x``."""
        found = np.zeros((self.strengths + 2, self.strengths + 1))
        for k, one in enumerate(self.resolved.learned):
            found[k, k] = 1.0
            found[k, -1] = 0.0 if one.relative else -2.0
        found[-1, -1] = -2.0
        return found

    def _log_sigma(self, x: np.ndarray) -> float:
        return float(x[-1]) if self.estimated else 0.5 * float(np.log(self.resolved.phi))

    def start(self) -> np.ndarray:
        width = np.array([np.count_nonzero(self.reduction.split.group == k) for k in range(self.strengths)])
        x = np.log(np.maximum(np.minimum(width, self.reduction.t.size), 1) / np.maximum(self._sizes, 1e-300))
        reduction = self.reduction
        spare = max(reduction.freedom + reduction.surplus, 1.0)
        log_sigma = 0.5 * np.log((reduction.rest + float(reduction.t @ reduction.t)) / spare) - 0.5
        return self._absolute(x, log_sigma)

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = (np.log(end / np.maximum(self._sizes, 1e-300)) for end in (NO_EFFECT, NO_PRIOR))
        middle = self._log_sigma(self.start())
        return self._absolute(low, middle, -30.0), self._absolute(high, middle, 30.0)

    def _absolute(self, x: np.ndarray, log_sigma: float, away: float = 0.0) -> np.ndarray:
        """Return ``x`` (D,) from log variances in units of ``sigma^2``, and ``log sigma`` so far away."""
        at = log_sigma if self.estimated else 0.5 * float(np.log(self.resolved.phi))
        own = x + np.array([0.0 if one.relative else 2.0 * at for one in self.resolved.learned])
        return np.append(own, at + away) if self.estimated else own

    def at(self, x: np.ndarray) -> Point | None:
        s = self._log_sigma(x)
        known = _parts(self.reduction, np.exp(self._chain @ np.append(x[: self.strengths], s)))
        if known is None:
            return None
        by, power = float(np.exp(-2.0 * s)), self.reduction.freedom + self.reduction.surplus
        shift = self.reduction.surplus * 0.5 * float(np.log(self.resolved.phi))
        value = self.reduction.log_constant - 0.5 * known.determinant - power * s + shift - 0.5 * by * known.misfit
        slope = 0.5 * (by * known.square - known.trace)
        bend = 0.5 * (known.mixed - np.diag(known.trace)) - by * (known.product - 0.5 * np.diag(known.square))
        chain = self._chain
        first, second = chain.T @ slope, chain.T @ bend @ chain
        along = -by * (chain.T @ known.square)
        first[-1] += by * known.misfit - power
        second[-1] += along
        second[:, -1] += along
        second[-1, -1] -= 2.0 * by * known.misfit
        kept = self.strengths + int(self.estimated)
        return Point(x, value, first[:kept], second[:kept, :kept], known.trace[: self.strengths])


def _parts(reduction: Reduction, v: np.ndarray) -> Parts | None:
    """Return what is known at variances ``v`` (G,); None where they are too wide for double precision."""
    T, t, group = reduction.T, reduction.t, reduction.split.group
    C = T * np.sqrt(v[group])
    narrow = C.shape[1] <= C.shape[0]
    spread = C.T @ C if narrow else C @ C.T
    lower, failed = np.zeros((0, 0)), 0
    if spread.size:
        lower, failed = lapack.dpotrf(spread + np.eye(len(spread)), lower=1, clean=1)
    if failed:
        return None
    determinant = 2.0 * float(np.log(np.diag(lower)).sum())
    own = [group == k for k in range(v.size)]
    if narrow:
        W = _solved(lower, spread)
        w = _solved(lower, C.T @ t)
        misfit = reduction.rest + float(((t - C @ w) ** 2).sum() + w @ w)
        mixed = np.array([[float((W[np.ix_(a, b)] ** 2).sum()) for b in own] for a in own])
        product = np.array([[float(w[a] @ W[np.ix_(a, b)] @ w[b]) for b in own] for a in own])
        trace = np.array([float(np.diag(W)[a].sum()) for a in own])
        return Parts(determinant, misfit, trace, _squares(w, own), mixed, product)
    B = lapack.dtrtrs(lower, C, lower=1)[0]
    z = lapack.dtrtrs(lower, t, lower=1)[0]
    w, kernels = B.T @ z, [B[:, a] @ B[:, a].T for a in own]
    seen = [B[:, a] @ w[a] for a in own]
    mixed = np.array([[float((first * second).sum()) for second in kernels] for first in kernels])
    product = np.array([[float(first @ second) for second in seen] for first in seen])
    trace = np.array([float(np.trace(kernel)) for kernel in kernels])
    return Parts(determinant, reduction.rest + float(z @ z), trace, _squares(w, own), mixed, product)


def _squares(w: np.ndarray, own: list[np.ndarray]) -> np.ndarray:
    return np.array([float(w[a] @ w[a]) for a in own])


def _solved(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return ``(L L')^-1`` times a matrix or vector."""
    return np.asarray(lapack.dpotrs(lower, right, lower=1)[0].reshape(right.shape)) if lower.size else right
