"""The stored fits, and our models of the same data."""

import json
from pathlib import Path

import numpy as np
import pytest

import bayesreg as br
from bayesreg.objective import LogJoint
from tests.reference.packages.data import sample_of

FAMILY = {
    "gaussian": "gaussian",
    "bernoulli": "bernoulli",
    "gaussian()": "gaussian",
    "binomial": "bernoulli",
    "poisson": "poisson",
}
OBJECTIVE = 1e-12  # relative: rounding of a sum over 442 rows


def cases_of(package):
    """Return the decorator that runs a test for every stored case of a package."""
    cases = json.loads((Path(__file__).parent / f"{package}.json").read_text())["cases"]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def numbers(values):
    return np.array(values, dtype=float)


def rows_of(sample):
    """Return the number of rows, or the sum of their weights."""
    return float(sample.y.size if sample.weights is None else sample.weights.sum())


def moment(sample, values, *, centred):
    """Return the weighted 1/n standard deviation, or the root mean square, of one value a row."""
    weights = np.ones(sample.y.size) if sample.weights is None else sample.weights
    values = values - np.average(values, weights=weights) if centred else values
    return float(np.sqrt(np.average(values**2, weights=weights)))


def model_of(case, penalty, *, standardize, **options):
    """Return our model of a case: its columns, weights, offset and family under a penalty."""
    sample = sample_of(case)
    columns = [j - 1 for j in case["columns"]] if "columns" in case else list(range(len(sample.names)))
    return br.Model.from_arrays(
        sample.X[:, columns],
        sample.y,
        names=[sample.names[j] for j in columns],
        penalty=penalty,
        family=FAMILY[case.get("family", "gaussian")],
        intercept=case.get("intercept", True),
        weights=None if sample.weights is None else br.Weights(sample.weights, kind="precision"),
        offset=sample.offset,
        standardize=standardize,
        **options,
    )


def assert_same_mode(model, coefficients, intercept, tolerance):
    """Compare coefficients per standard deviation of their column, the set that is not 0, and the objective."""
    fit = model.fit()
    start = int(fit.resolved.intercept)
    beta = numbers([intercept, *coefficients])[1 - start :]
    ours, sd = fit.params.to_numpy(), model.design.X.std(axis=0)
    assert np.abs((ours - beta)[start:] * sd).max() <= tolerance * np.abs(beta[start:] * sd).max()
    assert np.array_equal(ours[start:] != 0.0, beta[start:] != 0.0)
    theirs = LogJoint(model.design, fit.resolved).objective(beta)
    assert fit.objective <= theirs * (1.0 + OBJECTIVE)
    assert theirs <= fit.objective * (1.0 + max(OBJECTIVE, tolerance**2))
    assert fit.certificate.ok, fit.status
