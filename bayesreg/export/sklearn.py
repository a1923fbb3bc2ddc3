"""The mode as a call of scikit-learn: an estimator, behind a StandardScaler or on columns scaled by hand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesreg.export.common import Common, common, total_weight
from bayesreg.export.frames import array, imports, needs, python_lines, scale_lines, texts
from bayesreg.export.parts import number
from bayesreg.export.subject import Subject


class _Call(NamedTuple):
    """An estimator, its strength as text, and what it divides its loss by."""

    name: str
    arguments: str
    where: str = "sklearn.linear_model"


def write(subject: Subject) -> str:
    """Return a program that leaves ``params``, the intercept first, on the scale of the data."""
    found = common(subject)
    call = _estimator(subject, found)
    by_hand = not _piped(subject, found) and (subject.scaled.any() or not found.alike)
    lines = [*_imports(subject, call, piped=_piped(subject, found)), "", *needs(subject), *python_lines(subject)]
    lines += _offset(subject)
    if by_hand and found.total > 0.0:
        lines += _scales(subject, found)
    lines += _strength(subject, found)
    estimator = f"{call.name}({call.arguments})"
    weights = ", sample_weight=weights" if subject.has_weights or _exposed(subject) else ""
    if _piped(subject, found):
        centre = "" if subject.level is not None else "with_mean=False"
        lines.append(f"fitted = make_pipeline(StandardScaler({centre}), {estimator}).fit(X, y)")
        lines += ["estimator, s = fitted[-1], fitted[0].scale_", "coef = np.ravel(estimator.coef_) / s"]
        if subject.level is not None:
            lines.append("intercept = np.ravel(estimator.intercept_) - fitted[0].mean_ @ coef")
    else:
        scaled = by_hand and found.total > 0.0
        lines.append(f"fitted = {estimator}.fit(X{' / s' if scaled else ''}, y{weights})")
        lines.append(f"coef = np.ravel(fitted.coef_){' / s' if scaled else ''}")
        if subject.level is not None:
            lines.append("intercept = np.ravel(fitted.intercept_)")
    return "\n".join([*lines, *params(subject), ""])


def params(subject: Subject) -> list[str]:
    """Return the line that names the coefficients."""
    if subject.level is None:
        return [f"params = pd.Series(coef, index={texts(subject.names)})"]
    return [f"params = pd.Series(np.r_[intercept, coef], index={texts(['Intercept', *subject.names])})"]


def _piped(subject: Subject, found: Common) -> bool:
    """Whether a StandardScaler says it: all columns scaled alike, no weights."""
    whole = subject.k > 0 and bool(subject.scaled.all()) and found.total > 0.0
    return whole and found.alike and not subject.has_weights and not _exposed(subject)


def _imports(subject: Subject, call: _Call, *, piped: bool) -> list[str]:
    lines = [f"from {call.where} import {call.name}", "import pandas as pd"]
    if piped:
        more = "from sklearn.pipeline import make_pipeline", "from sklearn.preprocessing import StandardScaler"
        lines += more
    return imports(subject, *lines)


def _exposed(subject: Subject) -> bool:
    """Whether an offset becomes an exposure: rates with weights."""
    return subject.has_offset and subject.family == "poisson"


def _offset(subject: Subject) -> list[str]:
    if not subject.has_offset:
        return []
    if subject.family == "gaussian":
        return ["y = y - offset"]
    given = "weights * " if subject.has_weights else ""
    first = ["case_weights = weights"] if subject.has_weights else []
    return [
        *first,
        f"weights = {given}np.exp(offset)  # an offset is an exposure: rates, weighted by it",
        "y = y / np.exp(offset)",
    ]


def _scales(subject: Subject, found: Common) -> list[str]:
    """Return the lines that make ``s``, which the columns are divided by so that one strength serves all."""
    lines = []
    if subject.scaled.any():
        lines = scale_lines(subject, centre=False)
        if _exposed(subject):
            given = "case_weights" if subject.has_weights else "np.ones(len(y))"
            lines = [one.replace("weights=weights", f"weights={given}") for one in scale_lines(subject, centre=False)]
    if not found.alike:
        factor = found.factor if found.l1 > 0.0 else np.sqrt(found.factor)
        what = "weights" if found.l1 > 0.0 else "roots of the weights"
        start = "s * " if lines else ""
        lines.append(f"s = {start}{array(factor)}  # {what} of the columns in the penalty")
    return lines


def _strength(subject: Subject, found: Common) -> list[str]:
    if found.total == 0.0:
        return []
    return [f"lam = {number(found.total)}  # {found.source}"]


def _estimator(subject: Subject, found: Common) -> _Call:
    """Return the estimator that has this penalty, with its strength translated."""
    plain = [] if subject.level is not None else ["fit_intercept=False"]
    positive = bool((subject.resolved.lower[subject.kept] == 0.0).any())
    plain += ["positive=True"] * positive
    if subject.family == "gaussian":
        return _gaussian(subject, found, plain)
    if subject.family == "poisson":
        total = "weights.sum()" if subject.has_weights or _exposed(subject) else "len(y)"
        alpha = f"alpha=lam / {total}" if found.total > 0.0 else "alpha=0.0"
        tight = ['solver="newton-cholesky"', "tol=1e-10", "max_iter=1000"]
        return _Call("PoissonRegressor", ", ".join([alpha, *tight, *plain]))
    if found.total == 0.0:
        return _Call("LogisticRegression", ", ".join(["C=np.inf", *_newton(), *plain]))
    if found.l1 == 0.0:
        return _Call("LogisticRegression", ", ".join(["C=1.0 / lam", *_newton(), *plain]))
    saga = [f"l1_ratio={number(found.share)}", 'solver="saga"', "tol=1e-10", "max_iter=100_000"]
    return _Call("LogisticRegression", ", ".join(["C=1.0 / lam", *saga, *plain]))


def _newton() -> list[str]:
    return ['solver="newton-cholesky"', "tol=1e-10", "max_iter=1000"]


def _gaussian(subject: Subject, found: Common, plain: list[str]) -> _Call:
    mean = total_weight(subject)
    if found.total == 0.0:
        return _Call("LinearRegression", ", ".join(plain))
    if found.l1 == 0.0:
        tight = ["tol=1e-12", "max_iter=100_000"] if "positive=True" in plain else []
        return _Call("Ridge", ", ".join(["alpha=lam", *tight, *plain]))
    tight = ["tol=1e-10", "max_iter=100_000"]
    if found.l2 == 0.0:
        return _Call("Lasso", ", ".join([f"alpha=lam / {mean}", *tight, *plain]))
    ratio = f"l1_ratio={number(found.share)}"
    return _Call("ElasticNet", ", ".join([f"alpha=lam / {mean}", ratio, *tight, *plain]))
