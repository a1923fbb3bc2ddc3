"""Priors that one scale names: `from_belief` finds it from what a user believes."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, Self, cast

import numpy as np

from bayesreg import belief
from bayesreg.errors import InputError
from bayesreg.hyperpriors import PenalizedComplexity
from bayesreg.penalties.base import Penalty, Strength

GIVEN = ("scale", "relative_to", "limits", "weights")


class ScaleFamily:
    """A prior in prior units whose strength is its field ``scale``."""

    @classmethod
    def from_belief(
        cls,
        prob: float | None = None,
        within: float | None = None,
        on: str = "coefficient",
        *,
        columns: Any = None,
        **shape: Any,
    ) -> Self:
        r"""Return the prior under which a statement of belief holds.

        A coefficient is here what the penalty acts on: the effect of one standard deviation of its column under
        ``standardize=True``, the default of `Model`, and of one unit of it under ``standardize=False``.

        Parameters
        ----------
        prob : float, optional
            Probability of the range: default 0.95; for "R2" 0.5, so that ``within`` is the prior median. Not used by
            "edf".
        within : float
            The end of the range, by ``on``:

            * "coefficient": ``P(|b| <= within) = prob``, in units of the linear predictor;
            * "odds ratio", "rate ratio": ``P(1 / within <= exp(b) <= within) = prob``, > 1;
            * "R2": ``P(R^2 <= within) = prob``, where ``R^2 = V / (V + sigma^2)`` with ``V`` the variance that the
              linear predictor has over the rows; the prior is relative to sigma;
            * "edf": the effective degrees of freedom ``sum d_i / (d_i + 1 / scale^2)`` of the ridge fit, without the
              intercept, ``d_i`` the eigenvalues of the information matrix at the null model; `Normal` only, relative
              to sigma;
            * "sd": ``P(sd <= within) = prob`` for the prior standard deviation of the block's linear predictor; the
              strength is then learned, under `PenalizedComplexity`.
        on : {"coefficient", "odds ratio", "rate ratio", "R2", "edf", "sd"}
            What the belief is about.
        columns : int, array (n, p) or Model, optional
            For "R2" and "edf": what the prior meets. A number (R2 only) is that many uncorrelated columns of standard
            deviation 1; an array is centred and standardised; a model gives all its columns, standardised
            as its ``standardize=`` says. Correlated columns (array, model) can be had for `Normal` only.
        **shape
            The other parameters of the law, such as ``df`` of `StudentT`, and ``positive``.

        Returns
        -------
        Penalty
            Of this class.

        Raises
        ------
        InputError
            If a number is outside its range, or an argument has no meaning for the belief.

        References
        ----------
        Gelman, Jakulin, Pittau and Su (2008), A weakly informative default prior distribution for logistic and other
        regression models. Gelman, Goodrich, Gabry and Vehtari (2019), R-squared for Bayesian regression models.

        Examples
        --------
        >>> import bayesreg as br
        >>> round(br.Normal.from_belief(prob=0.95, within=2, on="odds ratio").scale, 4)
        0.3537
        >>> br.Laplace.from_belief(within=0.3, on="R2", columns=10).relative_to
        'sigma'
        """
        belief.check_on(on)
        family = cast("type[Penalty]", cls)
        _check_arguments(family, prob, on, columns, shape)
        if on == "edf":
            options = {"scale": _ridge_scale(family, within, columns), "relative_to": "sigma"}
        elif on == "R2":
            options = {"scale": _share_scale(family, prob, within, columns, shape), "relative_to": "sigma"}
        else:
            level = 0.95 if prob is None else belief.check_prob(prob)
            width = belief.half_width(within, on)
            if on == "sd":
                options = {"scale": PenalizedComplexity(upper=width, prob=round(1.0 - level, 15) or 1.0 - level)}
            else:
                unit, strength = _at_one(family, shape)
                options = {"scale": float(width / unit.absolute_quantile(level, strength))}
        return cast("Self", family(**options, **shape))


def _check_arguments(family: type[Penalty], prob: Any, on: str, columns: Any, shape: dict[str, Any]) -> None:
    """Raise where an argument has no meaning for the belief."""
    for name in GIVEN:
        if name in shape:
            raise InputError(
                f"from_belief takes no {name}=: the belief is about one coefficient of weight 1 without limits, and "
                f"decides the rest. Write br.{family.__name__}(scale=..., {name}=...) with the scale that it returns."
            )
    own = {item.name: item for item in fields(cast("Any", family)) if item.name not in ("scale", *GIVEN)}
    if unknown := [name for name in shape if name not in own]:
        raise InputError(
            f"{unknown[0]}= is not an argument of {family.__name__}.from_belief; allowed: prob, within, on, columns"
            f"{''.join(f', {name}' for name in own)}."
        )
    lacking = [name for name, item in own.items() if item.default is MISSING and name not in shape]
    if lacking:
        raise InputError(f"{family.__name__}.from_belief needs {lacking[0]}=, which the belief does not give.")
    if on not in ("R2", "edf") and columns is not None:
        raise InputError(f"columns= has no meaning for on={on!r}; it is used by 'R2' and 'edf'. Leave it out.")
    if on == "edf" and prob is not None:
        raise InputError(f"prob={prob!r} has no meaning for on='edf', which is a number and no range. Leave it out.")
    if on == "edf" and family.__name__ != "Normal":
        raise InputError(
            f"on='edf' counts the degrees of freedom of a ridge, and {family.__name__} is none. Use "
            "br.Normal.from_belief(within=..., on='edf', columns=...)."
        )


def _at_one(family: type[Penalty], shape: dict[str, Any]) -> tuple[Penalty, Strength]:
    """Return the law at scale 1, and its strength."""
    unit = cast("Any", family)(scale=1.0, **shape)
    return unit, unit.strength(1.0)


def _ridge_scale(family: type[Penalty], within: Any, columns: Any) -> float:
    if getattr(columns, "resolved", None) is None and np.ndim(columns) != 2:
        raise InputError(
            f"columns={columns!r} are not columns; on='edf' takes a matrix (n, p) of finite numbers, or a br.Model."
        )
    squares, rows = belief.covariance_spectrum(columns, "edf")
    df = belief.check_within(within, "edf", 0.0, float(squares.size), "a number of degrees of freedom below the rank")
    return float(belief.ridge_of_df(squares * rows, df) ** -0.5)


def _share_scale(family: type[Penalty], prob: Any, within: Any, columns: Any, shape: dict[str, Any]) -> float:
    """Return the scale in units of sigma: ``sqrt(odds of R^2 / quantile of b'Cb at scale 1)``."""
    level = 0.5 if prob is None else belief.check_prob(prob)
    share = belief.check_within(within, "R2", 0.0, 1.0, "a share of the variance")
    variances, rows = belief.covariance_spectrum(columns, "R2")
    unit, strength = _at_one(family, shape)
    middle = float(unit.absolute_quantile(0.5, strength))
    if family.__name__ == "Normal" and not unit.positive:
        transform = belief.normal_transform(variances)
    elif np.isnan(rows):
        two_sided = 0.0 if unit.positive else np.log(2.0)
        transform = belief.square_transform(
            lambda size: unit.log_prior(size, strength) + two_sided, middle, variances.size
        )
    else:
        raise InputError(
            f"on='R2' with correlated columns is known for br.Normal only, not for {unit!r}. Give columns=<number of "
            "columns>, as if they were uncorrelated, or use br.Normal.from_belief."
        )
    start = middle**2 * float(variances.sum())
    return float(np.sqrt(share / (1.0 - share) / belief.quantile_of(transform, level, start)))
