"""The model as a call of brms: priors by coefficient, in the raw units of its columns."""

from __future__ import annotations

from bayesreg.dispersion import Exponential, HalfT, InverseGamma
from bayesreg.export.frames import columns_used, needs, phi_line
from bayesreg.export.named_terms import Named, named_terms
from bayesreg.export.parts import Part, number, scale_at
from bayesreg.export.r_words import r_event, r_factor, r_name, r_vector
from bayesreg.export.subject import Subject


def write(subject: Subject) -> str:
    """Return the call; its centred intercept is ours, so a flat one stays flat."""
    terms = named_terms(subject)
    lines = ["library(brms)", "", *needs(subject), *_data(subject, terms)]
    if subject.resolved.likelihood.has_dispersion:
        lines.append(f"# {phi_line(subject)}; it translates loss units")
    lines.append("# scales are those of raw coefficients: per standard deviation of a column, divided by it")
    priors = [*_slopes(subject, terms), *_level(subject), *_sigma(subject)]
    family = {"gaussian": "gaussian()", "bernoulli": "bernoulli()", "poisson": "poisson()"}[subject.family]
    joined = ",\n    ".join(priors)
    call = [f"  {_formula(subject, terms)}", f"  data = {subject.data}", f"  family = {family}"]
    call.append(f"  prior = c(\n    {joined}\n  )")
    lines.append("fitted <- brm(\n" + ",\n".join(call) + "\n)")
    return "\n".join([*lines, ""])


def _data(subject: Subject, terms: list[Named]) -> list[str]:
    """Return the lines that prepare the frame: complete rows, factors with their levels, a response of 0 and 1."""
    data, source = subject.data, subject.source
    lines = []
    if source.dropped:
        lines.append(f"{data} <- {data}[complete.cases({data}[, {r_vector(columns_used(subject))}]), ]")
    lines += [f"{data}${one.name} <- {r_factor(f'{data}${one.name}', one.levels)}" for one in terms if one.levels]
    if source.levels is not None:
        y = f"{data}${r_name(source.response)}"
        lines.append(f"{y} <- {r_event(y, source.levels)}")
    for what, has, column in (
        ("weights", subject.has_weights, subject.weights),
        ("offset", subject.has_offset, subject.offset),
    ):
        if has and not column:
            lines.append(f"{data}${what}_values <- {what}")
    return lines


def _formula(subject: Subject, terms: list[Named]) -> str:
    left = r_name(subject.source.response)
    if subject.has_weights:
        left += f" | weights({r_name(subject.weights) if subject.weights else 'weights_values'})"
    right = ["1" if subject.level is not None else "0", *(one.name for one in terms)]
    if subject.has_offset:
        right.append(f"offset({r_name(subject.offset) if subject.offset else 'offset_values'})")
    return f"{left} ~ {' + '.join(right)}"


def _slopes(subject: Subject, terms: list[Named]) -> list[str]:
    """Return the prior of every slope, and of their common bound."""
    lines = []
    if subject.k and all(part.positive for part in subject.parts):
        lines.append('set_prior("", class = "b", lb = 0)')
    place = 0
    for one in terms:
        spread = scale_at(one.part, subject.resolved.phi)[one.inside] if one.part.kind != "flat" else []
        for inner, name in enumerate(one.coefficients):
            place += 1
            if one.part.kind == "flat":
                lines.append(f'set_prior("", class = "b", coef = "{name}")')
                continue
            raw = float(spread[inner]) / float(subject.sd[one.at[inner]])
            lines.append(f'set_prior("{_law(subject, one.part, raw)}", class = "b", coef = "{name}")')
            if one.part.kind == "elastic net":
                factor = float(one.part.factor[one.inside[inner]]) * float(subject.sd[one.at[inner]]) ** 2
                square = _square(subject, one.part, factor, f"b[{place}]")
                lines.append(f'set_prior("{square}", check = FALSE)')
    return lines


def _law(subject: Subject, part: Part, raw: float) -> str:
    """Return the density of a coefficient in the words of Stan."""
    moved = part.relative and subject.samples_sigma
    spread = f"{number(raw / subject.resolved.phi**0.5)} * sigma" if moved else number(raw)
    if part.kind == "normal":
        return f"normal(0, {spread})"
    if part.kind == "student t":
        return f"student_t({number(part.freedom)}, 0, {spread})"
    return f"double_exponential(0, {spread})"


def _square(subject: Subject, part: Part, factor: float, name: str) -> str:
    """Return the square of an elastic net as a statement of Stan."""
    precision = part.penalty.strength(subject.resolved.phi).precision * factor
    moved = part.relative and subject.samples_sigma
    by_sigma = " / square(sigma)" if moved else ""
    return f"target += -0.5 * {number(precision * (subject.resolved.phi if moved else 1.0))}{by_sigma} * square({name})"


def _level(subject: Subject) -> list[str]:
    if subject.level is None:
        return []
    level = subject.level
    if level.kind == "flat":
        return [f'set_prior("", class = "Intercept"{", lb = 0" if level.positive else ""})']
    law = _law(subject, level, float(scale_at(level, subject.resolved.phi)[0]))
    lines = [f'set_prior("{law}", class = "Intercept"{", lb = 0" if level.positive else ""})']
    if level.kind == "elastic net":
        lines.append(f'set_prior("{_square(subject, level, float(level.factor[0]), "Intercept")}", check = FALSE)')
    return lines


def _sigma(subject: Subject) -> list[str]:
    resolved = subject.resolved
    prior = resolved.sigma_prior
    if not resolved.likelihood.has_dispersion:
        return []
    if prior is None:
        return [f'set_prior("constant({number(resolved.phi**0.5)})", class = "sigma")']
    if isinstance(prior, HalfT):
        return [f'set_prior("student_t({number(prior.df)}, 0, {number(prior.scale)})", class = "sigma")']
    if isinstance(prior, Exponential):
        return [f'set_prior("exponential({number(prior.rate)})", class = "sigma")']
    density = "-log(sigma)"
    if isinstance(prior, InverseGamma):
        density = f"-{number(2.0 * prior.a + 1.0)} * log(sigma) - {number(prior.b)} / square(sigma)"
    return ['set_prior("", class = "sigma")', f'set_prior("target += {density}", check = FALSE)']
