"""The picture of the prior's predictions: what it draws is what was drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import InputError
from bayesreg.plots import prior_predictive

DATA = br.datasets.diabetes().head(120)
CANCER = br.datasets.breast_cancer()
VISITS = br.datasets.doctor_visits().head(300)


def model(family: str, scale: float = 0.4) -> Any:
    if family == "gaussian":
        return br.Model("target ~ bmi + bp", DATA, prior=br.Normal(scale, relative_to="sigma"), dispersion=3000.0)
    if family == "bernoulli":
        return br.Model("malignant ~ mean_radius", CANCER, family=family, prior=br.Normal(scale))
    return br.Model("visits ~ chronic + health", VISITS, family=family, prior=br.Normal(scale))


def texts(figure: Any) -> str:
    return figure.get_suptitle() + " " + " ".join(ax.get_xlabel() for ax in figure.axes)


def test_a_gaussian_model_shows_its_r2() -> None:
    tree = model("gaussian").prior_predictive(draws=300, seed=1)
    figure = prior_predictive(tree)
    low, middle, high = np.quantile(tree["prior"]["explained"], [0.05, 0.5, 0.95])
    assert f"R² has median {middle:.2f}, and lies in {low:.2f} to {high:.2f} with 90 % probability" in texts(figure)
    assert "intercept held" in figure.get_supxlabel()


@pytest.mark.parametrize(("family", "what"), [("bernoulli", "probabilities"), ("poisson", "rates")])
def test_other_families_show_the_extremes_of_their_rows(family: str, what: str) -> None:
    tree = model(family).prior_predictive(draws=300, seed=1)
    low, high = (float(np.median(tree["prior"][name])) for name in ("lowest_mean", "highest_mean"))
    said = texts(prior_predictive(tree))
    assert f"the {what} of the rows run from" in said
    shown = [float(part) for part in said.partition("run from ")[2].partition(" in a")[0].split(" to ")]
    assert shown == pytest.approx([low, high], rel=0.06)  # two digits


def test_observed_shares_are_marked() -> None:
    figure = prior_predictive(model("bernoulli"), draws=50)
    marks = next(line for line in figure.axes[0].lines if line.get_label() == "observed")
    share = CANCER["malignant"].mean()
    np.testing.assert_allclose(marks.get_ydata(), [1.0 - share, share])
    np.testing.assert_allclose(marks.get_xdata(), [0.0, 1.0])


def test_every_count_has_its_bar_and_what_lies_beyond_is_said() -> None:
    few = prior_predictive(model("poisson", 0.05), draws=50).axes[0]
    marks = next(line for line in few.lines if line.get_label() == "observed")
    assert marks.get_xdata()[0] == 0.0
    assert marks.get_ydata().sum() == pytest.approx(1.0)
    many = prior_predictive(model("poisson", 20.0), draws=50).axes[0]
    assert "beyond" in many.get_title(loc="left")


def test_the_same_seed_gives_the_same_picture() -> None:
    one, again = (prior_predictive(model("gaussian"), draws=50, seed=3).get_suptitle() for _ in range(2))
    assert one == again


def test_a_prior_that_predicts_one_value_is_drawn() -> None:
    figure = prior_predictive(model("poisson", 1e-9), draws=20)
    figure.draw_without_rendering()


@pytest.mark.parametrize("value", [None, "tree", 3.0])
def test_what_has_no_draws_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match=r"prior_predictive can not draw a \w+\. Pass a model"):
        prior_predictive(value)


def test_a_posterior_tree_is_refused() -> None:
    tree = model("gaussian").prior_predictive(draws=5, seed=1)
    with pytest.raises(InputError, match="this tree has no 'prior'"):
        prior_predictive(tree.drop_nodes("prior"))
