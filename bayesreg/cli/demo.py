"""`bayesreg demo`: one formula and one penalty on real data, three fits, two pictures."""

from __future__ import annotations

from pathlib import Path

import bayesreg as br
from bayesreg.cli.commands import announce_sampling, save
from bayesreg.cli.screen import say, say_wrapped
from bayesreg.cli.story import explain

FORMULA = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
LAM = 500.0
NEXT = (
    'bayesreg path "target ~ ." your.csv --penalty l1 --out path.png',
    'bayesreg compare "target ~ ." your.csv --penalty l2 --lam 10 --out forest.png',
    "bayesreg convert 1.13 --from sklearn.Lasso.alpha --to bayesreg.L1.lam --fact n=442",
    "python: model = br.Model(formula, data, penalty=br.L1(lam=500)); model.priors()",
)


def run_demo(out: Path, *, seed: int, draws: int) -> None:
    """Print the comparison of the diabetes data with its explanation, and write two pictures to ``out``.

    Parameters
    ----------
    out : Path
        Folder, made if it does not exist.
    seed : int
        Of the posterior draws.
    draws : int
        Per chain.
    """
    data = br.datasets.diabetes()
    model = br.Model(FORMULA, data, penalty=br.L1(lam=LAM))
    say(f"Diabetes: {len(data)} patients, ten predictors, penalty br.L1(lam={LAM:g}).", bold=True)
    announce_sampling(model)
    comparison = br.compare(model.mle(), model.fit(), model.sample(seed=seed, draws=draws))
    say(f"\n{comparison}\n")
    for sentence in explain(comparison):
        say_wrapped(sentence)
    save(comparison.plot(), out / "forest.png")
    ridge = br.Model(FORMULA, data, penalty=br.L2())
    axis = ridge.path().strength_axis(["coefficients", "loo", "evidence"], bands=True)
    save(axis.plot(title="One strength, two readings: ridge on the diabetes data"), out / "strength.png")
    say("\nNext, try:", bold=True)
    for line in NEXT:
        say(f"  {line}")
