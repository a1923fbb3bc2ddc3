"""Proportions of trials: against SciPy, statsmodels, PyMC, and the same trials written one a row."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import bayesreg as br
from bayesreg.errors import DataError, SeparationError


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=50), "z": rng.normal(2.0, 3.0, 50), "trials": rng.integers(1, 12, 50)})
    chance = 1.0 / (1.0 + np.exp(-0.3 - 0.8 * frame["x"]))
    return frame.assign(successes=rng.binomial(frame["trials"], chance))


@pytest.fixture(scope="module")
def single(data):
    """One row a trial."""
    failed = data["trials"] - data["successes"]
    rows = [data.loc[data.index.repeat(count)].assign(y=y) for y, count in ((1, data["successes"]), (0, failed))]
    return pd.concat(rows, ignore_index=True)


def model(data, penalty=None, formula="I(successes / trials) ~ x + z", **options):
    return br.Model(formula, data, family="binomial", weights="trials", penalty=penalty, **options)


@pytest.mark.parametrize("trials", [1.0, 7.0, 1000.0])
def test_density_is_scipys(trials):
    """To 1e-11: at 1000 trials the terms are 500 times their sum."""
    eta = np.array([-3.0, -0.2, 0.0, 1.5])
    for successes in (0.0, 1.0, trials):
        got = br.Family("binomial").likelihood.log_likelihood(successes / trials, eta, 1.0, trials, True)
        expected = stats.binom.logpmf(successes, trials, 1.0 / (1.0 + np.exp(-eta)))
        assert got == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_mle_is_statsmodels(data):
    """The same estimates, errors and log likelihood, robust ones too, to the tolerance of its iterations."""
    counts = pd.DataFrame({"s": data["successes"], "f": data["trials"] - data["successes"]})
    theirs = sm.GLM(counts, sm.add_constant(data[["x", "z"]]), family=sm.families.Binomial())
    for cov_type in ("nonrobust", "HC0"):
        ours, expected = model(data).mle(cov_type), theirs.fit(cov_type=cov_type)
        assert ours.params.to_numpy() == pytest.approx(expected.params.to_numpy(), abs=1e-8)
        assert ours.bse.to_numpy() == pytest.approx(expected.bse.to_numpy(), rel=1e-6)
        assert ours.log_likelihood == pytest.approx(expected.llf, abs=1e-8)
    flat = model(data).fit()
    assert flat.params.to_numpy() == pytest.approx(ours.params.to_numpy(), abs=1e-8)


@pytest.mark.parametrize("penalty", [br.L1(3.0), br.L2(2.0), br.Firth()], ids=["L1", "L2", "Firth"])
def test_modes_are_those_of_single_trials(data, single, penalty):
    """Trials that are counted or written out have one mode; the columns' scales count rows or trials alike."""
    ours = model(data, penalty).fit()
    theirs = br.Model("y ~ x + z", single, family="bernoulli", penalty=penalty).fit()
    assert ours.certificate.ok
    assert ours.params.to_numpy() == pytest.approx(theirs.params.to_numpy(), abs=1e-9)
    assert ours.edf == pytest.approx(theirs.edf, abs=1e-8)


def test_choices_of_a_strength_are_those_of_single_trials(data, single):
    theirs = br.Model("y ~ x + z", single, family="bernoulli", penalty=br.L2())
    lams = [0.5, 5.0, 50.0]
    for by in ("evidence", "bic"):
        mine, other = model(data, br.L2()).select(by=by, lams=lams).curve, theirs.select(by=by, lams=lams).curve
        assert np.diff(mine["mean"]) == pytest.approx(np.diff(other["mean"]), abs=1e-7)
    assert model(data, br.L2()).select(folds=5, lams=lams).lam in lams


def test_the_graph_has_pymcs_density(data):
    from pytensor.compile.mode import Mode

    built = model(data, br.Normal(0.7))
    graph, resolved = built.pymc(), built.resolved
    beta = np.array([0.3, 0.2, -0.1])
    eta = beta[0] + built.design.X @ beta[1:]
    expected = stats.binom.logpmf(data["successes"], data["trials"], 1.0 / (1.0 + np.exp(-eta))).sum()
    mode = Mode(linker="py", optimizer=None)
    got = graph.compile_logp(vars=graph.observed_RVs, jacobian=False, mode=mode)({"beta": beta})
    assert float(got) == pytest.approx(expected, rel=1e-6)  # constants of PyMC are of single precision
    assert br.objective.log_likelihood(resolved, built.design.y, eta).sum() == pytest.approx(expected, rel=1e-12)


def test_prior_predictions_are_proportions_of_the_trials(data):
    tree = model(data, br.Normal(0.5)).prior_predictive(draws=200, seed=1)
    drawn = tree["prior_predictive"]["I(successes over trials)"].to_numpy()[0]
    counts = drawn * data["trials"].to_numpy()
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert ((drawn >= 0.0) & (drawn <= 1.0)).all()
    assert (counts[:, data["trials"] > 5] > 1.0).any()


def test_what_is_no_count_of_trials_is_refused(data):
    formula = "I(successes / trials) ~ x"
    with pytest.raises(DataError, match=r"needs the number of trials .* weights='trials'; for a response of 0 and 1"):
        br.Model(formula, data, family="binomial")
    with pytest.raises(DataError, match=r"The weights are precisions, and those of family='binomial' are numbers of"):
        br.Model(formula, data, family="binomial", weights=br.Weights("trials", kind="precision"))
    with pytest.raises(DataError, match=r"of 1\.5 trials in row 0, which is no whole number of successes"):
        br.Model(formula, data.assign(trials=data["trials"] + 0.5), family="binomial", weights=np.full(50, 1.5))
    with pytest.raises(DataError, match=r"the first .* allowed: proportions from 0 to 1\. Write the proportion"):
        model(data, formula="successes ~ x")


def test_separation_is_that_of_single_trials():
    """A row with successes and failures is on both sides."""
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 0.0, 0.5, 1.0], "n": [2, 2, 2, 2]})
    with pytest.raises(SeparationError, match=r"The binomial likelihood has no maximum: .*'x' .*quasi-complete"):
        br.Model("y ~ x", frame, family="binomial", weights="n").fit()
    overlapping = frame.assign(y=[0.0, 0.5, 0.0, 1.0])
    assert br.Model("y ~ x", overlapping, family="binomial", weights="n").fit().certificate.ok
    with pytest.raises(SeparationError, match="all 4 responses are 1"):
        br.Model("y ~ x", frame.assign(y=1.0, n=2), family="binomial", weights="n").mle()
