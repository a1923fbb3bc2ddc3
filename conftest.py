"""What every test run shares, the examples in docstrings included."""

from __future__ import annotations

import os

os.environ.setdefault("MPLBACKEND", "Agg")
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # tests run one process a core
