"""What ``.summary()`` of every fit returns: a frame that prints well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from bayesreg.results.html import to_html
from bayesreg.results.latex import to_latex
from bayesreg.results.sheet import Sheet, columns_of, to_text


@dataclass(frozen=True, eq=False, repr=False)
class Summary:
    r"""A table of a fit, for reading and for computing.

    Parameters
    ----------
    title : str
        What was fitted, in one line.
    frame : pandas.DataFrame
        The numbers, unrounded. An index other than a count is shown as the first column.
    header : mapping of str to str
        Facts shown above the table, name -> value.
    notes : tuple of str
        Sentences shown below it.

    Examples
    --------
    >>> frame = pd.DataFrame({"coefficient": ["bmi", "bp", "s1"], "estimate": [24.7, 15.43, 0.0]})
    >>> print(Summary("lasso mode", frame, {"n": "442", "family": "gaussian"}, ("One coefficient is zero.",)))
    lasso mode
    n: 442 | family: gaussian
    coefficient   estimate
    ──────────────────────
    bmi               24.7
    bp                15.4
    s1                   0
    - One coefficient is zero.
    """

    title: str
    frame: pd.DataFrame
    header: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def sheet(self) -> Sheet:
        """The table as strings."""
        return Sheet(self.title, columns_of(self.frame), self.header, self.notes)

    def __str__(self) -> str:
        return to_text(self.sheet)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return to_html(self.sheet)

    def to_latex(self) -> str:
        r"""Return a LaTeX table for the ``booktabs`` package.

        Returns
        -------
        str
            A ``table`` environment, special characters escaped.

        Examples
        --------
        >>> frame = pd.DataFrame({"coefficient": ["bmi"], "estimate": [24.7]})
        >>> print(Summary("ridge mode", frame).to_latex().splitlines()[2])
        \caption{ridge mode}
        """
        return to_latex(self.sheet)
