"""Penalties and the priors they are: one file a law, and the registry that tests and docs walk."""

from __future__ import annotations

from bayesreg.penalties.base import BlockData, Bound, Face, Penalty, Strength, Traits
from bayesreg.penalties.bridge import Bridge, GeneralizedNormal
from bayesreg.penalties.dropout import Dropout
from bayesreg.penalties.early_stopping import EarlyStopping
from bayesreg.penalties.elastic_net import ElasticNet, ElasticNetPrior
from bayesreg.penalties.flat import Flat
from bayesreg.penalties.fused import FusedLaplace, FusedLasso
from bayesreg.penalties.gprior import GPrior
from bayesreg.penalties.group import GroupLaplace, GroupLasso
from bayesreg.penalties.horseshoe import Horseshoe
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.l1 import L1, Laplace
from bayesreg.penalties.l2 import L2, Normal
from bayesreg.penalties.log_penalty import GeneralizedDoublePareto, LogPenalty
from bayesreg.penalties.mcp import MCP
from bayesreg.penalties.quadratic import QuadraticForm
from bayesreg.penalties.r2d2 import R2D2
from bayesreg.penalties.regularized_horseshoe import RegularizedHorseshoe
from bayesreg.penalties.scad import SCAD
from bayesreg.penalties.separable import Separable
from bayesreg.penalties.slope import SLOPE, SortedLaplace
from bayesreg.penalties.smooth import RandomWalk, Smooth
from bayesreg.penalties.sparse_group import SparseGroupLaplace, SparseGroupLasso
from bayesreg.penalties.spike_slab import SpikeSlab
from bayesreg.penalties.spike_slab_lasso import SpikeSlabLasso
from bayesreg.penalties.student_t import Cauchy, StudentT
from bayesreg.penalties.tikhonov import MultivariateNormal, Tikhonov

REGISTRY: dict[str, type[Penalty]] = {
    law.__name__: law
    for law in (
        Flat,
        L1,
        Laplace,
        L2,
        Normal,
        ElasticNet,
        ElasticNetPrior,
        Bridge,
        GeneralizedNormal,
        LogPenalty,
        GeneralizedDoublePareto,
        MCP,
        SCAD,
        SpikeSlabLasso,
        StudentT,
        Cauchy,
        SpikeSlab,
        Horseshoe,
        RegularizedHorseshoe,
        R2D2,
        Tikhonov,
        MultivariateNormal,
        Smooth,
        RandomWalk,
        GPrior,
        Dropout,
        EarlyStopping,
        GroupLasso,
        GroupLaplace,
        SparseGroupLasso,
        SparseGroupLaplace,
        FusedLasso,
        FusedLaplace,
        SLOPE,
        SortedLaplace,
    )
}

__all__ = [
    "Bridge",
    "GeneralizedNormal",
    "LogPenalty",
    "GeneralizedDoublePareto",
    "MCP",
    "SCAD",
    "SpikeSlabLasso",
    "StudentT",
    "Cauchy",
    "SpikeSlab",
    "Horseshoe",
    "RegularizedHorseshoe",
    "R2D2",
    "BlockData",
    "Bound",
    "Dropout",
    "EarlyStopping",
    "ElasticNet",
    "ElasticNetPrior",
    "Face",
    "Flat",
    "GPrior",
    "GroupLasso",
    "GroupLaplace",
    "SparseGroupLasso",
    "SparseGroupLaplace",
    "FusedLasso",
    "FusedLaplace",
    "SLOPE",
    "SortedLaplace",
    "Joint",
    "L1",
    "L2",
    "Laplace",
    "MultivariateNormal",
    "Normal",
    "Penalty",
    "QuadraticForm",
    "REGISTRY",
    "RandomWalk",
    "Separable",
    "Smooth",
    "Strength",
    "Tikhonov",
    "Traits",
]
