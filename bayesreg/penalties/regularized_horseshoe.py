"""Regularised horseshoe: a horseshoe whose large coefficients meet a normal or t slab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from typing import Any, final

import numpy as np
from scipy.special import gammaln, logsumexp

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.hyperpriors import HalfCauchy
from bayesreg.penalties.base import RelativeTo, Strength
from bayesreg.penalties.mixture import Latent, Mixture
from bayesreg.penalties.mixture_integrals import Grid, nodes_of
from bayesreg.penalties.mixture_only import MixtureOnly
from bayesreg.penalties.validation import check_positive, check_strength
from bayesreg.xp import Array, Namespace

DEEP, LARGEST_LOG = 50.0, 690.0
SLAB_STEP, CHUNK, NARROW_DF = 0.125, 256, 4.0
POLE = "The density of a regularised horseshoe prior is infinite at 0"
LOCAL = Latent("local", "half_cauchy", {"scale": 1.0})
GLOBAL = Latent("global", "half_cauchy", {"scale": 1.0}, "block")
BOTH = Latent("local", "half_cauchy_product", {})


@final
@dataclass(frozen=True, repr=False)
class RegularizedHorseshoe(MixtureOnly):
    r"""The regularised horseshoe: small effects are shrunk strongly, large ones meet a slab.

    ``b_j ~ N(0, v_j)`` with ``1 / v_j = 1 / (tau l_j)^2 + 1 / c^2``, ``l_j`` half-Cauchy of scale 1 and
    ``c^2 ~ InverseGamma(slab_df / 2, slab_df slab_scale^2 / 2)``, one ``c`` for the block: a coefficient far from 0 has
    a t prior of ``slab_df`` degrees of freedom and scale ``slab_scale``. The coefficients share ``c``, so this is one
    law of the block and takes no weights. There is no mode, and no strength in loss units.

    Parameters
    ----------
    tau : float, HalfCauchy or None
        Scale of the small coefficients (per standard deviation of the column under ``standardize=True``), > 0.
        ``br.HalfCauchy(scale)``: it is learned by `Model.sample`; None (the default) is ``br.HalfCauchy(1.0)``.
        `Horseshoe.from_signals` gives a value for an expected number of effects.
    slab_scale : float
        Scale of the large coefficients, > 0.
    slab_df : float
        Degrees of freedom of the slab, > 0; infinity: a normal slab, ``c = slab_scale``.
    weights : None
        Not available here.
    relative_to : {"sigma", None, "dispersion"}
        "sigma": both scales are in units of sigma, where the family has one; None and "dispersion": absolute.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    Piironen and Vehtari (2017), Sparsity information and regularization in the horseshoe and other shrinkage priors.

    Examples
    --------
    >>> import bayesreg as br
    >>> law = br.RegularizedHorseshoe(tau=0.1, slab_scale=2.0, slab_df=4.0)
    >>> law.traits.proper, law.traits.has_mode
    (True, False)
    """

    law = "RegularizedHorseshoe"
    prior_units = True
    no_mode = (
        f"{POLE}: the posterior density is infinite wherever a coefficient is 0, whatever the data, and has no mode. "
        "Use the posterior mean or median of sample(), or a penalty that has a mode, such as br.LogPenalty or "
        "br.SpikeSlabLasso."
    )
    no_density = (
        f"{POLE} and has no closed form. Use the non-centred representation, b = z / sqrt(1 / (tau l)^2 + 1 / c^2)."
    )
    tau: Any = None
    slab_scale: float = 2.0
    slab_df: float = 4.0
    relative_to: RelativeTo = field(default="sigma", kw_only=True)

    def _check(self) -> None:
        if self.tau is not None and not isinstance(self.tau, HalfCauchy):
            if not isinstance(self.tau, Real):
                raise InputError(
                    f"tau={self.tau!r} is not the scale of a regularised horseshoe; allowed: a number > 0, "
                    "br.HalfCauchy(scale), or None for br.HalfCauchy(1.0)."
                )
            check_strength("tau", self.tau, prior_units=True)
        check_strength("slab_scale", self.slab_scale, prior_units=True)
        if self.slab_df != np.inf:
            check_positive("slab_df", self.slab_df)

    @property
    def other_face(self) -> str:
        tau = f"tau ~ HalfCauchy({self._tau!r})" if self._learns else f"tau = {self._tau!r}"
        half, square = 0.5 * self.slab_df, self.slab_scale**2
        slab = f"c = {self.slab_scale:g}" if half == np.inf else f"c^2 ~ InverseGamma({half:g}, {half * square:g})"
        return f"N(0, 1 / (1 / (tau l)^2 + 1 / c^2)), {tau}, l ~ HalfCauchy(1), {slab}"

    @property
    def _learns(self) -> bool:
        return self.tau is None or isinstance(self.tau, HalfCauchy)

    @property
    def _tau(self) -> float:
        """The scale, or that of its half-Cauchy prior."""
        if self.tau is None:
            return 1.0
        return float(self.tau.scale if isinstance(self.tau, HalfCauchy) else self.tau)

    def strength(self, dispersion: float) -> Strength:
        sigma = float(np.sqrt(dispersion)) if self.relative_to == "sigma" else 1.0
        return Strength(1.0 / (self._tau * sigma), 1.0 / (float(self.slab_scale) * sigma) ** 2)

    def mixture(self) -> Mixture:
        shared = (GLOBAL,) if self._learns else ()
        return Mixture((LOCAL, *shared, *_slab(float(self.slab_df))), _sd)

    def _value(self, beta: Array, strength: Strength, xp: Namespace) -> Array:
        """Return minus the log density in units of ``tau``, by quadrature over ``l`` and ``c``."""
        if xp.name != "numpy":
            raise UnsupportedError(self.no_density)
        flat = np.asarray(beta, dtype=float)
        if self._learns and flat.shape[-1] > 1:
            raise UnsupportedError(
                f"{POLE}, and that of a block whose tau is learned is not computed: its coefficients share two scales. "
                "Give tau=<number>, or use the draws of sample()."
            )
        rows = flat.reshape(-1, flat.shape[-1])
        unit = Strength(1.0, strength.precision / strength.rate**2)
        return np.reshape([-self._log_block(np.abs(row * strength.rate), unit) for row in rows], flat.shape[:-1])

    def _log_block(self, size: np.ndarray, strength: Strength) -> float:
        slab = _slab(float(self.slab_df))
        if size.size == 1 or not slab:
            return float(Grid.of(_of_one(self._learns, float(self.slab_df)), strength).log_density(size).sum())
        given = Mixture((LOCAL,), _sd)
        slabs, log_weight = nodes_of(slab[0])
        log_density = [
            Grid.of(given, Strength(strength.rate, strength.precision / c)).log_density(size).sum() for c in slabs
        ]
        return float(logsumexp(log_weight + log_density))

    def _log_normalizer(self, strength: Strength, xp: Namespace) -> Array:
        return -self.size * xp.log(strength.rate)

    def absolute_moments(self, strength: Strength) -> tuple[np.ndarray, np.ndarray]:
        rate, precision = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in strength))
        ratio = (np.sqrt(precision) / rate).ravel()
        first, second = np.array([self._moments_of(at) for at in ratio]).T.reshape(2, *rate.shape)
        return first / np.sqrt(precision), second / precision

    def _moments_of(self, ratio: float) -> tuple[float, float]:
        """Return ``(E|b|, E b^2)`` for a slab of scale 1 and ``tau = ratio``, by those given ``c`` and ``tau``."""
        tau, share = np.full(1, ratio), np.ones(1)
        if self._learns:
            x, log_share = nodes_of(GLOBAL)
            tau, share = ratio * x, np.exp(log_share)
        df = float(self.slab_df)
        first = self._over_slab(lambda c: share @ (tau[:, None] * _mean_size(tau[:, None] / c)), 0, df)
        if df <= 1.0:
            return first, np.inf
        return first, self._over_slab(lambda c: share @ (tau[:, None] / (1.0 + tau[:, None] / c)), 1, df - 1.0)

    def _over_slab(self, of_c: Callable[[np.ndarray], np.ndarray], power: int, decay: float) -> float:
        """Return ``E[c^power f(c)]`` for a slab of scale 1, with an integrand that falls as ``c^-decay`` in log c."""
        if self.slab_df == np.inf:
            return float(of_c(np.ones(1))[0])
        if self.slab_df > NARROW_DF:
            square, log_share = nodes_of(_slab(float(self.slab_df))[0])
            return float(np.exp(log_share + 0.5 * power * np.log(square)) @ of_c(np.sqrt(square)))
        half = 0.5 * float(self.slab_df)
        log_c = np.arange(0.5 * np.log(half / DEEP), DEEP / decay, SLAB_STEP)
        log_density = np.log(2.0) + half * np.log(half) - gammaln(half) - 2.0 * half * log_c
        log_weight = log_density - half * np.exp(-2.0 * log_c) + np.log(SLAB_STEP)
        c = np.exp(np.minimum(log_c, LARGEST_LOG))
        pieces = np.array_split(c, 1 + c.size // CHUNK)
        return float(np.exp(log_weight + power * log_c) @ np.concatenate([of_c(piece) for piece in pieces]))

    def absolute_quantile(self, prob: float, strength: Strength) -> np.ndarray:
        rate, precision = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in strength))
        ratios, key = precision / rate**2, (self._learns, float(self.slab_df))
        return np.reshape([_unit_quantile(*key, float(at), float(prob)) for at in ratios.flat], rate.shape) / rate


def _slab(df: float) -> tuple[Latent, ...]:
    """Return the law of ``c^2`` in units of ``slab_scale^2``; none where it is fixed at 1."""
    shape = {"shape": 0.5 * df, "scale": 0.5 * df}
    return () if df == np.inf else (Latent("slab", "inverse_gamma", shape, "block"),)


def _of_one(learned: bool, slab_df: float) -> Mixture:
    """Return the law of one coefficient, with its scale ``tau l`` as one latent variable."""
    return Mixture((BOTH if learned else LOCAL, *_slab(slab_df)), _sd)


def _mean_size(a: np.ndarray) -> np.ndarray:
    """Return ``E|b| / tau`` given ``a = tau / c``: ``sqrt(2 / pi) (2 / pi) artanh(k) / k`` with ``k^2 = 1 - a^2``."""
    square = (1.0 - a) * (1.0 + a)
    k = np.sqrt(np.abs(square))
    safe = np.where(k > 0.0, k, 1.0)
    below = np.where(k < 0.5, np.arctanh(np.minimum(k, 0.5)), np.log((1.0 + k) / a))
    ratio = np.where(k > 0.0, np.where(square > 0.0, below, np.arctan(k)) / safe, 1.0)
    return np.sqrt(2.0 / np.pi) * (2.0 / np.pi) * ratio


@lru_cache(maxsize=256)
def _unit_quantile(learned: bool, slab_df: float, ratio: float, prob: float) -> float:
    """Return the quantile of one coefficient where ``tau = 1`` and the precision of the slab is ``ratio``."""
    return Grid.of(_of_one(learned, slab_df), Strength(1.0, ratio)).quantile(prob)


def _sd(values: Mapping[str, Array], strength: Strength, xp: Namespace) -> Array:
    """Return ``(1 / (tau l)^2 + 1 / c^2)^(-1/2)``."""
    scale = values["local"] * values.get("global", 1.0) / strength.rate
    return scale / xp.sqrt(1.0 + scale * scale * strength.precision / values.get("slab", 1.0))
