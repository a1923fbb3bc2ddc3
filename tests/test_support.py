"""Every cell of the support table, visited: what works works, what is refused says the table's reason."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import bayesreg as br
from bayesreg.errors import InputError, UnsupportedError
from bayesreg.families import LIKELIHOODS
from bayesreg.objective import log_likelihood, log_prior
from bayesreg.penalties import REGISTRY
from bayesreg.support import ENGINES, FIRTH, VARIANTS, VERBS, check_supported, support_table, why_refused

CELLS = list(support_table())
GIVEN = {
    "Flat": {},
    "L1": {"lam": 2.0},
    "Laplace": {"scale": 0.5},
    "L2": {"lam": 2.0},
    "Normal": {"scale": 0.5},
    "ElasticNet": {"lam": 2.0},
    "ElasticNetPrior": {"rate": 1.0, "precision": 0.5},
    "Tikhonov": {"precision": [[2.0, 1.0], [1.0, 2.0]], "lam": 2.0},
    "MultivariateNormal": {"precision": [[2.0, 1.0], [1.0, 2.0]], "scale": 0.5},
    "Smooth": {"lam": 2.0, "order": 1},
    "RandomWalk": {"sd": 0.5, "order": 1},
    "GPrior": {"g": 4.0},
    "Dropout": {"rate": 0.3},
    "Firth": {},
    "EarlyStopping": {"time": 0.01},
    "GroupLasso": {"lam": 2.0},
    "GroupLaplace": {"scale": 0.5},
    "SparseGroupLasso": {"lam": 2.0},
    "SparseGroupLaplace": {"scale": 0.5},
    "FusedLasso": {"lam": 2.0, "l1": 1.0},
    "FusedLaplace": {"scale": 0.5},
    "SLOPE": {"lam": 2.0},
    "SortedLaplace": {"scale": 0.5},
    "Bridge": {"lam": 2.0},
    "GeneralizedNormal": {"scale": 0.5, "q": 0.8},
    "LogPenalty": {"lam": 6.0},
    "GeneralizedDoublePareto": {"scale": 0.5, "shape": 3.0},
    "MCP": {"lam": 2.0, "bend": "rows"},
    "SCAD": {"lam": 2.0, "bend": "rows"},
    "SpikeSlabLasso": {"slab_scale": 1.0, "spike_scale": 0.1},
    "StudentT": {"df": 3, "scale": 0.5},
    "Cauchy": {"scale": 0.5},
    "SpikeSlab": {},
    "Horseshoe": {"tau": 0.5},
    "RegularizedHorseshoe": {"tau": 0.5},
    "R2D2": {},
}
COSTLY = tuple(set(REGISTRY) - {"L1", "L2", "Normal", "Smooth", "ElasticNet"})
"""Laws whose open strength is chosen between two values, by two folds, when they are fitted; other families too."""
SAMPLED = [pytest.param("bernoulli", "L1", "given", marks=pytest.mark.slow), ("gaussian", "Normal", "positive")]
"""Cells that NUTS samples for real, of which one is enough in the default run; the others are held by their graph."""


@cache
def frame():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"a": rng.normal(1.0, 2.0, 40), "b": rng.normal(size=40)})
    eta = 0.2 + 0.2 * data.a + 0.3 * data.b
    data["gaussian"] = eta + rng.normal(size=40)
    data["bernoulli"] = (rng.random(40) < 1.0 / (1.0 + np.exp(-eta))).astype(int)
    data["poisson"] = rng.poisson(np.exp(eta))
    data["bernoulli (probit)"] = data["bernoulli"]
    data["trials"] = rng.integers(1, 6, 40)
    data["binomial"] = rng.binomial(data["trials"], 1.0 / (1.0 + np.exp(-eta))) / data["trials"]
    data["negative_binomial"] = data["poisson"]
    data["student_t"] = eta + rng.standard_t(4, 40)
    return data


@cache
def model(family, penalty, variant):
    law, given = getattr(br, penalty), GIVEN[penalty]
    if variant == "open":
        (name, _), *_ = law.strength_powers
        default = law.__dataclass_fields__[name].default
        given = {**given, name: None if default is None else br.HalfCauchy(1.0)}
    options = {"positive": {"positive": True}, "limits": {"limits": (-0.1, 1.0)}}.get(variant, {})
    known = next(br.Family(*pair) for pair, one in LIKELIHOODS.items() if one.label == family)
    weights = "trials" if family == "binomial" else None
    slow = family not in ("gaussian", "bernoulli") or penalty in COSTLY
    select = {"by": "cv", "folds": 2, "lams": [0.5, 2.0]} if variant == "open" and slow else None
    penalty = law(**given, **options)
    return br.Model(f"`{family}` ~ a + b", frame(), family=known, penalty=penalty, weights=weights, select=select)


def check_mle(cell, built):
    assert np.isfinite(built.mle().params).all()


def check_fit(cell, built):
    fit = built.fit()
    assert fit.certificate.ok
    assert (fit.chosen is not None) == (cell.variant == "open")
    slopes = fit.params.iloc[1:]
    assert cell.variant != "positive" or (slopes >= 0.0).all()
    assert cell.variant != "limits" or slopes.between(-0.1, 1.0).all()


def check_path(cell, built):
    path = built.path(n_lams=2)
    assert path.params.shape == (2, 3)
    assert np.isfinite(path.params.to_numpy()).all()


def within(resolved, beta):
    """The graph's unbounded coordinates of coefficients within limits."""
    lower, upper = resolved.lower, resolved.upper
    both = np.isfinite(lower) & np.isfinite(upper)
    share = np.where(both, (beta - lower) / np.where(both, upper - beta, 1.0), 1.0)
    return np.where(both, np.log(share), np.where(resolved.positive, np.log(beta), beta))


def check_graph(cell, built):
    """The graph's log density at a point is the log joint, with the priors of sigma and of learned strengths.

    To 1e-7 of the total: PyMC keeps some constants, of the half-t for one, in single precision. Laws without a density
    of their own are mixtures in the graph, whose density has tests of its own; here it must be finite.
    """
    from pytensor.compile.mode import Mode

    graph, resolved = built.pymc(), built.resolved
    logp = graph.compile_logp(jacobian=False, mode=Mode(linker="py", optimizer=None))
    if any(block.law.no_density for block in resolved.blocks):
        assert np.isfinite(logp(graph.initial_point()))
        assert "beta" in {variable.name for variable in graph.deterministics}
        return
    beta, sigma, quantity = np.array([0.3, 0.2, 0.4]), 0.8, 0.35
    written = {
        "beta": beta,
        "beta_within__": within(resolved, beta),
        "sigma": sigma,
        "sigma_log__": np.log(sigma),
        "spread_log__": np.log(0.7),
        "R2_logodds__": np.log(quantity / (1.0 - quantity)),
        **dict.fromkeys(("tau_log__", "sd_log__", "rate_log__"), np.log(quantity)),
    }
    point = {name: np.asarray(written[name], dtype=float) for name in graph.initial_point()}
    given = sigma if resolved.sigma_prior is not None else None
    scales = np.array([one.scale_of(quantity) for one in resolved.learned]) if resolved.learned else None
    eta = beta[0] + built.design.X @ beta[1:]
    shape = 0.7**-2.0 if resolved.family.name == "negative_binomial" else None
    expected = log_likelihood(resolved, built.design.y, eta, given, shape=shape).sum()
    expected += log_prior(resolved, beta, given, scales=scales)
    expected += 0.0 if shape is None else resolved.nuisance.prior.log_density(0.7)
    expected += resolved.sigma_prior.log_density(sigma) if given is not None else 0.0
    expected += sum(one.hyperprior.log_density(quantity) for one in resolved.learned)
    assert np.isfinite(expected)
    assert logp(point) == pytest.approx(float(expected), rel=1e-7)


class ReachedNutsError(Exception):
    """NUTS was asked to sample this model."""


def check_sample(cell, built, monkeypatch):
    """The exact and Gibbs engines sample; NUTS is reached with this model, whose graph the cell of `pymc` holds."""
    import bayesreg.posterior.nuts as nuts

    engines = [name for name in ("exact", "gibbs") if not why_refused(built.resolved, "sample", name)]
    engine = cell.engine if cell.engine != "auto" else [*engines, "nuts"][0]
    if engine != "nuts":
        options = {"tune": 10} if engine == "gibbs" else {}
        post = built.sample(20, chains=2, seed=1, engine=cell.engine, **options)
        assert post.engine == engine
        assert np.isfinite(post.params).all()
        return

    def reached(design, resolved, *args, **options):
        assert resolved is built.resolved
        raise ReachedNutsError

    monkeypatch.setattr(nuts, "compile_nuts", reached)
    with pytest.raises(ReachedNutsError):
        built.sample(20, chains=1, seed=1, engine=cell.engine)


ALL_PAIRS = ("gaussian", "bernoulli", "poisson")
"""Families whose cells are all visited. A likelihood and a prior meet in the log joint and in the solvers alone, so the
others are visited at a mode of every law, and at every cell of a few laws: of absolute values, of a quadratic form, of
groups, without a density, and none."""
FEW = ("Flat", "L1", "Smooth", "GroupLasso", "Horseshoe", "Firth")


def is_visited(cell):
    every = cell.family in ALL_PAIRS or cell.penalty in FEW
    return cell.works and (every or (cell.verb, cell.variant) == ("fit", "given"))


CHECKS = {"mle": check_mle, "fit": check_fit, "path": check_path, "pymc": check_graph}


@pytest.mark.parametrize(
    "cell",
    [cell for cell in CELLS if is_visited(cell) and cell.verb != "sample"],
    ids=lambda c: f"{c.family}-{c.penalty}-{c.variant}-{c.verb}",
)
def test_cell_that_works(cell):
    CHECKS[cell.verb](cell, model(cell.family, cell.penalty, cell.variant))


@pytest.mark.parametrize(
    "cell",
    [cell for cell in CELLS if is_visited(cell) and cell.verb == "sample"],
    ids=lambda c: f"{c.family}-{c.penalty}-{c.variant}-{c.engine}",
)
def test_cell_that_samples(cell, monkeypatch):
    check_sample(cell, model(cell.family, cell.penalty, cell.variant), monkeypatch)


@pytest.mark.parametrize(("family", "penalty", "variant"), SAMPLED)
def test_cell_that_nuts_samples_for_real(family, penalty, variant):
    built = model(family, penalty, variant)
    post = built.sample(60, tune=150, chains=1, seed=1, workers=1, engine="nuts")
    assert post.engine == "nuts"
    assert np.isfinite(post.params).all()
    assert variant != "positive" or (post.tree["posterior"]["beta"].to_numpy()[..., 1:] >= 0.0).all()


def refusal(cell):
    """What is said where a cell is asked for; empty: nothing was refused."""
    arguments = {"engine": cell.engine, "seed": 1} if cell.verb == "sample" else {}
    try:
        getattr(model(cell.family, cell.penalty, cell.variant), cell.verb)(**arguments)
    except UnsupportedError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("penalty", [*REGISTRY, FIRTH])
@pytest.mark.parametrize("family", [one.label for one in LIKELIHOODS.values()])
def test_cells_that_are_refused(family, penalty):
    """Each says the table's reason: what happened, and a way out."""
    refused = [cell for cell in CELLS if not cell.works and (cell.family, cell.penalty) == (family, penalty)]
    assert refused
    assert [(cell, refusal(cell)) for cell in refused if refusal(cell) != cell.reason] == []
    assert all(cell.reason.count(". ") >= 1 for cell in refused)


def test_the_table_covers_every_combination():
    assert {(cell.family, cell.penalty) for cell in CELLS} == {
        (one.label, law) for one in LIKELIHOODS.values() for law in (*REGISTRY, FIRTH)
    }
    assert set(GIVEN) == {*REGISTRY, FIRTH}
    keys = [(c.family, c.penalty, c.variant, c.verb, c.engine) for c in CELLS]
    assert len(set(keys)) == len(keys)
    per_model = sum(len(engines) for engines in VERBS.values())
    variants = {(cell.family, cell.penalty, cell.variant) for cell in CELLS}
    assert len(CELLS) == per_model * len(variants)
    assert {cell.variant for cell in CELLS} == set(VARIANTS)
    assert {cell.engine for cell in CELLS if cell.verb == "sample"} == set(ENGINES)


def test_every_verb_of_the_table_is_a_method():
    assert all(callable(getattr(br.Model, verb)) for verb in VERBS)


def test_an_unknown_engine_is_refused_with_what_is_allowed():
    with pytest.raises(InputError, match=r"engine='stan' is not known; allowed: 'auto', 'exact', 'gibbs', 'nuts'\."):
        check_supported(model("gaussian", "L1", "given").resolved, "sample", "stan")


def test_a_block_without_a_mode_stops_a_fit_of_another_that_is_open():
    built = br.Model("gaussian ~ a + b", frame(), penalty={"a": br.L1(), "b": br.Horseshoe(0.5)})
    with pytest.raises(UnsupportedError, match=r"^b: "):
        built.fit()


def test_one_block_without_closed_form_stops_the_exact_engine():
    built = br.Model("gaussian ~ a + b", frame(), penalty={"a": br.L1(1.0), "b": br.L2(1.0)})
    with pytest.raises(UnsupportedError, match="Under L1 the posterior is not a mixture of normals"):
        built.sample(engine="exact", seed=0)
