import pytest

from bayesreg.conventions import CONVENTIONS, convert
from bayesreg.conventions.needs import column_facts
from bayesreg.errors import InputError

FACTS = {"n": 442.0, "dispersion": 2.5, "s_y": 77.0, "s_j": 1.7}
LASSO, LAM = "sklearn.Lasso.alpha", "bayesreg.L1.lam"
READABLE = [row for row in CONVENTIONS if not row.refused]


def compatible(source, target, share):
    fixed = [row.share for row in (source, target) if not isinstance(row.share, str)]
    moved = (source.g, source.columns) != (target.g, target.columns)  # l1 and l2 change by different factors
    same = source.kind == target.kind
    return same and all(value == share for value in fixed) and (share in (0.0, 1.0) or not moved)


def facts_of(source, target, share):
    columns = column_facts(source.columns, target.columns)
    used = {*source.facts, *target.facts, *columns}
    facts = {name: value for name, value in FACTS.items() if name in used}
    if {"bernoulli", "poisson"} & {source.family, target.family}:
        facts.pop("dispersion", None)
    return facts | {row.share: share for row in (source, target) if isinstance(row.share, str)}


@pytest.mark.parametrize("source", READABLE, ids=lambda row: row.name)
def test_there_and_back(source):
    """Every pair of rows that share a penalty, at the edges of the share and within."""
    pairs = [(target, share) for target in READABLE for share in (0.0, 0.3, 1.0) if compatible(source, target, share)]
    assert pairs
    for target, share in pairs:
        facts = facts_of(source, target, share)
        there = convert(0.37, source=source.name, target=target.name, **facts)
        back = convert(there, source=target.name, target=source.name, **facts)
        assert back == pytest.approx(0.37, rel=1e-12), target.name


@pytest.mark.parametrize(
    ("source", "target", "facts", "wanted"),
    [
        # published readings as prior scales: phi / (W a1), sqrt(phi / (W a2)), C and sqrt(C), sigma / sqrt(k)
        (LASSO, "bayesreg.Laplace.scale", {"n": 100, "dispersion": 4.0}, 4.0 / (100 * 0.5)),
        ("sklearn.Ridge.alpha", "bayesreg.Normal.scale", {"dispersion": 4.0}, (4.0 / 0.5) ** 0.5),
        ("sklearn.LogisticRegression.C", "bayesreg.Laplace.scale", {}, 0.5),
        ("sklearn.LogisticRegression.C", "bayesreg.Normal.scale", {}, 0.5**0.5),
        ("glmnet.poisson.lambda", "bayesreg.Normal.scale", {"n": 100}, (1 / (100 * 0.5)) ** 0.5),
        ("glmnet.gaussian.lambda", "bayesreg.L2.lam", {"n": 100, "s_y": 4.0}, 100 * 0.5 / 4.0),
        ("glmnet.gaussian.lambda", LAM, {"n": 100}, 50.0),
        ("statsmodels.OLS.alpha", LAM, {"n": 100}, 50.0),
        ("statsmodels.Logit.alpha", LAM, {}, 0.5),
    ],
)
def test_published_readings(source, target, facts, wanted):
    assert convert(0.5, source=source, target=target, **facts) == pytest.approx(wanted, rel=1e-15)


def test_a_fact_that_cancels_may_be_left_out_or_given():
    assert convert(0.5, source=LASSO, target="glmnet.gaussian.lambda") == 0.5
    assert convert(0.5, source=LASSO, target="glmnet.gaussian.lambda", n=10) == pytest.approx(0.5)


def test_source_and_target_may_stand_in_order():
    assert convert(0.5, LASSO, LAM, n=10) == convert(0.5, source=LASSO, target=LAM, n=10) == 5.0


def test_no_penalty_is_no_penalty():
    assert convert(0.0, source=LAM, target="sklearn.LogisticRegression.C") == float("inf")
    assert convert(float("inf"), source="sklearn.LogisticRegression.C", target="bayesreg.L2.lam") == 0.0


@pytest.mark.parametrize(
    ("value", "source", "target", "facts", "message"),
    [
        (0.5, LASSO, LAM, {}, "needs n=: the number of rows"),
        (0.5, LASSO, LAM, {"n": 0}, "n=0 is not allowed"),
        (0.5, LASSO, LAM, {"n": True}, "n=True is not allowed"),
        (0.5, LASSO, LAM, {"n": 10, "dispersion": 2.0}, r"dispersion=2\.0 is not used"),
        (0.5, LASSO, LAM, {"n": 10, "standardize": True}, "br.Model"),
        (-0.5, LASSO, LAM, {"n": 10}, r"alpha=-0\.5 is not a strength"),
        (float("nan"), LASSO, LAM, {"n": 10}, "alpha=nan is not a strength"),
        ("1", LASSO, LAM, {"n": 10}, "alpha='1' is not a strength"),
        (0.0, "sklearn.LogisticRegression.C", "bayesreg.L2.lam", {}, r"C=0\.0 is not a strength"),
        (0.5, LASSO, "bayesreg.L2.lam", {"n": 10}, "penalises a square only"),
        (0.5, LASSO, "lam", {"n": 10}, "not in the table"),
        (0.5, "sklearn.Lasso.alfa", LAM, {"n": 10}, r"Did you mean 'sklearn\.Lasso\.alpha'\?"),
        (0.5, LAM, "bayesreg.Laplace.scale", {}, "needs dispersion="),
        (0.5, "sklearn.ElasticNet.alpha", "bayesreg.ElasticNet.lam", {"n": 10}, "needs l1_ratio="),
        (0.5, "sklearn.ElasticNet.alpha", LAM, {"n": 10, "l1_ratio": 0.5}, "penalises an absolute value only"),
        (0.5, "sklearn.ElasticNet.alpha", "bayesreg.ElasticNet.lam", {"n": 10, "l1_ratio": 1.5}, "between 0"),
        (0.5, "glmnet.gaussian.lambda", "bayesreg.L2.lam", {"n": 10}, "needs s_y="),
        (0.5, "sklearn.LogisticRegression.C", "bayesreg.Laplace.scale", {"dispersion": 2.0}, "phi = 1"),
        (0.5, "glmnet.binomial.lambda", LAM, {"n": 10, "standardize": "yes"}, "say True or False"),
        (0.5, "glmnet.gaussian.lambda", LASSO, {"standardize": True}, "columns as they are"),
        (0.5, LASSO, "celer.GroupLasso.alpha", {"n": 10}, "penalises the length of groups"),
        (0.5, "MASS.lm_ridge.lambda", "sklearn.Ridge.alpha", {}, "needs s_j=.*columns as they are"),
        (0.5, "lasso2.l1ce.Lagrangian", LAM, {}, "needs n=.*standard deviations of n - 1 rows"),
        (0.5, "lasso2.l1ce.Lagrangian", LAM, {"n": 1}, "n > 1"),
        (0.5, "bambi.automatic.scale", "bayesreg.Normal.scale", {}, "needs s_y="),
        (0.5, "bambi.automatic.scale", "bayesreg.Normal.scale", {"s_y": 2.0, "s_j": 1.0}, r"s_j=1\.0 is not used"),
        (0.5, "brms.horseshoe.scale_global", "bayesreg.RegularizedHorseshoe.tau", {}, "needs dispersion="),
        (1e-300, "bayesreg.Normal.scale", "bayesreg.L2.lam", {"dispersion": 1.0}, "range of a float"),
        (1e300, "bayesreg.Normal.scale", "bayesreg.L2.lam", {"dispersion": 1.0}, "range of a float"),
    ],
)
def test_refusals_say_what_and_why(value, source, target, facts, message):
    with pytest.raises(InputError, match=message):
        convert(value, source=source, target=target, **facts)


@pytest.mark.parametrize(
    ("source", "target", "facts", "wanted"),
    [
        # l1 on raw coefficients is l1 s_j, l2 is l2 s_j^2; sd of n - 1 rows is sqrt(n / (n - 1)) times the 1/n one
        ("MASS.lm_ridge.lambda", "sklearn.Ridge.alpha", {"s_j": 3.0}, 0.5 * 9.0),
        ("sklearn.Ridge.alpha", "MASS.lm_ridge.lambda", {"s_j": 3.0}, 0.5 / 9.0),
        ("lasso2.l1ce.Lagrangian", "sklearn.Lasso.alpha", {"s_j": 3.0, "n": 5}, 0.5 * 3.0 * (5 / 4) ** 0.5 / 5),
        ("lasso2.l1ce.Lagrangian", "bayesreg.L1.lam", {"n": 5}, 0.5 * (5 / 4) ** 0.5),
        ("lasso2.l1ce.Lagrangian", "sklearn.Lasso.alpha", {"standardize": False, "n": 5}, 0.5 / 5),
        ("glmnet.binomial.lambda", "celer.LogisticRegression.C", {"standardize": True, "s_j": 2.0, "n": 5}, 1 / 5.0),
        ("bambi.automatic.scale", "brms.normal.scale", {"s_y": 8.0, "s_j": 2.0}, 2.0),
        ("bambi.automatic(glm).scale", "pymc.Normal.tau", {"s_j": 2.0}, 16.0),
    ],
)
def test_from_standardised_columns_to_raw_ones_and_back(source, target, facts, wanted):
    assert convert(0.5, source, target, **facts) == pytest.approx(wanted, rel=1e-14)


def test_standardize_true_holds_between_programs_that_standardise():
    wanted = convert(0.5, source="glmnet.binomial.lambda", target=LAM, n=10, alpha=1.0)
    assert convert(0.5, source="glmnet.binomial.lambda", target=LAM, n=10, alpha=1.0, standardize=True) == wanted


def test_a_share_that_moves_is_refused_until_it_is_stated():
    names = {"source": "sklearn.ElasticNet.alpha", "target": "glmnet.gaussian.lambda"}
    with pytest.raises(InputError, match=r"at alpha=0\.0909.*to_package"):
        convert(2.0, **names, l1_ratio=0.5, s_y=10.0)
    lam = convert(2.0, **names, l1_ratio=0.5, s_y=10.0, alpha=1 / 11)
    assert lam / 11 == pytest.approx(1.0)  # l1 part: alpha lambda = alpha l1_ratio
    assert lam * (10 / 11) / 10.0 == pytest.approx(1.0)  # l2 part: (1 - alpha) lambda / s_y
