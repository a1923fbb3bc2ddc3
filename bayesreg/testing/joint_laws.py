"""Laws of joint penalties: value, graph, units, prox, subdifferential, conjugate, faces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesreg.penalties import Strength
from bayesreg.testing.case import unit
from bayesreg.testing.density_laws import EPS
from bayesreg.testing.joint_case import POINTS, Block, JointCase
from bayesreg.testing.laws import Comparison, law
from bayesreg.testing.numerics import slope

STEPS = (0.3, 3.0)
"""Steps of the prox in units of the squared natural scale."""


def has_value(case: JointCase) -> bool:
    """Whether the density can be evaluated."""
    return case.has_value


def is_convex(case: JointCase) -> bool:
    """Whether the penalty is said to be convex."""
    return case.has_value and case.penalty.traits.convex


def has_operators(case: JointCase) -> bool:
    """Whether there is a mode for operators to find."""
    return case.has_value and not case.penalty.no_mode


@law(look="_value", applies=has_value)
def joint_shape(case: JointCase) -> Iterator[Comparison]:
    """Value is one number for each row of coefficients, at least 0, and leaves them as they are."""
    for block, s in case.each():
        points = block.points(s)
        before = points.copy()
        whole = block.law.value(points, s)
        alone = np.array([float(block.law.value(row, s)) for row in points])
        yield Comparison(f"{block.at(s)}, value of a table", whole, alone, EPS * (1.0 + np.abs(alone)))
        yield Comparison(f"{block.at(s)}, value", whole, -EPS, relation="at least")
        yield Comparison(f"{block.at(s)}, the coefficients after the call", points, before)


@law(look="_value or _log_normalizer: call only xp's functions", applies=has_value)
def joint_graph(case: JointCase) -> Iterator[Comparison]:
    """Value and log_normalizer are the same in NumPy and in PyTensor; its gradient is that of finite differences."""
    for block, s in case.each(at_most=3):
        for point in _without_ties(block, s):
            value, whole, gradient = block.graph(point, s)
            expected = float(block.law.value(point, s))
            yield Comparison(f"{block.at(s)}, value", value, expected, EPS * (1.0 + abs(expected)))
            normalizer = float(block.law.log_normalizer(s))
            yield Comparison(f"{block.at(s)}, log_normalizer", whole, normalizer, EPS * (10.0 + abs(normalizer)))
            numeric = _gradient(block, s, point)
            yield Comparison(f"{block.at(s)}, gradient", gradient, numeric, 1e-6 * (np.abs(numeric) + 1.0 / unit(s)))


def _without_ties(block: Block, strength: Strength) -> np.ndarray:
    """Return a few points (m, d) whose sizes and neighbours differ by more than finite differences step."""
    points = block.points(strength)[:POINTS]
    gaps = [np.abs(points), np.abs(np.diff(points)), np.diff(np.sort(np.abs(points)))]
    clear = np.concatenate(gaps, axis=1).min(axis=1) > 1e-3 * unit(strength)
    return points[clear][:3]


def _gradient(block: Block, strength: Strength, point: np.ndarray) -> np.ndarray:
    """Return the gradient of the value (d,) by finite differences, where it is differentiable."""
    directions = np.eye(block.d)

    def along(j: int) -> float:
        step = np.array(1e-5 * unit(strength))
        curve = lambda t: block.law.value(point + float(t) * directions[j], strength)  # noqa: E731
        return float(slope(curve, np.array(0.0), step))

    return np.array([along(j) for j in range(block.d)])


@law(look="log_prior, which is final in the base class", applies=has_value)
def joint_density(case: JointCase) -> Iterator[Comparison]:
    """log_prior = -value - log_normalizer."""
    for block, s in case.each():
        points = block.points(s)
        expected = -block.law.value(points, s) - block.law.log_normalizer(s)
        yield Comparison(block.at(s), block.law.log_prior(points, s), expected, EPS * (1.0 + np.abs(expected)))


@law(look="_value and _log_normalizer: rates scale with c, precisions with c^2", applies=has_value)
def joint_scaling(case: JointCase) -> Iterator[Comparison]:
    """value(b, strength.scaled(c)) = value(c b, strength), and the density changes by c to the power of its rank."""
    for block, s in case.each():
        rank = block.d - flat_directions(block).shape[1]
        for c in (1e-4, 0.5, 1e5):
            points = block.points(s) / c
            expected = block.law.value(c * points, s)
            within = 4.0 * EPS * (1.0 + np.abs(expected))
            yield Comparison(
                f"{block.at(s)}, value in units {c:g}", block.law.value(points, s.scaled(c)), expected, within
            )
            change = float(block.law.log_normalizer(s.scaled(c))) - float(block.law.log_normalizer(s))
            yield Comparison(
                f"{block.at(s)}, log_normalizer in units {c:g}", change, -rank * np.log(c), 1e-11 * block.d
            )


def flat_directions(block: Block) -> np.ndarray:
    """Return a basis (d, k) of the directions in which the law says that it is flat."""
    null = block.law.null_space()
    return np.zeros((block.d, 0)) if null is None else null


@law(look="null_space, or traits.proper", applies=has_value)
def joint_null(case: JointCase) -> Iterator[Comparison]:
    """The penalty is flat along null_space, and proper means that there is none."""
    for block, s in case.each():
        null = flat_directions(block)
        yield Comparison(f"d={block.d}, proper", block.law.traits.proper, null.shape[1] == 0)
        for point in block.points(s)[:3]:
            for direction in null.T:
                expected = float(block.law.value(point, s))
                got = float(block.law.value(point + 5.0 * unit(s) * direction, s))
                yield Comparison(f"{block.at(s)}, value along null_space", got, expected, 1e-12 * (1.0 + expected))


def _proxes(case: JointCase) -> Iterator[tuple[Block, Strength, float, np.ndarray, np.ndarray]]:
    for block, s in case.each():
        for factor in STEPS:
            step = factor * unit(s) ** 2
            for z in block.points(s) * 2.0:
                yield block, s, step, z, block.law.prox(z, s, step)


@law(look="_prox", applies=has_operators)
def joint_prox_minimum(case: JointCase) -> Iterator[Comparison]:
    """No other point has a smaller |x - z|^2 / 2 + step * value(x).

    Others: random steps of six sizes from prox(z), z itself, 0 and mixtures with them.
    """
    for block, s, step, z, x in _proxes(case):
        sizes = 10.0 ** -np.arange(0.0, 6.0)[:, None, None]
        around = x + (sizes * unit(s) * block.rng.standard_normal((6, 20, block.d))).reshape(-1, block.d)
        shares = np.linspace(0.0, 1.0, 9)[1:, None]
        others = np.concatenate(
            [around, x + shares * (z - x), x * (1.0 - shares), np.where(np.abs(x) < 1e-9, 0.0, x)[None]]
        )
        best = float((0.5 * ((others - z) ** 2).sum(axis=1) + step * block.law.value(others, s)).min())
        got = 0.5 * float(((x - z) ** 2).sum()) + step * float(block.law.value(x, s))
        yield Comparison(f"{block.at(s)}, step {step:.3g}", got, best, 1e-12 * (best + unit(s) ** 2), "at most")


@law(look="_prox, or subdifferential_distance", applies=has_operators)
def joint_prox_optimal(case: JointCase) -> Iterator[Comparison]:
    """(z - prox(z)) / step is a subgradient at prox(z)."""
    for block, s, step, z, x in _proxes(case):
        distance = block.law.subdifferential_distance(x, (z - x) / step, s)
        within = 1e-11 * (np.abs(z).max() / step + 1.0 / unit(s))
        yield Comparison(f"{block.at(s)}, step {step:.3g}, distance", distance, 0.0, within)


@law(look="_prox", applies=is_convex)
def joint_prox_firm(case: JointCase) -> Iterator[Comparison]:
    """Prox is firmly non-expansive: (x1 - x2)'(z1 - z2) >= |x1 - x2|^2."""
    for block, s in case.each():
        step, points = unit(s) ** 2, block.points(s)
        x = np.array([block.law.prox(z, s, step) for z in points])
        dx, dz = x[:, None] - x, points[:, None] - points
        product, square = (dx * dz).sum(axis=-1), (dx * dx).sum(axis=-1)
        yield Comparison(block.at(s), product, square, 1e-12 * (dz * dz).sum(axis=-1) + 1e-300, "at least")


@law(look="subdifferential_distance, or _value", applies=has_operators)
def joint_subdifferential(case: JointCase) -> Iterator[Comparison]:
    """At a point without ties subdifferential_distance is the distance to the gradient of value.

    Against finite differences; 1e-6 of the gradient or of the natural slope is allowed.
    """
    for block, s in case.each():
        for point in _without_ties(block, s):
            gradient = _gradient(block, s, point)
            shift = block.rng.standard_normal(block.d) / unit(s)
            within = 2e-6 * (np.abs(gradient).max() + 1.0 / unit(s))
            for score, expected in ((gradient, np.zeros(block.d)), (gradient + shift, np.abs(shift))):
                got = block.law.subdifferential_distance(point, score, s)
                size = float(np.linalg.norm(expected))
                yield Comparison(f"{block.at(s)}, length", np.linalg.norm(got), size, within * np.sqrt(block.d))


def _within_range(block: Block, dual: np.ndarray) -> np.ndarray:
    """Return a dual point (d,) without its part along the directions in which the law is flat."""
    null = flat_directions(block)
    return dual - null @ np.linalg.lstsq(null, dual, rcond=None)[0] if null.shape[1] else dual


@law(look="fenchel_gap", applies=is_convex)
def joint_fenchel(case: JointCase) -> Iterator[Comparison]:
    """fenchel_gap is 0 where the dual is a subgradient, and elsewhere the loss that it bounds.

    A subgradient at x is (z - x) / step with x = prox(z). At another point b the gap is
    value(b) - value(x) - dual (b - x), because the conjugate is dual x - value(x).
    """
    for block, s, step, z, x in _proxes(case):
        dual = _within_range(block, (z - x) / step)
        scale = float(block.law.value(x, s)) + float(np.abs(dual) @ np.abs(x)) + 1.0
        yield Comparison(f"{block.at(s)}, at a subgradient", block.law.fenchel_gap(x, dual, s), 0.0, 1e-11 * scale)
        for b in block.points(s)[:3]:
            expected = float(block.law.value(b, s) - block.law.value(x, s) - dual @ (b - x))
            size = scale + float(block.law.value(b, s)) + float(np.abs(dual) @ np.abs(b))
            shrunk = float(block.law.fenchel_gap(b, dual * (1.0 - 1e-12), s))
            yield Comparison(f"{block.at(s)}, at another point", shrunk, expected, 1e-10 * size)


@law(look="gauge", applies=is_convex)
def joint_gauge(case: JointCase) -> Iterator[Comparison]:
    """Dividing by the gauge puts a dual point where the conjugate is finite, and by less does not."""
    for block, s in case.each():
        for point in 5.0 * block.points(s)[:3] / unit(s) ** 2:
            dual = _within_range(block, point)
            factor = block.law.gauge(dual, s, np.zeros(block.d))
            edge = dual / factor if factor > 0.0 else dual
            zero = np.zeros(block.d)
            inside, outside = (
                bool(np.isfinite(block.law.fenchel_gap(zero, edge * share, s))) for share in (1.0 - 1e-9, 1.0 + 1e-6)
            )
            yield Comparison(f"{block.at(s)}, finite at a dual over its gauge", inside, True)
            yield Comparison(f"{block.at(s)}, finite at a dual over less", outside, factor == 0.0)


@law(look="traits.convex, or _value", applies=is_convex)
def joint_convex(case: JointCase) -> Iterator[Comparison]:
    """A convex penalty lies below its chords."""
    for block, s in case.each():
        a, b = block.points(s), block.points(s)[::-1]
        share = block.rng.random((a.shape[0], 1))
        chord = share[:, 0] * block.law.value(a, s) + (1.0 - share[:, 0]) * block.law.value(b, s)
        got = block.law.value(share * a + (1.0 - share) * b, s)
        yield Comparison(block.at(s), got, chord, 1e-12 * (1.0 + chord), "at most")


@law(look="face", applies=has_operators)
def joint_face(case: JointCase) -> Iterator[Comparison]:
    """Along the face of a mode the penalty has the gradient and hessian that it says.

    Points are proxes, so that faces have zeros and ties; against second differences, 1e-5 of the slope is allowed.
    """
    for block, s, _, _, x in _proxes(case):
        face = block.law.face(x, s)
        if face.basis.shape[1] == 0:
            continue
        direction = face.basis @ block.rng.standard_normal(face.basis.shape[1])
        size = float(np.abs(x[np.abs(x) > 1e-9 * unit(s)]).min(initial=unit(s)))
        gaps = np.abs(np.diff(np.sort(np.abs(x)))), np.abs(np.diff(x))
        near = min(size, *(float(gap[gap > 1e-9 * unit(s)].min(initial=size)) for gap in gaps))
        h = 1e-3 * near / float(np.abs(direction).max())
        low, mid, high = (float(block.law.value(x + t * direction, s)) for t in (-h, 0.0, h))
        bend = np.zeros((x.size, x.size)) if face.hessian is None else face.hessian
        first, second = float(face.gradient @ direction), float(direction @ bend @ direction)
        slopes = np.linalg.norm(direction) * (abs(first) + 1.0 / unit(s) + abs(second) * near)
        yield Comparison(f"{block.at(s)}, slope along the face", (high - low) / (2.0 * h), first, 1e-4 * slopes)
        bend = 1e-3 * (abs(second) + slopes / near) + 1e-14 * (1.0 + abs(mid)) / h**2
        yield Comparison(f"{block.at(s)}, curvature along it", (high - 2.0 * mid + low) / h**2, second, bend)


@law(look="traits")
def joint_traits(case: JointCase) -> Iterator[Comparison]:
    """Joint penalties are not separable, smooth ones are not sparse, and every block has the traits of its penalty."""
    for block in case.blocks:
        traits = block.law.traits
        yield Comparison(f"d={block.d}, separable", traits.separable, False)
        yield Comparison(f"d={block.d}, smooth and sparse at once", traits.smooth and traits.sparse, False)
        flat = flat_directions(block).shape[1] > 0
        unexplained = not (traits.has_mode or block.law.no_mode or flat)
        yield Comparison(f"d={block.d}, without a mode, and without a reason in no_mode", unexplained, False)


LAWS = (
    joint_traits,
    joint_shape,
    joint_graph,
    joint_density,
    joint_scaling,
    joint_null,
    joint_convex,
    joint_prox_minimum,
    joint_prox_optimal,
    joint_prox_firm,
    joint_subdifferential,
    joint_fenchel,
    joint_gauge,
    joint_face,
)
