"""The parts of the pages that come from the package's own data, written before Sphinx reads the pages."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from make_dictionary import dictionary_rst, firth_rst, overview_rst, write_pictures
from tables import conventions_rst, functions_rst, support_rst
from translations import asked_rst, export_rst, exports_rst

import bayesreg

SECTIONS = {
    "Models and comparison": ("Model", "compare", "inflation", "bayes_factor", "Weights", "Family", "Folds"),
    "Penalties and priors": ("L1", "Laplace", "L2", "Normal", "ElasticNet", "ElasticNetPrior", "Flat", "Penalty"),
    "Heavy tails and selection": (
        "Bridge",
        "GeneralizedNormal",
        "LogPenalty",
        "GeneralizedDoublePareto",
        "MCP",
        "SCAD",
        "SpikeSlabLasso",
        "adaptive_weights",
        "StudentT",
        "Cauchy",
        "SpikeSlab",
        "Horseshoe",
        "RegularizedHorseshoe",
        "R2D2",
    ),
    "Groups, chains and sorted sizes": (
        "GroupLasso",
        "GroupLaplace",
        "SparseGroupLasso",
        "SparseGroupLaplace",
        "FusedLasso",
        "FusedLaplace",
        "SLOPE",
        "SortedLaplace",
    ),
    "Quadratic forms, and priors from the design": (
        "Tikhonov",
        "MultivariateNormal",
        "Smooth",
        "RandomWalk",
        "GPrior",
        "Dropout",
        "EarlyStopping",
    ),
    "Corrections of the likelihood": ("Firth",),
    "Priors of a strength that is learned": (
        "R2",
        "PenalizedComplexity",
        "HalfCauchy",
        "HalfNormal",
        "Gamma",
        "UserHyperprior",
        "Hyperprior",
    ),
    "Priors of sigma": ("HalfT", "Exponential", "InverseGamma"),
    "Other packages": ("convert", "from_package", "implied_prior", "conventions.to_package", "conventions.table"),
}
RESULTS = (
    "~results.mle_fit.MleFit",
    "~results.map_fit.MapFit",
    "~results.path_fit.PathFit",
    "~results.posterior_path.PosteriorPath",
    "~results.selection.Selection",
    "~results.ratio_selection.RatioSelection",
    "~results.strength_axis.StrengthAxis",
    "~results.components.Components",
    "~results.validation.Validation",
    "~results.relaxed.RelaxedFit",
    "~results.relaxed_selection.RelaxedSelection",
    "~results.inflation.Inflation",
    "~results.posterior.Posterior",
    "~results.comparison.Comparison",
)


def autosummary(names: list[str]) -> str:
    """Return an autosummary directive with a page a name."""
    return "\n".join([".. autosummary::", "   :toctree: generated", "", *(f"   {name}" for name in names), ""])


def section(title: str, body: str) -> str:
    """Return a section."""
    return f"{title}\n{'-' * len(title)}\n\n{body}\n"


def reference() -> str:
    """Return the reference: every public name, by subject, then the public modules and what the verbs return.

    Raises
    ------
    LookupError
        If a public name has no section.
    """
    modules = {name: value for name in bayesreg.__all__ if isinstance(value := getattr(bayesreg, name), ModuleType)}
    listed = {name for names in SECTIONS.values() for name in names}
    missing = set(bayesreg.__all__) - listed - set(modules) - {"__version__"}
    if missing:
        raise LookupError(f"SECTIONS of docs/pages.py lacks {sorted(missing)}.")
    parts = [section(title, autosummary(list(names))) for title, names in SECTIONS.items()]
    parts.append(section("What the verbs return", autosummary(list(RESULTS))))
    for name, module in modules.items():
        inner = getattr(module, "__all__", None) or [
            key for key, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
        ]
        callables = [key for key in inner if callable(getattr(module, key))]
        parts.append(section(f"bayesreg.{name}", autosummary([f"{name}.{key}" for key in callables])))
    return "\n".join(["Reference", "=========", "", ".. currentmodule:: bayesreg", "", *parts])


def benchmarks_rst(root: Path) -> str:
    """Return the tables that ``python -m benchmarks report`` wrote; a sentence where nothing was measured."""
    file = root / "benchmarks" / "results" / "map.rst"
    return file.read_text(encoding="utf-8") if file.exists() else "This copy holds no measurements yet.\n"


def write(folder: Path) -> None:
    """Write the reference and the parts of pages; what has not changed is left alone, and not read again by Sphinx."""
    parts = {
        "generated/support.inc": support_rst(),
        "generated/conventions.inc": conventions_rst(),
        "generated/asked.inc": asked_rst(),
        "generated/export.inc": export_rst(),
        "generated/exports.inc": exports_rst(),
        "generated/functions.inc": functions_rst(),
        "generated/dictionary.inc": dictionary_rst(),
        "generated/overview.inc": overview_rst(),
        "generated/firth.inc": firth_rst(),
        "generated/benchmarks.inc": benchmarks_rst(folder.parent),
        "reference/index.rst": reference(),
    }
    for name, text in parts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    _draw_path(folder / "generated" / "path.png")
    write_pictures(folder / "generated" / "dictionary")


def _draw_path(file: Path) -> None:
    """Draw the path of the tutorial."""
    formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
    path = bayesreg.Model(formula, bayesreg.datasets.diabetes(), penalty=bayesreg.L1()).path(n_lams=50)
    path.plot().savefig(file, dpi=110, bbox_inches="tight")
