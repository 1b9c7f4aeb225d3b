"""DESIGN 2.11 seen: every look at what is not public, and every act, leaves an entry.

Four parts. (a) Whatever can write to a register or read its payload demands a receipt.
(b) A call without one does not compile. (c) Only ``goodstanding.audit`` makes receipts.
(d) Each command leaves exactly its entry, and without an entry it does nothing.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer.main
from tests.invariants.receipts import (
    CONTINUING,
    FILE_READERS,
    SRC,
    Function,
    functions,
    receipts_made,
    touching,
)
from typer.testing import CliRunner

from goodstanding.audit import AccessLog
from goodstanding.catalogue import find_pack
from goodstanding.cli import main as cli
from goodstanding.cli.main import app
from goodstanding.demo import AS_OF, STORIES, generate
from goodstanding.kernel import Noted

ROOT = Path(__file__).parents[2]
RECEIPT = Noted("test", 0)

# ---- (a) whatever writes or reads payload demands a receipt ------------------------------


def test_whatever_writes_or_reads_payload_demands_a_receipt() -> None:
    named = FILE_READERS | CONTINUING.keys()
    lacking = [
        function.place
        for function in touching(functions())
        if function.public and not function.demands_receipt and function.place not in named
    ]
    assert not lacking


def test_writers_and_readers_are_found() -> None:
    """The search itself finds what is known to write or to read."""
    known = {
        "register.log.Log.append", "register.log.Log.records", "register.node.Node.create",
        "register.node.Node.records_of", "register.proofs.bundle.make_bundle",
        "register.erase.erase",
        "ingest.pipeline.ingest", "ingest.seal.seal",
    }  # fmt: skip
    assert known <= {function.place for function in touching(functions())}


@pytest.mark.parametrize(
    "body",
    [
        "read_records(segment)",
        "log.append([event], clock=clock, noted=noted)",
        "log._sequencer.append([event], (), quiet, clock)",
        "record_at(segments, 5)",
        "[_inner(each) for each in segments]",
    ],
)
def test_a_new_writer_or_reader_would_be_found(body: str) -> None:
    source = f"def peek(): return {body}\ndef _inner(segment): return read_events(segment)"
    made = [
        Function("disclosure.page", node.name, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    ]
    assert "disclosure.page.peek" in {function.place for function in touching(made)}


def test_exceptions_are_no_longer_than_needed() -> None:
    places = {function.place for function in touching(functions())}
    assert places >= FILE_READERS | CONTINUING.keys()


# ---- (b) a call without a receipt does not compile ---------------------------------------


def test_a_call_without_a_receipt_does_not_compile(tmp_path: Path) -> None:
    takers = [
        function
        for function in functions()
        if function.takes_receipt and function.public and not function.module.startswith("cli")
    ]
    lines = [
        "from typing import Any",
        "from goodstanding.kernel import Noted",
        *(f"import goodstanding.{module}" for module in sorted({f.module for f in takers})),
        "def calls(any: Any, receipt: Noted) -> None:",
    ]
    without = range(len(lines) + 1, len(lines) + 1 + len(takers))
    for receipt in (False, True):
        lines += [f"    {function.call(receipt=receipt)}" for function in takers]
    file = tmp_path / "calls.py"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # By the file's name alone: mypy's cache remembers where an equal file lay before.
    errors = re.findall(r"calls\.py:(\d+): error: (.*)", done.stdout)
    assert [int(line) for line, _ in errors] == list(without), done.stdout
    assert all('Missing named argument "noted"' in words for _, words in errors), done.stdout


# ---- (c) only the audit package makes receipts -------------------------------------------


def test_only_the_audit_package_makes_receipts() -> None:
    makers = {
        path.relative_to(SRC).parts[0]
        for path in SRC.rglob("*.py")
        if receipts_made(ast.parse(path.read_text("utf-8")))
    }
    assert makers == {"audit"}


# ---- (d) each command leaves exactly its entry, or does nothing --------------------------

STORY = STORIES[0]
OFFICER = (
    *("--basis", "credit_act.20", "--reason", "decided on review"),
    *("--authority", "tax_office"),
)

#: The words of each command that acts or looks, less --node, and the event it leaves.
SEEN: dict[str, tuple[tuple[str, ...], str]] = {
    "ingest": (("-s", "tax_office", "{file}"), "delivery_received"),
    "quarantine": ((), "quarantine_read"),
    "evaluate": (("business_compliance", "--out", "{out}"), "standings_evaluated"),
    "explain": (
        (STORY.subject, "--scheme", STORY.scheme, "--as-of", AS_OF.isoformat()),
        "file_explained",
    ),
    "what-if": (
        (
            STORY.subject,
            "--scheme",
            STORY.scheme,
            "--grade",
            "A",
            "--as-of",
            AS_OF.isoformat(),
        ),
        "changes_asked",
    ),
    "backtest": (
        (
            "--scheme",
            "tax_standing",
            "--from",
            "2025-07-01",
            "--to",
            "2026-07-01",
            "--step",
            "year",
            "--out",
            "{out}",
        ),
        "scheme_backtested",
    ),
    "scheme publish": (
        ("environment_supervision", "--backtest", "{report}", "--act", "Order 3"),
        "scheme_published",
    ),
    "access list": ((), "access_log_read"),
    "deliveries list": ((), "deliveries_read"),
    "deliveries show": (("1",), "deliveries_read"),
    "records": ((STORY.subject,), "records_read"),
    "key erased": (("--renew",), "erased_key_renewed"),
    "index rebuild": ((), "index_rebuilt"),
    "log publish": ((), "checkpoint_published"),
    "log prove": (("2",), "record_proved"),
    "log history": (("2",), "record_history_read"),
    "log correct": (
        (
            "2",
            "--set",
            "subject_name=Renamed Ltd",
            *OFFICER,
            "--document",
            "Letter 7",
        ),
        "record_corrected",
    ),
    "log withdraw": (("2", *OFFICER), "record_withdrawn"),
    "log erase": (("2", *OFFICER), "record_erased"),
    "log release": (
        ("{held}", "1", "--basis", "food_act.9", "--reason", "a place that was visited"),
        "held_row_released",
    ),
    "pack evidence": (
        ("environment_rating", "--as-of", AS_OF.isoformat()),
        "evidence_compared",
    ),
    "pack adopt": (("{later}", "--reason", "the amending act"), "pack_adopted"),
    "key rotate": (("--reason", "the yearly change"), "key_rotated"),
    "key compromised": (
        ("{key}", "--since", "2026-01-01", "--reason", "a laptop was lost"),
        "key_compromised",
    ),
    "key encrypt": ((), "key_encrypted"),
}

#: Commands that leave none, and why.
UNSEEN = {
    "init": "makes the access log with its first entry; see below",
    "demo": "runs the others; tests/acceptance looks at it",
    "verify": "compares hashes, shows nothing",
    "doctor": "looks at sizes and keys, shows no payload",
    "backup": "takes the node as a word; tests/hostile/test_restores.py",
    "restore": "makes the node; the next command notes it",
    "log apply-ledger": "notes it in what was restored; tests/hostile/test_restores.py",
    "log clock": "noted under the clock that it sets; tests/hostile/test_clocks.py",
    "log consistency": "shows hashes, which are public",
    "key show": "public keys, and how the private one is kept",
    "witness init": "a witness is no register",
    "witness trust": "a witness is no register",
    "witness serve": "a witness sees checkpoints, which are public",
    "witness cosign": "a witness sees checkpoints, which are public",
    "witness show": "a witness sees checkpoints, which are public",
    "verify-bundle": "needs no node",
    "verifier-page": "needs no node",
    "scheme list": "which schemes are in force, and by which act, is public",
    "results merge": "joins result files, whose making was noted; reads no node",
    "pack coverage": "packs are public",
    "pack list": "packs are public",
    "pack show": "packs are public",
    "pack lint": "packs are public",
    "pack new": "reads an agency's file before any node has it",
    "source new": "reads an agency's file before any node has it",
}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    found = generate(folder, businesses=300, bodies=12, records=4_000)
    return next(each.path for each in found if each.source == "tax_office")


@pytest.fixture(scope="module")
def founded(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seen") / "node"
    run("init", str(folder), "--pack", "template", "--origin", "meridia.example/r", "--by", "one")
    run("ingest", "-s", "tax_office", str(delivery), "--node", str(folder))
    visited = folder.with_name("visited.parquet")
    pq.write_table(pa.Table.from_pylist([visit(n) for n in range(1, 9)]), visited)
    run("ingest", "-s", "food_safety", str(visited), "--node", str(folder))
    return folder


def visit(n: int) -> dict[str, str | None]:
    """A place visited; the first is of a person who runs it under another name, and is held."""
    name = "Quill t/a Fine Foods" if n == 1 else f"Foods {n}"
    said: dict[str, str | None] = {
        "key": f"V{n}", "kind": "inspection", "agency": "FSA", "business_no": f"{n:08}",
        "business_name": name, "paper": f"Report {n}", "decided": "2025-03-01",
        "published": None, "inspection_no": f"I{n}", "place": "Quay 1", "result": "pass",
        "findings": "0", "product": None, "class": None,
    }  # fmt: skip
    return said


@pytest.fixture
def node(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "node"))


@pytest.fixture(scope="module")
def report(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backtest of a scheme of the pack, which `scheme publish` asks for."""
    folder = tmp_path_factory.mktemp("report")
    node = Path(shutil.copytree(founded, folder / "node"))
    run(
        *("backtest", "--node", str(node), "--scheme", "environment_supervision"),
        *("--from", "2025-01-01", "--to", "2026-01-01", "--step", "year"),
        *("--out", str(folder / "backtest")),
    )
    return folder / "backtest"


Words = Callable[[str], list[str]]


@pytest.fixture
def words(
    node: Path, delivery: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Words:
    """A command of ``SEEN`` as it is typed."""
    key = (node / "keys" / "register.vkey").read_text("utf-8").strip()
    (held,) = (node / "quarantine").glob("food_safety-*.csv")
    later = Path(shutil.copytree(find_pack("template"), tmp_path / "later"))
    with (later / "pack.yaml").open("a", encoding="utf-8") as head:
        head.write("# As amended.\n")
    places = {
        "file": delivery, "out": tmp_path / "out", "key": key, "report": report, "held": held.name,
        "later": later,
    }  # fmt: skip

    def typed(command: str) -> list[str]:
        if command == "key encrypt":
            monkeypatch.setenv("GS_KEY_PASSPHRASE", "rope and anchor")
        own = [word.format(**places) for word in SEEN[command][0]]
        return [*command.split(), *own, "--node", str(node), "--by", "inspector"]

    return typed


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def commands(group: object, above: str = "") -> list[str]:
    below = getattr(group, "commands", None)
    if below is None:
        return [above.strip()]
    return [each for name, child in below.items() for each in commands(child, f"{above} {name}")]


def contents(node: Path) -> dict[str, str]:
    """Every file of the node that is not the access log, and not a database's scratch file."""
    return {
        path.relative_to(node).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(node.rglob("*"))
        if path.is_file()
        and path.relative_to(node).parts[0] not in ("access", "turn.lock")
        and not path.name.endswith(("-wal", "-shm"))
    }


def test_every_command_is_seen_or_says_why_not() -> None:
    assert set(commands(typer.main.get_command(app))) == SEEN.keys() | UNSEEN.keys()


def test_the_first_entry_is_the_founding(founded: Path) -> None:
    entries = list(AccessLog.open(founded).entries(noted=RECEIPT))
    assert [(entry.event, entry.by) for entry in entries[-1:]] == [("node_founded", "one")]


@pytest.mark.parametrize("command", SEEN)
def test_a_command_leaves_exactly_its_entry(command: str, node: Path, words: Words) -> None:
    before = AccessLog.open(node).log.head.size
    run(*words(command))
    new = [e for e in AccessLog.open(node).entries(noted=RECEIPT) if e.leaf >= before]
    assert [(entry.event, entry.by) for entry in new] == [(SEEN[command][1], "inspector")]


@pytest.mark.parametrize("command", SEEN)
def test_what_cannot_be_noted_does_not_happen(
    command: str, node: Path, words: Words, capsys: pytest.CaptureFixture[str]
) -> None:
    state = node / "access" / "state.db"
    state.unlink()
    state.mkdir()
    before = contents(node)
    assert cli.run(words(command)) == 1
    shown = capsys.readouterr()
    assert (shown.out, "GS-AUDIT-003" in shown.err) == ("", True)
    assert contents(node) == before


def test_a_subject_reads_the_looks_at_its_file(node: Path, words: Words) -> None:
    run(*words("explain"), "--purpose", "licence renewal")
    log = AccessLog.open(node)
    looks = [(e.by, e.purpose) for e in log.looks_at(STORY.subject, noted=RECEIPT)]
    assert looks == [("inspector", "licence renewal")]


def test_a_removed_access_log_cannot_pass_for_an_old_one(node: Path, words: Words) -> None:
    """The new one begins with how much the register held already."""
    shutil.rmtree(node / "access")
    run(*words("quarantine"))
    first = list(AccessLog.open(node).entries(noted=RECEIPT))[-1]
    assert first.event == "access_log_begun"
    assert int(str(first.members["register_size"])) > 1
