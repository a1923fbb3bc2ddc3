"""The dictionary has an entry for every registered law; the penalty that the how-to page shows is a real one."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.penalties import REGISTRY
from tests.hygiene.tree import ROOT


def load(name: str) -> Any:
    """Import a script of the documentation under its own name."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(ROOT / "docs"))


ENTRIES = load("dictionary_entries").ENTRIES
Logistic = load("logistic_prior").Logistic


def test_every_registered_law_has_one_entry() -> None:
    named = [name for entry in ENTRIES for name in entry.names]
    assert sorted(named) == sorted(REGISTRY)
    for entry in ENTRIES:
        assert type(entry.example()).__name__ in entry.names


def test_the_page_shows_names_faces_and_reasons_of_every_law() -> None:
    text = load("make_dictionary").dictionary_rst()
    for name, law in REGISTRY.items():
        assert f"`~bayesreg.{name}`" in text
        for reason in (law.no_mode, law.from_design):
            assert reason in text
    for entry in ENTRIES:
        assert f"``{entry.example()!r}``" in text


def test_the_page_says_of_every_law_what_exists() -> None:
    made = load("make_dictionary")
    text = made.overview_rst()
    rows = {row.partition("`_")[0].strip(" `-*"): row.split("- ")[1:] for row in text.split("* - `")[1:]}
    for entry in ENTRIES:
        proper, mode, convex, sparse, learned = (cell.strip() for cell in rows[entry.title])
        law = entry.example()
        assert (proper == "yes") == made.bound_law(entry)[0].traits.proper
        assert (mode == "never") == bool(law.no_mode)
        assert (convex, sparse) == tuple("yes" if has else "no" for has in (law.traits.convex, law.traits.sparse))
        if learned == "yes":
            assert any(len(REGISTRY[name].strength_powers) == 1 for name in entry.names)


def test_a_paper_is_cited_once() -> None:
    made = load("make_dictionary")
    for entry in ENTRIES:
        papers = re.findall(r"[^.]+\(\d{4}\)", made.sources(REGISTRY[name] for name in entry.names))
        assert len(papers) == len(set(papers))


def test_firth_has_an_entry_with_the_estimates_of_the_model() -> None:
    made, pictures = load("make_dictionary"), load("dictionary_pictures")
    assert br.Firth().__repr__() in made.firth_rst()
    assert len(pictures.draw_firth().axes) == 3
    for ones in (0, 3, 10):
        frame = pd.DataFrame({"y": [1] * ones + [0] * (10 - ones)})
        fit = br.Model("y ~ 1", frame, family="bernoulli", penalty=br.Firth()).fit()
        assert fit.params["Intercept"] == pytest.approx(pictures.firth_log_odds(ones, 10), abs=1e-8)


@pytest.mark.parametrize("entry", ENTRIES[::6], ids=lambda entry: entry.names[0])
def test_an_entry_has_its_picture(entry: Any) -> None:
    assert len(load("dictionary_pictures").draw_entry(entry).axes) == 3


def test_the_diamond_is_touched_at_a_corner_and_the_disc_is_not() -> None:
    pictures = load("dictionary_pictures")
    modes = {name: pictures._mode(law, law.strength(1.0)) for name, law in pictures.LAWS}
    assert modes["L1"][0] == 0.0
    assert modes["L1"][1] > 0.0
    assert (modes["L2"] > 0.0).all()


@pytest.mark.parametrize("positive", [False, True])
def test_the_penalty_of_the_how_to_page_obeys_the_laws(positive: bool) -> None:
    report = br.testing.check_penalty(Logistic(0.5, positive=positive))
    assert {"normalizer", "prox_minimum", "fenchel_gap", "graph_gradient", "prior_draws"} <= set(report.laws)


def test_the_penalty_of_the_how_to_page_is_fitted_and_believed() -> None:
    """The mode is stationary: ``X'(y - mu) / phi = slope`` by hand, with ``slope = rate tanh(rate b / 2)``."""
    data = br.datasets.diabetes()
    model = br.Model("target ~ bmi + bp + s5", data, prior=Logistic.from_belief(within=30.0), dispersion=3000.0)
    fit = model.fit()
    assert fit.certificate.ok
    X = data[["bmi", "bp", "s5"]].to_numpy()
    rate = X.std(axis=0) * (2.0 * np.arctanh(0.95) / 30.0)
    beta = fit.params.to_numpy()
    score = X.T @ (data["target"].to_numpy() - beta[0] - X @ beta[1:]) / 3000.0
    np.testing.assert_allclose(score, rate * np.tanh(0.5 * rate * beta[1:]), rtol=1e-7)
    assert (model.priors()["upper"][1:] * X.std(axis=0)).to_numpy() == pytest.approx(30.0, rel=1e-10)


def test_the_file_of_the_how_to_page_is_short_and_shown() -> None:
    text = (ROOT / "docs" / "logistic_prior.py").read_text(encoding="utf-8")
    assert sum(bool(line.strip()) for line in text.splitlines()) <= 75
    page = (ROOT / "docs" / "howto_add_a_penalty.rst").read_text(encoding="utf-8")
    assert ".. literalinclude:: logistic_prior.py" in page
