"""What every test run shares, the examples in docstrings included."""

from __future__ import annotations

import os

os.environ.setdefault("MPLBACKEND", "Agg")
