"""The notes under a comparison: the prior, how each fit was made, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayesreg.results.priors import describe_sigma, prior_sentences
from bayesreg.results.protocol import Fit, resolved_of
from bayesreg.results.scores import SCORES


def notes_of(fits: Mapping[str, Fit], frame: pd.DataFrame, scores: pd.DataFrame) -> tuple[str, ...]:
    """Return the notes of a comparison, each one or two sentences.

    Parameters
    ----------
    fits : mapping of name to fit
    frame, scores : pandas.DataFrame
        `Comparison.frame` and `Comparison.scores`.
    """
    rows = zip(fits.items(), scores[list(SCORES)].to_dict("records"), strict=True)
    routes = [_ROUTE[fit.kind](name, fit, row) for (name, fit), row in rows]
    return (*_priors(fits), *_sigma(fits), *routes, *_intervals(fits, frame), *_remarks(frame))


def _priors(fits: Mapping[str, Fit]) -> list[str]:
    """Say each prior once, with the names of its fits where there are several."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, fit in fits.items():
        if fit.kind != "mle":
            groups.setdefault(prior_sentences(resolved_of(fit)), []).append(name)
    if len(groups) < 2:
        return [sentence for sentences in groups for sentence in sentences]
    return [
        f"{', '.join(names)}: {sentence}"
        for sentences, names in groups.items()
        for sentence in sentences or ("no penalty, the prior is flat.",)
    ]


def _is_flat(fit: Fit) -> bool:
    """Return whether a fit has no penalty at all."""
    resolved = resolved_of(fit)
    return resolved.correction is None and all(block.penalty.is_flat for block in resolved.blocks)


def _sigma(fits: Mapping[str, Fit]) -> list[str]:
    """Say what the mode and the posterior do with sigma, where the family has one."""
    records = [resolved_of(fit) for fit in fits.values() if fit.kind == "posterior"]
    if len({describe_sigma(record) for record in records}) != 1 or not records[0].likelihood.has_dispersion:
        return []
    fixed = f"sigma is fixed at {np.sqrt(records[0].phi):.4g}"
    has_mode = any(fit.kind == "mode" for fit in fits.values())
    if records[0].sigma_prior is None:
        return [f"In {'mode and' if has_mode else 'the'} posterior {fixed}."]
    samples = f"under {describe_sigma(records[0])}."
    return [
        f"In the mode {fixed}; the posterior samples it {samples}"
        if has_mode
        else f"The posterior samples sigma {samples}"
    ]


def _mle(name: str, fit: Any, row: Mapping[Any, float]) -> str:
    dispersion = f", dispersion {row['dispersion']:.4g}" if resolved_of(fit).likelihood.has_dispersion else ""
    return f"{name}: no prior{dispersion}."


def _mode(name: str, fit: Any, row: Mapping[Any, float]) -> str:
    slopes = len(fit.params) - int(resolved_of(fit).intercept)
    zeros = f"{row['zeros']:.0f} of {slopes} coefficients are exactly 0, " if row["zeros"] else ""
    return f"{name}: {zeros}{row['edf']:.3g} effective degrees of freedom. {_certificate(fit)}"


def _certificate(fit: Any) -> str:
    """Say how near the minimum the mode is known to be."""
    gap = fit.certificate.relative_gap
    known = (
        f"duality gap {gap:.1e} of the objective" if np.isfinite(gap) else f"KKT violation {fit.certificate.kkt:.1e}"
    )
    if not fit.certificate.ok:
        return f"NOT certified ({known}): {fit.status}"
    return f"A local optimum: {known}; {fit.mode.scope}." if fit.certificate.local else f"Certified: {known}."


def _posterior(name: str, fit: Any, row: Mapping[Any, float]) -> str:
    if fit.engine == "exact":
        return f"{name}: engine exact; mean and interval are exact."
    checks = [f"largest R-hat {row['rhat_max']:.3f}"] if np.isfinite(row["rhat_max"]) else []
    checks += [f"smallest effective sample size {row['ess_min']:.0f}"] if np.isfinite(row["ess_min"]) else []
    return f"{name}: engine {fit.engine}{'; ' if checks else ''}{', '.join(checks)}."


_ROUTE: dict[str, Callable[[str, Any, Mapping[Any, float]], str]] = {
    "mle": _mle,
    "mode": _mode,
    "posterior": _posterior,
}


def _intervals(fits: Mapping[str, Fit], frame: pd.DataFrame) -> list[str]:
    """Say how the intervals were made, and which fit offers none."""
    has = frame["lower"].notna() | frame["upper"].notna()
    methods = frame[has & (frame["method"] != "")].groupby("fit", sort=False)["method"].first()
    parts = [f"{name}: {method}" for name, method in methods.items()]
    without = [name for name in frame["fit"].unique() if not has[frame["fit"] == name].any()]
    flat = [name for name in without if _is_flat(fits[name])]
    penalised = [name for name in without if name not in flat]
    sentences = [f"Intervals: {'; '.join(parts)}."] if parts else []
    if penalised:
        none = "a penalised mode alone has none by default"
        sentences.append(f"No interval is shown for {', '.join(penalised)}: {none}.")
    if flat:
        sentences.append(f"No interval is shown for {', '.join(flat)}, which has no penalty: model.mle() has its own.")
    return [" ".join(sentences)] if sentences else []


def _remarks(frame: pd.DataFrame) -> list[str]:
    """Return the notes of single coefficients, said once where several share them."""
    groups: dict[tuple[str, str], list[str]] = {}
    for fit, note, coefficient in zip(frame["fit"], frame["note"], frame["coefficient"], strict=True):
        if note:
            groups.setdefault((fit, note), []).append(coefficient)
    return [f"{fit}, {', '.join(names)}: {note}" for (fit, note), names in groups.items()]
