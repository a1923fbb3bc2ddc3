"""Models that are written out for glmnet, brms and Stan, and points at which the programs' densities are compared."""

import numpy as np

import bayesreg as br
from bayesreg.dispersion import InverseGamma
from bayesreg.export.subject import read_subject
from bayesreg.objective import LogJoint

DENSITY = ("brms", "stan")


def diabetes():
    frame = br.datasets.diabetes()
    return frame.assign(w=1 + np.arange(len(frame)) % 3, o=10.0 * (np.arange(len(frame)) % 5))


def visits():
    frame = br.datasets.doctor_visits().iloc[:300]
    return frame.assign(w=1 + np.arange(300) % 3, o=0.1 * (np.arange(300) % 5))


def penguins():
    frame = br.datasets.penguins().dropna()
    return frame.assign(w=1 + np.arange(len(frame)) % 3)


def vote():
    return br.datasets.vote_1996().iloc[:400]


COUNTS = {"weights": br.Weights("w", kind="frequency")}
PRECISION = {"weights": br.Weights("w", kind="precision")}
ALL = ("glmnet", *DENSITY)
MODELS = {
    "lasso": ("target ~ age + sex + bmi + bp + s5", diabetes, {"penalty": br.L1(500.0)}, ALL),
    "ridge_raw": (
        "target ~ bmi + bp + s5",
        diabetes,
        {"penalty": br.L2(10.0), "standardize": False, "dispersion": 3000.0},
        ALL,
    ),
    "elastic_net_weights": (
        "body_mass_g ~ C(species) + sex + bill_length_mm",
        penguins,
        {"penalty": br.ElasticNet(40.0, 0.6), **COUNTS},
        ALL,
    ),
    "by_column": (
        "target ~ bmi + bp + s5 + s6",
        diabetes,
        {"penalty": {"bmi": br.Flat(), ...: br.L1(300.0, weights={"bp": 3.0})}},
        ALL,
    ),
    "ridge_offset_precisions": (
        "target ~ bmi + bp + s5",
        diabetes,
        {"penalty": br.L2(100.0), "offset": "o", **PRECISION},
        ("glmnet", "stan"),
    ),
    "numeric": ("target ~ sex + bmi + s5", diabetes, {"penalty": br.L1(300.0), "standardize": "numeric"}, ("glmnet",)),
    "no_intercept": (
        "target ~ 0 + bmi + bp + s5",
        diabetes,
        {"penalty": br.ElasticNet(200.0, 0.3)},
        ("glmnet", "stan"),
    ),
    "interaction": (
        "target ~ bmi + bp + bmi:bp + I(s5 ** 2)",
        diabetes,
        {"penalty": br.ElasticNet(200.0, 0.5)},
        ("glmnet",),
    ),
    "student_t": (
        "dole ~ self_right + age + education",
        vote,
        {"family": "bernoulli", "penalty": br.StudentT(4.0, 0.5)},
        DENSITY,
    ),
    "logistic_elastic_net": (
        "dole ~ self_right + age + party",
        vote,
        {"family": "bernoulli", "penalty": br.ElasticNet(6.0, 0.7)},
        ("glmnet", "stan"),
    ),
    "counts_offset": (
        "visits ~ chronic + health + physical_limit",
        visits,
        {"family": "poisson", "penalty": br.L1(5.0), "offset": "o", **COUNTS},
        ALL,
    ),
    "positive": ("target ~ bmi + bp + s5", diabetes, {"penalty": br.ElasticNet(300.0, 0.5, positive=True)}, ALL),
    "limits": ("target ~ bmi + bp + s3 + s5", diabetes, {"penalty": br.L1(300.0, limits=(-0.5, 20.0))}, ("glmnet",)),
    "sigma_relative": (
        "target ~ bmi + bp + s5",
        diabetes,
        {"penalty": br.Laplace(0.3, relative_to="sigma"), "dispersion": InverseGamma(3.0, 2000.0)},
        DENSITY,
    ),
    "group": (
        "body_mass_g ~ C(species) + sex + bill_length_mm",
        penguins,
        {"penalty": br.GroupLasso(500.0)},
        ("stan",),
    ),
    "horseshoe": ("target ~ bmi + bp + s5", diabetes, {"penalty": br.Horseshoe(20.0)}, ("stan",)),
}


def model_of(name):
    """Return the model of a name."""
    formula, frame, options, _ = MODELS[name]
    return br.Model(formula, frame(), **options)


def points_of(model):
    """Return three pairs of coefficients, on the scale of the data and inside their limits, and sigma."""
    resolved = model.resolved
    mean = np.average(model.design.y, weights=resolved.weights)
    level = {"gaussian": mean, "bernoulli": 0.2, "poisson": np.log(mean)}[model.family.name]
    size = np.where(resolved.sd > 0.0, resolved.sd, 1.0)
    unit = np.sqrt(resolved.phi) if model.family.name == "gaussian" else 1.0
    found = []
    for k in range(3):
        beta = 0.4 * unit * np.sin(3.0 * k + 2.0 * np.arange(size.size) + 1.0) / size
        beta = np.where(resolved.lower == 0.0, np.abs(beta), beta)
        if resolved.intercept:
            beta[0] = level * (1.0 + 0.1 * k) - resolved.center[1:] @ beta[1:]
        found.append((beta, float(np.sqrt(resolved.phi) * (0.8 + 0.25 * k))))
    return found


def local_of(count):
    """Return the local scales of a horseshoe (count,)."""
    return 0.5 + 0.75 * np.arange(count)


def log_joint(model, beta, sigma):
    """Return our log density at a point; a horseshoe's is that of ``z`` and its local scales."""
    joint, prior = LogJoint(model.design, model.resolved), model.resolved.sigma_prior
    own = 0.0 if prior is None else float(prior.log_density(sigma))
    if prior is None:
        return joint.log_posterior(beta)
    if not isinstance(model.penalty, br.Horseshoe):
        return joint.log_posterior(beta, sigma) + own
    local = local_of(model.design.p)
    z = beta[1:] * model.resolved.sd[1:] / (model.penalty.tau * local)
    return joint.log_likelihood(beta, sigma) + own - 0.5 * z @ z - np.log1p(local**2).sum()


def stan_values(model, beta, sigma):
    """Return the parameters of the Stan program by name; its coefficients are per standard deviation."""
    subject, resolved = read_subject(model, "data"), model.resolved
    slopes = beta[subject.kept]
    values = {} if subject.level is None else {"alpha": float(beta[0] + resolved.center[subject.kept] @ slopes)}
    for part in subject.parts:
        own = slopes[part.at] * subject.sd[part.at]
        if part.kind == "horseshoe":
            local = local_of(part.at.size)
            values[f"local_{part.name}"] = local.tolist()
            values[f"z_{part.name}"] = (own / (model.penalty.tau * local)).tolist()
        else:
            values[part.variable] = own.tolist()
    return values | ({"sigma": sigma} if subject.samples_sigma else {})


def brms_values(model, beta, sigma):
    """Return ``b``, the intercept where all columns are 0 (the program's is another), and sigma."""
    start = int(model.resolved.intercept)
    values = {"b": beta[start:].tolist()} | ({"Intercept": float(beta[0])} if start else {})
    return values | ({} if model.resolved.sigma_prior is None else {"sigma": sigma})


VALUES = {"stan": stan_values, "brms": brms_values}
