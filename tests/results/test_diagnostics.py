"""What diagnostics say of draws that can not be trusted."""

import pandas as pd

from bayesreg.results.diagnostics import findings
from bayesreg.results.posterior_draws import LESS_TAIL


def of(divergent: int) -> pd.DataFrame:
    frame = pd.DataFrame({"rhat": [1.0], "ess_bulk": [900.0], "ess_tail": [800.0]}, index=["bmi"])
    frame.attrs = {"divergent": divergent, "chains": 4}
    return frame


def test_divergences_come_with_a_remedy():
    assert findings("nuts", of(0)) == (
        "Converged: R-hat at most 1.000, effective sample size at least 800, 0 divergent draws."
    )
    assert findings("nuts", of(3)).endswith("give weakly identified coefficients a stronger prior.")
    assert "a stronger prior, such as br.RegularizedHorseshoe()" in findings("nuts", of(3), LESS_TAIL)
