"""
Everything that is known of a strength
======================================

Cross-validation, leave-one-out, information criteria, the evidence and the posterior of the strength answer different
questions about one number. Here they stand on one axis, under the path that they choose from.
"""

import bayesreg as br

data = br.datasets.diabetes()
lasso = br.Model("target ~ .", data, penalty=br.L1(relative_to="sigma"))
axis = lasso.path(n_lams=60).strength_axis(bands=True, seed=1)
figure = axis.plot(title="Lasso on the diabetes data")

# %%
# In both units, with how each was found: the evidence of a Laplace prior is maximised by EM with draws, and
# leave-one-out is checked by refits.
print(axis)

# %%
# The same for two classes and a group lasso. What a model does not have is left out, and the reason is a note.
grouped = br.Model(
    "I(target > 150) ~ bs(bmi, df=4) + bs(s5, df=4) + bs(bp, df=4) + sex",
    data,
    family="bernoulli",
    penalty=br.GroupLasso(),
)
other = grouped.path(n_lams=40).strength_axis(["coefficients", "cv", "criteria", "posterior"], seed=1)
other_figure = other.plot()
print(other.frame.groupby("panel", sort=False)["quantity"].unique())
