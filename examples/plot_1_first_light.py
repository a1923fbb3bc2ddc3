"""
First light: a lasso, its classical fit, and a posterior
========================================================

One formula and one penalty give the fits of one model. The data are ten measurements of 442 patients and
the progression of their diabetes a year later.
"""

import bayesreg as br

formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
data = br.datasets.diabetes()
lasso = br.Model(formula, data, penalty=br.L1(lam=500))
print(lasso)

# %%
# What the penalty says, before the data are seen: a Laplace prior on every effect per standard deviation of
# its column.
columns = ["coefficient", "law", "lam", "scale", "scale_standardized", "lower", "upper"]
print(lasso.priors()[columns].round(2).to_string(index=False))

# %%
# The classical fit and the mode. The mode is certified: it says how far its objective can be from the
# minimum.
ols, mode = lasso.mle(), lasso.fit()
print(mode.status)
comparison = br.compare(ols, mode)
print(comparison)

# %%
# Hollow marks are exact zeros.
figure = comparison.plot()

# %%
# The posterior of a lasso is sampled by NUTS: ``lasso.sample(seed=1)``. A ridge needs no chains: its
# posterior is known up to one integral over sigma, and the draws are independent.
ridge = br.Model(formula, data, penalty=br.L2(lam=10))
post = ridge.sample(seed=1)
print(post.why)
print(br.compare(ols, ridge.fit(), post))

# %%
# The intervals of the posterior are shorter than those of least squares where columns are nearly dependent
# (``s1`` to ``s4``): there the prior decides what the data leave open.
ridge_figure = br.compare(ols, ridge.fit(), post).plot()
