"""The book of the scheme language: chapters of worked examples, read from YAML.

Each example is a part of a scheme, a table of records, and the tables that must come out. The
same examples are tests of both engines and the pages of docs/reference/scheme-language.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tests.spec.jurisdiction import Entry, fact, item, jurisdiction, scheme_file

from goodstanding.catalogue import (
    Confidence,
    FactType,
    Pack,
    Parameter,
    ParameterValue,
    Table,
    TableValue,
    read_document,
)
from goodstanding.evaluation.load import load_scheme, read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.sound import check_scheme
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
        item("founding", fact("founded_on", FactType.DATE)),
        item(
            "yearly_grade",
            fact("grade", FactType.CODE, codes="ABC"),
            fact("given_for", FactType.DATE),
            grades_of="yearly",
        ),
        item("foreign_grade", fact("grade", FactType.CODE, codes="ABC"), grades_of="foreign"),
    )
}


@dataclass(frozen=True)
class Example:
    """One worked example; ``refused`` is the code with which its scheme is refused instead.

    ``older`` is the version of the scheme before it, where there are two, ``calendar`` that of the
    pack, and ``ended_by`` says which items newer records of others end.
    """

    title: str
    text: str
    parameters: dict[str, object]
    tables: dict[str, object]
    older: str
    scheme: str
    records: str
    as_of: date
    history: bool
    expect: str
    reasons: str
    refused: str
    calendar: str
    ended_by: Mapping[str, list[str]] = field(default_factory=dict)


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
    parameters, tables = data.get("parameters", {}), data.get("tables", {})
    assert isinstance(as_of, date)
    assert isinstance(parameters, dict)
    assert isinstance(tables, dict)
    ended_by = data.get("ended_by", {})
    assert isinstance(ended_by, dict)
    known = {"title", "text", "parameters", "tables", "older", "scheme", "records", "as_of",
             "history", "expect", "reasons", "refused", "calendar", "ended_by"}  # fmt: skip
    assert set(data) <= known, f"unknown keys {set(data) - known}"
    return Example(
        title=text("title"),
        text=text("text"),
        parameters=parameters,
        tables=tables,
        older=text("older"),
        scheme=text("scheme"),
        records=text("records"),
        as_of=as_of,
        history=bool(data.get("history", False)),
        expect=text("expect"),
        reasons=text("reasons"),
        refused=text("refused"),
        calendar=text("calendar") or "none",
        ended_by=ended_by,
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
unit: number
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
    parameters = {name: _parameter(name, value) for name, value in given.items()}
    tables = {name: _table(name, value) for name, value in example.tables.items()}
    schemes = {"example": scheme_file("example", _scheme(example.scheme))}
    items = {
        name: replace(item, ended_by=tuple(example.ended_by.get(name, ())))
        for name, item in ITEMS.items()
    }
    if not example.older:
        pack = jurisdiction(parameters, items, tables, calendar=example.calendar)
        return pack, *read_scheme(pack, schemes["example"].document)
    schemes["example.v1"] = scheme_file("example.v1", _scheme(example.older))
    pack = jurisdiction(parameters, items, tables, schemes, example.calendar)
    try:
        return pack, load_scheme(pack, "example", example.as_of), []
    except GoodStandingError as error:
        return pack, None, [error]


def refusals(example: Example) -> set[str]:
    """The codes with which the example's scheme is refused, by the loader or by lint."""
    _, scheme, findings = load(example)
    if scheme is not None:
        document = scheme_file("example", _scheme(example.scheme)).document
        findings = check_scheme(scheme, document)
    return {finding.code.id for finding in findings}


def _scheme(text: str) -> dict[str, object]:
    """The contents of a scheme file: what an example says, over the defaults."""
    defaults, own = _yaml(DEFAULTS), _yaml(text)
    grades = own.get("grades")
    if isinstance(grades, dict) and isinstance(defaults["grades"], dict):
        own["grades"] = defaults["grades"] | grades
    return defaults | own


def _yaml(text: str) -> dict[str, object]:
    found = YAML(typ="safe", pure=True).load(text) if text else {}
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


def _parameter(name: str, given: object) -> Parameter:
    """A number, or numbers by date; the decimal places are those written."""
    texts = {day: str(value) for day, value in _dated(given).items()}
    scale = max(len(text.partition(".")[2]) for text in texts.values())
    values = tuple(
        ParameterValue(day, parse_fixed(text, scale), "act.9") for day, text in texts.items()
    )
    unit = next((u for u in ("months", "days", "years", "quarters") if u in name), "number")
    return Parameter(name, {"en": name}, unit, scale, values, Confidence.KNOWN)


def _dated(given: object) -> dict[date, object]:
    """Values by the date from which they hold; a value without one holds from the start."""
    if isinstance(given, dict) and all(_is_date(key) for key in given):
        return {date.fromisoformat(str(day)): value for day, value in given.items()}
    return {START: given}


def _is_date(key: object) -> bool:
    return isinstance(key, date) or str(key)[:4].isdigit()


def _table(name: str, given: object) -> Table:
    """Whole numbers by a code, or by two; all of it by date, if it says so."""
    values = tuple(
        TableValue(day, {keys: parse_fixed(str(n), 0) for keys, n in _rows(part)}, "act.9")
        for day, part in _dated(given).items()
    )
    depth = len(next(iter(values[0].rows)))
    keys = ("code", "level")[:depth]
    return Table(name, {"en": name}, "points", 0, keys, values, Confidence.KNOWN)


def _rows(given: object) -> Iterator[tuple[tuple[str, ...], object]]:
    assert isinstance(given, dict)
    for code, entry in given.items():
        if isinstance(entry, dict):
            yield from (((str(code), str(level)), number) for level, number in entry.items())
        else:
            yield (str(code),), entry


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
