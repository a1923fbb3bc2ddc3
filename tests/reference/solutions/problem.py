"""A reference problem in extended precision: centred columns in the coordinates in which the penalties are simple."""

from typing import NamedTuple

import numpy as np

from tests.reference.solutions.data import offset_of, table_of, weights_of
from tests.reference.solutions.laws import make_laws

LONG = np.longdouble


class Problem(NamedTuple):
    """Minimise ``sum_i w_i d_i / 2 + penalty(u)``, ``eta = offset + Z u``.

    Attributes
    ----------
    family : str
    names : list of str
        Of the coefficients (q,), the intercept first.
    Z : ndarray (n, m)
        Columns in the coordinates ``u`` (m,), the intercept's first; columns under an infinite factor are left out.
    y, weights, offset : ndarray (n,)
    back : ndarray (q, m)
        ``beta = back @ u`` on the user's scale.
    forward : ndarray (m, q)
        ``u = forward @ beta``.
    laws : list of (law, ndarray of int)
        Laws and the coordinates they act on.
    """

    family: str
    names: list[str]
    Z: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    back: np.ndarray
    forward: np.ndarray
    laws: list


def make_problem(case, multiplier=1.0):
    """Return the problem of a case, all strengths multiplied."""
    table = table_of(case)
    n, p = table.X.shape
    w, X = LONG(weights_of(case, n)), LONG(table.X)
    intercept = case.get("intercept", True)
    mean = w @ X / w.sum()
    center = mean if intercept else np.zeros(p, dtype=LONG)
    sd = np.sqrt(w @ (X - mean) ** 2 / w.sum())
    names = ["Intercept"] * intercept + table.names
    terms = ["Intercept"] * intercept + table.terms
    Xc = np.hstack([np.ones((n, int(intercept)), dtype=LONG), X - center])
    scale = np.concatenate([np.ones(int(intercept), dtype=LONG), sd])
    if case.get("standardize") == "numeric":
        scale[int(intercept) :][np.all((X == 0.0) | (X == 1.0), axis=0)] = 1.0
    laws, maps = make_laws(case, names, terms, Xc, w, scale, multiplier)
    kept = np.concatenate([at for _, at in laws])
    q = len(names)
    back, forward = np.zeros((2, q, q), dtype=LONG)
    for at, there, inverse in maps:
        forward[np.ix_(at, at)], back[np.ix_(at, at)] = there, inverse
    Z = Xc @ back
    if intercept:
        back[0, 1:] -= center @ back[1:, 1:]
        forward[0, 1:] += center * forward[0, 0]
    order = np.sort(kept)
    place = {int(j): k for k, j in enumerate(order)}
    laws = [(law, np.array([place[int(j)] for j in at])) for law, at in laws]
    offset = LONG(offset_of(case, n))
    return Problem(case["family"], names, Z[:, order], LONG(table.y), w, offset, back[:, order], forward[order], laws)


def mean_and_curvature(problem, eta):
    """Return the mean (n,) and its derivative in the linear predictor (n,)."""
    if problem.family == "gaussian":
        return eta, np.ones_like(eta)
    if problem.family == "poisson":
        return np.exp(eta), np.exp(eta)
    mean = 1.0 / (1.0 + np.exp(-eta))
    return mean, mean / (1.0 + np.exp(eta))


def loss(problem, u):
    """Return ``sum_i w_i d_i / 2``."""
    y, eta = problem.y, problem.offset + problem.Z @ u
    if problem.family == "gaussian":
        half = (y - eta) ** 2 / 2
    elif problem.family == "bernoulli":
        half = np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta))) - y * eta
    else:
        half = np.exp(eta) - y + y * (np.log(np.where(y > 0.0, y, 1.0)) - np.where(y > 0.0, eta, 0.0))
    return problem.weights @ half


def score(problem, u):
    """Return ``Z' w (y - mu)`` (m,)."""
    mean, _ = mean_and_curvature(problem, problem.offset + problem.Z @ u)
    return (problem.weights * (problem.y - mean)) @ problem.Z


def objective(problem, u):
    return loss(problem, u) + sum(law.value(u[at]) for law, at in problem.laws)
