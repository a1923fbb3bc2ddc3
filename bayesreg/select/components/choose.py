"""Choose every open strength of a model at once, at the maximum of its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.objective import penalised
from bayesreg.posterior.evidence.reduction import reduce_model
from bayesreg.select.closed_form import is_quadratic
from bayesreg.select.components.criterion import Criterion
from bayesreg.select.components.gaussian import Restricted
from bayesreg.select.components.laplace import make_laplace
from bayesreg.select.components.maximise import Maximum, maximise
from bayesreg.select.laplace import LARGEST, has_laplace
from bayesreg.select.remade import model_at
from bayesreg.solvers.mode import check_existence

NO_EFFECT = 1e-5
"""Effective degrees of freedom below which a block is said to have none."""
REACH, POINTS = 3.0, 25


@final
@dataclass(frozen=True, eq=False)
class Chosen:
    """The strengths at the maximum of the evidence.

    Attributes
    ----------
    asked : Model
    criterion : Criterion
    maximum : Maximum
    """

    asked: Any
    criterion: Criterion
    maximum: Maximum

    @property
    def exact(self) -> bool:
        """Whether the evidence is exact; else it is Laplace's approximation."""
        return isinstance(self.criterion, Restricted)

    @property
    def log_lam(self) -> np.ndarray:
        """Logs (L,) of what the unit strengths of the blocks are multiplied by: ``-log tau^2``."""
        return -self.maximum.point.x[: self.criterion.strengths]

    @property
    def sigma(self) -> float:
        """The residual standard deviation at the maximum, or as it is given; 1 where the family has none."""
        criterion = self.criterion
        if isinstance(criterion, Restricted) and criterion.estimated:
            return float(np.exp(self.maximum.point.x[-1]))
        return float(np.sqrt(self.asked.resolved.phi))

    @property
    def no_effect(self) -> np.ndarray:
        """Which strengths (L,) are at the limit of no effect at all."""
        k = self.criterion.strengths
        return np.asarray((self.maximum.point.edf < NO_EFFECT) & (self.maximum.point.slope[:k] <= 0.0))

    @property
    def no_prior(self) -> np.ndarray:
        """Which strengths (L,) are at the limit of no prior at all."""
        k = self.criterion.strengths
        return np.asarray(self.maximum.held[:k] & (self.maximum.point.slope[:k] > 0.0))

    def model(self) -> Any:
        """Return the model at these strengths, its dispersion fixed at its value here where it was estimated."""
        factors = {one.source: float(np.exp(at)) for one, at in zip(self._learned, self.log_lam, strict=True)}
        estimated = isinstance(self.criterion, Restricted) and self.criterion.estimated
        return model_at(self.asked, factors, dispersion=self.sigma**2 if estimated else None)

    def profile(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return factors (m,) of strength ``k`` and the log evidence (m,) with all else at its best."""
        x, error = self.maximum.point.x, self.maximum.errors()[k]
        away = REACH * (error if np.isfinite(error) and error < REACH else REACH)
        found = np.linspace(x[k] - away, x[k] + away, POINTS)
        low, high = self.criterion.limits()
        found = np.unique(np.append(np.clip(found, low[k], high[k]), x[k]))
        held = np.arange(x.size) == k
        values = [
            maximise(self.criterion, np.where(held, at, x), (np.where(held, at, low), np.where(held, at, high)))
            for at in found
        ]
        return np.exp(-found)[::-1], np.array([one.point.value for one in values])[::-1]

    @property
    def _learned(self) -> Any:
        return self.asked.resolved.learned


def has_components(model: Any) -> bool:
    """Return whether strengths are open beside other ones, or are variance components of groups."""
    resolved = model.loss_resolved
    penalised_blocks = [block for block in resolved.blocks if not block.penalty.is_flat]
    several = len({block.source for block in penalised_blocks}) > 1
    return resolved.is_open and (several or any(block.is_group for block in penalised_blocks))


def choose_components(model: Any) -> Chosen:
    """Return every open strength at the maximum of the evidence.

    Raises
    ------
    UnsupportedError
        If a penalty is not quadratic, the family has no evidence in this form, or the model is too large.
    """
    check_components(model)
    resolved = model.resolved
    check_existence(model.design, model.loss_resolved)
    if is_quadratic(resolved):
        criterion: Criterion = Restricted(reduce_model(model.design, resolved), resolved)
    else:
        if len(resolved.coefficients) > LARGEST:
            raise UnsupportedError(
                f"The evidence takes determinants of {len(resolved.coefficients)} coefficients; at most {LARGEST} are "
                "allowed for this family. Use by='cv'."
            )
        criterion = make_laplace(model.design, resolved)
    return Chosen(model, criterion, maximise(criterion))


def check_components(model: Any) -> None:
    """Raise where a model's strengths can not be chosen by the evidence."""
    resolved = model.loss_resolved
    if not (is_quadratic(resolved) or has_laplace(resolved)):
        raise UnsupportedError(
            "Several strengths are chosen by the evidence of quadratic penalties (br.L2, br.Normal, br.Smooth, (1 | g) "
            "...): exact for a Gaussian model, by Laplace's method for families without a dispersion. Use by='cv', "
            "which moves all strengths by one factor, or learn them with Model.sample()."
        )
    learned = {one.source for one in resolved.learned}
    for piece in resolved.blocks:
        if not piece.penalty.is_given and piece.source not in learned and not piece.penalty.is_flat:
            raise UnsupportedError(f"The strength of {piece.label!r} can not be learned: {piece.penalty.not_learned}")
    if not any(piece.learned >= 0 for piece in penalised(resolved)):
        raise UnsupportedError("No strength is open, so there is none to choose. Leave one out, e.g. br.L2().")
