"""Penalties as rows of the table, and back: which of ours a kind of row stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.conventions.rows import Convention, Pair
from bayesreg.conventions.table import lookup
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.hyperpriors import HalfCauchy, UserHyperprior
from bayesreg.penalties import (
    L1,
    L2,
    MCP,
    Cauchy,
    ElasticNet,
    ElasticNetPrior,
    Flat,
    GroupLasso,
    Laplace,
    Normal,
    Penalty,
    RegularizedHorseshoe,
    StudentT,
)

_SIMPLE = (L1, L2, ElasticNet, Flat, Laplace, Normal, ElasticNetPrior)
_OWN = {
    "group": "bayesreg.GroupLasso.lam",
    "mcp": "bayesreg.MCP.lam",
    "student_t": "bayesreg.StudentT.scale",
    "cauchy": "bayesreg.Cauchy.scale",
    "laplace_chi2": "bayesreg.Laplace.scale",
    "horseshoe": "bayesreg.RegularizedHorseshoe.tau",
}


@final
@dataclass(frozen=True)
class ChiSquare:
    """Log density of ``scale`` times a chi-square variable, up to a constant: the Laplace scale of a lasso() prior.

    Attributes
    ----------
    scale : float
    df : float
    """

    scale: float
    df: float

    def __call__(self, x: Any, xp: Any) -> Any:
        return (0.5 * self.df - 1.0) * xp.log(x) - x / (2.0 * self.scale)


def own_row(row: Convention, share: float) -> Convention:
    """Return our row for what ``row`` penalises: loss units where it has them, else prior units."""
    if row.kind in _OWN:
        return lookup(_OWN[row.kind])
    if row.absolute:
        return lookup("bayesreg.Normal.scale" if share == 0.0 else "bayesreg.Laplace.scale")
    return lookup("bayesreg.ElasticNet.lam")


def build(pair: Pair, share: float, *, weights: Any = None, positive: bool = False) -> Penalty:
    """Return the penalty with these loss-unit strengths: an elastic net, or its edge where ``share`` is 0 or 1."""
    if share == 1.0:
        return L1(pair.l1, weights=weights, positive=positive)
    if share == 0.0:
        return L2(pair.l2, weights=weights, positive=positive)
    total = pair.l1 + pair.l2
    ratio = pair.l1 / total if total > 0.0 else share
    return ElasticNet(total, l1_ratio=ratio, weights=weights, positive=positive)


def prior_of(row: Convention, value: float, shape: Mapping[str, Any], *, weights: Any, positive: bool) -> Penalty:
    """Return our law for a row that is no penalty in loss units of single coefficients.

    ``value`` is the number of `own_row`, ``shape`` the law's other numbers under our names.
    """
    if row.kind == "group":
        return GroupLasso(value, weights="one" if weights is None else weights)
    if row.kind == "mcp":
        return MCP(value, shape["gamma"], bend="rows", positive=positive)
    if row.kind == "student_t":
        return StudentT(shape["df"], value)
    if row.kind == "cauchy":
        return Cauchy(value)
    if row.kind == "laplace_chi2":
        learned: Any = UserHyperprior(ChiSquare(value, shape["df"]), of="scale")
        return Laplace(learned)
    if row.kind == "horseshoe":
        return RegularizedHorseshoe(HalfCauchy(value), shape["slab_scale"], shape["slab_df"], relative_to=None)
    return Laplace(value, weights=weights) if row.share == 1.0 else Normal(value, weights=weights)


def kind_of(penalty: Penalty) -> str:
    """Return the kind of row that says this penalty.

    Examples
    --------
    >>> import bayesreg as br
    >>> kind_of(br.Cauchy(2.5)), kind_of(br.L1(1.0))
    ('cauchy', 'coefficients')
    """
    if chi_square_of(penalty) is not None:
        return "laplace_chi2"
    kinds = ((GroupLasso, "group"), (MCP, "mcp"), (StudentT, "student_t"), (Cauchy, "cauchy"))
    for law, kind in (*kinds, (RegularizedHorseshoe, "horseshoe")):
        if isinstance(penalty, law):
            return kind
    return "coefficients"


def chi_square_of(penalty: Penalty) -> ChiSquare | None:
    """Return the density of the scale of a Laplace prior, where it is that of a chi-square variable."""
    prior: Any = penalty.scale if isinstance(penalty, Laplace) else None
    known = isinstance(prior, UserHyperprior) and prior.of == "scale" and isinstance(prior.log_p, ChiSquare)
    return prior.log_p if known else None


def value_of(penalty: Penalty, unit: float = 1.0) -> tuple[float, dict[str, Any]]:
    """Return the number of `own_row` and the law's other numbers, for a penalty of a kind of its own.

    ``unit`` multiplies scales: sigma, where they are relative to it.

    Raises
    ------
    InputError
        If its strength is not given.
    UnsupportedError
        If it has a form that no other package has.
    """
    if isinstance(penalty, GroupLasso):
        return penalty.given(penalty.lam), {}
    if isinstance(penalty, MCP):
        if penalty.bend != "rows":
            raise UnsupportedError(
                f"{penalty!r} has bend={penalty.bend!r}; other packages make gamma relative to the loss per row. Use "
                "br.MCP(lam, gamma, bend='rows')."
            )
        return penalty.given(penalty.lam), {"gamma": penalty.gamma}
    if isinstance(penalty, StudentT):
        return unit * penalty.scale, {"df": penalty.df}
    if isinstance(penalty, Cauchy):
        return unit * penalty.scale, {}
    if (learned := chi_square_of(penalty)) is not None:
        return unit * learned.scale, {"df": learned.df}
    if isinstance(penalty, RegularizedHorseshoe) and isinstance(penalty.tau, HalfCauchy):
        return unit * penalty.tau.scale, {"slab_scale": unit * penalty.slab_scale, "slab_df": penalty.slab_df}
    raise InputError(f"{penalty!r} has no global scale with a half-Cauchy prior; say tau=br.HalfCauchy(scale).")


def strengths_of(penalty: Penalty) -> tuple[Pair, bool, bool]:
    """Return strengths at phi = 1, and whether they are in loss units, and in prior units, whatever phi is.

    Raises
    ------
    UnsupportedError
        If the penalty is no sum of absolute values and squares.
    """
    if not isinstance(penalty, _SIMPLE):
        raise UnsupportedError(
            f"{penalty!r} is no sum of absolute values and squares of single coefficients, and no law of this package. "
            f"Allowed: {', '.join(law.__name__ for law in _SIMPLE)}."
        )
    one, two = penalty.strength(1.0), penalty.strength(2.0)
    first, second = np.array([one.rate, one.precision]), np.array([two.rate, two.precision])
    in_loss, in_prior = (bool(np.allclose(first, unit * second, rtol=1e-12, atol=0.0)) for unit in (2.0, 1.0))
    return Pair(float(one.rate), float(one.precision)), in_loss, in_prior
