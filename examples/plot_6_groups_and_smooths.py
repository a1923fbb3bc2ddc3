"""
Groups, steps and curves in one formula
=======================================

A mark gives the terms in it a penalty of their own, and with it a prior. Here a factor is in or out as a whole, a
curve is bent no more than the data ask for, and neighbours are equal unless the data say otherwise.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import bayesreg as br

# %%
# Visits to a doctor are counts. The levels of health are one group: ``full`` gives each a column, so no level is
# the one that the others are compared with. A strong group lasso removes the factor, or keeps all of it.
visits = br.datasets.doctor_visits()
for lam in (20, 2000):
    formula = f"visits ~ flat(chronic) + group(full(health), lam={lam})"
    model = br.Model(formula, visits, family="poisson")
    print(f"lam = {lam}:", (model.fit().params.filter(like="health").round(3) + 0.0).to_list())

# %%
# A curve: twenty B-splines whose neighbours differ little, a P-spline. As a prior it is a random walk.
data = br.datasets.diabetes()
curve = br.Model("target ~ smooth(bs(bmi, df=20), lam=3000, order=2) + s5", data)
print(curve.priors()[["coefficient", "law", "proper"]].iloc[[1, 2, -1]].to_string(index=False))
grid = pd.DataFrame({"bmi": np.linspace(data["bmi"].min(), data["bmi"].max(), 100), "s5": data["s5"].mean()})
figure = Figure(figsize=(6.0, 3.4), layout="constrained")
axes = figure.subplots()
axes.plot(data["bmi"], data["target"], ".", color="0.75", markersize=4)
for lam in (0.1, 3000):
    fit = br.Model(f"target ~ smooth(bs(bmi, df=20), lam={lam}, order=2) + s5", data).fit()
    axes.plot(grid["bmi"], fit.predict(grid), label=f"lam = {lam}, {fit.edf:.1f} effective degrees of freedom")
axes.set(xlabel="bmi", ylabel="progression of diabetes")
legend = axes.legend(frameon=False)

# %%
# Steps: age in bins, where total variation lets neighbouring bins share a level. What is equal is exactly equal. The
# levels of a categorical column keep their order; a column for each of them takes the place of the intercept.
ages = data.assign(age_group=pd.cut(data["age"], [0, 30, 40, 45, 50, 55, 60, 65, 100]))
ages["age_group"] = ages["age_group"].cat.rename_categories(lambda interval: f"to {interval.right:.0f}")
steps = br.Model("target ~ 0 + flat(bmi) + fused(full(age_group), lam=1000)", ages).fit()
print(steps.params.filter(like="age_group").round(2).to_string())

# %%
# What each of them is as a prior, and what it looks like, is in the dictionary of the documentation.
print(repr(br.GroupLasso(lam=20)), repr(br.Smooth(lam=3000, order=2)), repr(br.FusedLasso(lam=300)), sep="\n")
