"""Adaptive weights: the adaptive lasso as its definition says, against a rescaled lasso of scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso

import bayesreg as br
from bayesreg.errors import InputError

FORMULA = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"


def test_adaptive_lasso_is_a_lasso_on_rescaled_columns():
    """Zou (2006), section 3.5: divide each column by its weight; scikit-learn solves that to 1e-6."""
    data = br.datasets.diabetes()
    first = br.Model(FORMULA, data, penalty=br.L2(10.0)).fit()
    weights = br.adaptive_weights(first)
    fit = br.Model(FORMULA, data, penalty=br.L1(20000.0, weights=weights)).fit()
    X, y = data[list(weights.index)].to_numpy(), data["target"].to_numpy()
    scale = X.std(axis=0) * weights.to_numpy()
    other = Lasso(alpha=20000.0 / len(y), tol=1e-12, max_iter=1_000_000).fit(X / scale, y)
    np.testing.assert_allclose(fit.params.iloc[1:], other.coef_ / scale, rtol=1e-6, atol=1e-9)
    assert 0 < fit.active.size < 10


def test_zeros_of_the_first_fit_stay_zero():
    data = br.datasets.diabetes()
    first = br.Model(FORMULA, data, penalty=br.L1(9000.0)).fit()
    weights = br.adaptive_weights(first, power=0.5)
    gone = [name for name in weights.index if name not in first.active]
    assert gone
    assert np.isinf(weights[gone]).all()
    second = br.Model(FORMULA, data, penalty=br.L1(1.0, weights=weights)).fit()
    assert (second.params[gone] == 0.0).all()


@pytest.mark.parametrize("power", [0.0, -1.0, np.inf, True, "one"])
def test_power_is_a_positive_number(power):
    first = br.Model("target ~ bmi", br.datasets.diabetes()).mle()
    with pytest.raises(InputError, match="is not an exponent"):
        br.adaptive_weights(first, power=power)


def test_only_fits_have_weights():
    with pytest.raises(InputError, match="is not a fit"):
        br.adaptive_weights(br.L1(1.0))
