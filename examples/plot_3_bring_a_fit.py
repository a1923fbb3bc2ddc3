"""
From a fitted pipeline to its posterior
=======================================

Someone has fitted a logistic regression with scikit-learn and left ``C`` at its default. Which prior is
that, and what would the posterior have been? The data are expected votes of 944 Americans in 1996.
"""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br

vote = br.datasets.vote_1996()
X, y = vote[["self_right", "tv_news", "age", "education", "income", "population"]], vote["dole"]
fitted = make_pipeline(StandardScaler(), LogisticRegression(C=1.0)).fit(X, y)

# %%
# In words, and in numbers: the scale of the normal prior of each coefficient and its central range, as odds
# ratios.
prior = br.implied_prior(fitted, X)
print(prior.attrs["sentence"])
columns = ["coefficient", "law", "scale", "scale_standardized", "odds_ratio_lower", "odds_ratio_upper"]
print(prior[columns].round(3).to_string(index=False))

# %%
# The model whose mode that fit is. It is checked when it is made: had the data been others, it would be
# refused. The coefficients agree within what the tolerance of scikit-learn's optimiser leaves.
model = br.Model.from_fitted(fitted, X, y)
theirs = fitted[-1].coef_[0] / fitted[0].scale_
ours = model.fit().params.drop("Intercept").to_numpy()
print(model)
print(f"largest coefficient {abs(ours).max():.2f}, largest difference {abs(ours - theirs).max():.0e}")

# %%
# Its posterior, next to the mode and to the fit without any prior. With 944 rows a prior this wide changes
# little.
post = model.sample(draws=500, tune=500, chains=2, seed=1)
print(post.why)
comparison = br.compare(model.mle(), model.fit(), post)
print(comparison)

# %%
figure = comparison.plot()

# %%
# ``C`` a thousand times smaller is another matter:
strict = make_pipeline(StandardScaler(), LogisticRegression(C=0.001)).fit(X, y)
print(br.implied_prior(strict, X).attrs["sentence"])
