"""All that is known of a strength on one axis: the path, and what each way of choosing it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.errors import BayesRegError, InputError, UnsupportedError
from bayesreg.posterior.strengths import lam_draws
from bayesreg.results.priors import scale_by_strength
from bayesreg.results.selection import place_by_rule
from bayesreg.results.summary import Summary
from bayesreg.select.closed_form import is_quadratic
from bayesreg.select.laplace import has_laplace
from bayesreg.select.remade import model_at

PANELS = ("coefficients", "cv", "loo", "criteria", "evidence", "posterior")
LEVEL = 0.95
"""Of the bands, and of the range that the prior of a strength believes in."""


@final
@dataclass(frozen=True, eq=False)
class Curve:
    """A quantity over strengths.

    Attributes
    ----------
    panel, quantity : str
    lams, value, lower, upper : ndarray (k,)
        Strengths in loss units, decreasing; limits are nan where there are none.
    sign : float
        1 where less of it is better, -1 where more is, 0 where neither.
    marks : dict of str to float
        Strengths with a name: the best, and that of the one-standard-error rule.
    label : str
        What it is, in words.
    """

    panel: str
    quantity: str
    lams: np.ndarray
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    sign: float
    marks: dict[str, float]
    label: str


@final
@dataclass(frozen=True, eq=False, repr=False)
class StrengthAxis:
    """The strength of a model, read as a penalty and as a prior.

    Attributes
    ----------
    path : PathFit
    curves : tuple of Curve
    believed : tuple of float or None
        The central 95 % of the prior of the strength, in loss units; None: it has none, or there are several.
    given : float or None
        The model's own strength; None where it was left open.
    notes : tuple of str
        How each panel was found, and why others are not there.
    """

    path: Any
    curves: tuple[Curve, ...]
    believed: tuple[float, float] | None
    given: float | None
    notes: tuple[str, ...]

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels that there are, from the top."""
        present = {one.panel for one in self.curves}
        return tuple(name for name in PANELS if name in present)

    @property
    def lams(self) -> np.ndarray:
        """Strengths (k,) of the path in loss units, decreasing."""
        return np.asarray(self.path.lams)

    @property
    def frame(self) -> pd.DataFrame:
        """All numbers, a row each: panel, quantity, lam, scale (of the prior; nan without one), value, lower, upper."""
        scale, label = self.prior_scale()
        parts = [
            pd.DataFrame(
                {
                    "panel": one.panel,
                    "quantity": one.quantity,
                    "lam": one.lams,
                    "scale": scale(one.lams) if label else np.nan,
                    "value": one.value,
                    "lower": one.lower,
                    "upper": one.upper,
                }
            )
            for one in self.curves
        ]
        return pd.concat(parts, ignore_index=True)

    def prior_scale(self) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
        """Return what turns strengths into scales of the prior, and what these are; "" where there is no one scale."""
        return scale_by_strength(model_at(self.path.model, 1.0))

    def plot(self, names: Sequence[str] | None = None, title: str = "") -> Any:
        """Return a figure: the panels over one axis; loss units below, the prior's scale above.

        Parameters
        ----------
        names : sequence of str, optional
            The coefficients to show; all by default.
        title : str
        """
        from bayesreg.plots.strength import strength_axis

        return strength_axis(self, names=names, title=title)

    def summary(self) -> Summary:
        """Return the strengths that each way of choosing marks, in both units, and how the panels were found."""
        scale, label = self.prior_scale()
        rows = [
            {
                "by": one.quantity,
                "strength": name,
                "lam": lam,
                **({"scale": float(scale(np.array(lam)))} if label else {}),
            }
            for one in self.curves
            for name, lam in one.marks.items()
        ]
        frame = pd.DataFrame(rows, columns=["by", "strength", "lam", *(["scale"] if label else [])]).set_index("by")
        header = {"panels": ", ".join(self.panels), "scale": label or "none that is one number"}
        return Summary(f"Strength axis of {self.path.model.formula}", frame, header, self.notes)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        return self.summary()._repr_html_()


def make_axis(
    path: Any, include: Sequence[str] | None, *, bands: bool, folds: Any, seed: int, workers: int | None
) -> StrengthAxis:
    """Return the strength axis of a path; see `PathFit.strength_axis`."""
    unknown = [name for name in include or () if name not in PANELS]
    if unknown or (include is not None and (isinstance(include, str) or not len(include))):
        raise InputError(f"include={include!r} is not a list of panels; allowed: {', '.join(map(repr, PANELS))}.")
    makers: dict[str, Callable[[], tuple[list[Curve], list[str]]]] = {
        "coefficients": partial(_coefficients, path, bands, seed),
        "cv": partial(_chosen, path, "cv", {"folds": folds, "workers": workers, **_seeded(folds, seed)}),
        "loo": partial(_chosen, path, "loo", {}),
        "criteria": partial(_criteria, path),
        "evidence": partial(_evidence, path, seed),
        "posterior": partial(_posterior, path, seed),
    }
    curves: list[Curve] = []
    notes: list[str] = []
    for name in PANELS if include is None else [one for one in PANELS if one in include]:
        try:
            found, said = makers[name]()
        except BayesRegError as error:
            if include is not None:
                raise
            notes.append(f"No panel {name}: {error}")
            continue
        curves += found
        notes += [f"{name}: {text}" for text in said]
    own = path.model.loss_resolved
    given = None if own.is_open or own.base_lam == 0.0 else float(path.base)
    return StrengthAxis(path, tuple(curves), _believed(path.model), given, tuple(notes))


def _seeded(folds: Any, seed: int) -> dict[str, int]:
    return {"seed": seed} if hasattr(folds, "k") or np.ndim(folds) == 0 else {}


def _coefficients(path: Any, bands: bool, seed: int) -> tuple[list[Curve], list[str]]:
    """Return the coefficients per standard deviation of their columns, with posterior bands if asked for."""
    resolved, lams = path.model.loss_resolved, np.asarray(path.lams)
    modes = path.params
    said = [path.status]
    lower = upper = pd.DataFrame(np.nan, index=modes.index, columns=modes.columns)
    if bands:
        drawn = path.model.path_posterior(lams=lams, seed=seed)
        (lower, upper), said = drawn.band(LEVEL), [*said, f"bands of {LEVEL:.0%} about the modes. {drawn.why}"]
        trusted = np.where(drawn.ok.to_numpy(), 1.0, np.nan)
        lower, upper = (frame.mul(trusted, axis=0) for frame in (lower, upper))
    found = []
    for name, sd in zip(resolved.coefficients, resolved.sd, strict=True):
        if name == "Intercept":
            continue
        value, low, high = (sd * frame[name].to_numpy() for frame in (modes, lower, upper))
        found.append(Curve("coefficients", name, lams, value, low, high, 0.0, {}, "effect per sd of the column"))
    return found, said


def _chosen(path: Any, by: str, options: dict[str, Any]) -> tuple[list[Curve], list[str]]:
    """Return a curve with standard errors, its best strength and that of the one-standard-error rule."""
    chosen = path.model.select(by=by, lams=path.lams, **options)
    loss = chosen.sign * chosen.mean
    best, near = (place_by_rule(loss, chosen.se, rule) for rule in ("min", "1se"))
    marks = {"best": float(chosen.lams[best]), "1se": float(chosen.lams[near])}
    low, high = chosen.mean - chosen.se, chosen.mean + chosen.se
    label = {"cv": "cross-validation", "loo": "leave-one-out"}[by]
    return [Curve(by, by, chosen.lams, chosen.mean, low, high, chosen.sign, marks, f"{label}\n{_unit(chosen)}")], [
        *chosen.how
    ]


def _unit(chosen: Any) -> str:
    return "squared error" if chosen.asked.loss_resolved.likelihood.name == "gaussian" else "deviance"


def _criteria(path: Any) -> tuple[list[Curve], list[str]]:
    """Return AIC and BIC less their smallest values."""
    found, said = [], []
    for by in ("aic", "bic"):
        chosen = path.model.select(by=by, lams=path.lams)
        value, none = chosen.mean - chosen.mean.min(), np.full(chosen.lams.size, np.nan)
        name = by.upper()
        found.append(
            Curve(
                "criteria", name, chosen.lams, value, none, none, 1.0, {"best": chosen.lam}, "AIC, BIC\nless smallest"
            )
        )
        said.append(chosen.how[0])
    return found, said


def _evidence(path: Any, seed: int) -> tuple[list[Curve], list[str]]:
    """Return the log evidence less its largest value; by draws it has strengths of its own about the maximum."""
    known = is_quadratic(path.model.loss_resolved) or has_laplace(path.model.loss_resolved)
    options = {"lams": path.lams} if known else {"seed": seed}
    chosen = path.model.select(by="evidence", **options)
    none = np.full(chosen.lams.size, np.nan)
    value = chosen.mean - np.nanmax(chosen.mean)
    marks = {"best": chosen.lam}
    return [
        Curve("evidence", "log evidence", chosen.lams, value, none, none, -1.0, marks, "log evidence\nless largest")
    ], [*chosen.how]


def _posterior(path: Any, seed: int) -> tuple[list[Curve], list[str]]:
    """Return the posterior and the prior density of a learned strength, in log lam."""
    learned = path.model.resolved.learned
    if len(learned) != 1:
        raise UnsupportedError(
            f"This model has {len(learned)} learned strengths, and the density of one is shown. Leave one open, as in "
            "br.L2(), and give the others."
        )
    post = path.model.sample(seed=seed)
    frame = post.strength_density()
    density = _in_log_lam(frame["scale"].to_numpy(), frame["density"].to_numpy(), frame["lam"].to_numpy())
    prior = np.exp(np.asarray(learned[0].log_density(frame["scale"].to_numpy())))
    believed = _in_log_lam(frame["scale"].to_numpy(), prior, frame["lam"].to_numpy())
    none, label = np.full(len(frame), np.nan), "density of the\nlog strength"
    curves = [
        Curve("posterior", name, frame["lam"].to_numpy(), value, none, none, -1.0 if marks else 0.0, marks, label)
        for name, value, marks in (
            ("posterior", density, {"best": float(frame["lam"].iloc[int(np.argmax(density))])}),
            ("prior", believed, {}),
        )
    ]
    return [_decreasing(one) for one in curves], [f"{post.why}; density by {frame['method'].iloc[0]}."]


def _in_log_lam(scale: np.ndarray, density: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Return the density of log lam from that of a scale."""
    return np.asarray(density * scale * np.abs(np.gradient(np.log(scale), np.log(lam))))


def _decreasing(one: Curve) -> Curve:
    order = np.argsort(-one.lams)
    return replace(one, lams=one.lams[order], value=one.value[order])


def _believed(model: Any) -> tuple[float, float] | None:
    """Return the central range of the prior of the only learned strength, in loss units."""
    resolved = model.resolved
    if len(resolved.learned) != 1:
        return None
    one, tail = resolved.learned[0], 0.5 * (1.0 - LEVEL)
    scales = np.array([[float(one.scale_of(one.hyperprior.quantile(prob)))] for prob in (tail, 1.0 - tail)])
    low, high = np.sort(lam_draws(resolved, scales)[:, 0])
    return (float(low), float(high)) if np.isfinite(low + high) else None
