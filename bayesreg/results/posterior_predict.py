"""Posterior predictions: linear predictors, means and responses of the rows of the fit, or of new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_level, check_whole
from bayesreg.design.unseen import Unseen
from bayesreg.errors import InputError
from bayesreg.matrices import Matrix, take_rows
from bayesreg.posterior.drawn import Drawn
from bayesreg.posterior.pointwise import dispersion
from bayesreg.results.rows import linear_predictor, rows_of
from bayesreg.results.unseen_levels import draw_unseen

BYTE_LIMIT = 2**30
CHUNK = 2**22
"""Numbers that are worked on at a time."""
KINDS = ("mean", "response", "link")
NEW_LEVELS = ("raise", "sample")


@final
@dataclass(frozen=True, eq=False)
class Wanted:
    """New rows, and what is asked of them.

    Attributes
    ----------
    X : Matrix (m, p)
    shift : ndarray (m,)
        Offset; nan where a value is missing.
    index : Index
    unseen : tuple of Unseen
        With their draws (S, labels) in the same order in ``effects``.
    effects : tuple of ndarray
    """

    X: Matrix
    shift: np.ndarray
    index: pd.Index
    unseen: tuple[Unseen, ...]
    effects: tuple[np.ndarray, ...]

    def link(self, drawn: Drawn, rows: slice) -> np.ndarray:
        """Return linear predictors (chains, draws, rows)."""
        at = np.arange(rows.start, rows.stop)
        eta = linear_predictor(take_rows(self.X, at), self.shift[rows], drawn.beta)
        flat = eta.reshape(drawn.count, -1)
        for one, effect in zip(self.unseen, self.effects, strict=True):
            here = (one.rows >= rows.start) & (one.rows < rows.stop)
            flat[:, one.rows[here] - rows.start] += effect[:, one.labels[here]] * one.values[here]
        return flat.reshape(eta.shape)


def predict(
    post: Any, data: Any, kind: str, draws: bool, *, level: float, offset: Any, seed: int, new_levels: str
) -> pd.DataFrame | np.ndarray:
    """Return what `Posterior.predict` does."""
    check_level(level)
    for name, value, known in (("kind", kind, KINDS), ("new_levels", new_levels, NEW_LEVELS)):
        if not isinstance(value, str) or value not in known:
            raise InputError(f"{name}={value!r} is not known; allowed: {', '.join(map(repr, known))}.")
    check_whole("seed", seed, 0)
    rng, drawn = np.random.default_rng(seed), post.drawn
    wanted = _wanted(post, data, offset, new_levels, rng)
    if draws:
        return _all_draws(post, drawn, wanted, kind, rng)
    tail, parts = 0.5 * (1.0 - level), []
    for rows in _chunks(wanted.X.shape[0], drawn.count):
        by_row = np.ascontiguousarray(_values(post, drawn, wanted, kind, rows, rng).reshape(drawn.count, -1).T)
        ends = np.quantile(by_row, [tail, 1.0 - tail], axis=1)
        spread = by_row.std(axis=1, ddof=min(1, drawn.count - 1))
        parts.append(np.stack([by_row.mean(axis=1), spread, *ends], axis=1))
    table = np.concatenate(parts) if parts else np.zeros((0, 4))
    return pd.DataFrame(table, columns=["mean", "sd", "lower", "upper"], index=wanted.index)


def _wanted(post: Any, data: Any, offset: Any, new_levels: str, rng: np.random.Generator) -> Wanted:
    if data is None or new_levels == "raise":
        return Wanted(*rows_of(post.model, data, offset), (), ())
    rows, unseen = post.model.design.spec.rows_with_unseen(data, offset=offset)
    shift = np.where(rows.missing, np.nan, 0.0 if rows.offset is None else rows.offset)
    effects = tuple(draw_unseen(post.resolved, one, post.drawn.flat, rng) for one in unseen)
    return Wanted(rows.X, shift, rows.index, unseen, effects)


def _chunks(rows: int, draws: int) -> Iterator[slice]:
    step = max(1, CHUNK // draws)
    for first in range(0, rows, step):
        yield slice(first, min(first + step, rows))


def _all_draws(post: Any, drawn: Drawn, wanted: Wanted, kind: str, rng: np.random.Generator) -> np.ndarray:
    rows = wanted.X.shape[0]
    size = 8 * drawn.count * rows
    if size > BYTE_LIMIT:
        raise InputError(
            f"{rows} rows with {drawn.count} draws take {size / 2**30:.1f} GiB, above the limit of 1 GiB. Predict "
            "fewer rows at a time, or leave out draws=True: the frame of means and intervals has no limit."
        )
    found = np.empty((*drawn.shape, rows))
    for part in _chunks(rows, drawn.count):
        found[..., part] = _values(post, drawn, wanted, kind, part, rng)
    return found


def _values(post: Any, drawn: Drawn, wanted: Wanted, kind: str, rows: slice, rng: np.random.Generator) -> np.ndarray:
    """Return linear predictors, means or responses (chains, draws, rows)."""
    values = wanted.link(drawn, rows)
    if kind == "link":
        return values
    likelihood = post.resolved.likelihood
    if drawn.nuisance is not None:
        likelihood = likelihood.at(drawn.nuisance[..., None])
    with np.errstate(over="ignore"):
        mean = np.asarray(likelihood.mean(values))
    if kind == "mean":
        return mean
    missing = np.isnan(mean)
    response = likelihood.draw(np.where(missing, 0.5, mean), dispersion(post.resolved, drawn)[..., None], rng)
    return np.where(missing, np.nan, response)
