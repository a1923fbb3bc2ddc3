"""The tree of errors: one root, few branches, every message with a remedy.

A message says what happened (with the value), what is allowed, and what to do.
"""

from __future__ import annotations


class BayesRegError(Exception):
    """Root of every error that bayesreg raises on purpose.

    Examples
    --------
    >>> import bayesreg as br
    >>> try:
    ...     br.ElasticNet(lam=1.0, l1_ratio=2.0)
    ... except br.errors.BayesRegError as error:
    ...     print(error)
    l1_ratio=2.0 is not a share: it must lie between 0 (all squares) and 1 (all absolute).
    """


class InputError(BayesRegError, ValueError):
    """An argument has a value that is not allowed."""


class FormulaError(InputError):
    """The formula can not be read, or asks for something outside its closed world."""


class DataError(InputError):
    """The data do not fit the formula or the family: a column, a type, a level, a value."""


class MissingValuesError(DataError):
    """The data have missing values and ``missing="raise"``."""


class RankError(DataError):
    """The unpenalised part of the design is rank deficient: coefficients are not identified."""


class SeparationError(DataError):
    """The likelihood has no maximum: a linear combination separates the responses."""


class UnsupportedError(BayesRegError):
    """A cell of the support table that is refused; the message is its reason and the way out."""


class ImproperPosteriorError(UnsupportedError):
    """The posterior does not exist for this combination of prior and data."""


class EngineError(BayesRegError):
    """An engine ran and could not finish; the message says where and what to try."""


class LawError(BayesRegError, AssertionError):
    """A penalty or likelihood breaks a law of `bayesreg.testing`; the message names the law and the numbers."""
