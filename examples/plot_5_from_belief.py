"""
From belief to prior to posterior
=================================

How strong should a penalty be? One answer is what you believe before you see the response: how large effects
are, or how much of the response can be explained.
"""

import bayesreg as br

# %%
# Odds ratios. Two measurements of a tumour; 95 % of the odds ratios of one standard deviation lie between
# 1/3 and 3. The table of priors gives the belief back, with its worth in observations.
cancer = br.datasets.breast_cancer()
prior = br.Normal.from_belief(prob=0.95, within=3, on="odds ratio")
print(prior)
logistic = br.Model("malignant ~ mean_texture + mean_smoothness", cancer, family="bernoulli", prior=prior)
print(logistic.priors()[["coefficient", "belief"]].to_string(index=False))

# %%
# What does the model predict from this prior alone? Before any fit, draw responses from it.
before = logistic.prior_predictive(draws=500, seed=1)
logistic_figure = br.plots.prior_predictive(before)

# %%
# The mode under this prior is a ridge, certified.
print(logistic.fit())

# %%
# A share of the variance. Ten measurements explain half of the variance, in the median: with correlated
# columns the prior needs to know them.
formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
data = br.datasets.diabetes()
half = br.Normal.from_belief(within=0.5, on="R2", columns=br.Model(formula, data))
ridge = br.Model(formula, data, prior=half)
figure = br.plots.prior_predictive(ridge, draws=500, seed=1)

# %%
# From the prior to the posterior. The draws are exact and independent.
post = ridge.sample(seed=1)
print(br.compare(ridge.mle(), ridge.fit(), post))

# %%
# A number of parameters. A ridge that spends five degrees of freedom beside the intercept:
five = br.Normal.from_belief(within=5, on="edf", columns=br.Model(formula, data))
print(round(br.Model(formula, data, prior=five).fit().edf, 6))
