"""
Strengths chosen, and what that is worth
========================================

Several strengths at once by restricted maximum likelihood, a strength and a second stage by cross-validation, and the
performance of the whole procedure on rows that it has not seen.
"""

import bayesreg as br

# %%
# A smooth term, a factor and effects of a group, each with a strength of its own: the variance components of a mixed
# model. What the data have no use for is said to have no effect.
penguins = br.datasets.penguins().dropna()
mixed = br.Model("body_mass_g ~ smooth(bs(bill_length_mm, df=12)) + sex + (1 | species)", penguins)
components = mixed.select(by="evidence")
print(components)
profiles = components.plot()

# %%
# The fit has degrees of freedom by term, and the effects of the levels.
print(components.fit.edf_terms.round(2))
print(components.fit.group_effects()[["estimate", "sd"]].round(1))

# %%
# L1 selects and shrinks at once. A second stage fits what was selected again; how much of the first is kept in the
# blend, ``gamma``, is chosen with the strength.
lasso = br.Model("target ~ .", br.datasets.diabetes(), penalty=br.L1())
two_stages = lasso.relax(folds=5)
print(two_stages)
blends = two_stages.plot()

# %%
# The curve that a strength was chosen by flatters. Nested cross-validation does everything again, the choice included,
# without the rows that it is judged on.
honest = lasso.select(rule="1se").validate(folds=5)
print(honest.frame.loc[["r2", "mse", "calibration_slope"]].round(3))
calibration = honest.plot()

# %%
# The choice differs from fold to fold; so does what is selected.
print(honest.strengths[["lam", "active"]].round(0))
print(honest.inclusion.round(2).to_dict())
