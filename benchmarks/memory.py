"""Resident sets as the kernel counts them."""

from __future__ import annotations

import os
import resource
from pathlib import Path


def _status(process: int, field: str) -> int:
    """Return a field of a process's status, in bytes; 0 where the system does not tell."""
    file = Path(f"/proc/{process}/status")
    if not file.exists():
        return 0
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def resident() -> int:
    """Return our resident set now, in bytes."""
    return _status(os.getpid(), "VmRSS")


def peak_of(process: int) -> int:
    """Return the peak resident set of a process, in bytes."""
    return _status(process, "VmHWM")


def reset_peak() -> None:
    """Start counting our peak resident set again, from what is resident now; where the system lets us."""
    file = Path("/proc/self/clear_refs")
    if file.exists() and os.access(file, os.W_OK):
        file.write_text("5", encoding="ascii")


def peak() -> int:
    """Return our peak resident set since it was last reset, in bytes."""
    return peak_of(os.getpid()) or 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def limit(gigabytes: float) -> None:
    """Refuse this process more address space than that: it fails alone, and the machine goes on."""
    size = int(gigabytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))
