"""What `Posterior.check` looks at: convergence, what the prior does, separation, and strengths and sigma at an edge."""

from bayesreg.results.checks.findings import Finding, Findings
from bayesreg.results.checks.run import check

__all__ = ["Finding", "Findings", "check"]
