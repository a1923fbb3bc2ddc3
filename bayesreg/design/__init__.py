"""Text and data -> arrays with names.

A formula is a closed world: the columns of the data, a fixed set of operators and functions, and functions that the
user hands over by name. Nothing of the caller's scope can be named and no text is ever evaluated as code. What is
learned from the training rows (levels, knots, means) is kept in a frozen specification, so that new rows are treated
exactly as the old ones.
"""

from bayesreg.design.again import learn_again, rows_under
from bayesreg.design.arrays import from_arrays
from bayesreg.design.build import build
from bayesreg.design.marks import Mark
from bayesreg.design.record import Design, Rows
from bayesreg.design.spec import DesignSpec, OffsetRule
from bayesreg.design.standardize import column_scales
from bayesreg.design.weights import Weights

__all__ = [
    "Design",
    "DesignSpec",
    "Mark",
    "OffsetRule",
    "Rows",
    "Weights",
    "build",
    "column_scales",
    "from_arrays",
    "learn_again",
    "rows_under",
]
