"""The rule by which a model chooses strengths that were left open, when it is fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayesreg.errors import InputError
from bayesreg.resolved import Resolved
from bayesreg.select.closed_form import is_quadratic
from bayesreg.select.criteria import CRITERIA
from bayesreg.select.laplace import has_laplace

BY = ("cv", "loo", "gcv", *CRITERIA, "evidence")
ARGUMENTS = (
    *("by", "rule", "folds", "lams", "seed", "fold_strength"),
    *("l1_ratios", "score", "gamma", "workers", "progress"),
)
"""The arguments of `Model.select`."""


def read_rule(select: Any) -> dict[str, Any] | None:
    """Return the arguments of `Model.select` that ``select=`` stands for; None: the default rule.

    Parameters
    ----------
    select : str, mapping or None
        A way of choosing, or arguments of `Model.select`.

    Raises
    ------
    InputError
        If it is another thing, or names an argument that `Model.select` does not have.

    Examples
    --------
    >>> read_rule("bic"), read_rule({"by": "cv", "rule": "1se"})
    ({'by': 'bic'}, {'by': 'cv', 'rule': '1se'})
    """
    if select is None:
        return None
    if isinstance(select, Mapping):
        unknown = [name for name in select if name not in ARGUMENTS]
        if unknown:
            raise InputError(
                f"select={dict(select)!r} has {unknown}, which Model.select does not take; allowed: "
                f"{', '.join(ARGUMENTS)}."
            )
        found = dict(select)
    elif isinstance(select, str):
        found = {"by": select}
    else:
        raise InputError(
            f"select={select!r} is not a rule; allowed: {', '.join(map(repr, BY))}, or a mapping of arguments of "
            "Model.select such as {'by': 'cv', 'rule': '1se'}."
        )
    if "by" in found and found["by"] not in BY:
        raise InputError(f"select={select!r} is not known; allowed: {', '.join(map(repr, BY))}.")
    return found


def default_by(resolved: Resolved) -> str:
    """Return "evidence" where quadratic penalties give it, else "cv".

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> [default_by(br.Model("target ~ .", data, penalty=law).loss_resolved) for law in (br.L1(), br.L2())]
    ['cv', 'evidence']
    """
    return "evidence" if is_quadratic(resolved) or has_laplace(resolved) else "cv"
