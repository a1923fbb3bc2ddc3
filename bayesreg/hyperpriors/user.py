"""A hyperprior from a function: any log density of a positive number, normalised by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.hyperpriors.base import QUANTITIES, Hyperprior, Quantity
from bayesreg.xp import NUMPY, Array, Namespace

NODES = 20_001
RANGE = (-60.0, 60.0)
NEGLIGIBLE = 1e-5


@final
@dataclass(frozen=True)
class UserHyperprior(Hyperprior):
    r"""A hyperprior with the log density that a function gives.

    Parameters
    ----------
    log_p : callable
        ``log_p(x, xp)``, elementwise and up to a constant, written with the functions of ``xp`` (``log``,
        ``exp``, ``abs``, ``where``, ...) so that it runs on arrays and in PyMC's graph. It must integrate
        over the positive numbers (for "R2": over (0, 1)).
    of : {"scale", "rate", "sd", "R2"}
        The quantity that it is a density of; see `Hyperprior`.

    Raises
    ------
    InputError
        If the quantity is not known, or the density does not integrate.

    Examples
    --------
    >>> import bayesreg as br
    >>> prior = br.UserHyperprior(lambda x, xp: -2.0 * x, of="rate")
    >>> round(float(prior.log_density(0.0)), 6), round(prior.quantile(0.5), 6)
    (0.693147, 0.346574)
    """

    log_p: Callable[[Any, Any], Any]
    of: Quantity = "scale"

    def __post_init__(self) -> None:
        if self.of not in QUANTITIES:
            raise InputError(f"of={self.of!r} is not known; allowed: {', '.join(map(repr, QUANTITIES))}.")
        if not callable(self.log_p):
            raise InputError(f"log_p={self.log_p!r} is not a function; give log_p(x, xp) that returns a log density.")
        self._check_tails()

    @property
    def quantity(self) -> Quantity:
        return self.of

    def log_density(self, x: Array, xp: Namespace = NUMPY) -> Array:
        return self.log_p(x, xp) - np.float64(self._log_total)

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return np.interp(rng.random(size), self._cdf, self._nodes)

    def quantile(self, prob: float) -> float:
        return float(np.interp(prob, self._cdf, self._nodes))

    @cached_property
    def _nodes(self) -> np.ndarray:
        """Values of the quantity, dense on a log (R^2: logistic) scale."""
        at = np.linspace(*RANGE, NODES)
        if self.of != "R2":
            return np.exp(at)
        at = at / 2.0
        return np.exp(-np.logaddexp(0.0, -at))

    @cached_property
    def _log_mass(self) -> np.ndarray:
        """Log density times the Jacobian of the scale of the nodes."""
        x, width = self._nodes, (RANGE[1] - RANGE[0]) / (NODES - 1)
        with np.errstate(all="ignore"):
            log_p = np.broadcast_to(np.asarray(self.log_p(x, NUMPY), dtype=float), x.shape)
            if self.of != "R2":
                return log_p + np.log(x) + np.log(width)
            return log_p + np.log(x) - np.logaddexp(0.0, np.linspace(*RANGE, NODES) / 2.0) + np.log(width / 2.0)

    @cached_property
    def _log_total(self) -> float:
        top = np.max(self._log_mass)
        return float(top + np.log(np.exp(self._log_mass - top).sum()))

    @cached_property
    def _cdf(self) -> np.ndarray:
        mass = np.exp(self._log_mass - self._log_total)
        middle = np.cumsum(mass) - 0.5 * mass
        return np.concatenate([[0.0], middle[1:-1], [1.0]])

    def _check_tails(self) -> None:
        ends = NODES // 100
        bad = np.isnan(self._log_mass).any() or not np.isfinite(self._log_mass.max())
        if bad or self._cdf[ends] > NEGLIGIBLE or self._cdf[-1 - ends] < 1.0 - NEGLIGIBLE:
            raise InputError(
                f"The density of {self!r} does not integrate to a finite number, so it is no prior of a strength (the "
                "posterior would be improper). Give log_p(x, xp) of a proper density, such as -x**2 / 2."
            )
