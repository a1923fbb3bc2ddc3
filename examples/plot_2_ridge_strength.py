"""
The strength of a ridge, read from both ends
============================================

For a ridge everything that depends on the strength is known in closed form: estimates, their posterior, the error of
rows left out, and the evidence. So its strength can be looked at as one axis: ``lam`` of the penalty below, the
standard deviation of the prior above.
"""

import bayesreg as br

formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
model = br.Model(formula, br.datasets.diabetes(), penalty=br.L2())
axis = model.path().strength_axis(["coefficients", "loo", "evidence"], bands=True)
figure = axis.plot()

# %%
# The two scores ask different questions. The evidence asks how probable the data were under the prior;
# leave-one-out asks how well a patient is predicted from all others.
print(axis)

# %%
# Near its best the second hardly changes: over this range of strengths the error stays within one percent of it.
loo = axis.frame.query("panel == 'loo'")
close = loo.loc[loo["value"] < 1.01 * loo["value"].min(), "lam"]
print(f"leave-one-out within 1 % of its best: lam from {close.min():.3g} to {close.max():.3g}")

# %%
# A lasso has no such closed form, but a path: each point is the certified mode at its strength.
path = br.Model(formula, br.datasets.diabetes(), penalty=br.L1()).path(n_lams=60)
print(f"largest relative gap on the path: {'below 1e-12' if path.gaps.max() < 1e-12 else path.gaps.max()}")
lasso_path = path.plot()
