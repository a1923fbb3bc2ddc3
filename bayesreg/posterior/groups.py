"""Groups of a tree that are made on request: what has a number for each row and draw, or comes from the prior."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import InputError
from bayesreg.matrices import dense_columns
from bayesreg.posterior.drawn import Drawn, drawn_from
from bayesreg.posterior.draws import by_draw_dataset, variable_name, whole, with_datasets, with_predictors
from bayesreg.posterior.log_prior import log_prior_parts
from bayesreg.posterior.pointwise import Chunk, chunks, log_likelihood, respond
from bayesreg.posterior.prior_predictive import prior_predictive
from bayesreg.resolved import Resolved

BYTE_LIMIT = 2**30
POINTWISE = ("log_likelihood", "posterior_predictive")
GROUPS = (*POINTWISE, "log_prior", "prior", "prior_predictive", "constant_data")


def check_groups(groups: Any) -> tuple[str, ...]:
    """Return the names of groups, in order and once each, or raise."""
    names = (groups,) if isinstance(groups, str) else groups
    if isinstance(names, Iterable):
        found = tuple(dict.fromkeys(names))
        if all(isinstance(name, str) and name in GROUPS for name in found):
            return found
    raise InputError(
        f"groups={groups!r} is not known; allowed are names among {', '.join(map(repr, GROUPS))}. The groups "
        "posterior and observed_data are always there."
    )


def check_pointwise(groups: tuple[str, ...], draws: int, rows: int) -> None:
    """Raise where a group with a number for each row and draw would go beyond the limit."""
    size = 8 * draws * rows
    for group in POINTWISE:
        if group in groups and size > BYTE_LIMIT:
            raise InputError(
                f"The group {group!r} has {draws} draws x {rows} rows, {size / 2**30:.1f} GiB, above the limit of "
                f"{BYTE_LIMIT // 2**30} GiB. Use .loo(), .predict() and .predictive_check(), which take rows in "
                "chunks, or sample fewer draws=."
            )


def with_groups(design: Design, resolved: Resolved, tree: Any, groups: tuple[str, ...], seed: int) -> Any:
    """Return a tree with more groups; the given one is left as it is.

    Raises
    ------
    InputError
        If a pointwise group would go beyond the limit of memory, by name.
    UnsupportedError
        If the prior has no draws.
    """
    drawn = drawn_from(tree, resolved)
    check_pointwise(groups, drawn.count, design.n)
    new, rng = {}, np.random.default_rng(seed)
    if "log_likelihood" in groups:
        new["log_likelihood"] = _pointwise(design, resolved, drawn, lambda chunk: log_likelihood(resolved, chunk))
    if "posterior_predictive" in groups:
        made = _pointwise(design, resolved, drawn, lambda chunk: respond(chunk, rng))
        new["posterior_predictive"] = made.map(lambda values: values.copy(data=whole(values.values, resolved)))
    if "log_prior" in groups:
        parts = log_prior_parts(resolved, drawn.flat)
        new["log_prior"] = by_draw_dataset({name: values.reshape(drawn.shape) for name, values in parts.items()})
    if "prior" in groups or "prior_predictive" in groups:
        before = prior_predictive(design, resolved, drawn.count, seed)
        new |= {name: before[name].to_dataset() for name in ("prior", "prior_predictive") if name in groups}
    made_tree = with_datasets(tree, new)
    if "constant_data" not in groups:
        return made_tree
    X = dense_columns(design.X, what="the group 'constant_data', which holds the columns")
    columns = {name: X[:, j] for j, name in enumerate(design.names)}
    return with_predictors(made_tree, columns, np.asarray(design.index))


def _pointwise(design: Design, resolved: Resolved, drawn: Drawn, of: Callable[[Chunk], np.ndarray]) -> Any:
    """Return a Dataset (chain, draw, obs) of what ``of`` makes (m, S) of each chunk of rows, named as the response."""
    values = np.empty((drawn.count, design.n))
    for chunk in chunks(design, resolved, drawn.flat):
        values[:, chunk.rows] = of(chunk).T
    return by_draw_dataset(
        {variable_name(design): values.reshape(*drawn.shape, design.n)}, {"obs": np.asarray(design.index)}
    )
