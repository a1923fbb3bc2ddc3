"""What a user may write into a penalty, and what is refused, by name and value."""

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError


@pytest.mark.parametrize("law", [br.L1, br.L2, br.ElasticNet])
@pytest.mark.parametrize("lam", [-1.0, np.nan, np.inf, "3", True, 1j])
def test_lam_must_be_a_finite_number_from_0(law, lam):
    with pytest.raises(InputError, match=r"it must be a finite number >= 0, a prior of it .*, or None") as caught:
        law(lam)
    assert repr(lam) in str(caught.value)


@pytest.mark.parametrize("law", [br.Laplace, br.Normal])
@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf, None, "1"])
def test_scale_must_be_positive(law, scale):
    with pytest.raises(InputError, match=r"finite number > 0, or a prior of it .* For no prior at all use br.Flat\(\)"):
        law(scale)


def test_elastic_net_arguments():
    with pytest.raises(InputError, match=r"l1_ratio=1.5 is not a share: it must lie between 0"):
        br.ElasticNet(1.0, 1.5)
    with pytest.raises(InputError, match=r"rate=0 and precision=0 is no prior"):
        br.ElasticNetPrior(0.0, 0.0)
    with pytest.raises(InputError, match=r"precision=-1.0 is not the precision of a prior: .* number >= 0"):
        br.ElasticNetPrior(1.0, -1.0)


def test_relative_to_is_one_of_three():
    with pytest.raises(InputError, match=r"relative_to='phi' is not known; allowed: 'dispersion'"):
        br.L1(1.0, relative_to="phi")


@pytest.mark.parametrize("weights", [[1.0, -1.0], np.array([np.nan]), {"bmi": -2.0}, {"bmi": "x"}, (True,)])
def test_weights_are_factors_from_0(weights):
    with pytest.raises(InputError, match=r"The penalty weight of .* is .*; allowed: numbers >= 0"):
        br.L2(1.0, weights=weights)


def test_a_penalty_is_frozen_and_does_not_follow_its_caller():
    given = np.array([1.0, 2.0])
    law = br.L1(1.0, weights=given)
    given[0] = 99.0
    assert law.weights == (1.0, 2.0)
    table = {"bmi": 1.0}
    other = br.L1(1.0, weights=table)
    table["bmi"] = 99.0
    assert other.weights == {"bmi": 1.0}
    with pytest.raises(dataclasses.FrozenInstanceError):
        law.lam = 2.0


def test_a_penalty_with_an_array_of_weights_can_be_shown_and_compared():
    """Both compared arrays for truth, which NumPy refuses."""
    law = br.L1(1.0, weights=np.array([1.0, 2.0]))
    assert law.written == "L1(lam=1.0, weights=(1.0, 2.0))"
    assert repr(law) == f"{law.written} = Laplace(scale=phi / 1.0, weights=(1.0, 2.0))"
    assert law == br.L1(1.0, weights=[1.0, 2.0])
    assert law != br.L1(1.0, weights=[1.0, 3.0])


def test_a_series_of_weights_goes_by_name_never_by_position():
    law = br.L1(1.0, weights=pd.Series([2.0, 3.0], index=["bp", "bmi"]))
    assert law.weights == {"bp": 2.0, "bmi": 3.0}
    assert br.L1(1.0, weights=pd.Series([2.0, 3.0])).weights == (2.0, 3.0)


def test_multiplied_gives_an_open_strength():
    assert br.L1().multiplied(3.0).lam == 3.0
    assert br.Normal(2.0).multiplied(4.0).scale == 1.0
    assert br.Laplace(2.0).multiplied(4.0).scale == 0.5


def test_open_and_zero_strengths_have_no_prior():
    with pytest.raises(UnsupportedError, match=r"L1\(lam=None\) has no strength, so there is no one law to evaluate"):
        br.L1().strength(1.0)
    with pytest.raises(UnsupportedError, match=r"L2\(lam=0.0\) is flat: it has no prior scale. Use br.Flat\(\)"):
        br.L2(0.0).to_prior(1.0)
    with pytest.raises(InputError, match=r"Normal\(scale=2.0\) has no loss-unit strength to set"):
        br.Normal(2.0).at(3.0)
    with pytest.raises(UnsupportedError, match="a flat prior is not a distribution and has no draws"):
        br.Flat().draw(br.Flat().strength(1.0), np.random.default_rng(0), 3)


def test_units_named_in_the_readme():
    assert br.L1(4.0).to_prior(dispersion=2.0).scale == 0.5
    assert br.Normal(0.5).to_penalty(dispersion=2.0).lam == 8.0
    assert br.L2(8.0, relative_to="sigma").to_prior(dispersion=2.0).scale == 8.0**-0.5


def test_a_group_takes_its_weights_by_position():
    assert br.GroupLasso(2.0, 1).weights == br.GroupLasso(2.0, weights=1).weights == "one"
    assert br.GroupLaplace(2.0, {"C(g)": 3.0}).weights == {"C(g)": 3.0}
    assert (br.GroupLasso().lam, br.GroupLasso().weights, br.GroupLasso().relative_to) == (None, "sqrt", "dispersion")


def test_weights_by_name_can_be_hashed_and_not_changed():
    law, same = br.L1(1.0, weights={"a": 2.0, "b": 3.0}), br.L1(1.0, weights={"b": 3.0, "a": 2.0})
    assert law == same
    assert hash(law) == hash(same)
    assert copy.deepcopy(law) == pickle.loads(pickle.dumps(law)) == law
    with pytest.raises(TypeError):
        law.weights["a"] = 5.0
    assert law.written == "L1(lam=1.0, weights={'a': 2.0, 'b': 3.0})"


@pytest.mark.parametrize("shape", [0.0, 1e-17, np.inf])
def test_a_tail_index_that_leaves_no_digits_is_refused(shape):
    """A shape of 1e-17 was an improper prior, without a word."""
    with pytest.raises(InputError, match=r"shape=.* is not allowed: it must be a finite number > 1e-06"):
        br.GeneralizedDoublePareto(1.0, shape)
