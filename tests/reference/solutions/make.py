"""Make ``solutions.json``: solve every case by outside software, polish, check, and write numbers as text.

Run it from the repository, with CVXPY and Clarabel, which nothing else needs::

    uv run --with cvxpy-base --with clarabel python -m tests.reference.solutions.make

The package is not imported. A number has 21 digits; what is checked, to 1e-14, is the number as written.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.reference.solutions.cases import CASES
from tests.reference.solutions.optimality import KKT, SLACK, coordinates, optimality
from tests.reference.solutions.problem import make_problem, objective
from tests.reference.solutions.solve import solution_of

FILE = Path(__file__).with_name("solutions.json")
SOFTWARE = ("cvxpy-base", "clarabel", "numpy", "scipy")


def text(number):
    return np.format_float_scientific(number, precision=20, unique=False, trim="-") if number else "0"


def solved(case, multiplier):
    """Return the record of one strength, checked as it is written.

    Raises
    ------
    ArithmeticError
        If the written numbers do not meet the conditions of optimality to 1e-14.
    """
    problem = make_problem(case, multiplier)
    written = [text(b) for b in problem.back @ solution_of(problem)]
    nonzero = {name: b for name, b in zip(problem.names, written, strict=True) if b != "0"}
    u = coordinates(problem, nonzero)
    found = optimality(problem, u)
    if not (found.kkt <= KKT and found.slack >= SLACK):
        raise ArithmeticError(f"{case['name']} at {multiplier}: {found}")
    return {
        "multiplier": multiplier,
        "objective": text(objective(problem, u)),
        "kkt": found.kkt,
        "slack": min(found.slack, 1.0),
        "coefficients": nonzero,
    }


def main():
    records = []
    for case in CASES:
        start = time.perf_counter()
        points = [solved(case, multiplier) for multiplier in case.get("path", [1.0])]
        records.append({**case, "solutions": points})
        worst = max(point["kkt"] for point in points)
        sys.stdout.write(f"{case['name']}: kkt {worst:.1e}, {time.perf_counter() - start:.1f} s\n")
    made = {"python": sys.version.split()[0]} | {name: version(name) for name in SOFTWARE}
    lines = ",\n".join(json.dumps(record) for record in records)
    FILE.write_text(f'{{"made_with": {json.dumps(made)},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
