"""A twin of the pack `template` in which every title is an attack, and a region is one of 52."""

from __future__ import annotations

import shutil
from itertools import cycle
from pathlib import Path

import yaml

from goodstanding.catalogue import load_pack

#: What a browser, a spreadsheet or a terminal would obey, or what turns the reading of a line.
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "[bold red]loud[/] [/x] [link=https://evil.example]here[/link]",
    "back\u202edraw\u202c \u2066apart",
    "zero\u200bwidth\ufeff",
    "\x1b]0;owned\x07\x1b[31mred",
    '<svg onload="x"><style>*{display:none}</style>',
    "</text></svg><a href='javascript:alert(1)'>go</a>",
    "{{datum.x}} datum['share'] url(https://evil.example/x)",
    ' role="img" aria-label="x"',
    "שלום עולם",
    "line\nbreak\ttab",
    "&lt;b&gt; &#x3c;i&#x3e;",
)
REGIONS = 52
#: So many of the regions have businesses; the others are on the list of the catalogue only.
DELIVERED = 40


def hostile_pack(folder: Path) -> Path:
    """Write the twin into ``folder`` and return its place."""
    twin = folder / "twin"
    shutil.copytree(load_pack("template").folder, twin)
    attacks = cycle(ATTACKS)
    for path in sorted(twin.rglob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        if path.name == "registration.yaml" and path.parent.name == "catalogue":
            document["facts"]["district"] = _region()
        path.write_text(yaml.safe_dump(_attacked(document, attacks), sort_keys=False), "utf-8")
    source = twin / "sources" / "registry.sql"
    number = f"coalesce(TRY_CAST(business_no AS BIGINT), 0) % {DELIVERED}"
    region = f"'r' || lpad(CAST({number} AS VARCHAR), 2, '0') AS district"
    source.write_text(source.read_text("utf-8").replace("district AS district", region), "utf-8")
    return twin


def _region() -> dict[str, object]:
    return {
        "type": "code",
        "required": False,
        "titles": {"en": "Region"},
        "codes": {f"r{n:02}": {"en": f"Region {n}"} for n in range(REGIONS)},
    }


def _attacked(value: object, attacks: cycle[str]) -> object:
    """The document with an attack before every English title."""
    match value:
        case {"en": str(words), **others}:
            return {"en": f"{next(attacks)} {words}", **others}
        case dict():
            return {key: _attacked(each, attacks) for key, each in value.items()}
        case list():
            return [_attacked(each, attacks) for each in value]
    return value
