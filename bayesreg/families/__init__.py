"""Likelihoods: one file each, one table of them, and the `Family` that users name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import final

from bayesreg.errors import InputError
from bayesreg.families.base import Canonical, Likelihood
from bayesreg.families.bernoulli import Bernoulli
from bayesreg.families.binomial import Binomial
from bayesreg.families.gaussian import Gaussian
from bayesreg.families.poisson import Poisson
from bayesreg.families.probit import Probit

LIKELIHOODS: dict[tuple[str, str], Likelihood] = {
    (law.name, law.link): law for law in (Gaussian(), Bernoulli(), Poisson(), Binomial(), Probit())
}

_ELSEWHERE = {
    **dict.fromkeys(("logistic", "logit"), "bernoulli"),
    **dict.fromkeys(("normal", "linear"), "gaussian"),
}
"""What other software calls a family -> its name here."""


@final
@dataclass(frozen=True)
class Family:
    """A family of distributions for the response and its link.

    Parameters
    ----------
    name : {"gaussian", "bernoulli", "poisson", "binomial"}
        ``"gaussian"``: ``y ~ N(eta, phi)``; ``"bernoulli"``: ``y`` in {0, 1}, log odds ``eta``;
        ``"poisson"``: counts with log mean ``eta``; ``"binomial"``: ``y`` the share of successes with log odds ``eta``,
        the weights of the rows the numbers of trials, as in ``"I(successes / trials) ~ x"`` with ``weights="trials"``.
    link : str, optional
        The canonical link, which is the default: identity, logit, log. ``"bernoulli"`` has ``"probit"`` too, of which
        ``eta`` is the mean of a normal variable of variance 1 that is positive where ``y`` is 1.

    Raises
    ------
    InputError
        If the name or the link is not in the table; the message lists the table.

    Examples
    --------
    >>> import bayesreg as br
    >>> br.Family("poisson")
    Family(name='poisson', link='log')
    """

    name: str
    link: str = ""

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

    @property
    def label(self) -> str:
        """The name in tables, with the link where the name has several."""
        return self.likelihood.label

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood of one row."""
        return LIKELIHOODS[self.name, self.link]


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


__all__ = ["LIKELIHOODS", "Canonical", "Family", "Likelihood", "as_family"]
