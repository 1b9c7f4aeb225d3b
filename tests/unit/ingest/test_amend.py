"""An officer's act supersedes what stands, holds every rule, and no delivery undoes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.unit.ingest.conftest import Deliver, fine

from goodstanding.catalogue import Pack, load_pack
from goodstanding.ingest import read_quarantine
from goodstanding.ingest.amend import Amended, correct, withdraw
from goodstanding.ingest.versions import History, history_of
from goodstanding.kernel import Fixed, FixedClock, GoodStandingError, Noted
from goodstanding.register import Node, Record
from goodstanding.register.segments import EVENTS, read_events

NOTED = Noted("test", 0)
Sealed = Callable[[], list[Record]]

GROUNDS = {
    "reason": "typing error",
    "basis": "port_act.9",
    "by": "Ada Quay",
    "authority": "harbour_office",
}


@dataclass
class Officer:
    """Acts on records of a node, a minute after whatever was before."""

    node: Node
    pack: Pack
    clock: FixedClock

    def correct(self, leaf: int, values: dict[str, str], **changed: str) -> Amended:
        self.clock.instant += timedelta(minutes=1)
        given = {"document": "Order 5", **GROUNDS, **changed}
        return correct(
            self.node,
            self.pack,
            leaf,
            values,
            reason=given["reason"],
            authority=given["authority"],
            basis=given["basis"],
            by=given["by"],
            document=given["document"],
            clock=self.clock,
            noted=NOTED,
        )

    def withdraw(self, leaf: int, **changed: str) -> Amended:
        self.clock.instant += timedelta(minutes=1)
        given = {**GROUNDS, **changed}
        return withdraw(
            self.node,
            self.pack,
            leaf,
            reason=given["reason"],
            authority=given["authority"],
            basis=given["basis"],
            by=given["by"],
            clock=self.clock,
            noted=NOTED,
        )

    def history(self, leaf: int) -> History:
        return history_of(self.node.log, leaf, noted=NOTED)


@pytest.fixture
def officer(node: Node, harbour: Pack, clock: FixedClock) -> Officer:
    return Officer(node, harbour, clock)


def test_a_correction_supersedes_what_stands(
    deliver: Deliver, officer: Officer, sealed: Sealed
) -> None:
    deliver([fine(1, amount="100"), fine(2)])
    first = sealed()[0]
    done = officer.correct(first.leaf, {"amount": "60.5"})
    new = sealed()[-1]
    assert (new.act, new.supersedes, new.delivery, new.row) == ("correction", first.leaf, "act", 0)
    assert new.facts == {**first.facts, "amount": Fixed(6050, 2)}
    assert new.document == "Order 5"
    assert json.loads(new.original) == {"decided_on": "03.02.2020", "amount": "60.5"}
    assert [(c.field, c.before, c.after) for c in done.changes] == [
        ("document", "Fine no. 1", "Order 5"),
        ("amount", "100.00", "60.50"),
    ]


def test_it_is_one_batch_with_its_event_in_the_stream_of_the_source(
    deliver: Deliver, officer: Officer, node: Node
) -> None:
    deliver([fine(1)])
    done = officer.correct(2, {"hours": "5"})
    (segment,) = [s for s in node.log.segments(EVENTS) if s.first == done.leaf - 1]
    (event,) = read_events(segment)
    assert {k: v for k, v in event.members.items() if k not in ("schema", "known_at")} == {
        "event": "correction",
        "stream": "source/fines",
        "version": 2,
        "supersedes": 2,
        "authority": "harbour_office",
        **GROUNDS,
    }


def test_it_acts_on_the_version_that_stands_whichever_leaf_is_named(
    deliver: Deliver, officer: Officer
) -> None:
    deliver([fine(1)])
    second = officer.correct(2, {"hours": "5"})
    third = officer.correct(2, {"hours": "6"})
    assert third.supersedes == second.leaf
    assert [version.facts["hours"] for version in officer.history(2).versions] == [4, 5, 6]


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"decided_on": "2020-03-03"}, date(2022, 3, 3)),
        ({"effective_on": "2022-01-01"}, date(2023, 1, 1)),
        ({"ends_on": "2021-01-01"}, date(2021, 1, 1)),
        ({"ends_on": "2022-02-03"}, date(2022, 2, 3)),
        ({"hours": "5"}, date(2022, 2, 3)),
    ],
)
def test_its_end_is_computed_as_for_a_delivery(
    deliver: Deliver, officer: Officer, sealed: Sealed, values: dict[str, str], end: date
) -> None:
    deliver([fine(1)])
    officer.correct(2, values)
    assert sealed()[-1].ends_on == end


def test_an_end_beyond_the_law_is_refused_with_both_days(
    deliver: Deliver, officer: Officer, sealed: Sealed
) -> None:
    deliver([fine(1)])
    with pytest.raises(GoodStandingError) as refused:
        officer.correct(2, {"ends_on": "2022-02-04"})
    said = str(refused.value)
    assert "GS-INGEST-135" in said
    assert "2022-02-04, by law 2022-02-03" in said
    assert sealed()[-1].ends_on == date(2022, 2, 3)


def test_a_fact_can_be_emptied(deliver: Deliver, officer: Officer, sealed: Sealed) -> None:
    deliver([fine(1, paid="01.03.2020")])
    officer.correct(2, {"paid_on": ""})
    assert sealed()[-1].facts["paid_on"] is None


@pytest.mark.parametrize(
    ("values", "changed", "code", "names"),
    [
        ({"amount": "-1"}, {}, "GS-INGEST-186", "amount"),
        ({"amount": "1.005"}, {}, "GS-INGEST-186", "amount"),
        ({"amount": ""}, {}, "GS-INGEST-186", "amount"),
        ({"berth": "X9"}, {}, "GS-INGEST-186", "berth"),
        ({"decided_on": "2030-01-01"}, {}, "GS-INGEST-186", "decided_on"),
        ({"decided_on": "1999-01-01"}, {}, "GS-INGEST-186", "decided_on"),
        ({"effective_on": "2019-01-01"}, {}, "GS-INGEST-186", "effective_on"),
        ({"basis": "port_act.9"}, {}, "GS-INGEST-186", "basis"),
        ({"subject_name": ""}, {}, "GS-INGEST-186", "subject_name"),
        ({"subject_name": "=1+1"}, {}, "GS-INGEST-186", "subject_name"),
        ({"subject": "lum-op:0002"}, {}, "GS-INGEST-184", "subject"),
        ({"source_key": "2"}, {}, "GS-INGEST-184", "source_key"),
        ({"colour": "red"}, {}, "GS-INGEST-184", "colour"),
        ({"hours": "4"}, {"document": "Fine no. 1"}, "GS-INGEST-183", "entry 2"),
        ({"hours": "5"}, {"by": " "}, "GS-INGEST-180", "by"),
        ({"hours": "5"}, {"reason": ""}, "GS-INGEST-180", "reason"),
        ({"hours": "5"}, {"document": ""}, "GS-INGEST-180", "document"),
        ({"hours": "5"}, {"basis": "port_act.1"}, "GS-INGEST-189", "port_act.1"),
        ({"hours": "5"}, {"authority": "ferry_board"}, "GS-INGEST-190", "ferry_board"),
        ({"hours": "5"}, {"reason": "not by Lumen lines"}, "GS-INGEST-191", "--reason"),
        ({"hours": "5"}, {"reason": "was 100.00"}, "GS-INGEST-191", "--reason"),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(
    deliver: Deliver,
    officer: Officer,
    node: Node,
    values: dict[str, str],
    changed: dict[str, str],
    code: str,
    names: str,
) -> None:
    deliver([fine(1)])
    before = node.log.head
    with pytest.raises(GoodStandingError) as refusal:
        officer.correct(2, values, **changed)
    assert refusal.value.code.id == code
    assert names in refusal.value.what
    assert refusal.value.remedy
    assert node.log.head == before


def test_what_is_no_record_cannot_be_corrected(deliver: Deliver, officer: Officer) -> None:
    deliver([fine(1)])
    for leaf, code in ((0, "GS-REGISTER-020"), (99, "GS-REGISTER-011")):
        with pytest.raises(GoodStandingError) as refusal:
            officer.correct(leaf, {"hours": "5"})
        assert refusal.value.code.id == code


def test_a_withdrawal_ends_the_record(deliver: Deliver, officer: Officer, sealed: Sealed) -> None:
    deliver([fine(1)])
    officer.withdraw(2)
    first, last = sealed()
    assert (last.act, last.supersedes, last.delivery, last.row) == ("withdrawal", 2, "act", 0)
    assert (last.facts, last.ends_on) == (first.facts, first.ends_on)


@pytest.mark.parametrize("act", ["correct", "withdraw"])
def test_what_is_withdrawn_stays_so(deliver: Deliver, officer: Officer, act: str) -> None:
    deliver([fine(1)])
    officer.withdraw(2)
    with pytest.raises(GoodStandingError) as refusal:
        officer.correct(2, {"hours": "5"}) if act == "correct" else officer.withdraw(2)
    assert refusal.value.code.id == "GS-INGEST-182"


def test_the_same_row_again_does_not_undo_a_correction(
    deliver: Deliver, officer: Officer, node: Node
) -> None:
    deliver([fine(1), fine(2)])
    officer.correct(2, {"amount": "60"})
    before = node.log.head
    report = deliver([fine(2), fine(1)])
    assert (report.unchanged, report.corrected, report.rejected) == (2, 0, 0)
    deliver([fine(1), fine(2), fine(3)])
    assert node.log.head.size == before.size + 3
    assert [v.act for v in officer.history(2).versions] == ["record", "correction"]


def test_a_row_that_says_something_new_supersedes_the_correction(
    deliver: Deliver, officer: Officer, sealed: Sealed
) -> None:
    deliver([fine(1)], as_of=date(2024, 5, 1))
    done = officer.correct(2, {"amount": "60"})
    assert deliver([fine(1, amount="70.00")]).corrected == 1
    assert sealed()[-1].supersedes == done.leaf
    assert deliver([fine(1)], as_of=date(2024, 6, 1)).corrected == 1
    assert sealed()[-1].facts["amount"] == Fixed(10000, 2)


def test_what_the_agency_itself_corrects_likewise_is_then_what_it_said_last(
    deliver: Deliver, officer: Officer
) -> None:
    deliver([fine(1)], as_of=date(2024, 5, 1))
    officer.correct(2, {"amount": "60"}, document="Fine no. 1")
    assert deliver([fine(1, amount="60.00")]).corrected == 1
    assert deliver([fine(1)], as_of=date(2024, 6, 1)).corrected == 1


def test_the_same_row_again_says_that_it_was_withdrawn(deliver: Deliver, officer: Officer) -> None:
    deliver([fine(1), fine(2)])
    done = officer.withdraw(2)
    report = deliver([fine(2), fine(1)])
    assert (report.unchanged, report.rejected) == (1, 1)
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.code, reason.value) == ("GS-INGEST-188", f"1 (by entry {done.leaf})")


def test_a_new_row_for_what_was_withdrawn_goes_to_quarantine(
    deliver: Deliver, officer: Officer
) -> None:
    deliver([fine(1), fine(2)])
    officer.withdraw(2)
    report = deliver([fine(1, amount="70.00"), fine(2)])
    assert (report.unchanged, report.rejected) == (1, 1)
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.row, reason.code, reason.field) == (2, "GS-INGEST-188", "source_key")
    assert "new key" in reason.remedy


def permits(*numbers: int) -> bytes:
    line = '{"no": "%d", "operator": "0001", "name": "Lumen", "date": "2020-01-01", "route": "N"}\n'
    return "".join(line % number for number in numbers).encode()


def test_what_comes_back_into_a_snapshot_keeps_its_correction(
    deliver: Deliver, officer: Officer, sealed: Sealed
) -> None:
    def snapshot(day: int, *numbers: int) -> None:
        of = date(2024, 5, day)
        deliver(permits(*numbers), source="permits", suffix=".jsonl", as_of=of)

    snapshot(1, 1, 2)
    officer.correct(3, {"route": "South"}, authority="ferry_board")
    snapshot(2, 1)
    snapshot(3, 1, 2)
    versions = officer.history(3).versions
    assert [version.act for version in versions] == [
        "record",
        "correction",
        "withdrawal",
        "correction",
    ]
    assert [version.facts["route"] for version in versions] == ["N", "South", "South", "South"]


def test_the_history_says_who_and_why(deliver: Deliver, officer: Officer) -> None:
    deliver([fine(1)])
    corrected = officer.correct(2, {"hours": "5"})
    withdrawn = officer.withdraw(2, reason="annulled by the court")
    history = officer.history(corrected.leaf)
    assert [version.leaf for version in history.versions] == [2, corrected.leaf, withdrawn.leaf]
    said = [history.told[version.leaf] for version in history.versions]
    assert [(told.event, told.file_name, told.by, told.reason) for told in said] == [
        ("delivery", "delivery.csv", None, None),
        ("correction", None, "Ada Quay", "typing error"),
        ("withdrawal", None, "Ada Quay", "annulled by the court"),
    ]


def test_the_history_is_as_it_was_known(
    deliver: Deliver, officer: Officer, clock: FixedClock, node: Node
) -> None:
    deliver([fine(1)])
    then = node.log.known_at
    assert then is not None
    officer.correct(2, {"hours": "5"})
    known = history_of(node.log, 2, then, noted=NOTED)
    assert [version.leaf for version in known.versions] == [2]
    assert history_of(node.log, 2, then - timedelta(1), noted=NOTED).versions == ()


def test_a_record_without_a_name_is_corrected_without_one(
    officer: Officer, deliver: Deliver, sealed: Sealed, harbour_folder: Path
) -> None:
    sql = harbour_folder / "sources" / "fines.sql"
    sql.write_text(sql.read_text().replace("    name AS subject_name,\n", ""))
    officer.pack = load_pack(harbour_folder)
    deliver([fine(1)], pack=officer.pack)
    officer.correct(sealed()[0].leaf, {"amount": "60.5"})
    assert (sealed()[-1].subject_name, sealed()[-1].facts["amount"]) == ("", Fixed(6050, 2))
