"""Every law has a conditional, or a reason with a way out."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.errors import UnsupportedError
from bayesreg.objective import penalised
from bayesreg.penalties import REGISTRY
from bayesreg.posterior.gibbs.conditionals import can_sample, conditional_of
from bayesreg.posterior.gibbs.conditionals.table import BUILDERS, REASONS
from tests.posterior.gibbs.conditionals.cases import streams_of


def test_each_registered_law_is_in_one_of_the_tables():
    assert set(BUILDERS) | set(REASONS) == set(REGISTRY)
    assert not set(BUILDERS) & set(REASONS)


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (br.MCP(1.0), "constant far out"),
        (br.SCAD(1.0), "constant far out"),
        (br.SLOPE(1.0), "order of their sizes"),
        (br.Bridge(1.0, q=2.5), "exponent 2.5"),
        (br.L1(1.0, positive=True), "not cut"),
        (br.L2(1.0, limits=(-1.0, 2.0)), "not cut"),
        (br.LogPenalty(0.5), "no distribution"),
    ],
)
def test_what_has_none_says_why(law, words):
    reason = can_sample(law)
    assert words in reason
    assert "engine='nuts'" in reason


def test_a_law_of_the_users_is_refused_by_name():
    class L1(type(br.Flat())):
        """Another law of a known name."""

    assert "L1 is not a law" in can_sample(L1())


def piece_of(penalty, formula="target ~ bmi + bp + s1 + s2"):
    model = br.Model(formula, br.datasets.diabetes(), penalty=penalty)
    (piece,) = penalised(model.resolved)
    return piece, float(np.sqrt(model.resolved.phi))


KEY = "bmi + bp + s1 + s2"
GIVEN = {
    "L1": br.L1(30.0, weights=[1.0, 2.0, 1.0, 0.5]),
    "Normal, in units of sigma": br.Normal(0.5, relative_to="sigma"),
    "GroupLasso": {KEY: br.GroupLasso(20.0)},
    "FusedLasso": br.FusedLasso(9.0, l1=2.0),
    "SparseGroupLasso": {KEY: br.SparseGroupLasso(7.0)},
    "LogPenalty": br.LogPenalty(9000.0, eta=3.0),
    "GPrior": br.GPrior(10.0),
    "Dropout": br.Dropout(0.8),
    "EarlyStopping": br.EarlyStopping(5.0),
    "Smooth": br.Smooth(1.0),
}


@pytest.mark.parametrize("penalty", GIVEN.values(), ids=GIVEN)
def test_strengths_of_a_model_are_those_of_its_log_prior(penalty):
    """Differences over coefficients and sigma, against the law at ``Piece.strength_at``: to rounding."""
    piece, root = piece_of(penalty)
    law = conditional_of(piece, root if piece.relative else 1.0)
    rng, sigma = np.random.default_rng(4), np.array([0.5, 1.0, 2.0]) * root
    b = rng.normal(size=(3, piece.at.size))
    unit = sigma if piece.relative else np.ones(3)
    got = law.log_density(b / unit[:, None], np.ones(3))
    if piece.relative:
        got = got - law.powers(b)[2] * np.log(unit) if law.powers(b) else law.log_density(b, unit)
    exact = [np.sum(piece.law.log_prior(one, piece.strength_at(root**2, at))) for one, at in zip(b, sigma, strict=True)]
    np.testing.assert_allclose(np.diff(got), np.diff(exact), rtol=1e-9)


def test_an_improper_coefficient_is_refused():
    piece, _ = piece_of(br.LogPenalty(9000.0, eta=3.0, weights=[1.0, 1e-6, 1.0, 1.0]))
    with pytest.raises(UnsupportedError, match="no distribution"):
        conditional_of(piece, 1.0)


def test_a_group_without_strength_is_flat():
    piece, _ = piece_of({"bmi + bp": br.GroupLasso(0.0)}, "target ~ bmi + bp")
    law, streams = conditional_of(piece, 1.0), streams_of(2)
    u, scale = np.ones((2, 2)), np.array([1.0, 2.0])
    assert np.all(law.precision(scale, law.draw(u, scale, law.start(streams), streams)) == 0.0)
    assert np.all(law.log_density(u, scale) == 0.0)
