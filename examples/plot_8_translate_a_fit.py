"""
A cross-validated ridge, its prior and its posterior
====================================================

A ridge of scikit-learn, its strength chosen by cross-validation, becomes a posterior in one line. What had the strength
claimed before the data, and what is left of that claim after them? The data are 442 patients with diabetes.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bayesreg as br

data = br.datasets.diabetes()
X, y = data[["age", "bmi", "bp", "s1", "s2", "s5"]], data["target"]
fitted = make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(-1, 4, 26))).fit(X, y)

# %%
# One line. The fit is checked to be the mode of the model, and the model says how nearly it is.
model = br.Model.from_fitted(fitted, X, y)
print(model.origin)

# %%
# What the strength says about each effect before the data, in words and per standard deviation of the column:
prior = br.implied_prior(fitted, X, y)
print(prior.attrs["sentence"])
print(prior.attrs["worth"])

# %%
# Under squares the posterior is known, so these draws are independent. The picture has both for each column: the prior
# that the strength implies, and what the data make of it. Where the two have one width, the data have said nothing.
posterior = model.sample(seed=1)
print(posterior.why)

sd = X.std(ddof=0).to_numpy()
before = prior[["lower", "upper"]].to_numpy()
after = posterior.interval().drop("Intercept").to_numpy() * sd[:, None]
rows = np.arange(len(sd))
figure, axes = plt.subplots(figsize=(7, 3.6))
axes.hlines(rows, *before.T, color="0.8", linewidth=9, label="prior, 95 %")
axes.hlines(rows, *after.T, color="tab:blue", linewidth=3, label="posterior, 95 %")
axes.plot(fitted[-1].coef_, rows, "o", color="black", markersize=5, label="the fit of scikit-learn")
axes.axvline(0.0, color="0.5", linewidth=0.8)
axes.set_yticks(rows, X.columns)
axes.invert_yaxis()
axes.set_xlabel("effect of one standard deviation")
axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
figure.tight_layout()

# %%
# The same posterior as a PyMC program, for those who want to go on there; ``model.export`` also writes Stan, brms and
# Bambi, and the mode as calls of glmnet, scikit-learn and statsmodels.
print(model.export("pymc"))

# %%
# Which strength would that be elsewhere? Per row, as glmnet and the elastic net of scikit-learn count, it is smaller by
# the number of rows; and glmnet also multiplies it by the standard deviation of the response.
alpha, n = fitted[-1].alpha_, len(y)
per_row = br.convert(alpha, "sklearn.Ridge.alpha", "sklearn.ElasticNet.alpha", n=n, l1_ratio=0.0)
glmnet = br.convert(alpha, "sklearn.Ridge.alpha", "glmnet.gaussian.lambda", n=n, alpha=0.0, s_y=y.std(ddof=0))
print(f"Ridge: alpha = {alpha:.3g}, ElasticNet: alpha = {per_row:.3g}, glmnet: lambda = {glmnet:.3g}")
