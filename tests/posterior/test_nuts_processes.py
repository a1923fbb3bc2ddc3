"""The same seed gives the same draws in every process, whether the compiler's cache is cold or warm."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import bayesreg as br
model = br.Model("target ~ bmi + bp + s5", br.datasets.diabetes(), penalty=br.L1(500.0))
print(repr(float(model.sample(draws=200, tune=200, seed=1).params.sum())))
"""


@pytest.mark.slow
def test_a_cold_and_a_warm_compiler_cache_give_the_same_draws(tmp_path):
    home = {**os.environ, "HOME": str(tmp_path), "PYTENSOR_FLAGS": f"base_compiledir={tmp_path}/pytensor"}
    runs = [
        subprocess.run([sys.executable, "-c", SCRIPT], env=home, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
