"""What-if: each kind of change alone, the smallest sets, the dates, and what is never said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.whatif.world import SUBJECT, TODAY, pack, record, scheme

from goodstanding.catalogue import Article, Pack
from goodstanding.evaluation.whatif import KINDS, Answer, Kind, Limits, what_if
from goodstanding.kernel import GoodStandingError, Period

DAY = date(2024, 3, 1)


def ask(
    folder: Path,
    records: list[Entry],
    grade: str = "A",
    *,
    law: Pack | None = None,
    language: str = "en",
    limits: Limits | None = None,
) -> Answer:
    # Whoever has no record at all has no standing: a bill that was paid keeps one.
    paid = record(90, "bill", DAY, paid_on=DAY)
    return what_if(
        scheme(folder, law), [*records, paid] if records else [], subject=SUBJECT, grade=grade,
        as_of=TODAY, known_at=None, language=language, limits=limits or Limits(),
    )  # fmt: skip


def ways(answer: Answer) -> list[tuple[list[str], date]]:
    return [([str(c.kind) for c in s.changes], s.on) for s in answer.suggestions]


def test_an_open_debt_is_settled_or_objected_to_but_never_waited_for(tmp_path: Path) -> None:
    answer = ask(tmp_path, [record(1, "debt", DAY)])
    assert (["settle"], TODAY) in ways(answer)
    assert (["object"], TODAY) in ways(answer)
    assert not any("wait" in kinds for kinds, _ in ways(answer))


def test_a_fine_leaves_its_window_by_itself(tmp_path: Path) -> None:
    answer = ask(tmp_path, [record(1, "fine", DAY)])
    assert (["wait"], date(2025, 3, 1)) in ways(answer)
    wait = next(s for s in answer.suggestions if s.changes[0].kind == "wait")
    assert "doc 1" in wait.words
    assert "no longer counts for “Fines”" in wait.words


def test_a_remedy_names_the_document_once(tmp_path: Path) -> None:
    fined = [record(1, "fine", DAY)]
    answer = ask(tmp_path, fined)
    assert (["remedy"], TODAY) in ways(answer)
    done = ask(tmp_path, [*fined, record(2, "repair", DAY, of="doc 1")])
    assert done.reached
    other = ask(tmp_path, [*fined, record(3, "fine", DAY), record(2, "repair", DAY, of="doc 1")])
    remedy = next(s for s in other.suggestions if s.changes[0].kind == "remedy")
    assert "doc 3" in remedy.words


def test_a_completed_fact_is_completed_today_and_nothing_else_changes(tmp_path: Path) -> None:
    answer = ask(tmp_path, [record(1, "bill", DAY, paid_on=None)])
    assert (["complete"], TODAY) in ways(answer)
    change = next(s for s in answer.suggestions if s.changes[0].kind == "complete").changes[0]
    assert (change.article, change.leaf, change.decided_by) == ("act.4", 1, ("Office",))


def test_keeping_the_law_counts_once_the_year_is_over(tmp_path: Path) -> None:
    answer = ask(tmp_path, [record(1, "debt", DAY)])
    assert (["comply"], date(2025, 1, 1)) in ways(answer)
    # A year that is told already is not told twice.
    told = ask(tmp_path, [record(1, "debt", DAY), record(2, "clean_year", DAY, year=2023)], "A")
    assert told.reached
    again = [
        record(1, "debt", DAY),
        record(3, "debt", DAY),
        record(2, "clean_year", DAY, year=2024),
    ]
    assert (["comply"], date(2025, 1, 1)) not in ways(ask(tmp_path, again))


def test_two_are_needed_and_neither_alone_is_shown(tmp_path: Path) -> None:
    answer = ask(tmp_path, [record(1, "debt", DAY), record(2, "debt", DAY)])
    assert answer.grade == "C"
    assert all(len(kinds) >= 2 for kinds, on in ways(answer) if on == TODAY)
    assert (["settle", "settle"], TODAY) in ways(answer)


def test_a_grade_that_will_be_lost_says_when(tmp_path: Path) -> None:
    coming = replace(record(2, "debt", DAY), effective_on=date(2024, 9, 1))
    answer = ask(tmp_path, [record(1, "debt", DAY), coming])
    settle = next(s for s in answer.suggestions if [c.kind for c in s.changes] == ["settle"])
    assert (settle.on, settle.until) == (TODAY, date(2024, 9, 1))


def test_nothing_found_within_the_bound_is_said(tmp_path: Path) -> None:
    many = [record(n, "debt", DAY) for n in range(6)]
    answer = ask(tmp_path, many, limits=Limits(most_changes=1))
    assert (answer.suggestions, answer.complete) == ((), True)
    assert answer.words == "No single permitted change reaches the grade by 30 June 2034."


def test_a_search_that_is_cut_off_says_so(tmp_path: Path) -> None:
    many = [record(n, "debt", DAY) for n in range(6)]
    answer = ask(tmp_path, many, limits=Limits(budget=5))
    assert not answer.complete
    assert "ended after 5 evaluations" in answer.words


def test_a_grade_outside_the_order_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError, match="no grade that can be wished") as refused:
        ask(tmp_path, [record(1, "debt", DAY)], "X")
    assert refused.value.code.id == "GS-SCHEME-080"


def test_without_a_standing_there_is_nothing_to_change(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        ask(tmp_path, [])
    assert refused.value.code.id == "GS-SCHEME-023"


def test_what_no_longer_may_be_recorded_is_not_suggested(tmp_path: Path) -> None:
    law = pack()
    ended = replace(law.items["repair"], in_force=Period(date(2000, 1, 1), TODAY))
    law = replace(law, items={**law.items, "repair": ended})
    answer = ask(tmp_path, [record(1, "fine", DAY)], law=law)
    assert not any("remedy" in kinds for kinds, _ in ways(answer))


def test_a_basis_that_has_ended_carries_no_suggestion(tmp_path: Path) -> None:
    law = pack()
    gone: Article = replace(law.articles["act.1"], in_force=Period(date(2000, 1, 1), TODAY))
    law = replace(law, articles={**law.articles, "act.1": gone})
    answer = ask(tmp_path, [record(1, "fine", DAY)], law=law)
    assert {kind for kinds, _ in ways(answer) for kind in kinds} <= {"wait", "object"}


def test_sentences_in_both_languages_name_who_decides(tmp_path: Path) -> None:
    records = [record(1, "debt", DAY), record(2, "fine", DAY), record(3, "bill", DAY)]
    english, chinese = ask(tmp_path, records), ask(tmp_path, records, language="zh")
    assert ways(english) == ways(chinese)
    for said, office in ((english, "Office"), (chinese, "主管局")):
        for change in (c for s in said.suggestions for c in s.changes if c.kind != "wait"):
            assert office in change.words
            assert change.decided_by == (office,)
            assert change.law is not None
    assert not any(ord(letter) > 0x3000 for s in english.suggestions for letter in s.words)


def test_every_kind_has_both_languages_and_a_source() -> None:
    assert set(KINDS) == set(Kind)
    for kind in KINDS.values():
        for titles in (kind.titles, kind.may, kind.source):
            assert titles.keys() == {"en", "zh"}


def test_an_answer_is_plain_json(tmp_path: Path) -> None:
    told = json.loads(json.dumps(ask(tmp_path, [record(1, "fine", DAY)]).as_dict()))
    assert told["as_of"] == "2024-06-30"
    assert told["suggestions"][0]["changes"][0]["kind"] in {str(kind) for kind in Kind}
