"""Show the figures of the examples: bayesreg draws without pyplot, so the gallery looks for the figures themselves."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst


def scrape(block: tuple[Any, ...], block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the figures that a block of an example made under a new name, and return the text that shows them.

    Parameters
    ----------
    block : tuple
        The block; not used.
    block_vars : dict
        With the example's variables and the paths of its images.
    gallery_conf : dict
        With the source folder.

    Returns
    -------
    str
    """
    variables = block_vars["example_globals"]
    shown = variables.setdefault("__figures_shown__", [])
    paths = []
    for value in list(variables.values()):
        if isinstance(value, Figure) and not any(value is figure for figure in shown):
            path = next(block_vars["image_path_iterator"])
            value.savefig(path, dpi=110, bbox_inches="tight")
            shown.append(value)
            paths.append(path)
    return figure_rst(paths, gallery_conf["src_dir"])
