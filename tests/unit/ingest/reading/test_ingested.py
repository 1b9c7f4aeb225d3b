"""What reading finds wrong with a row reaches the agency; kept originals are looked into again."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from tests.unit.ingest.conftest import HEADER, NOTED, Deliver, fine
from tests.workbooks import error, ods, xlsx, zipped

from goodstanding.catalogue import Pack
from goodstanding.ingest import read_quarantine
from goodstanding.ingest.redact import Erased, Redacted, redact_originals
from goodstanding.ingest.workplace import workplace
from goodstanding.register import Node


def changed(pack: Pack, **contract: Any) -> Pack:
    """The pack with another contract of its fines."""
    return replace(
        pack, sources={**pack.sources, "fines": replace(pack.sources["fines"], **contract)}
    )


def cells(*lines: str) -> list[list[object]]:
    return [list(line.split(",")) for line in (HEADER, *lines)]


def test_an_error_cell_rejects_its_row_alone(deliver: Deliver, harbour: Pack) -> None:
    rows = cells(fine(1), fine(2), fine(3))
    rows[2][4] = error("#REF!")
    rows[3][0] = 123456789012345678
    report = deliver(xlsx(rows), pack=changed(harbour, format="xlsx"), suffix=".xlsx")
    assert (report.read, report.accepted, report.rejected) == (3, 1, 2)
    assert report.quarantine is not None
    reasons = {(q.row, q.code): q for q in read_quarantine(report.quarantine)}
    assert reasons[3, "GS-INGEST-105"].sentence.endswith("'amount' holds the error #REF!.")
    assert (4, "GS-INGEST-106") in reasons


def test_what_is_no_object_comes_back_as_such(deliver: Deliver) -> None:
    good = b'{"no": "1", "operator": "0001", "name": "L", "date": "2020-01-01", "route": "N"}\n'
    twice = b'{"no": "2", "no": "3"}\n'
    report = deliver(good + twice, source="permits", suffix=".jsonl")
    assert (report.read, report.accepted, report.rejected) == (2, 1, 1)
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.row, reason.code) == (2, "GS-INGEST-104")
    assert reason.value == twice.decode().strip()


@pytest.mark.parametrize("packed", ["gz", "zip", "xlsx", "ods", "preamble"])
def test_a_kept_original_of_any_kind_is_looked_into_again(
    deliver: Deliver, node: Node, harbour: Pack, packed: str
) -> None:
    lines = "\n".join([HEADER, fine(6), fine(7), fine(8), ""]).encode()
    content, pack = {
        "gz": (gzip.compress(lines), harbour),
        "zip": (zipped({"list.csv": lines}), harbour),
        "xlsx": (xlsx(cells(fine(6), fine(7), fine(8))), changed(harbour, format="xlsx")),
        "ods": (ods(cells(fine(6), fine(7), fine(8))), changed(harbour, format="ods")),
        "preamble": (b"A list\n" + lines, changed(harbour, preamble=1)),
    }[packed]
    report = deliver(content, pack=pack)
    (kept,) = node.layout.deliveries.iterdir()
    assert kept.read_bytes() == content
    assert kept.stem == report.sha256
    node.index.consume()
    done, erased = Redacted(), Erased("fines", "7", (2,), ("7",))
    with workplace(node) as place:
        redact_originals(node, pack, pack.sources["fines"], erased, place, done)
    (left,) = node.layout.deliveries.iterdir()
    rows = duckdb.execute(f"SELECT row, no FROM '{left}' ORDER BY row").fetchall()
    first = 3 if packed == "preamble" else 2
    assert rows == [(first, "6"), (first + 2, "8")]
    assert done.deleted == [f"deliveries/{kept.name}"]
    assert node.log.records(range(2, 3), noted=NOTED)
