"""Functions of ArviZ read the trees of every engine as they are, with the groups that they need made on request."""

import arviz
import numpy as np
import pytest

import bayesreg as br
from tests.problems import make
from tests.results.stand_in import near_the_mode

GROUPS = ("log_likelihood", "posterior_predictive", "log_prior", "prior", "prior_predictive", "constant_data")


@pytest.fixture(autouse=True)
def figures_are_closed():
    from matplotlib import pyplot

    yield
    pyplot.close("all")


@pytest.fixture(scope="module", params=["exact", "gibbs", "counts"])
def post(request):
    if request.param == "counts":
        return near_the_mode(make("visits", br.Normal(1.0)), draws=100).with_groups(*GROUPS)
    penalty = br.L2(br.HalfNormal(1.0)) if request.param == "exact" else br.L1(br.HalfNormal(1.0))
    model = br.Model("target ~ bmi + bp", br.datasets.diabetes(), penalty=penalty)
    return model.sample(100, seed=1, engine=request.param, groups=GROUPS)


@pytest.mark.filterwarnings("ignore:Estimated shape parameter")  # a few rows of the counts weigh too much
def test_numbers(post):
    tree, frame = post.tree, post.summary().frame
    table = arviz.summary(tree, var_names=["beta"], round_to="none")
    np.testing.assert_allclose(table["mean"].astype(float), post.drawn.flat.beta.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(table["r_hat"].astype(float), frame["rhat"], rtol=1e-6)
    loo = arviz.loo(tree, pointwise=True, reff=1.0)
    assert np.isfinite(loo.elpd)
    assert np.isfinite(arviz.psense(tree, group="prior")["beta"]).all()
    assert arviz.loo_pit(tree)[post.model.design.response].shape == (post.model.design.n,)
    assert arviz.hdi(tree)["beta"].shape[0] == len(frame)


@pytest.mark.parametrize(
    "name", ["plot_forest", "plot_trace", "plot_rank", "plot_ppc_dist", "plot_loo_pit", "plot_prior_posterior"]
)
def test_pictures(post, name):
    only = (
        {} if name in ("plot_ppc_dist", "plot_loo_pit") else {"var_names": ["beta"], "coords": {"coef": ["Intercept"]}}
    )
    if name == "plot_ppc_dist" and post.engine == "nuts":
        name = "plot_ppc_rootogram"  # what ArviZ draws of counts
    assert getattr(arviz, name)(post.tree, **only) is not None


def test_columns_stand_beside_the_response(post):
    name = post.model.design.names[0]
    assert arviz.plot_lm(post.tree, x=name) is not None
