"""Bambi's automatic priors, read off its models, and our mode under the same prior."""

import bambi as bmb
import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.conventions import convert, from_package

from .oracle import solve
from .peers import OURS, near, our_mode

NAMES = [f"x{j}" for j in range(10)]


def standard_deviations(X, y, family):
    """The prior standard deviation of every raw coefficient in Bambi's model."""
    data = pd.DataFrame(X, columns=NAMES).assign(y=y)
    model = bmb.Model(f"y ~ {' + '.join(NAMES)}", data, family=family)
    model.build()
    terms = model.parameters[model.family.likelihood.parent].common_terms
    assert {term.prior.name for term in terms.values()} == {"Normal"}
    return np.array([float(terms[name].prior.args["sigma"]) for name in NAMES])


def same_prior(X, y, theirs, penalty, family, phi=1.0):
    """The penalty on standardised columns has these standard deviations, and the mode that they give."""
    assert isinstance(penalty, br.Normal)
    np.testing.assert_allclose(penalty.scale / X.std(axis=0), theirs, rtol=1e-12)
    wanted, _ = solve(X, y, 0.0, phi / theirs**2, family=family)
    ours, _ = our_mode(X, y, penalty, family=family, standardize=True, phi=phi)
    near(ours, wanted, OURS)


def test_automatic_priors_of_a_gaussian_response(raw):
    X, y = raw
    theirs = standard_deviations(X, y, "gaussian")
    same_prior(X, y, theirs, from_package("bambi.automatic", scale=2.5, s_y=y.std()), "gaussian", phi=3000.0)
    one = convert(2.5, "bambi.automatic.scale", "pymc.Normal.sigma", s_y=y.std(), s_j=X[:, 2].std())
    assert one == pytest.approx(theirs[2], rel=1e-12)


@pytest.mark.parametrize(("family", "ours", "scale"), [("bernoulli", "bernoulli", 1.0), ("poisson", "poisson", 2.5)])
def test_automatic_priors_of_other_responses(request, family, ours, scale):
    X, y = request.getfixturevalue("binary" if ours == "bernoulli" else "counts")
    X = X * np.geomspace(0.1, 10.0, 10)
    theirs = standard_deviations(X, y, family)
    same_prior(X, y, theirs, from_package("bambi.automatic", scale=scale, family=family), ours)
