"""Which penalty acts on which coordinates, read from a case as data."""

import numpy as np

from tests.reference.solutions.faces import Blocked, Chain, Form, Separable, Sorted
from tests.reference.solutions.linear import cholesky, inverse_lower

LONG = np.longdouble


def make_laws(case, names, terms, X, weights, scale, multiplier):
    """Return ``[(law, coordinates)]`` without what an infinite factor excludes, and ``[(columns, map, its inverse)]``.

    Coordinates are ``u = s b`` for laws of single coefficients, sparse groups and sorted sizes, ``u = R b`` with
    ``R'R`` the weighted covariance for groups, ``u = b`` for chains and quadratic forms. Without ``standardize`` all
    are ``u = b``. Free coefficients are always scaled, which changes nothing.
    """
    laws, maps, taken = [], [], set()
    standardize = case.get("standardize", True)
    blocks = sorted(case["penalty"], key=lambda block: block["on"] == "...")
    rest = [{"on": "...", "law": "Flat"}]
    for block in blocks + rest:
        named = block["on"].split(" + ") if block["on"] != "..." else None
        free = [j for j in range(len(names)) if j not in taken]
        if named is None:
            slopes = [j for j in free if names[j] != "Intercept" or block in rest]
            groups = by_term(slopes, terms) if block["law"] in ("GroupLasso", "SparseGroupLasso") else [slopes]
        else:
            groups = [[j for j in free if names[j] in named or terms[j] in named]]
        for at in map(np.array, groups):
            if not at.size:
                continue
            taken |= set(at.tolist())
            forward, inverse = coordinates(block, X[:, at], weights, scale[at], standardize)
            maps.append((at, forward, inverse))
            keep, law = bound(block, [names[j] for j in at], [terms[j] for j in at], forward, multiplier)
            if keep.any():
                laws.append((law, at[keep]))
    return laws, maps


def by_term(columns, terms):
    return [[j for j in columns if terms[j] == term] for term in dict.fromkeys(terms[j] for j in columns)]


def coordinates(block, X, weights, scale, standardize):
    """Return the matrix of ``u = M b`` and its inverse."""
    plain = block["law"] in ("FusedLasso", "Smooth", "Tikhonov") or not standardize
    if block["law"] == "GroupLasso" and standardize and scale.size > 1:
        covariance = (X * (weights / weights.sum())[:, None]).T @ X
        lower = cholesky(covariance)
        return lower.T, inverse_lower(lower).T
    size = scale if block["law"] == "Flat" else np.where(plain, LONG(1.0), scale)
    return np.diag(size), np.diag(1 / size)


def bound(block, names, terms, forward, multiplier):
    """Return which coordinates are kept, and the law of those."""
    d, name = len(names), block["law"]
    lam = LONG(block.get("lam", 0.0)) * LONG(multiplier)
    everything = np.ones(d, dtype=bool)
    if name in ("Flat", "L1", "L2", "ElasticNet"):
        share = {"L1": 1.0, "L2": 0.0}.get(name, block.get("l1_ratio", 0.5))
        factor = np.array([factor_of(block, *pair) for pair in zip(names, terms, strict=True)], dtype=LONG)
        keep = np.isfinite(factor)
        lower, upper = block.get("limits", (0.0 if block.get("positive") else -np.inf, np.inf))
        size = np.diag(forward)[keep]
        l1, l2 = lam * LONG(share) * factor[keep], lam * (1 - LONG(share)) * factor[keep]
        return keep, Separable(l1, l2, LONG(lower) * size, LONG(upper) * size)
    if name == "GroupLasso":
        factor = np.sqrt(LONG(d)) if block.get("weights", "sqrt") == "sqrt" else LONG(1.0)
        return everything, Blocked(LONG(0.0), lam * factor)
    if name == "SparseGroupLasso":
        share = LONG(block["l1_ratio"])
        return everything, Blocked(lam * share, lam * (1 - share) * np.sqrt(LONG(d)))
    if name == "FusedLasso":
        return everything, Chain(lam, LONG(block.get("l1", 0.0)) * LONG(multiplier))
    if name == "SLOPE":
        return everything, Sorted(lam * LONG(block["sequence"]))
    S = LONG(block["precision"]) if name == "Tikhonov" else LONG(difference(d, block["order"]))
    return everything, Form(lam * S)


def factor_of(block, name, term):
    factors = block.get("factors", {})
    return float(factors.get(name, factors.get(term, 1.0)))


def difference(d, order):
    D = np.diff(np.eye(d), order, axis=0)
    return D.T @ D
