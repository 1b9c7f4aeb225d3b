"""Files of a node from different days are put together, or all of an earlier day put back.

What does not agree with itself is refused before anything is signed; what agrees with itself is
found by whoever remembers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.small_register import Maker
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog, events, found_node
from goodstanding.catalogue import Pack
from goodstanding.cli.main import app
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Head, Log, NewEvent, Node, verify
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.published import Publisher

NOTED = Noted("test", 0)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Days:
    """A node that lives on, with a copy of its folder from the first day and today's."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.clock = FixedClock(START)
        self.node = found_node(folder / "node", "register.example/lumen", pack, self.clock, by="a")
        self.work()
        self.first = Path(shutil.copytree(folder / "node", folder / "first"))
        self.work()
        self.work()
        self.now = Path(shutil.copytree(folder / "node", folder / "now"))

    def work(self) -> None:
        self.clock.instant += timedelta(hours=1)
        access = AccessLog.open(self.node.folder)
        noted = access.note(events.INDEX_REBUILT, by="a", clock=self.clock)
        maker = Maker(self.node.log)
        stream, table = NewEvent("delivery", {}), maker.table(300)
        self.node.log.append([stream], [table], clock=self.clock, noted=noted)
        maker.close()

    def put_back(self, *paths: str) -> Path:
        """The node as it is now, with these files and folders of the first day."""
        for path in paths:
            old, here = self.first / path, self.node.folder / path
            if here.is_dir():
                shutil.rmtree(here)
            else:
                here.unlink(missing_ok=True)
            if old.is_dir():
                shutil.copytree(old, here)
            elif old.exists():
                shutil.copy2(old, here)
        return self.node.folder


@pytest.fixture
def days(tmp_path: Path, harbour: Pack) -> Days:
    return Days(tmp_path, harbour)


def signed(folder: Path) -> dict[str, bytes]:
    files = ("register/checkpoint", "access/register/checkpoint")
    return {file: (folder / file).read_bytes() for file in files}


def opened_and_written(folder: Path) -> None:
    """What the next command does: note, open, append."""
    clock = FixedClock(START + timedelta(days=1))
    noted = AccessLog.open(folder).note(events.INDEX_REBUILT, by="a", clock=clock)
    Node.open(folder).log.append([NewEvent("hearing", {})], clock=clock, noted=noted)


#: Parts of the register alone, whose state has come as far as the access log.
WITHIN = ("register", "register/checkpoint", "register/tile")


@pytest.mark.parametrize(
    "paths",
    [
        ("register",),
        ("register/checkpoint", "register/tile"),
        ("register/tile",),
        ("register/tile", "register/segments"),
        ("register/checkpoint", "register/segments"),
        ("state.db",),
        ("state.db", "register/checkpoint"),
        ("state.db", "register"),
        ("access",),
        ("access/state.db",),
        ("access/register",),
    ],
)
def test_files_of_different_days_are_refused_and_nothing_is_signed(
    days: Days, paths: tuple[str, ...]
) -> None:
    folder = days.put_back(*paths)
    before = signed(folder)
    with pytest.raises(GoodStandingError) as refused:
        opened_and_written(folder)
    assert "GS-REGISTER-009" in str(refused.value) or "GS-AUDIT-003" in str(refused.value)
    changed = {path for path, note in signed(folder).items() if note != before[path]}
    # The try is noted in an access log that is whole.
    assert changed <= ({"access/register/checkpoint"} if paths[0] in WITHIN else set())


def test_an_earlier_head_is_not_taken_for_a_batch_in_flight(days: Days) -> None:
    """With the mark that a crash leaves, what lies beyond the head would be deleted."""
    folder = days.put_back("state.db", "register/checkpoint")
    (folder / "register/unfinished").touch()
    shutil.rmtree(folder / "access")
    files = sorted((folder / "register/segments").rglob("*"))
    with pytest.raises(GoodStandingError) as refused:
        Log.open(folder)
    assert "more than one batch lies beyond" in refused.value.what
    assert sorted((folder / "register/segments").rglob("*")) == files


def test_no_second_tree_of_one_size_is_signed_whoever_asks(days: Days) -> None:
    log = days.node.log
    other = Head(log.head.size, bytes(32))
    with pytest.raises(GoodStandingError) as refused:
        Publisher(log.layout, lambda: None).sign(other)
    assert refused.value.code.id == "GS-REGISTER-009"
    assert open_checkpoint(signed(days.node.folder)["register/checkpoint"], log.key).head == (
        log.head
    )


def test_a_crash_between_head_and_checkpoint_is_still_mended(days: Days) -> None:
    """Behind is not put back: the tiles of what the state knows are there."""
    shutil.copy2(days.first / "register/checkpoint", days.node.folder / "register/checkpoint")
    (days.node.layout.unfinished).touch()
    log = Log.open(days.node.folder)
    assert log.checkpoint().head == log.head
    assert verify(days.node.folder).verified


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


Verify = Callable[[], Result]


@pytest.fixture
def remembering(days: Days, tmp_path: Path) -> Verify:
    return lambda: run("verify", "--node", days.node.folder, "--remember", tmp_path / "memory")


def test_an_access_log_put_back_as_a_whole_is_found_by_who_remembers(
    days: Days, remembering: Verify
) -> None:
    assert remembering().exit_code == 0
    days.put_back("access")
    result = remembering()
    assert result.exit_code == 3
    assert "was rolled back" in " ".join(result.stderr.split())


def test_a_node_put_back_as_a_whole_is_found_by_who_remembers(
    days: Days, remembering: Verify
) -> None:
    assert remembering().exit_code == 0
    days.put_back("state.db", "register", "access")
    assert remembering().exit_code == 3


def test_a_new_access_log_after_one_was_removed_owes_nothing_to_it(days: Days) -> None:
    shutil.rmtree(days.node.layout.access)
    AccessLog.of(days.node, by="a", clock=days.clock)
    days.work()
    assert verify(days.node.layout.access).verified
