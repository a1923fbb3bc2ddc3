"""Choose the strength of a model: the arguments of `Model.select`, and what each way of choosing computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from bayesreg.arguments import check_name, check_whole
from bayesreg.errors import InputError
from bayesreg.penalties.validation import check_flag
from bayesreg.results.choosing_approximately import by_draws, by_left_out_rows
from bayesreg.results.components import Components
from bayesreg.results.path_fit import PathFit, edf_of, fit_path, strengths_of
from bayesreg.results.ratio_selection import RatioSelection, check_shares
from bayesreg.results.selection import MEASURES, RULES, Selection, place_by_rule
from bayesreg.select.closed_form import ClosedForm, closed_form, is_quadratic
from bayesreg.select.components import choose_components, has_components
from bayesreg.select.criteria import CRITERIA, criterion
from bayesreg.select.cross_validation import cross_validate
from bayesreg.select.folds import FOLD_STRENGTHS, make_split
from bayesreg.select.laplace import has_laplace, laplace_evidence
from bayesreg.select.remade import model_with_share
from bayesreg.select.rule import BY
from bayesreg.select.scores import make_score
from bayesreg.support import check_supported

GAMMA = 0.5
SEED = 0
DEFAULTS = {
    "folds": 10,
    "seed": SEED,
    "fold_strength": "per_row",
    "l1_ratios": None,
    "score": "deviance",
    "workers": None,
    "progress": False,
}
"""Options of cross-validation, which the other ways do not take."""


@final
@dataclass(frozen=True, eq=False)
class Options:
    """The options of `Model.select` beside ``by``, ``rule`` and ``lams``."""

    folds: Any
    seed: int
    fold_strength: str
    l1_ratios: Any
    score: Any
    gamma: float | None
    workers: int | None
    progress: bool


def choose_strength(
    model: Any, by: str, rule: str, lams: Any, options: Options
) -> Selection | RatioSelection | Components:
    """Choose the strength of a model; see `Model.select`."""
    check_supported(model._known, "path")
    drawn = by == "evidence" and not (is_quadratic(model.loss_resolved) or has_laplace(model.loss_resolved))
    _check(by, rule, options, drawn=drawn)
    if by == "evidence" and lams is None and has_components(model):
        return Components(model, choose_components(model))
    used = [name for name in DEFAULTS if name not in ("workers", "progress")] if by == "cv" else []
    used += ["gamma"] if by == "ebic" else ["seed"] if drawn else []
    arguments = {"by": by, "rule": rule, "lams": lams, **{name: getattr(options, name) for name in used}}
    if options.l1_ratios is None:
        arguments.pop("l1_ratios", None)
        return replace(_one_strength(model, by, rule, lams, options), arguments=arguments)
    ratios = check_shares(model, options.l1_ratios)
    found = [_by_validation(model_with_share(model, float(one)), rule, lams, options) for one in ratios]
    return RatioSelection(model, ratios, tuple(found), arguments)


def _one_strength(model: Any, by: str, rule: str, lams: Any, options: Options) -> Selection:
    """Return the strength, or the one factor of several, by any way of choosing."""
    if by == "cv":
        return _by_validation(model, rule, lams, options)
    if by in CRITERIA:
        path = fit_path(model, n_lams=None, ratio=None, lams=lams)
        gamma = GAMMA if options.gamma is None else options.gamma
        return _of_path(path, by, criterion(path, by, gamma), 1.0, _describe_criterion(path, by, gamma))
    if is_quadratic(model.loss_resolved) or by == "gcv":
        return _in_closed_form(model, by, rule, lams)
    if by == "loo":
        return by_left_out_rows(model, rule, lams)
    if has_laplace(model.loss_resolved):
        path = fit_path(model, n_lams=None, ratio=None, lams=lams)
        how = "Evidence by Laplace's approximation at the mode of each strength (Laplace)."
        return _of_path(path, by, laplace_evidence(path), -1.0, how)
    return by_draws(model, lams, options.seed)


def _check(by: Any, rule: Any, options: Options, *, drawn: bool) -> None:
    check_name("by", by, BY)
    check_name("rule", rule, RULES)
    check_name("fold_strength", options.fold_strength, FOLD_STRENGTHS)
    check_flag("progress", options.progress)
    if rule == "1se" and by not in ("cv", "loo"):
        raise InputError(f"rule='1se' needs a standard error, and by={by!r} has none. Use rule='min', or by='cv'.")
    if options.gamma is not None and by != "ebic":
        raise InputError(f"gamma={options.gamma!r} is an option of by='ebic'; leave it out for by={by!r}.")
    if options.gamma is not None and not 0.0 <= options.gamma <= 1.0:
        raise InputError(f"gamma={options.gamma!r} is not allowed; EBIC takes a number from 0 (BIC) to 1.")
    check_whole("seed", options.seed, 0)
    if by == "cv":
        return
    for name, default in DEFAULTS.items():
        value = getattr(options, name)
        if name == "seed" and drawn:
            continue
        if not (value is default or (np.ndim(value) == 0 and value == default)):
            raise InputError(f"{name}={value!r} is an option of by='cv'; leave it out for by={by!r}.")


def _by_validation(model: Any, rule: str, lams: Any, options: Options) -> Selection:
    score = make_score(options.score, model.family.likelihood)
    split = make_split(model.design, options.folds, options.seed)
    base, multipliers = strengths_of(model, n_lams=None, ratio=None, lams=lams)
    multipliers = np.sort(multipliers)[::-1]
    found = cross_validate(
        model,
        split,
        multipliers,
        score,
        per_row=options.fold_strength == "per_row",
        workers=options.workers,
        progress=options.progress,
    )
    kept = "lam times the fold's share of the weights" if options.fold_strength == "per_row" else "the same lam"
    return Selection(
        asked=model,
        by="cv",
        rule=rule,
        measure=score.text,
        sign=score.sign,
        lams=base * multipliers,
        mean=found.mean,
        se=found.se,
        place=place_by_rule(score.sign * found.mean, found.se, rule),
        base=base,
        scores=found.folds,
        how=(
            f"Cross-validation: {split.text}; everything is learned again in each, with {kept}.",
            found.describe(),
        ),
        _edf=lambda: edf_of(model, base * multipliers),
    )


def _of_path(path: PathFit, by: str, value: np.ndarray, sign: float, how: str) -> Selection:
    """Return the selection by a number at each strength of a path."""
    return Selection(
        asked=path.model,
        by=by,
        rule="min",
        measure=MEASURES[by],
        sign=sign,
        lams=path.lams,
        mean=value,
        se=np.full(value.size, np.nan),
        place=place_by_rule(sign * value, value, "min"),
        base=path.base,
        scores=None,
        how=(how, path.status),
        _edf=path.edf.to_numpy,
    )


def _describe_criterion(path: PathFit, by: str, gamma: float) -> str:
    """Return the formula of a criterion and the dispersion in it."""
    resolved = path.model.resolved
    added = {
        "aic": "2 edf",
        "aicc": "2 edf n / (n - edf - 1)",
        "bic": "edf log n",
        "ebic": f"edf log n + 2 gamma log C(p, penalised edf), gamma = {gamma:g}",
    }
    phi = f" at phi = {resolved.phi:.4g} ({resolved.phi_rule})" if resolved.likelihood.has_dispersion else ""
    return f"{MEASURES[by]} = -2 log p(y | b){phi} + {added[by]}, n = {resolved.observations:g}."


def _in_closed_form(model: Any, by: str, rule: str, lams: Any) -> Selection:
    """Return the selection by what a Gaussian model with quadratic penalties has in closed form."""
    form = closed_form(model, by)
    base, t = strengths_of(model, n_lams=None, ratio=None, lams=lams)
    t = np.sort(t)[::-1]
    measure: Callable[[np.ndarray], np.ndarray] = {"loo": form.loo, "gcv": form.gcv, "evidence": form.evidence}[by]
    sign = -1.0 if by == "evidence" else 1.0
    if lams is None:
        t = _with_optimum(lambda at: sign * measure(at), t)
    value = measure(t)
    se = form.loo_se(t) if by == "loo" else np.full(t.size, np.nan)
    place = place_by_rule(sign * value, se, rule)
    return Selection(
        asked=model,
        by=by,
        rule=rule,
        measure=MEASURES[by],
        sign=sign,
        lams=base * t,
        mean=value,
        se=se,
        place=place,
        base=base,
        scores=None,
        how=(_describe_closed_form(form, by, t[place : place + 1]),),
        _edf=lambda: form.edf(t),
    )


def _with_optimum(loss: Callable[[np.ndarray], np.ndarray], t: np.ndarray) -> np.ndarray:
    """Return decreasing strengths with the minimiser between the neighbours of the best one among them."""
    from scipy.optimize import minimize_scalar

    best = int(np.nanargmin(loss(t)))
    if not 0 < best < t.size - 1:
        return t
    ends = (float(np.log(t[best + 1])), float(np.log(t[best - 1])))
    found = minimize_scalar(
        lambda log: float(loss(np.exp(np.array([log])))[0]), bounds=ends, method="bounded", options={"xatol": 1e-10}
    )
    return np.unique(np.append(t, np.exp(found.x)))[::-1]


def _describe_closed_form(form: ClosedForm, by: str, t: np.ndarray) -> str:
    """Return how a closed form was computed."""
    how = f"Exact, from one factorisation ({form.path.how})"
    if by == "evidence":
        phi = float(form.dispersion(t)[0])
        rule = "as given" if form.fixed else "at its maximum for each strength"
        return f"{how}, phi {rule}: {phi:.4g} here."
    return f"{how}; scales and bases are those of all rows."
