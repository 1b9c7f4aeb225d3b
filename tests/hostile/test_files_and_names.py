"""Names and files as their senders call them: shown, bounded, and never a way past an erasure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.ingest.conftest import NOTED, Deliver, fine

from goodstanding.catalogue import Pack
from goodstanding.ingest import erase_record, ingest
from goodstanding.kernel import FixedClock, GoodStandingError
from goodstanding.register import Node, Record

Sealed = Callable[[], list[Record]]
HOSTILE = ("a\nb.csv", "../../x.csv", "-rf.csv", "x\x1b[2J.csv", "x\u202ecsv.exe", "[bold]x[/].csv")


def erase(node: Node, pack: Pack, clock: FixedClock, leaf: int) -> None:
    erase_record(
        node, pack, leaf, authority="harbour_office", basis="port_act.9", by="Registrar",
        reason="by order of the court", clock=clock, noted=NOTED,
    )  # fmt: skip


def named(folder: Path, name: str, lines: list[str], header: str) -> Path:
    folder = folder / "sent"
    folder.mkdir(exist_ok=True)
    path = folder / Path(name).name
    path.write_text("\n".join([header, *lines, ""]))
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_of_the_node_has_its_senders_name(
    node: Node, harbour: Pack, clock: FixedClock, tmp_path: Path, name: str
) -> None:
    source = harbour.sources["fines"]
    file = named(tmp_path, name, [fine(1), fine("TEST")], ",".join(source.columns))
    ingest(node, harbour, "fines", file, clock=clock, noted=NOTED)
    kept = [path.name for path in node.layout.deliveries.iterdir()]
    assert [len(n) for n in kept] == [64 + len(".csv")]
    assert all(n.startswith("fines-") for n in (p.name for p in node.layout.quarantine.iterdir()))
    erase(node, harbour, clock, 2)
    assert [path.name.partition(".")[2] for path in node.layout.deliveries.iterdir()] == [
        "redacted.parquet"
    ]


@pytest.mark.parametrize("folder", ["deliveries", "quarantine"])
@pytest.mark.parametrize("name", ["notes.csv", "ab\ncd", ".hidden", "0" * 64 + ".csv\n"])
def test_an_erasure_passes_over_no_file_it_does_not_know(
    node: Node, harbour: Pack, clock: FixedClock, deliver: Deliver, folder: str, name: str
) -> None:
    deliver([fine(1)])
    strange = node.folder / folder / name
    strange.write_text(fine(1))
    size = node.log.head.size
    with pytest.raises(GoodStandingError) as refusal:
        erase(node, harbour, clock, 2)
    assert refusal.value.code.id == "GS-INGEST-055"
    assert node.log.head.size == size
    strange.unlink()
    erase(node, harbour, clock, 2)


@pytest.mark.parametrize(("field", "most"), [("name", 500), ("no", 1_000 - len("Fine no. "))])
@pytest.mark.parametrize("more", [0, 1])
def test_a_text_has_a_length(
    deliver: Deliver, sealed: Sealed, field: str, most: int, more: int
) -> None:
    number = "x" * (most + more) if field == "no" else "1"
    changed = {"name": "x" * (most + more)} if field == "name" else {}
    report = deliver([fine(number, **changed), fine(2)])
    assert report.rejected == more
    assert len(sealed()) == 2 - more
    if more:
        assert [code for code, _, _ in report.reasons] == ["GS-INGEST-113"]
