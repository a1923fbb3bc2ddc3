"""Penalties and the priors they are: one file a law, and the registry that tests and docs walk."""

from __future__ import annotations

from bayesreg.penalties.base import BlockData, Bound, Face, Penalty, Strength, Traits
from bayesreg.penalties.elastic_net import ElasticNet, ElasticNetPrior
from bayesreg.penalties.flat import Flat
from bayesreg.penalties.l1 import L1, Laplace
from bayesreg.penalties.joint import Joint
from bayesreg.penalties.l2 import L2, Normal
from bayesreg.penalties.separable import Separable

REGISTRY: dict[str, type[Penalty]] = {
    law.__name__: law for law in (Flat, L1, Laplace, L2, Normal, ElasticNet, ElasticNetPrior)
}

__all__ = [
    "L1",
    "L2",
    "REGISTRY",
    "BlockData",
    "Bound",
    "ElasticNet",
    "ElasticNetPrior",
    "Face",
    "Flat",
    "Joint",
    "Laplace",
    "Normal",
    "Penalty",
    "Separable",
    "Strength",
    "Traits",
]
