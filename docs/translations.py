"""The parts of the pages about other packages: the strengths asked most, exported texts, what each target can say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tables import list_table

import bayesreg as br
from bayesreg.conventions.rows import Convention, Exponents
from bayesreg.conventions.table import lookup
from bayesreg.export import FEATURES, TARGETS, Cell, export_table
from bayesreg.export.parts import KINDS


class Asked(NamedTuple):
    """A line of the short table: what people write, the row of the table, and its share of the absolute value."""

    written: str
    row: str
    share: float = 0.0


ASKED = (
    Asked("scikit-learn ``Ridge(alpha)``", "sklearn.Ridge.alpha"),
    Asked("scikit-learn ``Lasso(alpha)``", "sklearn.Lasso.alpha", 1.0),
    Asked("scikit-learn ``LogisticRegression(C)``", "sklearn.LogisticRegression.C"),
    Asked("scikit-learn ``PoissonRegressor(alpha)``", "sklearn.PoissonRegressor.alpha"),
    Asked('glmnet ``lambda``, lasso, ``"gaussian"``', "glmnet.gaussian.lambda", 1.0),
    Asked('glmnet ``lambda``, ridge, ``"gaussian"``', "glmnet.gaussian.lambda"),
    Asked('glmnet ``lambda``, lasso, ``"binomial"``', "glmnet.binomial.lambda", 1.0),
    Asked("statsmodels ``OLS``, ``alpha``, lasso", "statsmodels.OLS.alpha", 1.0),
    Asked("statsmodels ``Logit``, ``alpha``, lasso", "statsmodels.Logit.alpha", 1.0),
    Asked("PyTorch ``weight_decay``, mean NLL", "torch.SGD.weight_decay"),
    Asked("PyTorch ``weight_decay``, ``MSELoss``", "torch.SGD(MSELoss).weight_decay"),
    Asked("Keras ``L2(l)``, mean NLL", "keras.L2.l"),
    Asked('Keras ``L2(l)``, loss ``"mse"``', "keras.L2(mse).l"),
    Asked("XGBoost ``reg_lambda``, trees", "xgboost.gbtree.reg_lambda"),
)
"""What is asked most."""


def asked_rst() -> str:
    """Return the short table: what is written there, our ``lam``, and the scale of the prior."""
    rows = []
    for asked in ASKED:
        lam, scale = formulas(lookup(asked.row), asked.share)
        law, prior = ("L1", "Laplace") if asked.share else ("L2", "Normal")
        rows.append([asked.written, f"``{law}(lam={lam})``", f"``{prior}(scale={scale})``"])
    return list_table(["written there", "penalty", "the same as a prior"], rows, "31 28 41", "asked")


def formulas(row: Convention, share: float) -> tuple[str, str]:
    """Return our ``lam`` and the prior's scale as formulas of a row's argument; phi where it is not 1.

    Both are Python in the row's own names, and are tested as such.
    """
    powers = [*row.f, *(() if share else row.g), (row.argument, row.power)]
    phi = () if row.family in ("bernoulli", "poisson") else (("phi", 1),)
    squared = _quotient([*phi, *((name, -power) for name, power in powers)], 1.0 / row.constant)
    return _quotient(powers, row.constant), squared if share else f"sqrt({squared})"


def _quotient(powers: Sequence[tuple[str, int]] | Exponents, factor: float) -> str:
    """Return a product of names to powers 1 and -1, and a number, as text."""
    whole = factor == int(factor)
    top = [f"{factor:g}"] if whole and factor != 1.0 else []
    bottom = [] if whole else [f"{1.0 / factor:g}"]
    top += [name for name, power in powers if power > 0]
    bottom += [name for name, power in powers if power < 0]
    below = " * ".join(bottom)
    text = " * ".join(top) or "1"
    return f"{text} / {f'({below})' if len(bottom) > 1 else below}" if bottom else text


LANGUAGES = {"stan": "stan", "brms": "r", "glmnet": "r"}
TITLES = {"pymc": "PyMC", "stan": "Stan", "bambi": "Bambi", "sklearn": "scikit-learn"}


def exports_rst() -> str:
    """Return one model as the text of every target, one section a target."""
    model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(lam=10))
    parts = []
    for target in TARGETS:
        title = TITLES.get(target, target)
        text = [f"   {line}".rstrip() for line in model.export(target).strip().splitlines()]
        parts += [title, "^" * len(title), "", f".. code-block:: {LANGUAGES.get(target, 'python')}", "", *text, ""]
    return "\n".join(parts)


def export_rst() -> str:
    """Return which target can say which law, and what a model can have beside it, with the reasons as notes."""
    cells = [cell for cell in export_table() if cell.law in KINDS]
    able = {(cell.target, cell.family, cell.law) for cell in cells if not cell.feature and cell.works}
    notes: list[str] = []
    laws = []
    for kind in dict.fromkeys(KINDS.values()):
        names = [law for law in KINDS if KINDS[law] == kind]
        chosen = [cell for cell in cells if not cell.feature and cell.law in names]
        laws.append([", ".join(f"`~bayesreg.{law}`" for law in names), *_answers(chosen, notes)])
    features = []
    for feature, meaning in FEATURES.items():
        if feature:
            beside = [cell for cell in cells if cell.feature == feature]
            beside = [cell for cell in beside if (cell.target, cell.family, cell.law) in able]
            features.append([meaning.replace("|", r"\|"), *_answers(beside, notes)])
    widths = " ".join(["30", *["10"] * len(TARGETS)])
    listed = [f"{k}. {_sentence(reason)}" for k, reason in enumerate(notes, start=1)]
    above = list_table(["law", *TARGETS], laws, widths, "exports")
    below = list_table(["beside the law", *TARGETS], features, widths, "exports")
    return "\n".join([above, below, *listed, ""])


def _sentence(reason: str) -> str:
    """Return a reason as a sentence; the name of a function keeps its letters."""
    is_name = reason.partition(" ")[0].rstrip(",").endswith("()")
    return f"{reason if is_name else reason[0].upper() + reason[1:]}."


def _answers(cells: Sequence[Cell], notes: list[str]) -> list[str]:
    """Return a word a target: yes, no, or for what; with the numbers of its reasons, which ``notes`` collects."""
    row = []
    for target in TARGETS:
        own = [cell for cell in cells if cell.target == target]
        reasons = list(dict.fromkeys(cell.reason for cell in own if cell.reason))
        notes += [reason for reason in reasons if reason not in notes]
        numbers = ", ".join(str(number) for number in sorted(notes.index(reason) + 1 for reason in reasons))
        row.append(f"{_word(own)} ({numbers})" if reasons else _word(own))
    return row


def _word(cells: Sequence[Cell]) -> str:
    works = [cell for cell in cells if cell.works]
    if not works or len(works) == len(cells):
        return "-" if not cells else "yes" if works else "no"
    families = dict.fromkeys(cell.family for cell in works)
    whole = all(cell.works for cell in cells if cell.family in families)
    return ", ".join(families) if whole else "in part"
