"""The two array namespaces agree function by function, at ordinary values and at the ends."""

from dataclasses import fields

import numpy as np
import pytest

from bayesreg.xp import NUMPY, pytensor_namespace

X = np.array([-700.0, -30.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0, 30.0, 700.0])
POSITIVE = X[X > 0.0]
ARGUMENTS = {
    "abs": (X,),
    "exp": (X,),
    "log": (POSITIVE,),
    "log1p": (np.array([-0.99, -1e-9, 0.0, 1e-9, 1.0, 1e8]),),
    "expm1": (X,),
    "sin": (X,),
    "logdet": (np.array([[2.0, 0.5], [0.5, 1.0]]),),
    "sqrt": (POSITIVE,),
    "where": (X > 0.0, X, 2.0 * X),
    "maximum": (X, 0.0 * X),
    "sum": (X,),
    "sort": (X[::-1].copy(),),
    "softplus": (X,),
    "expit": (X,),
    "erfcx": (np.array([-3.0, 0.0, 0.5, 5.0, 50.0, 1e8]),),
    "gammaln": (np.array([0.5, 1.0, 3.0, 100.0, 1e6]),),
    "xlogy": (np.array([0.0, 0.0, 1.0, 2.0]), np.array([0.0, 2.0, 0.5, 3.0])),
}


def test_every_function_has_arguments_here():
    assert set(ARGUMENTS) == {item.name for item in fields(NUMPY)} - {"name"}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_namespaces_agree(name):
    import pytensor
    import pytensor.tensor as pt

    values = [np.asarray(value) for value in ARGUMENTS[name]]
    inputs = [pt.tensor(dtype=str(value.dtype), shape=(None,) * value.ndim) for value in values]
    output = getattr(pytensor_namespace(), name)(*inputs)
    mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
    got = pytensor.function(inputs, output, mode=mode)(*ARGUMENTS[name])
    expected = getattr(NUMPY, name)(*ARGUMENTS[name])
    assert np.all(np.isfinite(expected))
    np.testing.assert_allclose(got, expected, rtol=1e-13, atol=0.0)
