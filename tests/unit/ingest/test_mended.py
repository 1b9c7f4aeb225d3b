"""A mended quarantine is a part of its delivery: nothing follows from what it does not hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from tests.unit.ingest.conftest import HEADER, Deliver, fine

from goodstanding.ingest import IngestReport, read_quarantine
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Node, Record

Sealed = Callable[[], list[Record]]


def mended(
    report: IngestReport,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    drop: str = "",
    **changed: str,
) -> bytes:
    """The quarantine file as a spreadsheet saves it, with some cells of every row mended."""
    assert report.quarantine is not None
    with report.quarantine.open(encoding="utf-8-sig", newline="") as lines:
        rows = [{**row, **changed} for row in csv.DictReader(lines)]
    out = StringIO()
    columns = [column for column in rows[0] if column not in drop.split(",")]
    writer = csv.DictWriter(out, columns, extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.fixture
def faulty(deliver: Deliver) -> IngestReport:
    return deliver([fine(1), fine(2, name="Zoë; Söhne", amount="-1"), fine(3, amount="-1")])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_it_is_taken_however_a_spreadsheet_saves_it(
    deliver: Deliver, sealed: Sealed, faulty: IngestReport, delimiter: str, encoding: str
) -> None:
    report = deliver(mended(faulty, delimiter, encoding, amount="5.00"))
    assert (report.read, report.accepted, report.new) == (2, 2, 2)
    assert {r.subject_name for r in sealed() if r.source_key == "2"} == {"Zoë; Söhne"}


def test_only_the_delivery_s_name_is_needed_beside_the_agency_s_columns(
    deliver: Deliver, faulty: IngestReport
) -> None:
    ours = "quarantine row,quarantine reasons,quarantine codes,quarantine line"
    assert deliver(mended(faulty, drop=ours, amount="5.00")).new == 2


def test_what_is_left_unmended_is_sent_back_again(
    deliver: Deliver, node: Node, faulty: IngestReport
) -> None:
    report = deliver(mended(faulty))
    assert (report.read, report.rejected, report.new) == (2, 2, 0)
    assert report.quarantine is not None
    again = deliver(mended(report, amount="5.00"))
    assert again.new == 2
    parts = [delivery.payload.get("part_of") for delivery in node.index.deliveries("fines")]
    assert parts == [None, faulty.sha256, faulty.sha256]


def test_a_line_mended_by_hand_is_a_row_and_one_left_is_a_line(
    deliver: Deliver, sealed: Sealed
) -> None:
    first = deliver([fine(1), "2,too,short"])
    second = deliver(mended(first))
    assert (second.read, second.rejected) == (1, 1)
    assert second.quarantine is not None
    (reason,) = read_quarantine(second.quarantine)
    assert (reason.field, reason.value) == ("line", "2,too,short")
    columns = HEADER.split(",")
    cells = dict(zip(columns, fine(2).split(","), strict=True))
    assert deliver(mended(second, **cells)).new == 1
    assert sealed()[-1].source_key == "2"


def permits(*operators: str) -> bytes:
    """A full list of permits, one for each operator."""
    rows = [
        {"no": str(n), "operator": operator, "name": "Lumen", "date": "2020-01-01", "route": "N"}
        for n, operator in enumerate(operators, 1)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_a_part_of_a_full_list_withdraws_nothing(deliver: Deliver) -> None:
    source = {"source": "permits", "suffix": ".jsonl"}
    first = deliver(permits("0001", "0002", "nobody"), **source)
    part = deliver(mended(first, operator="0003"), source="permits")
    assert (part.read, part.new, part.withdrawn) == (1, 1, 0)


def test_the_next_full_list_is_compared_with_a_whole_one(deliver: Deliver) -> None:
    first = deliver(permits(*["0001"] * 30, "nobody"), source="permits", suffix=".jsonl")
    deliver(mended(first, operator="0003"), source="permits")
    with pytest.raises(GoodStandingError, match="GS-INGEST-007"):
        deliver(permits("0001", "0001"), source="permits", suffix=".jsonl")


def refusal_of(deliver: Deliver, content: bytes, source: str = "fines") -> str:
    with pytest.raises(GoodStandingError) as refusal:
        deliver(content, source=source)
    return refusal.value.code.id


def test_a_part_of_no_delivery_of_this_source_is_refused(
    deliver: Deliver, node: Node, faulty: IngestReport
) -> None:
    before = node.log.head
    foreign = mended(faulty, **{"quarantine delivery": "ab" * 32})
    assert refusal_of(deliver, foreign) == "GS-INGEST-050"
    assert refusal_of(deliver, mended(faulty, date="2020-01-01", route="N"), "permits") in (
        "GS-INGEST-006",
        "GS-INGEST-050",
    )
    assert node.log.head == before


def test_a_part_of_what_was_refused_as_a_whole_is_refused(deliver: Deliver, node: Node) -> None:
    with pytest.raises(GoodStandingError, match="GS-INGEST-008"):
        deliver([fine(n, amount="-1") for n in range(100)])
    (file,) = node.layout.quarantine.glob("*.csv")
    assert refusal_of(deliver, file.read_bytes()) == "GS-INGEST-051"


def test_a_part_that_does_not_say_of_what_is_refused(
    deliver: Deliver, faulty: IngestReport
) -> None:
    assert refusal_of(deliver, mended(faulty, drop="quarantine delivery")) == "GS-INGEST-052"
    nameless = mended(faulty, **{"quarantine delivery": ""})
    assert refusal_of(deliver, nameless) == "GS-INGEST-052"


def test_rows_of_two_deliveries_are_refused(deliver: Deliver, faulty: IngestReport) -> None:
    other = mended(faulty).splitlines(keepends=True)[1].replace(faulty.sha256.encode(), b"cd" * 32)
    assert refusal_of(deliver, mended(faulty) + other) == "GS-INGEST-053"


def test_a_part_saved_in_another_encoding_is_refused(
    deliver: Deliver, faulty: IngestReport
) -> None:
    assert refusal_of(deliver, mended(faulty, encoding="windows-1252")) == "GS-INGEST-054"


def test_a_missing_column_of_the_agency_is_named(deliver: Deliver, faulty: IngestReport) -> None:
    assert refusal_of(deliver, mended(faulty, drop="berth")) == "GS-INGEST-006"


def test_the_mended_file_itself_is_kept(deliver: Deliver, node: Node, faulty: IngestReport) -> None:
    content = mended(faulty, amount="5.00")
    report = deliver(content)
    kept: Path = node.layout.deliveries / f"{report.sha256}.csv"
    assert kept.read_bytes() == content
