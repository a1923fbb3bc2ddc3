r"""The exact posterior of a Gaussian model with quadratic penalties: independent draws, exact marginals.

In scaled, centred coordinates the precision of the coefficients given sigma is

    A(sigma) = (Z'WZ + K) / sigma^2 + L,

``K`` the penalties relative to sigma, ``L`` the absolute ones. One generalised eigenproblem
diagonalises it for every sigma. Then

* sigma fixed: a multivariate normal;
* no absolute penalty, inverse gamma (or 1 / sigma) on sigma^2: a multivariate t;
* else a mixture of normals over log sigma, whose density is known up to one constant: the trapezoidal
  rule on it converges faster than any power of the step.

Everything is computed from the triangular factor of the rows, so the cost does not depend on their number.

References
----------
Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 14.2. Trefethen and Weideman (2014), The
exponentially convergent trapezoidal rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from bayesreg.design import Design
from bayesreg.posterior.marginals import Marginals
from bayesreg.posterior.sigma_law import SigmaLaw, sigma_law
from bayesreg.posterior.spectrum import Spectrum, make_spectrum
from bayesreg.resolved import Resolved


@final
@dataclass(frozen=True, eq=False)
class ExactPosterior:
    """The posterior of one Gaussian model with quadratic penalties.

    Attributes
    ----------
    spectrum : Spectrum
        The coefficients given sigma.
    sigma : SigmaLaw
        Sigma, and the evidence.
    marginals : Marginals
        Of the coefficients (q,) on the user's scale.
    frequency : bool
        Whether weights are counts of copies.
    """

    spectrum: Spectrum
    sigma: SigmaLaw
    marginals: Marginals
    frequency: bool = False

    @property
    def log_evidence(self) -> float:
        """``log p(y)``, with flat coefficients of height 1 on the user's scale."""
        return self.sigma.log_evidence

    @cached_property
    def loo(self) -> np.ndarray | None:
        """``log p(y_i | y_-i)`` (n,) of one copy of each row; see `evidence.loo.exact_loo`."""
        from bayesreg.posterior.evidence.loo import exact_loo

        return exact_loo(self)

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return ``size`` independent draws: coefficients (size, q) on the user's scale and sigma (size,)."""
        sigma = self.sigma.draw(size, rng)
        normal = rng.standard_normal((size, self.spectrum.share.size))
        return self.spectrum.problem.to_user(self.spectrum.draw(sigma, normal)), sigma


def exact_posterior(design: Design, resolved: Resolved) -> ExactPosterior:
    """Return the exact posterior of a Gaussian model whose penalties are quadratic.

    Raises
    ------
    ImproperPosteriorError
        If flat priors leave coefficients unidentified.
    """
    spectrum = make_spectrum(design, resolved)
    law = sigma_law(spectrum, resolved.sigma_prior, resolved.phi)
    return ExactPosterior(spectrum, law, marginals_of(spectrum, law), resolved.frequency)


def marginals_of(spectrum: Spectrum, law: SigmaLaw) -> Marginals:
    """Return each coefficient's marginal: a normal, a t, or a mixture of normals over the nodes of sigma."""
    problem, keep = spectrum.problem, law.weights > 1e-18
    nodes = law.nodes[keep]
    loading = problem.to_user(np.eye(problem.l2.size)).T @ spectrum.vectors
    return Marginals(
        weights=law.weights[keep] / law.weights[keep].sum(),
        mean=problem.to_user(spectrum.mean(nodes)),
        sd=np.sqrt((loading**2) @ (1.0 / spectrum.precision(nodes)).T).T,
        df=None if law.inverse_gamma is None else 2.0 * law.inverse_gamma[0],
    )
