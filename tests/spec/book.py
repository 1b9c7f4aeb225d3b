"""The book of the scheme language: chapters of worked examples, read from YAML.

Each example is a part of a scheme, a table of records, and the tables that must come out. The
same examples are tests of both engines and the pages of docs/reference/scheme-language.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.spec.jurisdiction import Entry, fact, item, jurisdiction

from goodstanding.catalogue import (
    Confidence,
    Document,
    FactType,
    Pack,
    Parameter,
    ParameterValue,
    read_document,
)
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError, parse_fixed

CHAPTERS = Path(__file__).parent / "chapters"
KNOWN_AT = datetime(2025, 1, 1, tzinfo=UTC)
START = date(2020, 1, 1)

ITEMS = {
    made.id: made
    for made in (
        item(
            "fine",
            fact("amount", FactType.MONEY, 2),
            fact("appealed", FactType.BOOLEAN),
            fact("kind", FactType.CODE, codes=("minor", "grave")),
            fact("paid_on", FactType.DATE),
            fact("site", FactType.TEXT),
        ),
        item(
            "inspection",
            fact("score", FactType.INTEGER),
            fact("visit", FactType.TEXT),
        ),
        item("permit"),
    )
}


@dataclass(frozen=True)
class Example:
    """One worked example; ``refused`` is the code with which its scheme is refused instead."""

    title: str
    text: str
    parameters: dict[str, object]
    scheme: str
    records: str
    as_of: date
    history: bool
    expect: str
    reasons: str
    refused: str


@dataclass(frozen=True)
class Chapter:
    """One chapter: what it says, and its examples."""

    file: str
    title: str
    text: str
    examples: tuple[Example, ...]


def chapters() -> list[Chapter]:
    """The chapters, in order of their file names."""
    return [_chapter(path) for path in sorted(CHAPTERS.glob("*.yaml"))]


def _chapter(path: Path) -> Chapter:
    data = read_document(path).data
    assert isinstance(data, dict)
    examples = tuple(_example(part) for part in data["examples"])
    return Chapter(path.stem, data["title"], data["text"].strip(), examples)


def _example(data: dict[str, object]) -> Example:
    def text(key: str) -> str:
        return str(data.get(key, "")).strip()

    as_of = data.get("as_of", date(2024, 6, 30))
    parameters = data.get("parameters", {})
    assert isinstance(as_of, date)
    assert isinstance(parameters, dict)
    known = {"title", "text", "parameters", "scheme", "records", "as_of", "history", "expect",
             "reasons", "refused"}  # fmt: skip
    assert set(data) <= known, f"unknown keys {set(data) - known}"
    return Example(
        title=text("title"),
        text=text("text"),
        parameters=parameters,
        scheme=text("scheme"),
        records=text("records"),
        as_of=as_of,
        history=bool(data.get("history", False)),
        expect=text("expect"),
        reasons=text("reasons"),
        refused=text("refused"),
    )


# -- the scheme of an example ------------------------------------------------------------

#: What an example does not say.
DEFAULTS = """
id: example
titles: {en: Example}
authority: office
subject_kind: business
act: act.1
version: 1
in_force: {from: 2020-01-01}
unit: points
selections:
  fines: {items: [fine]}
indicators:
  fines: {of: fines, take: sum, value: amount}
rules:
  fines: {titles: {en: Fines}, article: act.2, points: fines}
grades:
  direction: lower_is_better
  labels:
    A: {titles: {en: Good}}
    B: {titles: {en: Fair}}
    C: {titles: {en: Poor}}
    X: {titles: {en: Closed}}
    N: {titles: {en: Not evaluated}}
  order: [A, B, C]
  bands: [{grade: A}, {grade: B, from: param.b_from}, {grade: C, from: param.c_from}]
"""


def load(example: Example) -> tuple[Pack, Scheme | None, list[GoodStandingError]]:
    """The example's pack and scheme, or why it is refused."""
    given: dict[str, object] = {"b_from": 10, "c_from": 20} | example.parameters
    pack = jurisdiction({name: _parameter(name, v) for name, v in given.items()}, ITEMS)
    defaults, own = _yaml(DEFAULTS), _yaml(example.scheme)
    grades = own.get("grades")
    if isinstance(grades, dict) and isinstance(defaults["grades"], dict):
        own["grades"] = defaults["grades"] | grades
    document = Document(Path("example.yaml"), defaults | own, {(): (1, 1)})
    return pack, *read_scheme(pack, document)


def _yaml(text: str) -> dict[str, object]:
    found = YAML(typ="safe", pure=True).load(text) if text else {}
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


def _parameter(name: str, given: object) -> Parameter:
    """A number, or numbers by date; the decimal places are those written."""
    dated = given if isinstance(given, dict) else {START.isoformat(): given}
    texts = {date.fromisoformat(str(day)): str(value) for day, value in dated.items()}
    scale = max(len(text.partition(".")[2]) for text in texts.values())
    values = tuple(
        ParameterValue(day, parse_fixed(text, scale), "act.9") for day, text in texts.items()
    )
    unit = next((u for u in ("months", "days", "years") if u in name), "points")
    return Parameter(name, {"en": name}, unit, scale, values, Confidence.KNOWN)


# -- tables ------------------------------------------------------------------------------

_CELLS: dict[str, Callable[[str], object]] = {
    "amended_on": date.fromisoformat,
    "decided_on": date.fromisoformat,
    "effective_on": date.fromisoformat,
    "ends_on": date.fromisoformat,
    "published_on": date.fromisoformat,
    "known_at": lambda text: datetime.combine(
        date.fromisoformat(text), datetime.min.time(), tzinfo=UTC
    ),
    "supersedes": int,
}
_FACT_CELLS: dict[FactType, Callable[[str], object]] = {
    FactType.INTEGER: int,
    FactType.MONEY: Decimal,
    FactType.DATE: date.fromisoformat,
    FactType.BOOLEAN: lambda text: text == "true",
}


def rows(table: str) -> list[dict[str, str]]:
    """A table of text: a line of names, then a line a row; cells stand between bars."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def entries(example: Example) -> list[Entry]:
    """The records of an example; leaves count from 0 in order of the rows."""
    return [_entry(leaf, row) for leaf, row in enumerate(rows(example.records))]


def _entry(leaf: int, row: Mapping[str, str]) -> Entry:
    name = row.get("item", "fine")
    facts: dict[str, object] = {}
    columns: dict[str, Any] = {"source_key": f"{leaf:02}", "subject": "biz:1"}
    for column, text in row.items():
        if not text:
            continue
        known = ITEMS[name].facts.get(column)
        if known is not None:
            facts[column] = _FACT_CELLS.get(known.type, _quoted)(text)
        else:
            columns[column] = _CELLS.get(column, _quoted)(text)
    columns["item"] = name
    columns.setdefault("effective_on", date(2024, 1, 1))
    return Entry(leaf=leaf, facts=facts, **columns)


def _quoted(text: str) -> str:
    """A text; quotation marks show where it begins and ends."""
    return text[1:-1] if text.startswith("'") else text
