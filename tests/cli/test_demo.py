from __future__ import annotations

from pathlib import Path

import pytest

import bayesreg as br
from bayesreg.cli.demo import FORMULA, LAM
from bayesreg.cli.main import run


def test_the_demo_tells_its_story_in_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["demo", "--out", str(tmp_path), "--draws", "100"])
    assert not stop.value.code
    printed = capsys.readouterr().out
    text = " ".join(printed.split())
    model = br.Model(FORMULA, br.datasets.diabetes(), penalty=br.L1(lam=LAM))
    phi, mode, ols = model.resolved.phi, model.fit(), model.mle()
    zeros = [name for name in mode.params.index if mode.params[name] == 0.0]
    sd = model.design.X.std(axis=0)
    assert "PyMC compiles" not in printed  # the Gibbs engine draws, and compiles nothing
    assert f"phi / lam = {phi:.0f} / 500 = {phi / 500.0:.2f}" in text
    assert f"{len(zeros)} of 10 effects exactly 0 ({', '.join(zeros)})" in text
    assert f"effects add up to {abs(ols.params.iloc[1:] * sd).sum():.0f};" in text
    assert f"a sum of {abs(mode.params.iloc[1:] * sd).sum():.0f};" in text
    for name in ("forest.png", "strength.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert "Next, try:" in printed
