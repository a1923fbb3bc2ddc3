"""What a problem and an answer to it are; both travel between processes as files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, final

import numpy as np
from scipy import sparse

FOLDS = 10


def fold_of_rows(n: int) -> np.ndarray:
    """Return the fold (n,) that each row is left out with."""
    return np.arange(n) % FOLDS


@final
@dataclass(frozen=True)
class Facts:
    """What adapters need to know to say whether they can solve a problem.

    Attributes
    ----------
    name : str
    fitted : str
        What is fitted, in words.
    family : {"gaussian", "bernoulli", "poisson"}
    penalty : {"l1", "elastic_net", "group", "l2"}
        ``sum_j lam |b_j|``, ``lam sum_j (share |b_j| + (1 - share) b_j^2 / 2)``, ``lam sum_g sqrt(d_g) ||b_g||``,
        ``lam ||b||^2 / 2``. All are added to half the deviance, summed over rows.
    intercept : bool
        Whether there is an intercept; it is not penalised.
    n, p, strengths : int
    sparse : bool
    share : float
        Of the elastic net.
    task : {"path", "loo", "cv"}
        Coefficients at every strength; for a ridge also exact leave-one-out accuracy at every strength; or the curve of
        ten-fold cross-validation, and the fit at its best strength.
    seed : int
    """

    name: str
    fitted: str
    family: str
    penalty: str
    intercept: bool
    n: int
    p: int
    strengths: int
    sparse: bool = False
    share: float = 1.0
    task: str = "path"
    seed: int = 0


@final
@dataclass(frozen=True, eq=False)
class Problem:
    """A problem with its data.

    Attributes
    ----------
    facts : Facts
    X : ndarray (n, p) in Fortran order, or CSC matrix
    y : ndarray (n,)
    lams : ndarray (k,)
        Strengths in loss units (half the summed deviance), decreasing.
    groups : ndarray of int (p,) or None
        The group of each column: consecutive columns, numbered from 0.
    """

    facts: Facts
    X: Any
    y: np.ndarray
    lams: np.ndarray
    groups: np.ndarray | None = None

    @property
    def alphas(self) -> np.ndarray:
        """Strengths (k,) per row, as most packages take them."""
        return self.lams / self.facts.n

    def without(self, fold: int) -> Problem:
        """Return the problem without the rows of a fold, its strengths times the share of the rows that stay."""
        kept = fold_of_rows(self.facts.n) != fold
        rows = int(kept.sum())
        X = np.asfortranarray(self.X[kept])
        return Problem(replace(self.facts, n=rows, task="path"), X, self.y[kept], self.lams * (rows / self.facts.n))

    @property
    def group_sizes(self) -> np.ndarray:
        """Number of columns of each group."""
        return np.bincount(np.arange(self.facts.p) if self.groups is None else self.groups)


@final
@dataclass(frozen=True, eq=False)
class Answer:
    """What a solver returned, and how long it took.

    Attributes
    ----------
    seconds : float
        From arrays in memory to coefficients, the package's own checks and copies included.
    coefs : ndarray (k, p) or None
        None: the package does not return them at every strength, or the run is a reference time.
    intercepts : ndarray (k,)
    parts : mapping of str to float
        Seconds of parts that have a figure of their own.
    loo : ndarray (k,) or None
        Sum of squared leave-one-out residuals; with a ``dispersion`` the sum of log predictive densities instead.
    dispersion : float or None
    fold_fits : callable or None
        Coefficients (k, p) and intercepts (k,) of the fits without the rows of each fold, at the strengths of all rows
        times the share of the rows: those that the curve comes from, found again by the same solver, not timed.
    """

    seconds: float
    coefs: np.ndarray | None = None
    intercepts: np.ndarray | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    loo: np.ndarray | None = None
    dispersion: float | None = None
    fold_fits: Callable[[], list[tuple[np.ndarray, np.ndarray]]] | None = None


def timed(solve: Callable[[], tuple[np.ndarray, Any]]) -> Answer:
    """Return the answer of a function that returns coefficients (k, p) and intercepts (k,) or a number."""
    start = time.perf_counter()
    coefs, intercepts = solve()
    seconds = time.perf_counter() - start
    return Answer(seconds, np.asarray(coefs), np.broadcast_to(intercepts, len(coefs)))


def save(problem: Problem, folder: Path) -> None:
    """Write a problem into an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_text(json.dumps(asdict(problem.facts)), encoding="utf-8")
    arrays = {"y": problem.y, "lams": problem.lams}
    if problem.groups is not None:
        arrays["groups"] = problem.groups
    if problem.facts.sparse:
        arrays |= {"data": problem.X.data, "indices": problem.X.indices, "indptr": problem.X.indptr}
    else:
        arrays["X"] = np.asfortranarray(problem.X)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)


def load(folder: Path) -> Problem:
    """Read a problem from its folder."""
    facts = Facts(**json.loads((folder / "facts.json").read_text(encoding="utf-8")))
    arrays = {file.stem: np.load(file) for file in folder.glob("*.npy")}
    X = arrays.get("X")
    if facts.sparse:
        X = sparse.csc_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=(facts.n, facts.p))
    return Problem(facts, X, arrays["y"], arrays["lams"], arrays.get("groups"))
