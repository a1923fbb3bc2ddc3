"""Posteriors that are known without sampling, in NumPy and SciPy alone: nothing of the package is imported here."""

from tests.reference.oracles.conjugate import known_sigma, normal_inverse_gamma
from tests.reference.oracles.grids import log_spaced
from tests.reference.oracles.lasso import HalfLine, OneLasso
from tests.reference.oracles.margins import Margin
from tests.reference.oracles.one import one_coefficient
from tests.reference.oracles.orthants import two_lasso
from tests.reference.oracles.orthonormal import orthonormal, orthonormal_lasso
from tests.reference.oracles.rows import from_rows
from tests.reference.oracles.two import two_coefficients

__all__ = [
    "HalfLine",
    "Margin",
    "OneLasso",
    "from_rows",
    "known_sigma",
    "log_spaced",
    "normal_inverse_gamma",
    "one_coefficient",
    "orthonormal",
    "orthonormal_lasso",
    "two_coefficients",
    "two_lasso",
]
