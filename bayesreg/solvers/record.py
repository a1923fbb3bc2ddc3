"""What a solver did: the record that travels with a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Record:
    """How a mode was found.

    Attributes
    ----------
    algorithm : str
        What was run, and why, as a phrase.
    iterations : int
        Linear solves or Newton steps.
    passes : int
        Products of all rows and columns with a vector; forming all inner products counts as one. In a path, the share
        of this strength in the passes of the path, rounded up.
    active : int
        Coefficients that are not 0, a free intercept among them.
    seconds : float
        Wall time of the solver; in a path, the share of this strength.
    converged : bool
        Whether the solver says that it came to its end.

    Examples
    --------
    >>> import bayesreg as br
    >>> fit = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(lam=5000.0)).fit()
    >>> fit.record.algorithm, fit.record.active, fit.record.converged
    ('active set: exact for the final signs', 4, True)
    """

    algorithm: str
    iterations: int
    passes: int
    active: int
    seconds: float
    converged: bool
