"""A joint penalty on blocks of several sizes, with the strengths and points at which its laws are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.errors import BayesRegError, InputError
from bayesreg.penalties import BlockData, Joint, Strength
from bayesreg.testing.case import show, unit
from bayesreg.xp import pytensor_namespace

SIZES = (1, 2, 3, 5)
POINTS = 8


@final
@dataclass(frozen=True, eq=False)
class Block:
    """A law bound to a block of ``d`` coefficients.

    Attributes
    ----------
    law : Joint
    d : int
    strengths : tuple of Strength
        Scalars: its own at dispersion 1, and in other units of the coefficient.
    rng : Generator
    """

    law: Joint
    d: int
    strengths: tuple[Strength, ...]
    rng: np.random.Generator

    def at(self, strength: Strength) -> str:
        """Return where, as text."""
        return f"d={self.d}, {show(strength)}"

    def points(self, strength: Strength) -> np.ndarray:
        """Return coefficients (m, d): scattered ones, and ones with zeros and ties as sparse modes have them."""
        scattered = self.rng.standard_normal((POINTS, self.d)) * unit(strength) * 10.0 ** self.rng.uniform(-1, 1)
        tied = 0.97 * np.round(scattered / unit(strength)) * unit(strength)
        return np.concatenate([scattered, tied, np.zeros((1, self.d))])

    @cached_property
    def graph(self) -> Callable[..., list[np.ndarray]]:
        """Value, log normaliser and the gradient of their sum, through PyTensor and without rewrites."""
        import pytensor
        import pytensor.tensor as pt

        xp = pytensor_namespace()
        beta, rate, precision = pt.vector("beta"), pt.dscalar("rate"), pt.dscalar("precision")
        strength = Strength(rate, precision)
        value, whole = self.law.value(beta, strength, xp), self.law.log_normalizer(strength, xp)
        gradient = pytensor.gradient.grad(pt.as_tensor(value).sum(), beta)
        mode = pytensor.compile.mode.Mode(linker="py", optimizer=None)
        outputs = [pt.as_tensor(value), pt.as_tensor(whole), gradient]
        call = pytensor.function([beta, rate, precision], outputs, mode=mode, on_unused_input="ignore")
        return lambda points, at: call(points, float(at.rate), float(at.precision))


@final
@dataclass(frozen=True, eq=False)
class JointCase:
    """What the laws of joint penalties are checked on.

    Attributes
    ----------
    penalty : Joint
        With its strength given, as the law of the largest block.
    blocks : tuple of Block
    seed : int
    """

    penalty: Joint
    blocks: tuple[Block, ...]
    seed: int

    @property
    def proper(self) -> bool:
        """Whether every block's law says that it is a distribution."""
        return all(block.law.traits.proper for block in self.blocks)

    @property
    def has_value(self) -> bool:
        """Whether the density can be evaluated."""
        return not self.penalty.no_density

    def points(self, strength: Strength) -> np.ndarray:
        """Return coefficients (m, d) of the largest block."""
        return self.blocks[-1].points(strength)

    def each(self, *, at_most: int = max(SIZES)) -> Iterator[tuple[Block, Strength]]:
        """Yield every block of at most so many coefficients, but at least the first, with every strength."""
        for block in (block for i, block in enumerate(self.blocks) if i == 0 or block.d <= at_most):
            for strength in block.strengths:
                yield block, strength


def joint_case(penalty: Joint, seed: int) -> JointCase:
    """Return the case of a joint penalty; an open strength is checked at 1.

    Raises
    ------
    InputError
        If its strength is 0, at which it is flat, or it can act on no block of these sizes.
    """
    given = penalty if penalty.is_given else penalty.multiplied(1.0)
    blocks = tuple(_blocks(given, seed))  # type: ignore[arg-type]
    if not blocks:
        raise InputError(f"{penalty.written} acts on no block of {', '.join(map(str, SIZES))} coefficients.")
    return JointCase(blocks[-1].law, blocks, seed)


def _blocks(penalty: Joint, seed: int) -> Iterator[Block]:
    for d in SIZES:
        rng = np.random.default_rng([seed, d])
        X = rng.standard_normal((30, d)) @ (np.eye(d) + 0.3)
        names = tuple(f"x{j}" for j in range(d))
        data = BlockData(
            names=names,
            terms=names,
            columns=lambda X=X: X - X.mean(axis=0),  # type: ignore[misc]
            weights=np.ones(30),
            scale=X.std(axis=0),
            standardize=True,
            phi=1.0,
        )
        try:
            law = penalty.bind(data).law
        except BayesRegError:
            continue
        own = Strength(*(float(np.asarray(part).ravel()[0]) for part in law.strength(1.0)))
        if own.rate + own.precision <= 0.0:
            raise InputError(f"{penalty.written} has strength 0 and is flat; give a strength > 0 to check its laws.")
        yield Block(law, d, (own, own.scaled(30.0)), rng)  # type: ignore[arg-type]
