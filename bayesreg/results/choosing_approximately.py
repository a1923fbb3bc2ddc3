"""Choose a strength where the mode without a row, or the evidence, has no closed form."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bayesreg.errors import UnsupportedError
from bayesreg.parallel import one_thread
from bayesreg.posterior.bands import ReweightedBands, reweighted_bands, run_engine
from bayesreg.posterior.bands.prior import is_proper
from bayesreg.posterior.bands.runs import Runner
from bayesreg.posterior.sampling import Plan
from bayesreg.resolved import Resolved
from bayesreg.results.path_fit import edf_of, fit_path, strengths_of
from bayesreg.results.selection import Selection, place_by_rule
from bayesreg.select.climb import LONGEST, MOST_RUNS, Climb, climb
from bayesreg.select.left_out_rows import Checked, LeaveOneOut, check_left_out
from bayesreg.support import why_refused

CHAINS, LONG, SHORT = 4, (1000, None), (250, 125)
"""Chains of each run that the evidence is found by; draws and warm-up of long ones and of those on the way."""
POINTS, REACH, RUNS = 31, 3.0, 20
"""Strengths of a curve of the evidence, how far it goes in its own standard deviations, and most runs for it."""
SHARE = 0.1
"""Of the draws of one run: what those of all together are to be worth at each strength."""
FAR = 100.0
"""How far beyond its path a strength is looked for."""


def by_left_out_rows(model: Any, rule: str, lams: Any) -> Selection:
    """Return the selection by predictions of each row from the mode with it, checked by refits."""
    check_left_out(model.loss_resolved)
    with one_thread():
        path = fit_path(model, n_lams=None, ratio=None, lams=lams)
        left = LeaveOneOut(model.design, model.loss_resolved, path.modes)
        place, best = (place_by_rule(left.mean, left.se, one) for one in (rule, "min"))
        checks = {at: left.check(at) for at in dict.fromkeys((best, place))}
    gaussian = model.loss_resolved.likelihood.name == "gaussian"
    exact = "exact where the signs stay without the row" if gaussian else "by one Newton step"
    kept = left.kept
    return Selection(
        asked=model,
        by="loo",
        rule=rule,
        measure="mean unit deviance without each row, approximate",
        sign=1.0,
        lams=path.lams,
        mean=left.mean,
        se=left.se,
        place=place,
        base=path.base,
        scores=None,
        how=(
            f"Leave-one-out from the modes of all rows, {exact}: signs stay for {kept.min():.0%} to {kept.max():.0%} "
            "of the rows over the strengths. Scales and bases are those of all rows.",
            *(_describe(one, path.lams[at], left.mean[at], left.se[at]) for at, one in checks.items()),
            path.status,
        ),
        _edf=path.edf.to_numpy,
    )


def _describe(check: Checked, lam: float, mean: float, se: float) -> str:
    """Return what refits say of the approximation."""
    away = check.mean - mean
    text = (
        f"Check at lam = {lam:.4g}: signs change without {check.changed} of {check.rows} rows; with {check.refitted} "
        f"refits the mean is {check.mean:.6g}, {away:+.1g} from the approximation ({away / se:+.2f} se)."
    )
    if abs(away) <= 0.2 * se:
        return text
    return f"{text} That is much: use by='cv' with folds=<number of rows>, which refits without every row."


def by_draws(model: Any, lams: Any, seed: int) -> Selection:
    """Return the selection by the evidence, its maximum found by EM with draws, its curve by bridge sampling."""
    _check_drawn(model)
    base, t = strengths_of(model, n_lams=None, ratio=None, lams=lams)
    plans = [
        Plan(draws=draws, tune=tune, chains=CHAINS, seed=seed, workers=None, progress=None)
        for draws, tune in (SHORT, LONG)
    ]
    short, long = (run_engine(model.design, "gibbs", plan, seed) for plan in plans)
    resolved, least = model.resolved, SHARE * LONG[0] * CHAINS
    found, t = (None, np.sort(t)[::-1]) if lams is not None else _climb_and_look_around(resolved, short, long, t)
    bands = reweighted_bands(resolved, t, lambda at, place: long(at, MOST_RUNS + place), limit=RUNS, least=least)
    poor = bands.weighed.is_poor(least)
    poor[[one.place for one in bands.anchors]] = False
    mean = np.where(poor, np.nan, bands.log_evidence)
    mean -= np.nanmax(mean)
    place = t.size // 2 if found is not None and found.ok else place_by_rule(-mean, mean, "min")
    return Selection(
        asked=model,
        by="evidence",
        rule="min",
        measure="log evidence, less its largest",
        sign=-1.0,
        lams=base * t,
        mean=mean,
        se=np.full(t.size, np.nan),
        place=place,
        base=base,
        scores=None,
        how=_how(model, found, bands, poor, seed),
        _edf=partial(edf_of, model, base * t),
    )


def _climb_and_look_around(resolved: Resolved, short: Runner, long: Runner, t: np.ndarray) -> tuple[Climb, np.ndarray]:
    """Return the way to the maximum of the evidence, and decreasing strengths with the maximum in the middle."""
    limits = (float(np.log(t.min() / FAR)), float(np.log(t.max() * FAR)))
    found = climb(resolved, short, long, float(np.log(t).mean()), limits)
    away = REACH * min(found.spread, LONGEST)
    return found, np.exp(np.linspace(found.x + away, found.x - away, POINTS))


def _how(model: Any, found: Climb | None, bands: ReweightedBands, poor: np.ndarray, seed: int) -> tuple[str, ...]:
    resolved = model.resolved
    sigma = "" if resolved.sigma_prior is None else f" Sigma is integrated out under its prior, {resolved.sigma_prior}."
    many = f"{LONG[0] * CHAINS} draws of engine gibbs, seed {seed}"
    said = []
    if found is not None and found.ok:
        said.append(
            f"Maximum of the evidence by Gibbs-EM: {len(found.found)} runs of up to {many}; Monte Carlo standard error "
            f"of log lam {found.error:.2g}, against {found.spread:.2g} that the data leave.{sigma}"
        )
    elif found is not None:
        said.append(
            f"Gibbs-EM came to no maximum of the evidence in {len(found.found)} runs of up to {many}: it is flat, or "
            f"largest at a limit. The largest value of the curve is taken.{sigma}"
        )
    said.append(f"Curve by bridge sampling between {len(bands.anchors)} runs of {many}.{'' if found else sigma}")
    if poor.any():
        said.append(f"{int(poor.sum())} strengths are too far from any run and are left out.")
    return tuple(said)


def _check_drawn(model: Any) -> None:
    """Raise where the evidence is not known, nor can be had from draws of the Gibbs engine."""
    resolved = model.resolved.multiplied(1.0)
    way = "Use by='cv', or integrate the strength out with Model.sample()."
    if not is_proper(resolved):
        raise UnsupportedError(f"A penalty of this model is no distribution, so that there is no evidence. {way}")
    refused = why_refused(resolved, "sample", "gibbs")
    if refused:
        raise UnsupportedError(f"The evidence of this model is found from draws of the Gibbs engine. {refused} {way}")
