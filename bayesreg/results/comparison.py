"""`compare`: estimates of one model by several routes, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from bayesreg.results.comparable import check_comparable, differing_priors
from bayesreg.results.comparison_notes import notes_of
from bayesreg.results.html import to_html
from bayesreg.results.intervals import interval_columns
from bayesreg.results.latex import to_latex
from bayesreg.results.naming import name_fits
from bayesreg.results.priors import describe_family
from bayesreg.results.protocol import Fit
from bayesreg.results.scores import scores
from bayesreg.results.sheet import Sheet, SheetColumn, to_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVEL = 0.95
TIDY = ("term", "coefficient", "fit", "kind", "estimate", "lower", "upper", "zero", "method", "note")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Fits of one model side by side; made by `compare`.

    Parameters
    ----------
    fits : mapping of str to fit
        In the order of the columns.

    Attributes
    ----------
    frame : pandas.DataFrame
        Tidy, a row per coefficient and fit: term, coefficient, fit, kind, estimate, lower, upper (95 %), zero (an
        exact zero of a sparse mode), method (how the interval was made), note.
    wide : pandas.DataFrame
        A row per coefficient: term, coefficient, then "<fit> estimate", "<fit> lower", "<fit> upper".
    scores : pandas.DataFrame
        A row per fit: deviance and log likelihood in sample, effective degrees of freedom, dispersion, zeros, and what
        certifies a mode or a posterior.
    notes : tuple of str
        Which prior it is, how the intervals were made, and where the fits differ in more than their route.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(lam=100.0))
    >>> comparison = br.compare(model.mle(), model.fit())
    >>> comparison.frame.query("coefficient == 'bmi'")[["fit", "estimate"]].round(2).to_numpy().tolist()
    [['OLS', 6.5], ['ridge mode', 5.57]]
    """

    fits: Mapping[str, Fit]

    @cached_property
    def frame(self) -> pd.DataFrame:
        parts = [fit.estimates(LEVEL).assign(fit=name, kind=fit.kind) for name, fit in self.fits.items()]
        frame = pd.concat(parts, ignore_index=True)[list(TIDY)]
        frame["estimate"] = frame["estimate"] + 0.0  # a zero has no sign
        return frame

    @cached_property
    def wide(self) -> pd.DataFrame:
        result = self.frame[["term", "coefficient"]].drop_duplicates(ignore_index=True)
        for name in self.fits:
            own = self.frame[self.frame["fit"] == name].set_index("coefficient")
            for value in ("estimate", "lower", "upper"):
                result[f"{name} {value}"] = own[value].reindex(result["coefficient"]).to_numpy()
        return result

    @cached_property
    def scores(self) -> pd.DataFrame:
        return scores(self.fits)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        return (*differing_priors(self.fits), *notes_of(self.fits, self.frame, self.scores))

    @property
    def sheet(self) -> Sheet:
        """The table as strings."""
        model = next(iter(self.fits.values())).model
        names = SheetColumn("coefficient", tuple(self.wide["coefficient"]), "left")
        columns = interval_columns(self.wide, {name: _heading(name, fit) for name, fit in self.fits.items()})
        return Sheet(_title(model), (names, *columns), _header(model), self.notes)

    def __str__(self) -> str:
        return to_text(self.sheet)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return to_html(self.sheet)

    def to_html(self) -> str:
        """Return the printed table as self-contained HTML, everything escaped."""
        return to_html(self.sheet)

    def to_latex(self) -> str:
        r"""Return the printed table as LaTeX for the ``booktabs`` package."""
        return to_latex(self.sheet)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        scale: Literal["standardized", "raw"] = "standardized",
        intercept: bool = False,
    ) -> Figure:
        """Draw the forest plot: a row per coefficient, a colour per fit, exact zeros hollow.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure without pyplot's state if left out.
        scale : {"standardized", "raw"}
            "standardized": effects per standard deviation of a column, comparable across columns.
        intercept : bool
            Show the intercept too.

        Returns
        -------
        matplotlib.figure.Figure

        Examples
        --------
        >>> import bayesreg as br
        >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(lam=100.0))
        >>> comparison = br.compare(model.mle(), model.fit())
        >>> figure = comparison.plot()
        """
        from bayesreg.plots import forest

        return forest(self, ax, scale=scale, intercept=intercept)


def compare(*fits: Any, **named_fits: Any) -> Comparison:
    """Set fits of one model side by side: classical, mode, posterior.

    Parameters
    ----------
    *fits : MleFit, MapFit or Posterior
        Named "OLS" or "MLE", "lasso mode", "ridge mode", ..., "posterior"; numbered where a name occurs twice.
    **named_fits : MleFit, MapFit or Posterior
        Fits under names of your own.

    Returns
    -------
    Comparison
        Prints as a table; ``.frame``, ``.wide``, ``.scores``, ``.plot()``, ``.to_html()``, ``.to_latex()``.

    Raises
    ------
    InputError
        If there is no fit, a value is not a fit, or the fits differ in rows, response, weights, offset, family or
        coefficients. Different priors or dispersions are allowed, and said in ``.notes``.

    Examples
    --------
    >>> import bayesreg as br
    >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2(lam=100.0))
    >>> comparison = br.compare(model.mle(), model.fit())
    >>> list(comparison.fits), list(br.compare(plain=model.mle()).fits)
    (['OLS', 'ridge mode'], ['plain'])
    """
    by_name = name_fits(fits, named_fits)
    check_comparable(by_name)
    return Comparison(by_name)


def _heading(name: str, fit: Fit) -> str:
    """Return the head of a fit's column: a posterior is shown by its mean."""
    return f"{name} mean" if fit.kind == "posterior" else name


def _title(model: Any) -> str:
    """Return the formula, or what stands for it when the model was made from arrays."""
    return model.formula or f"{model.design.response} ~ {' + '.join(model.design.names)}"


def _header(model: Any) -> dict[str, str]:
    """Return the facts that all fits share."""
    resolved = model.resolved
    rows = f"{model.design.n}" + (f" ({resolved.observations:g} observations)" if resolved.frequency else "")
    return {"n": rows, "family": describe_family(model)}
