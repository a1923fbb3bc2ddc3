"""From the CSV in the first argument to the same lasso, by statsmodels with a formula."""

import sys

import pandas as pd
import statsmodels.formula.api as smf

data = pd.read_csv(sys.argv[1])
names = list(data.columns.drop("target"))
center, scale = data[names].mean(), data[names].std(ddof=0)
scaled = data.assign(**((data[names] - center) / scale))
model = smf.ols("target ~ " + " + ".join(names), scaled)
fit = model.fit_regularized(alpha=[0.0] + [500.0 / len(data)] * len(names), L1_wt=1.0)
slopes = fit.params[names] / scale
level = fit.params["Intercept"] - slopes @ center
print(pd.concat([pd.Series({"Intercept": level}), slopes]).round(4).to_json())
