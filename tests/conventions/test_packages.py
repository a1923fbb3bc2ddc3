import numpy as np
import pytest

import bayesreg as br
from bayesreg.conventions import from_package, to_package
from bayesreg.conventions.laws import ChiSquare
from bayesreg.errors import InputError, UnsupportedError


@pytest.mark.parametrize(
    ("package", "arguments", "wanted"),
    [
        ("sklearn.Ridge", {"alpha": 3.0}, br.L2(3.0)),
        ("sklearn.Lasso", {"alpha": 0.5, "n": 10}, br.L1(5.0)),
        ("sklearn.Lasso", {"alpha": 0.5, "n": 10, "positive": True}, br.L1(5.0, positive=True)),
        ("sklearn.ElasticNet", {"alpha": 0.5, "n": 10}, br.ElasticNet(5.0, l1_ratio=0.5)),
        ("sklearn.LogisticRegression", {"C": 0.25}, br.L2(4.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "l1_ratio": 1.0}, br.L1(4.0)),
        ("sklearn.LogisticRegression", {"C": np.inf}, br.L2(0.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "penalty": "l1"}, br.L1(4.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "penalty": "l1", "l1_ratio": 1.0}, br.L1(4.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "penalty": "l2", "l1_ratio": None}, br.L2(4.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "penalty": "deprecated"}, br.L2(4.0)),
        ("sklearn.LogisticRegression", {"C": 0.25, "penalty": "elasticnet", "l1_ratio": 0.5}, br.ElasticNet(4.0)),
        ("sklearn.LogisticRegression", {"penalty": None}, br.L2(0.0)),
        ("sklearn.LogisticRegression", {"alpha": 0.25, "n": 8}, br.L2(2.0)),
        ("sklearn.LogisticRegression", {"alpha": 0.25, "n": 8, "penalty": "l1"}, br.L1(2.0)),
        ("sklearn.LogisticRegression", {"C": 0.5, "solver": "liblinear", "fit_intercept": False}, br.L2(2.0)),
        ("sklearn.BayesianRidge", {"lambda_": 4.0}, br.Normal(0.5)),
        ("sklearn.ARDRegression", {"lambda_": [1.0, 4.0]}, br.Normal(1.0, weights=[1.0, 4.0])),
        ("MASS.lm_ridge", {"lambda_": 3.0}, br.L2(3.0)),
        ("lasso2.l1ce", {"Lagrangian": 3.0, "standardize": False}, br.L1(3.0)),
        ("adelie.grpnet", {"lmda": 0.5, "n": 10, "penalty": [1.0, 3.0]}, br.L1(5.0, weights=[1.0, 3.0])),
        ("celer.Lasso", {"alpha": 0.5, "n": 10, "weights": [1.0, 3.0]}, br.L1(5.0, weights=[1.0, 3.0])),
        ("celer.GroupLasso", {"alpha": 0.5, "n": 10}, br.GroupLasso(5.0, weights=1)),
        ("skglm.GroupLasso", {"alpha": 0.5, "n": 10, "weights": {"g": 2.0}}, br.GroupLasso(5.0, weights={"g": 2.0})),
        ("skglm.MCPRegression", {"alpha": 0.5, "n": 10}, br.MCP(5.0, 3.0, bend="rows")),
        ("glum.GeneralizedLinearRegressor", {"alpha": 0.5, "n": 10}, br.L2(5.0)),
        ("rstanarm.normal", {"scale": 2.0}, br.Normal(2.0)),
        ("rstanarm.normal", {"scale": 2.0, "autoscale": True, "s_y": 3.0}, br.Normal(6.0)),
        ("rstanarm.laplace", {"scale": 2.0, "autoscale": True, "s_y": 3.0}, br.Laplace(6.0)),
        ("rstanarm.student_t", {"df": 4, "scale": 2.0, "autoscale": True, "s_y": 3.0}, br.StudentT(4, 6.0)),
        ("rstanarm.cauchy", {"scale": 2.0, "autoscale": False}, br.Cauchy(2.0)),
        ("rstanarm.lasso", {"scale": 2.0}, br.Laplace(br.UserHyperprior(ChiSquare(2.0, 1.0)))),
        ("brms.lasso", {"scale": 2.0, "df": 3}, br.Laplace(br.UserHyperprior(ChiSquare(2.0, 3)))),
        ("brms.double_exponential", {"scale": 2.0}, br.Laplace(2.0)),
        (
            "brms.horseshoe",
            {"scale_global": 0.5, "dispersion": 4.0},
            br.RegularizedHorseshoe(br.HalfCauchy(1.0), 2.0, 4.0, relative_to=None),
        ),
        ("bambi.automatic", {"scale": 2.5, "s_y": 4.0}, br.Normal(10.0)),
        ("bambi.automatic", {"scale": 1.0, "family": "bernoulli"}, br.Normal(1.0)),
        ("pymc.Normal", {"tau": 4.0}, br.Normal(0.5)),
        ("pymc.Normal", {"sigma": np.inf}, br.Flat()),
        ("torch.SGD(MSELoss)", {"weight_decay": 0.1, "n": 20}, br.L2(1.0)),
        ("keras.L2", {"l": 0.1, "n": 20}, br.L2(4.0)),
        ("xgboost.gblinear", {"reg_alpha": 0.1, "reg_lambda": 0.3, "n": 10}, br.ElasticNet(4.0, l1_ratio=0.25)),
        ("xgboost.gbtree", {"reg_alpha": 0.0, "reg_lambda": 3.0}, br.L2(3.0)),
        ("glmnet", {"lambda_": 0.5, "n": 10, "alpha": 0.0, "family": "gaussian()"}, br.L2(5.0)),
        ("glmnet", {"lambda_": 0.5, "n": 10}, br.L1(5.0)),
        ("glmnet", {"lambda_": 0.5, "n": 10, "alpha": 0.0, "s_y": 2.0}, br.L2(2.5)),
        ("glmnet", {"lambda_": 0.5, "n": 10, "alpha": 0.0, "family": "binomial"}, br.L2(5.0)),
        ("statsmodels.OLS", {"alpha": 0.5, "L1_wt": 0.25, "n": 8}, br.ElasticNet(4.0, l1_ratio=0.25)),
        ("statsmodels.Logit", {"alpha": 0.5}, br.L1(0.5)),
    ],
)
def test_from_package(package, arguments, wanted):
    assert from_package(package, **arguments) == wanted


def test_penalty_factor_is_rescaled_as_glmnet_does():
    by_position = from_package("glmnet", lambda_=0.5, n=10, penalty_factor=[0.0, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(by_position.weights, [0.0, 0.5, 1.5, 2.0])
    by_name = from_package("glmnet", lambda_=0.5, n=10, penalty_factor={"a": 0.0, "b": 1.0})
    assert by_name.weights == {"a": 0.0, "b": 2.0}


@pytest.mark.parametrize(
    ("package", "facts"),
    [
        ("sklearn.ElasticNet", {"n": 442}),
        ("sklearn.LogisticRegression", {}),
        ("glmnet", {"n": 442, "s_y": 77.0}),
        ("glmnet", {"n": 442, "family": "poisson"}),
        ("statsmodels.GLM", {"n": 442}),
        ("celer.ElasticNet", {"n": 442}),
        ("skglm.SparseLogisticRegression", {"n": 442}),
        ("glum.GeneralizedLinearRegressor", {"n": 442}),
        ("adelie.grpnet", {"n": 442}),
        ("xgboost.gblinear", {"n": 442}),
        ("lightgbm.leaves", {}),
    ],
)
@pytest.mark.parametrize("penalty", [br.L1(3.0), br.L2(3.0), br.ElasticNet(3.0, l1_ratio=0.3)], ids=repr)
def test_there_and_back(package, facts, penalty):
    back = from_package(package, **to_package(penalty, package, **facts), **facts)
    assert type(back) is type(penalty)
    np.testing.assert_allclose(back.strength(1.0), penalty.strength(1.0), rtol=1e-12)


@pytest.mark.parametrize(
    ("law", "package", "facts"),
    [
        (br.Normal(2.0), "brms.normal", {}),
        (br.Normal(2.0), "bambi.automatic", {"s_y": 3.0}),
        (br.Laplace(2.0), "rstanarm.laplace", {}),
        (br.Laplace(2.0), "pymc.Laplace", {}),
        (br.Laplace(br.UserHyperprior(ChiSquare(2.0, 3))), "rstanarm.lasso", {}),
        (br.StudentT(4.0, 2.0), "brms.student_t", {}),
        (br.Cauchy(2.0), "rstanarm.cauchy", {}),
        (br.GroupLasso(2.0, weights=1), "celer.GroupLasso", {"n": 8}),
        (br.GroupLasso(2.0, weights={"a": 2.0}), "skglm.GroupLasso", {"n": 8}),
        (br.MCP(2.0, 2.5, bend="rows"), "skglm.MCPRegression", {"n": 8}),
        (br.L1(2.0, weights=[1.0, 3.0]), "celer.Lasso", {"n": 8}),
        (
            br.RegularizedHorseshoe(br.HalfCauchy(0.5), 3.0, 5.0, relative_to=None),
            "rstanarm.hs",
            {"dispersion": 4.0},
        ),
        (br.L1(2.0), "lasso2.l1ce", {"n": 5}),
    ],
    ids=str,
)
def test_laws_there_and_back(law, package, facts):
    there = to_package(law, package, **facts)
    back = from_package(package, **there, **facts)
    assert type(back) is type(law)
    if law.is_given and not isinstance(law, br.RegularizedHorseshoe):
        np.testing.assert_allclose(back.strength(1.0), law.strength(1.0), rtol=1e-14)
    else:
        assert back == law


def test_a_dispersion_stands_between_loss_units_and_prior_units_only():
    assert to_package(br.L2(2.0), "brms.normal", dispersion=8.0) == {"scale": 2.0}
    assert to_package(br.Normal(2.0, relative_to="sigma"), "sklearn.Ridge") == {"alpha": 0.25}
    assert to_package(br.Normal(2.0, relative_to="sigma"), "brms.normal", dispersion=4.0) == {"scale": 4.0}
    assert to_package(br.Normal(2.0), "sklearn.LogisticRegression") == {"C": 4.0, "l1_ratio": 0.0}
    with pytest.raises(InputError, match="needs dispersion="):
        to_package(br.L2(2.0), "brms.normal")
    with pytest.raises(InputError, match=r"dispersion=4\.0 is not used"):
        to_package(br.Normal(2.0), "brms.normal", dispersion=4.0)


def test_weights_become_a_penalty_factor():
    penalty = br.L1(3.0, weights=[0.0, 1.0, 5.0])
    arguments = to_package(penalty, "glmnet", n=10)
    back = from_package("glmnet", **arguments, n=10)
    np.testing.assert_allclose(back.lam * np.asarray(back.weights), [0.0, 3.0, 15.0])


def test_prior_units_need_the_dispersion():
    assert to_package(br.Laplace(0.5), "sklearn.Lasso", n=10, dispersion=2.0) == {"alpha": 0.4}
    with pytest.raises(InputError, match="needs dispersion="):
        to_package(br.Laplace(0.5), "sklearn.Lasso", n=10)
    with pytest.raises(InputError, match=r"dispersion=2\.0 is not used"):
        to_package(br.L1(0.5), "sklearn.Lasso", n=10, dispersion=2.0)


def test_flat_is_each_packages_no_penalty():
    assert to_package(br.Flat(), "sklearn.LogisticRegression")["C"] == np.inf
    assert to_package(br.Flat(), "sklearn.Lasso", n=10) == {"alpha": 0.0}


def test_positive_is_kept():
    assert to_package(br.L1(5.0, positive=True), "sklearn.Lasso", n=10) == {"alpha": 0.5, "positive": True}


@pytest.mark.parametrize(
    ("package", "arguments", "message"),
    [
        ("sklearn.Lars", {"alpha": 1.0}, r"Allowed: sklearn\.Ridge, .*, sklearn\.ARDRegression\.$"),
        ("alpha", {"alpha": 1.0}, r"Allowed: those of glmnet, sklearn, .*, lightgbm; bayesreg\.conventions\.table\(\)"),
        ("sklearn.Laso", {"alpha": 1.0}, r"Did you mean 'sklearn\.Lasso'\?"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "l3"}, "penalty='l3' is not known"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "l1", "l1_ratio": 0.5}, r"contradicts l1_ratio=0\.5"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "elasticnet"}, "needs l1_ratio="),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": None}, r"no penalty, and C=1\.0 is one"),
        ("sklearn.LogisticRegression", {"C": 1.0, "tol": 1e-9}, "how the optimum is found, not which"),
        ("sklearn.LogisticRegression", {"C": 1.0, "solver": "liblinear"}, "needs fit_intercept="),
        ("sklearn.LogisticRegression", {"C": 1.0, "class_weight": "balanced"}, r"changes the fit.*weights=\.\.\."),
        ("sklearn.LogisticRegression", {"C": 1.0, "alpha": 1.0, "n": 10}, "C and alpha, which are spellings of one"),
        ("sklearn.LogisticRegression", {}, r"needs C= or alpha= \(planned for 1\.10"),
        ("sklearn.LogisticRegression", {"alpha": 1.0}, "needs n="),
        ("liblinear.LogisticRegression", {"C": 1.0, "fit_intercept": True}, "a column of 1s among the data"),
        ("liblinear.LogisticRegression", {"C": 1.0, "fit_intercept": False, "l1_ratio": 0.5}, "0 .the square. and 1"),
        ("pymc.Normal", {"tau": 1.0, "sigma": 1.0}, "sigma and tau, which are spellings of one"),
        ("rstanarm.hs", {"global_scale": 1.0, "dispersion": 1.0, "df": 3}, "holds for df=1 only"),
        ("rstanarm.hs", {"global_scale": 1.0}, "needs dispersion="),
        ("rstanarm.hs", {"global_scale": 1.0, "autoscale": True}, "autoscale=True is not used"),
        ("rstanarm.normal", {"scale": 1.0, "autoscale": 1}, "autoscale=1 is not allowed"),
        ("rstanarm.normal", {"scale": 1.0, "autoscale": True}, "needs s_y="),
        ("rstanarm.normal", {"scale": 1.0, "autoscale": True, "family": "binomial"}, "needs n="),
        ("rstanarm.normal", {"scale": 1.0, "dispersion": 2.0}, r"dispersion=2\.0 is not used"),
        ("brms.student_t", {"scale": 1.0}, "needs df=, a number of the law"),
        ("bambi.automatic", {"scale": 1.0, "s_y": 1.0, "family": None}, "family=None is not known"),
        ("celer.GroupLasso", {"alpha": 1.0, "n": 10, "groups": 5}, "groups are the terms"),
        ("celer.GroupLasso", {"alpha": 1.0, "n": 10, "weights": [1.0]}, "mapping from term"),
        ("celer.Lasso", {"alpha": 1.0, "n": 10, "weights": [-1.0]}, "one finite factor >= 0"),
        ("lasso2.l1ce", {"Lagrangian": 1.0}, "needs n="),
        ("glmnet", {"lambda": 1.0, "n": 10}, "Write it as lambda_="),
        ("glmnet", {"s": 1.0, "n": 10}, "Write it as lambda_="),
        ("sklearn.Lasso", {"lambda": 1.0, "n": 10}, "Leave it out only if it does not change the fit"),
        ("sklearn.Lasso", {"alpha": 1.0}, "needs n="),
        ("sklearn.Lasso", {"n": 10}, "needs alpha="),
        ("sklearn.Lasso", {"alpha": 1.0, "n": 10, "l1_ratio": 0.5}, "l1_ratio=0.5 is not used"),
        ("sklearn.Lasso", {"alpha": 1.0, "n": 10, "positive": 1}, "positive=1"),
        ("sklearn.Ridge", {"alpha": 1.0, "n": 10}, "n=10 is not used"),
        ("glmnet", {"lambda_": 1.0, "n": 10, "alpha": 0.5}, "needs s_y="),
        ("glmnet", {"lambda_": 1.0, "n": 10, "standardize": True}, "br.Model"),
        ("glmnet", {"lambda_": 1.0, "n": 10, "family": "cox"}, "family='cox'"),
        ("glmnet", {"lambda_": 1.0, "n": 10, "penalty_factor": [np.inf, 1.0]}, "left out of the model"),
        ("glmnet", {"lambda_": 1.0, "n": 10, "penalty_factor": [0.0, 0.0]}, "not all 0"),
    ],
)
def test_refusals(package, arguments, message):
    with pytest.raises(InputError, match=message):
        from_package(package, **arguments)


def test_what_a_package_can_not_say():
    with pytest.raises(InputError, match=r"sklearn\.Lasso penalises an absolute value only"):
        to_package(br.L2(1.0), "sklearn.Lasso", n=10)
    with pytest.raises(UnsupportedError, match="one strength for all columns"):
        to_package(br.L1(1.0, weights=[1.0, 2.0]), "sklearn.Lasso", n=10)
    with pytest.raises(UnsupportedError, match="keeps coefficients >= 0"):
        to_package(br.L1(1.0, positive=True), "glmnet", n=10)
    with pytest.raises(UnsupportedError, match="limits="):
        to_package(br.L1(1.0, limits=(-1.0, 1.0)), "sklearn.Lasso", n=10)
    with pytest.raises(UnsupportedError, match="no sum of absolute values and squares"):
        to_package(br.Bridge(1.0, 0.5), "sklearn.Lasso", n=10)
    with pytest.raises(UnsupportedError, match="root of its rank"):
        to_package(br.GroupLasso(1.0), "celer.GroupLasso", n=10)
    with pytest.raises(UnsupportedError, match="bend='rows'"):
        to_package(br.MCP(1.0), "skglm.MCPRegression", n=10)
    with pytest.raises(InputError, match="penalises the length of groups"):
        to_package(br.L1(1.0), "celer.GroupLasso", n=10)
    with pytest.raises(InputError, match=r"br\.HalfCauchy"):
        to_package(br.RegularizedHorseshoe(0.1), "brms.horseshoe", dispersion=1.0)
    with pytest.raises(UnsupportedError, match="no gradient of a penalty"):
        to_package(br.L2(1.0), "torch.AdamW", n=10)
    with pytest.raises(InputError, match="'ridge' is not a penalty"):
        to_package("ridge", "sklearn.Ridge")
    with pytest.raises(UnsupportedError, match="no strength"):
        to_package(br.L1(), "sklearn.Lasso", n=10)
