"""An explanation leads back to records and articles, and says what would change it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.small import DAY, KNOWN_AT, SCHEME, fine, scheme

from goodstanding.catalogue import IdentifierScheme
from goodstanding.evaluation import Explanation, explain
from goodstanding.evaluation.explain import LANGUAGES
from goodstanding.evaluation.explain.phrases import PHRASES
from goodstanding.kernel import GoodStandingError, Nature

RECORDS = [
    fine(0, date(2024, 1, 10), 60),
    fine(1, date(2024, 2, 10), 50, ends_on=date(2024, 8, 1)),
    fine(2, date(2022, 1, 1)),
    fine(3, date(2024, 7, 1)),
    fine(4, date(2024, 1, 1)),
    fine(5, date(2024, 1, 1), 70, act="correction", supersedes=4, ends_on=date(2024, 2, 1)),
    fine(6, date(2024, 1, 1)),
    fine(7, date(2024, 1, 1), act="withdrawal", supersedes=6),
    fine(8, date(2024, 1, 1), known_at=datetime(2025, 6, 1, tzinfo=UTC)),
    Entry(9, "permit", "biz:1", date(2024, 1, 1)),
]


def explained(folder: Path, *, as_of: date = DAY, language: str = "en") -> Explanation:
    found = scheme(folder)
    return explain(
        found, RECORDS, subject="biz:1", as_of=as_of, known_at=KNOWN_AT, language=language
    )


def test_the_grade_and_its_reasons(tmp_path: Path) -> None:
    found = explained(tmp_path)
    assert (found.grade, found.grade_title, found.total) == ("B", "Fair", "15")
    number, much = found.parts
    assert (number.title, number.points) == ("Points for fines", "10")
    assert number.words == "Grave fines: 2 × 5; at most 10"
    assert much.article is not None
    assert (much.article.id, much.article.title) == ("act.3", "Article 3")
    # The weightiest first.
    assert [record.leaf for record in much.records] == [0, 1]
    assert much.records[0].facts == {"amount": "60.00 MRD", "kind": "grave"}
    assert much.records[0].counts_until == date(2025, 1, 10)
    assert much.records[1].counts_until == date(2024, 8, 1)


def test_what_did_not_count_and_why(tmp_path: Path) -> None:
    assert {i.why: i.leaves for i in explained(tmp_path).ignored} == {
        "ended": (5,),
        "not yet in effect": (3,),
        "of a kind this scheme does not look at": (9,),
        "replaced by a correction": (4,),
        "too long ago to count": (2,),
        "withdrawn": (6,),
    }


def test_what_changes_by_itself(tmp_path: Path) -> None:
    found = explained(tmp_path)
    assert [(c.on, c.grade, c.total) for c in found.changes] == [
        (date(2024, 8, 1), "B", "10"),
        (date(2025, 1, 10), "A", "5"),
        (date(2025, 7, 1), "A", "0"),
    ]
    assert found.changes[0].because == ("fine doc (001) ends",)
    assert found.changes[1].because == (
        "fine doc (000) no longer counts for “Fines of the last year”",
    )
    assert found.looked_ahead_until == date(2034, 6, 30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_has_one_name_everywhere(tmp_path: Path, language: str) -> None:
    """The number of its document; with its key only where another record has that number."""
    records = [replace(record, document=f"F/{record.leaf}") for record in RECORDS[:4]]
    found = explain(
        scheme(tmp_path), records, subject="biz:1", as_of=DAY, known_at=KNOWN_AT, language=language
    )
    said = " ".join([*found.sentences, *(b for c in found.changes for b in c.because)])
    # Each counts once, so the newest comes first.
    assert [record.name for record in found.parts[0].records] == ["F/1", "F/0"]
    assert "F/0" in found.changes[1].because[0]
    assert not any(record.source_key in said for record in records)


def test_what_no_selection_looks_at_is_no_cause(tmp_path: Path) -> None:
    permit = Entry(9, "permit", "biz:1", date(2024, 8, 1), ends_on=date(2025, 1, 10))
    found = explain(
        scheme(tmp_path), [*RECORDS[:4], permit], subject="biz:1", as_of=DAY, known_at=KNOWN_AT
    )
    assert not [b for change in found.changes for b in change.because if "permit" in b]
    gone = explain(
        scheme(tmp_path), [permit], subject="biz:1", as_of=permit.effective_on, known_at=KNOWN_AT
    )
    assert gone.changes[0].because == ("permit doc ends",)


def test_what_the_bands_ask(tmp_path: Path) -> None:
    (better,) = explained(tmp_path).needs
    (total,) = better.figures
    assert (better.grade, better.better) == ("A", True)
    # Points come in fives: below 10 there is 5, not 9.
    assert (total.now, total.bound, total.at_most, total.distance) == ("15", "5", True, "10")
    assert better.words == "for “Good” or better: a total of 5 or less (10 points fewer)"
    (worse,) = explained(tmp_path, as_of=date(2025, 3, 1)).needs
    assert worse.words == "“Fair” or worse follows from a total of 10 or more (5 points more)"


def test_the_smallest_change_of_records(tmp_path: Path) -> None:
    found = explained(tmp_path)
    assert [near.words for near in found.neighbours] == [
        f"with “minor” instead of “grave” for “kind” (fine doc ({key})) the grade is “Good” "
        "(5 points)"
        for key in ("000", "001")
    ]
    (change,) = found.neighbours[0].changes
    assert (change.leaf, change.fact, change.before, change.after) == (0, "kind", "grave", "minor")
    assert f"W{found.neighbours[0].words[1:]}." in found.sentences


def test_what_exists_only_in_english_is_marked_so(tmp_path: Path) -> None:
    found = explained(tmp_path, language="zh")
    assert found.scheme_title == "小"
    assert found.parts[0].title == "罚款记分"
    assert found.parts[1].title == "Much money [en]"
    assert (found.language, found.sentences_in) == ("zh", "zh")


def test_a_language_without_sentences_of_ours_says_so(tmp_path: Path) -> None:
    small = scheme(tmp_path, SCHEME.replace("{en: Fair}", "{en: Fair, ja: 普通}"))
    japanese = replace(small, pack=replace(small.pack, languages=("en", "ja")))
    found = explain(japanese, RECORDS, subject="biz:1", as_of=DAY, known_at=KNOWN_AT, language="ja")
    assert (found.language, found.sentences_in) == ("ja", "en")
    assert (found.grade_title, found.scheme_title) == ("普通", "Small [en]")
    assert found.sentences[0].startswith("[en] The sentences here exist in English and Chinese")


def test_a_language_that_the_pack_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        explained(tmp_path, language="fr")
    assert refused.value.code.id == "GS-PACK-068"
    assert "en, zh" in refused.value.remedy


def test_it_is_plain_json(tmp_path: Path) -> None:
    data = json.loads(json.dumps(explained(tmp_path).as_dict()))
    assert data["as_of"] == "2024-06-30"
    assert data["parts"][0]["records"][0]["counts_until"] == "2024-08-01"


def test_an_exception_has_no_neighbouring_band(tmp_path: Path) -> None:
    found = scheme(tmp_path, SCHEME.replace("number > param.most", "number < param.most"))
    given = explain(found, RECORDS, subject="biz:1", as_of=DAY, known_at=KNOWN_AT)
    assert given.grade == "X"
    assert given.parts[-1].words == "gives “Closed” (Grave fines: 2)"
    assert given.needs == ()


def test_a_carried_grade_that_is_none_of_the_scheme_is_shown_as_it_is_written(
    tmp_path: Path,
) -> None:
    last = "  last: {titles: {en: Last}, of: fines, take: latest, value: document}\n  number: "
    carrying = SCHEME.replace("  number: ", last, 1)
    carrying = carrying.replace("number > param.most, grade: X", "number < param.most, carry: last")
    found = explain(
        scheme(tmp_path, carrying), RECORDS, subject="biz:1", as_of=DAY, known_at=KNOWN_AT
    )
    assert (found.grade, found.grade_title) == ("doc", "doc")
    assert (found.needs, found.neighbours) == ((), ())


def test_a_subject_without_a_live_record(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as raised:
        explain(scheme(tmp_path), RECORDS, subject="biz:2", as_of=DAY, known_at=KNOWN_AT)
    assert raised.value.code.id == "GS-SCHEME-023"


# -- in sentences -------------------------------------------------------------------------


def test_the_whole_story_in_sentences(tmp_path: Path) -> None:
    told = explained(tmp_path).sentences
    assert told[0] == (
        "As of 30 June 2024, biz:1 has the grade “Fair” under “Small” with a total of 15 points."
    )
    assert told[1] == (
        "“Points for fines” counts 10 points: Grave fines: 2 × 5; at most 10; "
        "records: doc (001), doc (000) (Act, 2)."
    )
    assert "1 record: withdrawn." in told
    assert told[-3:] == (
        "On 10 January 2025, by itself, this becomes “Good” (5 points): fine doc (000) no longer "
        "counts for “Fines of the last year”.",
        "On 1 July 2025, by itself, the total becomes 0 points; the grade stays “Good”: fine doc "
        "(003) no longer counts for “Fines of the last year”.",
        "This looks ahead until 30 June 2034.",
    )


def test_the_same_story_in_chinese(tmp_path: Path) -> None:
    told = explained(tmp_path, language="zh").sentences
    assert told[0] == "截至2024年6月30日，biz:1按“小”评定为“Fair [en]”，总分15分。"
    assert told[1] == (
        "“罚款记分”计10分：Grave fines [en]：2 × 5；不高于10；"
        "所据记录：doc（001），doc（000）（Act [en]第2条）。"
    )
    assert "1条记录：已撤回。" in told


def test_a_draft_says_so_first(tmp_path: Path) -> None:
    found = explain(
        scheme(tmp_path), RECORDS, subject="biz:1", as_of=DAY, known_at=KNOWN_AT, draft=True
    )
    assert found.draft
    assert found.sentences[0].startswith("This version of the scheme is a draft")


def test_every_phrase_has_the_same_places_in_every_language() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    unlike = [key for key, said in PHRASES.items() if len({frozenset(places(s)) for s in said}) > 1]
    assert not unlike
    assert all(len(said) == len(LANGUAGES) for said in PHRASES.values())


def test_a_weak_identifier_is_shown_as_such(tmp_path: Path) -> None:
    found = scheme(tmp_path)
    weak = IdentifierScheme("biz", {"en": "Name"}, Nature.ORGANISATION, "[0-9]+", weak=True)
    known = replace(found, pack=replace(found.pack, identifier_schemes={"biz": weak}))
    told = explain(known, RECORDS, subject="biz:1", as_of=DAY, known_at=KNOWN_AT)
    assert told.as_dict()["weak"] is True
    assert any("Weak identifier" in sentence for sentence in told.sentences)
    assert explained(tmp_path).as_dict()["weak"] is False
