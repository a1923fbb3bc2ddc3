"""Our own rows, against the penalties and priors themselves."""

import numpy as np
import pytest
from scipy.stats import chi2

import bayesreg as br
from bayesreg.conventions import convert, from_package, to_package


def test_loss_units():
    laplace = convert(3.0, "bayesreg.L1.lam", "bayesreg.Laplace.scale", dispersion=2.5)
    assert laplace == pytest.approx(br.L1(3.0).to_prior(dispersion=2.5).scale, rel=1e-15)
    normal = convert(3.0, "bayesreg.L2.lam", "bayesreg.Normal.scale", dispersion=2.5)
    assert normal == pytest.approx(br.L2(3.0).to_prior(dispersion=2.5).scale, rel=1e-15)
    group = convert(3.0, "bayesreg.GroupLasso.lam", "celer.GroupLasso.alpha", n=10)
    assert from_package("celer.GroupLasso", alpha=group, n=10) == br.GroupLasso(3.0, weights=1)
    bent = to_package(br.MCP(3.0, 2.5, bend="rows"), "skglm.MCPRegression", n=10)
    assert bent == {"alpha": pytest.approx(0.3), "gamma": 2.5}


def test_prior_units():
    """A prior without loss units is the same law in every package: its density is, too."""
    points = np.array([-2.0, 0.5, 4.0])
    for law, call in [(br.StudentT(4.0, 2.0), "rstanarm.student_t"), (br.Cauchy(2.0), "rstanarm.cauchy")]:
        back = from_package(call, **to_package(law, call))
        density = law.log_prior(points, law.strength(1.0))
        np.testing.assert_allclose(back.log_prior(points, back.strength(1.0)), density, rtol=1e-15)
    relative = br.RegularizedHorseshoe(br.HalfCauchy(0.1), 2.0, 4.0, relative_to="sigma")
    brms = to_package(relative, "brms.horseshoe", dispersion=9.0)
    # Theirs is tau = 0.1 sigma with an absolute slab; ours has the slab in units of sigma = 3 too.
    assert brms == {"scale_global": pytest.approx(0.1), "scale_slab": 6.0, "df_slab": 4.0}
    absolute = from_package("brms.horseshoe", **brms, dispersion=9.0)
    assert absolute.tau.scale == pytest.approx(0.3, rel=1e-15)


def test_a_learned_scale_is_chi_square():
    """The Laplace scale of lasso() is scale times chi^2(df), here by SciPy's quantiles."""
    law = from_package("rstanarm.lasso", df=3, scale=2.0)
    assert law.scale.quantity == "scale"
    levels = [0.05, 0.5, 0.95]
    # The quantiles are interpolated between nodes 0.6 % apart.
    np.testing.assert_allclose([law.scale.quantile(p) for p in levels], 2.0 * chi2(3).ppf(levels), rtol=1e-3)
