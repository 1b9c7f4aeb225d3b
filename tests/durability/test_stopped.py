"""SIGINT and SIGTERM at any moment of a delivery: taken whole or not at all, said in our words.

The process is started with both signals blocked and unblocks them itself as soon as it can
answer, so that the first moments are tested too: until then it is Python that is starting.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from goodstanding.cli.errors import STOPPED
from goodstanding.cli.main import run
from goodstanding.cli.stop import words
from goodstanding.demo import generate
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Node, verify

COMMAND = (sys.executable, "-c", "from goodstanding.cli.entry import main; main()")
SOURCE = "tax_office"
MOMENTS = 8
SIGNALS = (signal.SIGINT, signal.SIGTERM)
BOTH = pytest.mark.parametrize("number", SIGNALS, ids=lambda number: str(number.name))


@dataclass(frozen=True)
class Whole:
    """A node, a file for it, and the delivery of that file that nobody stopped."""

    node: Path
    file: Path
    before: int
    after: int
    seconds: float


def start(*words: str) -> subprocess.Popen[str]:
    """The command, with both signals waiting for it until it can answer them."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        pipe = subprocess.PIPE
        return subprocess.Popen([*COMMAND, *words], stdout=pipe, stderr=pipe, text=True)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def send(node: Path, file: Path) -> list[str]:
    return ["ingest", "-s", SOURCE, str(file), "--node", str(node), "--by", "tester"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("stopped")
    found = generate(folder / "files", businesses=300, bodies=12, records=6_000)
    file = next(each.path for each in found if each.source == SOURCE)
    node = folder / "node"
    assert run(["init", str(node), "--pack", "template", "--by", "tester"]) == 0
    taken = Path(shutil.copytree(node, folder / "taken"))
    begun = time.monotonic()
    child = start(*send(taken, file))
    _, said = child.communicate()
    assert (child.returncode, said) == (0, "")
    seconds = time.monotonic() - begun
    return Whole(node, file, size(node), size(taken), seconds)


def size(node: Path) -> int:
    return Node.open(node).log.head.size


def stopped(child: subprocess.Popen[str], number: signal.Signals, after: float) -> tuple[int, str]:
    """Send the signal after so many seconds; the exit code, and what was said as an error."""
    try:
        child.wait(timeout=after)
    except subprocess.TimeoutExpired:
        child.send_signal(number)
    _, said = child.communicate(timeout=120)
    return child.returncode, said


def check(whole: Whole, node: Path, number: signal.Signals, moment: float) -> None:
    code, said = stopped(start(*send(node, whole.file)), number, moment)
    ours = words(number.name, as_json=False).decode()
    assert (code, said) in [(0, ""), (128 + number, ours)]
    grown = size(node)
    assert grown == whole.after if code == 0 else grown in (whole.before, whole.after)
    assert verify(node).verified
    assert verify(node / "access").verified
    assert run(send(node, whole.file)) == 0
    assert size(node) == whole.after
    assert not list(node.glob(".receiving-*"))


@BOTH
@pytest.mark.parametrize("part", range(MOMENTS))
def test_a_stopped_delivery_is_there_whole_or_not_at_all(
    whole: Whole, tmp_path: Path, number: signal.Signals, part: int
) -> None:
    node = Path(shutil.copytree(whole.node, tmp_path / "node"))
    share = (part + Random(f"{number}/{part}").random()) / MOMENTS
    check(whole, node, number, share * whole.seconds)


@pytest.mark.soak
@BOTH
@pytest.mark.parametrize("seed", range(150))
def test_at_any_moment(whole: Whole, tmp_path: Path, number: signal.Signals, seed: int) -> None:
    node = Path(shutil.copytree(whole.node, tmp_path / "node"))
    check(whole, node, number, Random(seed).uniform(0, 1.2) * whole.seconds)


@BOTH
def test_the_first_moment_is_answered_too(number: signal.Signals) -> None:
    child = start("--help")
    child.send_signal(number)
    out, said = child.communicate()
    assert (child.returncode, out) == (128 + number, "")
    assert said == words(number.name, as_json=False).decode()


def test_it_is_said_as_any_other_refusal() -> None:
    refusal = GoodStandingError(STOPPED, signal="SIGTERM")
    assert json.loads(words("SIGTERM", as_json=True)) == refusal.as_dict()


def test_a_long_statement_is_stopped_too() -> None:
    """DuckDB looks for signals where it runs a statement, not where it hands out its rows."""
    endless = (
        "from goodstanding.cli.stop import Stop; Stop(as_json=False).install()\n"
        "import duckdb\n"
        "rows = 'FROM range(1000000) a, range(1000000) b'\n"
        "print('begun', flush=True)\n"
        "duckdb.connect().execute(\n"
        "    f'SELECT 1 {rows} WHERE hash(a.range * b.range) = 1'\n"
        ").fetchall()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", endless], stdout=pipe, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        assert stopped(child, signal.SIGTERM, after=0.5)[0] == 143


def test_what_is_to_be_ignored_is_ignored() -> None:
    """`nohup` and a shell's background jobs start a process with SIGINT ignored."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import signal\n"
            "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "from goodstanding.cli.stop import Stop; Stop(as_json=False).install()\n"
            "signal.raise_signal(signal.SIGINT)\n"
            "print('goes on')\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "goes on\n"
