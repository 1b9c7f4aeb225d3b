"""A delivery is taken whole or not at all; every row is accounted for; the same is the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.ingest.conftest import HEADER, Deliver, fine

from goodstanding.catalogue import Pack, load_pack
from goodstanding.ingest import ingest, quarantine_files, read_quarantine
from goodstanding.ingest.contract import check_contract
from goodstanding.kernel import Fixed, FixedClock, GoodStandingError, Noted, hash_hex
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)

Sealed = Callable[[], list[Record]]


def test_a_good_row_becomes_a_record(deliver: Deliver, sealed: Sealed) -> None:
    report = deliver([fine(7)])
    assert (report.read, report.accepted, report.rejected, report.new) == (1, 1, 0, 1)
    (record,) = sealed()
    assert (record.act, record.source, record.source_key, record.item) == (
        "record",
        "fines",
        "7",
        "berth_fine",
    )
    assert (record.subject, record.subject_kind) == ("lum-op:0001", "operator")
    assert (record.basis, record.document) == ("port_act.3", "Fine no. 7")
    assert record.decided_on == record.effective_on == date(2020, 2, 3)
    assert record.facts == {
        "amount": Fixed(10000, 2),
        "berth": "N1",
        "hours": 4,
        "paid_on": None,
        "repeated": False,
    }


def test_the_end_is_computed_from_the_retention_on_its_date(
    deliver: Deliver, sealed: Sealed
) -> None:
    deliver([fine(1, date="31.12.2021"), fine(2, date="01.01.2022"), fine(3, date="29.02.2020")])
    ends = {record.source_key: record.ends_on for record in sealed()}
    assert ends == {"1": date(2023, 12, 31), "2": date(2023, 1, 1), "3": date(2022, 2, 28)}


def test_the_messy_truth_is_kept(deliver: Deliver, sealed: Sealed, node: Node) -> None:
    report = deliver([fine(1, name="  Cafe\u0301 Lines ", amount="12.5")])
    (record,) = sealed()
    assert record.subject_name == "Café Lines"
    assert json.loads(record.original) == {
        "subject_name": "  Cafe\u0301 Lines ",
        "amount": "12.5",
        "decided_on": "03.02.2020",
    }
    (kept,) = node.layout.deliveries.iterdir()
    assert hash_hex(kept.read_bytes()) == report.sha256 == record.delivery == kept.stem


def test_rejected_rows_come_back_with_every_reason(deliver: Deliver, sealed: Sealed) -> None:
    report = deliver([fine(1), fine(2, amount="-1", berth="X9"), fine(3, date="30.02.2020")])
    assert (report.read, report.accepted, report.rejected) == (3, 1, 2)
    assert report.quarantine is not None
    reasons = [(q.row, q.code, q.field, q.value) for q in read_quarantine(report.quarantine)]
    assert reasons == [
        (3, "GS-INGEST-152", "amount", "-1"),
        (3, "GS-INGEST-153", "berth", "X9"),
        (4, "GS-INGEST-131", "decided_on", "30.02.2020"),
    ]
    assert [record.source_key for record in sealed()] == ["1"]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"date": "30.02.2020"}, "GS-INGEST-131", "decided_on"),
        ({"date": "2020"}, "GS-INGEST-131", "decided_on"),
        ({"date": ""}, "GS-INGEST-130", "decided_on"),
        ({"date": "02.06.2024"}, "GS-INGEST-133", "decided_on"),
        ({"date": "31.12.2014"}, "GS-INGEST-111", "decided_on"),
        ({"amount": "-0.01"}, "GS-INGEST-152", "amount"),
        ({"amount": "5000.01"}, "GS-INGEST-152", "amount"),
        ({"amount": "1.005"}, "GS-INGEST-151", "amount"),
        ({"amount": "1e3"}, "GS-INGEST-151", "amount"),
        ({"amount": "NaN"}, "GS-INGEST-151", "amount"),
        ({"amount": "99999999999999999999"}, "GS-INGEST-151", "amount"),
        ({"amount": ""}, "GS-INGEST-150", "amount"),
        ({"hours": "-1"}, "GS-INGEST-152", "hours"),
        ({"hours": "156"}, "GS-INGEST-152", "hours"),
        ({"hours": "4.5"}, "GS-INGEST-151", "hours"),
        ({"berth": "n1"}, "GS-INGEST-153", "berth"),
        ({"berth": ""}, "GS-INGEST-150", "berth"),
        ({"repeated": "maybe"}, "GS-INGEST-151", "repeated"),
        ({"paid": "31.06.2020"}, "GS-INGEST-151", "paid_on"),
        ({"operator": "0001"}, "GS-INGEST-121", "subject"),
        ({"operator": "lum-op:1"}, "GS-INGEST-121", "subject"),
        ({"operator": "xx-op:0001"}, "GS-INGEST-121", "subject"),
        ({"operator": "lum-op:0001 "}, None, ""),
        ({"operator": ""}, "GS-INGEST-130", "subject"),
        ({"operator": "lum-res:0001"}, "GS-PERSON-001", "subject"),
        ({"name": ""}, "GS-INGEST-130", "subject_name"),
        ({"name": "Lum\x1ben"}, "GS-INGEST-102", "subject_name"),
        ({"name": '"Lu\tmen"'}, "GS-INGEST-102", "subject_name"),
        ({"name": '"Lu\nmen"'}, "GS-INGEST-102", "subject_name"),
        ({"name": "=cmd|' /C calc'!A0"}, "GS-INGEST-103", "subject_name"),
        ({"name": "@SUM(A1)"}, "GS-INGEST-103", "subject_name"),
        ({"name": "@Nine Ferries"}, None, ""),
        ({"name": "流明渡轮有限公司"}, None, ""),
        ({"authority": "ferry_board"}, "GS-INGEST-112", "authority"),
        ({"authority": "navy"}, "GS-INGEST-112", "authority"),
        ({"item": "sailing_permit"}, "GS-INGEST-110", "item"),
        ({"item": "jaywalking"}, "GS-INGEST-110", "item"),
        ({"no": ""}, "GS-INGEST-130", "source_key"),
        ({"no": "TEST"}, "GS-INGEST-140", "row"),
    ],
)
def test_each_fault_has_its_code(
    deliver: Deliver, sealed: Sealed, changed: dict[str, str], code: str | None, field: str
) -> None:
    report = deliver([fine("good"), fine("other", **changed)])
    assert report.accepted + report.rejected == report.read == 2
    assert len(sealed()) == report.accepted == (2 if code is None else 1)
    if code:
        assert report.quarantine is not None
        found = [(q.code, q.field) for q in read_quarantine(report.quarantine)]
        assert (code, field) in found


def test_an_item_that_has_ended_takes_no_later_decision(deliver: Deliver) -> None:
    rows = b"".join(
        json.dumps(
            {"no": f"{n}", "operator": "0001", "name": "Lumen", "date": day, "route": "N"}
        ).encode()
        + b"\n"
        for n, day in enumerate(["2015-12-31", "2016-01-01", "2023-12-31", "2024-01-01"])
    )
    report = deliver(rows, source="permits", suffix=".jsonl")
    assert (report.accepted, report.rejected) == (2, 2)
    assert [reason[0] for reason in report.reasons] == ["GS-INGEST-111"]


def test_a_line_that_cannot_be_split_is_accounted_for(deliver: Deliver) -> None:
    report = deliver([fine(1), "2,too,short", fine(3) + ",too,long"])
    assert (report.read, report.accepted, report.rejected) == (3, 1, 2)
    assert report.reasons == (
        ("GS-INGEST-101", "The line cannot be split into the columns of the file.", 2),
    )


def test_duplicates_that_contradict_are_both_rejected(deliver: Deliver, sealed: Sealed) -> None:
    report = deliver([fine(1), fine(2, amount="1"), fine(2, amount="2")])
    assert (report.accepted, report.rejected) == (1, 2)
    assert [reason[0] for reason in report.reasons] == ["GS-INGEST-170"]
    assert [record.source_key for record in sealed()] == ["1"]


def test_a_row_said_again_is_refused_with_how_often(deliver: Deliver, sealed: Sealed) -> None:
    report = deliver([fine(1), fine(1), fine(1)])
    assert (report.accepted, report.new, report.rejected) == (1, 1, 2)
    assert report.quarantine is not None
    said = [(q.row, q.code, q.value) for q in read_quarantine(report.quarantine)]
    assert said == [(row, "GS-INGEST-171", "1 (as row 2, 3 times in all)") for row in (3, 4)]
    assert len(sealed()) == 1


def test_the_same_file_again_changes_nothing(deliver: Deliver, node: Node) -> None:
    deliver([fine(1), fine(2)])
    before = node.log.head
    report = deliver([fine(1), fine(2)])
    assert (report.new, report.corrected, report.unchanged) == (0, 0, 2)
    assert node.log.head == before


def test_changed_content_is_a_correction_that_supersedes(
    deliver: Deliver, sealed: Sealed, clock: FixedClock
) -> None:
    deliver([fine(1), fine(2)])
    clock.instant += timedelta(days=1)
    report = deliver([fine(1, amount="60.00"), fine(2)])
    assert (report.new, report.corrected, report.unchanged) == (0, 1, 1)
    first, _, corrected = sealed()
    assert (corrected.act, corrected.supersedes) == ("correction", first.leaf)
    assert corrected.known_at > first.known_at


def test_going_back_to_an_earlier_content_is_a_correction_too(
    deliver: Deliver, sealed: Sealed
) -> None:
    for day, amount in enumerate(("100.00", "60.00", "100.00"), start=1):
        deliver([fine(1, amount=amount)], as_of=date(2024, 5, day))
    assert [record.act for record in sealed()] == ["record", "correction", "correction"]


def test_a_missing_row_is_no_withdrawal(deliver: Deliver, sealed: Sealed) -> None:
    deliver([fine(1), fine(2)])
    deliver([fine(1, amount="1")])
    assert [record.act for record in sealed()] == ["record", "record", "correction"]


def _permits(*numbers: int, operator: str = "0001") -> bytes:
    return b"".join(
        b'{"no": "%d", "operator": "%s", "name": "Lumen", "date": "2020-01-01", "route": "N"}\n'
        % (number, operator.encode())
        for number in numbers
    )


def test_a_row_missing_from_a_snapshot_is_withdrawn(deliver: Deliver, sealed: Sealed) -> None:
    deliver(_permits(1, 2), source="permits", suffix=".jsonl")
    report = deliver(_permits(1), source="permits", suffix=".jsonl")
    assert (report.unchanged, report.withdrawn) == (1, 1)
    withdrawn = sealed()[-1]
    assert (withdrawn.act, withdrawn.source_key, withdrawn.supersedes) == ("withdrawal", "2", 3)


def test_what_was_withdrawn_may_come_back(deliver: Deliver, sealed: Sealed) -> None:
    for day, numbers in enumerate(((1, 2), (1,), (1, 2)), start=1):
        of = date(2024, 5, day)
        deliver(_permits(*numbers), source="permits", suffix=".jsonl", as_of=of)
    acts = [(record.act, record.source_key, record.supersedes) for record in sealed()[2:]]
    assert acts == [("withdrawal", "2", 3), ("correction", "2", 5)]


def test_a_rejected_row_of_a_snapshot_withdraws_nothing(deliver: Deliver) -> None:
    deliver(_permits(1, 2), source="permits", suffix=".jsonl")
    faulty = _permits(1) + _permits(2, operator="nobody")
    report = deliver(faulty, source="permits", suffix=".jsonl")
    assert (report.rejected, report.withdrawn) == (1, 0)


def test_fewer_rows_than_last_time_stop_the_delivery(deliver: Deliver, node: Node) -> None:
    deliver([fine(n) for n in range(20)])
    before = node.log.head
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1), fine(2)])
    assert refusal.value.code.id == "GS-INGEST-007"
    assert node.log.head == before
    assert len(list(node.layout.deliveries.iterdir())) == 1
    assert deliver([fine(1), fine(2)], allow_fewer=True).unchanged == 2


def test_too_many_faults_stop_the_delivery(deliver: Deliver, harbour: Pack, node: Node) -> None:
    strict = replace(harbour.sources["fines"], max_rejected_share=Fixed(2000, 4))
    pack = replace(harbour, sources={**harbour.sources, "fines": strict})
    rows = [fine(n, amount="-1" if n < 2 else "1") for n in range(9)]
    with pytest.raises(GoodStandingError) as refusal:
        deliver(rows, pack=pack)
    assert refusal.value.code.id == "GS-INGEST-008"
    assert not list(node.layout.deliveries.iterdir())
    assert len(quarantine_files(node.layout.quarantine)) == 1
    assert deliver([*rows, fine(9)], pack=pack).rejected == 2


@pytest.mark.parametrize(
    ("content", "suffix", "source", "code"),
    [
        (b"", ".csv", "fines", "GS-INGEST-003"),
        (HEADER.encode() + b"\n", ".csv", "fines", "GS-INGEST-003"),
        (HEADER.encode() + b"\n1,lum-op:0001,Caf\xe9\n", ".csv", "fines", "GS-INGEST-004"),
        (HEADER.replace("amount", "amounts").encode() + b"\n", ".csv", "fines", "GS-INGEST-006"),
        (b'{"no": "1", "operator": ', ".jsonl", "permits", "GS-INGEST-008"),
        (b'{"no": "1"}\n', ".jsonl", "permits", "GS-INGEST-006"),
        (b"PAR1 and then nothing", ".parquet", "surveys", "GS-INGEST-005"),
    ],
)
def test_a_broken_file_is_refused_whole(
    deliver: Deliver,
    harbour: Pack,
    node: Node,
    content: bytes,
    suffix: str,
    source: str,
    code: str,
) -> None:
    surveys = replace(harbour.sources["permits"], id="surveys", format="parquet")
    pack = replace(harbour, sources={**harbour.sources, "surveys": surveys})
    before = node.log.head
    with pytest.raises(GoodStandingError) as refusal:
        deliver(content, pack=pack, source=source, suffix=suffix)
    assert refusal.value.code.id == code
    assert node.log.head == before
    assert not list(node.layout.deliveries.iterdir())


def test_a_truncated_parquet_file_is_refused_whole(
    deliver: Deliver, harbour: Pack, tmp_path: Path, node: Node
) -> None:
    whole = tmp_path / "whole.parquet"
    same = {"operator": "0001", "name": "Lumen", "date": "2020-01-01", "route": "N"}
    rows = [{"no": str(n), **same} for n in range(5000)]
    pq.write_table(pa.Table.from_pylist(rows), whole)
    surveys = replace(harbour.sources["permits"], id="surveys", format="parquet")
    pack = replace(harbour, sources={"surveys": surveys})
    content = whole.read_bytes()
    with pytest.raises(GoodStandingError) as refusal:
        deliver(content[: len(content) // 2], pack=pack, source="surveys", suffix=".parquet")
    assert refusal.value.code.id == "GS-INGEST-005"
    assert not list(node.layout.deliveries.iterdir())
    assert deliver(content, pack=pack, source="surveys", suffix=".parquet").read == 5000


def test_a_select_that_fails_on_a_value_refuses_the_file(
    deliver: Deliver, harbour: Pack, node: Node
) -> None:
    fines = harbour.sources["fines"]
    strict = replace(fines, sql=fines.sql.replace("    hours,", "    CAST(hours AS INT) AS hours,"))
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1), fine(2, hours="four")], pack=replace(harbour, sources={"fines": strict}))
    assert refusal.value.code.id == "GS-INGEST-011"
    assert refusal.value.what.endswith("`hours` cannot be made in row 3, where hours = 'four'.")
    assert not list(node.layout.deliveries.iterdir())


def test_a_renamed_column_is_named(deliver: Deliver) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1)], header=HEADER.replace("amount", "amounts"))
    assert "'amount' (amount is perhaps 'amounts')" in refusal.value.what


def test_an_unknown_source_is_answered_with_those_there_are(deliver: Deliver) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1)], source="fine")
    assert refusal.value.code.id == "GS-INGEST-001"
    assert "fines, permits" in refusal.value.what


def test_what_a_killed_process_left_is_deleted(deliver: Deliver, node: Node) -> None:
    left = node.folder / ".receiving-killed"
    left.mkdir()
    (left / "original.csv").write_text("an agency's file", "utf-8")
    deliver([fine(1)])
    assert not list(node.folder.glob(".receiving-*"))


def test_two_deliveries_at_once_are_taken_one_after_the_other(
    node: Node, harbour: Pack, clock: FixedClock, tmp_path: Path, sealed: Sealed
) -> None:
    def take(part: int) -> int:
        path = tmp_path / f"part{part}.csv"
        rows = [fine(n) for n in range(100 * part, 100 * part + 150)]
        path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
        return ingest(Node.open(node.folder), harbour, "fines", path, clock=clock, noted=NOTED).new

    with ThreadPoolExecutor(3) as pool:
        new = list(pool.map(take, range(3)))
    assert sum(new) == len(sealed()) == 350
    assert len({record.source_key for record in sealed()}) == 350


def test_there_is_no_such_file(node: Node, harbour: Pack, clock: FixedClock) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        ingest(node, harbour, "fines", Path("nowhere.csv"), clock=clock, noted=NOTED)
    assert refusal.value.code.id == "GS-INGEST-002"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "windows-1252", "latin-1"])
def test_any_declared_encoding_is_read(
    deliver: Deliver, sealed: Sealed, harbour: Pack, encoding: str
) -> None:
    name = "流明渡轮" if encoding in ("gb18030", "utf-16") else "Café Ångström"
    source = replace(harbour.sources["fines"], encoding=encoding)
    pack = replace(harbour, sources={**harbour.sources, "fines": source})
    content = "\n".join([HEADER, fine(1, name=name), ""]).encode(encoding)
    deliver(content, pack=pack)
    assert [record.subject_name for record in sealed()] == [name]


def test_an_unknown_encoding_is_refused(deliver: Deliver, harbour: Pack) -> None:
    source = replace(harbour.sources["fines"], encoding="klingon")
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1)], pack=replace(harbour, sources={"fines": source}))
    assert refusal.value.code.id == "GS-INGEST-010"


def test_no_cell_of_a_quarantine_file_runs_in_a_spreadsheet(deliver: Deliver) -> None:
    report = deliver([fine(1, name="=1+1", berth="@x"), fine(2)])
    assert report.quarantine is not None
    text = report.quarantine.read_text("utf-8")
    assert "'=1+1" in text
    assert ",=" not in text
    assert ",@" not in text


class TestAFileWithoutNames:
    @pytest.fixture
    def nameless(self, harbour_folder: Path) -> Pack:
        """The pack, whose fines name nobody."""
        sql = harbour_folder / "sources" / "fines.sql"
        sql.write_text(sql.read_text().replace("    name AS subject_name,\n", ""))
        return load_pack(harbour_folder)

    def test_its_rows_are_taken_without_a_name(
        self, deliver: Deliver, nameless: Pack, sealed: Sealed
    ) -> None:
        report = deliver([fine(1), fine(2)], pack=nameless)
        assert (report.accepted, report.rejected) == (2, 0)
        assert [record.subject_name for record in sealed()] == ["", ""]
        again = deliver([fine(1), fine(2)], pack=nameless)
        assert again.unchanged == 2

    def test_where_the_file_has_names_each_row_needs_one(self, deliver: Deliver) -> None:
        assert deliver([fine(1, name=""), fine(2)]).rejected == 1

    def test_marks_of_persons_cannot_be_looked_for(self, harbour_folder: Path) -> None:
        sql, contract = (harbour_folder / "sources" / f"fines.{kind}" for kind in ("sql", "yaml"))
        sql.write_text(sql.read_text().replace("    name AS subject_name,\n", ""))
        told = "persons: {told_by: marks, marks: [trading as]}"
        contract.write_text(contract.read_text().replace("persons: {told_by: identifier}", told))
        pack = load_pack(harbour_folder)
        (refusal,) = check_contract(pack.sources["fines"], pack)
        assert refusal.code.id == "GS-INGEST-009"
        assert "subject_name" in refusal.what
