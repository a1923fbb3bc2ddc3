"""
The whole lasso path, and its certificate
=========================================

The coefficients of a Gaussian lasso are straight lines in ``lam``, broken at knots where one of them leaves 0 or
comes back to it. A grid of strengths shows the lines at its own points; the knots are the path itself.
"""

import numpy as np
from matplotlib.figure import Figure

import bayesreg as br

formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
model = br.Model(formula, br.datasets.diabetes(), penalty=br.L1())
grid = model.path(n_lams=20)
knots = grid.knots()
for lam, name, event in knots.itertuples():
    print(f"{lam:9.2f}  {name} {event}")

# %%
# With the knots as strengths, and the end of the range, nothing of the path is left out: between two of them one
# interpolates, exactly.
exact = model.path(lams=[*knots.index, grid.lams[-1]])
lam = float(knots.index[4:6].to_numpy().mean())
halfway = exact.params.iloc[4:6].mean()
print(f"largest difference at lam = {lam:.1f} below 1e-10: {(halfway - exact.at(lam).params).abs().max() < 1e-10}")

# %%
# ``s3`` comes in early, is 0 again between the last two knots, and then comes back with the other sign. The dots are
# the grid's modes, each of them exact; the line between the dots is not the path.
figure = Figure(figsize=(8.0, 3.6), layout="constrained")
panels = figure.subplots(1, 2)
for axes, top in zip(panels, (8000.0, 130.0), strict=True):
    axes.plot(grid.lams, grid.params["s3"], "o--", color="tab:orange", markersize=5, label="20 strengths")
    axes.plot(exact.lams, exact.params["s3"], ".-", color="tab:blue", label="knots")
    axes.axhline(0.0, color="0.7", linewidth=0.8)
    axes.set(xlim=(top, grid.lams[-1]), xlabel="lam in loss units (weaker to the right)")
panels[0].set(ylabel="coefficient of s3", title="from where it comes in")
below = exact.params["s3"][exact.lams < 130.0]
panels[1].set(ylim=(below.min() - 0.1, below.max() + 0.1), title="the weakest strengths")
legend = panels[0].legend(frameon=False)

# %%
# Each mode has a certificate, which is computed from the rows and the coefficients alone. Here it is at 100 strengths,
# with the tolerance that ``ok`` asks for; what is 0 is drawn at the lower edge.
path = model.path()
print(f"certified: {path.certificates['ok'].sum()} of {path.lams.size}")
proof = Figure(figsize=(6.0, 3.4), layout="constrained")
axes = proof.subplots()
for name, label in (("kkt", "KKT residual"), ("relative_gap", "relative duality gap")):
    axes.loglog(path.lams, np.maximum(path.certificates[name], 1e-18), ".", label=label)
axes.axhline(1e-8, color="0.4", linewidth=0.8, linestyle="--", label="tolerance")
axes.set(xlim=(path.lams[0], path.lams[-1]), ylim=(1e-18, 1e-7), xlabel="lam in loss units (weaker to the right)")
legend = axes.legend(frameon=False)
