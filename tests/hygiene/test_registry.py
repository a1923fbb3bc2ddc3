"""Every registered penalty and family is visited by the laws."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bayesreg.families import LIKELIHOODS
from bayesreg.penalties import REGISTRY
from tests.hygiene.tree import ROOT


@pytest.fixture(scope="module")
def visited() -> list[str]:
    """The ids of the tests in tests/laws, as pytest collects them."""
    command = [sys.executable, "-m", "pytest", "tests/laws", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.parametrize("name", REGISTRY)
def test_the_laws_visit_every_penalty(name: str, visited: list[str]) -> None:
    ids = [test.partition("[")[2] for test in visited]
    assert any(name in words.replace("(", "-").replace("]", "-").split("-") for words in ids)


@pytest.mark.parametrize("name", sorted({family for family, _ in LIKELIHOODS}))
def test_the_laws_visit_every_family(name: str, visited: list[str]) -> None:
    ids = [test.partition("[")[2].lower() for test in visited]
    assert any(name in words.replace("(", "-").replace("]", "-").split("-") for words in ids)
