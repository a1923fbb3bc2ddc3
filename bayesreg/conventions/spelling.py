"""scikit-learn's older spelling of a logistic penalty, read as its newer one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesreg.errors import InputError

SHARES: dict[str, float | None] = {"l1": 1.0, "l2": 0.0, "elasticnet": None}
"""The share of the absolute value that each ``penalty=`` fixes; None where ``l1_ratio`` gives it."""


def newer_spelling(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a LogisticRegression with ``penalty=`` said by ``l1_ratio`` and ``C``.

    Parameters
    ----------
    options : mapping
        Arguments by name: ``penalty`` "l1" is ``l1_ratio=1``, "l2" is ``l1_ratio=0``, "elasticnet" leaves it to
        ``l1_ratio``, and None is no penalty, ``C=inf``. "deprecated" is scikit-learn's word for not given.

    Returns
    -------
    dict
        Without ``penalty``.

    Raises
    ------
    InputError
        If ``penalty`` is not known, or contradicts ``l1_ratio`` or ``C``.

    Examples
    --------
    >>> newer_spelling({"penalty": "l1", "C": 0.5})
    {'C': 0.5, 'l1_ratio': 1.0}
    """
    result = {name: value for name, value in options.items() if not (name == "l1_ratio" and value is None)}
    penalty = result.pop("penalty", "deprecated")
    if penalty == "deprecated":
        return result
    if penalty is not None and not (isinstance(penalty, str) and penalty in SHARES):
        raise InputError(f"penalty={penalty!r} is not known; allowed: 'l1', 'l2', 'elasticnet', None (no penalty).")
    if penalty is None:
        return _flat(result)
    share = SHARES[penalty]
    if share is None and "l1_ratio" not in result:
        raise InputError("penalty='elasticnet' needs l1_ratio=, the share of the absolute value, between 0 and 1.")
    if share is not None and result.setdefault("l1_ratio", share) != share:
        raise InputError(
            f"penalty={penalty!r} contradicts l1_ratio={result['l1_ratio']!r}: it is l1_ratio={share:g}. Give l1_ratio "
            "alone, or penalty='elasticnet' with it."
        )
    return result


def _flat(options: dict[str, Any]) -> dict[str, Any]:
    """Return no penalty; the share of nothing is any."""
    if options.get("C", np.inf) != np.inf:
        raise InputError(
            f"penalty=None is no penalty, and C={options['C']!r} is one. Give C alone, or penalty=None without it."
        )
    return options | {"C": np.inf, "l1_ratio": 0.0}
