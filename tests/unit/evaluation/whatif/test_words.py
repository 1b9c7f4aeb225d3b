"""What-if says why the day turns, names records as an explanation does, and promises nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.whatif import world

from goodstanding.catalogue import load_pack
from goodstanding.evaluation import explain, load_scheme
from goodstanding.evaluation.whatif import Answer, Limits, Suggestion, what_if
from goodstanding.kernel import Fixed

TODAY = date(2026, 7, 1)
SUBJECT = "mer-biz:99000003"


def record(leaf: int, item: str, day: date, authority: str, **facts: object) -> Entry:
    return Entry(
        leaf, item, SUBJECT, day, facts=facts, source_key=f"K{leaf}", document=f"D/{leaf}",
        authority=authority, basis="environment_act.18", decided_on=day,
    )  # fmt: skip


def registered(leaf: int, day: date) -> Entry:
    return record(
        leaf, "registration", day, "market_authority", legal_form="company", sector="food"
    )


def penalty(leaf: int, day: date) -> Entry:
    facts: dict[str, object] = {"amount": Fixed(100_00, 2), "medium": "water"}
    return record(leaf, "environmental_penalty", day, "environment_agency", **facts)


def exceedance(leaf: int, day: date) -> Entry:
    facts: dict[str, object] = {
        "substance": f"s{leaf}", "measured": Fixed(11_000, 3), "permitted": Fixed(10_000, 3),
    }  # fmt: skip
    return record(leaf, "emission_exceedance", day, "environment_agency", **facts)


PENALTIES = [registered(1, date(2015, 1, 1)), penalty(2, date(2025, 12, 1))]
EXCEEDANCES = [
    registered(1, date(2015, 1, 1)),
    *(exceedance(n, date(2026, 5, n)) for n in range(2, 6)),
]


def rated(
    records: Sequence[Entry],
    language: str = "en",
    grade: str = "green",
    *,
    everything: bool = False,
) -> Answer:
    return what_if(
        load_scheme(load_pack("template"), "environment_rating", TODAY), records,
        subject=SUBJECT, grade=grade, as_of=TODAY, known_at=None, language=language,
        limits=Limits(everything=everything),
    )  # fmt: skip


def waiting(answer: Answer) -> Suggestion:
    return next(s for s in answer.suggestions if [c.kind for c in s.changes] == ["wait"])


def test_a_step_down_of_points_is_named_where_it_is_what_turns_the_grade() -> None:
    wait = waiting(rated(PENALTIES))
    assert wait.on == date(2026, 12, 1)
    assert wait.changes[0].words == (
        "Until 1 December 2026 only time passes: Environmental penalty “D/2” of 1 December 2025 "
        "then counts -12.00 for “Harm to water”."
    )
    assert waiting(rated(PENALTIES, "zh")).changes[0].words == (
        "至2026年12月1日仅经过时间：2025年12月1日的环境处罚记录《D/2》此后在“损害水体”中计-12.00。"
    )


def test_points_that_fade_are_named_where_their_fading_turns_the_grade() -> None:
    (change,) = waiting(rated(EXCEEDANCES)).changes
    for n in range(2, 6):
        said = f"the points of Emission limit exceeded “D/{n}” of {n} May 2026 for “Values above"
        assert said in change.words
    assert change.words.count("lessen day by day") == 4
    assert "enough days" not in change.words


def test_the_same_cause_is_said_as_the_explanation_says_it() -> None:
    scheme = load_scheme(load_pack("template"), "environment_rating", TODAY)
    told = explain(scheme, PENALTIES, subject=SUBJECT, as_of=TODAY, known_at=None)
    assert told.changes[0].because == (
        "Environmental penalty D/2 then counts -12.00 for “Harm to water”",
    )


def test_in_chinese_units_laws_and_separators_are_those_of_an_explanation() -> None:
    pair = [registered(1, date(2015, 1, 1)), penalty(2, TODAY), penalty(3, TODAY)]
    answer = rated(pair, "zh")
    assert (answer.unit, answer.total) == ("分", "52.0")
    laws = {change.law for s in answer.suggestions for change in s.changes}
    assert laws == {"环境法第50条", "环境法第18条"}
    assert "；" in waiting(answer).words
    said = [answer.words, *(s.words for s in answer.suggestions), *answer.not_supposed]
    assert not [words for words in said if "; " in words or ", " in words]


def test_a_later_record_never_takes_the_place_of_the_first() -> None:
    said = " ".join(rated(PENALTIES).not_supposed)
    assert "Environmental grade published" in said
    assert "Registration" not in said


def test_the_first_record_of_all_may_still_matter() -> None:
    answer = rated(PENALTIES[1:])
    assert answer.grade == "none"
    assert any("Registration" in said for said in answer.not_supposed)
    ends = [replace(PENALTIES[0], ends_on=date(2027, 1, 1)), PENALTIES[1]]
    assert any("Registration" in said for said in rated(ends).not_supposed)


def test_documents_of_one_number_are_told_apart_by_their_keys() -> None:
    same = [PENALTIES[0], *(replace(penalty(n, TODAY), document="D/9") for n in (2, 3))]
    assert "“D/9 (K2)” of 1 July 2026" in waiting(rated(same)).words
    assert "《D/9（K3）》" in waiting(rated(same, "zh")).words


@pytest.mark.parametrize(
    ("most", "language", "words"),
    [
        (1, "en", "No single permitted change reaches the grade by 30 June 2034."),
        (2, "en", "No set of up to 2 permitted changes reaches the grade by 30 June 2034."),
        (1, "zh", "至2034年6月30日为止，任何单项合法变化均不能达到该等级。"),
        (2, "zh", "至2034年6月30日为止，不超过2项的合法变化均不能达到该等级。"),
    ],
)
def test_where_nothing_is_found_one_change_is_not_several(
    most: int, language: str, words: str, tmp_path: Path
) -> None:
    debts = [world.record(n, "debt", date(2024, 3, 1)) for n in range(6)]
    answer = what_if(
        world.scheme(tmp_path), debts, subject=world.SUBJECT, grade="A", as_of=world.TODAY,
        known_at=None, language=language, limits=Limits(most_changes=most),
    )  # fmt: skip
    assert answer.words == words
