"""Ends and terms of delivered rows: stated ones are kept, computed ones never lacking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.unit.ingest.conftest import HEADER, Deliver, fine

from goodstanding.catalogue import Fact, FactType, Indefinite, Item, Pack, Parameter, review_of
from goodstanding.catalogue.ends import FARTHEST
from goodstanding.ingest import read_quarantine
from goodstanding.kernel import Fixed
from goodstanding.register import Record

Sealed = Callable[[], list[Record]]
#: The fines' list with the day of effect and the end that the office states.
STATED = f"{HEADER},effective,ends"


def stated(pack: Pack, **changed: Any) -> Pack:
    """The pack with these two columns, and with some fields of the item changed."""
    source = pack.sources["fines"]
    sql = source.sql.replace(
        "FROM delivered", ", effective AS effective_on, ends AS ends_on FROM delivered"
    )
    source = replace(source, sql=sql, columns=(*source.columns, "effective", "ends"))
    item: Item = replace(pack.items["berth_fine"], **changed)
    return replace(
        pack,
        sources={**pack.sources, "fines": source},
        items={**pack.items, "berth_fine": item},
    )


def row(no: int, effective: str = "", ends: str = "", **changed: str) -> str:
    return f"{fine(no, **changed)},{effective},{ends}"


def starting(pack: Pack, day: date) -> Pack:
    """The pack with a retention whose first value is later: what lint refuses."""
    months = pack.parameters["fine_months"]
    late: Parameter = replace(months, values=(replace(months.values[0], start=day),))
    return replace(pack, parameters={**pack.parameters, "fine_months": late})


@pytest.fixture
def refused(deliver: Deliver) -> Callable[..., list[tuple[str, str, str | None]]]:
    """Deliver rows, and the reasons of those refused: code, field, value."""

    def run(lines: list[str], pack: Pack) -> list[tuple[str, str, str | None]]:
        report = deliver(lines, header=STATED, pack=pack)
        if report.quarantine is None:
            return []
        return [(q.code, q.field, q.value) for q in read_quarantine(report.quarantine)]

    return run


Refused = Callable[[list[str], Pack], list[tuple[str, str, str | None]]]


@pytest.mark.parametrize("ends", ["2021-01-01", "2022-02-02", "2022-02-03"])
def test_a_stated_end_within_the_law_is_sealed_to_the_day(
    refused: Refused, sealed: Sealed, harbour: Pack, ends: str
) -> None:
    assert refused([row(1, ends=ends)], stated(harbour)) == []
    assert [record.ends_on for record in sealed()] == [date.fromisoformat(ends)]


def test_a_stated_end_beyond_the_law_is_refused_with_both_days_never_cut(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    reasons = refused([row(1, ends="2022-02-04"), row(2)], stated(harbour))
    assert reasons == [("GS-INGEST-135", "ends_on", "2022-02-04, by law 2022-02-03")]
    assert [(r.source_key, r.ends_on) for r in sealed()] == [("2", date(2022, 2, 3))]


def test_a_record_older_than_the_law_s_number_is_refused_with_both_days(
    deliver: Deliver, sealed: Sealed, harbour: Pack
) -> None:
    report = deliver(
        [fine(1), fine(2, date="03.02.2021")], pack=starting(harbour, date(2021, 1, 1))
    )
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.code, reason.field, reason.value) == (
        "GS-INGEST-136",
        "effective_on",
        "2020-02-03",
    )
    assert "2021-01-01" in reason.sentence
    assert [record.source_key for record in sealed()] == ["2"]


def test_the_first_day_of_the_number_is_early_enough(
    deliver: Deliver, sealed: Sealed, harbour: Pack
) -> None:
    days = ["31.12.2020", "01.01.2021"]
    lines = [fine(n, date=day) for n, day in enumerate(days)]
    deliver(lines, pack=starting(harbour, date(2021, 1, 1)))
    assert [record.source_key for record in sealed()] == ["1"]


@pytest.mark.parametrize("field", ["effective", "ends"])
def test_a_day_that_means_never_is_refused(refused: Refused, harbour: Pack, field: str) -> None:
    line = row(1, **{field: "9999-12-31"})
    codes = {code for code, *_ in refused([line, row(2)], stated(harbour))}
    assert "GS-INGEST-137" in codes


@pytest.mark.parametrize(("day", "taken"), [(FARTHEST, True), (date(3000, 1, 1), False)])
def test_the_farthest_day(refused: Refused, harbour: Pack, day: date, *, taken: bool) -> None:
    reasons = refused([row(1, effective=str(day)), row(2)], stated(harbour))
    assert (reasons == []) is taken


def test_the_end_runs_from_the_decision_if_the_item_says_so(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    pack = stated(harbour, ends_from="decided_on")
    assert refused([row(1, effective="2020-06-01")], pack) == []
    assert [record.ends_on for record in sealed()] == [date(2022, 2, 3)]


def test_an_end_before_the_effect_is_refused(refused: Refused, harbour: Pack) -> None:
    pack = stated(harbour, ends_from="decided_on")
    reasons = refused([row(1, effective="2022-02-03"), row(2)], pack)
    assert [code for code, *_ in reasons] == ["GS-INGEST-139"]


def test_the_measures_own_end_must_be_stated(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    pack = stated(harbour, ends_from="ends_on")
    reasons = refused([row(1), row(2, ends="2021-03-04")], pack)
    assert [code for code, *_ in reasons] == ["GS-INGEST-138"]
    assert [record.ends_on for record in sealed()] == [date(2021, 3, 4)]


def test_the_longest_term_of_the_law_holds_for_the_measures_own_end(
    refused: Refused, harbour: Pack
) -> None:
    pack = stated(harbour, ends_from="ends_on")
    reasons = refused([row(1, ends="2022-02-04"), row(2, ends="2022-02-03")], pack)
    assert reasons == [("GS-INGEST-135", "ends_on", "2022-02-04, by law 2022-02-03")]


def test_an_end_from_a_fact_is_open_with_a_review_until_the_fact_is_there(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    review = Indefinite("port_act.9", "fine_months", "harbour_office")
    pack = stated(harbour, ends_from="paid_on", indefinite=review)
    assert refused([row(1), row(2, paid="05.05.2020")], pack) == []
    item = pack.items["berth_fine"]
    ends = {r.source_key: (r.ends_on, review_of(pack, item, r)) for r in sealed()}
    assert ends == {"1": (None, date(2022, 2, 3)), "2": (date(2022, 5, 5), None)}


def test_a_fact_that_comes_later_ends_the_record_that_stood(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    review = Indefinite("port_act.9", "fine_months", "harbour_office")
    pack = stated(harbour, ends_from="paid_on", indefinite=review)
    refused([row(1)], pack)
    refused([row(1, paid="05.05.2020")], pack)
    assert [(r.act, r.ends_on) for r in sealed()] == [
        ("record", None),
        ("correction", date(2022, 5, 5)),
    ]


def test_a_record_without_an_end_needs_a_number_for_its_review(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    review = Indefinite("port_act.9", "fine_months", "harbour_office")
    pack = stated(starting(harbour, date(2021, 1, 1)), retention=None, indefinite=review)
    reasons = refused([row(1), row(2, date="03.02.2021"), row(3, ends="2024-01-01")], pack)
    assert reasons == [("GS-INGEST-136", "effective_on", "2020-02-03")]
    assert {record.source_key for record in sealed()} == {"2", "3"}


def test_an_end_whose_fact_the_contract_never_gives_is_the_agencys_to_state(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    item = harbour.items["berth_fine"]
    closed = Fact("closed_on", FactType.DATE, {"en": "Closed"}, None, 0, False, {}, None, None)
    pack = stated(harbour, ends_from="closed_on", facts={**item.facts, "closed_on": closed})
    reasons = refused([row(1), row(2, ends="2021-03-04")], pack)
    assert [code for code, *_ in reasons] == ["GS-INGEST-138"]
    assert [record.ends_on for record in sealed()] == [date(2021, 3, 4)]


def test_an_adverse_item_without_any_end_takes_no_row(refused: Refused, harbour: Pack) -> None:
    reasons = refused([row(1), row(2, ends="2021-03-04")], stated(harbour, retention=None))
    assert [code for code, *_ in reasons] == ["GS-INGEST-138"]


def test_a_day_that_cannot_be_read_is_one_reason(refused: Refused, harbour: Pack) -> None:
    pack = stated(harbour, ends_from="ends_on")
    reasons = refused([row(1, ends="soon"), row(2, ends="2021-03-04")], pack)
    assert reasons == [("GS-INGEST-131", "ends_on", "soon")]


def test_the_months_are_those_of_the_day_from_which_the_end_runs(
    refused: Refused, sealed: Sealed, harbour: Pack
) -> None:
    pack = stated(harbour, ends_from="decided_on")
    assert pack.parameters["fine_months"].at(date(2022, 1, 1)) == Fixed(12, 0)
    refused([row(1, date="31.12.2021", effective="2022-01-01")], pack)
    assert [record.ends_on for record in sealed()] == [date(2023, 12, 31)]
