"""Comparisons of stand-in fits, whose numbers are known; real fits are compared at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.design import build
from bayesreg.errors import InputError
from bayesreg.families import Family
from bayesreg.results.comparison import compare
from bayesreg.results.summary import Summary

FORMULA = "y ~ a + b + C(g)"


def table(n: int = 40, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.normal(size=n), "b": 100.0 * rng.normal(size=n), "g": np.tile(["u", "v"], n // 2)})
    return frame.assign(y=2.0 * frame["a"] + rng.normal(size=n))


def stand_in_model(
    penalty: Any = None,
    *,
    data: pd.DataFrame | None = None,
    formula: str = FORMULA,
    family: str = "gaussian",
    **options: Any,
) -> Any:
    from bayesreg.resolve import resolve

    weights = options.pop("weights", None)
    offset = options.pop("offset", None)
    design = build(formula, table() if data is None else data, weights=weights, offset=offset)
    resolved = resolve(design, Family(family), penalty, **options)
    return SimpleNamespace(design=design, resolved=resolved, formula=formula, family=resolved.family)


@dataclass(frozen=True)
class StandIn:
    kind: str
    model: Any
    values: tuple[float, ...] = (1.0, 2.0, 0.03, 0.0)
    half_width: float = np.nan
    note: str = ""
    certificate: Any = field(
        default_factory=lambda: SimpleNamespace(ok=True, kkt=1e-12, relative_gap=1e-11, local=False)
    )
    dispersion: float = 1.25
    edf: float = 3.0
    objective: float = 17.0
    status: str = "stopped after 3 iterations; allow more"
    engine: str = "nuts"

    @property
    def resolved(self) -> Any:
        return self.model.resolved

    @property
    def params(self) -> pd.Series:
        return pd.Series(self.values, index=list(self.model.resolved.coefficients))

    def estimates(self, level: float = 0.95) -> pd.DataFrame:
        resolved, values = self.model.resolved, np.array(self.values)
        interval = np.isfinite(self.half_width)
        return pd.DataFrame(
            {
                "term": list(resolved.terms),
                "coefficient": list(resolved.coefficients),
                "estimate": values,
                "lower": values - self.half_width,
                "upper": values + self.half_width,
                "zero": (values == 0.0) & (self.kind == "mode"),
                "method": "a method" if interval else "",
                "note": self.note,
            }
        )

    def summary(self) -> Summary:
        frame = pd.DataFrame({"rhat": [1.0, 1.02], "ess_bulk": [900.0, 800.0], "ess_tail": [700.0, 950.0]})
        return Summary("", frame)


@pytest.fixture
def lasso() -> Any:
    return stand_in_model(br.L1(lam=5.0))


@pytest.fixture
def trio(lasso: Any) -> tuple[StandIn, StandIn, StandIn]:
    mode = StandIn("mode", lasso)
    return (
        replace(mode, kind="mle", half_width=0.5, values=(1.0, 2.0, 0.03, 0.4)),
        mode,
        replace(mode, kind="posterior", half_width=0.25),
    )


def test_the_tidy_frame(trio: Any) -> None:
    frame = compare(*trio).frame
    assert list(frame.columns) == [
        *("term", "coefficient", "fit", "kind", "estimate", "lower", "upper", "zero", "method", "note")
    ]
    assert list(frame["fit"].unique()) == ["OLS", "lasso mode", "posterior"]
    assert list(frame["kind"].unique()) == ["mle", "mode", "posterior"]
    assert list(frame["coefficient"][:4]) == ["Intercept", "a", "b", "C(g)[T.v]"]
    assert frame.loc[frame["zero"], ["fit", "coefficient"]].to_numpy().tolist() == [["lasso mode", "C(g)[T.v]"]]
    assert frame.index.equals(pd.RangeIndex(12))


def test_a_negative_zero_loses_its_sign(lasso: Any) -> None:
    estimate = compare(StandIn("mode", lasso, (1.0, 2.0, 3.0, -0.0))).frame["estimate"]
    assert not np.signbit(estimate).any()


def test_the_wide_frame(trio: Any) -> None:
    wide = compare(*trio).wide
    assert list(wide.columns[:5]) == ["term", "coefficient", "OLS estimate", "OLS lower", "OLS upper"]
    assert wide.shape == (4, 2 + 9)
    row = wide.set_index("coefficient").loc["a"]
    assert (row["OLS lower"], row["posterior upper"]) == (1.5, 2.25)
    assert np.isnan(row["lasso mode lower"])


def test_scores_follow_the_formulas(trio: Any, lasso: Any) -> None:
    scores = compare(*trio).scores
    y, eta = lasso.design.y, 1.0 + lasso.design.X @ np.array([2.0, 0.03, 0.0])
    phi = lasso.resolved.phi
    rss = float(np.sum((y - eta) ** 2))
    row = scores.loc["lasso mode"]
    assert row["deviance"] == pytest.approx(rss, rel=1e-12)  # the same sum in another order
    expected = -0.5 * rss / phi - 0.5 * y.size * np.log(2.0 * np.pi * phi)
    assert row["log_likelihood"] == pytest.approx(expected, rel=1e-12)
    assert (row["edf"], row["objective"], row["relative_gap"], row["zeros"]) == (3.0, 17.0, 1e-11, 1.0)
    assert scores.loc["OLS", "edf"] == 4.0
    assert (scores.loc["posterior", "rhat_max"], scores.loc["posterior", "ess_min"]) == (1.02, 700.0)
    assert scores.loc["OLS", ["objective", "rhat_max"]].isna().all()


@pytest.mark.parametrize(
    ("penalty", "family", "kind", "name"),
    [
        (None, "gaussian", "mle", "OLS"),
        (br.L1(lam=1.0), "bernoulli", "mle", "MLE"),
        (br.Laplace(1.0), "gaussian", "mode", "lasso mode"),
        (br.L2(lam=1.0), "gaussian", "mode", "ridge mode"),
        (br.ElasticNet(lam=1.0), "gaussian", "mode", "elastic net mode"),
        ({"a": br.L1(lam=1.0), ...: br.Flat()}, "gaussian", "mode", "lasso mode"),
        ({"a": br.L1(lam=1.0), ...: br.L2(lam=1.0)}, "gaussian", "mode", "mode"),
        (None, "gaussian", "mode", "mode"),
        (br.L2(lam=1.0), "gaussian", "posterior", "posterior"),
    ],
)
def test_default_names(penalty: Any, family: str, kind: str, name: str) -> None:
    data = table()
    if family == "bernoulli":
        data["y"] = (data["y"] > 0).astype(int)
    assert list(compare(StandIn(kind, stand_in_model(penalty, data=data, family=family))).fits) == [name]


def test_names_that_occur_twice_are_numbered_and_given_names_win(trio: Any) -> None:
    ols, mode, post = trio
    assert list(compare(mode, ols, mode).fits) == ["lasso mode 1", "OLS", "lasso mode 2"]
    assert list(compare(post, posterior=post, other=ols).fits) == ["posterior 1", "posterior", "other"]


def test_nothing_to_compare() -> None:
    with pytest.raises(InputError, match=r"nothing to compare.*model\.mle\(\)"):
        compare()


@pytest.mark.parametrize(
    ("value", "message"),
    [(3.0, "argument 2 is a float"), ([1], "one by one"), (SimpleNamespace(kind="mode"), "SimpleNamespace")],
)
def test_what_is_not_a_fit_is_refused_by_position(trio: Any, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(trio[0], value)
    with pytest.raises(InputError, match=r"br\.compare: mine is a"):
        compare(mine=value)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"data": table().iloc[:30]}, r"the rows \(40 and 30\)"),
        ({"data": table(seed=1)}, "the values of the response; the values of the columns"),
        ({"data": table().assign(b=1.0 + table()["b"])}, "in the values of the columns"),
        ({"formula": "y ~ a + b"}, r"only in the first: C\(g\)\[T.v\]"),
        ({"formula": "y ~ b + a + C(g)"}, "their order"),
        ({"formula": "a ~ y + b + C(g)"}, "the response .'y' and 'a'."),
        ({"offset": "b"}, "the offset"),
    ],
)
def test_fits_of_other_data_are_refused_by_what_differs(lasso: Any, other: Any, message: str) -> None:
    model = stand_in_model(br.L1(lam=5.0), **other)
    count = len(model.resolved.coefficients)
    with pytest.raises(InputError, match=message):
        compare(StandIn("mode", lasso), StandIn("posterior", model, values=(1.0,) * count))


def test_fits_of_other_families_and_weights_are_refused() -> None:
    from bayesreg.design import Weights

    counts = table().assign(y=np.arange(40) // 3 % 2, w=np.arange(40) % 3 + 1)
    gaussian = StandIn("mode", stand_in_model(br.L2(lam=1.0), data=counts))
    poisson = StandIn("mode", stand_in_model(br.L2(lam=1.0), data=counts, family="poisson"))
    with pytest.raises(InputError, match=r"family \(gaussian, identity link; poisson, log link\)"):
        compare(gaussian, poisson)
    weighted = stand_in_model(br.L2(lam=1.0), data=counts, weights=Weights("w", kind="frequency"))
    with pytest.raises(InputError, match="the weights"):
        compare(gaussian, StandIn("mode", weighted))


def test_equal_models_made_twice_are_compared_without_remarks(trio: Any) -> None:
    again = StandIn("posterior", stand_in_model(br.L1(lam=5.0)), half_width=0.25)
    assert not any("different" in note for note in compare(trio[1], again).notes)


def test_one_prior_in_two_units_is_one_prior(lasso: Any) -> None:
    same = stand_in_model(br.Laplace(lasso.resolved.phi / 5.0))
    notes = compare(StandIn("mode", lasso), StandIn("posterior", same)).notes
    assert not any("different" in note for note in notes)


def test_different_priors_and_dispersions_are_said(lasso: Any) -> None:
    other = stand_in_model(br.L1(lam=7.0), dispersion=2.0)
    text = "\n".join(compare(StandIn("mode", lasso), StandIn("posterior", other)).notes)
    assert "These fits use different priors: lasso mode: L1(lam=5.0)" in text
    assert "posterior: L1(lam=7.0) at phi = 2" in text
    assert "different dispersions: lasso mode: phi = " in text
    assert "fixed by dispersion=2" in text


def test_different_priors_of_sigma_are_said(lasso: Any) -> None:
    fixed = stand_in_model(br.L1(lam=5.0), dispersion=lasso.resolved.phi)
    text = "\n".join(compare(StandIn("posterior", lasso), StandIn("posterior", fixed)).notes)
    assert "different priors of sigma: posterior 1: HalfT(df=3, scale=" in text
    assert "posterior 2: fixed at " in text


def test_notes_say_which_prior_and_how_far_to_trust_it(trio: Any, lasso: Any) -> None:
    text = " ".join(str(compare(*trio)).split())
    assert f"Laplace with scale {lasso.resolved.phi / 5.0:.4g} per standard deviation" in text
    assert "REML ridge estimate of sigma^2" in text
    assert f"In the mode sigma is fixed at {np.sqrt(lasso.resolved.phi):.4g}" in text
    assert "1 of 3 coefficients are exactly 0" in text
    assert "Certified: duality gap 1.0e-11" in text
    assert "largest R-hat 1.020, smallest effective sample size 700" in text
    assert "Intervals: OLS: a method; posterior: a method. No interval is shown for lasso mode" in text


def test_sentences_of_different_priors_name_their_fits(lasso: Any) -> None:
    other = stand_in_model({"a": br.L2(lam=7.0)})
    notes = compare(StandIn("mode", lasso), StandIn("posterior", other), flat=StandIn("mode", stand_in_model())).notes
    text = "\n".join(notes)
    assert "lasso mode: Prior of each coefficient: Laplace with scale " in text
    assert "posterior: Prior of a: Normal with sd " in text
    assert "posterior: No penalty: b, C(g)[T.v] (flat)." in text
    assert "flat: no penalty, the prior is flat." in text


def test_an_exact_posterior_needs_no_diagnostics(lasso: Any) -> None:
    notes = compare(StandIn("posterior", lasso, engine="exact")).notes
    assert "posterior: engine exact; mean and interval are exact." in notes
    assert "R-hat" not in " ".join(notes)


def test_sigma_is_named_where_no_mode_has_named_it(lasso: Any) -> None:
    text = " ".join(compare(StandIn("posterior", lasso)).notes)
    assert "The posterior samples sigma under HalfT(df=3, scale=" in text
    fixed = stand_in_model(br.L1(lam=5.0), dispersion=4.0)
    assert "In the posterior sigma is fixed at 2." in compare(StandIn("posterior", fixed)).notes


def test_a_mode_without_a_penalty_is_not_called_penalised() -> None:
    notes = compare(StandIn("mode", stand_in_model())).notes
    assert "No interval is shown for mode, which has no penalty: model.mle() has its own." in notes
    assert "penalised" not in " ".join(notes)


def test_a_mode_without_certificate_is_shouted(lasso: Any) -> None:
    bad = StandIn("mode", lasso, certificate=SimpleNamespace(ok=False, kkt=0.1, relative_gap=np.nan))
    text = " ".join(compare(bad).notes)
    assert "NOT certified (KKT violation 1.0e-01): stopped after 3 iterations" in text


def test_notes_of_coefficients_are_kept(lasso: Any) -> None:
    notes = compare(StandIn("mode", lasso, note="held back")).notes
    assert "lasso mode, Intercept, a, b, C(g)[T.v]: held back" in notes


def test_the_printed_table_lines_up(trio: Any) -> None:
    lines = str(compare(*trio)).splitlines()
    assert lines[0] == FORMULA
    assert lines[1] == "n: 40 | family: gaussian (identity link)"
    assert "OLS [95 %]" in lines[2]
    assert "posterior mean [95 %]" in lines[2]
    assert "lasso mode [95 %]" not in lines[2]
    body = lines[4:8]
    assert [line.split()[0] for line in body] == ["Intercept", "a", "b", "C(g)[T.v]"]
    for mark in "[]":
        assert len({line.rindex(mark) for line in body}) == 1
    assert " 0 " in body[3]


def test_rows_of_very_different_size_keep_their_digits(lasso: Any) -> None:
    text = str(compare(StandIn("mode", lasso, (12345.6, 1.5, 0.000123, 0.0))))
    assert "0.000123" in text
    assert "12346" in text


def test_html_and_latex(trio: Any) -> None:
    comparison = compare(*trio, **{"<script>": trio[1]})
    html = comparison.to_html()
    assert html == comparison._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert r"C(g)[T.v]" in comparison.to_latex()


def test_a_model_from_arrays_has_no_formula(lasso: Any) -> None:
    lasso.formula = None
    assert str(compare(StandIn("mode", lasso))).startswith("y ~ a + b + C(g)[T.v]\n")


def test_real_fits_of_a_ridge() -> None:
    model = br.Model("target ~ age + bmi + s1", br.datasets.diabetes(), penalty=br.L2(lam=50.0))
    mle, mode, post = model.mle(), model.fit(), model.sample(draws=400, seed=1)
    comparison = br.compare(mle, mode, post)
    frame = comparison.frame.set_index(["fit", "coefficient"])
    for name, fit in comparison.fits.items():
        pd.testing.assert_series_equal(frame.loc[name, "estimate"], fit.params, check_names=False)
    assert not frame["zero"].any()
    width = frame["upper"] - frame["lower"]
    assert (width["posterior"].iloc[1:] < width["OLS"].iloc[1:]).all()  # the prior adds information
    scores = comparison.scores
    assert scores.loc["OLS", "deviance"] == pytest.approx(mle.statsmodels.ssr, rel=1e-10)  # another algorithm
    assert scores["deviance"].idxmin() == "OLS"
    assert scores.loc["ridge mode", "edf"] == mode.edf
    assert "Normal with sd" in " ".join(comparison.notes)


def test_points_of_a_path_are_compared_as_what_was_fitted() -> None:
    path = br.Model("target ~ age + bmi + s1", br.datasets.diabetes(), penalty=br.L1()).path(n_lams=5)
    comparison = br.compare(weak=path.at(10.0), strong=path.at(5000.0))
    text = " ".join(comparison.notes)
    assert "different priors: weak: L1(lam=10.0)" in text
    assert "strong: L1(lam=5000.0)" in text
    assert comparison.scores.loc["weak", "deviance"] < comparison.scores.loc["strong", "deviance"]


def test_real_fits_of_a_logistic_lasso() -> None:
    data = br.datasets.breast_cancer()
    model = br.Model("malignant ~ mean_radius + mean_texture", data, family="bernoulli", penalty=br.L1(lam=20.0))
    mle = model.mle()
    comparison = br.compare(mle, model.fit())
    assert list(comparison.fits) == ["MLE", "lasso mode"]
    assert comparison.scores.loc["MLE", "log_likelihood"] == pytest.approx(mle.log_likelihood, rel=1e-10)
    assert "phi = 1" in " ".join(comparison.notes)
    assert "log odds of malignant" in comparison.plot().axes[0].get_xlabel()
