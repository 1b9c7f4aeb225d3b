"""A node under the pack of the Port of Lumen, and words to deliver files to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from goodstanding.catalogue import Pack
from goodstanding.ingest import Handover, IngestReport, ingest
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)

HEADER = "no,operator,name,date,amount,berth,hours,paid,repeated,authority,item"
Deliver = Callable[..., IngestReport]


def fine(no: int | str = 1, /, **changed: str) -> str:
    """One good line of the source `fines`, with some values changed."""
    values = {
        "no": str(no),
        "operator": "lum-op:0001",
        "name": "Lumen Lines",
        "date": "03.02.2020",
        "amount": "100.00",
        "berth": "N1",
        "hours": "4",
        "paid": "",
        "repeated": "false",
        "authority": "harbour_office",
        "item": "berth_fine",
    }
    return ",".join({**values, **changed}.values())


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2024, 6, 1, 12, tzinfo=UTC))


@pytest.fixture
def node(tmp_path: Path, harbour: Pack, clock: FixedClock) -> Node:
    return Node.create(
        tmp_path / "node", "lumen.example/register", harbour.id, harbour.digest, clock, noted=NOTED
    )


@pytest.fixture
def deliver(node: Node, harbour: Pack, clock: FixedClock, tmp_path: Path) -> Deliver:
    """Deliver lines of `fines` (or any bytes, as a file of any source)."""

    def run(
        lines: Iterable[str] | bytes,
        *,
        source: str = "fines",
        pack: Pack = harbour,
        header: str = HEADER,
        suffix: str = ".csv",
        **handed: Any,
    ) -> IngestReport:
        path = tmp_path / f"delivery{suffix}"
        content = lines if isinstance(lines, bytes) else "\n".join([header, *lines, ""]).encode()
        path.write_bytes(content)
        if source in pack.sources and pack.sources[source].snapshot:
            handed = {"as_of": clock.now().date(), **handed}
        return ingest(
            node, pack, source, path, clock=clock, noted=NOTED, handover=Handover(**handed)
        )

    return run


@pytest.fixture
def sealed(node: Node) -> Callable[[], list[Record]]:
    """Every sealed record of the node, in leaf order."""

    def records() -> list[Record]:
        return node.log.records(range(node.log.head.size), noted=NOTED)

    return records
