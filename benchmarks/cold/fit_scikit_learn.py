"""From the CSV in the first argument to the same lasso, by scikit-learn."""

import sys

import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler

data = pd.read_csv(sys.argv[1])
X, y = data.drop(columns="target"), data["target"]
scaler = StandardScaler().fit(X)
model = Lasso(alpha=500.0 / len(y), tol=1e-10).fit(scaler.transform(X), y)
slopes = model.coef_ / scaler.scale_
level = model.intercept_ - slopes @ scaler.mean_
print(pd.Series([level, *slopes], ["Intercept", *X.columns]).round(4).to_json())
