"""The second fit of a small model in a process that is warm, from the CSV in the first argument; seconds as JSON.

``formula`` is the time of the design alone: the text, the columns and the matrix. The rest is the model and its fit.
"""

import json
import sys
import time

import pandas as pd

import bayesreg as br
from bayesreg.design import build

data = pd.read_csv(sys.argv[1])
formula = "target ~ age + sex + bmi + bp + s1 + s2 + s3 + s4 + s5 + s6"
br.Model(formula, data, penalty=br.L1(lam=400.0)).fit()

start = time.perf_counter()
model = br.Model(formula, data, penalty=br.L1(lam=500.0))
made = time.perf_counter()
model.fit()
fitted = time.perf_counter()
build(formula, data)
designed = time.perf_counter()
total, design = fitted - start, designed - fitted
print(json.dumps({"total": total, "formula": design, "beyond": total - design, "fit()": fitted - made}))
