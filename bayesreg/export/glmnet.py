"""The mode as a call of glmnet, which divides squares by the standard deviation of the response."""

from __future__ import annotations

import numpy as np

from bayesreg.export.common import Common, common
from bayesreg.export.frames import needs, r_lines
from bayesreg.export.parts import number
from bayesreg.export.r_words import r_vector
from bayesreg.export.subject import Subject

FAMILIES = {"gaussian": "gaussian", "bernoulli": "binomial", "poisson": "poisson"}


def write(subject: Subject) -> str:
    """Return the call, and the line that shows the coefficients on the scale of the data."""
    found = common(subject)
    mixed = bool(subject.scaled.any()) and not subject.scaled.all() and bool(np.ptp(subject.sd[found.factor > 0.0]) > 0)
    lines = ["library(glmnet)", "", *needs(subject), *r_lines(subject), *_strength(subject, found)]
    if mixed:
        flags = r_vector([bool(one) for one in subject.scaled])
        lines += [f"scaled <- {flags}  # columns whose effect per standard deviation is penalised"]
        lines += [f"s <- ifelse(scaled, {_spread(subject)}, 1)", "X <- sweep(X, 2, s, `/`)"]
    standardize = "TRUE" if subject.scaled.all() and subject.k else "FALSE"
    arguments = [
        "X",
        "y",
        f'family = "{FAMILIES[subject.family]}"',
        f"alpha = {_alpha(subject, found)}",
        "lambda = lambda * c(100, 30, 10, 3, 1)" if found.total > 0.0 else "lambda = 0",
        f"standardize = {standardize}",
        *(["intercept = FALSE"] if subject.level is None else []),
        *([f"penalty.factor = {r_vector(found.factor)}"] if found.total > 0.0 and not found.alike else []),
        *_limits(subject),
        *(["weights = weights"] if subject.has_weights else []),
        *(["offset = offset"] if subject.has_offset else []),
        "thresh = 1e-20",
        "maxit = 1e7",
    ]
    lines.append(f"fitted <- glmnet(\n  {', '.join(arguments[:4])},\n  {', '.join(arguments[4:])}\n)")
    lines.append(f"params <- as.matrix(coef(fitted, s = {'lambda' if found.total > 0.0 else '0'}))[, 1]")
    if mixed:
        lines.append("params[-1] <- params[-1] / s")
    return "\n".join([*lines, "print(params, digits = 15)", ""])


def _spread(subject: Subject) -> str:
    """Return the 1/n standard deviations of the columns in R."""
    if subject.has_weights:
        return "apply(X, 2, function(x) sqrt(weighted.mean((x - weighted.mean(x, weights))^2, weights)))"
    return "apply(X, 2, function(x) sqrt(mean((x - mean(x))^2)))"


def _has_s_y(subject: Subject, found: Common) -> bool:
    """Whether the call divides squares by the standard deviation of the response."""
    return subject.family == "gaussian" and found.l2 > 0.0


def _strength(subject: Subject, found: Common) -> list[str]:
    """Return the lines for ``lambda`` and the share ``a``; glmnet rescales penalty factors to a mean of 1."""
    if found.total == 0.0:
        return []
    total = "sum(weights)" if subject.has_weights else "length(y)"
    lines = [f"l1 <- {number(found.l1)}; l2 <- {number(found.l2)}  # {found.source}"]
    mean = "" if found.alike else f" * mean({r_vector(found.factor)})"
    lines.append(f"l1 <- l1 / {total}{mean}; l2 <- l2 / {total}{mean}  # by row")
    if _has_s_y(subject, found):
        y = "(y - offset)" if subject.has_offset else "y"
        centred = f"({y} - {_mean(subject, y)})" if subject.level is not None else y
        lines.append(f"s_y <- sqrt({_mean(subject, f'{centred}^2')})")
        lines.append("l2 <- l2 * s_y  # glmnet divides the squares by s_y")
    return [*lines, "lambda <- l1 + l2"]


def _mean(subject: Subject, text: str) -> str:
    return f"weighted.mean({text}, weights)" if subject.has_weights else f"mean({text})"


def _alpha(subject: Subject, found: Common) -> str:
    if found.total == 0.0:
        return "1"
    if found.l2 == 0.0 or found.l1 == 0.0:
        return "1" if found.l2 == 0.0 else "0"
    return "l1 / lambda"


def _limits(subject: Subject) -> list[str]:
    """Return the limits of the coefficients; those of glmnet are on the scale of its columns."""
    lower, upper = subject.resolved.lower[subject.kept], subject.resolved.upper[subject.kept]
    found = []
    for name, ends in (("lower", lower), ("upper", upper)):
        if np.isfinite(ends).any():
            texts = [number(one) if np.isfinite(one) else "Inf" if one > 0 else "-Inf" for one in ends]
            same = len(set(texts)) == 1
            found.append(f"{name}.limits = {texts[0] if same else f'c({", ".join(texts)})'}")
    return found
