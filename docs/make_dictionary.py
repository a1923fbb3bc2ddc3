"""Write the dictionary of penalties and priors: formulas, traits, representations, sources, pictures."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from dictionary_entries import ENTRIES, Entry
from dictionary_pictures import bound_law, draw_diamond, draw_entry, draw_firth
from numpydoc.docscrape import NumpyDocString
from tables import cells_of, list_table

from bayesreg.corrections import Correction, Firth
from bayesreg.errors import UnsupportedError
from bayesreg.penalties import REGISTRY, Penalty
from bayesreg.penalties.mixture_only import MixtureOnly

TRAITS = (
    ("convex", "convex", "not convex"),
    ("smooth", "smooth", "has kinks"),
    ("separable", "a sum over coefficients", "one function of the whole block"),
    ("sparse", "modes have exact zeros", "no exact zeros"),
    ("proper", "a proper prior", "an improper prior"),
)
"""A property, and how the page says that a law has it or lacks it."""
REASONS = ("no_mode", "no_density", "from_design", "not_learned")


def entries() -> tuple[Entry, ...]:
    """Return the entries whose classes are registered.

    Raises
    ------
    LookupError
        If a registered class has no entry.
    """
    missing = set(REGISTRY) - {name for entry in ENTRIES for name in entry.names}
    if missing:
        raise LookupError(f"ENTRIES of docs/dictionary_entries.py lacks {sorted(missing)}.")
    return ENTRIES


def label(entry: Entry) -> str:
    """Return the name of the entry's picture."""
    return entry.names[0].lower()


def sources(documented: Iterable[object]) -> str:
    """Return the papers that docstrings cite, each once."""
    found: dict[str, str] = {}
    for value in documented:
        lines = NumpyDocString(inspect.getdoc(value) or "")["References"]
        text = " ".join("".join(f"{line}\n" for line in lines).split())
        for paper in re.findall(r".+?\(\d{4}\).*?\.(?=\s|$)", text):
            who = paper.partition(")")[0].strip()
            found[who] = max(found.get(who, ""), paper.strip(), key=len)
    return " ".join(found.values()) or "elementary"


def representations(law: Penalty) -> str:
    """Return in which ways a law can be sampled, with the laws of the latent variables."""
    direct = "direct" if law.traits.proper else "direct, as a factor of the posterior: an improper prior has no draws"
    ways = [] if law.no_density else [direct]
    try:
        mixture = law.mixture()
    except UnsupportedError:
        mixture = None
    if mixture is not None:
        latents = " and ".join(latent.law.replace("_", " ") for latent in mixture.latents)
        ways += [f"scale mixture ({latents})" if latents else "scale mixture", "non-centred"]
    return ", ".join(ways) or "none"


def faces(entry: Entry) -> str:
    """Return the example in both units, as its repr shows it."""
    return f"``{entry.example()!r}``"


def mode_of(law: Penalty) -> str:
    """Return whether the posterior has a mode."""
    if law.no_mode:
        return "never"
    return "always" if law.traits.proper else "if the data determine one"


def properties(law: Penalty) -> str:
    """Return the properties of a law, those that it lacks too."""
    said = [has if getattr(law.traits, name) else lacks for name, has, lacks in TRAITS]
    return "; ".join([*said, f"a mode: {mode_of(law)}"])


def rows(entry: Entry) -> list[list[str]]:
    """Return the table of one entry."""
    law, _ = bound_law(entry)
    classes = " and ".join(f"`~bayesreg.{name}`" for name in entry.names)
    reasons = " ".join(str(getattr(law, name)) for name in REASONS if getattr(law, name))
    return [
        ["names", classes],
        ["both faces", faces(entry)],
        ["penalty", f"``{entry.penalty}``"],
        ["prior density", f"``{entry.density}``"],
        ["prox", f"``{entry.prox}``"],
        ["properties", properties(law)],
        ["representations", representations(law)],
        *([["to know", reasons]] if reasons else []),
        ["source", sources(REGISTRY[name] for name in entry.names)],
    ]


def overview_rst() -> str:
    """Return what exists for each law, at a glance."""
    lines = []
    for entry in entries():
        law, _ = bound_law(entry)
        learned = any(cell.works for name in entry.names for cell in cells_of(name, "open", "sample", "nuts"))
        yes = [law.traits.proper, law.traits.convex, law.traits.sparse, learned]
        proper, convex, sparse, strength = ("yes" if value else "no" for value in yes)
        strength = "in the prior" if isinstance(law, MixtureOnly) else strength
        lines.append([f"`{entry.title}`_", proper, mode_of(law), convex, sparse, strength])
    headings = ["law", "proper prior", "posterior mode", "convex", "exact zeros", "strength learned"]
    return list_table(headings, lines, "40 10 18 8 10 14")


def picture(name: str, title: str, panels: str) -> list[str]:
    """Return the picture of an entry."""
    return [f".. image:: generated/dictionary/{name}.png", f"   :alt: {title}: {panels}", "   :width: 100%", ""]


def dictionary_rst() -> str:
    """Return the entries, one section each."""
    parts = []
    for entry in entries():
        drawn = picture(label(entry), entry.title, "penalty, prior density and proximal operator")
        parts += [entry.title, "-" * len(entry.title), "", *drawn, pairs_table(rows(entry))]
    return "\n".join(parts)


def firth_rst() -> str:
    """Return the entry of the correction of the likelihood."""
    lines = [
        ["name", "`~bayesreg.Firth`"],
        ["both faces", f"``{Firth()!r}``"],
        ["added to the loss", "``-log det(Z'W(b)Z) / 2``,  ``Z`` the columns and the intercept, ``W`` their weights"],
        ["prior density", "``det(Z'W(b)Z)^(1/2)``,  the square root of the information"],
        ["properties", "one function of all coefficients; smooth; no exact zeros; proper for bernoulli only"],
        ["mode", "finite, for separated responses too; its bias is of the order ``1 / n^2``"],
        ["to know", Correction.from_design],
        ["source", sources([Firth])],
    ]
    drawn = picture("firth", "Firth's correction", "added term, prior density and estimates")
    return "\n".join([*drawn, pairs_table(lines)])


def pairs_table(lines: Iterable[Sequence[str]]) -> str:
    """Return a table without headings: a name and what is to be said of it."""
    text = [".. list-table::", "   :widths: 16 84", "   :class: entry", ""]
    for name, value in lines:
        text += [f"   * - {name}", f"     - {value}"]
    return "\n".join([*text, ""])


def write_pictures(folder: Path) -> None:
    """Draw every picture of the dictionary."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries():
        draw_entry(entry).savefig(folder / f"{label(entry)}.png", dpi=110)
    draw_diamond().savefig(folder / "diamond.png", dpi=110)
    draw_firth().savefig(folder / "firth.png", dpi=110)
