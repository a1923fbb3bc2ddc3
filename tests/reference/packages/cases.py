"""What is fitted by which package, as data: every key but ``name``, ``data``, ``weights`` and ``offset`` is theirs."""


def named(**cases):
    return [{"name": name, **case} for name, case in cases.items()]


WEIGHTS = {"weights": ["precision", 11]}
FACTORS = {"penalty_factor": [0.0, 2.0, 1.0, 1.0, 0.5, 1.0, 3.0, 1.0, 1.0, 1.0]}
GAUSSIAN = {"data": "diabetes", "family": "gaussian"}
OBJECT = {"data": "diabetes", "family": "gaussian()"}
BINOMIAL = {"data": "binary", "family": "binomial"}
POISSON = {"data": "counts", "family": "poisson"}

GLMNET = named(
    lasso=GAUSSIAN | {"lambda": 9.0, "alpha": 1.0},
    lasso_weak=GAUSSIAN | {"lambda": 0.3, "alpha": 1.0},
    ridge=GAUSSIAN | {"lambda": 9.0, "alpha": 0.0},
    elastic_net=GAUSSIAN | {"lambda": 9.0, "alpha": 0.6},
    weights_lasso=GAUSSIAN | WEIGHTS | {"lambda": 5.0, "alpha": 1.0},
    weights_elastic_net=GAUSSIAN | WEIGHTS | {"lambda": 5.0, "alpha": 0.4},
    factors_lasso=GAUSSIAN | FACTORS | {"lambda": 5.0, "alpha": 1.0},
    factors_elastic_net=GAUSSIAN | FACTORS | {"lambda": 5.0, "alpha": 0.5},
    raw_lasso=GAUSSIAN | {"lambda": 20.0, "alpha": 1.0, "standardize": False},
    raw_ridge=GAUSSIAN | {"lambda": 20.0, "alpha": 0.0, "standardize": False},
    raw_elastic_net=GAUSSIAN | WEIGHTS | {"lambda": 20.0, "alpha": 0.5, "standardize": False},
    no_intercept_lasso=GAUSSIAN | {"lambda": 9.0, "alpha": 1.0, "intercept": False},
    no_intercept_elastic_net=GAUSSIAN | {"lambda": 9.0, "alpha": 0.5, "intercept": False},
    offset=GAUSSIAN | {"lambda": 5.0, "alpha": 0.5, "offset": 60.0},
    positive=GAUSSIAN | {"lambda": 5.0, "alpha": 0.7, "lower_limits": 0.0},
    object_lasso=OBJECT | {"lambda": 9.0, "alpha": 1.0},
    object_ridge=OBJECT | {"lambda": 9.0, "alpha": 0.0},
    object_elastic_net=OBJECT | WEIGHTS | FACTORS | {"lambda": 5.0, "alpha": 0.6},
    binomial_lasso=BINOMIAL | {"lambda": 0.03, "alpha": 1.0},
    binomial_ridge=BINOMIAL | {"lambda": 0.03, "alpha": 0.0},
    binomial_elastic_net=BINOMIAL | WEIGHTS | FACTORS | {"lambda": 0.03, "alpha": 0.6},
    binomial_raw=BINOMIAL | {"lambda": 0.03, "alpha": 0.5, "standardize": False, "lower_limits": 0.0},
    poisson_lasso=POISSON | {"lambda": 0.1, "alpha": 1.0},
    poisson_elastic_net=POISSON | {"lambda": 0.1, "alpha": 0.5, "offset": 1.0},
    poisson_factor=POISSON | {"data": "visits", "lambda": 0.05, "alpha": 0.8, "offset": 0.5, **WEIGHTS},
)
MASS = named(
    ridge={"data": "diabetes", "lambda": 30.0},
    ridge_weak={"data": "diabetes", "lambda": 0.5},
    ridge_strong={"data": "diabetes", "lambda": 4000.0},
    ridge_factor={"data": "visits", "lambda": 15.0},
    ridge_no_intercept={"data": "diabetes", "lambda": 30.0, "intercept": False},
)
LASSO2 = named(
    lasso={"data": "diabetes", "bound": 0.5},
    lasso_tight={"data": "diabetes", "bound": 0.2},
    lasso_raw={"data": "diabetes", "bound": 0.5, "standardize": False},
    lasso_factor={"data": "visits", "bound": 0.6},
)
_PRIOR = {"data": "diabetes", "columns": [3, 4, 9], "family": "gaussian"}
RSTANARM = named(
    **{
        f"{prior}_{kind}": _PRIOR | {"prior": prior, "arguments": {"scale": 2.0, **arguments}, "autoscale": autoscale}
        for prior, arguments in [
            ("normal", {}),
            ("laplace", {}),
            ("student_t", {"df": 4.0}),
            ("cauchy", {}),
            ("lasso", {"df": 1.0}),
        ]
        for kind, autoscale in [("as_given", False), ("autoscaled", True)]
    },
    lasso_df_4=_PRIOR | {"prior": "lasso", "arguments": {"df": 4.0, "scale": 2.0}, "autoscale": False},
    hs_per_sigma=_PRIOR
    | {"prior": "hs", "arguments": {"global_scale": 0.5, "slab_df": 4.0, "slab_scale": 1e6}, "per_sigma": True},
    hs_binary=_PRIOR
    | {"prior": "hs", "arguments": {"global_scale": 0.5, "slab_df": 4.0, "slab_scale": 2.5}}
    | {"data": "binary", "family": "binomial"},
    normal_binary=_PRIOR
    | {"prior": "normal", "arguments": {"scale": 2.5}, "autoscale": True, "data": "binary", "family": "binomial"},
    laplace_binary=_PRIOR
    | {"prior": "laplace", "arguments": {"scale": 2.5}, "autoscale": False, "data": "binary", "family": "binomial"},
)
_BRMS = {
    "data": "diabetes",
    "columns": [3, 4, 9],
    "family": "gaussian",
    "points": [[-321.0, 6.4, 0.9, 48.0], [-250.0, 5.0, 1.2, -3.0], [-280.0, 0.5, -0.2, 2.0]],
    "sigma": 54.0,
}
_STANDARDISED_POINTS = {"points": [[0.1, 0.5, -0.3, 0.8], [1.2, -0.5, 0.1, 0.0], [1.7, 0.2, 0.15, 0.3]], "sigma": 1.0}
BRMS = named(
    normal=_BRMS | {"prior": "normal(0, 2)", "density": True},
    double_exponential=_BRMS | {"prior": "double_exponential(0, 2)", "density": True},
    student_t=_BRMS | {"prior": "student_t(4, 0, 2)", "density": True},
    lasso=_BRMS | {"prior": "lasso(df = 3, scale = 2)", "density": False},
    horseshoe=_BRMS | {"prior": "horseshoe(df = 1, scale_global = 0.5, autoscale = FALSE)", "density": False},
    horseshoe_autoscale=_BRMS | {"prior": "horseshoe(df = 1, scale_global = 0.5)", "density": False},
    binary=_BRMS
    | _STANDARDISED_POINTS
    | {"data": "binary", "family": "bernoulli", "prior": "normal(0, 2)", "density": True},
    counts=_BRMS
    | _STANDARDISED_POINTS
    | {"data": "counts", "family": "poisson", "prior": "double_exponential(0, 2)", "density": True},
)
STANDARDISED = {"data": "standardised", "family": "gaussian"}
GROUPS = {"groups": [0, 2, 4, 7]}
ADELIE = named(
    lasso=STANDARDISED | {"lmda": 9.0, "alpha": 1.0},
    elastic_net=STANDARDISED | {"lmda": 5.0, "alpha": 0.5},
    ridge=STANDARDISED | {"lmda": 5.0, "alpha": 0.0},
    weights=STANDARDISED | WEIGHTS | {"lmda": 5.0, "alpha": 0.5},
    factors=STANDARDISED | {"lmda": 5.0, "alpha": 1.0, "penalty": FACTORS["penalty_factor"]},
    raw_lasso={"data": "diabetes", "family": "gaussian", "lmda": 20.0, "alpha": 1.0},
    offset_no_intercept=STANDARDISED | {"lmda": 5.0, "alpha": 0.5, "offset": 60.0, "intercept": False},
    group=STANDARDISED | GROUPS | {"lmda": 4.0, "alpha": 1.0},
    group_factors=STANDARDISED | GROUPS | {"lmda": 6.0, "alpha": 1.0, "penalty": [1.0, 1.0, 2.0, 0.5]},
    binomial=BINOMIAL | {"lmda": 0.03, "alpha": 1.0},
    binomial_elastic_net=BINOMIAL | WEIGHTS | {"lmda": 0.03, "alpha": 0.6},
    binomial_group=BINOMIAL | GROUPS | {"lmda": 0.02, "alpha": 1.0},
    poisson={"data": "counts", "family": "poisson", "lmda": 0.1, "alpha": 0.5},
)
PACKAGES = {
    "glmnet": GLMNET,
    "mass": MASS,
    "lasso2": LASSO2,
    "rstanarm": RSTANARM,
    "brms": BRMS,
    "adelie": ADELIE,
}
