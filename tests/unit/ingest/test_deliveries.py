"""A delivery has a date; an older one changes nothing newer; what is missing ends as agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ingest.conftest import HEADER, Deliver
from tests.unit.ingest.conftest import fine as any_fine

from goodstanding.catalogue import CodeRule, ContractCheck, Label, Missing, NearKeys, Pack, Repeats
from goodstanding.ingest import Handover, IngestReport, ingest, read_quarantine
from goodstanding.kernel import Fixed, FixedClock, GoodStandingError, Noted
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)
Sealed = Callable[[], list[Record]]


def fine(no: int | str = 1, /, **changed: str) -> str:
    """A line of `fines` about a decision that has not ended on the days below."""
    return any_fine(no, **{"date": "01.02.2024", **changed})


def with_fines(pack: Pack, **changed: Any) -> Pack:
    """The pack with another contract for `fines`: a full list whose missing rows end."""
    terms: dict[str, Any] = {
        "snapshot": True,
        "missing": Missing.ENDED,
        "min_share_of_last": None,
        "max_rejected_share": None,
    }
    source = replace(pack.sources["fines"], **{**terms, **changed})
    return replace(pack, sources={**pack.sources, "fines": source})


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(GoodStandingError) as refusal:
        action()
    return refusal.value.code.id


def reasons(report: IngestReport) -> list[tuple[int, str, str | None]]:
    assert report.quarantine is not None
    return [(q.row, q.code, q.value) for q in read_quarantine(report.quarantine)]


def standing(records: Iterable[Record], on: date) -> dict[str, str]:
    """Key -> amount of what stands on a day."""
    known = list(records)
    gone = {record.supersedes for record in known}
    return {
        r.source_key: str(r.facts["amount"])
        for r in known
        if r.leaf not in gone
        and r.act != "withdrawal"
        and r.effective_on <= on
        and (r.ends_on is None or on < r.ends_on)
    }


DAY1, DAY2, DAY3 = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)


class TestDates:
    """What day a delivery is of."""

    def test_a_full_list_without_a_date_is_refused(
        self, deliver: Deliver, harbour: Pack, node: Node
    ) -> None:
        before = node.log.head
        pack = with_fines(harbour)
        assert code_of(lambda: deliver([fine(1)], pack=pack, as_of=None)) == "GS-INGEST-030"
        assert node.log.head == before

    def test_a_date_in_the_future_is_refused(self, deliver: Deliver) -> None:
        assert code_of(lambda: deliver([fine(1)], as_of=date(2024, 6, 2))) == "GS-INGEST-031"

    def test_a_date_before_the_catalogue_is_refused(self, deliver: Deliver) -> None:
        assert code_of(lambda: deliver([fine(1)], as_of=date(2014, 12, 31))) == "GS-INGEST-036"

    def test_a_file_without_a_date_is_of_the_day_it_comes(self, deliver: Deliver) -> None:
        assert deliver([fine(1)]).as_of == date(2024, 6, 1)

    def test_the_file_name_says_it(
        self, node: Node, harbour: Pack, clock: FixedClock, tmp_path: Path
    ) -> None:
        label = Label(file_name=r"fines-([0-9]{8})\.csv", format="%Y%m%d")
        pack = with_fines(harbour, dated_by=label)
        path = tmp_path / "fines-20240401.csv"
        path.write_text("\n".join([HEADER, fine(1), ""]), "utf-8")

        def take(path: Path, as_of: date | None = None) -> IngestReport:
            handed = Handover(as_of)
            return ingest(node, pack, "fines", path, clock=clock, noted=NOTED, handover=handed)

        assert take(path).as_of == DAY2
        assert code_of(lambda: take(path, DAY1)) == "GS-INGEST-034"
        other = path.rename(tmp_path / "fines.csv")
        assert code_of(lambda: take(other)) == "GS-INGEST-033"
        assert take(other, DAY2).as_of == DAY2
        assert code_of(lambda: take(other.rename(tmp_path / "fines-20243001.csv"))) == (
            "GS-INGEST-033"
        )

    def test_a_column_says_it(self, deliver: Deliver, harbour: Pack) -> None:
        label = Label(column="paid", format="%d.%m.%Y")
        pack = with_fines(harbour, dated_by=label)
        rows = [fine(n, paid="01.04.2024") for n in (1, 2)]
        assert deliver(rows, pack=pack, as_of=None).as_of == DAY2
        mixed = [fine(1, paid="01.04.2024"), fine(2, paid="02.04.2024")]
        assert code_of(lambda: deliver(mixed, pack=pack, as_of=None)) == "GS-INGEST-033"


class TestOrder:
    """An older delivery."""

    def test_an_older_list_is_refused(self, deliver: Deliver, harbour: Pack, node: Node) -> None:
        pack = with_fines(harbour)
        deliver([fine(1)], pack=pack, as_of=DAY2)
        before = node.log.head
        older = [fine(1), fine(2)]
        assert code_of(lambda: deliver(older, pack=pack, as_of=DAY1)) == "GS-INGEST-032"
        assert node.log.head == before

    def test_the_same_file_again_after_a_newer_one_is_refused(self, deliver: Deliver) -> None:
        deliver([fine(1)], as_of=DAY1)
        deliver([fine(1, amount="60.00")], as_of=DAY2)
        assert code_of(lambda: deliver([fine(1)])) == "GS-INGEST-038"

    def test_the_same_file_again_on_the_same_day_undoes_nothing(self, deliver: Deliver) -> None:
        for amount in ("100.00", "60.00"):
            deliver([fine(1, amount=amount)])
        assert code_of(lambda: deliver([fine(1, amount="100.00")])) == "GS-INGEST-038"
        assert deliver([fine(1, amount="100.00")], again=True).older == 1

    def test_on_purpose_it_adds_what_is_not_there_and_changes_nothing(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY2)
        report = deliver([fine(1, amount="1.00"), fine(3)], pack=pack, as_of=DAY1, again=True)
        assert (report.new, report.corrected, report.older, report.ended) == (1, 0, 1, 0)
        assert any("older" in note for note in report.notes)
        late = sealed()[-1]
        assert (late.source_key, late.ends_on) == ("3", DAY2)
        assert set(standing(sealed(), DAY1)) == {"1", "2", "3"}
        assert standing(sealed(), DAY2) == {"1": "100.00", "2": "100.00"}

    def test_a_second_delivery_of_one_day_counts_and_is_said(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        report = deliver([fine(1)], pack=pack, as_of=DAY1)
        assert report.ended == 1
        assert any("same day" in note for note in report.notes)
        assert set(standing(sealed(), DAY1)) == {"1"}

    def test_the_same_list_of_a_later_day_is_told_once_more(
        self, deliver: Deliver, harbour: Pack, node: Node
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1)], pack=pack, as_of=DAY1)
        deliver([fine(1)], pack=pack, as_of=DAY2)
        days = [delivery.payload["as_of"] for delivery in node.index.deliveries("fines")]
        assert days == ["2024-03-01", "2024-04-01"]


class TestParts:
    """Mended rows of a delivery."""

    def test_they_are_of_its_day_and_end_nothing(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        first = deliver([fine(1), fine(2, amount="-1")], pack=pack, as_of=DAY1)
        assert first.quarantine is not None
        mended = first.quarantine.read_bytes().replace(b",-1,", b",70.00,")
        asked = code_of(lambda: deliver(mended, pack=pack, as_of=DAY2))
        assert asked == "GS-INGEST-034"
        part = deliver(mended, pack=pack, as_of=None)
        assert (part.as_of, part.new, part.ended) == (DAY1, 1, 0)
        assert set(standing(sealed(), DAY1)) == {"1", "2"}

    def test_after_a_newer_list_they_are_older(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        first = deliver([fine(1), fine(2, amount="-1")], pack=pack, as_of=DAY1)
        deliver([fine(1)], pack=pack, as_of=DAY2)
        assert first.quarantine is not None
        mended = first.quarantine.read_bytes().replace(b",-1,", b",70.00,")
        assert code_of(lambda: deliver(mended, pack=pack, as_of=None)) == "GS-INGEST-032"
        assert deliver(mended, pack=pack, as_of=None, again=True).new == 1
        assert set(standing(sealed(), DAY1)) == {"1", "2"}
        assert set(standing(sealed(), DAY2)) == {"1"}


class TestMissing:
    """What a full list no longer has."""

    def test_it_ends_on_the_day_of_the_list_and_stood_until_then(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        report = deliver([fine(1)], pack=pack, as_of=DAY2)
        assert (report.ended, report.withdrawn, report.corrected) == (1, 0, 0)
        ended = sealed()[-1]
        assert (ended.act, ended.source_key, ended.ends_on, ended.row) == (
            "correction", "2", DAY2, 0,
        )  # fmt: skip
        assert set(standing(sealed(), DAY2 - timedelta(1))) == {"1", "2"}
        assert set(standing(sealed(), DAY2)) == {"1"}

    def test_it_comes_back_with_what_an_officer_corrected(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        deliver([fine(1)], pack=pack, as_of=DAY2)
        report = deliver([fine(1), fine(2)], pack=pack, as_of=DAY3)
        assert (report.corrected, report.ended, report.unchanged) == (1, 0, 1)
        assert set(standing(sealed(), DAY3)) == {"1", "2"}

    def test_nothing_ends_while_a_row_has_lost_its_key_and_that_is_said(
        self, deliver: Deliver, harbour: Pack
    ) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        report = deliver([fine(1), fine("")], pack=pack, as_of=DAY2)
        assert report.ended == 0
        assert any("no record counts as missing" in note for note in report.notes)

    def test_nothing_means_nothing(self, deliver: Deliver, harbour: Pack) -> None:
        pack = with_fines(harbour, missing=Missing.NOTHING)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        report = deliver([fine(1)], pack=pack, as_of=DAY2)
        assert (report.ended, report.withdrawn) == (0, 0)

    def test_what_ends_once_ends_once(self, deliver: Deliver, harbour: Pack, node: Node) -> None:
        pack = with_fines(harbour)
        deliver([fine(1), fine(2)], pack=pack, as_of=DAY1)
        deliver([fine(1)], pack=pack, as_of=DAY2)
        size = node.log.head.size
        report = deliver([fine(1)], pack=pack, as_of=DAY3)
        assert (report.ended, node.log.head.size) == (0, size + 1)


class TestSeries:
    """Files that are compared with each other."""

    def test_a_full_list_is_full_for_its_series_alone(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour, series=Label(column="berth"))
        deliver([fine(1, berth="N1"), fine(2, berth="N1")], pack=pack, as_of=DAY1)
        report = deliver([fine(3, berth="S2")], pack=pack, as_of=DAY2)
        assert (report.series, report.ended) == ("S2", 0)
        assert deliver([fine(1, berth="N1")], pack=pack, as_of=DAY2).ended == 1
        assert set(standing(sealed(), DAY2)) == {"1", "3"}

    def test_rows_are_counted_against_the_last_of_the_series(
        self, deliver: Deliver, harbour: Pack
    ) -> None:
        half = Fixed(5000, 4)
        pack = with_fines(harbour, series=Label(column="berth"), min_share_of_last=half)
        deliver([fine(n, berth="N1") for n in range(20)], pack=pack, as_of=DAY1)
        deliver([fine(99, berth="S2")], pack=pack, as_of=DAY2)
        short = [fine(1, berth="N1")]
        assert code_of(lambda: deliver(short, pack=pack, as_of=DAY2)) == "GS-INGEST-007"

    def test_a_file_of_two_series_is_refused(self, deliver: Deliver, harbour: Pack) -> None:
        pack = with_fines(harbour, series=Label(column="berth"))
        mixed = [fine(1, berth="N1"), fine(2, berth="S2")]
        assert code_of(lambda: deliver(mixed, pack=pack, as_of=DAY1)) == "GS-INGEST-035"

    def test_an_older_file_of_another_series_is_no_older_file(
        self, deliver: Deliver, harbour: Pack
    ) -> None:
        pack = with_fines(harbour, series=Label(column="berth"))
        deliver([fine(1, berth="N1")], pack=pack, as_of=DAY2)
        assert deliver([fine(2, berth="S2")], pack=pack, as_of=DAY1).new == 1


class TestGates:
    """What the contract declares, and nothing else."""

    def test_there_is_no_gate_that_the_contract_did_not_declare(
        self, deliver: Deliver, harbour: Pack
    ) -> None:
        pack = with_fines(harbour, snapshot=False, missing=Missing.NOTHING)
        deliver([fine(n) for n in range(50)], pack=pack)
        assert deliver([fine(1, amount="-1")], pack=pack).rejected == 1

    def test_rows_left_out_by_a_check_are_no_faults(self, deliver: Deliver, harbour: Pack) -> None:
        other = ContractCheck("other_berth", "berth = 'S2'", {"en": "Of another scheme."}, None)
        pack = with_fines(harbour, checks=(other,), max_rejected_share=Fixed(500, 4))
        rows = [fine(n, berth="S2") for n in range(30)]
        report = deliver(rows, pack=pack, as_of=DAY1)
        assert (report.read, report.rejected, report.left_out, report.faults) == (30, 30, 30, 0)

    def test_a_fault_found_by_a_check_is_a_fault(self, deliver: Deliver, harbour: Pack) -> None:
        wrong = ContractCheck("wrong", "berth = 'S2'", {"en": "Not so."}, None, fault=True)
        pack = with_fines(harbour, checks=(wrong,), max_rejected_share=Fixed(500, 4))
        rows = [fine(n, berth="S2") for n in range(30)]
        assert code_of(lambda: deliver(rows, pack=pack, as_of=DAY1)) == "GS-INGEST-008"


class TestKeys:
    """One key, one record, one subject."""

    def test_a_key_for_another_subject_is_rejected_with_both(
        self, deliver: Deliver, sealed: Sealed
    ) -> None:
        deliver([fine(1)])
        report = deliver([fine(1, operator="lum-op:0002"), fine(2)])
        said = "1 (for lum-op:0001, here lum-op:0002)"
        assert reasons(report) == [(2, "GS-INGEST-173", said)]
        assert {record.subject for record in sealed()} == {"lum-op:0001"}

    @pytest.mark.parametrize(("one", "other"), [("a1", "A1"), ("K1", "Ｋ１")])
    def test_keys_that_differ_by_case_or_width_are_rejected(
        self, deliver: Deliver, one: str, other: str
    ) -> None:
        report = deliver([fine(one), fine(other), fine("x")])
        assert [(row, code) for row, code, _ in reasons(report)] == [
            (2, "GS-INGEST-174"), (3, "GS-INGEST-174"),
        ]  # fmt: skip
        deliver([fine(one)], allow_fewer=True)
        later = deliver([fine(other), fine("y")])
        assert reasons(later) == [(2, "GS-INGEST-174", f"{other} (beside {one})")]

    def test_where_case_makes_a_difference_the_contract_says_so(
        self, deliver: Deliver, harbour: Pack
    ) -> None:
        pack = with_fines(harbour, near_keys=NearKeys.DISTINCT)
        assert deliver([fine("a1"), fine("A1")], pack=pack, as_of=DAY1).new == 2

    def test_a_near_key_in_a_full_list_ends_nothing(self, deliver: Deliver, harbour: Pack) -> None:
        pack = with_fines(harbour)
        deliver([fine("a1"), fine("b")], pack=pack, as_of=DAY1)
        assert deliver([fine("A1"), fine("b")], pack=pack, as_of=DAY2).ended == 0

    def test_equal_rows_may_be_facts_of_their_own(
        self, deliver: Deliver, harbour: Pack, sealed: Sealed
    ) -> None:
        pack = with_fines(harbour, repeats=Repeats.COUNT)
        assert deliver([fine(1), fine(1), fine(2)], pack=pack, as_of=DAY1).new == 3
        assert {record.source_key for record in sealed()} == {"1", "1 #2", "2"}
        again = deliver([fine(1), fine(1), fine(2)], pack=pack, as_of=DAY2)
        assert (again.unchanged, again.ended) == (3, 0)
        assert deliver([fine(1), fine(2)], pack=pack, as_of=DAY3).ended == 1


class TestCodes:
    """Codes are compared as the contract says."""

    def test_exactly_unless_it_says_otherwise(self, deliver: Deliver) -> None:
        assert reasons(deliver([fine(1, berth="n1"), fine(2)])) == [(2, "GS-INGEST-153", "n1")]

    def test_without_case_and_blanks(self, deliver: Deliver, harbour: Pack, sealed: Sealed) -> None:
        pack = with_fines(harbour, codes=CodeRule(fold_case=True, fold_blanks=True))
        deliver([fine(1, berth="n 1")], pack=pack, as_of=DAY1)
        (record,) = sealed()
        assert record.facts["berth"] == "N1"
        assert '"berth":"n 1"' in record.original
