"""What a problem, a package and its draws are; all travel between processes as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from benchmarks.adapters import Setting

Draws = Mapping[str, np.ndarray]
"""``coef`` (chains, draws, p) on the scale of the data frame, and where there are any ``sigma``, ``strength`` (chains,
draws): the scale of the prior on standardised columns, in units of sigma where it is relative."""
CHAINS = 4


@final
@dataclass(frozen=True)
class Facts:
    """A problem in words and numbers.

    Attributes
    ----------
    name, fitted : str
    family : {"gaussian", "bernoulli", "poisson"}
    prior : {"laplace", "horseshoe"}
        Of the standardised coefficients; the intercept is flat.
    scale : float or None
        Of the prior; None: it is learned, in units of sigma.
    n, p : int
    tune, draws : int
        Of each of four chains. An engine that needs less tuning is left its own.
    """

    name: str
    fitted: str
    family: str
    prior: str
    scale: float | None
    n: int
    p: int
    tune: int = 1000
    draws: int = 1000


@final
@dataclass(frozen=True, eq=False)
class Problem:
    """A problem with its data.

    Attributes
    ----------
    facts : Facts
    X : ndarray (n, p)
    y : ndarray (n,)
    names : list of str (p,)
    scales : ndarray (p,) or None
        Prior scales of the coefficients as they are: for packages that can not learn them, from the reference run.
    """

    facts: Facts
    X: np.ndarray
    y: np.ndarray
    names: list[str]
    scales: np.ndarray | None = None

    def frame(self) -> Any:
        """Return the data frame, the response in column ``y``."""
        import pandas as pd

        return pd.DataFrame(self.X, columns=self.names).assign(y=self.y)


@final
@dataclass(frozen=True)
class Contestant:
    """How a package is run.

    Attributes
    ----------
    package : str
    remark : callable
        What its model has otherwise than bayesreg's; "" where it is the same.
    refuses : callable
        Why the package does not sample a problem; "" where it does.
    prepare : callable
        Imports the package and returns a function of a seed that goes from the data frame to draws.
    missing, version, interpreter : callable
        As of `benchmarks.adapters.Adapter`.
    learns : bool
        Whether it learns the scale of the prior: draws of it and of coefficients can then be compared.
    """

    package: str
    remark: Callable[[Facts], str]
    refuses: Callable[[Facts], str]
    prepare: Callable[[Problem, Setting], Callable[[int], Callable[[], Draws]]]
    missing: Callable[[], str]
    version: Callable[[], str]
    interpreter: Callable[[], str]
    learns: bool = True


def save(problem: Problem, folder: Path) -> None:
    """Write a problem into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"facts": asdict(problem.facts), "names": problem.names})
    (folder / "facts.json").write_text(text, encoding="utf-8")
    np.save(folder / "X.npy", problem.X)
    np.save(folder / "y.npy", problem.y)
    if problem.scales is not None:
        np.save(folder / "scales.npy", problem.scales)


def load(folder: Path) -> Problem:
    """Read a problem from its folder."""
    known = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    scales = folder / "scales.npy"
    return Problem(
        Facts(**known["facts"]),
        np.load(folder / "X.npy"),
        np.load(folder / "y.npy"),
        known["names"],
        np.load(scales) if scales.exists() else None,
    )
