"""An explanation says of every construct of the language what it did, in words of the scheme."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.whole import WHOLE, changed, whole

from goodstanding.catalogue import load_pack
from goodstanding.evaluation import Explanation, explain, load_scheme
from goodstanding.evaluation.explanation import Part
from goodstanding.kernel import Fixed

DAY = date(2021, 6, 30)
KNOWN_AT = datetime(2025, 1, 1, tzinfo=UTC)


def fine(leaf: int, effective_on: date, kind: str = "grave", **more: Any) -> Entry:
    amount = more.pop("amount", 50)
    facts: dict[str, object] = {
        "kind": kind,
        "amount": None if amount is None else Fixed(amount * 100, 2),
        "site": more.pop("site", f"site {leaf}"),
    }
    columns: dict[str, Any] = {"source_key": f"{leaf:03}", "decided_on": effective_on} | more
    document = f"Fine {leaf}"
    return Entry(leaf, "fine", "biz:1", effective_on, facts, document=document, **columns)


def published(leaf: int, effective_on: date, grade: str) -> Entry:
    return Entry(leaf, "published_grade", "biz:1", effective_on, {"grade": grade})


def explained(
    folder: Path,
    records: list[Entry],
    *,
    as_of: date = DAY,
    text: str = WHOLE,
    language: str = "en",
) -> Explanation:
    return explain(
        whole(folder, text), records, subject="biz:1", as_of=as_of, known_at=KNOWN_AT,
        language=language,
    )  # fmt: skip


def part(found: Explanation, id: str) -> Part:
    return next(p for p in found.parts if p.id == id)


GRAVE = [fine(0, date(2021, 5, 1))]
MINOR = [fine(0, date(2021, 5, 1), "minor")]
MANY = [fine(n, date(2021, 5, 1 + n)) for n in range(5)]


def test_derived_figures_are_shown_by_name(tmp_path: Path) -> None:
    found = explained(tmp_path, GRAVE)
    assert (found.indicators["Once"], found.indicators["twice"]) == ("10.00", "20.00")
    assert part(found, "twice").words == "twice: 20.00 × 0.1"
    assert "old points" not in found.indicators


def test_a_condition_names_the_derived_figure_itself(tmp_path: Path) -> None:
    text = changed(
        "{titles: {en: Twice}, article", "{titles: {en: Twice}, when: once > param.part, article"
    )
    assert part(explained(tmp_path, GRAVE, text=text), "twice").words == (
        "twice: 20.00 × 0.1 (Once: 10.00)"
    )


def test_points_that_fall_in_steps(tmp_path: Path) -> None:
    old = part(explained(tmp_path, MANY), "old")
    assert old.words == "the points of 5 records, added up; they lessen with time"
    assert [record.points for record in old.records] == ["5.00"] * 5
    # Of equal weight the newest comes first.
    assert [(decay.on, decay.points) for decay in old.records[-1].decays] == [
        (date(2021, 7, 1), "2.50"),
        (date(2021, 11, 1), "1.25"),
    ]


def test_points_that_fade_until_they_end(tmp_path: Path) -> None:
    live = part(explained(tmp_path, GRAVE), "live")
    (record,) = live.records
    assert (live.points, record.points, record.counts_until) == ("3.4", "3.4", date(2021, 11, 1))
    assert [decay.words for decay in record.decays] == [
        "fading evenly to nothing by 1 November 2021"
    ]


def test_of_a_group_the_highest_counts(tmp_path: Path) -> None:
    both = part(explained(tmp_path, GRAVE), "both")
    assert (both.points, both.words) == ("-3.4", "of these only the highest counts")


def test_of_a_group_the_lowest_counts_within_a_cap(tmp_path: Path) -> None:
    text = changed("counts: highest", "counts: lowest, cap: param.part")
    both = part(explained(tmp_path, GRAVE, text=text), "both")
    assert both.points == "-5.4"
    assert both.words == "of these only the lowest counts; together at most 3 points"


def test_a_joint_bound(tmp_path: Path) -> None:
    worst = part(explained(tmp_path, GRAVE), "worst")
    assert (worst.kind, worst.points) == ("joint", None)
    assert worst.words == "leaves at best “C” (severity: 5)"
    assert [record.document for record in worst.records] == ["Fine 0"]


def test_a_step_down(tmp_path: Path) -> None:
    found = explained(tmp_path, MINOR)
    assert found.grade == "B"
    assert part(found, "lower").words == "lowers the grade by one step (twice: 4.00)"


def test_no_worse_than_and_then_down(tmp_path: Path) -> None:
    """Each changing exception has its turn, and is told if it changed something."""
    found = explained(tmp_path, MANY)
    assert [p.id for p in found.parts][-2:] == ["no_worse", "lower"]
    assert part(found, "no_worse").words == "leaves at worst “B” (total: 26.2)"
    assert found.grade == "C"


def test_a_grade_carried_over(tmp_path: Path) -> None:
    found = explained(tmp_path, [*GRAVE, published(9, date(2021, 1, 1), "B")])
    carried = part(found, "carried")
    assert (found.grade, carried.words) == ("B", "keeps “B”, the grade published before")
    assert [record.facts for record in carried.records] == [{"grade": "B"}]
    assert found.neighbours == ()


def test_a_stand_in_is_told_once(tmp_path: Path) -> None:
    told = explained(tmp_path, [fine(0, date(2021, 5, 1), amount=None)]).sentences
    said = "Fine 0: amount has no value; 100.00 stands in for it (Act, 2)."
    assert told.count(said) == 1


def test_what_one_selection_leaves_out_while_another_counts_it(tmp_path: Path) -> None:
    records = [
        *GRAVE,
        fine(1, date(2021, 5, 2), amount=None),
        fine(2, date(2021, 5, 3), amount=101),
    ]
    assert {i.why: i.leaves for i in explained(tmp_path, records).ignored} == {
        "for kinds: left out, for amount has no value (Act, 1)": (1,),
        "for kinds: left out, for amount is not from 0.00 to 100.00 (Act, 1)": (2,),
    }


#: The same with the one selection that drops equals, and no other that would take them.
ONLY_KINDS = """\
id: whole
titles: {en: Whole}
authority: office
subject_kind: business
act: act.1
version: 2
in_force: {from: 2020-01-01}
unit: points
cycle: {every: year, lag: param.lag}
selections:
  kinds:
    items: [fine]
    window: {periods: param.two_years}
    distinct: {columns: [kind, site], take: first, by: decided_on}
  living: {titles: {en: Living}, items: [fine]}
indicators:
  number: {titles: {en: Number}, of: kinds, take: count}
rules:
  lives:
    titles: {en: What lives}
    article: act.2
    in_force: {from: 2021-08-01}
    per_record:
      of: living
      points: "lookup(table.points, kind)"
      valid: {months: param.end}
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: A}}, B: {titles: {en: B}}}
  order: [A, B]
  bands: [{grade: A}, {grade: B, from: param.part}]
"""


def test_of_equal_records_one_counts(tmp_path: Path) -> None:
    records = [fine(n, date(2020, 1, 1 + n), site="site") for n in range(2)]
    found = explained(tmp_path, records, text=ONLY_KINDS)
    assert found.indicators["Number"] == "1"
    assert {i.why: i.leaves for i in found.ignored} == {
        "another record counts in its place, or it is not of the kind that counts": (1,)
    }


def test_a_record_outside_the_period(tmp_path: Path) -> None:
    records = [fine(0, date(2020, 5, 1)), fine(1, date(2018, 5, 1))]
    found = explained(tmp_path, records, text=ONLY_KINDS)
    assert {i.why: i.leaves for i in found.ignored} == {"outside the period evaluated": (1,)}


def test_records_whose_points_have_lived(tmp_path: Path) -> None:
    """The selection without the time of life is nobody's, so the record did not count."""
    text = ONLY_KINDS.replace("{periods: param.two_years}", "{months: param.age}")
    found = explained(tmp_path, [fine(1, date(2020, 5, 1)), *GRAVE], text=text)
    assert {i.why: i.leaves for i in found.ignored} == {"too long ago to count": (1,)}


def test_why_it_changes_by_itself(tmp_path: Path) -> None:
    """A period, a rule that begins, points that end: each is named on its day."""
    found = explained(tmp_path, [fine(0, date(2021, 5, 1))], text=ONLY_KINDS)
    assert [(change.on, change.because) for change in found.changes] == [
        (date(2021, 8, 1), ("“What lives” begins to apply",)),
        (date(2021, 11, 1), ("fine Fine 0 no longer counts for “What lives”",)),
    ]
    assert found.next_change_on is not None
    assert found.next_change_on <= found.changes[0].on


def test_a_new_period_is_named(tmp_path: Path) -> None:
    text = ONLY_KINDS.replace(
        "  lives:", "  number: {titles: {en: N}, article: act.3, points: number}\n  lives:"
    )
    found = explained(tmp_path, [fine(0, date(2021, 5, 1))], as_of=date(2022, 2, 1), text=text)
    assert found.changes[0].on == date(2022, 3, 1)
    assert found.changes[0].because == (
        "fine Fine 0 begins to count for “kinds”",
        "a new period is evaluated",
    )


def test_a_total_that_moves_day_by_day_is_told_in_one_sentence(tmp_path: Path) -> None:
    found = explained(tmp_path, GRAVE)
    moving = [change for change in found.changes if change.because == ("days have passed",)]
    told = [sentence for sentence in found.sentences if "days have passed" in sentence]
    assert len(moving) > 2
    assert told == [
        "On 5 July 2021, by itself, the total becomes 5.2 points; the grade stays “C”: days have "
        "passed.",
        "Little by little the total then becomes 4.5 points by 31 July 2021; the grade stays “C”: "
        "days have passed.",
    ]


def test_a_long_list_is_cut_in_a_sentence_and_whole_in_the_data(tmp_path: Path) -> None:
    found = explained(tmp_path, [fine(n, date(2021, 5, 1 + n)) for n in range(11)])
    old = part(found, "old")
    (said,) = [sentence for sentence in found.sentences if sentence.startswith("“Old”")]
    assert len(old.records) == 11
    assert said.endswith("Fine 4, Fine 3, and 3 more (Act, 2).")


@pytest.mark.parametrize(("as_of", "version"), [(date(2023, 12, 31), 1), (date(2024, 1, 1), 2)])
def test_the_version_in_force_on_the_day_explains(as_of: date, version: int) -> None:
    scheme = load_scheme(load_pack("template"), "tax_standing", as_of)
    record = Entry(0, "registration", "mer-biz:1", date(2015, 3, 2), authority="registry")
    found = explain(scheme, [record], subject="mer-biz:1", as_of=as_of, known_at=KNOWN_AT)
    assert found.version == version
