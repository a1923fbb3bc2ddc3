"""Write the dictionary of penalties and priors: formulas, traits, representations, sources, pictures."""

from __future__ import annotations

import inspect
from pathlib import Path

from dictionary_entries import ENTRIES, Entry
from dictionary_pictures import bound_law, draw_diamond, draw_entry
from numpydoc.docscrape import NumpyDocString
from tables import list_table

from bayesreg.errors import UnsupportedError
from bayesreg.penalties import REGISTRY, Penalty

TRAITS = ("convex", "smooth", "separable", "sparse", "proper", "has_mode", "scales_columns")
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


def sources(entry: Entry) -> str:
    """Return the papers that the docstrings of an entry cite."""
    found: list[str] = []
    for name in entry.names:
        lines = NumpyDocString(inspect.getdoc(REGISTRY[name]) or "")["References"]
        text = " ".join("".join(f"{line}\n" for line in lines).split())
        if text and text not in found:
            found.append(text)
    return " ".join(found) or "elementary"


def representations(law: Penalty) -> str:
    """Return in which ways a law can be sampled."""
    ways = [] if law.no_density or not (law.traits.proper or law.is_flat) else ["direct"]
    try:
        mixture = law.mixture()
    except UnsupportedError:
        mixture = None
    if mixture is not None:
        ways += ["scale mixture", "non-centred"]
    return ", ".join(ways) or "none"


def faces(entry: Entry) -> str:
    """Return the example in both units, as its repr shows it."""
    return f"``{entry.example()!r}``"


def rows(entry: Entry) -> list[list[str]]:
    """Return the table of one entry."""
    law, _ = bound_law(entry)
    classes = " and ".join(f"`~bayesreg.{name}`" for name in entry.names)
    held = ", ".join(name.replace("_", " ") for name in TRAITS if getattr(law.traits, name)) or "none"
    lacking = ", ".join(name.replace("_", " ") for name in TRAITS if not getattr(law.traits, name)) or "none"
    reasons = " ".join(str(getattr(law, name)) for name in REASONS if getattr(law, name))
    return [
        ["names", classes],
        ["both faces", faces(entry)],
        ["penalty", f"``{entry.penalty}``"],
        ["prior density", f"``{entry.density}``"],
        ["prox", f"``{entry.prox}``"],
        ["it is", held],
        ["it is not", lacking],
        ["sampled as", representations(law)],
        *([["to know", reasons]] if reasons else []),
        ["source", sources(entry)],
    ]


def dictionary_rst() -> str:
    """Return the entries, one section each."""
    parts = []
    for entry in entries():
        picture = [
            f".. image:: generated/dictionary/{label(entry)}.png",
            f"   :alt: {entry.title}: penalty, prior density and proximal operator",
            "   :width: 100%",
            "",
        ]
        parts += [entry.title, "-" * len(entry.title), "", *picture, list_table(["", ""], rows(entry), "16 84")]
    return "\n".join(parts)


def write_pictures(folder: Path) -> None:
    """Draw every picture of the dictionary."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries():
        draw_entry(entry).savefig(folder / f"{label(entry)}.png", dpi=110)
    draw_diamond().savefig(folder / "diamond.png", dpi=110)
