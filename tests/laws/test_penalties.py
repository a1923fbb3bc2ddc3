"""Every registered penalty, at ordinary and extreme strengths, with and without a sign, obeys every law."""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.penalties import REGISTRY
from bayesreg.testing.checks import JOINT_LAWS, PENALTY_LAWS

U = [1e-12, 1e-8, 1e-5, 1e-3, 4.999e-3, 5.001e-3, 0.1, 1.0, 100.0, 1e4]

MAKERS = {
    "L1": [
        lambda **k: br.L1(2.0, **k),
        lambda **k: br.L1(1e-9, **k),
        lambda **k: br.L1(3e12, relative_to="sigma", **k),
    ],
    "Laplace": [lambda **k: br.Laplace(0.3, **k), lambda **k: br.Laplace(1e-7, relative_to="sigma", **k)],
    "L2": [
        lambda **k: br.L2(2.0, **k),
        lambda **k: br.L2(1e-9, relative_to="sigma", **k),
        lambda **k: br.L2(1e14, **k),
    ],
    "Normal": [lambda **k: br.Normal(0.3, **k), lambda **k: br.Normal(1e6, relative_to="sigma", **k)],
    "ElasticNet": [
        lambda **k: br.ElasticNet(2.0, **k),
        lambda **k: br.ElasticNet(2e5, 0.0, **k),
        lambda **k: br.ElasticNet(2e-5, 1.0, relative_to="sigma", **k),
    ],
    "ElasticNetPrior": [
        *(lambda u=u, **k: br.ElasticNetPrior(1.0, u, **k) for u in U),
        lambda **k: br.ElasticNetPrior(0.0, 2.0, **k),
        lambda **k: br.ElasticNetPrior(2.0, 0.0, **k),
        lambda **k: br.ElasticNetPrior(1e4, 1e-8, relative_to="sigma", **k),
    ],
    "Flat": [lambda **k: br.Flat()],
    "Dropout": [lambda **k: br.Dropout(0.3, **k)],
    "Bridge": [lambda **k: br.Bridge(2.0, 0.5, **k), lambda **k: br.Bridge(2.0, 1.5, relative_to="sigma", **k)],
    "GeneralizedNormal": [lambda **k: br.GeneralizedNormal(0.3, 0.8, **k)],
    "LogPenalty": [lambda **k: br.LogPenalty(6.0, 0.5, **k), lambda **k: br.LogPenalty(0.5, 0.5, **k)],
    "GeneralizedDoublePareto": [lambda **k: br.GeneralizedDoublePareto(0.5, 3.0, relative_to="sigma", **k)],
    "MCP": [lambda **k: br.MCP(2.0, **k)],
    "SCAD": [lambda **k: br.SCAD(2.0, **k)],
    "SpikeSlabLasso": [lambda **k: br.SpikeSlabLasso(1.0, 0.1, 0.3, **k)],
}
CUT = [
    br.L1(2.0, limits=(-1.0, 2.0)),
    br.L2(2.0, limits=(0.0, 2.0)),
    br.Normal(0.5, limits=(-np.inf, 1.0)),
    br.ElasticNet(2.0, limits=(-1.0, np.inf)),
    br.Flat(limits=(-1.0, 2.0)),
]
RIDGE = np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -0.5], [0.0, -0.5, 1.0]])
CHAIN = np.diff(np.eye(5), axis=0)
JOINT = {
    "Tikhonov": [lambda: br.Tikhonov(RIDGE, 2.0), lambda: br.Tikhonov(CHAIN.T @ CHAIN, 1e-5)],
    "MultivariateNormal": [lambda: br.MultivariateNormal(RIDGE[:2, :2], 0.3, relative_to="sigma")],
    "Smooth": [lambda: br.Smooth(2.0), lambda: br.Smooth(1e6, 3), lambda: br.Smooth(2.0, 1, cyclic=True)],
    "RandomWalk": [lambda: br.RandomWalk(0.3)],
    "GPrior": [lambda: br.GPrior(4.0)],
    "EarlyStopping": [lambda: br.EarlyStopping(50, step=0.001)],
    "GroupLasso": [lambda: br.GroupLasso(2.0)],
    "GroupLaplace": [lambda: br.GroupLaplace(0.3, weights=1, relative_to="sigma")],
    "SparseGroupLasso": [lambda: br.SparseGroupLasso(2.0)],
    "SparseGroupLaplace": [lambda: br.SparseGroupLaplace(0.3, 0.0)],
    "FusedLasso": [lambda: br.FusedLasso(2.0, 0.5), lambda: br.FusedLasso(2.0)],
    "FusedLaplace": [lambda: br.FusedLaplace(0.3, 2.0)],
    "SLOPE": [lambda: br.SLOPE(2.0, 0.5)],
    "SortedLaplace": [lambda: br.SortedLaplace(0.3, 0.01)],
}
MIXTURES = {
    "StudentT": [lambda: br.StudentT(3.0, 2.0), lambda: br.StudentT(0.7, 1e-3, positive=True)],
    "Cauchy": [lambda: br.Cauchy(2.0, relative_to="sigma")],
    "SpikeSlab": [lambda: br.SpikeSlab(), lambda: br.SpikeSlab(0.02, 3.0, 1e-3, positive=True)],
    "Horseshoe": [lambda: br.Horseshoe(0.5), lambda: br.Horseshoe(1e-3, positive=True)],
    "RegularizedHorseshoe": [lambda: br.RegularizedHorseshoe(0.1)],
    "R2D2": [lambda: br.R2D2()],
}
CASES = [(make, signed) for makers in MAKERS.values() for make in makers for signed in (False, True)]
CASES = [case for case in CASES if not (case[1] and case[0] is MAKERS["Flat"][0])]


def test_every_registered_penalty_is_here():
    made = {
        type(make()).__name__ for makers in (*MAKERS.values(), *JOINT.values(), *MIXTURES.values()) for make in makers
    }
    assert made == set(REGISTRY)


@pytest.mark.parametrize(("make", "positive"), CASES, ids=lambda case: case().written if callable(case) else str(case))
def test_penalty_obeys_the_laws(make, positive):
    report = br.testing.check_penalty(make(positive=positive))
    assert set(report.laws) | set(report.skipped) == {law.name for law in PENALTY_LAWS}
    assert not set(report.laws) & set(report.skipped)
    assert len(report.laws) >= 12
    if make().plain and report.subject != "Flat()":
        assert set(report.skipped) - {"multiplied"} == {"refusals"} | (set() if positive else {"positive"})


@pytest.mark.parametrize("law", CUT, ids=lambda law: law.written)
def test_cut_penalty_obeys_the_laws(law):
    assert len(br.testing.check_penalty(law).laws) >= 12


@pytest.mark.parametrize(
    "make", [make for makers in JOINT.values() for make in makers], ids=lambda make: make().written
)
def test_joint_penalty_obeys_the_laws(make):
    report = br.testing.check_penalty(make())
    assert set(report.laws) | set(report.skipped) == {law.name for law in JOINT_LAWS}
    assert len(report.laws) >= 15


@pytest.mark.parametrize(
    "make", [make for makers in MIXTURES.values() for make in makers], ids=lambda make: make().written
)
def test_scale_mixture_obeys_the_laws(make):
    law = make()
    report = br.testing.check_penalty(law)
    laws = PENALTY_LAWS if law.traits.separable else JOINT_LAWS
    assert set(report.laws) | set(report.skipped) == {law.name for law in laws}
    assert len(report.laws) >= 12


@pytest.mark.parametrize("seed", [1, 2])
def test_laws_hold_for_other_seeds(seed):
    br.testing.check_penalty(br.ElasticNet(3.0), seed=seed)


def test_there_are_laws_enough_and_their_names_are_unique():
    names = [law.name for law in PENALTY_LAWS]
    assert len(set(names)) == len(names) >= 12


def test_weights_survive_the_round_trip():
    br.testing.check_penalty(br.L1(2.0, weights=np.array([1.0, 2.0])))
    br.testing.check_penalty(br.Normal(2.0, weights={"bmi": np.inf}))


def test_open_strengths_are_checked_at_one():
    assert br.testing.check_penalty(br.L2()).subject == "L2(lam=None)"


def test_what_is_not_a_penalty_is_refused():
    with pytest.raises(br.errors.InputError, match=r"'lasso' is not a penalty; give an object such as br.L1"):
        br.testing.check_penalty("lasso")
    with pytest.raises(br.errors.InputError, match=r"L1\(lam=0.0\) has strength 0 and is flat"):
        br.testing.check_penalty(br.L1(0.0))
