"""The table of data sets, as data, and the one reader of their files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import final

import pandas as pd


@final
@dataclass(frozen=True)
class Dataset:
    """One data set of the package.

    Attributes
    ----------
    name : str
        Name of its function and of its file.
    rows, columns : int
        Shape.
    response : str
        The column that is usually modelled, and its kind.
    origin, licence : str
        Where the numbers come from, and under what terms they are passed on.
    """

    name: str
    rows: int
    columns: int
    response: str
    origin: str
    licence: str


DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="breast_cancer",
        rows=569,
        columns=31,
        response="malignant (0/1)",
        origin="Wolberg, Mangasarian, Street and Street (1993), UCI repository, doi:10.24432/C5DW2B",
        licence="CC BY 4.0",
    ),
    Dataset(
        name="diabetes",
        rows=442,
        columns=11,
        response="target (continuous)",
        origin="Efron, Hastie, Johnstone and Tibshirani (2004), raw units, as in scikit-learn",
        licence="published with the paper without a licence of its own; passed on by scikit-learn (BSD-3-Clause)",
    ),
    Dataset(
        name="doctor_visits",
        rows=2019,
        columns=8,
        response="visits (count)",
        origin="RAND Health Insurance Experiment, every tenth row of statsmodels' randhie",
        licence="public domain",
    ),
    Dataset(
        name="penguins",
        rows=344,
        columns=8,
        response="body_mass_g (continuous)",
        origin="Gorman, Williams and Fraser (2014), Palmer Station LTER; palmerpenguins",
        licence="CC0 1.0",
    ),
    Dataset(
        name="vote_1996",
        rows=944,
        columns=10,
        response="dole (0/1)",
        origin="American National Election Studies of 1996, as statsmodels' anes96",
        licence="public domain",
    ),
)


def available() -> pd.DataFrame:
    """List the data sets.

    Returns
    -------
    pandas.DataFrame
        One row a data set: name, rows, columns, response, origin, licence.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.datasets.available()[["name", "rows", "columns"]]
                name  rows  columns
    0  breast_cancer   569       31
    1       diabetes   442       11
    2  doctor_visits  2019        8
    3       penguins   344        8
    4      vote_1996   944       10
    """
    return pd.DataFrame([asdict(dataset) for dataset in DATASETS])


def read(name: str) -> pd.DataFrame:
    """Return a fresh frame of the file ``name``.csv; "NA" is missing."""
    with (files("bayesreg.datasets") / "data" / f"{name}.csv").open("r", encoding="utf-8") as file:
        return pd.read_csv(file, na_values=["NA"], keep_default_na=False)
