import numpy as np
import pytest
from sklearn.datasets import load_diabetes


@pytest.fixture(scope="session")
def raw():
    """The diabetes data: 442 rows, 10 columns of very different scales."""
    return load_diabetes(return_X_y=True, scaled=False)


@pytest.fixture(scope="session")
def standardised(raw):
    X, y = raw
    return (X - X.mean(axis=0)) / X.std(axis=0), y


@pytest.fixture(scope="session")
def binary(standardised):
    X, y = standardised
    return X, (y > 140.0).astype(float)


@pytest.fixture(scope="session")
def counts(standardised):
    X, y = standardised
    return X, np.round(y / 25.0)
