"""A scheme file to break, and the pack around it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

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
from goodstanding.kernel import Fixed, GoodStandingError

KNOWN_AT = datetime(2025, 1, 1, tzinfo=UTC)
DAY = date(2024, 6, 30)

SCHEME = """\
id: small
titles: {en: Small, zh: 小}
authority: office
subject_kind: business
act: act.1
version: 3
in_force: {from: 2020-01-01}
unit: points
selections:
  fines:
    titles: {en: Fines of the last year, zh: 近一年罚款}
    items: [fine]
    where: kind = 'grave'
    window: {months: param.look_back}
indicators:
  number: {titles: {en: Grave fines}, of: fines, take: count}
  money: {titles: {en: Money}, of: fines, take: sum, value: amount}
rules:
  number:
    titles: {en: Points for fines, zh: 罚款记分}
    article: act.2
    per_unit: {of: number, points: param.each}
    cap: param.most
  much:
    titles: {en: Much money}
    article: act.3
    when: money >= param.much
    points: param.each
grades:
  direction: lower_is_better
  labels:
    A: {titles: {en: Good, zh: 良好}}
    B: {titles: {en: Fair}}
    X: {titles: {en: Closed}}
  order: [A, B]
  bands:
    - {grade: A}
    - {grade: B, from: param.b_from}
  exceptions:
    - {id: many, titles: {en: Many fines}, when: number > param.most, grade: X, article: act.4}
"""

TESTS = """\
cases:
  - name: nothing
    as_of: 2024-06-30
    records: [{item: permit, effective_on: 2024-01-01}]
    expect: {grade: A, total: 0, points: {}, exception: null}
"""


def value(name: str, units: int, scale: int = 0, unit: str = "points") -> Parameter:
    """A number that has always been the law."""
    values = (ParameterValue(date(2000, 1, 1), Fixed(units, scale), "act.9"),)
    return Parameter(name, {"en": name}, unit, scale, values, Confidence.KNOWN)


def pack() -> Pack:
    """The pack of the small scheme."""
    parameters = [
        value("look_back", 12, unit="months"),
        value("each", 5),
        value("most", 10, unit="number"),
        value("much", 100_00, 2, unit="MRD"),
        value("b_from", 10),
        value("fine_scale", 1, 6),
    ]
    items = [
        item(
            "fine",
            fact("amount", FactType.MONEY, 2, required=True),
            fact("kind", FactType.CODE, required=True, codes=("minor", "grave")),
        ),
        item("permit"),
    ]
    return jurisdiction({p.id: p for p in parameters}, {i.id: i for i in items})


def document(folder: Path, text: str = SCHEME, name: str = "small.yaml") -> Document:
    """The text as a file, read."""
    path = folder / name
    path.write_text(text, "utf-8")
    return read_document(path)


def read(folder: Path, text: str = SCHEME) -> tuple[Scheme | None, list[GoodStandingError]]:
    """The scheme of the text, or why it is refused."""
    return read_scheme(pack(), document(folder, text))


def scheme(folder: Path, text: str = SCHEME) -> Scheme:
    """The scheme of a text that is in order."""
    found, findings = read(folder, text)
    assert found is not None, [str(finding) for finding in findings]
    return found


def fine(leaf: int, effective_on: date, amount: int = 1, **more: Any) -> Entry:
    """A grave fine of biz:1."""
    facts: dict[str, object] = {"amount": Fixed(amount * 100, 2), "kind": "grave"}
    columns: dict[str, Any] = {"subject": "biz:1", "source_key": f"{leaf:03}"} | more
    return Entry(leaf, "fine", effective_on=effective_on, facts=facts, **columns)
