"""PyTorch's and Keras' rows, against their documented update rules and losses, in NumPy.

SGD with ``weight_decay`` adds ``weight_decay * w`` to the gradient of the mean loss; AdamW takes ``lr * weight_decay *
w`` off beside the step of Adam; Keras adds ``l * sum(|w|)`` or ``l * sum(w^2)`` to the mean loss. The bias is not
decayed here.
"""

import numpy as np
import pytest

import bayesreg as br
from bayesreg.conventions import from_package
from bayesreg.errors import UnsupportedError

from .oracle import CUMULANT
from .peers import agree, minimise

DECAY = 0.05


def descend(X, y, mean, factor, decay, *, rate, steps):
    """Full-batch SGD on ``factor`` times the mean gradient, the decay coupled into the gradient."""
    beta, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        score = factor * (mean(bias + X @ beta) - y) / len(y)
        beta, bias = beta - rate * (X.T @ score + decay * beta), bias - rate * score.sum()
    return beta, bias


@pytest.mark.parametrize("family", ["gaussian", "bernoulli"])
def test_sgd_weight_decay(request, family):
    X, y = request.getfixturevalue("binary" if family == "bernoulli" else "standardised")
    beta, bias = descend(X, y, CUMULANT[family][1], 1.0, DECAY, rate=0.2 if family == "gaussian" else 0.8, steps=3000)
    agree(beta, bias, from_package("torch.SGD", weight_decay=DECAY, n=442), X, y, family=family)


def test_sgd_weight_decay_with_mse_loss(standardised):
    X, y = standardised
    beta, bias = descend(X, y, CUMULANT["gaussian"][1], 2.0, DECAY, rate=0.1, steps=6000)
    agree(beta, bias, from_package("torch.SGD(MSELoss)", weight_decay=DECAY, n=442), X, y)


def adam(X, y, decay, *, decoupled, steps=8000):
    """Adam on centred data, with a learning rate that falls to 0."""
    beta, first, second = np.zeros(X.shape[1]), np.zeros(X.shape[1]), np.zeros(X.shape[1])
    for k in range(1, steps + 1):
        rate = 0.5 * (1.0 - k / (steps + 1))
        gradient = X.T @ (X @ beta - y) / len(y) + (0.0 if decoupled else decay * beta)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        step = first / (1.0 - 0.9**k) / (np.sqrt(second / (1.0 - 0.999**k)) + 1e-8)
        beta = beta - rate * (step + (decay * beta if decoupled else 0.0))
    return beta


def implied(X, y, beta):
    """The strength per row that each coefficient would need to be at the mode of a ridge."""
    return X.T @ (y - X @ beta) / len(y) / beta


def test_adamw_is_the_mode_of_no_ridge(standardised):
    """Under a ridge all coefficients imply one strength: those of Adam do, those of AdamW differ by a factor."""
    X, y = standardised
    coupled = implied(X, y - y.mean(), adam(X, y - y.mean(), DECAY, decoupled=False))
    np.testing.assert_allclose(coupled, DECAY, rtol=0.05)
    decoupled = implied(X, y - y.mean(), adam(X, y - y.mean(), DECAY, decoupled=True))
    assert np.abs(decoupled).max() > 3.0 * np.abs(decoupled).min()
    for call in (lambda: from_package("torch.AdamW", weight_decay=DECAY, n=442), lambda: br.convert(
        DECAY, "torch.AdamW.weight_decay", "bayesreg.L2.lam", n=442)):  # fmt: skip
        with pytest.raises(UnsupportedError, match="no gradient of a penalty"):
            call()


# L-BFGS-B ends where the objective no longer changes in double precision: half the digits of the minimiser.
HALF = {"close": 1e-6}


@pytest.mark.parametrize(("name", "family", "factor"), [("L1", "bernoulli", 1.0), ("L1(mse)", "gaussian", 2.0)])
def test_keras_l1(request, name, family, factor):
    X, y = request.getfixturevalue("binary" if family == "bernoulli" else "standardised")
    size = 0.03 if family == "bernoulli" else 5.0
    beta, bias = minimise(X, y, factor / 442, size, 0.0, family=family)
    agree(beta, bias, from_package(f"keras.{name}", l=size, n=442), X, y, family=family, **HALF)


@pytest.mark.parametrize(("name", "family", "factor"), [("L2", "bernoulli", 1.0), ("L2(mse)", "gaussian", 2.0)])
def test_keras_l2(request, name, family, factor):
    """``l * sum(w^2)`` is half of ``2 l`` times the square."""
    X, y = request.getfixturevalue("binary" if family == "bernoulli" else "standardised")
    beta, bias = minimise(X, y, factor / 442, 0.0, 2.0 * DECAY, family=family)
    agree(beta, bias, from_package(f"keras.{name}", l=DECAY, n=442), X, y, family=family, **HALF)
