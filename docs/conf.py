"""Sphinx configuration: the pages, the reference from the public names, the gallery from `examples/`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
os.environ.setdefault("MPLBACKEND", "Agg")

import pages  # noqa: E402

import bayesreg  # noqa: E402

pages.write(HERE)

project = "bayesreg"
author = "The bayesreg developers"
copyright = author
release = version = bayesreg.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "generated", "gallery/*.py", "gallery/*.ipynb"]
default_role = "py:obj"
smartquotes = False

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"plot_",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("gallery_figures.scrape",),
    "capture_repr": (),
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "plot_gallery": "True",
}

html_theme = "pydata_sphinx_theme"
html_title = "bayesreg"
html_static_path = ["_static"]
html_css_files = ["bayesreg.css"]
html_show_sourcelink = False
html_sidebars = {
    "index": [],
    "first_light": [],
    "what_prior": [],
    "after_the_fit": [],
    "concepts": [],
    "solvers": [],
    "dictionary": [],
    "support": [],
    "formulas": [],
    "translate": [],
    "export": [],
    "benchmarks": [],
}
html_theme_options = {
    "show_prev_next": False,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
