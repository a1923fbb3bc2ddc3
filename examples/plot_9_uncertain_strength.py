"""
When the strength is uncertain
==============================

A chosen strength is treated as known by everything that comes after it. Here are the intervals given the strength
that cross-validation chose, those with the strength integrated out, and the bands along the whole path.
"""

import numpy as np

import bayesreg as br

formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
model = br.Model(formula, br.datasets.diabetes(), penalty=br.L1(relative_to="sigma"))

# %%
# The rule of one standard error chooses a strong penalty. Given it, intervals are narrow because it is strong; what the
# data say about the strength widens them.
chosen = model.select(rule="1se")
inflation = chosen.inflation(draws=500, seed=1)
print(inflation.summary().notes[0])
inflation_picture = inflation.plot()

# %%
# Along the path an engine runs at a few strengths, the ticks at the lower edge. Between them the draws of all runs are
# weighed for each strength, and a run is added wherever they do not suffice. The mode leaves 0 at a knot; the posterior
# does not know of knots.
path = model.path_posterior(lams=np.geomspace(4000.0, 20.0, 30), draws=1000, seed=1)
print(path.status)
bands_picture = path.plot()

# %%
# The same runs give the evidence of every strength, so the path also says which strengths the data favour.
favoured = path.log_evidence[path.log_evidence > -3.0].index
print(f"within 3 nats of the best: lam from {favoured.min():.0f} to {favoured.max():.0f}; chosen: {chosen.lam:.0f}")
