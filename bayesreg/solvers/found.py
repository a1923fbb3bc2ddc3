"""What solvers find: the mode of one model, with its certificate and the record of how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np

from bayesreg.solvers.certificate import Certificate
from bayesreg.solvers.quadratic import Quadratic
from bayesreg.solvers.record import Record


class Solution(NamedTuple):
    """A solver's end point ``g`` (m,), what ran, its iterations and passes, and whether it says that it converged.

    ``loss`` is the quadratic loss that it minimised, if it is the model's own; ``edf`` the effective degrees of freedom
    where the solver knows them.
    """

    g: np.ndarray
    algorithm: str
    iterations: int
    passes: int
    converged: bool
    loss: Quadratic | None = None
    edf: float | None = None

    def record(self, beta: np.ndarray, seconds: float) -> Record:
        """Return the record of a fit that ended at coefficients ``beta`` (q,) after ``seconds``."""
        active = int(np.count_nonzero(beta))
        return Record(self.algorithm, self.iterations, self.passes, active, seconds, self.converged)


@final
@dataclass(frozen=True, eq=False)
class Mode:
    """The mode of one model and how it was found.

    Attributes
    ----------
    beta : ndarray (q,)
        Coefficients on the user's scale.
    objective, null_objective : float
        Loss plus penalty at the mode, and with every penalised coefficient at 0; loss units.
    edf : float
        Effective degrees of freedom, the intercept included.
    certificate : Certificate
    record : Record
        What the solver did.
    scope : str
        Under a penalty that is not convex: what kind of stationary point it is; else empty.
    """

    beta: np.ndarray
    objective: float
    null_objective: float
    edf: float
    certificate: Certificate
    record: Record
    scope: str = ""

    @property
    def status(self) -> str:
        """A sentence: what happened, and what to do where it did not end well."""
        if self.certificate.local:
            return self._local_status
        numbers = f"KKT residual {self.certificate.kkt:.1e}, relative gap {self.certificate.relative_gap:.1e}"
        if self.certificate.ok:
            return f"Optimal: {numbers} ({self.record.algorithm}, {self._steps})."
        what = "was certified only to" if self.record.converged else "stopped before convergence, at"
        return (
            f"NOT optimal: the mode {what} {numbers}, at most {self.certificate.share:.1e} of the objective above its "
            f"minimum ({self.record.algorithm}, {self._steps}). Standardise the columns, remove nearly "
            "collinear ones, or raise the strength."
        )

    @property
    def _steps(self) -> str:
        return f"{self.record.iterations} iteration{'' if self.record.iterations == 1 else 's'}"

    @property
    def _local_status(self) -> str:
        """The sentence for a penalty that is not convex, whose modes have no certified distance to the lowest."""
        how = f"KKT residual {self.certificate.kkt:.1e} ({self.record.algorithm}, {self._steps})"
        if self.certificate.ok:
            return f"Local optimum: {how}; {self.scope}."
        return f"NOT a local optimum: stopped at {how}. Standardise the columns, or raise the strength."
