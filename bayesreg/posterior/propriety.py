"""Whether a posterior exists, where that depends on the prior of sigma."""

from __future__ import annotations

import numpy as np

from bayesreg.design import Design
from bayesreg.errors import ImproperPosteriorError
from bayesreg.resolved import Resolved
from bayesreg.solvers.problem import make_problem


def check_sigma(design: Design, resolved: Resolved) -> None:
    """Raise where ``p(sigma) ~ 1 / sigma`` leaves the posterior of sigma without a finite integral.

    As sigma goes to 0 the likelihood tends to a positive constant where the columns can reproduce the
    response and the prior does not shrink with sigma; and it must have more rows than flat coefficients.

    Raises
    ------
    ImproperPosteriorError
        With what to use instead.
    """
    prior = resolved.sigma_prior
    if prior is None or prior.proper:
        return
    problem = make_problem(design, resolved)
    present = problem.weights > 0.0
    rank = int(np.linalg.matrix_rank(problem.Z[present]))
    absolute = (resolved.strength.rate + resolved.strength.precision > 0.0) & ~resolved.sigma_relative
    saturated = rank >= np.count_nonzero(present) and bool(absolute.any())
    if saturated or resolved.observations <= np.count_nonzero(resolved.free):
        raise ImproperPosteriorError(
            "The posterior is improper: with dispersion='jeffreys', as many columns as rows and a prior that does not "
            "scale with sigma, sigma -> 0 has infinite mass. Use relative_to='sigma', or a proper prior such as "
            "br.HalfT(3, scale)."
        )
