"""What the generators of pages have in common."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(page: str, file: Path) -> int:
    """Write the page; with --check only say, by 0 or 1, whether it is current."""
    if "--check" in sys.argv[1:]:
        return 0 if file.read_text("utf-8") == page else 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, "utf-8")
    return 0
