"""What can be read, and what is refused by name."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import (
    ElasticNetCV,
    Lars,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    MultiTaskLasso,
    PoissonRegressor,
    Ridge,
    RidgeCV,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

import bayesreg as br
from bayesreg.conventions.fitted import read_fitted
from bayesreg.errors import InputError, UnsupportedError


class MyLasso(Lasso):
    """A user's own subclass."""


def test_a_subclass_is_read_as_what_it_is(standardised):
    assert read_fitted(MyLasso(alpha=0.5).fit(*standardised), n=442).penalty == br.L1(221.0)


def test_the_chosen_strength_of_a_cross_validated_estimator_is_read(standardised):
    ridge = RidgeCV(alphas=(1.0, 10.0)).fit(*standardised)
    assert read_fitted(ridge).penalty == br.L2(float(ridge.alpha_))
    lasso = LassoCV(cv=3, alphas=20).fit(*standardised)
    assert read_fitted(lasso, n=442).penalty == br.L1(442 * lasso.alpha_)
    net = ElasticNetCV(cv=3, alphas=20, l1_ratio=[0.2, 0.8]).fit(*standardised)
    assert read_fitted(net, n=442).penalty.l1_ratio == pytest.approx(net.l1_ratio_)


def test_the_older_spelling_of_the_logistic_penalty_is_read(binary):
    X, y = binary
    for penalty, wanted in [(None, br.Flat()), ("l1", br.L1(2.0)), ("l2", br.L2(2.0))]:
        strength = {} if penalty is None else {"C": 0.5, "l1_ratio": float(penalty == "l1")}
        estimator = LogisticRegression(penalty=penalty, solver="saga", tol=1e-3, max_iter=10_000, **strength)
        with pytest.warns(FutureWarning, match="deprecated"):
            estimator.fit(X, y)
        assert read_fitted(estimator).penalty == wanted


def test_infinite_c_is_flat(binary):
    assert read_fitted(LogisticRegression(C=np.inf).fit(*binary)).penalty == br.Flat()


def test_liblinear_is_read_without_an_intercept_only(binary):
    X, y = binary
    fit = LogisticRegression(solver="liblinear", fit_intercept=False).fit(X, y)
    assert read_fitted(fit).intercept is False
    with pytest.raises(UnsupportedError, match=r"penalises the intercept.*'lbfgs'"):
        read_fitted(LogisticRegression(solver="liblinear").fit(X, y))


def cases(X, y):
    label = np.where(y > 200, "high", np.where(y > 100, "mid", "low"))
    both = np.column_stack([y, y**2])
    scaled = make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge())
    twice = make_pipeline(StandardScaler(), StandardScaler(), Ridge())
    picked = make_pipeline(ColumnTransformer([("a", "passthrough", [0])]), Ridge())
    return [
        (Lars().fit(X, y), UnsupportedError, "sklearn.Lars can not be read.*Ridge"),
        (LinearRegression().fit(X, y), UnsupportedError, r"no penalty: use br\.Model\(formula, data\)\.mle"),
        (LogisticRegressionCV(), UnsupportedError, r"LogisticRegression\(C=clf\.C_\[0\], \.\.\.\)"),
        (GridSearchCV(Ridge(), {"alpha": [1.0]}), UnsupportedError, r"search\.best_estimator_"),
        (object(), UnsupportedError, "builtins.object can not be read"),
        (MultiTaskLasso().fit(X, both), UnsupportedError, "MultiTaskLasso can not be read"),
        (Ridge().fit(X, both), UnsupportedError, "2 responses"),
        (Ridge(alpha=[1.0, 2.0]).fit(X, both), UnsupportedError, "2 responses"),
        (LogisticRegression(max_iter=1000).fit(X, label), UnsupportedError, "3 classes"),
        (LogisticRegression(class_weight="balanced").fit(X, y > 140), UnsupportedError, "class_weight='balanced'"),
        (Ridge(), InputError, "Ridge is not fitted"),
        (make_pipeline(StandardScaler(), Ridge()), InputError, "Ridge is not fitted"),
        (scaled.fit(X, y), UnsupportedError, "step 'polynomialfeatures'"),
        (twice.fit(X, y), UnsupportedError, "step 'standardscaler-2'"),
        (picked.fit(X, y), UnsupportedError, "step 'columntransformer'"),
        (Lasso().fit(X, y), InputError, r"sklearn\.Lasso\.alpha is a strength per row"),
        (PoissonRegressor().fit(X, y), InputError, "strength per row"),
    ]


@pytest.mark.parametrize("case", range(17))
def test_refusals_name_the_culprit(standardised, case):
    estimator, error, message = cases(*standardised)[case]
    with pytest.raises(error, match=message):
        read_fitted(estimator)
