"""The commands and their options; the work is in the modules that they import when they run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from bayesreg.errors import BayesRegError

app = typer.Typer(
    name="bayesreg",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FORMULA = (
    "For example 'target ~ age + bmi', or 'target ~ .' for all columns. Marks name the penalty of terms: "
    "'target ~ flat(age) + l1(., lam=500)'."
)
Formula = Annotated[str, typer.Argument(help=FORMULA)]
Data = Annotated[str, typer.Argument(help="A CSV or Parquet file.")]
PenaltyName = Literal[
    "l1",
    "l2",
    "elastic-net",
    "bridge",
    "log-penalty",
    "mcp",
    "scad",
    "smooth",
    "group",
    "sparse-group",
    "fused",
    "slope",
    "firth",
    "none",
]
PENALTY = "The penalty of the terms without a mark of their own, which is also their prior."
PenaltyOption = Annotated[PenaltyName, typer.Option("--penalty", help=PENALTY)]
Lam = Annotated[str | None, typer.Option(help="Its strength in loss units, per data set: a number.")]
L1Ratio = Annotated[
    float | None, typer.Option(help="Share of the absolute value; elastic-net and sparse-group only. [0.5]")
]
FamilyName = Annotated[str, typer.Option(help="gaussian, bernoulli, poisson, negative_binomial or student_t.")]
Standardize = Annotated[bool, typer.Option(help="Penalise effects per standard deviation of a column.")]
Missing = Annotated[
    Literal["raise", "drop"], typer.Option(help="Rows with missing values: refuse them, or leave them out.")
]
Seed = Annotated[int, typer.Option(help="Seed of the posterior draws.")]
Draws = Annotated[int, typer.Option(min=1, help="Posterior draws per chain.")]
Picture = Annotated[Path | None, typer.Option("--out", help="Write the picture to this file (.png, .pdf, .svg).")]


def _print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from bayesreg import __version__

        typer.echo(f"bayesreg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Regression by formula where every penalty is also its prior."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("bayesreg-demo"),
    seed: Seed = 1,
    draws: Draws = 1000,
) -> None:
    """Fit the diabetes data three ways, say why they differ, and draw two pictures."""
    from bayesreg.cli.demo import run_demo

    run_demo(out, seed=seed, draws=draws)


@app.command()
def fit(
    formula: Formula,
    data: Data,
    penalty: PenaltyOption = "none",
    lam: Lam = None,
    l1_ratio: L1Ratio = None,
    family: FamilyName = "gaussian",
    standardize: Standardize = True,
    missing: Missing = "raise",
) -> None:
    """Fit one model: the mode under its penalty, or the classical fit without one."""
    from bayesreg.cli.commands import make_model, make_penalty, print_fit

    law = make_penalty(penalty, lam, l1_ratio)
    print_fit(make_model(formula, data, law, family=family, standardize=standardize, missing=missing))


@app.command()
def path(
    formula: Formula,
    data: Data,
    penalty: PenaltyOption = "l1",
    l1_ratio: L1Ratio = None,
    family: FamilyName = "gaussian",
    standardize: Standardize = True,
    missing: Missing = "raise",
    n_lams: Annotated[int, typer.Option(min=2, help="Strengths on the path.")] = 100,
    out: Picture = None,
) -> None:
    """Fit a model at every strength of its penalty."""
    from bayesreg.cli.commands import make_model, make_open_penalty, print_path

    law = make_open_penalty(penalty, l1_ratio)
    print_path(
        make_model(formula, data, law, family=family, standardize=standardize, missing=missing), n_lams=n_lams, out=out
    )


@app.command()
def compare(
    formula: Formula,
    data: Data,
    penalty: PenaltyOption = "none",
    lam: Lam = None,
    l1_ratio: L1Ratio = None,
    family: FamilyName = "gaussian",
    standardize: Standardize = True,
    missing: Missing = "raise",
    seed: Seed = 1,
    draws: Draws = 1000,
    out: Picture = None,
) -> None:
    """Set the classical fit, the mode and the posterior of one model side by side."""
    from bayesreg.cli.commands import make_model, make_penalty, print_comparison

    law = make_penalty(penalty, lam, l1_ratio)
    model = make_model(formula, data, law, family=family, standardize=standardize, missing=missing)
    print_comparison(model, seed=seed, draws=draws, out=out)


@app.command()
def export(
    formula: Formula,
    data: Data,
    target: Annotated[
        Literal["pymc", "stan", "brms", "bambi", "glmnet", "sklearn", "statsmodels"],
        typer.Option("--to", help="The package to write the model for."),
    ],
    penalty: PenaltyOption = "none",
    lam: Lam = None,
    l1_ratio: L1Ratio = None,
    family: FamilyName = "gaussian",
    standardize: Standardize = True,
    missing: Missing = "raise",
) -> None:
    """Write one model as text of another package, which runs there on a data frame named data."""
    from bayesreg.cli.commands import make_model, make_penalty, print_export

    law = make_penalty(penalty, lam, l1_ratio)
    model = make_model(formula, data, law, family=family, standardize=standardize, missing=missing, quiet=True)
    print_export(model, target)


@app.command()
def convert(
    value: Annotated[float, typer.Argument(help="The number to translate.")],
    source: Annotated[str, typer.Option("--from", help="For example sklearn.Lasso.alpha.")],
    target: Annotated[str, typer.Option("--to", help="For example bayesreg.L1.lam.")],
    fact: Annotated[list[str] | None, typer.Option(help="What it depends on, such as n=442; may be repeated.")] = None,
) -> None:
    """Translate one package's strength into another's."""
    from bayesreg.cli.commands import print_conversion

    print_conversion(value, source=source, target=target, facts=fact or [])


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the package's errors become one message on stderr and exit code 2.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those of the process.

    Raises
    ------
    SystemExit
        Always: 0 on success, 2 where the input is refused.

    Examples
    --------
    >>> facts = ["--from", "sklearn.Lasso.alpha", "--to", "bayesreg.L1.lam", "--fact", "n=442"]
    >>> try:
    ...     run(["convert", "0.5", *facts])
    ... except SystemExit as stop:
    ...     print("exit code", stop.code)
    221
    exit code 0
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="bayesreg")
    except BayesRegError as error:
        typer.echo(f"bayesreg: {error}", err=True)
        raise SystemExit(2) from None
