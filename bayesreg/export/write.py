"""From a model and a target to text."""

from __future__ import annotations

import keyword
from importlib import import_module
from typing import TYPE_CHECKING

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.export.subject import features, read_subject
from bayesreg.export.table import TARGETS, able, refusal

if TYPE_CHECKING:
    from bayesreg.model import Model


def export_model(model: Model, target: str, *, data: str = "data") -> str:
    """Return a model as text of another package, which runs there; `Model.export` is this.

    Strengths, standardising, weights, offset, factors and signs are translated, each strength with a comment that
    says where it comes from. "pymc", "stan", "brms" and "bambi" have the joint density of the model up to a
    constant, ``log p(y | beta, sigma) + log p(beta | sigma) + log p(sigma)``. "glmnet", "sklearn" and "statsmodels"
    have its mode, the minimiser of ``sum_i w_i d_i / 2 + penalty``; their texts leave ``params``, the intercept first,
    on the scale of the data. Numbers that no line of code gets from the data (the strengths, the dispersion, the scale
    of sigma's prior) stand in the text with 15 digits.

    Parameters
    ----------
    model : Model
    target : {"pymc", "stan", "brms", "bambi", "glmnet", "sklearn", "statsmodels"}
        "pymc" and "bambi" build ``model``; "stan" is a program, with the lines that fill its data block on top.
    data : str
        What the data frame is called in the text. Weights and offsets that were given as arrays are taken from arrays
        named ``weights`` and ``offset``.

    Returns
    -------
    str

    Raises
    ------
    UnsupportedError
        If the target can not say this model, by `export_table`, with the reason and the targets that can.
    InputError
        If the target is not known, or ``data`` is not a name that is free.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=br.L2(10.0), standardize=False)
    >>> print(model.export("sklearn"))
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import Ridge
    <BLANKLINE>
    # Model('target ~ bmi + bp', penalty=L2(lam=10.0), standardize=False)
    # needs a data frame named data
    X = data[["bmi", "bp"]].to_numpy(dtype=float)
    y = data["target"].to_numpy(dtype=float)
    lam = 10.0  # L2(lam=10.0) = Normal(scale=sqrt(phi / 10.0)) in loss units
    fitted = Ridge(alpha=lam).fit(X, y)
    coef = np.ravel(fitted.coef_)
    intercept = np.ravel(fitted.intercept_)
    params = pd.Series(np.r_[intercept, coef], index=["Intercept", "bmi", "bp"])
    <BLANKLINE>
    """
    if not isinstance(target, str) or target not in TARGETS:
        raise InputError(f"target={target!r} is not known; allowed: {', '.join(map(repr, TARGETS))}.")
    if not isinstance(data, str) or not _is_free(data, target):
        raise InputError(
            f"data={data!r} is not a name for the frame in the text; give an identifier that the text does not use "
            "itself, such as 'data' or 'df'."
        )
    laws, found = features(model)
    family = model.family.label
    reason = refusal(target, family, laws, found)
    if reason:
        others = ", ".join(map(repr, able(family, laws, found)))
        way_out = f"Targets that can: {others}." if others else "No target can."
        raise UnsupportedError(
            f"This model can not be written for {target}: {reason}. {way_out} Model.pymc() returns the posterior "
            "itself as a pymc.Model."
        )
    subject = read_subject(model, data)
    text: str = import_module(f"bayesreg.export.{target}").write(subject)
    return text


_TAKEN = (
    *("X", "y", "Z", "s", "weights", "offset", "mean", "phi", "model", "b", "alpha", "sigma", "beta"),
    *("np", "pd", "pm", "sm", "bmb", "formulaic"),
)
_R = ("glmnet", "brms", "stan")
_R_WORDS = ("repeat", "function", "next", "TRUE", "FALSE", "NULL", "Inf", "NaN", "NA")


def _is_free(name: str, target: str) -> bool:
    """Whether the text can call the frame so: an identifier that it does not use itself, of R too where it is in R."""
    if not name.isidentifier() or keyword.iskeyword(name) or name in _TAKEN:
        return False
    return target not in _R or not (name.startswith("_") or name in _R_WORDS)
