"""How to read the fits of each package: one file a package, found by the top-level module of the fit's class.

A reader is a module with ``read(estimator, given: Given) -> FittedModel``. It raises `UnsupportedError` where no
model has the fit as its mode, saying why and what to do. It imports nothing of the package that it reads.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bayesreg.conventions.fitted import FittedModel, Given
from bayesreg.errors import InputError, UnsupportedError

READERS: dict[str, str] = {
    "sklearn": "bayesreg.conventions.readers.sklearn",
    "statsmodels": "bayesreg.conventions.readers.statsmodels",
    "glum": "bayesreg.conventions.readers.glum",
    "celer": "bayesreg.conventions.readers.celer",
    "skglm": "bayesreg.conventions.readers.skglm",
}
"""Top-level module of the class of a fit, or of a class that it inherits from -> module that reads it."""


def read(estimator: Any, given: Given) -> FittedModel:
    """Return the record of a fit made elsewhere.

    Parameters
    ----------
    estimator : object
        A fitted estimator, or a results object.
    given : Given
        Data, weights and facts that the caller has added.

    Raises
    ------
    InputError
        If it is not fitted, a fact is needed and missing, or one is given that has no use.
    DataError
        If the data are not those of the fit.
    UnsupportedError
        If its package is not known, or its fit is not the mode of a model that can be stated.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Lasso
    >>> from bayesreg.conventions.fitted import Given
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> read(Lasso(alpha=0.5).fit(X, [1.0, 2.0, 2.0, 4.0]), Given(n=4)).rate
    array([2.])
    """
    reading: FittedModel = import_module(module_of(estimator)).read(estimator, given)
    unused = [name for name in given.facts if name not in reading.used]
    if unused:
        raise InputError(
            f"{unused[0]}={given.facts[unused[0]]!r} is not used: {reading.source} needs "
            f"{', '.join(reading.used) or 'nothing of that kind'}. Leave it out."
        )
    if given.n is not None and not reading.per_row:
        raise InputError(f"n={given.n!r} is not used: {reading.setting} is a strength per data set. Leave it out.")
    for name in ("weights", "offset"):
        if getattr(given, name) is not None and getattr(reading, name) is None and name not in reading.used:
            raise InputError(f"{name}= is not used: {reading.source} can not have been fitted with it. Leave it out.")
    return reading


def module_of(estimator: Any) -> str:
    """Return the module that reads a fit: by its class, or the nearest class that it inherits from.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> module_of(Ridge())
    'bayesreg.conventions.readers.sklearn'
    """
    for law in type(estimator).__mro__:
        package = law.__module__.partition(".")[0]
        if package in READERS:
            return READERS[package]
    kind = type(estimator)
    raise UnsupportedError(
        f"{kind.__module__.partition('.')[0]}.{kind.__name__} can not be read: fits of {', '.join(READERS)} can. Give "
        "the strength itself to br.from_package(...), and the data to br.Model(...)."
    )
