"""Likelihoods: one file each, one table of them, and the `Family` that users name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import final

import numpy as np

from bayesreg.errors import InputError
from bayesreg.families.base import Canonical, Likelihood
from bayesreg.families.bernoulli import Bernoulli
from bayesreg.families.binomial import Binomial
from bayesreg.families.gaussian import Gaussian
from bayesreg.families.negative_binomial import NegativeBinomial
from bayesreg.families.nuisance import Nuisance
from bayesreg.families.poisson import Poisson
from bayesreg.families.probit import Probit
from bayesreg.families.student_t import StudentErrors

LIKELIHOODS: dict[tuple[str, str], Likelihood] = {
    (law.name, law.link): law
    for law in (Gaussian(), Bernoulli(), Poisson(), Binomial(), Probit(), NegativeBinomial(), StudentErrors())
}

_ELSEWHERE = {
    **dict.fromkeys(("logistic", "logit"), "bernoulli"),
    **dict.fromkeys(("normal", "linear"), "gaussian"),
    **dict.fromkeys(("negbin", "nb", "nb2", "negativebinomial", "nbinom"), "negative_binomial"),
    **dict.fromkeys(("student", "t", "studentt", "robust"), "student_t"),
}
"""What other software calls a family -> its name here."""


_PARAMETERS = {"shape": "negative_binomial", "df": "student_t"}
"""Parameters of a family -> its name."""


@final
@dataclass(frozen=True, repr=False)
class Family:
    """A family of distributions for the response and its link.

    Parameters
    ----------
    name : {"gaussian", "bernoulli", "poisson", "binomial", "negative_binomial", "student_t"}
        ``"gaussian"``: ``y ~ N(eta, phi)``; ``"bernoulli"``: ``y`` in {0, 1}, log odds ``eta``;
        ``"poisson"``: counts with log mean ``eta``; ``"binomial"``: ``y`` the share of successes with log odds ``eta``,
        the weights of the rows the numbers of trials, as in ``"I(successes / trials) ~ x"`` with ``weights="trials"``;
        ``"negative_binomial"``: counts with log mean ``eta`` and variance ``mu + mu^2 / shape``;
        ``"student_t"``: ``y = eta + sigma e`` with ``e`` of Student's t distribution.
    link : str, optional
        The canonical link, which is the default: identity, logit, log. ``"bernoulli"`` has ``"probit"`` too, of which
        ``eta`` is the mean of a normal variable of variance 1 that is positive where ``y`` is 1.

    shape : float, optional
        Of the negative binomial family (statsmodels' ``1 / alpha``). None: estimated for modes, and sampled with the
        coefficients under an exponential prior of ``shape^(-1/2)`` that is above 3 with probability 0.05.
    df : float, optional
        Degrees of freedom of the student_t family, > 0; default 4. Its sigma is estimated for modes, and sampled under
        the model's prior of sigma.

    Raises
    ------
    InputError
        If the name or the link is not in the table (the message lists it), or a parameter is not one of the family.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Family("poisson")
    Family(name='poisson', link='log')
    >>> br.Family("student_t", df=7.0)
    Family(name='student_t', link='identity', df=7.0)
    """

    name: str
    link: str = ""
    shape: float | None = None
    df: float | None = None

    def __post_init__(self) -> None:
        links = [link for name, link in LIKELIHOODS if name == self.name]
        if not links:
            names = ", ".join(map(repr, dict.fromkeys(name for name, _ in LIKELIHOODS)))
            raise InputError(f"family={self.name!r} is not known; allowed: {names}.{_hint(self.name)}")
        if not self.link:
            object.__setattr__(self, "link", links[0])
        if self.link not in links:
            allowed = ", ".join(map(repr, links))
            raise InputError(f"link={self.link!r} is not available for family {self.name!r}; allowed: {allowed}.")
        for parameter, owner in _PARAMETERS.items():
            value = getattr(self, parameter)
            if value is None:
                continue
            if self.name != owner:
                raise InputError(f"{parameter}={value!r} is a parameter of the family {owner!r}; leave it out.")
            if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 < float(value) < np.inf:
                raise InputError(f"{parameter}={value!r} is not allowed; it must be a finite number > 0.")
        if self.name == "student_t" and self.df is None:
            object.__setattr__(self, "df", StudentErrors().df)

    def __repr__(self) -> str:
        given = ((item.name, getattr(self, item.name)) for item in fields(self))
        return f"Family({', '.join(f'{name}={value!r}' for name, value in given if value is not None)})"

    @property
    def label(self) -> str:
        """The name in tables, with the link where the name has several."""
        return self.likelihood.label

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row; a parameter that is estimated stands at 1."""
        given = {name: np.float64(getattr(self, name)) for name in _PARAMETERS if getattr(self, name) is not None}
        law = LIKELIHOODS[self.name, self.link]
        return replace(law, **given) if given else law


def _hint(name: object) -> str:
    """Return `` Did you mean ...?`` for the name of a family in other software or with a typing error, or ""."""
    lower = str(name).lower()
    names = [known for known, _ in LIKELIHOODS]
    close = difflib.get_close_matches(lower, [*names, *_ELSEWHERE], n=1)
    return f" Did you mean {_ELSEWHERE.get(close[0], close[0])!r}?" if close else ""


def as_family(family: str | Family) -> Family:
    """Return ``family`` as a `Family`, from its name or unchanged."""
    if isinstance(family, Family):
        return family
    if isinstance(family, str):
        return Family(family)
    raise InputError(
        f"family={family!r} is not a family; give a name such as 'gaussian', or br.Family(name, link=...)."
    )


__all__ = ["LIKELIHOODS", "Canonical", "Family", "Gaussian", "Likelihood", "Nuisance", "as_family"]
