"""
Factors, missing values and counts
==================================

Body mass of penguins of three species, with some sexes unknown; then visits to a doctor, which are counts.
"""

import bayesreg as br

penguins = br.datasets.penguins()
formula = "body_mass_g ~ species + sex + flipper_length_mm + bill_length_mm"

# %%
# Missing values are never dropped in silence.
try:
    br.Model(formula, penguins)
except br.errors.MissingValuesError as error:
    print(error)

# %%
# Dropped on request. The factors have treatment coding: a column for every level but the first.
model = br.Model(formula, penguins, missing="drop", penalty=br.L2(lam=10))
print(model)
comparison = br.compare(model.mle(), model.fit(), model.sample(seed=1))
print(comparison)

# %%
# One penalty for the factor and none for the rest: what no key names is flat.
some = br.Model(formula, penguins, missing="drop", penalty={"species": br.L2(lam=50)})
print(some.priors()[["term", "coefficient", "law", "lam", "scale"]].round(2).to_string(index=False))

# %%
# New rows may have missing values: their prediction is missing too, in its place.
print(model.fit().predict(penguins).head().round(0))

# %%
# Counts: a Poisson lasso. Effects are rate ratios, and the range of the prior is given as such.
formula = (
    "visits ~ log_coinsurance + individual_deductible + log_incentive + log_max_expenditure"
    " + physical_limit + chronic + health"
)
counts = br.Model(formula, br.datasets.doctor_visits(), family="poisson", penalty=br.L1(lam=200))
columns = ["coefficient", "law", "scale", "effect_lower", "effect_upper", "effect"]
print(counts.priors()[columns].round(3).to_string(index=False))

# %%
print(br.compare(counts.mle(), counts.fit()))

# %%
# Under an L1 penalty the fit depends on the level that a factor is compared with. A column for every level
# does not:
whole = br.Model(
    formula.replace("health", "full(health)"), br.datasets.doctor_visits(), family="poisson", penalty=br.L1(lam=200)
)
print(whole.fit().params.filter(like="health").round(3))

# %%
# The whole range of strengths:
figure = counts.path(n_lams=50).plot()
