"""One record goes out of every file beside the register; what was said of others stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest
from tests.unit.ingest.conftest import HEADER, Deliver, fine

from goodstanding.catalogue import Pack
from goodstanding.ingest import quarantine_files, read_quarantine
from goodstanding.ingest.redact import (
    Erased,
    Redacted,
    delete_results,
    redact_originals,
    redact_quarantine,
)
from goodstanding.ingest.workplace import workplace
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Node

SEVEN = Erased("fines", "7", (2,), ("7", "Lumen Lines"))


Redact = Callable[..., Redacted]


@pytest.fixture
def redact(node: Node, harbour: Pack) -> Redact:
    """Take a record out of originals and quarantine."""

    def run(erased: Erased = SEVEN, pack: Pack = harbour) -> Redacted:
        done, source = Redacted(), pack.sources[erased.source]
        node.index.consume()
        with workplace(node) as folder:
            redact_originals(node, pack, source, erased, folder, done)
            redact_quarantine(node, pack, source, erased, folder, done)
        return done

    return run


def kept(node: Node) -> dict[str, list[tuple[object, ...]]]:
    """Every kept original that is redacted: its rows (line, key) as delivered."""
    return {
        file.name: duckdb.execute(f"SELECT row, no FROM '{file}' ORDER BY row").fetchall()
        for file in sorted(node.layout.deliveries.glob("*.redacted.parquet"))
    }


def test_a_kept_original_loses_the_row_and_keeps_the_others(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    report = deliver([fine(6), fine(7), fine(8)])
    done = redact()
    assert kept(node) == {f"{report.sha256}.redacted.parquet": [(2, "6"), (4, "8")]}
    assert done.deleted == [f"deliveries/{report.sha256}.csv"]


def test_a_delivery_that_does_not_hold_it_stays_to_the_byte(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    deliver([fine(6), fine(8)])
    (file,) = node.layout.deliveries.iterdir()
    before = file.read_bytes()
    assert redact() == Redacted()
    assert file.read_bytes() == before


def test_a_second_record_is_taken_out_of_what_is_redacted_already(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    deliver([fine(6), fine(7), fine(8)])
    redact()
    redact(replace(SEVEN, key="8"))
    assert list(kept(node).values()) == [[(2, "6")]]


def test_doing_it_again_changes_nothing(deliver: Deliver, redact: Redact) -> None:
    deliver([fine(6), fine(7)])
    redact()
    assert redact() == Redacted()


def test_a_file_that_cannot_be_read_any_more_goes_whole(
    deliver: Deliver, redact: Redact, node: Node, harbour: Pack
) -> None:
    deliver([fine(6), fine(8)])
    fines = replace(harbour.sources["fines"], columns=(*harbour.sources["fines"].columns, "new"))
    done = redact(pack=replace(harbour, sources={"fines": fines}))
    assert len(done.deleted) == 1
    assert list(node.layout.deliveries.iterdir()) == []


def test_a_line_that_tells_of_the_record_is_not_kept(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    report = deliver([fine(6), "nothing,of Lumen Lines", fine(8), "another,short line"])
    assert report.quarantine is not None
    redact()
    assert list(kept(node).values()) == [[(2, "6"), (4, "8")]]
    assert [q.value for q in read_quarantine(report.quarantine)] == ["another,short line"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_any_encoding_is_looked_into(
    deliver: Deliver, redact: Redact, node: Node, harbour: Pack, encoding: str
) -> None:
    source = replace(harbour.sources["fines"], encoding=encoding)
    pack = replace(harbour, sources={"fines": source})
    deliver("\n".join([HEADER, fine(6), fine(7), ""]).encode(encoding), pack=pack)
    redact(pack=pack)
    assert list(kept(node).values()) == [[(2, "6")]]


def test_rejected_rows_of_the_key_leave_the_quarantine(deliver: Deliver, redact: Redact) -> None:
    report = deliver([fine(6, amount="-1"), fine(7, amount="-2"), fine(8)])
    assert report.quarantine is not None
    done = redact()
    assert [reason.row for reason in read_quarantine(report.quarantine)] == [2]
    assert f"quarantine/{report.quarantine.name}" in done.rewritten


def test_a_quarantine_of_nothing_else_is_deleted(deliver: Deliver, redact: Redact) -> None:
    report = deliver([fine(7, amount="-2"), fine(8)])
    assert report.quarantine is not None
    redact()
    assert list(report.quarantine.parent.iterdir()) == []


def test_the_quarantine_of_a_refused_delivery_is_looked_into_too(
    deliver: Deliver, redact: Redact, node: Node, harbour: Pack
) -> None:
    rows = [fine(n, amount="-1") for n in range(100, 200)]
    with pytest.raises(GoodStandingError, match="GS-INGEST-008"):
        deliver([*rows, fine(7, name="=1+1", amount="-1")])
    redact()
    (file,) = quarantine_files(node.layout.quarantine)
    assert 102 not in {reason.row for reason in read_quarantine(file)}
    assert len(list(read_quarantine(file))) == 100


def test_a_mended_quarantine_is_looked_into_as_what_it_is(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    first = deliver([fine(6, amount="-1"), fine(7, amount="-2"), fine(8)])
    assert first.quarantine is not None
    part = deliver(first.quarantine.read_bytes().replace(b",-1,", b",1,"))
    assert (part.new, part.rejected) == (1, 1)
    redact()
    rows = {name.split(".")[0]: keys for name, keys in kept(node).items()}
    assert [key for _, key in rows[part.sha256]] == ["6"]
    assert [key for _, key in rows[first.sha256]] == ["6", "8"]
    assert part.quarantine is not None
    assert not part.quarantine.exists()


def test_half_a_quarantine_left_by_a_crash_is_deleted(
    deliver: Deliver, redact: Redact, node: Node
) -> None:
    report = deliver([fine(6, amount="-1"), fine(8)])
    assert report.quarantine is not None
    report.quarantine.unlink()
    redact()
    assert list(node.layout.quarantine.iterdir()) == []


def test_a_file_that_no_delivery_names_is_deleted(redact: Redact, node: Node) -> None:
    left = node.layout.deliveries / ("ab" * 32 + ".csv")
    left.write_text("left by a crash")
    assert redact().deleted == [f"deliveries/{left.name}"]


def test_results_and_bundles_of_the_record_are_deleted(node: Node) -> None:
    out = node.folder / "out"
    out.mkdir()
    for name in ("standings.parquet", "reasons.parquet", "scheme.sql", "manifest.json", "mine.txt"):
        (out / name).write_text("{}")
    bundle = '{{"schema": "goodstanding/bundle/1", "entry": {{"leaf": {}}}, "checkpoint": "{}\\n"}}'
    (node.folder / "two.json").write_text(bundle.format(2, node.origin))
    (node.folder / "three.json").write_text(bundle.format(3, node.origin))
    (out / "other.json").write_text(bundle.format(2, "elsewhere.example/register"))
    delete_results(node, SEVEN, Redacted())
    left = {path.name for path in (*out.iterdir(), *node.folder.glob("*.json"))}
    assert left == {"mine.txt", "other.json", "three.json"}
