"""A scheme file that uses every construct once, to break, and the pack around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.spec.jurisdiction import article, fact, item, jurisdiction
from tests.unit.evaluation.small import document, value

from goodstanding.catalogue import (
    Authority,
    Confidence,
    FactType,
    Pack,
    SchemeFile,
    Table,
    TableValue,
)
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.sound import check_scheme
from goodstanding.kernel import Fixed, GoodStandingError

WHOLE = """\
id: whole
titles: {en: Whole}
authority: office
subject_kind: business
act: act.1
version: 2
in_force: {from: 2020-01-01}
unit: points
scale: 1
cycle: {every: year, lag: param.lag}
selections:
  kinds:
    items: [fine]
    window: {calendar_years: param.two_years}
    distinct: {columns: [kind, site], take: first, by: decided_on}
    keep: {first: 3, by: decided_on, of: kind}
    unusable:
      - {fact: amount, min: param.least, max: param.most_money, then: leave_out, article: act.1}
  all:
    items: [fine]
    unusable:
      - {fact: amount, min: param.least, then: {use: param.most_money}, article: act.2}
  periods: {items: [fine], window: {periods: param.two_years}}
  grades: {items: [published_grade], keep: {latest: 1}}
indicators:
  number: {of: kinds, take: count}
  months: {of: all, take: streak, every: month}
  quarters: {of: all, take: calendar_count, every: quarter, value: decided_on}
  money: {of: all, take: first, value: amount}
  late: {of: periods, take: max, value: "case when effective_on >= period_start then amount end"}
  severity: {of: all, take: max, value: "lookup(table.points, kind)"}
  previous: {of: grades, take: latest, value: grade}
  days: {of: all, take: max, value: "working_days_between(decided_on, effective_on)"}
  firsts:
    of: all
    take: count_distinct
    value: start_of_month(add_months(effective_on, param.age))
derived:
  twice: {value: "once + once"}
  once: {titles: {en: Once}, value: "ratio(severity, number, 2) + least(severity, severity)"}
rules:
  old:
    titles: {en: Old}
    article: act.2
    per_record:
      of: all
      points: "lookup(table.points, kind)"
      decay:
        steps:
          - {after: {months: param.age}, share: param.half}
          - {after: {months: param.end}, share: param.quarter}
    in_force: {from: 2021-01-01, to: 2022-01-01}
    group: both
  live:
    titles: {en: Live}
    article: act.2
    per_record:
      of: all
      points: "lookup(table.points, kind)"
      decay: {linear: {months: param.end}}
      valid: {months: param.end}
    group: both
  twice: {titles: {en: Twice}, article: act.3, per_unit: {of: twice, points: param.rate}}
groups:
  both: {titles: {en: Both}, counts: highest}
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: A}}, B: {titles: {en: B}}, C: {titles: {en: C}}}
  order: [A, B, C]
  bands: [{grade: A}, {grade: B, from: param.b_from}, {grade: C, from: param.c_from}]
  joint:
    - id: worst
      titles: {en: W}
      article: act.1
      of: severity
      bands: [{grade: A}, {grade: C, from: param.part}]
  exceptions:
    - id: carried
      titles: {en: Carried over}
      article: act.1
      when: "as_of < add_days(as_of, param.days)"
      carry: previous
    - {id: no_worse, titles: {en: x}, article: act.1, when: total > param.c_from, at_worst: B}
    - id: lower
      titles: {en: Lower}
      article: act.1
      when: twice > param.part
      down: param.steps
      in_force: {from: 2020-06-01}
"""


def whole_pack() -> Pack:
    """The pack of the whole scheme: with a table, published grades and a second authority."""
    parameters = [
        value("lag", 2, unit="months"),
        value("two_years", 2, unit="years"),
        value("least", 0, 2, unit="MRD"),
        value("most_money", 100_00, 2, unit="MRD"),
        value("age", 2, unit="months"),
        value("end", 6, unit="months"),
        value("half", 5, 1, unit="share"),
        value("quarter", 25, 2, unit="share"),
        value("rate", 1, 1, unit="rate"),
        value("b_from", 10),
        value("c_from", 20),
        value("part", 3),
        value("days", 3, unit="days"),
        value("steps", 1, unit="number"),
    ]
    grade = item("published_grade", fact("grade", FactType.CODE, codes=("A", "B", "C")))
    items = [
        item(
            "fine",
            fact("amount", FactType.MONEY, 2),
            fact("kind", FactType.CODE, required=True, codes=("minor", "grave")),
            fact("site", FactType.TEXT),
            fact("fair", FactType.BOOLEAN),
        ),
        replace(grade, grades_of="whole"),
        replace(grade, id="other_grade", grades_of="other"),
    ]
    rows: dict[tuple[str, ...], Fixed] = {("minor",): Fixed(1, 0), ("grave",): Fixed(5, 0)}
    table = Table(
        id="points",
        titles={"en": "Points"},
        unit="points",
        scale=0,
        keys=("kind",),
        values=(TableValue(date(2000, 1, 1), rows, article("1").id),),
        confidence=Confidence.KNOWN,
    )
    pack = jurisdiction({p.id: p for p in parameters}, {i.id: i for i in items})
    other = {"rival": Authority("rival", {"en": "Rival"})}
    return replace(pack, tables={"points": table}, authorities=pack.authorities | other)


def read_whole(
    folder: Path, text: str = WHOLE, pack: Pack | None = None
) -> tuple[Scheme | None, list[GoodStandingError]]:
    """The scheme of the text, or why it is refused."""
    return read_scheme(pack or whole_pack(), document(folder, text, "whole.yaml"))


def whole(folder: Path, text: str = WHOLE, pack: Pack | None = None) -> Scheme:
    """The scheme of a text that is in order."""
    found, findings = read_whole(folder, text, pack)
    assert found is not None, [str(finding) for finding in findings]
    return found


def changed(old: str, new: str) -> str:
    """The text with one change."""
    assert WHOLE.count(old) >= 1, old
    return WHOLE.replace(old, new, 1)


def refusals(folder: Path, text: str, pack: Pack | None = None) -> list[str]:
    """Why the text is refused, when it is read or when it is checked, without the folder."""
    pack = pack or whole_pack()
    found, findings = read_whole(folder, text, pack)
    if found is not None:
        findings = check_scheme(found, document(folder, text, "whole.yaml"))
    return [str(finding).removeprefix(f"{folder}/") for finding in findings]


def other_scheme(folder: Path, authority: str) -> dict[str, SchemeFile]:
    """A scheme `other` of an authority; only its head is read."""
    text = f"id: other\nauthority: {authority}\n"
    return {"other": SchemeFile(document(folder, text, "other.yaml"), None)}
