"""The resolved record: strengths on raw coefficients, scales, dispersion and its rule, refusals."""

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.dispersion import reml_dispersion
from bayesreg.errors import DataError, InputError

PHI = 2.5


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x, z = rng.normal(3.0, 2.0, 40), rng.normal(-1.0, 0.1, 40)
    g = np.resize(["a", "b", "c"], 40)
    y = 1.0 + x - 5.0 * z + rng.normal(size=40)
    return pd.DataFrame(
        {"y": y, "x": x, "z": z, "g": g, "w": rng.integers(1, 4, 40).astype(float), "k": rng.poisson(2.0, 40)}
    )


def resolved(data, penalty, **options):
    return br.Model("y ~ x + z + g", data, penalty=penalty, **{"dispersion": PHI, **options}).resolved


def sds(data):
    indicators = [(data.g == level).astype(float) for level in "bc"]
    return np.array([1.0, *(np.std(column) for column in (data.x, data.z, *indicators))])


TABLE = [  # law at lam or scale 4: rate and precision on standardised columns at PHI, as the table of units has them
    (br.L1(4.0), 4.0 / PHI, 0.0),
    (br.L1(4.0, relative_to=None), 4.0 / PHI, 0.0),
    (br.L1(4.0, relative_to="sigma"), 4.0 / PHI, 0.0),
    (br.Laplace(4.0), 1.0 / 4.0, 0.0),
    (br.Laplace(4.0, relative_to="sigma"), 1.0 / (4.0 * PHI**0.5), 0.0),
    (br.L2(4.0), 0.0, 4.0 / PHI),
    (br.L2(4.0, relative_to="sigma"), 0.0, 4.0 / PHI),
    (br.Normal(4.0), 0.0, 1.0 / 16.0),
    (br.Normal(4.0, relative_to="sigma"), 0.0, 1.0 / (16.0 * PHI)),
    (br.ElasticNet(4.0, 0.25), 1.0 / PHI, 3.0 / PHI),
    (br.ElasticNetPrior(2.0, 3.0), 2.0, 3.0),
    (br.ElasticNetPrior(2.0, 3.0, relative_to="sigma"), 2.0 / PHI**0.5, 3.0 / PHI),
]


@pytest.mark.parametrize(("law", "rate", "precision"), TABLE, ids=[repr(row[0]) for row in TABLE])
@pytest.mark.parametrize("standardize", [True, False, "numeric"])
def test_strengths_follow_the_table_of_units(data, law, rate, precision, standardize):
    model = resolved(data, law, standardize=standardize)
    scale = {True: sds(data), False: np.ones(5), "numeric": np.where([True] * 3 + [False] * 2, sds(data), 1.0)}[
        standardize
    ]
    penalised = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    assert model.scale == pytest.approx(np.where(penalised, scale, 1.0), rel=1e-12)
    assert model.strength.rate == pytest.approx(penalised * rate * scale, rel=1e-12)
    assert model.strength.precision == pytest.approx(penalised * precision * scale**2, rel=1e-12)
    assert model.sigma_relative.tolist() == [False] + [law.relative_to == "sigma"] * 4
    assert model.free.tolist() == [True] + [False] * 4
    assert model.phi == PHI
    assert model.phi_rule == "fixed by dispersion=2.5"
    assert model.sigma_prior is None


@pytest.mark.parametrize(("law", "rate", "precision"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_lam_gives_back_the_loss_unit_strength(data, law, rate, precision):
    model = resolved(data, law)
    loss = law.to_penalty(PHI)
    assert model.lam() == pytest.approx([0.0] + [loss.lam] * 4, rel=1e-12)
    assert model.base_lam == pytest.approx(loss.lam, rel=1e-12)
    assert model.lam()[1] == pytest.approx(PHI * (rate + precision), rel=1e-12)


def test_strength_at_another_sigma_moves_only_relative_ones(data):
    model = resolved(
        data, {"x": br.Laplace(2.0, relative_to="sigma"), "z": br.Normal(2.0, relative_to="sigma"), "g": br.L1(3.0)}
    )
    at = model.strength_at(7.0)
    s = sds(data)
    assert at.rate == pytest.approx([0.0, s[1] / (2.0 * 7.0), 0.0, 3.0 / PHI * s[3], 3.0 / PHI * s[4]], rel=1e-12)
    assert at.precision == pytest.approx([0.0, 0.0, s[2] ** 2 / (2.0 * 7.0) ** 2, 0.0, 0.0], rel=1e-12)
    assert model.strength_at(PHI**0.5).rate == pytest.approx(model.strength.rate, rel=1e-14)


def test_multiplied_is_the_model_of_the_multiplied_penalty(data):
    penalty = {"x": br.Laplace(2.0), "z": br.Normal(2.0, relative_to="sigma"), "g": br.ElasticNet(3.0)}
    stronger = {"x": br.Laplace(2.0 / 9.0), "z": br.Normal(2.0 / 3.0, relative_to="sigma"), "g": br.ElasticNet(27.0)}
    got, expected = resolved(data, penalty).multiplied(9.0), resolved(data, stronger)
    assert got.strength.rate == pytest.approx(expected.strength.rate, rel=1e-12)
    assert got.strength.precision == pytest.approx(expected.strength.precision, rel=1e-12)
    assert [repr(block.penalty) for block in got.blocks] == [repr(block.penalty) for block in expected.blocks]


def test_an_open_strength_stands_at_one(data):
    model = resolved(data, br.L1())
    assert model.is_open
    assert model.strength.rate == pytest.approx(resolved(data, br.L1(1.0)).strength.rate)
    assert not resolved(data, br.L1(1.0)).is_open


def test_weights_multiply_after_the_column_scale(data):
    model = resolved(data, br.ElasticNet(4.0, 0.5, weights=[2.0, 0.0, np.inf, 3.0]))
    s = sds(data)
    assert model.strength.rate == pytest.approx(np.array([0.0, 4.0, 0.0, 0.0, 6.0]) / PHI * s, rel=1e-12)
    assert model.strength.precision == pytest.approx(np.array([0.0, 4.0, 0.0, 0.0, 6.0]) / PHI * s**2, rel=1e-12)
    assert model.free.tolist() == [True, False, True, False, False]
    assert model.excluded.tolist() == [False, False, False, True, False]
    assert model.factor.tolist() == [1.0, 2.0, 0.0, np.inf, 3.0]


def test_weights_are_never_renormalised(data):
    rate = resolved(data, br.L1(4.0)).strength.rate
    assert resolved(data, br.L1(4.0, weights=[5.0] * 4)).strength.rate == pytest.approx(5.0 * rate)


def test_a_penalised_intercept_has_scale_one(data):
    model = resolved(data, {"Intercept": br.Normal(10.0), ...: br.L1(1.0)})
    assert model.scale[0] == 1.0
    assert model.strength.precision[0] == pytest.approx(0.01)
    assert not model.free.any()


def test_scales_are_weighted_and_precise_for_any_kind(data):
    for kind in ("precision", "frequency"):
        model = resolved(data, br.L1(1.0), weights=br.Weights("w", kind=kind))
        repeated = data.loc[data.index.repeat(data.w.astype(int))]
        assert model.sd == pytest.approx(sds(repeated), rel=1e-12)
        assert model.center[1] == pytest.approx(repeated.x.mean(), rel=1e-12)
        assert model.observations == (data.w.sum() if kind == "frequency" else 40)


def test_without_intercept_columns_are_not_centred(data):
    model = br.Model("y ~ 0 + x + z", data, penalty=br.L1(1.0), dispersion=PHI).resolved
    assert model.coefficients == ("x", "z")
    assert model.center.tolist() == [0.0, 0.0]
    assert not model.free.any()


def test_dispersion_rules(data):
    X = np.column_stack([data.x, data.z, data.g == "b", data.g == "c"]).astype(float)
    reml = resolved(data, br.L1(1.0), dispersion="reml")
    assert reml.phi == pytest.approx(reml_dispersion(X, data.y.to_numpy()), rel=1e-12)
    assert reml.phi_rule == "REML ridge estimate of sigma^2"
    assert reml.sigma_prior.df == 3.0
    assert reml.sigma_prior.scale == pytest.approx(np.std(data.y), rel=1e-14)
    flat = resolved(data, None, dispersion="reml")
    assert flat.phi_rule == "RSS / (n - rank): nothing is penalised"
    prior = resolved(data, br.L1(1.0), dispersion=br.Exponential(0.1))
    assert prior.phi == reml.phi
    assert prior.sigma_prior == br.Exponential(0.1)
    assert not resolved(data, br.L1(1.0), dispersion="jeffreys").sigma_prior.proper


def test_one_dispersion_for_every_strength(data):
    phis = {resolved(data, law, dispersion="reml").phi for law in (br.L1(1.0), br.L1(1e6), br.L2(3.0), br.Normal(0.1))}
    assert len(phis) == 1


def test_without_a_dispersion_the_three_ways_coincide(data):
    models = [
        br.Model("k ~ x + z", data, family="poisson", penalty=br.Laplace(0.5, relative_to=relative)).resolved
        for relative in (None, "dispersion", "sigma")
    ]
    for model in models:
        assert model.phi == 1.0
        assert model.phi_rule == "phi = 1 (poisson)"
        assert not model.sigma_relative.any()
        assert model.strength.rate[1] == pytest.approx(2.0 * np.std(data.x))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dispersion": -1.0}, r"dispersion=-1.0 is not a variance: it must be a number > 0"),
        ({"dispersion": np.nan}, r"dispersion=nan is not a variance"),
        ({"dispersion": "ml"}, r"dispersion='ml' is not known; allowed: a number \(phi, fixed\), 'reml', 'joint'"),
        ({"dispersion": True}, r"dispersion=True is not known; allowed"),
        ({"standardize": "yes"}, r"standardize='yes' is not known; allowed: True"),
        ({"standardize": None}, r"standardize=None is not known; allowed: True"),
    ],
)
def test_options_are_refused_with_their_value(data, options, message):
    with pytest.raises(InputError, match=message):
        resolved(data, br.L1(1.0), **options)


def test_a_dispersion_means_nothing_for_counts(data):
    with pytest.raises(InputError, match=r"dispersion=2.0 has no meaning for the poisson family, which has phi = 1"):
        br.Model("k ~ x", data, family="poisson", dispersion=2.0)


def test_the_kind_of_weights_must_be_said_where_the_dispersion_is_estimated(data):
    with pytest.raises(InputError, match=r"The weights have no kind, and the estimated dispersion depends on it"):
        resolved(data, br.L1(1.0), weights="w", dispersion="reml")
    assert not resolved(data, br.L1(1.0), weights="w").frequency


def test_constant_columns_are_refused_by_name(data):
    one = data.assign(c=3.0)
    with pytest.raises(
        DataError, match=r"The column 'c' is constant over the rows used: it can not be told from the intercept"
    ):
        br.Model("y ~ x + c", one, penalty=br.L1(1.0))
    assert br.Model("y ~ x + c", one, penalty=br.L1(1.0, weights={"c": np.inf})).resolved.excluded.tolist() == [
        False,
        False,
        True,
    ]


def test_columns_out_of_range_are_refused_by_name(data):
    with pytest.raises(DataError, match=r"The column 'x' has standard deviation .*e\+130, outside the range"):
        br.Model("y ~ x", data.assign(x=data.x * 1e130), penalty=br.L1(1.0))


def test_responses_outside_the_support_are_refused(data):
    with pytest.raises(
        DataError, match=r"The response 'y' has .* value\(s\) outside the support of the poisson family"
    ):
        br.Model("y ~ x", data, family="poisson")
