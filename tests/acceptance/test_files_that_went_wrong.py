"""Files that once went wrong, each with the value that is right.

The inputs are invented; each carries one kind of fault that agencies' exports have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodstanding.catalogue import Pack, load_pack
from goodstanding.ingest import IngestReport, ingest, read_quarantine
from goodstanding.kernel import Fixed, FixedClock, GoodStandingError, Noted
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)
CLOCK = FixedClock(datetime(2025, 6, 1, 12, tzinfo=UTC))
TAX_HEADER = (
    "record_no,office,event,taxpayer_no,taxpayer_name,document_no,article,decided,effective,"
    "published,amount,reason,tax_year"
)

Take = Callable[..., IngestReport]
Sealed = Callable[[], list[Record]]


def penalty(key: str, no: int = 0, *, name: str | None = None) -> str:
    """A good line of the tax office."""
    return (
        f"{key},MTO,PENALTY,{10000000 + no},{name or f'Name {key}'},D-{key},12,2025-03-04,"
        "2025-03-10,2025-03-12,10.00,LATE,"
    )


def as_open(pack: Pack, source: str) -> Pack:
    """The pack with the gates of one source open."""
    opened = replace(
        pack.sources[source], max_rejected_share=Fixed(10000, 4), min_share_of_last=Fixed(0, 4)
    )
    return replace(pack, sources={**pack.sources, source: opened})


@pytest.fixture(scope="module")
def template() -> Pack:
    return load_pack("template")


@pytest.fixture
def node(tmp_path: Path, template: Pack) -> Node:
    return Node.create(
        tmp_path / "node", "mer.example/register", "template", template.digest, CLOCK, noted=NOTED
    )


@pytest.fixture
def take(node: Node, template: Pack, tmp_path: Path) -> Take:
    """Deliver bytes to a source, with its own gates or with open ones."""

    def run(
        content: bytes, source: str = "tax_office", *, suffix: str = ".csv", open: bool = False
    ) -> IngestReport:
        path = tmp_path / f"delivery{suffix}"
        path.write_bytes(content)
        pack = as_open(template, source) if open else template
        return ingest(node, pack, source, path, clock=CLOCK, noted=NOTED)

    return run


@pytest.fixture
def sealed(node: Node) -> Sealed:
    """Every sealed record, in leaf order."""

    def records() -> list[Record]:
        return node.log.records(range(node.log.head.size), noted=NOTED)

    return records


class TestOpenQuote:
    """03b: one quotation mark that is never closed, at row 20 of 100."""

    lines = (penalty(f"Q{n}", n, name='"Name Q19' if n == 19 else None) for n in range(100))
    content = "\n".join([TAX_HEADER, *lines, ""]).encode()

    def test_the_gate_counts_every_line(self, take: Take, sealed: Sealed) -> None:
        with pytest.raises(GoodStandingError) as refusal:
            take(self.content)
        assert refusal.value.code.id == "GS-INGEST-008"
        assert "81 of 100 rows" in refusal.value.what
        assert sealed() == []

    def test_every_line_is_accounted_for(self, take: Take) -> None:
        report = take(self.content, open=True)
        assert (report.read, report.accepted, report.rejected) == (100, 19, 81)
        assert report.quarantine is not None
        reasons = list(read_quarantine(report.quarantine))
        assert [reason.row for reason in reasons] == list(range(21, 102))
        assert {reason.code for reason in reasons} == {"GS-INGEST-101"}


def test_05c_a_trailing_delimiter_is_a_column_without_name(take: Take, sealed: Sealed) -> None:
    lines = [TAX_HEADER + ",", penalty("A1", 1) + ",", penalty("A2", 2) + ",", ""]
    report = take("\n".join(lines).encode())
    assert (report.read, report.accepted) == (2, 2)
    assert [record.source_key for record in sealed()] == ["A1", "A2"]


def test_05d_a_double_column_is_named(take: Take, sealed: Sealed) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        take(f"{TAX_HEADER},amount\n{penalty('A1', 1)},99.00\n".encode())
    assert refusal.value.code.id == "GS-INGEST-018"
    assert "'amount' 2 times (column 11, column 14)" in refusal.value.what
    assert sealed() == []


def test_05g_mixed_line_ends_cost_the_bad_rows_alone(take: Take, sealed: Sealed) -> None:
    content = (
        f"{TAX_HEADER}\r\n{penalty('A1', 1)}\r\n{penalty('A2', 2)},extra\r\n\r\n"
        f"A3,MTO,PENALTY\r\n{penalty('A4', 4)}\n{penalty('A5', 5)}\r\n"
    )
    report = take(content.encode(), open=True)
    assert (report.read, report.accepted, report.rejected) == (5, 3, 2)
    assert [record.source_key for record in sealed()] == ["A1", "A4", "A5"]
    assert report.quarantine is not None
    assert [reason.row for reason in read_quarantine(report.quarantine)] == [3, 5]


def test_08_windows_1252_is_no_latin_1(take: Take, sealed: Sealed) -> None:
    content = (
        "nr;type;party_no;party_name;file_no;decided;enforceable;published;amount;paid;outcome\n"
        'J1;JUD;10000001;"Müller & Söhne";CS J1;04.03.2025;10.03.2025;12.03.2025;10,00;;\n'
        'J2;JUD;10000002;"Šimek – Bau “Nord”";CS J2;04.03.2025;10.03.2025;12.03.2025;10,00;;\n'
    )
    with pytest.raises(GoodStandingError) as refusal:
        take(content.encode("cp1252"), "courts", open=True)
    assert refusal.value.code.id == "GS-INGEST-015"
    assert "(line 3)" in refusal.value.what
    assert "probably windows-1252" in refusal.value.what
    assert sealed() == []


def test_20_json_numbers_are_their_tokens(take: Take, sealed: Sealed) -> None:
    tokens = ("100.10", "1e3", "10.0000000000000001", "7", '"12.50"')
    lines = [
        f'{{"id":"E{n}","type":"penalty","agency":"EA","operator_no":"1000090{n}",'
        f'"operator_name":"J","paper":"P","article":"environment_act.18","decided":"2025-03-04",'
        f'"medium":"water","amount":{token},"effective":null,"published":null,"amended":null,'
        '"activity":null,"valid_until":null,"substance":null,"measured":null,"permitted":null,'
        '"site":null,"remedied":null,"grade":null,"held":null}\n'
        for n, token in enumerate(tokens)
    ]
    report = take("".join(lines).encode(), "environment", suffix=".jsonl", open=True)
    assert (report.accepted, report.rejected) == (3, 2)
    amounts = {record.source_key: record.facts["amount"] for record in sealed()}
    assert amounts == {"E0": Fixed(10010, 2), "E3": Fixed(700, 2), "E4": Fixed(1250, 2)}
    assert report.quarantine is not None
    shown = [(q.row, q.code, q.value) for q in read_quarantine(report.quarantine)]
    assert shown == [
        (2, "GS-INGEST-151", "1e3"),
        (3, "GS-INGEST-151", "10.0000000000000001"),
    ]
