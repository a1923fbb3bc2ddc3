"""Run the examples of README and write what they print back into it, with the pictures and the generated tables.

Every ``python`` block that a ``text`` block follows is run; a test compares the shown output with a new run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tables import support_markdown

from bayesreg.cli.demo import run_demo

README = Path(__file__).parents[1] / "README.md"
PICTURES = Path(__file__).parent / "_static"
SHOWN = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL)
MEASURED = README.parent / "benchmarks" / "results" / "map.md"
SUPPORT = re.compile(r"(?<=<!-- support -->\n).*?(?=<!-- end of support -->)", re.DOTALL)
SPEED = re.compile(r"(?<=<!-- speed -->\n).*?(?=<!-- end of speed -->)", re.DOTALL)


def run(code: str) -> str:
    """Run a script as a reader would, in a process of its own, and return what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.py"
        script.write_text(code, encoding="utf-8")
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=folder)
    return done.stdout


def refresh(text: str) -> str:
    """Return README with the outputs and the support table of the package as it is, and the speeds last measured."""
    text = SHOWN.sub(lambda found: f"```python\n{found['code']}```\n\n```text\n{run(found['code'])}```", text)
    text = SUPPORT.sub(lambda _: f"{support_markdown()}\n", text)
    return SPEED.sub(lambda _: MEASURED.read_text(encoding="utf-8"), text)


if __name__ == "__main__":
    README.write_text(refresh(README.read_text(encoding="utf-8")), encoding="utf-8")
    run_demo(PICTURES, seed=1, draws=1000)
