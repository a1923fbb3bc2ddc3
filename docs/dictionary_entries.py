"""The formulas of the dictionary of penalties and priors: one entry a law, with the names that it goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import bayesreg as br


@dataclass(frozen=True)
class Entry:
    """One law.

    Attributes
    ----------
    title : str
    names : tuple of str
        Its classes: in loss units first, in prior units last, where it has both.
    penalty, density, prox : str
        Formulas at ``phi = 1`` and scale 1 of the columns; ``z`` is what the proximal operator (step 1) acts on.
    example : callable
        Returns the penalty that is drawn.
    """

    title: str
    names: tuple[str, ...]
    penalty: str
    density: str
    prox: str
    example: Callable[[], br.Penalty]


NO_PROX = "none: it has no mode"
SOFT = "S(z, t) = sign(z) max(|z| - t, 0)"

ENTRIES = (
    Entry("No penalty = flat prior", ("Flat",), "0", "1, improper", "z", br.Flat),
    Entry(
        "Ridge = normal prior",
        ("L2", "Normal"),
        "lam b^2 / 2",
        "sqrt(lam / 2 pi) exp(-lam b^2 / 2),  lam = 1 / scale^2",
        "z / (1 + lam)",
        lambda: br.L2(1.0),
    ),
    Entry(
        "Lasso = Laplace prior",
        ("L1", "Laplace"),
        "lam |b|",
        "(lam / 2) exp(-lam |b|),  lam = 1 / scale",
        f"{SOFT} at t = lam",
        lambda: br.L1(1.0),
    ),
    Entry(
        "Elastic net = elastic-net prior",
        ("ElasticNet", "ElasticNetPrior"),
        "rate |b| + precision b^2 / 2,  rate = lam l1_ratio,  precision = lam (1 - l1_ratio)",
        "exp(-penalty) / Z,  Z = sqrt(2 pi / precision) erfcx(rate / sqrt(2 precision))",
        "S(z, rate) / (1 + precision)",
        lambda: br.ElasticNet(2.0, 0.5),
    ),
    Entry(
        "Bridge = generalised normal prior",
        ("Bridge", "GeneralizedNormal"),
        "lam |b|^q",
        "exp(-lam |b|^q) / Z,  Z = 2 Gamma(1 + 1 / q) lam^(-1/q)",
        "root of x - |z| + lam q x^(q - 1) = 0 with the sign of z; for q < 1 it jumps from 0",
        lambda: br.Bridge(1.0, 0.5),
    ),
    Entry(
        "Log penalty = generalised double Pareto prior",
        ("LogPenalty", "GeneralizedDoublePareto"),
        "lam log(1 + |b| / eta)",
        "(1 + |b| / eta)^-lam / Z,  Z = 2 eta / (lam - 1),  proper for lam > 1",
        "0, or ((|z| - eta) + sqrt((|z| + eta)^2 - 4 lam)) / 2 with the sign of z, whichever is lower",
        lambda: br.LogPenalty(3.0, 1.0),
    ),
    Entry(
        "MCP",
        ("MCP",),
        "lam |b| - b^2 / (2 gamma) up to |b| = gamma lam, then gamma lam^2 / 2",
        "none: exp(-penalty) is constant far out, and has no integral",
        "S(z, lam) / (1 - 1 / gamma) up to |z| = gamma lam, then z  (gamma > 1)",
        lambda: br.MCP(1.0, 3.0),
    ),
    Entry(
        "SCAD",
        ("SCAD",),
        "slope lam up to |b| = lam, then (a lam - |b|) / (a - 1) up to a lam, then 0",
        "none: exp(-penalty) is constant far out, and has no integral",
        "S(z, lam) up to |z| = 2 lam, then ((a - 1) z - sign(z) a lam) / (a - 2) up to a lam, then z",
        lambda: br.SCAD(1.0, 3.7),
    ),
    Entry(
        "Spike-and-slab lasso",
        ("SpikeSlabLasso",),
        "-log(density) + log(density at 0)",
        "p Laplace(b; slab) + (1 - p) Laplace(b; spike),  p = inclusion",
        "0, or the largest root of x = |z| - slope(x) with the sign of z, whichever is lower",
        lambda: br.SpikeSlabLasso(2.0, 0.2, 0.5),
    ),
    Entry(
        "Student-t and Cauchy priors",
        ("StudentT", "Cauchy"),
        "(df + 1) / 2 log(1 + b^2 / (df scale^2)),  df = 1 for Cauchy",
        "(1 + b^2 / (df scale^2))^(-(df + 1) / 2) / Z,  Z = scale sqrt(df) B(1/2, df / 2)",
        "real root of x^3 - z x^2 + (df scale^2 + df + 1) x - z df scale^2 = 0 with the lowest objective",
        lambda: br.StudentT(3.0, 1.0),
    ),
    Entry(
        "Spike and slab of two normals",
        ("SpikeSlab",),
        "-log(density) + log(density at 0)",
        "p N(b; 0, slab^2) + (1 - p) N(b; 0, spike^2),  p = inclusion",
        "stationary point with the lowest objective",
        lambda: br.SpikeSlab(0.5, 2.0, 0.2),
    ),
    Entry(
        "Horseshoe prior",
        ("Horseshoe",),
        "-log(density), minus infinity at 0",
        "(2 pi^3)^(-1/2) exp(z) E1(z) / tau,  z = b^2 / (2 tau^2);  N(0, tau^2 l^2) with l half-Cauchy",
        NO_PROX,
        lambda: br.Horseshoe(1.0),
    ),
    Entry(
        "Regularised horseshoe prior",
        ("RegularizedHorseshoe",),
        "no closed form",
        "N(0, v),  1 / v = 1 / (tau l)^2 + 1 / c^2,  l half-Cauchy,  c^2 inverse gamma",
        NO_PROX,
        lambda: br.RegularizedHorseshoe(1.0, relative_to=None),
    ),
    Entry(
        "R2D2 prior",
        ("R2D2",),
        "no closed form",
        "N(0, sigma^2 s R2 / (1 - R2)),  R2 ~ Beta,  s ~ Dirichlet over the block",
        NO_PROX,
        br.R2D2,
    ),
    Entry(
        "Tikhonov = multivariate normal prior",
        ("Tikhonov", "MultivariateNormal"),
        "(lam / 2) b'S b",
        "(lam / 2 pi)^(r/2) |S|_+^(1/2) exp(-penalty),  r = rank(S),  |S|_+ its non-zero eigenvalues' product",
        "(I + lam S)^-1 z",
        lambda: br.Tikhonov([[1.5, -1.0], [-1.0, 1.5]]),
    ),
    Entry(
        "Smooth differences = random-walk prior",
        ("Smooth", "RandomWalk"),
        "(lam / 2) |D b|^2,  D differences of the order 1, 2 or 3",
        "(lam / 2 pi)^(r/2) |D'D|_+^(1/2) exp(-penalty),  r = d - order;  flat along polynomials",
        "(I + lam D'D)^-1 z",
        lambda: br.Smooth(1.0, order=1),
    ),
    Entry(
        "Zellner's g-prior",
        ("GPrior",),
        "b'X'WX b / (2 g)",
        "N(0, g sigma^2 (X'WX)^-1)",
        "(I + X'WX / g)^-1 z",
        lambda: br.GPrior(8.0),
    ),
    Entry(
        "Dropout of inputs",
        ("Dropout",),
        "rate / (1 - rate) sum_j ||x_j||^2 b_j^2 / 2",
        "N(0, sigma^2 (1 - rate) / (rate ||x_j||^2))",
        "z / (1 + rate ||x_j||^2 / (1 - rate))",
        lambda: br.Dropout(0.2),
    ),
    Entry(
        "Early stopping of gradient descent",
        ("EarlyStopping",),
        "sum_i k_i (v_i'b)^2 / 2,  k_i = s_i^2 / (exp(time s_i^2) - 1)",
        "v_i'b ~ N(0, sigma^2 / k_i),  s_i, v_i singular values and vectors of X",
        "sum_i v_i (v_i'z) / (1 + k_i)",
        lambda: br.EarlyStopping(0.1),
    ),
    Entry(
        "Group lasso = multivariate Laplace prior",
        ("GroupLasso", "GroupLaplace"),
        "lam ||b||,  times the square root of the group's rank by default",
        "c_d lam^d exp(-lam ||b||),  c_d = Gamma(d / 2) / (2 pi^(d/2) Gamma(d))",
        "z max(1 - lam / ||z||, 0)",
        lambda: br.GroupLasso(1.0),
    ),
    Entry(
        "Sparse group lasso and its prior",
        ("SparseGroupLasso", "SparseGroupLaplace"),
        "lam (a sum |b_j| + (1 - a) sqrt(rank) ||b||),  a = l1_ratio",
        "exp(-penalty) / Z,  Z a one-dimensional integral",
        "soft thresholding of each coefficient, then of the length",
        lambda: br.SparseGroupLasso(2.0, 0.5),
    ),
    Entry(
        "Fused lasso, total variation = Laplace prior on differences",
        ("FusedLasso", "FusedLaplace"),
        "lam sum |b_j - b_(j-1)| + l1 sum |b_j|",
        "exp(-penalty) / Z,  Z by a recursion along the chain;  improper for l1 = 0",
        "the exact total-variation solution by taut string, then S(., l1)",
        lambda: br.FusedLasso(1.0, l1=0.5),
    ),
    Entry(
        "SLOPE = a prior on sorted sizes",
        ("SLOPE", "SortedLaplace"),
        "lam sum_i w_i |b|_(i),  |b|_(1) >= |b|_(2) >= ...",
        "prod_k (lam W_k) / (2^d d!) exp(-penalty),  W_k = w_1 + ... + w_k",
        "isotonic regression of sorted |z| less lam w, cut at 0",
        lambda: br.SLOPE(1.0, q=0.5),
    ),
)
"""One entry a law; a test holds that every registered class is in one."""
