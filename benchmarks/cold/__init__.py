"""The cold start: a new process, a CSV of 442 rows, one lasso fit; and a small fit when everything is warm."""

from __future__ import annotations

from benchmarks.cold.measure import measure_cold

__all__ = ["measure_cold"]
