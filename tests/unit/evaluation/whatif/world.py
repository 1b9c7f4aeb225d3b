"""A scheme with something to settle, to complete, to repair and to keep, and records to try."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.spec.jurisdiction import Entry, fact, item, jurisdiction
from tests.unit.evaluation.small import value

from goodstanding.catalogue import Authority, Effect, FactType, Pack, read_document
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import Fixed

TODAY = date(2024, 6, 30)
SUBJECT = "biz:1"

SCHEME = """\
id: kept
titles: {en: Kept, zh: 守法}
authority: office
subject_kind: business
act: act.1
version: 1
in_force: {from: 2020-01-01}
unit: points
selections:
  fines:
    titles: {en: Fines, zh: 罚款}
    items: [fine]
    window: {months: param.look_back}
    article: act.2
  debts: {titles: {en: Debts}, items: [debt], article: act.3}
  late:
    titles: {en: Late}
    items: [bill]
    where: paid_on is null
    article: act.4
    window: {months: param.look_back}
  repairs:
    titles: {en: Repairs}
    items: [repair]
    window: {months: param.look_back}
    article: act.5
  years:
    titles: {en: Years}
    items: [clean_year]
    window: {months: param.look_back}
    article: act.6
indicators:
  fines: {titles: {en: Fines}, of: fines, take: count}
  debts: {titles: {en: Debts}, of: debts, take: count}
  late: {titles: {en: Late bills}, of: late, take: count}
  repairs: {titles: {en: Repairs}, of: repairs, take: count}
  years: {titles: {en: Years}, of: years, take: count_distinct, value: year}
rules:
  fines: {titles: {en: Fines}, article: act.2, per_unit: {of: fines, points: param.each}}
  debts: {titles: {en: Debts}, article: act.3, per_unit: {of: debts, points: param.each}}
  late: {titles: {en: Late}, article: act.4, per_unit: {of: late, points: param.each}}
  repairs: {titles: {en: Repairs}, article: act.5, per_unit: {of: repairs, points: param.back}}
  years: {titles: {en: Years}, article: act.6, per_unit: {of: years, points: param.back}}
grades:
  direction: lower_is_better
  labels:
    A: {titles: {en: Good, zh: 良好}}
    B: {titles: {en: Fair, zh: 一般}}
    C: {titles: {en: Poor}}
    X: {titles: {en: Closed}}
  order: [A, B, C]
  bands:
    - {grade: A}
    - {grade: B, from: param.b_from}
    - {grade: C, from: param.c_from}
"""


def pack() -> Pack:
    """The pack: two authorities, five items."""
    items = [
        item("fine", fact("amount", FactType.MONEY, 2, required=True)),
        item("debt", fact("amount", FactType.MONEY, 2, required=True)),
        item("bill", fact("paid_on", FactType.DATE)),
        item("repair", fact("of", FactType.TEXT, required=True)),
        item("clean_year", replace(fact("year", FactType.INTEGER, required=True), unit="year")),
    ]
    effects = {"fine": Effect.ADVERSE, "debt": Effect.ADVERSE, "bill": Effect.NEUTRAL}
    made = [replace(i, effect=effects.get(i.id, Effect.FAVOURABLE)) for i in items]
    parameters = [
        value("look_back", 12, unit="months"),
        value("each", 5),
        value("back", -5),
        value("b_from", 3),
        value("c_from", 8),
    ]
    found = jurisdiction({p.id: p for p in parameters}, {i.id: i for i in made})
    office = Authority("office", {"en": "Office", "zh": "主管局"})
    return replace(found, authorities={"office": office})


def scheme(folder: Path, law: Pack | None = None) -> Scheme:
    """The scheme over the pack."""
    path = folder / "kept.yaml"
    path.write_text(SCHEME, "utf-8")
    found, findings = read_scheme(law or pack(), read_document(path))
    assert found is not None, list(map(str, findings))
    return found


def record(leaf: int, name: str, day: date, **facts: object) -> Entry:
    """A record of biz:1 with a document of its own."""
    if name in ("fine", "debt"):
        facts = {"amount": Fixed(100, 2), **facts}
    return Entry(
        leaf, name, SUBJECT, day, facts=facts, source_key=f"{leaf:03}", document=f"doc {leaf}"
    )  # fmt: skip
