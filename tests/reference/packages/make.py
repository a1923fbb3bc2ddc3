"""Make the json files of stored fits: write each case as a CSV file, let the package fit it, keep its numbers.

Run it from the repository, where ``Rscript`` has the packages (Debian: ``r-cran-glmnet``, ``r-cran-mass``,
``r-cran-lasso2``, ``r-cran-rstanarm``, ``r-cran-brms``, ``r-cran-jsonlite``, and ``g++`` for the Stan programs)::

    uv run python -m tests.reference.packages.make glmnet mass lasso2 rstanarm brms
    uv run python -m tests.reference.packages.make adelie --python "uv run --no-project -p 3.12 --with adelie python"

Numbers are written with 17 digits. bayesreg is not imported.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reference.packages.cases import PACKAGES
from tests.reference.packages.data import columns_of, sample_of

HERE = Path(__file__).parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
QUICK = "CXX14FLAGS = -O0 -w\n"  # how the Stan programs are compiled: they run once


def write(folder, cases):
    (folder / "cases.json").write_text(json.dumps(cases))
    for case in cases:
        columns = columns_of(sample_of(case))
        rows = zip(*[[repr(float(number)) for number in column] for column in columns.values()], strict=True)
        lines = [",".join(columns), *(",".join(row) for row in rows)]
        (folder / f"{case['name']}.csv").write_text("\n".join(lines) + "\n")


def run(package, folder, python):
    """Let the package fit the cases of a folder; return its record."""
    adelie = [*shlex.split(python), str(HERE / "make_adelie.py"), str(folder)]
    command = adelie if package == "adelie" else ["Rscript", str(HERE / "make.R"), package, str(HERE), str(folder)]
    (folder / "Makevars").write_text(QUICK)
    settings = ONE_THREAD | {"R_MAKEVARS_USER": str(folder / "Makevars")}
    subprocess.run(command, check=True, env=os.environ | settings)
    return json.loads((folder / "fits.json").read_text())


def main(packages, python):
    for package in packages:
        cases = PACKAGES[package]
        with TemporaryDirectory() as folder:
            write(Path(folder), cases)
            made = run(package, Path(folder), python)
        lines = ",\n".join(json.dumps(case | {"fit": fit}) for case, fit in zip(cases, made["fits"], strict=True))
        with_date = json.dumps(made["made_with"] | {"date": date.today().isoformat()})
        (HERE / f"{package}.json").write_text(f'{{"made_with": {with_date},\n"cases": [\n{lines}\n]}}\n')
        sys.stdout.write(f"{package}: {len(cases)} fits\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", choices=sorted(PACKAGES))
    parser.add_argument("--python", default=sys.executable, help="a Python that has adelie")
    given = parser.parse_args()
    main(given.packages, given.python)
