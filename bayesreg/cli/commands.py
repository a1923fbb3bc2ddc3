"""What the commands do, once their options are read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bayesreg as br
from bayesreg.cli.screen import say
from bayesreg.errors import InputError, MissingValuesError, RankError, SeparationError
from bayesreg.marks import MARKS
from bayesreg.support import why_refused

ROWS_OF_A_PATH = 12
ADD_A_PENALTY = "Add a --penalty, such as l1, l2 or elastic-net."


def make_penalty(name: str, lam: str | None, l1_ratio: float | None) -> br.Penalty:
    """Return the penalty of the options ``--penalty``, ``--lam`` and ``--l1-ratio``.

    Raises
    ------
    InputError
        If the strength is missing, not a number or not used, or ``--l1-ratio`` is not used.
    """
    _check_share(name, l1_ratio)
    if name == "none":
        if lam is not None:
            raise InputError(
                f"--lam {lam} has nothing to act on: --penalty is none. {ADD_A_PENALTY} In a mark of the formula write "
                "lam=<number>."
            )
        return br.Flat()
    if name == "firth":
        if lam is not None:
            raise InputError(f"--lam {lam} has nothing to act on: Firth's correction has no strength. Leave it out.")
        return br.Firth()
    return _law(name, _number(lam), l1_ratio)


def make_open_penalty(name: str, l1_ratio: float | None) -> br.Penalty:
    """Return the penalty of a path, its strength left open; none where marks of the formula have the open strengths.

    Raises
    ------
    InputError
        If the correction of Firth is asked for, or ``--l1-ratio`` is not used.
    """
    _check_share(name, l1_ratio)
    if name == "firth":
        raise InputError(f"Firth's correction has no strength that a path could vary. {ADD_A_PENALTY}")
    return br.Flat() if name == "none" else _law(name, None, l1_ratio)


def make_model(
    formula: str,
    data: str,
    penalty: br.Penalty,
    *,
    family: str,
    standardize: bool,
    missing: str = "raise",
    quiet: bool = False,
) -> Any:
    """Return the model of a command, and say (unless ``quiet``) how many rows were dropped for missing values.

    Raises
    ------
    InputError
        If formula and file are swapped, or there is no formula.
    MissingValuesError
        If values are missing and ``missing`` is "raise"; the message names the option that drops their rows.
    """
    _check_order(formula, data)
    try:
        model = br.Model(formula, data, family=family, penalty=penalty, standardize=standardize, missing=missing)
    except MissingValuesError as error:
        raise MissingValuesError(str(error).replace('missing="drop"', "--missing drop")) from None
    dropped, used = model.design.dropped, model.design.n
    if dropped and not quiet:
        say(f"{dropped} of {dropped + used} rows have missing values and were dropped.", faint=True)
    return model


def print_fit(model: Any) -> None:
    """Fit and print; without a penalty the classical fit."""
    say(str((model.fit() if _is_penalised(model) else model.mle()).summary()))


def print_path(model: Any, *, n_lams: int, out: Path | None) -> None:
    """Fit the path, print some of its points, and draw it if asked.

    Raises
    ------
    InputError
        If nothing is penalised.
    """
    from bayesreg.results.summary import Summary

    if not _is_penalised(model):
        raise InputError(f"A path needs a penalty whose strength it varies. {ADD_A_PENALTY}")
    path = model.path(n_lams=n_lams)
    slopes = path.params.drop(columns="Intercept", errors="ignore").to_numpy()
    table = {"lam": path.lams, "edf": path.edf, "deviance": path.deviance, "nonzero": (slopes != 0.0).sum(axis=1)}
    rows = np.unique(np.linspace(0, len(path.lams) - 1, ROWS_OF_A_PATH).round().astype(int))
    frame = pd.DataFrame(table).iloc[rows].reset_index(drop=True)
    note = f"{len(rows)} of {len(path.lams)} strengths; lam is in loss units, for --lam of the other commands."
    say(str(Summary(f"Path of {model.formula}", frame, notes=(note,))))
    if out is not None:
        save(path.plot(), out)


def print_comparison(model: Any, *, seed: int, draws: int, out: Path | None) -> None:
    """Fit by all routes that exist, print them side by side, and draw them if asked."""
    fits = [] if (classical := _classical(model)) is None else [classical]
    if _is_penalised(model):
        if reason := why_refused(model.resolved, "fit"):
            say(f"No mode: {reason}", faint=True)
        else:
            fits.append(model.fit())
    announce_sampling(model)
    comparison = br.compare(*fits, model.sample(seed=seed, draws=draws))
    say(str(comparison))
    if out is not None:
        save(comparison.plot(), out)


def print_export(model: Any, target: str) -> None:
    """Print the model as text of another package, and nothing else, so that it can be sent to a file."""
    say(model.export(target).removesuffix("\n"))


def print_conversion(value: float, *, source: str, target: str, facts: Sequence[str]) -> None:
    """Print the translated number alone, so that scripts can read it."""
    say(f"{br.convert(value, source=source, target=target, **_facts(facts)):.12g}")


def announce_sampling(model: Any) -> None:
    """Say that the next step takes some seconds, where the posterior has to be sampled by NUTS."""
    if all(why_refused(model.resolved, "sample", engine) for engine in ("exact", "gibbs")):
        say("Sampling the posterior: PyMC compiles the model first, which takes some seconds ...", faint=True)


def save(figure: Any, out: Path) -> None:
    """Write a picture and say where.

    Raises
    ------
    InputError
        If the file can not be written, or its ending names no format.
    """
    formats = sorted(figure.canvas.get_supported_filetypes())
    if out.suffix.lstrip(".") not in formats:
        raise InputError(f"{str(out)!r} does not end in the name of a picture format; allowed: {', '.join(formats)}.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, bbox_inches="tight")
    except OSError as error:
        raise InputError(
            f"The picture can not be written to {str(out)!r}: {error.strerror}. Choose another --out."
        ) from error
    say(f"Wrote {out}", faint=True)


def _check_order(formula: str, data: str) -> None:
    """Raise unless a formula comes first and a file second."""
    if "~" in formula:
        return
    if "~" in data:
        raise InputError(
            f"Formula and file are swapped: {formula!r} comes first and {data!r} second. The formula comes first: "
            f"{shlex.quote(data)} {shlex.quote(formula)}."
        )
    raise InputError(
        f"{formula!r} is not a formula: it has no '~'. Give the formula first and the file second: "
        f'"y ~ a + b" {shlex.quote(data)}.'
    )


def _is_penalised(model: Any) -> bool:
    """Whether there is more than the likelihood: a block that is not flat, or a correction."""
    resolved = model.resolved
    return resolved.correction is not None or not all(block.penalty.is_flat for block in resolved.blocks)


def _classical(model: Any) -> Any:
    """Return the classical fit, or None where it does not exist, saying why."""
    try:
        return model.mle()
    except (RankError, SeparationError) as error:
        say(f"No classical fit: {error}", faint=True)
        return None


def _law(name: str, lam: float | None, l1_ratio: float | None) -> br.Penalty:
    """Return the penalty of a name."""
    options = {} if l1_ratio is None else {"l1_ratio": l1_ratio}
    return MARKS[name.replace("-", "_")](lam=lam, **options)  # type: ignore[call-arg]


def _check_share(name: str, l1_ratio: float | None) -> None:
    """Raise if a share was given that nothing uses."""
    if l1_ratio is not None and name not in ("elastic-net", "sparse-group"):
        raise InputError(
            f"--l1-ratio {l1_ratio:g} is not used by --penalty {name}. Use --penalty elastic-net or sparse-group, or "
            "leave it out."
        )


def _number(lam: str | None) -> float:
    """Read ``--lam``."""
    how = "`bayesreg path` with the same formula and data shows the fits over all strengths; then give one as a number."
    if lam is None:
        raise InputError(f"The penalty has no strength. {how[:-1]}: --lam 500.")
    if lam == "cv":
        raise InputError(f"--lam cv: the strength is not chosen by cross-validation here. {how}")
    try:
        return float(lam)
    except ValueError:
        raise InputError(f"--lam {lam} is not a number. {how}") from None


def _facts(pairs: Sequence[str]) -> dict[str, float | bool]:
    """Read ``name=value`` pairs."""
    facts: dict[str, float | bool] = {}
    flags = {"true": True, "false": False}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (equals and name.isidentifier()):
            raise InputError(f"--fact {pair!r} is not of the form name=value, such as n=442.")
        try:
            facts[name] = flags[text.lower()] if text.lower() in flags else float(text)
        except ValueError:
            raise InputError(f"--fact {pair!r}: {text!r} is not a number, true or false.") from None
    return facts
