"""Densities against PyMC's own distributions."""

import numpy as np
import pytest

import bayesreg as br

BETA = np.array([-5.0, -0.3, 0.0, 1e-3, 0.7, 40.0])


def logp(distribution, values):
    import pymc as pm
    from pytensor.compile.mode import Mode

    return pm.logp(distribution, values).eval(mode=Mode(linker="py", optimizer=None))


@pytest.mark.parametrize("scale", [1e-3, 0.4, 7.0])
@pytest.mark.parametrize("face", ["prior", "penalty"])
def test_laws_are_those_of_pymc(scale, face):
    """To 1e-13 of the largest term: the same few operations in another order.

    Parameters go in as float64: PyMC keeps Python floats in single precision.
    """
    import pymc as pm

    scale = np.float64(scale)

    phi = 2.5
    pairs = [
        (br.Laplace(scale), pm.Laplace.dist(0.0, scale), BETA),
        (br.Normal(scale), pm.Normal.dist(0.0, scale), BETA),
        (br.Laplace(scale, positive=True), pm.Exponential.dist(1.0 / scale), BETA),
        (br.Normal(scale, positive=True), pm.HalfNormal.dist(scale), BETA),
    ]
    for law, distribution, beta in pairs:
        named = law if face == "prior" else law.to_penalty(phi)
        got = named.log_prior(beta, named.strength(phi))
        expected = logp(distribution, beta)
        assert got == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_elastic_net_is_the_normalised_product_of_laplace_and_normal():
    import pymc as pm

    law = br.ElasticNetPrior(1.5, 0.5)
    got = law.log_prior(BETA, law.strength(1.0))
    product = logp(pm.Laplace.dist(0.0, np.float64(1 / 1.5)), BETA) + logp(
        pm.Normal.dist(0.0, np.float64(0.5**-0.5)), BETA
    )
    assert np.diff(got) == pytest.approx(np.diff(product), rel=1e-12)
