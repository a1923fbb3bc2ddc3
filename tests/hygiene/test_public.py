"""Every public name is documented: what it takes, returns and raises, and an example that runs."""

from __future__ import annotations

import ast
import doctest
import inspect
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from numpydoc.docscrape import NumpyDocString

import bayesreg as br
from bayesreg.results.comparison import Comparison
from bayesreg.results.inflation import Inflation
from bayesreg.results.map_fit import MapFit
from bayesreg.results.mle_fit import MleFit
from bayesreg.results.path_fit import PathFit
from bayesreg.results.posterior import Posterior
from bayesreg.results.posterior_path import PosteriorPath
from bayesreg.results.ratio_selection import RatioSelection
from bayesreg.results.relaxed import RelaxedFit
from bayesreg.results.relaxed_selection import RelaxedSelection
from bayesreg.results.selection import Selection
from bayesreg.results.strength_axis import StrengthAxis
from bayesreg.results.validation import Validation
from bayesreg.select import RidgeCurve

RESULTS = (
    MapFit,
    MleFit,
    PathFit,
    Posterior,
    Comparison,
    RidgeCurve,
    Selection,
    PosteriorPath,
    Inflation,
    Validation,
    RelaxedFit,
    RelaxedSelection,
    RatioSelection,
    StrengthAxis,
)
RECORDS = (*RESULTS, br.datasets.Dataset, br.testing.Report)
"""What users are given and never make: they have attributes instead of parameters."""


def public_objects() -> dict[str, Any]:
    """Return the public classes and functions, those of the public modules included."""
    objects: dict[str, Any] = {}
    for name in br.__all__:
        value = getattr(br, name)
        if isinstance(value, ModuleType):
            names = getattr(value, "__all__", [])
            objects |= {f"{name}.{inner}": getattr(value, inner) for inner in names}
        elif name != "__version__":
            objects[name] = value
    return {name: value for name, value in objects.items() if inspect.isclass(value) or inspect.isfunction(value)}


def methods() -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of the model and of what its verbs return."""
    for owner in (br.Model, br.Penalty, *RESULTS):
        for name, value in vars(owner).items():
            function = getattr(value, "fget", None) or getattr(value, "__func__", value)
            if not name.startswith("_") and inspect.isfunction(function):
                yield f"{owner.__name__}.{name}", value


OBJECTS = public_objects()
METHODS = dict(methods())


def function_of(value: Any) -> Any:
    return getattr(value, "fget", None) or getattr(value, "__func__", value)


def sections(value: Any) -> NumpyDocString:
    return NumpyDocString(inspect.getdoc(function_of(value)) or "")


def described(doc: NumpyDocString) -> set[str]:
    """Return the parameter names of a docstring; ``X, y : array`` describes two."""
    listed = [name for entry in doc["Parameters"] for name in entry.name.split(",")]
    return {name.strip().lstrip("*") for name in listed}


def raises_itself(function: Any) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(tree))


def test_the_public_names_are_there() -> None:
    assert {"Model", "compare", "convert", "L1", "datasets.diabetes"} <= set(OBJECTS)
    assert {"Model.fit", "Model.sample", "MapFit.params", "Posterior.summary"} <= set(METHODS)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_name_has_a_summary_and_its_parameters(name: str) -> None:
    value = OBJECTS[name]
    doc = sections(value)
    assert "".join(doc["Summary"]).strip(), f"{name} has no summary line"
    if inspect.isclass(value) and issubclass(value, Exception):
        return
    taken = set() if value in RECORDS else set(inspect.signature(value).parameters)
    assert taken <= described(doc), f"{name} does not describe {sorted(taken - described(doc))}"


@pytest.mark.parametrize("name", [name for name, value in OBJECTS.items() if inspect.isfunction(value)])
def test_a_public_function_says_what_it_returns(name: str) -> None:
    doc = sections(OBJECTS[name])
    assert doc["Returns"] or "".join(doc["Summary"]).startswith("Return "), f"{name} does not say what it returns"


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_name_has_an_example_that_runs(name: str) -> None:
    value = OBJECTS[name]
    if (inspect.isclass(value) and issubclass(value, Exception)) or value in RECORDS:
        return
    found = doctest.DocTestFinder(recurse=False).find(value, name)
    assert any(test.examples for test in found), f"{name} has no example"
    assert value.__module__.startswith("bayesreg."), "the run of the docstrings would not collect it"


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_documented_and_says_what_it_raises(name: str) -> None:
    value = METHODS[name]
    function = function_of(value)
    doc = sections(value)
    assert "".join(doc["Summary"]).strip(), f"{name} has no summary line"
    assert doc["Raises"] or not raises_itself(function), f"{name} does not say what it raises"


def test_every_error_descends_from_one_root() -> None:
    errors = [value for value in vars(br.errors).values() if inspect.isclass(value)]
    own = [value for value in errors if value.__module__ == "bayesreg.errors"]
    assert len(own) > 5
    for error in own:
        assert issubclass(error, br.errors.BayesRegError)
        assert inspect.getdoc(error)
