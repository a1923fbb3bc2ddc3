"""The model as PyMC code: the same joint density, on standardised columns."""

from __future__ import annotations

from collections.abc import Callable

from bayesreg.dispersion import Exponential, HalfT, InverseGamma
from bayesreg.export.frames import array, imports, needs, phi_line, python_lines, scale_lines, texts
from bayesreg.export.parts import Part, Words, number, rate_of, scale, square_of
from bayesreg.export.subject import Subject

WORDS = Words(sqrt=lambda text: f"np.sqrt({text})", square=lambda text: f"{text} ** 2")


def write(subject: Subject) -> str:
    """Return a program that builds ``model``."""
    lines = [*imports(subject, "import pymc as pm"), "", *needs(subject), *python_lines(subject, whole=True)]
    lines += scale_lines(subject, centre=subject.level is not None and subject.k > 0)
    top = "X - mean" if subject.level is not None else "X"
    if subject.scaled.any():
        lines.append(f"Z = {f'({top})' if subject.level is not None else top} / s")
    else:
        lines.append(f"Z = {top}" if subject.k else "Z = X")
    for part in subject.parts:
        lines += _arrays(subject, part)
    if subject.resolved.likelihood.has_dispersion:
        lines.append(phi_line(subject))
    body = _level(subject) + _sigma(subject)
    for part in subject.parts:
        body += _part(part)
    body += _joined(subject) + _likelihood(subject) + _raw(subject)
    named = f'coords={{"coef": {texts(subject.names)}}}' if subject.k else ""
    return "\n".join([*lines, "", f"with pm.Model({named}) as model:", *(f"    {line}" for line in body), ""])


def _arrays(subject: Subject, part: Part) -> list[str]:
    """Return the lines for what a part needs beside numbers: weights of columns, the geometry of a group."""
    if part.has_factors:
        return [f"w_{part.name} = {array(part.factor)}  # penalty weights of the columns"]
    if part.kind != "group" or not part.metric:
        return []
    columns = f"Z[:, {part.at.tolist()!r}]"
    average = "np.average({}, axis=0, weights=weights)" if subject.has_weights else "np.mean({}, axis=0)"
    moment = average.format(f"{columns}[:, :, None] * {columns}[:, None, :]")
    return [f"R_{part.name} = np.linalg.cholesky({moment}).T  # R'R: the covariance of the group's columns"]


def _level(subject: Subject) -> list[str]:
    if subject.level is None:
        return []
    if subject.level.kind == "flat":
        law = "HalfFlat" if subject.level.positive else "Flat"
        return [f'alpha = pm.{law}("alpha")  # the intercept of the centred columns']
    return [f"# {subject.level.penalty!r}, of the intercept of the centred columns", *_law(subject.level, "alpha", "")]


def _sigma(subject: Subject) -> list[str]:
    prior = subject.resolved.sigma_prior
    if not subject.resolved.likelihood.has_dispersion:
        return []
    if prior is None:
        return ["sigma = phi**0.5"]
    if isinstance(prior, HalfT):
        return [f'sigma = pm.HalfStudentT("sigma", nu={number(prior.df)}, sigma={number(prior.scale)})']
    if isinstance(prior, Exponential):
        return [f'sigma = pm.Exponential("sigma", lam={number(prior.rate)})']
    start = f'sigma = pm.HalfFlat("sigma", initval={number(subject.resolved.phi**0.5)})'
    if isinstance(prior, InverseGamma):
        density = f"-{number(2.0 * prior.a + 1.0)} * pm.math.log(sigma) - {number(prior.b)} / sigma**2"
        return [start, f'pm.Potential("sigma_prior", {density})  # sigma^2 is inverse gamma']
    return [start, 'pm.Potential("sigma_prior", -pm.math.log(sigma))  # Jeffreys: 1 / sigma']


def _part(part: Part) -> list[str]:
    where = "" if part.alone else f"{part.label}: "
    comment = f"# {where}{'flat' if part.kind == 'flat' else repr(part.penalty)}"
    size = ', dims="coef"' if part.alone and part.kind != "horseshoe" else f", shape={len(part.at)}"
    return [comment, *_law(part, part.variable, size)]


def _law(part: Part, name: str, size: str) -> list[str]:
    """Return the statements that make the variable of a part."""
    return _LAWS[part.kind](part, name, size)


def _flat(part: Part, name: str, size: str) -> list[str]:
    return [f'{name} = pm.{"HalfFlat" if part.positive else "Flat"}("{name}"{size})']


def _laplace(part: Part, name: str, size: str) -> list[str]:
    if part.positive:
        return [f'{name} = pm.Exponential("{name}", scale={scale(part, WORDS)}{size})']
    return [f'{name} = pm.Laplace("{name}", mu=0.0, b={scale(part, WORDS)}{size})']


def _normal(part: Part, name: str, size: str) -> list[str]:
    if part.positive:
        return [f'{name} = pm.HalfNormal("{name}", sigma={scale(part, WORDS)}{size})']
    return [f'{name} = pm.Normal("{name}", mu=0.0, sigma={scale(part, WORDS)}{size})']


def _elastic_net(part: Part, name: str, size: str) -> list[str]:
    square = f"-0.5 * pm.math.sum({square_of(part, WORDS)} * {name}**2)"
    return [*_laplace(part, name, size), f'pm.Potential("{name}_square", {square})']


def _student_t(part: Part, name: str, size: str) -> list[str]:
    arguments = f"nu={number(part.freedom)}, sigma={scale(part, WORDS)}"
    if part.positive:
        return [f'{name} = pm.HalfStudentT("{name}", {arguments}{size})']
    return [f'{name} = pm.StudentT("{name}", {arguments.replace("sigma", "mu=0.0, sigma", 1)}{size})']


def _horseshoe(part: Part, name: str, size: str) -> list[str]:
    law = "HalfNormal" if part.positive else "Normal"
    return [
        f'local_{part.name} = pm.HalfCauchy("local_{part.name}", beta=1.0{size})',
        f'z_{part.name} = pm.{law}("z_{part.name}", sigma=1.0{size})',
        f"{name} = {scale(part, WORDS)} * local_{part.name} * z_{part.name}",
    ]


def _group(part: Part, name: str, size: str) -> list[str]:
    d = len(part.at)
    inner = f"pm.math.dot(R_{part.name}, {name})" if part.metric else name
    rate = rate_of(part, WORDS)
    more = f" - {d} * pm.math.log(sigma)" if part.relative else ""
    return [
        f'{name} = pm.Flat("{name}"{size}, initval=np.full({d}, 0.1))',
        f'pm.Potential("{name}_prior", -{rate} * pm.math.sqrt(pm.math.sum({inner} ** 2)){more})',
    ]


_LAWS: dict[str, Callable[[Part, str, str], list[str]]] = {
    "flat": _flat,
    "laplace": _laplace,
    "normal": _normal,
    "elastic net": _elastic_net,
    "student t": _student_t,
    "horseshoe": _horseshoe,
    "group": _group,
}


def _joined(subject: Subject) -> list[str]:
    """Return the line that makes ``b`` (k,) in the order of the columns."""
    if not subject.parts:
        return []
    if len(subject.parts) == 1:
        return []
    order = [int(j) for part in subject.parts for j in part.at]
    joined = f"pm.math.concatenate([{', '.join(part.variable for part in subject.parts)}])"
    if order == sorted(order):
        return [f"b = {joined}"]
    back = [order.index(j) for j in range(len(order))]
    return [f"b = {joined}[np.array({back!r})]  # in the order of the columns"]


def _likelihood(subject: Subject) -> list[str]:
    start = "alpha" if subject.level is not None else ""
    terms = [one for one in (start, "pm.math.dot(Z, b)" if subject.k else "", "offset" * subject.has_offset) if one]
    eta = " + ".join(terms)
    eta = f"{eta} + np.zeros(len(y))" if not subject.k and not subject.has_offset else eta
    laws = {
        "gaussian": "pm.Normal{}({}mu=eta, sigma=sigma",
        "bernoulli": "pm.Bernoulli{}({}logit_p=eta",
        "poisson": "pm.Poisson{}({}mu=pm.math.exp(eta)",
    }
    law = laws[subject.family]
    if subject.has_weights and subject.counts:
        return [f"eta = {eta}", f'pm.Potential("y", weights * pm.logp({law.format(".dist", "")}), y))']
    if not subject.has_weights:
        return [f"eta = {eta}", f"{law.format('', chr(34) + 'y' + chr(34) + ', ')}, observed=y)"]
    if not subject.zero_weights:
        return [f"eta = {eta}", 'pm.Normal("y", mu=eta, sigma=sigma / np.sqrt(weights), observed=y)']
    return [
        f"eta = {eta}",
        "seen = weights > 0.0  # a row of weight 0 says nothing",
        'pm.Normal("y", mu=eta[seen], sigma=sigma / np.sqrt(weights[seen]), observed=y[seen])',
    ]


def _raw(subject: Subject) -> list[str]:
    """Return the lines for the coefficients on the scale of the data."""
    if not subject.k:
        return ['pm.Deterministic("Intercept", alpha)']
    lines = [f'beta = pm.Deterministic("beta", b{" / s" if subject.scaled.any() else ""}, dims="coef")']
    if subject.level is not None:
        lines.append('pm.Deterministic("Intercept", alpha - pm.math.dot(mean, beta))')
    return lines
