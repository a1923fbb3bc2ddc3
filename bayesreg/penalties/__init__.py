"""Penalties and the priors they are: one file a law, and the registry that tests and docs walk.

A law's file is imported when the law is first named: a lasso does not wait for the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesreg.penalties.base import BlockData, Bound, Face, Penalty, Strength, Traits
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.registry import Registry
from bayesreg.penalties.separable import Separable

if TYPE_CHECKING:
    from bayesreg.penalties.bridge import Bridge, GeneralizedNormal
    from bayesreg.penalties.dropout import Dropout
    from bayesreg.penalties.early_stopping import EarlyStopping
    from bayesreg.penalties.elastic_net import ElasticNet, ElasticNetPrior
    from bayesreg.penalties.flat import Flat
    from bayesreg.penalties.fused import FusedLaplace, FusedLasso
    from bayesreg.penalties.gprior import GPrior
    from bayesreg.penalties.group import GroupLaplace, GroupLasso
    from bayesreg.penalties.horseshoe import Horseshoe
    from bayesreg.penalties.l1 import L1, Laplace
    from bayesreg.penalties.l2 import L2, Normal
    from bayesreg.penalties.log_penalty import GeneralizedDoublePareto, LogPenalty
    from bayesreg.penalties.mcp import MCP
    from bayesreg.penalties.quadratic import QuadraticForm
    from bayesreg.penalties.r2d2 import R2D2
    from bayesreg.penalties.regularized_horseshoe import RegularizedHorseshoe
    from bayesreg.penalties.scad import SCAD
    from bayesreg.penalties.slope import SLOPE, SortedLaplace
    from bayesreg.penalties.smooth import RandomWalk, Smooth
    from bayesreg.penalties.sparse_group import SparseGroupLaplace, SparseGroupLasso
    from bayesreg.penalties.spike_slab import SpikeSlab
    from bayesreg.penalties.spike_slab_lasso import SpikeSlabLasso
    from bayesreg.penalties.student_t import Cauchy, StudentT
    from bayesreg.penalties.tikhonov import MultivariateNormal, Tikhonov

REGISTRY = Registry(
    {
        "Flat": "flat",
        "L1": "l1",
        "Laplace": "l1",
        "L2": "l2",
        "Normal": "l2",
        "ElasticNet": "elastic_net",
        "ElasticNetPrior": "elastic_net",
        "Bridge": "bridge",
        "GeneralizedNormal": "bridge",
        "LogPenalty": "log_penalty",
        "GeneralizedDoublePareto": "log_penalty",
        "MCP": "mcp",
        "SCAD": "scad",
        "SpikeSlabLasso": "spike_slab_lasso",
        "StudentT": "student_t",
        "Cauchy": "student_t",
        "SpikeSlab": "spike_slab",
        "Horseshoe": "horseshoe",
        "RegularizedHorseshoe": "regularized_horseshoe",
        "R2D2": "r2d2",
        "Tikhonov": "tikhonov",
        "MultivariateNormal": "tikhonov",
        "Smooth": "smooth",
        "RandomWalk": "smooth",
        "GPrior": "gprior",
        "Dropout": "dropout",
        "EarlyStopping": "early_stopping",
        "GroupLasso": "group",
        "GroupLaplace": "group",
        "SparseGroupLasso": "sparse_group",
        "SparseGroupLaplace": "sparse_group",
        "FusedLasso": "fused",
        "FusedLaplace": "fused",
        "SLOPE": "slope",
        "SortedLaplace": "slope",
    }
)
"""Every law by name -> its file; values are imported on first use."""

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


def __getattr__(name: str) -> Any:
    """Import a law on first use."""
    if name in REGISTRY:
        return REGISTRY[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
