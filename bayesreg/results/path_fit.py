"""Modes over a range of strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, final

import numpy as np
import pandas as pd

from bayesreg.arguments import check_strengths, check_whole
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.results.map_fit import MapFit
from bayesreg.solvers import ModePath, find_knots, find_mode, find_path
from bayesreg.solvers.mode import check_existence
from bayesreg.solvers.path import multiplier_grid

if TYPE_CHECKING:
    from bayesreg.results.strength_axis import StrengthAxis


@final
@dataclass(frozen=True, eq=False, repr=False)
class PathFit:
    """Modes at decreasing strengths, each with its certificate.

    Parameters
    ----------
    model : Model
    modes : ModePath
    base : float
        The loss-unit strength that multiplier 1 stands for: that of the only penalised block, else 1.

    Examples
    --------
    >>> import bayesreg as br
    >>> path = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1()).path(n_lams=5)
    >>> path.params.shape, bool(path.gaps.max() < 1e-12)
    ((5, 4), True)
    """

    model: Any
    modes: ModePath
    base: float

    @property
    def lams(self) -> np.ndarray:
        """Strengths (k,) in loss units, decreasing; several blocks: common multipliers of theirs."""
        return self.base * self.modes.multipliers

    @cached_property
    def params(self) -> pd.DataFrame:
        """Coefficients, a row a strength."""
        return self._frame(self.modes.betas, self.model.loss_resolved.coefficients)

    @property
    def edf(self) -> pd.Series:
        """Effective degrees of freedom at each strength, the intercept included."""
        return self._series(self.modes.edf, "edf")

    @property
    def deviance(self) -> pd.Series:
        """Unscaled deviance at each strength."""
        return self._series(2.0 * self.modes.losses, "deviance")

    @property
    def gaps(self) -> pd.Series:
        """Relative duality gap at each strength; nan under a penalty that is not convex."""
        return self._series([certificate.relative_gap for certificate in self.modes.certificates], "relative_gap")

    @property
    def certificates(self) -> pd.DataFrame:
        """The certificate at each strength: kkt, gap, relative_gap, share, local, ok; see `Certificate`."""
        rows = [{**asdict(one), "ok": one.ok} for one in self.modes.certificates]
        return pd.DataFrame(rows, index=pd.Index(self.lams, name="lam"))

    @property
    def status(self) -> str:
        """A sentence: how many of the modes are certified, and what to do about the others."""
        failed = [k for k, one in enumerate(self.modes.certificates) if not one.ok]
        total = len(self.modes.certificates)
        if failed:
            first, lam = self.modes.modes[failed[0]].status, self.lams[failed[0]]
            return f"{len(failed)} of {total} modes are NOT certified, the first at lam {lam:.4g}. {first}"
        kkt = max(one.kkt for one in self.modes.certificates)
        worst = max(one.relative_gap for one in self.modes.certificates)
        if np.isnan(worst):
            return f"All {total} modes are local optima: largest KKT residual {kkt:.1e}."
        return f"All {total} modes are optimal: largest KKT residual {kkt:.1e}, largest relative gap {worst:.1e}."

    @property
    def records(self) -> pd.DataFrame:
        """What the solver did at each strength: algorithm, iterations, passes, active, seconds, converged."""
        return pd.DataFrame([asdict(one) for one in self.modes.records], index=pd.Index(self.lams, name="lam"))

    def knots(self) -> pd.DataFrame:
        """Return the exact knots of a Gaussian lasso path, over the range of `lams`.

        Between two knots the active set does not change, and every coefficient is linear in ``lam``; so
        ``model.path(lams=path.knots().index)`` is the whole path.

        Returns
        -------
        DataFrame
            Indexed by ``lam``, decreasing: coefficient, event ("enters" or "leaves").

        Raises
        ------
        UnsupportedError
            If the path is not piecewise linear: another family, or a penalty that is not an absolute value.
        DataError
            If columns that come in are collinear, so that the path is not unique.

        References
        ----------
        Efron, Hastie, Johnstone and Tibshirani (2004), Least angle regression.

        Examples
        --------
        >>> import bayesreg as br
        >>> path = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1()).path()
        >>> {round(lam, 1): name for lam, name in path.knots()["coefficient"].items()}
        {19960.7: 'bmi', 18696.8: 's5', 9521.6: 'bp'}
        """
        resolved = self.model.loss_resolved
        plain = resolved.is_plain and not np.any(resolved.strength.precision > 0.0)
        if resolved.likelihood.name != "gaussian" or not plain:
            raise UnsupportedError(
                f"The path of {self.model!r} is not piecewise linear in the strength: only that of the gaussian family "
                "under absolute values (br.L1) has knots. Use at(lam) for any strength."
            )
        changes = find_knots(self.model.design, resolved, float(self.modes.multipliers[-1]))
        return pd.DataFrame(
            {
                "coefficient": [resolved.coefficients[j] for _, j, _ in changes],
                "event": ["enters" if enters else "leaves" for *_, enters in changes],
            },
            index=pd.Index([self.base * t for t, *_ in changes], name="lam"),
        )

    def at(self, lam: float) -> MapFit:
        """Return the fit at any strength ``lam`` (units of `lams`), solved anew and certified.

        Raises
        ------
        InputError
            If ``lam`` is not a finite number > 0.
        """
        lam = float(check_strengths("lam", lam)[0])
        nearest = int(np.argmin(np.abs(np.log(self.lams / lam))))
        factor = lam / self.base
        solved = self.model.loss_resolved.multiplied(factor)
        mode = find_mode(self.model.design, solved, start=self.modes.betas[nearest])
        return MapFit(self.model, solved, mode, factor)

    def plot(self) -> Any:
        """Return a figure: each coefficient over the strength; `strength_axis` has what chooses one, too."""
        from bayesreg.plots.path import coefficient_path

        return coefficient_path(self)

    def strength_axis(
        self,
        include: Sequence[str] | None = None,
        *,
        bands: bool = False,
        folds: Any = 10,
        seed: int = 0,
        workers: int | None = None,
    ) -> StrengthAxis:
        """Return all that is known of the strength on one axis: the path, and what each way of choosing says.

        Parameters
        ----------
        include : sequence of str, optional
            Panels: "coefficients", "cv", "loo", "criteria" (AIC and BIC), "evidence", "posterior" (the density of a
            learned strength, and its prior). Default: all that this model has; ``notes`` of the result has the reasons
            for the others.
        bands : bool
            Posterior means and 95 % bands of the coefficients, each strength being given: `Model.path_posterior`.
        folds : int, Folds, or labels (n,)
            Of "cv", as in `Model.select`.
        seed : int
            Of folds drawn by chance and of all draws.
        workers : int, optional
            Processes that share the folds.

        Raises
        ------
        InputError
            If a panel is not known.
        UnsupportedError
            If a panel that is named does not exist for this model, with the reason.

        Examples
        --------
        >>> import bayesreg as br
        >>> model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L2())
        >>> axis = model.path(n_lams=30).strength_axis(include=["loo", "evidence"])
        >>> axis.frame["panel"].unique().tolist()
        ['loo', 'evidence']
        """
        from bayesreg.results.strength_axis import make_axis

        return make_axis(self, include, bands=bands, folds=folds, seed=seed, workers=workers)

    def _frame(self, rows: np.ndarray, columns: tuple[str, ...]) -> pd.DataFrame:
        return pd.DataFrame(rows.copy(), index=pd.Index(self.lams, name="lam"), columns=list(columns), copy=False)

    def _series(self, values: Any, name: str) -> pd.Series:
        return pd.Series(values, index=pd.Index(self.lams, name="lam"), name=name)

    def __repr__(self) -> str:
        lams = self.lams
        span = f"{lams.size} strengths from {lams[0]:.4g} to {lams[-1]:.4g}"
        return f"PathFit({self.model.formula!r}, {span}; {self.status})"


def fit_path(model: Any, *, n_lams: int | None, ratio: float | None, lams: Any) -> PathFit:
    """Return the path of a model; see `Model.path`."""
    base, multipliers = strengths_of(model, n_lams=n_lams, ratio=ratio, lams=lams)
    return PathFit(model, find_path(model.design, model.loss_resolved, multipliers), base)


def strengths_of(model: Any, *, n_lams: int | None, ratio: float | None, lams: Any) -> tuple[float, np.ndarray]:
    """Return what multiplier 1 stands for in loss units, and the multipliers of a path; see `Model.path`."""
    resolved = model.loss_resolved
    base = resolved.base_lam
    if base == 0.0 or not np.any(resolved.strength.rate + resolved.strength.precision > 0.0):
        raise UnsupportedError(
            "The penalty has strength 0, and so has every multiple of it. Leave the strength open, e.g. br.L1(), or "
            "give a positive one."
        )
    if lams is not None:
        if n_lams is not None or ratio is not None:
            raise InputError(
                "lams= gives the strengths themselves; n_lams= and ratio= go without it. Give one or the other."
            )
        return base, check_strengths("lams", lams) / base
    count = 100 if n_lams is None else check_whole("n_lams", n_lams, 1)
    if ratio is not None and not (isinstance(ratio, Real) and not isinstance(ratio, bool) and 0.0 < ratio < 1.0):
        raise InputError(f"ratio={ratio!r} is not the share of the largest strength; it must lie between 0 and 1.")
    check_existence(model.design, resolved)
    return base, multiplier_grid(model.design, resolved, count, ratio)


def edf_of(model: Any, lams: np.ndarray) -> np.ndarray:
    """Return the effective degrees of freedom (k,) of the fits at strengths (k,)."""
    return fit_path(model, n_lams=None, ratio=None, lams=lams).edf.to_numpy()
