"""The model as a Stan program: the same joint density up to a constant, on standardised columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesreg.dispersion import Exponential, HalfT, InverseGamma
from bayesreg.export.frames import columns_used, needs, phi_line, python_lines, r_lines
from bayesreg.export.parts import Part, Words, number, rate_of, scale, square_of
from bayesreg.export.subject import Subject

WORDS = Words(sqrt=lambda text: f"sqrt({text})", square=lambda text: f"square({text})")
BY_COLUMN = Words(sqrt=lambda text: f"sqrt({text})", square=lambda text: f"square({text})", over=" ./ ")


def write(subject: Subject) -> str:
    """Return a program, with the lines that fill its data block as a comment on top."""
    blocks = {
        "data": _data(subject),
        "transformed data": _transformed(subject),
        "parameters": _parameters(subject),
        "transformed parameters": _joined(subject),
        "model": _model(subject),
        "generated quantities": _raw(subject),
    }
    lines = _how_to_fill(subject)
    for name, body in blocks.items():
        if body:
            lines += [f"{name} {{", *(f"  {line}" for line in body), "}"]
    return "\n".join([*lines, ""])


def _how_to_fill(subject: Subject) -> list[str]:
    names = ["N", "K", "X", "y", *(["weights"] * subject.has_weights), *(["offset_"] * subject.has_offset)]
    values = {"N": "len(y)", "K": "X.shape[1]", "offset_": "offset"}
    python = f"stan_data = {{{', '.join(f'"{name}": {values.get(name, name)}' for name in names)}}}"
    imported = ["import numpy as np", *([] if subject.source.plain else ["import formulaic"])]
    lines = [*needs(subject, "//"), "// Its data block is filled in Python by"]
    lines += [f"//   {line}" for line in (*imported, *python_lines(subject, whole=True), python)]
    if subject.source.r or not columns_used(subject):
        values = {"N": "length(y)", "K": "ncol(X)", "offset_": "offset"}
        r = f"stan_data <- list({', '.join(f'{name} = {values.get(name, name)}' for name in names)})"
        lines += ["// and in R by", *(f"//   {line}" for line in (*r_lines(subject), r))]
    return lines


def _data(subject: Subject) -> list[str]:
    y = {
        "gaussian": "vector[N] y;",
        "bernoulli": "array[N] int<lower=0, upper=1> y;",
        "poisson": "array[N] int<lower=0> y;",
    }
    lines = ["int<lower=1> N;", "int<lower=0> K;", "matrix[N, K] X;  // without a column of ones", y[subject.family]]
    if subject.has_weights:
        lines.append("vector<lower=0>[N] weights;")
    return [*lines, *(["vector[N] offset_;"] * subject.has_offset)]


def _vector(values: np.ndarray) -> str:
    return f"[{', '.join(number(value) for value in values)}]'"


def _transformed(subject: Subject) -> list[str]:
    lines = [f"real {phi_line(subject, '//', ';')}"] if subject.resolved.likelihood.has_dispersion else []
    centred = subject.level is not None
    if subject.k:
        lines += ["vector[K] center = rep_vector(0.0, K);", "vector[K] s = rep_vector(1.0, K);", "matrix[N, K] Z;"]
    if subject.scaled.any() and not subject.scaled.all():
        flags = ", ".join(str(int(one)) for one in subject.scaled)
        lines.append(f"array[K] int scaled = {{{flags}}};  // columns whose effect per standard deviation is penalised")
    lines += [
        f"vector[{len(part.at)}] w_{part.name} = {_vector(part.factor)};  // penalty weights"
        for part in subject.parts
        if part.has_factors
    ]
    groups = [part for part in subject.parts if part.kind == "group" and part.metric]
    lines += [f"matrix[{len(part.at)}, {len(part.at)}] R_{part.name};" for part in groups]
    if subject.k:
        lines += _columns(subject, centred=centred)
    for part in groups:
        columns = f"Z[, {{{', '.join(str(j + 1) for j in part.at)}}}]"
        moment = (
            f"{columns}' * diag_pre_multiply(weights, {columns}) / sum(weights)"
            if subject.has_weights
            else f"crossprod({columns}) / N"
        )
        lines.append(f"R_{part.name} = cholesky_decompose({moment})';  // R'R: the covariance of the group's columns")
    return lines


def _columns(subject: Subject, *, centred: bool) -> list[str]:
    mean = "dot_product(weights, col(X, k)) / sum(weights)" if subject.has_weights else "mean(col(X, k))"
    spread = (
        "sqrt(dot_product(weights, square(col(X, k) - m)) / sum(weights))"
        if subject.has_weights
        else "sqrt(mean(square(col(X, k) - m)))"
    )
    body = []
    if centred or subject.scaled.any():
        body.append(f"real m = {mean};")
    if centred:
        body.append("center[k] = m;")
    if subject.scaled.any():
        body.append(f"{'' if subject.scaled.all() else 'if (scaled[k]) '}s[k] = {spread};")
    body.append("Z[, k] = (col(X, k) - center[k]) / s[k];")
    return ["for (k in 1:K) {", *(f"  {line}" for line in body), "}"]


def _parameters(subject: Subject) -> list[str]:
    lines = []
    if subject.level is not None:
        bound = "<lower=0>" if subject.level.positive else ""
        lines.append(f"real{bound} alpha;  // the intercept of the centred columns")
    for part in subject.parts:
        bound, d = "<lower=0>" if part.positive else "", len(part.at)
        if part.kind == "horseshoe":
            lines += [f"vector<lower=0>[{d}] local_{part.name};", f"vector{bound}[{d}] z_{part.name};"]
        else:
            lines.append(f"vector{bound}[{'K' if part.alone else d}] {part.variable};")
    if subject.samples_sigma:
        lines.append("real<lower=0> sigma;")
    return lines


def _joined(subject: Subject) -> list[str]:
    """Return the lines that make ``b`` (K) in the order of the columns."""
    lines = []
    if subject.resolved.likelihood.has_dispersion and not subject.samples_sigma:
        lines.append("real sigma = sqrt(phi);")
    if not subject.k:
        return lines
    for part in subject.parts:
        if part.kind == "horseshoe":
            times = ".*" if part.has_factors else "*"
            spread = scale(part, BY_COLUMN if part.has_factors else WORDS)
            product = f"{spread} {times} local_{part.name} .* z_{part.name}"
            lines.append(f"vector[{len(part.at)}] {part.variable} = {product};")
    if len(subject.parts) == 1:
        return lines
    lines.append("vector[K] b;")
    for part in subject.parts:
        places = ", ".join(str(j + 1) for j in part.at)
        lines.append(f"b[{{{places}}}] = {part.variable};")
    return lines


def _model(subject: Subject) -> list[str]:
    level = subject.level
    lines = [_eta(subject)]
    if level is not None and level.kind != "flat":
        lines += [f"// {level.penalty!r}, of the intercept of the centred columns", *_LAWS[level.kind](level, "alpha")]
    lines += _sigma(subject)
    for part in subject.parts:
        if part.kind != "flat":
            where = "" if part.alone else f"{part.label}: "
            lines += [f"// {where}{part.penalty!r}", *_LAWS[part.kind](part, part.variable)]
    return lines + _likelihood(subject)


def _sigma(subject: Subject) -> list[str]:
    prior = subject.resolved.sigma_prior
    if prior is None:
        return []
    if isinstance(prior, HalfT):
        return [f"sigma ~ student_t({number(prior.df)}, 0, {number(prior.scale)});"]
    if isinstance(prior, Exponential):
        return [f"sigma ~ exponential({number(prior.rate)});"]
    if isinstance(prior, InverseGamma):
        density = f"-{number(2.0 * prior.a + 1.0)} * log(sigma) - {number(prior.b)} / square(sigma)"
        return [f"target += {density};  // sigma^2 is inverse gamma"]
    return ["target += -log(sigma);  // Jeffreys: 1 / sigma"]


def _laplace(part: Part, name: str) -> list[str]:
    return [f"{name} ~ double_exponential(0, {_spread(part)});"]


def _normal(part: Part, name: str) -> list[str]:
    return [f"{name} ~ normal(0, {_spread(part)});"]


def _elastic_net(part: Part, name: str) -> list[str]:
    square = square_of(part, WORDS)
    many = "sum" if len(part.at) > 1 or name != "alpha" else ""
    times = ".*" if part.has_factors else "*"
    return [*_laplace(part, name), f"target += -0.5 * {many}({square} {times} square({name}));"]


def _student_t(part: Part, name: str) -> list[str]:
    return [f"{name} ~ student_t({number(part.freedom)}, 0, {_spread(part)});"]


def _horseshoe(part: Part, name: str) -> list[str]:
    return [f"local_{part.name} ~ cauchy(0, 1);", f"z_{part.name} ~ std_normal();  // {name} = tau * local * z"]


def _group(part: Part, name: str) -> list[str]:
    inner = f"R_{part.name} * {name}" if part.metric else name
    more = f" - {len(part.at)} * log(sigma)" if part.relative else ""
    return [f"target += -{rate_of(part, WORDS)} * sqrt(dot_self({inner})){more};"]


_LAWS: dict[str, Callable[[Part, str], list[str]]] = {
    "laplace": _laplace,
    "normal": _normal,
    "elastic net": _elastic_net,
    "student t": _student_t,
    "horseshoe": _horseshoe,
    "group": _group,
}


def _spread(part: Part) -> str:
    return scale(part, BY_COLUMN if part.has_factors else WORDS)


def _eta(subject: Subject) -> str:
    terms = [
        *(["alpha"] if subject.level is not None else []),
        *(["Z * b"] if subject.k else ["rep_vector(0.0, N)"]),
        *(["offset_"] * subject.has_offset),
    ]
    return f"vector[N] eta = {' + '.join(terms)};"


def _likelihood(subject: Subject) -> list[str]:
    law = {"gaussian": "normal", "bernoulli": "bernoulli_logit", "poisson": "poisson_log"}[subject.family]
    rest = ", sigma" if subject.family == "gaussian" else ""
    if subject.has_weights and subject.counts:
        density = f"{law}_{'lpdf' if rest else 'lpmf'}(y[n] | eta[n]{rest})"
        return [f"for (n in 1:N) target += weights[n] * {density};"]
    if not subject.has_weights:
        return [f"y ~ {law}(eta{rest});"]
    if subject.zero_weights:
        seen = "if (weights[n] > 0) y[n] ~ normal(eta[n], sigma / sqrt(weights[n]));"
        return [f"for (n in 1:N) {seen}  // a row of weight 0 says nothing"]
    return ["y ~ normal(eta, sigma ./ sqrt(weights));"]


def _raw(subject: Subject) -> list[str]:
    if not subject.k:
        return ["real Intercept = alpha;"]
    lines = ["vector[K] beta = b ./ s;  // on the scale of the data"]
    return [*lines, "real Intercept = alpha - dot_product(center, beta);"] if subject.level is not None else lines
