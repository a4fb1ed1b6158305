"""On what, and with which versions, something was timed."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("fairwitness", "duckdb", "polars", "pyarrow", "pandas", "numpy", "scipy", "narwhals", "fairlearn", "aif360")
GIB = 1024**3


def machine() -> str:
    """Return processor, memory, system and versions in two sentences."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}. "
        f"Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor not told"
