"""Fit the cases of adelie: ``python make_adelie.py FOLDER``, run by `make` under a Python that has adelie.

It reads ``cases.json`` and one CSV file a case, and writes ``fits.json``. Nothing of the repository is imported.
"""

import csv
import json
import sys
from importlib.metadata import version
from pathlib import Path

import adelie as ad
import numpy as np

TIGHT = {"tol": 1e-24, "irls_tol": 1e-20, "early_exit": False, "progress_bar": False, "adev_tol": 1.0}
STEPS = np.array([10.0, 3.0, 1.0])
GLM = {"gaussian": ad.glm.gaussian, "binomial": ad.glm.binomial, "poisson": ad.glm.poisson}


def columns(file):
    with open(file, newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def fit(case, data):
    """Return coefficients and intercept at the end of a short decreasing path."""
    X = np.asfortranarray(np.column_stack([data[name] for name in data if name.startswith("x")]))
    weights = data["w"] / data["w"].sum()
    state = ad.grpnet(
        X,
        GLM[case["family"]](data["y"], weights=weights),
        groups=np.array(case["groups"]) if "groups" in case else None,
        penalty=np.array(case["penalty"]) if "penalty" in case else None,
        alpha=case["alpha"],
        offsets=data["o"],
        intercept=case.get("intercept", True),
        lmda_path=case["lmda"] * STEPS,
        **TIGHT,
    )
    return {
        "coefficients": [f"{b:.17g}" for b in state.betas[-1].toarray().ravel()],
        "intercept": f"{state.intercepts[-1]:.17g}",
    }


def main(folder):
    cases = json.loads((folder / "cases.json").read_text())
    fits = [fit(case, columns(folder / f"{case['name']}.csv")) for case in cases]
    made = {"python": sys.version.split()[0], "adelie": version("adelie"), "numpy": version("numpy")}
    (folder / "fits.json").write_text(json.dumps({"made_with": made, "fits": fits}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
