"""The knots of a Gaussian lasso path: the strengths at which a coefficient leaves 0 or comes back to it."""

from __future__ import annotations

from bayesreg.design import Design
from bayesreg.errors import DataError
from bayesreg.resolved import Resolved
from bayesreg.solvers.mode import check_existence, gaussian_loss
from bayesreg.solvers.pivot import Pivoting, Point
from bayesreg.solvers.problem import make_problem
from bayesreg.solvers.segments import Change

MOST = 100_000


def find_knots(design: Design, resolved: Resolved, bottom: float) -> list[tuple[float, int, bool]]:
    """Return the changes of the active set down to multiplier ``bottom``: where, of which coefficient, in or out.

    Between two of them the coefficients are linear in the strength.

    Parameters
    ----------
    design : Design
    resolved : Resolved
        Gaussian, with penalties that are absolute values.
    bottom : float
        The smallest multiplier.

    Raises
    ------
    DataError
        If columns that come in are collinear, so that the path is not unique.

    References
    ----------
    Osborne, Presnell and Turlach (2000), A new approach to variable selection in least squares problems. Efron, Hastie,
    Johnstone and Tibshirani (2004), Least angle regression.
    """
    check_existence(design, resolved)
    problem = make_problem(design, resolved)
    path = Pivoting(gaussian_loss(problem), problem.l1, problem.l2, problem.positive)
    state, found = path.start(bottom), list[Change]()
    while state is not None and len(found) < MOST:
        change = path.lines.step(state, bottom)
        if change is None:
            break
        point = Point(path.loss.columns[state.held.at], state.line.value - change.t * state.line.slope, 0, True)
        if not path.loss.is_full and path.take_violators(path.scores(point, None)[0], change.t):
            state = path.lines.state(state.held, state.t)
            continue
        if change.coordinate < 0:
            return [(one.t, int(problem.kept[one.coordinate]), one.enters) for one in found]
        found.append(change)
        state = change.state
    below = found[-1].t if found else bottom
    raise DataError(
        f"The knots can not be followed below {below:.6g} times the strength: columns that come in are collinear, "
        "and the path is not unique. Ask for larger strengths only, or remove columns that others repeat."
    )
