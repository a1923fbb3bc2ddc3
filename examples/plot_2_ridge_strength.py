"""
The strength of a ridge, read from both ends
============================================

For a ridge everything that depends on the strength is known in closed form: estimates and posterior
standard deviations, the evidence, and the leave-one-out predictive density. So its strength can be looked
at as one axis: ``lam`` of the penalty below, the standard deviation of the prior above.
"""

import numpy as np

import bayesreg as br

formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
model = br.Model(formula, br.datasets.diabetes(), penalty=br.L2())
curve = br.select.ridge_curve(model)
figure = br.plots.strength_axis(curve)

# %%
# The two scores ask different questions. The evidence asks how probable the data were under the prior;
# leave-one-out asks how well a patient is predicted from all others.
for name, score in (("evidence", curve.evidence), ("leave-one-out", curve.loo)):
    best = int(np.argmax(score))
    at = f"lam = {curve.lams[best]:.3g}, prior sd {curve.scale[best]:.3g}"
    print(f"{name}: highest at {at}, edf {curve.edf[best]:.2f}")

# %%
# Near its maximum the second hardly changes: over this range of strengths it stays within one nat.
close = curve.lams[curve.loo > curve.loo.max() - 1.0]
print(f"leave-one-out within 1 nat of its maximum: lam from {close.min():.3g} to {close.max():.3g}")

# %%
# A lasso has no such closed form, but a path: each point is the certified mode at its strength.
path = br.Model(formula, br.datasets.diabetes(), penalty=br.L1()).path(n_lams=60)
print(f"largest relative gap on the path: {'below 1e-12' if path.gaps.max() < 1e-12 else path.gaps.max()}")
lasso_path = path.plot()
