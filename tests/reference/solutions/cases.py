"""The reference problems, as data: what is fitted to what, under which penalty, at which multiples of its strength.

``penalty`` is a list of blocks: the terms they are ``on`` ("..." for the rest; terms that none names are free), the
law, and its arguments in loss units. ``factors`` are penalty weights by name; "inf" forces to 0. ``path`` multiplies
all strengths. ``weights`` and ``offset`` are read by `data`.
"""

DIABETES = {
    "data": "diabetes",
    "family": "gaussian",
    "response": "target",
    "columns": ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
}
SQUARES = DIABETES | {
    "columns": [
        *DIABETES["columns"],
        *(f"I({name} ** 2)" for name in ("age", "bmi", "bp", "s5", "s6")),
        *(f"{left}:{right}" for left, right in [("age", "sex"), ("sex", "bmi"), ("bmi", "bp"), ("bp", "s5")]),
    ]
}
PENGUINS = {
    "data": "penguins",
    "family": "gaussian",
    "response": "body_mass_g",
    "columns": [
        *("C(species)", "sex", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "C(island)", "C(year)"),
        *("C(species):sex", "C(species):bill_length_mm"),
    ],
}
CANCER = {
    "data": "breast_cancer",
    "family": "bernoulli",
    "response": "malignant",
    "columns": [
        *("mean_radius", "mean_texture", "mean_smoothness", "mean_compactness", "mean_concavity", "mean_symmetry"),
        *("radius_error", "texture_error", "smoothness_error", "worst_texture", "worst_smoothness", "worst_concavity"),
    ],
}
ALL_CANCER = CANCER | {
    "columns": [
        f"{kind}_{name}" if kind != "error" else f"{name}_error"
        for kind in ("mean", "error", "worst")
        for name in (
            *("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points"),
            *("symmetry", "fractal_dimension"),
        )
    ]
}
VOTE = {
    "data": "vote_1996",
    "rows": 500,
    "family": "bernoulli",
    "response": "dole",
    "columns": [
        *("C(party)", "C(education)", "C(self_right)", "clinton_right", "dole_right", "tv_news", "age", "income"),
        "population",
    ],
}
VISITS = {
    "data": "doctor_visits",
    "rows": 700,
    "family": "poisson",
    "response": "visits",
    "columns": [
        *("log_coinsurance", "individual_deductible", "log_incentive", "log_max_expenditure", "physical_limit"),
        *("chronic", "C(health)", "C(health):chronic"),
    ],
}
PATH = [1.0, 0.3, 0.1, 0.03, 0.01]


def on_all(law, lam, **arguments):
    return [{"on": "...", "law": law, "lam": lam, **arguments}]


def wide(n, p, seed, family, **options):
    return {"synthetic": {"n": n, "p": p, "seed": seed, "family": family, **options}, "family": family}


def groups_of(p, size, law, lam, **arguments):
    names = [" + ".join(f"x{j}" for j in range(start, start + size)) for start in range(0, p, size)]
    return [{"on": name, "law": law, "lam": lam, **arguments} for name in names]


def named(**cases):
    return [{"name": name, **case} for name, case in cases.items()]


GAUSSIAN = named(
    diabetes_l1_path=DIABETES | {"penalty": on_all("L1", 15000.0), "path": PATH},
    diabetes_squares_l1_path=SQUARES | {"penalty": on_all("L1", 15000.0), "path": PATH},
    diabetes_elastic_net_path=SQUARES | {"penalty": on_all("ElasticNet", 9000.0, l1_ratio=0.4), "path": PATH[:4]},
    diabetes_ridge_path=DIABETES | {"penalty": on_all("L2", 4000.0), "path": [*PATH, 1e-4]},
    diabetes_raw_l1=DIABETES | {"penalty": on_all("L1", 2500.0), "standardize": False, "path": [1.0, 0.1]},
    diabetes_raw_ridge=DIABETES | {"penalty": on_all("L2", 300.0), "standardize": False},
    diabetes_no_intercept=DIABETES | {"penalty": on_all("L1", 2000.0), "intercept": False, "standardize": False},
    diabetes_no_intercept_standardised=DIABETES | {"penalty": on_all("ElasticNet", 900.0), "intercept": False},
    diabetes_positive=DIABETES | {"penalty": on_all("L1", 400.0, positive=True), "path": [1.0, 0.1]},
    diabetes_positive_free=DIABETES | {"penalty": on_all("Flat", 0.0, positive=True)},
    diabetes_limits=DIABETES | {"penalty": on_all("L1", 200.0, limits=[-0.5, 4.0])},
    diabetes_limits_ridge=DIABETES | {"penalty": on_all("L2", 20.0, limits=[-1.0, 1.0])},
    diabetes_limits_elastic_net_offset=DIABETES
    | {"penalty": on_all("ElasticNet", 300.0, l1_ratio=0.7, limits=[-15.0, 5.0]), "offset": 40.0},
    diabetes_factors=DIABETES
    | {"penalty": on_all("L1", 800.0, factors={"age": 0.0, "bmi": 3.0, "s1": "inf", "s5": 0.5}), "path": [1.0, 0.2]},
    diabetes_factors_elastic_net=DIABETES
    | {"penalty": on_all("ElasticNet", 500.0, l1_ratio=0.8, factors={"sex": 0.0, "s3": "inf", "bp": 0.25})},
    diabetes_factors_ridge=DIABETES | {"penalty": on_all("L2", 100.0, factors={"bmi": 0.0, "s2": "inf", "s6": 4.0})},
    diabetes_precision_weights=DIABETES
    | {"penalty": on_all("L1", 500.0), "weights": ["precision", 11], "path": [1.0, 0.1]},
    diabetes_frequency_weights=DIABETES | {"penalty": on_all("ElasticNet", 700.0), "weights": ["frequency", 3]},
    diabetes_offset=DIABETES | {"penalty": on_all("L1", 700.0), "offset": 60.0},
    diabetes_weights_offset_factors=SQUARES
    | {
        "penalty": on_all("L1", 600.0, factors={"age": 0.0, "s1": "inf"}),
        "weights": ["precision", 7],
        "offset": 25.0,
    },
    diabetes_free_block=DIABETES | {"penalty": [{"on": "s1 + s2 + s3 + s4 + s5 + s6", "law": "L1", "lam": 900.0}]},
    diabetes_blocks=DIABETES
    | {
        "penalty": [
            {"on": "age + sex", "law": "L2", "lam": 50.0},
            {"on": "s1 + s2 + s3", "law": "GroupLasso", "lam": 400.0},
            {"on": "...", "law": "L1", "lam": 600.0},
        ],
        "path": [1.0, 0.3],
    },
    diabetes_penalised_intercept=DIABETES
    | {"penalty": [{"on": "Intercept", "law": "L2", "lam": 30.0}, {"on": "...", "law": "L1", "lam": 300.0}]},
    diabetes_slope=DIABETES
    | {
        "penalty": on_all("SLOPE", 1500.0, sequence=[1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]),
        "path": PATH[:3],
    },
    diabetes_tikhonov=DIABETES
    | {
        "penalty": [
            {
                "on": "s1 + s2 + s3",
                "law": "Tikhonov",
                "lam": 3.0,
                "precision": [[200, -90, 10], [-90, 150, 0], [10, 0, 80]],
            },
            {"on": "age + bmi", "law": "L1", "lam": 300.0},
        ],
        "weights": ["precision", 5],
    },
    diabetes_sparse_group=SQUARES
    | {
        "penalty": [
            {"on": "age + I(age ** 2) + age:sex", "law": "SparseGroupLasso", "lam": 300.0, "l1_ratio": 0.3},
            {"on": "bmi + I(bmi ** 2) + bmi:bp", "law": "SparseGroupLasso", "lam": 300.0, "l1_ratio": 0.3},
            {"on": "...", "law": "L1", "lam": 300.0},
        ]
    },
    penguins_l1_path=PENGUINS | {"penalty": on_all("L1", 60000.0), "path": PATH},
    penguins_elastic_net=PENGUINS | {"penalty": on_all("ElasticNet", 20000.0, l1_ratio=0.6), "offset": 300.0},
    penguins_group_path=PENGUINS | {"penalty": on_all("GroupLasso", 60000.0), "path": PATH[:4]},
    penguins_group_raw_weights=PENGUINS
    | {"penalty": on_all("GroupLasso", 8000.0, weights="one"), "standardize": False, "weights": ["precision", 9]},
    penguins_sparse_group=PENGUINS | {"penalty": on_all("SparseGroupLasso", 20000.0, l1_ratio=0.4), "path": [1.0, 0.1]},
    penguins_fused=PENGUINS
    | {
        "penalty": [
            {"on": "C(species) + C(island) + C(year)", "law": "FusedLasso", "lam": 3000.0, "l1": 1000.0},
            {"on": "...", "law": "L2", "lam": 10.0},
        ],
        "path": [1.0, 0.3],
    },
    penguins_frequency_positive=PENGUINS
    | {"penalty": on_all("L1", 9000.0, positive=True), "weights": ["frequency", 4]},
    diabetes_numeric=SQUARES | {"penalty": on_all("L1", 900.0), "standardize": "numeric"},
    diabetes_elastic_net_ends=DIABETES | {"penalty": on_all("ElasticNet", 500.0, l1_ratio=0.0), "path": [1.0, 0.1]},
    diabetes_limits_path=DIABETES
    | {
        "penalty": on_all("L1", 3000.0, limits=[-0.7, 5.0]),
        "weights": ["precision", 13],
        "offset": 30.0,
        "path": PATH[:4],
    },
    penguins_numeric=PENGUINS | {"penalty": on_all("L1", 9000.0), "standardize": "numeric", "path": [1.0, 0.1]},
    penguins_numeric_elastic_net=PENGUINS
    | {
        "penalty": on_all("ElasticNet", 3000.0, factors={"C(island)": 0.0, "C(year)": 3.0}),
        "standardize": "numeric",
        "weights": ["precision", 4],
    },
    penguins_slope=PENGUINS
    | {
        "penalty": [
            {
                "on": "C(species) + bill_length_mm + bill_depth_mm + flipper_length_mm + C(year)",
                "law": "SLOPE",
                "lam": 60000.0,
                "sequence": [1.0, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1],
            },
            {"on": "sex", "law": "L1", "lam": 100.0},
        ],
        "path": PATH[:3],
    },
    wide_slope=wide(60, 100, 17, "gaussian", factors=1)
    | {"penalty": on_all("SLOPE", 20.0, sequence=[(100 - j) / 100 for j in range(100)]), "path": [1.0, 0.3]},
    wide_free_columns=wide(60, 200, 18, "gaussian")
    | {"penalty": on_all("L1", 12.0, factors={"x3": 0.0, "x9": 0.0, "x0": "inf"}), "path": [1.0, 0.3, 0.1]},
    wide_limits=wide(60, 150, 19, "gaussian")
    | {"penalty": on_all("ElasticNet", 6.0, l1_ratio=0.9, limits=[-0.25, 0.5]), "path": [1.0, 0.3]},
    wide_no_intercept=wide(60, 200, 20, "gaussian")
    | {"penalty": on_all("L1", 12.0), "intercept": False, "path": PATH[:3]},
    wide_l1_path=wide(60, 300, 1, "gaussian") | {"penalty": on_all("L1", 80.0), "path": PATH[:4]},
    wide_elastic_net=wide(60, 300, 2, "gaussian") | {"penalty": on_all("ElasticNet", 30.0, l1_ratio=0.5)},
    wide_ridge=wide(50, 200, 3, "gaussian") | {"penalty": on_all("L2", 20.0), "path": [1.0, 0.01], "offset": 1.0},
    wide_positive_weights=wide(60, 200, 4, "gaussian")
    | {"penalty": on_all("L1", 10.0, positive=True), "weights": ["precision", 6]},
    wide_groups=wide(60, 120, 5, "gaussian") | {"penalty": groups_of(120, 4, "GroupLasso", 8.0), "path": [1.0, 0.4]},
    wide_sparse_groups=wide(60, 90, 6, "gaussian")
    | {"penalty": groups_of(90, 5, "SparseGroupLasso", 8.0, l1_ratio=0.5)},
    sparse_l1=wide(200, 150, 7, "gaussian", density=0.1)
    | {"penalty": on_all("L1", 20.0), "sparse": True, "path": PATH[:3]},
    chain_fused=wide(60, 40, 8, "gaussian") | {"penalty": on_all("FusedLasso", 20.0, l1=8.0), "path": [1.0, 0.3]},
    chain_total_variation=wide(60, 30, 9, "gaussian") | {"penalty": on_all("FusedLasso", 15.0)},
    chain_smooth=wide(60, 40, 10, "gaussian") | {"penalty": on_all("Smooth", 30.0, order=2), "path": [1.0, 0.1]},
)
BERNOULLI = named(
    cancer_l1_path=CANCER | {"penalty": on_all("L1", 100.0), "path": PATH},
    cancer_elastic_net=CANCER | {"penalty": on_all("ElasticNet", 20.0, l1_ratio=0.5), "offset": 2.0},
    cancer_ridge_path=CANCER | {"penalty": on_all("L2", 50.0), "path": PATH[:4]},
    cancer_positive=CANCER | {"penalty": on_all("L1", 5.0, positive=True)},
    cancer_limits=CANCER | {"penalty": on_all("L2", 1.0, limits=[-0.2, 0.6])},
    cancer_raw=CANCER | {"penalty": on_all("L1", 3.0), "standardize": False},
    cancer_slope=CANCER
    | {"penalty": on_all("SLOPE", 20.0, sequence=[1.0, 1.0, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])},
    cancer_all_l1_path=ALL_CANCER | {"penalty": on_all("L1", 60.0), "path": [1.0, 0.1, 0.01, 0.001]},
    cancer_all_ridge=ALL_CANCER | {"penalty": on_all("L2", 1.0), "path": [1.0, 1e-3]},
    cancer_all_group=ALL_CANCER
    | {
        "penalty": [
            {"on": f"mean_{name} + {name}_error + worst_{name}", "law": "GroupLasso", "lam": 6.0}
            for name in ("radius", "texture", "area", "concavity", "symmetry")
        ]
        + [{"on": "...", "law": "ElasticNet", "lam": 6.0, "l1_ratio": 0.9}]
    },
    cancer_limits_path=CANCER
    | {
        "penalty": on_all("L1", 50.0, limits=[-0.5, 1.5], factors={"mean_radius": 0.0, "worst_texture": 2.0}),
        "weights": ["frequency", 4],
        "offset": 1.5,
        "path": PATH[:3],
    },
    vote_numeric=VOTE | {"penalty": on_all("L1", 10.0), "standardize": "numeric", "weights": ["precision", 3]},
    vote_l1_path=VOTE | {"penalty": on_all("L1", 60.0), "path": PATH[:4]},
    vote_factors_weights_offset=VOTE
    | {
        "penalty": on_all("L1", 5.0, factors={"age": 0.0, "C(education)": 2.0, "tv_news": "inf"}),
        "weights": ["precision", 8],
        "offset": 1.0,
    },
    vote_group=VOTE | {"penalty": on_all("GroupLasso", 20.0), "path": [1.0, 0.3]},
    vote_sparse_group=VOTE | {"penalty": on_all("SparseGroupLasso", 10.0, l1_ratio=0.5), "weights": ["frequency", 3]},
    vote_fused=VOTE
    | {
        "penalty": [
            {"on": "C(education)", "law": "FusedLasso", "lam": 2.0, "l1": 1.0},
            {"on": "C(self_right)", "law": "FusedLasso", "lam": 3.0},
            {"on": "...", "law": "L1", "lam": 3.0},
        ]
    },
    vote_smooth=VOTE
    | {
        "penalty": [
            {"on": "C(education)", "law": "Smooth", "lam": 5.0, "order": 2},
            {"on": "C(self_right)", "law": "Smooth", "lam": 2.0, "order": 1},
            {"on": "...", "law": "ElasticNet", "lam": 4.0, "l1_ratio": 0.5},
        ],
        "path": [1.0, 0.1],
    },
    wide_logistic_l1=wide(80, 200, 11, "bernoulli") | {"penalty": on_all("L1", 8.0), "path": [1.0, 0.5, 0.2]},
    wide_logistic_ridge=wide(80, 120, 12, "bernoulli") | {"penalty": on_all("L2", 5.0)},
    wide_logistic_no_intercept=wide(80, 150, 13, "bernoulli")
    | {"penalty": on_all("ElasticNet", 6.0, l1_ratio=0.7), "intercept": False},
    wide_logistic_groups=wide(100, 80, 14, "bernoulli") | {"penalty": groups_of(80, 4, "GroupLasso", 3.0)},
)
POISSON = named(
    visits_l1_path=VISITS | {"penalty": on_all("L1", 800.0), "path": PATH},
    visits_elastic_net=VISITS | {"penalty": on_all("ElasticNet", 200.0, l1_ratio=0.3), "offset": 1.0},
    visits_ridge=VISITS | {"penalty": on_all("L2", 100.0), "path": [1.0, 0.1]},
    visits_free_block_weights=VISITS
    | {"penalty": [{"on": "C(health) + C(health):chronic", "law": "L1", "lam": 40.0}], "weights": ["frequency", 4]},
    visits_factors=VISITS
    | {
        "penalty": on_all("L1", 30.0, factors={"chronic": 0.0, "log_incentive": "inf", "C(health)": 2.0}),
        "offset": 0.5,
    },
    visits_positive=VISITS | {"penalty": on_all("L1", 20.0, positive=True)},
    visits_limits=VISITS | {"penalty": on_all("ElasticNet", 20.0, limits=[-0.05, 0.1])},
    visits_group=VISITS | {"penalty": on_all("GroupLasso", 100.0), "path": [1.0, 0.3]},
    visits_sparse_group=VISITS | {"penalty": on_all("SparseGroupLasso", 60.0, l1_ratio=0.2)},
    visits_fused=VISITS
    | {
        "penalty": [
            {"on": "C(health)", "law": "FusedLasso", "lam": 30.0, "l1": 10.0},
            {"on": "...", "law": "L1", "lam": 15.0},
        ]
    },
    visits_slope=VISITS
    | {
        "penalty": [
            {
                "on": "log_coinsurance + log_incentive + log_max_expenditure + physical_limit + chronic",
                "law": "SLOPE",
                "lam": 100.0,
                "sequence": [1.0, 0.8, 0.6, 0.4, 0.2],
            },
            {"on": "...", "law": "L2", "lam": 5.0},
        ]
    },
    visits_weighted_path=VISITS
    | {
        "penalty": on_all("ElasticNet", 300.0, l1_ratio=0.8, factors={"chronic": 0.0, "C(health)": 3.0}),
        "weights": ["precision", 6],
        "offset": 1.0,
        "path": PATH[:3],
    },
    visits_tikhonov=VISITS
    | {
        "penalty": [
            {"on": "C(health)", "law": "Tikhonov", "lam": 20.0, "precision": [[2, -1, 0], [-1, 2, -1], [0, -1, 1]]},
            {"on": "chronic + physical_limit", "law": "L1", "lam": 40.0},
        ]
    },
    wide_poisson_l1=wide(70, 150, 15, "poisson") | {"penalty": on_all("L1", 25.0), "path": [1.0, 0.5, 0.2]},
    wide_poisson_elastic_net=wide(70, 150, 16, "poisson")
    | {"penalty": on_all("ElasticNet", 15.0, l1_ratio=0.6), "weights": ["precision", 5]},
)
CASES = GAUSSIAN + BERNOULLI + POISSON
