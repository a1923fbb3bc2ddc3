"""Writing to the terminal: tables keep their width, nothing is read as markup."""

from __future__ import annotations


def say(text: str, *, faint: bool = False, bold: bool = False) -> None:
    """Print ``text`` as it is; colours only where a terminal shows them."""
    from rich.console import Console
    from rich.text import Text

    style = "dim" if faint else "bold" if bold else ""
    Console(soft_wrap=True, highlight=False).print(Text(text, style=style))


def say_wrapped(text: str) -> None:
    """Print a paragraph, wrapped at words."""
    from textwrap import fill

    say(fill(text, 82))
