"""Weight decay of PyTorch, and regularisers of Keras."""

from __future__ import annotations

from typing import Any

from bayesreg.conventions.rows import Convention, example

_TESTS = "tests/conventions/test_deep.py::"
_PER_ROW: dict[str, Any] = {"f": (("n", 1),), "status": "documented"}
_NLL: dict[str, Any] = _PER_ROW | {"family": "any", "A": "1/n"}
_MSE: dict[str, Any] = _PER_ROW | {"family": "gaussian", "A": "2/n"}
_DECAY: dict[str, Any] = {
    "package": "torch",
    "argument": "weight_decay",
    "a1": "0",
    "a2": "weight_decay",
    "share": 0.0,
}
_KERAS: dict[str, Any] = {"package": "keras", "argument": "l"}
_KERAS_L1: dict[str, Any] = _KERAS | {"a1": "l", "a2": "0", "share": 1.0, "tested_by": _TESTS + "test_keras_l1"}
_KERAS_L2: dict[str, Any] = _KERAS | {"a1": "0", "a2": "2 l", "share": 0.0, "tested_by": _TESTS + "test_keras_l2"}
_BIASES = "It also decays biases that are in its parameter group."
_SAME_LOSS = "loss='mse' is not halved. "
_L1, _L2 = "bayesreg.L1.lam", "bayesreg.L2.lam"

ROWS: tuple[Convention, ...] = (
    Convention(
        **_DECAY,
        **_NLL,
        estimator="SGD",
        note="For a loss that is the mean negative log likelihood (BCEWithLogitsLoss, PoissonNLLLoss). " + _BIASES,
        tested_by=_TESTS + "test_sgd_weight_decay",
        example=example(0.01, _L2, 4.0, n=400),
    ),
    Convention(
        **_DECAY,
        **_MSE,
        estimator="SGD(MSELoss)",
        constant=0.5,
        note="MSELoss is not halved, the decay is: half the strength. " + _BIASES,
        tested_by=_TESTS + "test_sgd_weight_decay_with_mse_loss",
        example=example(0.01, _L2, 2.0, n=400),
    ),
    Convention(
        **_DECAY,
        **_NLL,
        estimator="AdamW",
        refused="its decay is no gradient of a penalty: it is not divided by the running root mean square of the "
        "gradients as the loss is, so the fixed point is the mode of no posterior. Adam with a coupled weight_decay "
        "has one, that of torch.SGD",
        tested_by=_TESTS + "test_adamw_is_the_mode_of_no_ridge",
        example=example(0.01, _L2, None, n=400),
    ),
    Convention(
        **_KERAS_L1,
        **_NLL,
        estimator="L1",
        note="For a loss that is a mean negative log likelihood (binary crossentropy).",
        example=example(0.01, _L1, 4.0, n=400),
    ),
    Convention(
        **_KERAS_L1,
        **_MSE,
        estimator="L1(mse)",
        constant=0.5,
        note=_SAME_LOSS,
        example=example(0.01, _L1, 2.0, n=400),
    ),
    Convention(
        **_KERAS_L2,
        **_NLL,
        estimator="L2",
        constant=2.0,
        note="The square is not halved: l = 0.01 is weight_decay = 0.02.",
        example=example(0.01, _L2, 8.0, n=400),
    ),
    Convention(
        **_KERAS_L2,
        **_MSE,
        estimator="L2(mse)",
        note=_SAME_LOSS + "The square is not either, so the halves cancel.",
        example=example(0.01, _L2, 4.0, n=400),
    ),
)
