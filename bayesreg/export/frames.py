"""The lines that make X, y, weights and offset from a frame, in Python and in R."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from bayesreg.export.parts import number
from bayesreg.export.r_words import r_event, r_name, r_vector
from bayesreg.export.subject import Subject


def needs(subject: Subject, comment: str = "#") -> list[str]:
    """Return the comment on what the text needs."""
    where = f"a data frame named {subject.data}"
    arrays = [
        what
        for what, has, column in (
            ("weights", subject.has_weights, subject.weights),
            ("offset", subject.has_offset, subject.offset),
        )
        if has and not column
    ]
    left = " of the rows without missing values" if subject.source.dropped else ""
    more = "".join(f", and an array named {what}, one number for each row{left}" for what in arrays)
    return [f"{comment} {subject.title}", f"{comment} needs {where}{more}"]


def texts(values: Iterable[str]) -> str:
    """Return a list of texts as Python writes it, in double quotes."""
    return f"[{', '.join(json.dumps(value, ensure_ascii=False) for value in values)}]"


def columns_used(subject: Subject) -> list[str]:
    """Return every column of the frame that is used, once."""
    extra = [name for name in (subject.weights, subject.offset) if name]
    return list(dict.fromkeys([*subject.source.variables, subject.source.response, *extra]))


def imports(subject: Subject, *lines: str) -> list[str]:
    """Return import lines in order, with formulaic's where the columns are made from a formula."""
    own = ["import numpy as np"] + ([] if subject.source.plain else ["import formulaic"])
    plain = sorted({*own, *(one for one in lines if one.startswith("import"))}, key=lambda one: one.lower())
    return [*plain, *sorted(one for one in lines if one.startswith("from"))]


def python_lines(subject: Subject, *, whole: bool = False) -> list[str]:
    """Return the lines of Python that make ``X`` (n, k), ``y``, ``weights`` and ``offset``.

    Parameters
    ----------
    subject : Subject
    whole : bool
        Whether a response of 0 and 1 or of counts is made of integers.
    """
    data, source = subject.data, subject.source
    lines = [f"{data} = {data}.dropna(subset={texts(columns_used(subject))})"] if source.dropped else []
    if not subject.k:
        lines.append(f"X = np.empty((len({data}), 0))")
    elif source.plain:
        lines.append(f"X = {data}[{texts(subject.names)}].to_numpy(dtype=float)")
    else:
        if source.flags:
            kinds = ", ".join(f"{json.dumps(name, ensure_ascii=False)}: str" for name in source.flags)
            lines.append(f"{data} = {data}.astype({{{kinds}}})  # true and false as labels")
        formula = json.dumps(source.python, ensure_ascii=False)
        known = ", ".join(f"{json.dumps(name)}: np.{name}" for name in source.functions)
        context = f", context={{{known}}}" if known else ""
        made = f"formulaic.model_matrix({formula}, {data}{context})[{texts(subject.names)}]"
        lines.append(f"X = {made}.to_numpy(dtype=float)")
    lines.append(f"y = {response(subject, whole=whole)}")
    for what, has, column in _extras(subject):
        if has:
            lines.append(
                f"{what} = {f'{data}[{json.dumps(column)}].to_numpy(dtype=float)' if column else f'np.asarray({what})'}"
            )
    return lines


def response(subject: Subject, *, whole: bool = False) -> str:
    """Return the response as an array."""
    left = subject.source.left.format(data=subject.data)
    kind = "int" if whole and subject.family != "gaussian" else "float"
    if subject.source.levels is not None:
        return (
            f"({left}.astype(str) == {json.dumps(subject.source.levels[1], ensure_ascii=False)}).to_numpy(dtype={kind})"
        )
    return f"{left}.to_numpy(dtype={kind})"


def _extras(subject: Subject) -> tuple[tuple[str, bool, str], ...]:
    return (
        ("weights", subject.has_weights, subject.weights),
        ("offset", subject.has_offset, subject.offset),
    )


def scale_lines(subject: Subject, *, centre: bool) -> list[str]:
    """Return the lines of Python that make ``mean`` and ``s``, what the columns are centred and divided by.

    ``s`` is left out where no column is divided, ``mean`` where it is not asked for.
    """
    weighted = ", weights=weights" if subject.has_weights else ""
    lines, some = [], bool(subject.scaled.any())
    if centre or (some and subject.has_weights):
        average = f"np.average(X, axis=0{weighted})" if weighted else "X.mean(axis=0)"
        lines.append(f"mean = {average}")
    if not some:
        return lines
    spread = f"np.sqrt(np.average((X - mean) ** 2, axis=0{weighted}))" if weighted else "X.std(axis=0)"
    if not subject.scaled.all():
        lines.append(f"scaled = np.array({subject.scaled.tolist()!r})  # {texts(subject.names)}")
        spread = f"np.where(scaled, {spread}, 1.0)"
    return [*lines, f"s = {spread}  # penalties act on s * beta"]


def phi_line(subject: Subject, comment: str = "#", end: str = "") -> str:
    """Return the line that states the dispersion, and where it comes from."""
    resolved = subject.resolved
    return f"phi = {number(resolved.phi)}{end}  {comment} dispersion: {resolved.phi_rule}"


def r_lines(subject: Subject) -> list[str]:
    """Return the lines of R that make ``X`` (n, k), ``y``, ``weights`` and ``offset``."""
    data, source = subject.data, subject.source
    lines = []
    if source.dropped:
        lines.append(f"{data} <- {data}[complete.cases({data}[, {r_vector(columns_used(subject))}]), ]")
    if source.plain:
        lines.append(f"X <- as.matrix({data}[, {r_vector(subject.names)}, drop = FALSE])")
    else:
        start = int(subject.resolved.intercept)
        places = subject.kept - start + 1
        every = len(subject.kept) == len(subject.resolved.coefficients) - start
        lines.append(f"X <- model.matrix(~ {source.r}, {data}){'[, -1, drop = FALSE]' if start else ''}")
        lines.append(f"stopifnot(ncol(X) == {len(subject.resolved.coefficients) - start})")
        if not every:
            lines.append(f"X <- X[, {r_vector(places)}, drop = FALSE]")
        lines.append(f"colnames(X) <- {r_vector(subject.names)}")
    lines.append(f"y <- {r_response(subject)}")
    for what, has, column in _extras(subject):
        if has and column:
            lines.append(f"{what} <- {data}${r_name(column)}")
    return lines


def r_response(subject: Subject) -> str:
    """Return the response in R."""
    source = subject.source
    inner = f"with({subject.data}, {source.r_left})"
    if source.r_left == r_name(source.response):
        inner = f"{subject.data}${source.r_left}"
    return inner if source.levels is None else r_event(inner, source.levels)


def array(values: np.ndarray) -> str:
    """Return a short array as Python text."""
    return f"np.array([{', '.join(number(value) for value in values)}])"
