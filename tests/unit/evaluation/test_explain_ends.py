"""An explanation says of each record when it ends or is reviewed, and what says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.packs.records import record

from goodstanding.catalogue import Pack, end_of, load_pack
from goodstanding.catalogue.ends import Dates
from goodstanding.evaluation.explain import explain
from goodstanding.evaluation.explanation import ExplainedRecord, Explanation
from goodstanding.evaluation.lint import TestRecord
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.model import Scheme

MILL = "mer-biz:10000500"
BEGAN, DAY = date(2025, 3, 10), date(2026, 2, 1)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("template")


@pytest.fixture(scope="module")
def scheme(pack: Pack) -> Scheme:
    return load_scheme(pack, "business_compliance")


def records(scheme: Scheme, ends_on: date | None) -> list[TestRecord]:
    facts = {"legal_form": "company", "sector": "food"}
    wages = {"amount": 100, "workers": 3, "settled": False}
    return [
        replace(record(scheme, "registration", MILL, date(2015, 3, 2), "r", facts), leaf=1),
        replace(record(scheme, "wage_arrears", MILL, BEGAN, "w", wages), leaf=2, ends_on=ends_on),
    ]


def of_wages(found: Explanation) -> ExplainedRecord:
    return next(r for part in found.parts for r in part.records if r.item == "wage_arrears")


def explained(scheme: Scheme, ends_on: date | None) -> ExplainedRecord:
    own = records(scheme, ends_on)
    return of_wages(explain(scheme, own, subject=MILL, as_of=DAY, known_at=None))


def test_the_laws_end_with_its_months_and_article(pack: Pack, scheme: Scheme) -> None:
    end = end_of(pack, pack.items["wage_arrears"], Dates(BEGAN))
    shown = explained(scheme, end)
    assert shown.end == "ends on 10 March 2029, 48 months from 10 March 2025 (Labour Code, 70)"
    assert shown.ends_on == end == date(2029, 3, 10)


def test_a_stated_end(scheme: Scheme) -> None:
    shown = explained(scheme, date(2027, 1, 1))
    assert shown.end == "ends on 1 January 2027, as its authority says"
    assert (shown.ends_on, shown.review_on) == (date(2027, 1, 1), None)


def test_a_review_is_told_in_a_sentence_of_the_story(pack: Pack, scheme: Scheme) -> None:
    like = pack.items["food_trade_ban"]
    item = replace(pack.items["wage_arrears"], ends_from="ends_on", indefinite=like.indefinite)
    population = {**scheme.population, "wage_arrears": item}
    changed = replace(scheme, population=population)
    own = records(changed, None)
    found = explain(changed, own, subject=MILL, as_of=DAY, known_at=None)
    shown = of_wages(found)
    assert (shown.ends_on, shown.review_on) == (None, date(2026, 3, 10))
    assert "Food Safety Agency reviews it by 10 March 2026, 12 months from 10 March 2025" in (
        shown.end
    )
    assert any(shown.end in sentence for sentence in found.sentences)


def test_what_a_newer_record_ended_counts_again_when_that_one_is_withdrawn(
    scheme: Scheme,
) -> None:
    # Wage arrears are ended here by a confirmed remedy, though no article says so.
    item = replace(scheme.population["wage_arrears"], ended_by=("remedy_confirmed",))
    changed = replace(scheme, population={**scheme.population, "wage_arrears": item})
    remedy = record(changed, "remedy_confirmed", MILL, date(2025, 6, 1), "c", {"remedied": "X"})
    own = [*records(changed, None), replace(remedy, leaf=3)]
    found = explain(changed, own, subject=MILL, as_of=DAY, known_at=None)
    assert [i.leaves for i in found.ignored if "newer record" in i.why] == [(2,)]
    gone = replace(remedy, leaf=4, act="withdrawal", supersedes=3)
    again = explain(changed, [*own, gone], subject=MILL, as_of=DAY, known_at=None)
    assert of_wages(again).ends_on is None
