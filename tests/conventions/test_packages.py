import numpy as np
import pytest

import bayesreg as br
from bayesreg.conventions import from_package, to_package
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
    ],
)
@pytest.mark.parametrize("penalty", [br.L1(3.0), br.L2(3.0), br.ElasticNet(3.0, l1_ratio=0.3)], ids=repr)
def test_there_and_back(package, facts, penalty):
    back = from_package(package, **to_package(penalty, package, **facts), **facts)
    assert type(back) is type(penalty)
    np.testing.assert_allclose(back.strength(1.0), penalty.strength(1.0), rtol=1e-12)


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
        ("sklearn.Lars", {"alpha": 1.0}, "Allowed: glmnet, sklearn.Ridge"),
        ("sklearn.Laso", {"alpha": 1.0}, r"Did you mean 'sklearn\.Lasso'\?"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "l3"}, "penalty='l3' is not known"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "l1", "l1_ratio": 0.5}, r"contradicts l1_ratio=0\.5"),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": "elasticnet"}, "needs l1_ratio="),
        ("sklearn.LogisticRegression", {"C": 1.0, "penalty": None}, r"no penalty, and C=1\.0 is one"),
        ("sklearn.LogisticRegression", {"C": 1.0, "tol": 1e-9}, "how the optimum is found, not which"),
        ("sklearn.LogisticRegression", {"C": 1.0, "solver": "liblinear"}, "'liblinear' penalises the intercept too"),
        ("sklearn.LogisticRegression", {"C": 1.0, "class_weight": "balanced"}, r"changes the fit.*weights=\.\.\."),
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
    with pytest.raises(InputError, match="'ridge' is not a penalty"):
        to_package("ridge", "sklearn.Ridge")
    with pytest.raises(UnsupportedError, match="no strength"):
        to_package(br.L1(), "sklearn.Lasso", n=10)
