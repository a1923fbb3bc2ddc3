"""Make ``exports.json``: write models out for glmnet, brms and Stan, run the texts in R, keep what they return.

Run it from the repository after a change of an exported text, with the R packages that `make` names::

    uv run python -m tests.reference.packages.make_exports

A text whose hash is the stored one is not run again, unless ``--all`` is given. Kept are the coefficients of glmnet,
and log densities at three points of the programs of brms and Stan. Stan programs take a minute each to compile.
"""

import hashlib
import json
import re
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reference.packages.exports import DENSITY, MODELS, VALUES, model_of, points_of
from tests.reference.packages.make import run

FILE = Path(__file__).with_name("exports.json")


def digest(text):
    """Return the hash that is stored with what a text returned; numbers count to eight digits.

    An estimated dispersion is in the text, and its last digits depend on the machine.
    """
    rounded = re.sub(r"\d+\.\d+(e[-+]?\d+)?", lambda found: f"{float(found[0]):.8g}", text)
    return hashlib.sha256(rounded.encode()).hexdigest()


def stored():
    """Return the stored record of each model and target."""
    return (
        {(one["model"], one["target"]): one for one in json.loads(FILE.read_text())["cases"]} if FILE.exists() else {}
    )


def case_of(name, target):
    """Return what R needs: the text, and the parameters of the points by name."""
    model = model_of(name)
    text = model.export(target)
    case = {"name": f"{name}_{target}", "model": name, "target": target, "text": text, "sha256": digest(text)}
    if target in DENSITY:
        points = points_of(model)
        case["points"] = [VALUES[target](model, beta, sigma) for beta, sigma in points]
        case["at"] = [{"beta": beta.tolist(), "sigma": sigma} for beta, sigma in points]
    return case


def main(everything):
    wanted = [(name, target) for name, (*_, targets) in MODELS.items() for target in targets]
    kept = {} if everything else stored()
    cases = [case_of(name, target) for name, target in wanted]
    new = [case for case in cases if kept.get((case["model"], case["target"]), {}).get("sha256") != case["sha256"]]
    with TemporaryDirectory() as folder:
        for case in new:
            MODELS[case["model"]][1]().to_csv(Path(folder) / f"{case['name']}.csv", index=False)
        (Path(folder) / "cases.json").write_text(json.dumps(new))
        made = run("exports", Path(folder), "")
    written = made["made_with"] | {"date": date.today().isoformat()}
    for case, fit in zip(new, made["fits"], strict=True):
        record = {key: case[key] for key in ("model", "target", "sha256", "at") if key in case}
        kept[case["model"], case["target"]] = record | {"made_with": written, "fit": fit}
    lines = ",\n".join(json.dumps(kept[key]) for key in wanted)
    FILE.write_text(f'{{"cases": [\n{lines}\n]}}\n')
    sys.stdout.write(f"{len(new)} texts run, {len(wanted)} kept\n")


if __name__ == "__main__":
    main("--all" in sys.argv[1:])
