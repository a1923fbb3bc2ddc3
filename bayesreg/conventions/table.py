"""Other packages' strengths, and our own, as one table."""

from __future__ import annotations

import pandas as pd

from bayesreg.conventions.facts import did_you_mean, listed
from bayesreg.conventions.rows import Convention
from bayesreg.conventions.tables import CONVENTIONS
from bayesreg.errors import InputError

BY_NAME: dict[str, Convention] = {row.name: row for row in CONVENTIONS}


def lookup(name: str) -> Convention:
    """Return the row ``package.estimator.argument``, or raise with the rows that are near."""
    if name not in BY_NAME:
        raise InputError(
            f"{name!r} is not in the table of conventions.{did_you_mean(name, BY_NAME)} A row is "
            f"package.estimator.argument. Allowed: {listed(name, BY_NAME)}."
        )
    return BY_NAME[name]


def table() -> pd.DataFrame:
    """Return the table of conventions: what each package's strength is in loss units.

    A program minimises ``A sum_i w_i l_i + a1 |b| + a2 b^2 / 2`` (``l_i`` half the unit deviance); its
    strengths per data set are ``l1 = a1 / A`` and ``l2 = a2 / A``, and as a prior at dispersion ``phi`` a
    rate ``l1 / phi`` and a precision ``l2 / phi``.

    Returns
    -------
    DataFrame
        A row an argument: ``name``, ``package``, ``estimator``, ``argument``, ``family``, ``A``, ``a1``, ``a2``,
        ``l1``, ``l2`` ("none" where the law has no loss units), ``kind`` (what is penalised; only rows of one kind
        convert), ``columns`` (what it acts on), ``facts`` (what a conversion must be told), ``note`` (what goes wrong),
        ``since`` and ``until`` (versions, where the package changed), ``refused`` (why it has no reading),
        ``status`` ("fitted": a test runs the package, "stored": it reads stored fits, "documented": it emulates the
        documented objective, "own"), ``tested_by`` and ``example``.

    Examples
    --------
    >>> from bayesreg.conventions import table
    >>> print(table().set_index("name").loc["glmnet.gaussian.lambda", "l2"])
    n * lambda * (1 - alpha) / s_y
    """
    columns = ("name", "package", "estimator", "argument", "family", "A", "a1", "a2", "l1", "l2", "kind", "columns")
    others = ("note", "since", "until", "refused", "status", "tested_by")
    rows = [
        {name: getattr(row, name) for name in columns}
        | {"facts": ", ".join(row.facts)}
        | {name: getattr(row, name) for name in others}
        | {"example": row.shown_example[0]}
        for row in CONVENTIONS
    ]
    return pd.DataFrame(rows)
