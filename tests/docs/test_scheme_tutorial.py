"""What the tutorial quotes is a part of Meridia's own files, letter by letter."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "write-a-scheme.md"
SCHEMES = ROOT / "src" / "goodstanding" / "packs" / "template" / "schemes"

QUOTED = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_quotation_stands_in_a_file() -> None:
    files = [path.read_text("utf-8") for path in sorted(SCHEMES.glob("*.yaml"))]
    quoted = QUOTED.findall(PAGE.read_text("utf-8"))
    assert quoted
    assert [text for text in quoted if not any(text in file for file in files)] == []
