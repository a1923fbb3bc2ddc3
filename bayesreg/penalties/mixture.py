"""A prior as a normal scale mixture, as plain data: latent variables of known laws, and the conditional sd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, final

from bayesreg.xp import Array

LatentLaw = Literal["exponential", "gamma", "inverse_gamma", "half_cauchy", "half_t", "beta", "dirichlet", "positive_stable"]


@final
@dataclass(frozen=True)
class Latent:
    """A latent variable that does not depend on the strength.

    Attributes
    ----------
    name : str
    law : str
        One of `LatentLaw`.
    parameters : mapping of str to float
    each : {"coefficient", "block"}
        One for each coefficient, or one for the block.
    """

    name: str
    law: LatentLaw
    parameters: Mapping[str, float] = field(default_factory=dict)
    each: Literal["coefficient", "block"] = "coefficient"


@final
@dataclass(frozen=True, eq=False)
class Mixture:
    """``b_j | latents ~ N(0, sd_j^2)`` independently, with the latents of known laws.

    The *scale mixture* representation samples ``b`` given the latents, the *non-centred* one ``z ~ N(0, 1)``
    with ``b = sd z``.

    Attributes
    ----------
    latents : tuple of Latent
    sd : callable
        ``sd(values, strength, xp)``: the conditional standard deviations (..., d) from the values of the
        latents by name and the canonical strength.
    """

    latents: tuple[Latent, ...]
    sd: Callable[[Mapping[str, Array], Any, Any], Array]
