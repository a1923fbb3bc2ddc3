"""The comparison with oracles catches a wrong conditional: each is planted, and the same check must reject it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bayesreg.posterior.gibbs import linear
from bayesreg.posterior.gibbs.conditionals.laplace import LaplaceConditional
from bayesreg.posterior.gibbs.conditionals.student_t import StudentTConditional
from bayesreg.posterior.gibbs.streams import Streams
from tests.posterior.gibbs.test_against_oracles import verdict


def test_an_inverse_gaussian_of_wrong_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Streams.inverse_gaussian
    monkeypatch.setattr(Streams, "inverse_gaussian", lambda self, mean, shape=1.0: right(self, mean, 2.0 * shape))
    assert not verdict("lasso", draws=2500).agrees


def test_an_inverse_gaussian_of_wrong_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate of the law instead of its square root would be such a slip."""
    right = Streams.inverse_gaussian
    monkeypatch.setattr(Streams, "inverse_gaussian", lambda self, mean, shape=1.0: right(self, 1.3 * mean, shape))
    assert not verdict("lasso").agrees


@pytest.mark.parametrize(
    "name", ["lasso", *(pytest.param(name, marks=pytest.mark.slow) for name in ("lasso, relative", "learned lasso"))]
)
def test_one_row_too_many_in_the_shape_of_sigma(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As if the flat intercept had not taken a degree of freedom, or had taken one that is not there."""
    right = linear.reduce

    def wrong(*given):
        data = right(*given)
        return replace(data, degrees=data.degrees + 1.0)

    monkeypatch.setattr(linear, "reduce", wrong)
    assert not verdict(name).agrees


def test_coefficients_left_out_of_the_shape_of_sigma(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law relative to sigma without its normaliser: ``n - 1`` for ``n - 1 + p``."""
    density, powers = LaplaceConditional.log_density, LaplaceConditional.powers

    def without(self, u):
        found = powers(self, u)
        return None if found is None else (*found[:2], 0.0)

    monkeypatch.setattr(
        LaplaceConditional, "log_density", lambda self, u, scale: density(self, u, scale) + self.size * np.log(scale)
    )
    monkeypatch.setattr(LaplaceConditional, "powers", without)
    assert not verdict("lasso, relative").agrees


def test_variances_of_a_t_with_a_wrong_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a degree of freedom too many: the prior's shape ``df / 2`` instead of ``(df + 1) / 2``."""
    right = StudentTConditional.draw

    def wrong(self, u, scale, state, streams):
        return right(replace(self, df=self.df - 1.0), u, scale, state, streams)

    monkeypatch.setattr(StudentTConditional, "draw", wrong)
    assert not verdict("two t").agrees
