"""On what it was measured: processor, memory, versions, and what else was going on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "duckdb",
    "pyarrow",
    "polars",
    "pandas",
    "numpy",
    "pymerkle",
    "zen-engine",
    "OpenFisca-Core",
)


def machine() -> list[tuple[str, str]]:
    """Names and values, without any date."""
    found = [
        ("Processor", f"{_line('/proc/cpuinfo', 'model name') or platform.machine()}"),
        ("Cores", str(os.cpu_count())),
        ("Memory", _memory()),
        ("System", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
    ]
    found += [(package, version(package)) for package in PACKAGES]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [*found, ("Load before the first round (1, 5, 15 minutes)", load)]


def _memory() -> str:
    kilobytes = _line("/proc/meminfo", "MemTotal")
    return f"{int(kilobytes.split()[0]) / 1024**2:.1f} GiB" if kilobytes else "unknown"


def _line(file: str, name: str) -> str | None:
    path = Path(file)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)
