r"""Draws of several distributions as one sample of their mixture, and its weights for any other.

Of the unnormalised densities ``q_a`` with integrals ``Z_a``, distribution ``a`` gave ``n_a`` draws. All draws together
are a sample of the mixture ``sum_a n_a q_a / Z_a``, so for a target ``q``

    w_i = q(x_i) / sum_a n_a q_a(x_i) / Z_a

weighs them, and the ``Z_a`` are those for which every ``q_a`` has integral ``Z_a`` under its own weights: the minimum
of a convex function of ``f_a = -log Z_a``,

    F(f) = sum_i log sum_a n_a q_a(x_i) e^{f_a} - sum_a n_a f_a.

It is bridge sampling between all of them at once.

References
----------
Geyer (1994), Estimating normalizing constants and reweighting mixtures. Shirts and Chodera (2008), Statistically
optimal analysis of samples from multiple equilibrium states.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from bayesreg.errors import EngineError

MOST_STEPS = 500
TOLERANCE = 1e-9
"""Of the sums of weights, as a share of all draws."""


def mixture_weights(log_q: np.ndarray, anchors: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the log importance weights (K, S) of all draws for each of the K densities.

    Each is normalised so that ``logsumexp`` over the draws is the log integral of that density, all up to one constant.

    Parameters
    ----------
    log_q : ndarray (K, S)
        Log densities of the draws.
    anchors : ndarray of int (m,)
        Which of the densities were drawn from.
    sizes : ndarray (m,)
        How many draws each gave.

    Raises
    ------
    EngineError
        If the integrals were not found to rounding.
    """
    members = log_q[anchors] + np.log(sizes)[:, None]
    f = _minus_log_integrals(members, sizes.astype(float))
    return log_q - logsumexp(members + f[:, None], axis=0)


def _minus_log_integrals(members: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return ``f`` (m,), the first 0, by Newton's method with steps halved until the convex ``F`` falls.

    Distributions that share no draws leave directions of ``f`` in which ``F`` is flat to rounding: there any value is a
    minimum, and the small multiple of the identity keeps the step finite.
    """
    f, total = np.zeros(sizes.size), float(sizes.sum())
    value, gradient, hessian = _objective(f, members, sizes)
    for _ in range(MOST_STEPS):
        if np.abs(gradient).max() <= TOLERANCE * total:
            return f - f[0]
        damped = hessian[1:, 1:] + 1e-12 * total * np.eye(sizes.size - 1)
        step = np.concatenate([[0.0], -np.linalg.solve(damped, gradient[1:])])
        length = 1.0
        while length > 1e-12:
            found = _objective(f + length * step, members, sizes)
            if found[0] <= value + 1e-4 * length * float(gradient @ step) + 1e-12 * abs(value):
                break
            length *= 0.5
        f = f + length * step
        value, gradient, hessian = found
    raise EngineError(
        f"The weights between {sizes.size} runs along the path did not settle in {MOST_STEPS} steps. Take strengths "
        "that lie closer together (lams=), or more draws=."
    )


def _objective(f: np.ndarray, members: np.ndarray, sizes: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return ``F``, its gradient (m,) and Hessian (m, m)."""
    logs = members + f[:, None]
    total = logsumexp(logs, axis=0)
    belongs = np.exp(logs - total)
    mass = belongs.sum(axis=1)
    return float(total.sum() - sizes @ f), mass - sizes, np.diag(mass) - belongs @ belongs.T
