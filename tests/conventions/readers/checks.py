"""What every fit made elsewhere is checked for."""

import numpy as np
import pytest

import bayesreg as br


def reproduced(model, coef, intercept=None, *, close=1e-6, kkt=1e-8):
    """Check that the mode of ``model`` is ``coef``, to ``close`` of the largest, and that its origin says so."""
    params = model.fit().params
    slopes = params.drop("Intercept") if intercept is not None else params
    assert np.abs(coef).max() > 0.0
    np.testing.assert_allclose(slopes, coef, rtol=0.0, atol=close * np.abs(coef).max())
    if intercept is not None:
        assert params["Intercept"] == pytest.approx(intercept, rel=10.0 * close, abs=10.0 * close)
    assert model.origin.kkt <= kkt
    assert str(model.origin).startswith("this is, to ")


def stationary(frame, coef, score, *, close=1e-6):
    """Check the stated priors by hand: ``score = rate sign(b) + precision b``, in nats, where a coefficient is not 0.

    ``score`` is the slope of the log likelihood at the fit.
    """
    rate, precision = frame["rate"].to_numpy(), frame["precision"].to_numpy()
    active = coef != 0.0
    wanted = rate * np.sign(coef) + precision * coef
    size = np.abs(score).max()
    assert size > 0.0
    np.testing.assert_allclose(score[active], wanted[active], rtol=0.0, atol=close * size)
    assert np.all(np.abs(score[~active]) <= rate[~active] + close * size)


def untouched(fit, X, y, **given):
    """Return the model of a fit, having checked that its data are left alone."""
    before = [np.array(X, copy=True), np.array(y, copy=True)]
    model = br.Model.from_fitted(fit, X, y, **given)
    for part, kept in zip((X, y), before, strict=True):
        np.testing.assert_array_equal(part, kept)
    return model
