"""From a design, a family and a penalty to `Resolved`: blocks, scales, dispersion, strengths."""

from __future__ import annotations

from bayesreg.resolve.build import resolve

__all__ = ["resolve"]
