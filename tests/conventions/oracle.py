"""An independent solver of our objective, for comparison with what other packages return."""

import numpy as np

CUMULANT = {
    "gaussian": (lambda eta: eta**2 / 2, lambda eta: eta, np.ones_like),
    "bernoulli": (
        lambda eta: np.logaddexp(0.0, eta),
        lambda eta: 1 / (1 + np.exp(-eta)),
        lambda eta: 1 / (2 + np.exp(eta) + np.exp(-eta)),
    ),
    "poisson": (np.exp, np.exp, np.exp),
}


def solve(X, y, l1, l2, *, family="gaussian", intercept=True, weights=None):
    """Minimise ``sum w (b(eta) - y eta) + sum l1_j |b_j| + l2_j b_j^2 / 2``; return (coefficients, intercept)."""
    n, p = X.shape
    weights = np.ones(n) if weights is None else weights
    mean = X.mean(axis=0) if intercept else np.zeros(p)
    sd = np.sqrt(((X - mean) ** 2).mean(axis=0))
    design = np.column_stack([np.ones(n), (X - mean) / sd])[:, 0 if intercept else 1 :]
    pad = np.zeros(int(intercept))
    rate = np.r_[pad, np.broadcast_to(l1, p) / sd]
    precision = np.r_[pad, np.broadcast_to(l2, p) / sd**2]
    beta = _newton(design, y, weights, rate, precision, *CUMULANT[family])
    coef = beta[int(intercept) :] / sd
    return coef, (beta[0] - mean @ coef if intercept else 0.0)


def _newton(design, y, weights, rate, precision, cumulant, mean, variance):
    def objective(beta):
        eta = design @ beta
        return weights @ (cumulant(eta) - y * eta) + rate @ np.abs(beta) + precision @ beta**2 / 2

    beta = np.zeros(design.shape[1])
    for _ in range(100):
        eta = design @ beta
        hessian = design.T @ (design * (weights * variance(eta))[:, None])
        step = _quadratic(hessian, hessian @ beta - design.T @ (weights * (mean(eta) - y)), rate, precision) - beta
        while objective(beta + step) > objective(beta) * (1 + 1e-14) + 1e-12 and np.abs(step).max() > 1e-15:
            step = step / 2
        beta = beta + step
        if np.abs(step).max() <= 1e-13 * (1 + np.abs(beta).max()):
            return beta
    raise AssertionError("the oracle did not converge")


def _quadratic(H, c, rate, precision):
    """Minimise ``x'Hx/2 - c'x + rate|x| + precision x^2/2``: coordinate descent, then the exact active solution."""
    x = np.zeros_like(c)
    for _ in range(400):
        for _ in range(25):
            for j in range(x.size):
                z = c[j] - H[j] @ x + H[j, j] * x[j]
                x[j] = np.sign(z) * max(abs(z) - rate[j], 0.0) / (H[j, j] + precision[j])
        active = x != 0.0
        exact = np.zeros_like(x)
        curved = H[np.ix_(active, active)] + np.diag(precision[active])
        exact[active] = np.linalg.solve(curved, c[active] - rate[active] * np.sign(x[active]))
        slack = np.abs(c - H @ exact)[~active] <= rate[~active] * (1 + 1e-12)
        if np.all(np.sign(exact[active]) == np.sign(x[active])) and np.all(slack):
            return exact
    raise AssertionError("the oracle found no active set")
