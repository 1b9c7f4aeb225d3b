"""Settings files: small TOML documents that people write by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_MAX_BYTES = 1 << 16


def read_settings(file: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises OSError, or ValueError for anything that is none."""
    with file.open("rb") as opened:
        data = opened.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise ValueError(f"it is longer than {_MAX_BYTES} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
