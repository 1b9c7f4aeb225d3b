"""Officers correct, withdraw and erase: the past replays to the byte, the erased is nowhere.

Invariants: standings at a past instant never change; an erased record is in no file of the
node, whatever a process died at, and every proof still holds.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import HARBOUR
from tests.nodes import create_node
from typer.testing import CliRunner, Result

from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.main import app
from goodstanding.evaluation import Scheme, load_schemes
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.manifest import write_manifest
from goodstanding.ingest import Handover, ingest
from goodstanding.ingest.amend import correct, withdraw
from goodstanding.ingest.erase import ErasedRecord, EraseStep, erase_record
from goodstanding.kernel import FixedClock, GoodStandingError, Noted, commitment
from goodstanding.register import (
    Node,
    Record,
    WritePoint,
    verify,
    verify_inclusion,
)
from goodstanding.register.proofs.bundle import make_bundle
from goodstanding.register.segments import EVENTS, list_segments, read_events

NOTED = Noted("test", 0)
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
AS_OF = date(2021, 6, 1)
HEADER = "no,operator,name,date,amount,berth,hours,paid,repeated,authority,item"
KEY, NAME, SUBJECT = "QX-771-93", "Quillfeather Maritime", "lum-op:7731"
#: What must be nowhere afterwards, in any form in which the node had it.
VALUES = (
    KEY,
    "Quillfeather",
    SUBJECT,
    "4711.83",
    "4711.9",
    "17.09.2020",
    "2020-09-17",
    "Ruling 58",
)
GROUNDS = {
    "authority": "harbour_office",
    "basis": "port_act.9",
    "by": "Ada Quay",
    "reason": "ordered by the court",
}

SCHEME = """\
id: berth_conduct
titles: {en: Conduct at berth}
authority: harbour_office
subject_kind: operator
act: port_act.3
version: 1
in_force: {from: 2015-01-01}
unit: points
selections:
  fines: {titles: {en: Fines}, items: [berth_fine]}
indicators:
  money: {titles: {en: Money}, of: fines, take: sum, value: amount}
rules:
  money:
    titles: {en: Points for fines}
    article: port_act.3
    per_unit: {of: money, points: param.each}
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: Good}}, B: {titles: {en: Fair}}}
  order: [A, B]
  bands: [{grade: A}, {grade: B, from: param.b_from}]
"""
PARAMETER = """\
id: {id}
titles: {{en: A number}}
unit: points
values: [{{from: 2015-01-01, value: {value}, article: port_act.3}}]
confidence: verified
"""


def fine(key: str, amount: str = "100.00", /, *, name: str = "Lumen Lines", **other: str) -> str:
    values = {
        "no": key,
        "operator": "lum-op:0001",
        "name": name,
        "date": "03.02.2020",
        "amount": amount,
        "berth": "N1",
        "hours": "4",
        "paid": "",
        "repeated": "false",
        "authority": "harbour_office",
        "item": "berth_fine",
    }
    return ",".join({**values, **other}.values())


def telling(amount: str = "4711.83", **other: str) -> str:
    """The row that is to be erased."""
    return fine(KEY, amount, name=NAME, operator=SUBJECT, date="17.09.2020", **other)


@pytest.fixture(scope="module")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Port of Lumen with a scheme."""
    folder = Path(shutil.copytree(HARBOUR, tmp_path_factory.mktemp("pack") / "harbour"))
    (folder / "schemes").mkdir()
    (folder / "schemes" / "berth_conduct.yaml").write_text(SCHEME)
    for name, value in (("each", "1"), ("b_from", "150")):
        (folder / "parameters" / f"{name}.yaml").write_text(PARAMETER.format(id=name, value=value))
    return folder


@dataclass
class Port:
    """A node with its clock; every act comes a second after the last."""

    node: Node
    pack: Pack
    clock: FixedClock

    @classmethod
    def create(cls, folder: Path, pack_folder: Path) -> Port:
        pack, clock = load_pack(str(pack_folder)), FixedClock(NOW)
        origin = "lumen.example/register"
        node = create_node(folder, origin, pack, clock, noted=NOTED)
        return cls(node, pack, clock)

    def later(self) -> None:
        self.clock.instant += timedelta(seconds=1)

    def deliver(self, *lines: str) -> None:
        self.later()
        path = Path(mkdtemp(dir=self.node.folder.parent)) / "fines.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        ingest(
            self.node, self.pack, "fines", path,
            clock=self.clock, noted=NOTED, handover=Handover(allow_fewer=True),
        )  # fmt: skip

    def correct(self, leaf: int, amount: str, document: str = "Order 5") -> None:
        self.later()
        correct(
            self.node, self.pack, leaf, {"amount": amount}, document=document,
            clock=self.clock, noted=NOTED, **GROUNDS,
        )  # fmt: skip

    def withdraw(self, leaf: int) -> None:
        self.later()
        withdraw(self.node, self.pack, leaf, clock=self.clock, noted=NOTED, **GROUNDS)

    def erase(self, leaf: int, reason: str = GROUNDS["reason"]) -> ErasedRecord:
        self.later()
        return erase_record(
            self.node, self.pack, leaf, authority=GROUNDS["authority"], basis=GROUNDS["basis"],
            by=GROUNDS["by"], reason=reason, clock=self.clock, noted=NOTED,
        )  # fmt: skip

    def records(self) -> list[Record]:
        log = self.node.log
        return log.records(range(log.head.size), noted=NOTED)

    def leaf_of(self, key: str) -> int:
        return next(record.leaf for record in self.records() if record.source_key == key)

    @property
    def scheme(self) -> Scheme:
        return load_schemes(self.pack)["berth_conduct"]

    def evaluate(self, known_at: datetime, out: Path) -> tuple[bytes, bytes]:
        segments = {i: [s.file for s in self.node.log.segments(i)] for i in self.pack.items}
        run(self.scheme, segments, as_of=AS_OF, known_at=known_at, out=out, threads=1)
        standings, reasons = out / "standings.parquet", out / "reasons.parquet"
        return standings.read_bytes(), reasons.read_bytes()


# Replaying the past -------------------------------------------------------------------------

acts = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.integers(0, 2), st.sampled_from(["40", "90", "160"])),
        st.tuples(st.just("correct"), st.integers(0, 2), st.sampled_from(["50", "200"])),
        st.tuples(st.just("withdraw"), st.integers(0, 2), st.just("")),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=acts)
def test_the_past_replays_to_the_byte(
    acts: list[tuple[str, int, str]], pack_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("replay")
    port = Port.create(folder / "node", pack_folder)
    port.deliver(fine("0"), fine("1", operator="lum-op:0002"))
    then: list[tuple[datetime, tuple[bytes, bytes]]] = []
    for act, key, amount in acts:
        then.append((port.clock.instant, port.evaluate(port.clock.instant, folder / "out")))
        try:
            match act:
                case "deliver":
                    port.deliver(fine(str(key), amount, operator=f"lum-op:000{key + 1}"))
                case "correct":
                    port.correct(port.leaf_of(str(key)), amount)
                case _:
                    port.withdraw(port.leaf_of(str(key)))
        except (GoodStandingError, StopIteration):
            continue  # Withdrawn already, nothing changed, or not delivered yet.
    for instant, results in then:
        assert port.evaluate(instant, folder / "again") == results
    assert known_at_of_all_entries(port.node) == sorted(known_at_of_all_entries(port.node))


def known_at_of_all_entries(node: Node) -> list[datetime]:
    events = [
        (event.leaf, event.known_at)
        for segment in node.log.segments(EVENTS)
        for event in read_events(segment)
    ]
    size = node.log.head.size
    records = [(r.leaf, r.known_at) for r in node.log.records(range(size), noted=NOTED)]
    assert [leaf for leaf, _ in sorted([*events, *records])] == list(range(size))
    return [instant for _, instant in sorted([*events, *records])]


# Erasure ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(pack_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that holds the record in every way it can; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("filled")
    port = Port.create(folder / "node", pack_folder)
    port.deliver(fine("1"), telling(), fine("3", "30.00"))
    port.deliver(fine("1"), telling(), fine("3", "31.00"))
    port.deliver(fine("1"), telling(berth="X9"), f"{KEY},cut short by {NAME}")
    port.correct(port.leaf_of(KEY), "4711.9", "Ruling 58")
    port.deliver(fine("1"), telling("4711.84"))
    out = port.node.folder / "out"
    port.evaluate(port.clock.instant, out)
    write_manifest(
        out, port.scheme, port.node.log.checkpoint(), AS_OF, None, history=False, draft=False
    )
    for key in ("1", KEY):
        bundle = make_bundle(port.node.log, port.leaf_of(key), lambda _id: None, noted=NOTED)
        (port.node.folder / f"{key}.json").write_bytes(bundle.as_bytes())
    abandoned = port.node.folder / ".receiving-gone"
    abandoned.mkdir()
    (abandoned / "original.csv").write_text(telling())
    return port.node.folder


@pytest.fixture
def port(filled: Path, pack_folder: Path, tmp_path: Path) -> Port:
    shutil.copytree(filled, tmp_path / "node")
    clock = FixedClock(NOW + timedelta(hours=1))
    return Port(Node.open(tmp_path / "node"), load_pack(str(pack_folder)), clock)


def found_in(folder: Path) -> set[tuple[str, str]]:
    """Every file below the folder with every telling value in it: raw, and decoded."""
    return {
        (str(file.relative_to(folder)), value)
        for file in folder.rglob("*")
        if file.is_file()
        for text in _texts(file)
        for value in VALUES
        if value in text
    }


def _texts(file: Path) -> Iterator[str]:
    """The file's bytes, SQLite's free pages among them; a Parquet file's values as well."""
    yield file.read_bytes().decode("utf-8", "replace")
    if file.suffix == ".parquet":
        yield from (str(row) for row in pq.ParquetFile(file).read().to_pylist())


def test_the_search_finds_what_is_there(filled: Path) -> None:
    places = {Path(file).parts[0] for file, _ in found_in(filled)}
    assert places >= {"register", "deliveries", "quarantine", "out", "index.db", f"{KEY}.json"}
    assert {value for _, value in found_in(filled)} == set(VALUES)


def test_what_is_erased_is_nowhere(port: Port) -> None:
    done = port.erase(port.leaf_of(KEY))
    assert found_in(port.node.folder) == set()
    assert len(done.leaves) == 3
    assert not done.already
    assert {Path(file).parts[0] for file in done.deleted} == {
        "deliveries",
        "quarantine",
        "out",
        f"{KEY}.json",
    }


def test_the_others_lose_nothing(port: Port) -> None:
    before = {r.leaf: r for r in port.records() if r.source_key != KEY}
    done = port.erase(port.leaf_of(KEY))
    assert {r.leaf: r for r in port.records()} == before
    assert (port.node.folder / "1.json").exists()
    kept = sorted(port.node.layout.deliveries.iterdir())
    assert len(kept) == 4
    rows = [row for file in kept for row in pq.read_table(file).column("no").to_pylist()]
    assert sorted(rows) == ["1", "1", "1", "1", "3", "3"]
    assert all(f"deliveries/{file.name}" in done.rewritten for file in kept)


def test_every_proof_still_holds(port: Port) -> None:
    gone = port.leaf_of(KEY)
    before = port.node.log.inclusion_proof(gone)
    port.erase(gone)
    report = verify(port.node.folder)
    assert report.verified, report.findings
    log = port.node.log
    for record in port.records():
        proof = log.inclusion_proof(record.leaf)
        assert proof.commitment == commitment(record.salt, record.canonical())
    after = log.inclusion_proof(gone)
    assert after.commitment == before.commitment
    head = after.checkpoint.head
    verify_inclusion(after.commitment, gone, head.size, after.path, head.root)


def test_the_index_is_that_of_the_log(port: Port) -> None:
    port.erase(port.leaf_of(KEY))
    digest = port.node.index.content_digest()
    port.node.index.rebuild()
    assert port.node.index.content_digest() == digest
    assert port.node.index.subject(SUBJECT) is None


def test_erasing_again_changes_nothing(port: Port) -> None:
    leaf = port.leaf_of(KEY)
    first = port.erase(leaf)
    before = port.node.log.head
    again = port.erase(leaf)
    assert (again.already, again.entry, again.leaves) == (True, first.entry, first.leaves)
    assert port.node.log.head == before


@pytest.mark.parametrize("act", ["correct", "withdraw"])
def test_what_is_erased_can_neither_be_corrected_nor_withdrawn(port: Port, act: str) -> None:
    leaf = port.leaf_of(KEY)
    port.erase(leaf)
    with pytest.raises(GoodStandingError) as refusal:
        port.correct(leaf, "1") if act == "correct" else port.withdraw(leaf)
    assert refusal.value.code.id == "GS-INGEST-181"


def test_the_grounds_may_not_say_what_is_erased(port: Port) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        port.erase(port.leaf_of(KEY), f"asked for by {NAME}")
    assert refusal.value.code.id == "GS-INGEST-191"


_CHILD = """
import os, signal, sys
from datetime import datetime, timedelta
from pathlib import Path
from goodstanding.catalogue import load_pack
from goodstanding.ingest.erase import erase_record
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Log, Node

folder, pack, leaf, now, where = sys.argv[1:]

def die(point):
    if point.name == where:
        os.kill(os.getpid(), signal.SIGKILL)

node = Node.open(Path(folder))
vars(node)["log"] = Log.open(Path(folder), at=die)
erase_record(
    node, load_pack(pack), int(leaf), authority="harbour_office", basis="port_act.9",
    by="Ada Quay", reason="by court order",
    clock=FixedClock(datetime.fromisoformat(now)), noted=Noted("test", 0), at=die,
)
"""
POINTS = [WritePoint.HEAD_MOVING, WritePoint.ERASURE_SEALED, WritePoint.SEGMENT_REWRITTEN]


@pytest.mark.parametrize("point", [point.name for point in (*POINTS, *EraseStep)])
def test_whatever_it_dies_at_the_next_call_completes_it(
    port: Port, pack_folder: Path, point: str
) -> None:
    leaf, folder = port.leaf_of(KEY), port.node.folder
    now = port.clock.instant.isoformat()
    child = [sys.executable, "-c", _CHILD, str(folder), str(pack_folder), str(leaf), now, point]
    assert subprocess.run(child, check=False).returncode == -signal.SIGKILL
    # The normal start, then the same call again.
    again = Port(Node.open(folder), port.pack, port.clock)
    done = again.erase(leaf)
    assert found_in(folder) == set()
    assert done.already == (point not in ("NOTED", "HEAD_MOVING"))
    assert again.node.log.erasing() == []
    assert not list(folder.glob(".erasing*"))
    assert verify(folder).verified
    erasures = [
        event
        for segment in list_segments(again.node.layout.segments)
        if segment.item == EVENTS
        for event in read_events(segment)
        if event.event == "erasure"
    ]
    assert len(erasures) == 1


def test_the_next_delivery_completes_it_too(port: Port, pack_folder: Path) -> None:
    leaf, folder = port.leaf_of(KEY), port.node.folder
    now = port.clock.instant.isoformat()
    child = [sys.executable, "-c", _CHILD, str(folder), str(pack_folder), str(leaf), now]
    assert subprocess.run([*child, "SEGMENT_REWRITTEN"], check=False).returncode != 0
    Port(Node.open(folder), port.pack, port.clock).deliver(fine("1"), fine("4"))
    assert found_in(folder) == set()


# The commands -------------------------------------------------------------------------------


def command(*words: object, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == exit_code, result.output or result.exception
    return result


def test_the_commands_tell_the_story(port: Port) -> None:
    node, leaf = ("--node", port.node.folder), port.leaf_of("1")
    grounds = (
        *("--authority", "harbour_office", "--basis", "port_act.9"),
        *("--by", "Ada Quay", "--reason", "typing error"),
    )
    command(
        "log", "correct", leaf, *node, "--set", "amount=60.00", "--set", "hours=5",
        "--document", "Order 5", *grounds,
    )  # fmt: skip
    told = command("log", "history", leaf, *node).output
    assert "corrected by Ada Quay for harbour_office under port_act.9" in told
    assert "amount: 100.00 → 60.00" in told
    explained = command(
        "explain", "lum-op:0001", *node, "--scheme", "berth_conduct", "--as-of", AS_OF
    ).output
    assert "corrected by Ada Quay for Harbour Office under Port Act, 3" not in explained
    assert "corrected by Ada Quay for Harbour Office under Port Act, 9" in " ".join(
        explained.split()
    )
    command("log", "withdraw", leaf, *node, *grounds)
    data = json.loads(command("log", "history", leaf, *node, "--json").stdout)
    assert [version["act"] for version in data["versions"]] == [
        "record",
        "correction",
        "withdrawal",
    ]
    assert data["versions"][1]["told"]["reason"] == "typing error"
    erased = command("log", "erase", leaf, *node, *grounds).output
    assert "their commitments stay" in erased
    assert "already erased" in command("log", "erase", leaf, *node, *grounds).output
    assert "it was erased" in command("log", "history", leaf, *node).output
