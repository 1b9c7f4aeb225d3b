"""What was erased by order does not come back, and nothing kept tells what it was."""

from __future__ import annotations

import hmac
from hashlib import sha256

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ingest.conftest import Deliver, fine

from goodstanding.catalogue import Pack
from goodstanding.ingest import erase_record, erased, read_quarantine
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Node

NOTED = Noted("test", 0)


@pytest.fixture
def erase_first(deliver: Deliver, node: Node, harbour: Pack, clock: FixedClock) -> int:
    """Two fines, of which the first is erased; the entry of the erasure."""
    deliver([fine(1), fine(2)])
    done = erase_record(
        node, harbour, 2, authority="harbour_office", basis="port_act.9", by="Registrar",
        reason="by order of the court",
        clock=clock, noted=NOTED,
    )  # fmt: skip
    return done.entry


def test_the_row_is_refused_with_the_order(deliver: Deliver, node: Node, erase_first: int) -> None:
    before = node.log.head.size
    report = deliver([fine(1, amount="60.00"), fine(2)])
    assert (report.new, report.unchanged, report.rejected) == (0, 1, 1)
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.code, reason.value) == ("GS-INGEST-175", f"entry {erase_first}")
    assert node.log.head.size == before + 1


def test_nothing_of_the_row_is_kept_when_it_is_sent_again(
    deliver: Deliver, node: Node, erase_first: int
) -> None:
    told = "Erased Ferries"
    rows = [fine(1, name=told, amount="-1"), fine(2), fine(3)]
    assert deliver(rows).rejected == 1
    kept = [*node.layout.deliveries.iterdir(), *node.layout.quarantine.iterdir()]
    assert len(kept) >= 3
    for file in kept:
        content = file.read_bytes()
        assert told.encode() not in content, file.name
        if file.suffix == ".parquet":
            assert told not in str(pq.read_table(file).to_pylist())


def test_also_after_the_index_is_built_again(
    deliver: Deliver, node: Node, erase_first: int
) -> None:
    node.index.rebuild()
    assert deliver([fine(1), fine(2)]).rejected == 1


def test_also_after_the_key_is_renewed(deliver: Deliver, node: Node, erase_first: int) -> None:
    erased.renew_keys(node)
    assert deliver([fine(1), fine(2)]).rejected == 1


def test_without_the_key_nothing_is_taken_until_its_loss_is_accepted(
    deliver: Deliver, node: Node, erase_first: int
) -> None:
    lost = erased.key_id(erased.read_keys(node).keys[0])
    erased.keys_file(node).unlink()
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1), fine(2)])
    assert refusal.value.code.id == "GS-INGEST-037"
    assert lost in refusal.value.remedy
    erased.accept_loss(node, lost)
    assert deliver([fine(1), fine(2)]).new == 1


def test_the_mark_tells_neither_source_nor_key(node: Node, erase_first: int) -> None:
    (mark,) = node.index.erased()
    assert "fines" not in mark
    assert mark != hmac.new(b"", b"5:fines1", sha256).hexdigest()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_sql_makes_the_same_marks(source_key: str) -> None:
    key = bytes(range(32))
    with duckdb.connect() as con:
        sql = erased.mark_sql(key, "fines")
        con.execute(f"SELECT {sql} FROM (SELECT ? AS source_key)", [source_key])
        ((made,),) = con.fetchall()
    message = f"5:fines{source_key}".encode()
    assert made == f"{erased.key_id(key)}:{hmac.new(key, message, sha256).hexdigest()}"
