"""The public checkers: every law of a penalty or of a likelihood, in order of cause."""

from __future__ import annotations

from bayesreg.errors import InputError
from bayesreg.families import Family, Likelihood
from bayesreg.penalties import Joint, Penalty, Separable
from bayesreg.testing import (
    density_laws,
    family_laws,
    joint_laws,
    joint_prior_laws,
    mixture_laws,
    object_laws,
    operator_laws,
    prior_laws,
    trait_laws,
    unit_laws,
)
from bayesreg.testing.case import penalty_case
from bayesreg.testing.family_case import FamilyCase
from bayesreg.testing.joint_case import joint_case
from bayesreg.testing.laws import Law, Report, run

FIRST = (density_laws.elementwise, trait_laws.implications, trait_laws.convex, trait_laws.mode)
SHARED = (*mixture_laws.LAWS, *unit_laws.LAWS, *object_laws.LAWS)
PENALTY_LAWS: tuple[Law, ...] = tuple(
    dict.fromkeys((*FIRST, *density_laws.LAWS, *operator_laws.LAWS, *trait_laws.LAWS, *prior_laws.LAWS, *SHARED))
)
JOINT_LAWS: tuple[Law, ...] = (*joint_laws.LAWS, *joint_prior_laws.LAWS, *SHARED)
FAMILY_LAWS: tuple[Law, ...] = family_laws.LAWS


def check_penalty(penalty: Penalty, *, seed: int = 0) -> Report:
    """Check that a penalty is the prior that it says it is.

    Its value, normaliser, proximal operator, subdifferential, Fenchel gap, traits, moments, quantiles,
    draws and units must fit each other: each is compared with quadrature, numerical minimisation, finite
    differences or PyTensor, at the penalty's own strength, in other units, and much weaker.

    Parameters
    ----------
    penalty : Penalty
        With a strength > 0; an open strength is checked at 1.
    seed : int
        Of the prior draws. A correct sampler fails with probability below 1e-6 over seeds.

    Returns
    -------
    Report
        The laws that hold, and those that say nothing about this penalty.

    Raises
    ------
    LawError
        At the first law that does not hold; the message names it, the point and the numbers. It is an
        `AssertionError` too, so the checker serves as a test.
    InputError
        If ``penalty`` is not a penalty, or its strength is 0.

    Examples
    --------
    >>> import bayesreg as br
    >>> report = br.testing.check_penalty(br.L1(lam=2.0))
    >>> "normalizer" in report.laws, report.skipped
    (True, ('positive', 'refusals'))
    """
    if not isinstance(penalty, Penalty):
        raise InputError(f"{penalty!r} is not a penalty; give an object such as br.L1(lam=1.0), not its class.")
    if isinstance(penalty, Joint):
        return run(JOINT_LAWS, joint_case(penalty, seed), penalty.written)
    assert isinstance(penalty, Separable)
    return run(PENALTY_LAWS, penalty_case(penalty, seed), penalty.written)


def check_family(family: Family | Likelihood, *, seed: int = 0) -> Report:
    """Check that the functions of a likelihood fit each other.

    Mean, curvature, score and conjugate are compared with numerical derivatives and suprema, total
    probability with 1, NumPy with PyTensor, and draws with their moments.

    Parameters
    ----------
    family : Family or Likelihood
    seed : int
        Of the draws. A correct sampler fails with probability below 1e-6 over seeds.

    Returns
    -------
    Report
        The laws that hold.

    Raises
    ------
    LawError
        At the first law that does not hold; the message names it, the point and the numbers.
    InputError
        If ``family`` is neither a `Family` nor a likelihood.

    Examples
    --------
    >>> import bayesreg as br
    >>> "total_probability" in br.testing.check_family(br.Family("poisson")).laws
    True
    """
    likelihood = family.likelihood if isinstance(family, Family) else family
    if not isinstance(likelihood, Likelihood):
        raise InputError(f"{family!r} is not a family; give br.Family(name), or an instance of a likelihood.")
    return run(FAMILY_LAWS, FamilyCase(likelihood, seed), f"{likelihood.name} ({likelihood.link} link)")
