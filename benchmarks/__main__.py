"""The command line: ``python -m benchmarks map`` and ``posterior`` measure, ``report`` writes the tables of ``map``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.threads import ONE_THREAD

RESULTS = Path(__file__).parent / "results"


def run_map(options: argparse.Namespace) -> None:
    """Measure, and write a file after every problem, so that what is done stays; named problems replace their own."""
    from benchmarks import machine
    from benchmarks.adapters import ADAPTERS
    from benchmarks.cold import measure_cold
    from benchmarks.measure import Options, measure
    from benchmarks.problems import PROBLEMS

    known = [*PROBLEMS, "cold"]
    names = options.problems or known
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"There is no problem {', '.join(unknown)}; there are {', '.join(known)}.")
    strangers = sorted({name.partition(":")[0] for name in options.solvers} - set(ADAPTERS))
    if strangers:
        sys.exit(f"There is no package {', '.join(strangers)}; there are {', '.join(ADAPTERS)}.")
    asked = Options(options.repeats, options.limit, options.memory, tuple(options.solvers))
    file = options.out or RESULTS / ("quick.json" if options.quick else "map.json")
    here = machine.describe()
    old = json.loads(file.read_text(encoding="utf-8")) if options.problems and file.exists() else None
    before = {} if old is None else old["problems"]
    if old is not None:  # a package that was there for other problems
        here["versions"] = old["machine"]["versions"] | here["versions"]
    record = {"machine": here, "quick": options.quick, "repeats": options.repeats, "problems": before}
    for name in names:
        say(name)
        made = measure_cold(asked, say) if name == "cold" else measure(PROBLEMS[name](options.quick), asked, say)
        measured = {"date": here["date"], "commit": here["commit"], "repeats": options.repeats}
        record["problems"][name] = made | {"measured": measured}
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    say(f"written: {file}")


def run_posterior(options: argparse.Namespace) -> None:
    """Sample, and write a file and its table after every problem; named problems replace their own."""
    from benchmarks import machine
    from benchmarks.measure import Options
    from benchmarks.posterior.adapters import CONTESTANTS
    from benchmarks.posterior.measure import measure
    from benchmarks.posterior.problems import PROBLEMS
    from benchmarks.posterior.report import markdown

    for given, known, what in ((options.problems, PROBLEMS, "problem"), (options.packages, CONTESTANTS, "package")):
        unknown = sorted(set(given) - set(known))
        if unknown:
            sys.exit(f"There is no {what} {', '.join(unknown)}; there are {', '.join(known)}.")
    asked = Options(options.repeats, options.limit, options.memory, tuple(options.packages))
    file = options.out or RESULTS / ("posterior_quick.json" if options.quick else "posterior.json")
    here = machine.describe(CONTESTANTS)
    before = json.loads(file.read_text(encoding="utf-8"))["problems"] if options.problems and file.exists() else {}
    record = {"machine": here, "quick": options.quick, "repeats": options.repeats, "problems": before}
    for name in options.problems or PROBLEMS:
        say(name)
        made = measure(PROBLEMS[name](options.quick), asked, say)
        record["problems"][name] = made | {"measured": {"date": here["date"], "commit": here["commit"]}}
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        file.with_suffix(".md").write_text(markdown(record), encoding="utf-8")
    say(f"written: {file}")


def run_report(options: argparse.Namespace) -> None:
    """Write the tables of a result beside it."""
    from benchmarks.report import markdown, rst

    record = json.loads(options.file.read_text(encoding="utf-8"))
    for ending, write in ((".md", markdown), (".rst", rst)):
        target = options.file.with_suffix(ending)
        target.write_text(write(record), encoding="utf-8")
        say(f"written: {target}")


def say(text: str) -> None:
    """Tell how far the measurement is."""
    print(text, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """Return the commands; each names the function that runs it."""
    root = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    commands = root.add_subparsers(required=True)
    made = commands.add_parser("map", help="modes: problems x solvers x certificate")
    made.add_argument("--problems", nargs="*", default=[], help="all by default")
    made.add_argument("--solvers", nargs="*", default=[], help="packages, or package:setting; all by default")
    made.add_argument("--repeats", type=int, default=5, help="runs after the first")
    made.add_argument("--out", type=Path, help="default benchmarks/results/map.json, or quick.json")
    made.add_argument("--quick", action="store_true", help="small problems, to see that everything runs")
    made.add_argument("--limit", type=float, default=300.0, help="seconds a run may take")
    made.add_argument("--memory", type=float, default=16.0, help="gigabytes of address space a solver may use")
    made.set_defaults(run=run_map)
    drawn = commands.add_parser("posterior", help="posteriors: from a data frame to draws")
    drawn.add_argument("--problems", nargs="*", default=[], help="all by default")
    drawn.add_argument("--packages", nargs="*", default=[], help="all by default")
    drawn.add_argument("--repeats", type=int, default=3, help="runs after the first")
    drawn.add_argument("--out", type=Path, help="default benchmarks/results/posterior.json, or posterior_quick.json")
    drawn.add_argument("--quick", action="store_true", help="small problems, to see that everything runs")
    drawn.add_argument("--limit", type=float, default=560.0, help="seconds a run may take")
    drawn.add_argument("--memory", type=float, default=32.0, help="gigabytes of address space a package may use")
    drawn.set_defaults(run=run_posterior)
    told = commands.add_parser("report", help="write tables from a result")
    told.add_argument("file", type=Path, nargs="?", default=RESULTS / "map.json")
    told.set_defaults(run=run_report)
    return root


def main(arguments: list[str] | None = None) -> None:
    """Run a command."""
    os.environ.update(ONE_THREAD)
    chosen = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = chosen.run
    run(chosen)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that solvers end and their files go
    main()
