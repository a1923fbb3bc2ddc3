"""From the CSV in the first argument to one lasso, by bayesreg."""

import sys

import pandas as pd

import bayesreg as br

data = pd.read_csv(sys.argv[1])
formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
print(br.Model(formula, data, penalty=br.L1(lam=500.0)).fit().params.round(4).to_json())
