"""Exact leave-one-out against refits: ``log p(y_i | y_-i)`` is the evidence of all rows less that of the others.

Columns are as they are and priors are given in absolute units, so that a refit has the same prior. Both sides are
quadrature: tolerance 1e-6 nats a row, and 1e-5 where sigma alone is integrated, on nodes that reach less far into the
tail of small sigma, which the row at -4.4 nats weighs up.
"""

import numpy as np
import pytest

import bayesreg as br
from tests.posterior.learned_oracle import data

FRAME = data(n=12, seed=7)
WIDE = data(n=9, seed=3, columns=13)
SIGMA = br.HalfT(3.0, 1.5)
THREE = "y ~ x0 + x1 + x2"
CASES = {
    "given, sigma known": (THREE, br.Normal(0.7), 1.3),
    "given, a t": (THREE, br.Normal(0.7, relative_to="sigma"), br.InverseGamma(2.0, 1.5)),
    "given, sigma by quadrature": (THREE, br.Normal(0.7), SIGMA),
    "learned, relative": (THREE, br.Normal(br.HalfNormal(1.0), relative_to="sigma"), SIGMA),
    "learned, absolute": (THREE, br.Normal(br.HalfNormal(1.0)), SIGMA),
    "learned, a rate": (THREE, br.L2(br.Gamma(2.0, 1.0), relative_to="sigma"), br.InverseGamma(2.0, 1.5)),
    "learned, sigma known": (THREE, br.Normal(br.HalfNormal(1.0)), 1.3),
    "learned beside a flat column": ("y ~ flat(x2) + x0 + x1", br.Normal(br.HalfNormal(1.0)), SIGMA),
    "two learned": (
        "y ~ x0 + x1 + (1 | g)",
        {"1 | g": br.Normal(br.HalfNormal(1.0)), ...: br.Normal(br.HalfNormal(1.0))},
        1.3,
    ),
}


def evidence(formula, penalty, dispersion, frame):
    model = br.Model(formula, frame, penalty=penalty, dispersion=dispersion, standardize=False)
    return model.sample(5, chains=1, seed=1).log_evidence


def refitted(formula, penalty, dispersion, frame):
    every = evidence(formula, penalty, dispersion, frame)
    return np.array([every - evidence(formula, penalty, dispersion, frame.drop(index=i)) for i in frame.index])


@pytest.mark.parametrize("name", CASES)
def test_every_row_is_the_refit_without_it(name):
    formula, penalty, dispersion = CASES[name]
    model = br.Model(formula, FRAME, penalty=penalty, dispersion=dispersion, standardize=False)
    loo = model.sample(5, chains=1, seed=1).loo()
    assert (loo.frame["method"] == "exact").all()
    expected = refitted(formula, penalty, dispersion, FRAME)
    within = 1e-5 if name == "given, sigma by quadrature" else 1e-6
    np.testing.assert_allclose(loo.frame["elpd"], expected, rtol=0.0, atol=within)


def test_more_columns_than_rows():
    names = [f"x{j}" for j in range(13)]
    given = (f"y ~ {' + '.join(names)}", br.Normal(br.HalfNormal(1.0), relative_to="sigma"), SIGMA)
    loo = br.Model(given[0], WIDE, penalty=given[1], dispersion=given[2], standardize=False).sample(5, seed=1).loo()
    np.testing.assert_allclose(loo.frame["elpd"], refitted(*given, WIDE), rtol=0.0, atol=1e-6)
