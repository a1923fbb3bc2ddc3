"""The model in Bambi: priors by term, on raw coefficients; its centred intercept is ours."""

from __future__ import annotations

import numpy as np

from bayesreg.dispersion import HalfT
from bayesreg.export.frames import columns_used, imports, needs, phi_line, texts
from bayesreg.export.named_terms import Named, named_terms
from bayesreg.export.parts import Part, Words, number, scale, scale_at, square_of
from bayesreg.export.subject import Subject

WORDS = Words(sqrt=lambda text: f"np.sqrt({text})", square=lambda text: f"{text} ** 2", sigma="phi**0.5")
ELASTIC_NET = """def elastic_net(name, b, precision, dims=None):
    beta = pm.{law}(name, {arguments}, dims=dims)
    pm.Potential(f"{{name}}_square", -0.5 * pm.math.sum(precision * beta**2))
    return beta
"""
HORSESHOE = """def horseshoe(name, tau, dims=None):
    local = pm.HalfCauchy(f"{{name}}_local", beta=1.0, dims=dims)
    z = pm.{law}(f"{{name}}_z", sigma=1.0, dims=dims)
    return pm.Deterministic(name, tau * local * z, dims=dims)
"""


def write(subject: Subject) -> str:
    """Return a program that builds ``model``, whose PyMC model is ``model.backend.model``."""
    terms = named_terms(subject)
    own = {part.kind for part in (*subject.parts, *([subject.level] if subject.level else []))}
    more = ["import pymc as pm"] if own & {"elastic net", "horseshoe"} else []
    pandas = ["import pandas as pd"] if any(one.levels for one in terms) else []
    top = [one for one in imports(subject, "import bambi as bmb", *more, *pandas) if one != "import formulaic"]
    lines = [*top, "", *_functions(subject), *needs(subject), *_data(subject, terms)]
    if subject.resolved.likelihood.has_dispersion:
        lines.append(phi_line(subject))
    lines.append("priors = {")
    lines += [f"    {line}," for line in (*_level(subject), *_sigma(subject), *_slopes(subject, terms))]
    call = f'bmb.Model("{_formula(subject, terms)}", {subject.data}, family="{subject.family}", priors=priors)'
    lines += ["}", f"model = {call}"]
    return "\n".join([*lines, "model.build()", ""])


def _functions(subject: Subject) -> list[str]:
    """Return the laws that Bambi does not name, as functions."""
    parts = [*subject.parts, *([subject.level] if subject.level is not None else [])]
    lines = []
    for positive, suffix in ((False, ""), (True, "_positive")):
        kinds = {part.kind for part in parts if part.positive == positive}
        if "elastic net" in kinds:
            law, arguments = ("Exponential", "scale=b") if positive else ("Laplace", "mu=0.0, b=b")
            text = ELASTIC_NET.format(law=law, arguments=arguments)
            lines += [*text.replace("net(", f"net{suffix}(").split("\n"), ""]
        if "horseshoe" in kinds:
            law = "HalfNormal" if positive else "Normal"
            lines += [*HORSESHOE.format(law=law).replace("horseshoe(", f"horseshoe{suffix}(").split("\n"), ""]
    return ["", *lines] if lines else []


def _data(subject: Subject, terms: list[Named]) -> list[str]:
    """Return the lines that prepare the frame: complete rows, factors with their levels, a response of 0 and 1."""
    data, source = subject.data, subject.source
    lines = [f"{data} = {data}.dropna(subset={texts(columns_used(subject))})"] if source.dropped else []
    new = [
        f'{one.name}=pd.Categorical({data}["{one.name}"], categories={list(one.levels)!r})'
        for one in terms
        if one.levels
    ]
    if source.levels is not None:
        left = source.left.format(data=data)
        new.append(f"{source.response}=({left}.astype(str) == {source.levels[1]!r}).astype(int)")
    for what, has, column in (
        ("weights", subject.has_weights, subject.weights),
        ("offset", subject.has_offset, subject.offset),
    ):
        if has and not column:
            new.append(f"{what}_values=np.asarray({what})")
    return [*lines, *([f"{data} = {data}.assign({', '.join(new)})"] if new else [])]


def _formula(subject: Subject, terms: list[Named]) -> str:
    left = subject.source.response
    if subject.has_weights:
        left = f"weighted({left}, {subject.weights or 'weights_values'})"
    right = ["1" if subject.level is not None else "0", *(one.name for one in terms)]
    if subject.has_offset:
        right.append(f"offset({subject.offset or 'offset_values'})")
    return f"{left} ~ {' + '.join(right)}"


def _level(subject: Subject) -> list[str]:
    if subject.level is None:
        return []
    flat = subject.level.kind == "flat"
    spread, square = ("", "") if flat else (scale(subject.level, WORDS), square_of(subject.level, WORDS))
    return [f'"Intercept": {_prior(subject.level, spread, square)}']


def _sigma(subject: Subject) -> list[str]:
    prior = subject.resolved.sigma_prior
    if not subject.resolved.likelihood.has_dispersion:
        return []
    if prior is None:
        return ['"sigma": phi**0.5']
    if isinstance(prior, HalfT):
        return [f'"sigma": bmb.Prior("HalfStudentT", nu={number(prior.df)}, sigma={number(prior.scale)})']
    return [f'"sigma": bmb.Prior("Exponential", lam={number(prior.rate)})']  # type: ignore[attr-defined]


def _slopes(subject: Subject, terms: list[Named]) -> list[str]:
    """Return the prior of every term."""
    return [f'"{one.name}": {_prior(one.part, _spread(subject, one), _precision(subject, one))}' for one in terms]


def _spread(subject: Subject, one: Named) -> str:
    """Return the scale of a term's raw coefficients: an expression where it is short, else numbers."""
    if one.part.kind == "flat":
        return ""
    scaled = bool(subject.scaled[one.at].any())
    if not one.levels and not one.part.has_factors and not (scaled and subject.has_weights):
        by = f' / {subject.data}["{one.name}"].std(ddof=0)' if scaled else ""
        return scale(one.part, WORDS) + by
    raw = scale_at(one.part, subject.resolved.phi)[one.inside] / subject.sd[one.at]
    return _numbers(raw, one)


def _precision(subject: Subject, one: Named) -> str:
    """Return the precision of the square of an elastic net on raw coefficients."""
    if one.part.kind != "elastic net":
        return ""
    scaled = bool(subject.scaled[one.at].any())
    if not one.levels and not one.part.has_factors and not (scaled and subject.has_weights):
        by = f' * {subject.data}["{one.name}"].var(ddof=0)' if scaled else ""
        return square_of(one.part, WORDS) + by
    precision = one.part.penalty.strength(subject.resolved.phi).precision
    return _numbers(precision * one.part.factor[one.inside] * subject.sd[one.at] ** 2, one)


def _numbers(values: np.ndarray, one: Named) -> str:
    texts = [number(value) for value in values]
    return f"[{', '.join(texts)}]" if one.levels else texts[0]


def _prior(part: Part, spread: str, precision: str) -> str:
    """Return a `bmb.Prior` of a law at a scale."""
    suffix = "_positive" if part.positive else ""
    arguments = {
        "flat": "",
        "laplace": f"scale={spread}" if part.positive else f"mu=0.0, b={spread}",
        "normal": f"sigma={spread}" if part.positive else f"mu=0.0, sigma={spread}",
        "student t": f"nu={number(part.freedom)}, {'' if part.positive else 'mu=0.0, '}sigma={spread}",
        "elastic net": f"dist=elastic_net{suffix}, b={spread}, precision={precision}",
        "horseshoe": f"dist=horseshoe{suffix}, tau={spread}",
    }[part.kind]
    return f'bmb.Prior("{_NAMES[part.kind][part.positive]}"{f", {arguments}" if arguments else ""})'


_NAMES = {
    "flat": ("Flat", "HalfFlat"),
    "laplace": ("Laplace", "Exponential"),
    "normal": ("Normal", "HalfNormal"),
    "student t": ("StudentT", "HalfStudentT"),
    "elastic net": ("ElasticNet", "ElasticNet"),
    "horseshoe": ("Horseshoe", "Horseshoe"),
}
