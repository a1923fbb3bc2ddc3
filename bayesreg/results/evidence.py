"""The marginal likelihood of models, and Bayes factors between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from bayesreg.errors import InputError, UnsupportedError
from bayesreg.matrices import are_equal
from bayesreg.objective import penalised
from bayesreg.resolved import Resolved
from bayesreg.results.summary import Summary


@final
@dataclass(frozen=True, eq=False, repr=False)
class BayesFactor:
    """The evidence for models of the same response, beside each other; made by `bayes_factor`.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row each: ``log_evidence``, ``error`` (its standard error where it is by importance sampling, else 0),
        ``log_bayes_factor`` and ``bayes_factor`` against the last one, ``probability`` (all as likely before).
    """

    frame: pd.DataFrame

    @property
    def log(self) -> float:
        """The log Bayes factor of the first model against the last, in nats."""
        return float(self.frame["log_bayes_factor"].iloc[0])

    @property
    def value(self) -> float:
        """The Bayes factor of the first model against the last; above 1 the data speak for the first."""
        return float(self.frame["bayes_factor"].iloc[0])

    def summary(self) -> Summary:
        """Return the table with a note that says how to read it."""
        last = self.frame.index[-1]
        note = f"Bayes factors are against {last!r}; probabilities take all models as equally likely before the data."
        return Summary("Evidence", self.frame, {}, (note,))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return self.summary()._repr_html_()


def bayes_factor(*posteriors: Any, **named: Any) -> BayesFactor:
    r"""Return the Bayes factors between models of the same response: ``p(y | first) / p(y | last)``.

    ``p(y)`` is the likelihood averaged over the prior of everything: coefficients, sigma, learned strengths. A flat
    prior of a coefficient has no height of its own, so models are compared only where they have the same flat
    coefficients, whose height then cancels.

    Parameters
    ----------
    *posteriors, **named : Posterior
        At least two, of engine exact. Those without a name are called ``m1``, ``m2``, ...

    Returns
    -------
    BayesFactor
        ``.value`` and ``.log`` of the first against the last, and ``.frame`` with all.

    Raises
    ------
    InputError
        If there are fewer than two, or their responses, rows or weights differ.
    UnsupportedError
        If the evidence of one is not known, or flat coefficients or improper priors of sigma differ.

    References
    ----------
    Kass and Raftery (1995), Bayes factors.

    Examples
    --------
    >>> import bayesreg as br
    >>> data = br.datasets.diabetes()
    >>> small, large = (br.Model(f"target ~ {terms}", data, penalty=br.L2()) for terms in ("bmi", "bmi + bp"))
    >>> bool(br.bayes_factor(large=large.sample(seed=1), small=small.sample(seed=1)).value > 100)
    True
    """
    models = {f"m{k + 1}": post for k, post in enumerate(posteriors)} | named
    if len(models) < 2 or len(models) < len(posteriors) + len(named):
        raise InputError(
            f"br.bayes_factor got {len(models)} model(s) of different names; it needs at least two posteriors, e.g. "
            "br.bayes_factor(first.sample(), second.sample())."
        )
    found = {name: log_evidence(post) for name, post in models.items()}
    _check_together(models)
    value = np.array([one for one, _ in found.values()])
    share = np.exp(value - value.max())
    with np.errstate(over="ignore"):
        frame = pd.DataFrame(
            {
                "log_evidence": value,
                "error": [error for _, error in found.values()],
                "log_bayes_factor": value - value[-1],
                "bayes_factor": np.exp(value - value[-1]),
                "probability": share / share.sum(),
            },
            index=pd.Index(list(models), name="model"),
        )
    return BayesFactor(frame)


def log_evidence(post: Any) -> tuple[float, float]:
    """Return ``log p(y)`` of a posterior and its standard error, which is 0 but for importance sampling.

    Parameters
    ----------
    post : Posterior

    Raises
    ------
    InputError
        If it is no posterior.
    UnsupportedError
        If the evidence is not known.
    """
    if getattr(post, "kind", "") != "posterior":
        raise InputError(f"{type(post).__name__} has no evidence; give a posterior, as model.sample() returns it.")
    exact = post.sampled.exact
    if exact is None:
        raise UnsupportedError(
            f"The evidence p(y) follows from no draws, and this posterior is known by draws (engine {post.engine}). It "
            "is known for Gaussian models with quadratic penalties, such as br.L2() or br.Normal(scale), with "
            "engine='exact'. To compare any models by how they predict, use Posterior.loo()."
        )
    return float(exact.log_evidence), float(getattr(exact, "log_evidence_error", 0.0))


def _check_together(models: Mapping[str, Any]) -> None:
    """Raise where a Bayes factor between the models has no meaning."""
    (first, reference), *others = models.items()
    a, p = reference.model.design, reference.resolved
    for name, post in others:
        b, q = post.model.design, post.resolved
        pair = f"{first!r} and {name!r}"
        if a.n != b.n or not np.array_equal(a.y, b.y):
            raise InputError(
                f"br.bayes_factor: {pair} are of different responses or rows ({a.response!r}, n = {a.n}; "
                f"{b.response!r}, n = {b.n}), so their evidence can not be compared. Fit both on the same rows."
            )
        if not np.array_equal(p.weights, q.weights) or p.frequency != q.frequency:
            raise InputError(f"br.bayes_factor: {pair} have different case weights. Fit both with the same weights.")
        left, right = _flat(p), _flat(q)
        if set(left) != set(right) or not all(_same_column(post, reference, name) for name in left):
            raise UnsupportedError(
                f"br.bayes_factor: the flat coefficients of {pair} differ ({_listed(left)}; {_listed(right)}). A flat "
                "prior has no height, so the factor would be any number. Give these coefficients a proper prior, e.g. "
                "br.Normal(scale), in both models."
            )
        improper = [one.sigma_prior is not None and not one.sigma_prior.proper for one in (p, q)]
        if improper[0] != improper[1]:
            raise UnsupportedError(
                f"br.bayes_factor: the improper prior 1 / sigma is that of one of {pair} alone, so the factor would be "
                "any number. Give both the same prior of sigma, e.g. dispersion=br.HalfT(3, scale)."
            )


def _flat(resolved: Resolved) -> list[str]:
    """Return the coefficients with a flat prior, and the flat directions of penalties, by name."""
    found = [name for name, free in zip(resolved.coefficients, resolved.free, strict=True) if free]
    for piece in penalised(resolved):
        null = piece.law.null_space()
        if null is not None:
            over = ", ".join(resolved.coefficients[j] for j in piece.at)
            found.append(f"{null.shape[1]} direction(s) of {type(piece.law).__name__} over {over}")
    return found


def _same_column(first: Any, second: Any, name: str) -> bool:
    """Return whether a coefficient belongs to the same column in two models; what is no column counts as the same."""
    columns = []
    for post in (first, second):
        names, start = list(post.resolved.coefficients), int(post.resolved.intercept)
        if name not in names or (start and names.index(name) == 0):
            return True
        columns.append(post.model.design.X[:, [names.index(name) - start]])
    return are_equal(*columns)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") if names else "none"
