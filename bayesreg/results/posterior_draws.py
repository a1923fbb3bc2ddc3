"""What a posterior is, before what can be asked of it: its engine, draws, marginals and diagnostics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesreg.errors import UnsupportedError
from bayesreg.posterior.drawn import Drawn, drawn_from
from bayesreg.posterior.sampling import Sampled, without_mode
from bayesreg.resolved import Resolved
from bayesreg.results.diagnostics import diagnose, findings
from bayesreg.results.existence_of_means import without_means
from bayesreg.results.posterior_marginals import PosteriorMarginals
from bayesreg.results.summary import Summary

LESS_TAIL = (
    ", such as br.RegularizedHorseshoe(), whose slab bounds the large effects that a horseshoe leaves free, or a "
    "horseshoe with a number for tau (br.Horseshoe.from_signals)"
)
"""What helps a horseshoe whose draws diverge."""


@dataclass(frozen=True, eq=False, repr=False)
class PosteriorDraws(ABC):
    """The draws of a model's posterior; see `Posterior`."""

    model: Any
    sampled: Sampled
    resolved: Resolved = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.resolved is None:
            object.__setattr__(self, "resolved", self.model.resolved)

    @property
    def kind(self) -> Literal["posterior"]:
        """Always "posterior"."""
        return "posterior"

    @property
    def tree(self) -> Any:
        """The draws as an xarray DataTree in ArviZ's schema, on the user's scale."""
        return self.sampled.tree

    @property
    def engine(self) -> str:
        """The engine that made the draws."""
        return self.sampled.engine

    @property
    def why(self) -> str:
        """Why this engine."""
        return self.sampled.why

    @property
    def mode(self) -> Any:
        """The mode of the same model, a `MapFit`; learned strengths are at their posterior medians.

        Raises
        ------
        UnsupportedError
            If the posterior density has no maximum.
        """
        from bayesreg.results.map_fit import MapFit

        if self.sampled.mode is None:
            raise UnsupportedError(without_mode(self.resolved))
        return MapFit(self.model, self.sampled.at, self.sampled.mode)

    @property
    def params(self) -> pd.Series:
        """Posterior means (q,), exact where the marginals are known, else of the draws; nan where there is none."""
        mean = pd.Series(self.marginals.mean, index=self.resolved.index, name="mean")
        return mean.mask(mean.index.isin(without_means(self)))

    @property
    def status(self) -> str:
        """Whether the draws can be trusted, and whether the run was cancelled before it had all of them."""
        horseshoe = any(type(block.law).__name__ == "Horseshoe" for block in self.resolved.blocks)
        engine = "exact" if self.independent else self.engine.replace("exact", "metropolis")
        found = findings(engine, self.diagnostics, LESS_TAIL if horseshoe else "")
        return f"{found} The run was {self.sampled.cut}." if self.sampled.cut else found

    @cached_property
    def drawn(self) -> Drawn:
        """The draws as plain arrays."""
        return drawn_from(self.tree, self.resolved)

    @cached_property
    def marginals(self) -> PosteriorMarginals:
        """The marginal posterior of each coefficient."""
        exact = None if self.sampled.exact is None else self.sampled.exact.marginals
        return PosteriorMarginals(self.drawn.flat.beta, exact)

    @cached_property
    def diagnostics(self) -> pd.DataFrame:
        """The rhat, ess_bulk, ess_tail and mcse of each coefficient, sigma and learned strength."""
        return diagnose(self.tree)

    @property
    def independent(self) -> bool:
        """Whether the draws are independent of each other."""
        return self.engine == "exact" and self.marginals.exact is not None

    @property
    def efficiency(self) -> float:
        """The mean effective over the actual number of draws; 1 for independent ones."""
        if self.independent:
            return 1.0
        return float(np.nanmean(self.diagnostics["ess_mean"])) / self.drawn.count

    @abstractmethod
    def summary(self, level: float = 0.95, rope: Any = None) -> Summary:
        """Return the table that is shown."""

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()
