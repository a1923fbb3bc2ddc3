"""The text for glmnet runs in R, and its coefficients are the mode of the model."""

import shutil
import subprocess

import numpy as np
import pytest

from bayesreg.export import export_table
from tests.export.models import frame, model_of

RSCRIPT = shutil.which("Rscript")
LAWS = {"gaussian": ("L1", "Normal", "ElasticNet"), "bernoulli": ("ElasticNet",), "poisson": ("L2",)}
CELLS = [
    (cell.family, cell.law, cell.feature)
    for cell in export_table()
    if cell.target == "glmnet" and cell.works and cell.law in LAWS[cell.family]
]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return the coefficients of every cell, from one R process."""
    if RSCRIPT is None:
        pytest.skip("R is not installed")
    folder = tmp_path_factory.mktemp("glmnet")
    frame().to_csv(folder / "frame.csv", index=False)
    lines = ['if (!requireNamespace("glmnet", quietly = TRUE)) quit(status = 3)']
    for k, cell in enumerate(CELLS):
        text = model_of(*cell).export("glmnet", data="table").replace("print(params, digits = 15)", "")
        lines += [
            f'table <- read.csv("{folder}/frame.csv")',
            text,
            f'write(format(params, digits = 17), "{folder}/{k}")',
        ]
    script = folder / "cells.R"
    script.write_text("\n".join(lines))
    done = subprocess.run([RSCRIPT, str(script)], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip("glmnet is not installed")
    assert done.returncode == 0, done.stderr
    return {cell: np.array((folder / str(k)).read_text().split(), dtype=float) for k, cell in enumerate(CELLS)}


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_the_call_finds_the_mode(fitted, cell):
    model = model_of(*cell)
    found = fitted[cell] if model.resolved.intercept else fitted[cell][1:]
    # thresh = 1e-20 of the null deviance bounds the change of a coefficient in one sweep
    assert np.abs(found - model.fit().params.to_numpy()).max() <= 1e-6


def test_the_text_says_where_the_response_scale_comes_in():
    text = model_of("gaussian", "ElasticNet", "").export("glmnet")
    assert "s_y <- sqrt(mean((y - mean(y))^2))" in text
    assert "s_y" not in model_of("gaussian", "L1", "").export("glmnet")
    assert "s_y" not in model_of("bernoulli", "ElasticNet", "").export("glmnet")
