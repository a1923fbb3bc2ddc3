"""The mode as a call of statsmodels: fit_regularized on standardised columns, or the plain fit."""

from __future__ import annotations

from bayesreg.export.common import Common, common, total_weight
from bayesreg.export.frames import array, imports, needs, python_lines, scale_lines
from bayesreg.export.parts import number
from bayesreg.export.sklearn import params
from bayesreg.export.subject import Subject

FAMILIES = {"bernoulli": "Binomial", "poisson": "Poisson"}


def write(subject: Subject) -> str:
    """Return a program that leaves ``params``, the intercept first, on the scale of the data."""
    found = common(subject)
    level = subject.level is not None
    lines = [*imports(subject, "import pandas as pd", "import statsmodels.api as sm"), "", *needs(subject)]
    lines += [*python_lines(subject), *scale_lines(subject, centre=level)]
    top = "(X - mean)" if level else "X"
    columns = f"{top} / s" if subject.scaled.any() else top.strip("()")
    lines.append(f"Z = np.column_stack([np.ones(len(y)), {columns}])" if level else f"Z = {columns}")
    lines += _strength(subject, found)
    lines.append(f"fitted = {_model(subject)}.{_fit(subject, found)}")
    back = " / s" if subject.scaled.any() else ""
    lines.append(f"coef = fitted.params[{int(level)}:]{back}")
    if level:
        lines.append("intercept = fitted.params[0] - mean @ coef")
    return "\n".join([*lines, *params(subject), ""])


def _strength(subject: Subject, found: Common) -> list[str]:
    """Return the lines for ``alpha``, one number a column: strengths by row, 0 for the column of ones."""
    if found.total == 0.0:
        return []
    lines = [f"lam = {number(found.total)}  # {found.source}"]
    each = f"lam * {array(found.factor)}" if not found.alike else f"np.full({subject.k}, lam)"
    inner = f"np.r_[0.0, {each}]" if subject.level is not None else each
    return [*lines, f"alpha = {inner} / {_rows(subject)}  # by row"]


def _rows(subject: Subject) -> str:
    """Return what the loss is divided by: the weights' sum in WLS, the rows in GLM, whatever its weights."""
    return total_weight(subject) if subject.family == "gaussian" else "len(y)"


def _model(subject: Subject) -> str:
    if subject.family == "gaussian":
        y = "y - offset" if subject.has_offset else "y"
        return f"sm.WLS({y}, Z, weights=weights)" if subject.has_weights else f"sm.OLS({y}, Z)"
    more = ", offset=offset" * subject.has_offset + ", freq_weights=weights" * subject.has_weights
    return f"sm.GLM(y, Z, family=sm.families.{FAMILIES[subject.family]}(){more})"


def _fit(subject: Subject, found: Common) -> str:
    if found.total == 0.0:
        return "fit()" if subject.family == "gaussian" else "fit(tol=1e-14, tol_criterion='params')"
    if found.l1 == 0.0 and subject.family == "gaussian":
        return "fit_regularized(alpha=alpha, L1_wt=0.0)"
    # with L1_wt=0 GLM stops at the tolerance of BFGS; a share of 1e-12 takes its coordinate descent
    share = "1e-12" if found.l1 == 0.0 else number(found.share)
    tight = "maxiter=10_000, cnvrg_tol=1e-12, zero_tol=0.0"
    return f'fit_regularized(method="elastic_net", alpha=alpha, L1_wt={share}, {tight})'
