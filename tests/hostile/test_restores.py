"""Files of a node from different days are put together, or all of an earlier day put back.

What does not agree with itself is refused before anything is signed; what agrees with itself is
found by whoever remembers.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.small_register import Maker
from typer.testing import CliRunner, Result

from goodstanding.audit import AccessLog, events, found_node
from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.main import app
from goodstanding.ingest import Handover, ingest
from goodstanding.ingest.erase import erase_record
from goodstanding.kernel import FixedClock, GoodStandingError, Noted, SystemClock
from goodstanding.register import Head, Log, NewEvent, Node, verify
from goodstanding.register.backup import back_up, restore
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.published import Publisher
from goodstanding.register.segments import read_events

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


# ---- backup, restore, ledger --------------------------------------------------------------

HEADER = "no,operator,name,date,amount,berth,hours,paid,repeated,authority,item"
KEY, NAME, SUBJECT = "QX-771-93", "Quillfeather Maritime", "lum-op:7731"
#: Where that record lies: rows are sealed by subject.
TOLD = 3
RESUME = ("--by", "Ada Quay", "--reason", "the disk broke")


def fine(key: str, name: str = "Lumen Lines", subject: str = "lum-op:0001") -> str:
    return f"{key},{subject},{name},03.02.2020,100.00,N1,4,,false,harbour_office,berth_fine"


class Port:
    """A node that takes fines, keeps a ledger, and is backed up; it lives in real time."""

    def __init__(self, folder: Path, pack_folder: Path) -> None:
        self.folder, self.clock = folder, SystemClock()
        self.pack = load_pack(str(pack_folder))
        self.ledger = folder / "elsewhere/ledger"
        self.ledger.parent.mkdir()
        found_node(folder / "node", "register.example/lumen", self.pack, self.clock, by="Ada Quay")
        with (folder / "node/node.toml").open("a") as settings:
            settings.write(f'erasure_ledger = "{self.ledger}"\n')
        self.files = 0

    @property
    def node(self) -> Node:
        return Node.open(self.folder / "node")

    def deliver(self, *rows: str) -> None:
        self.files += 1
        file = self.folder / f"fines-{self.files}.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n")
        ingest(
            self.node, self.pack, "fines", file, clock=self.clock, noted=NOTED,
            handover=Handover(as_of=date(2026, 1, self.files)),
        )  # fmt: skip

    def erase(self, leaf: int) -> None:
        erase_record(
            self.node, self.pack, leaf, authority="harbour_office", basis="port_act.9",
            by="Ada Quay", reason="ordered by the court", clock=self.clock, noted=NOTED,
        )  # fmt: skip

    def back_up(self, name: str = "backup", *, keys: bool = True) -> Path:
        to = self.folder / name
        back_up(self.folder / "node", to, keys=keys, clock=self.clock, noted=NOTED)
        return to

    def lose_and_restore(self, backup: Path) -> Path:
        (self.folder / "node").rename(self.folder / "lost")
        restore(backup, self.folder / "node")
        return self.folder / "node"


@pytest.fixture
def port(tmp_path: Path, harbour_folder: Path) -> Port:
    made = Port(tmp_path, harbour_folder)
    made.deliver(fine(KEY, NAME, SUBJECT), fine("B-1"))
    return made


def telling(folder: Path) -> list[str]:
    """The files that still say anything of the record that was erased."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(v.encode() in path.read_bytes() for v in (KEY, "Quillfeather"))
    ]


def resume(folder: Path, *more: object) -> Result:
    return run("log", "apply-ledger", "--node", folder, *RESUME, *more)


def code(result: Result) -> str:
    assert isinstance(result.exception, GoodStandingError), result.output
    return result.exception.code.id


def test_what_was_erased_after_the_backup_does_not_come_back(port: Port) -> None:
    backup = port.back_up()
    port.erase(TOLD)
    folder = port.lose_and_restore(backup)
    assert telling(folder)
    assert resume(folder).exit_code == 0
    port.node.index.consume()
    assert telling(folder) == []
    assert verify(folder).verified


def test_nor_with_the_next_delivery(port: Port) -> None:
    """The record came in and was erased after the backup: only the ledger's mark knows it."""
    backup = port.back_up()
    port.deliver(fine("QX-9", NAME, "lum-op:7732"))
    port.erase(5)
    folder = port.lose_and_restore(backup)
    shutil.copy2(port.folder / "lost/keys/erased.keys", folder / "keys/erased.keys")
    assert resume(folder).exit_code == 0
    port.deliver(fine("QX-9", NAME, "lum-op:7732"), fine("B-3"))
    held = [r.source_key for r in port.node.records_of("lum-op:7732", noted=NOTED)]
    assert held == []


def test_a_restored_node_opens_for_nobody_before(port: Port) -> None:
    folder = port.lose_and_restore(port.back_up())
    for words in (("access", "list"), ("records", "lum-op:7731"), ("log", "publish")):
        assert code(run(*words, "--node", folder, "--by", "a")) == "GS-REGISTER-066"
    with pytest.raises(GoodStandingError, match="was restored"):
        Log.open(folder)


def test_a_missing_ledger_keeps_it_shut(port: Port) -> None:
    port.erase(2)
    folder = port.lose_and_restore(port.back_up())
    port.ledger.unlink()
    assert code(resume(folder)) == "GS-REGISTER-068"
    assert code(resume(folder, "--no-ledger")) == "GS-REGISTER-068"
    assert (folder / "restored.json").exists()


def test_so_does_one_that_lacks_what_the_log_knows(port: Port) -> None:
    port.erase(2)
    port.erase(3)
    folder = port.lose_and_restore(port.back_up())
    port.ledger.write_bytes(port.ledger.read_bytes().splitlines(keepends=True)[0])
    assert code(resume(folder)) == "GS-REGISTER-068"


def test_a_ledger_with_a_line_taken_out_or_changed_is_none(port: Port) -> None:
    port.erase(2)
    port.erase(3)
    folder = port.lose_and_restore(port.back_up())
    whole = port.ledger.read_bytes()
    port.ledger.write_bytes(whole.splitlines(keepends=True)[1])
    assert code(resume(folder)) == "GS-REGISTER-067"
    port.ledger.write_bytes(whole.replace(b'"leaves":[2]', b'"leaves":[4]'))
    assert code(resume(folder)) == "GS-REGISTER-067"


def test_an_erasure_that_cannot_be_written_down_does_not_happen(port: Port) -> None:
    size = port.node.log.head.size
    shutil.rmtree(port.ledger.parent)
    with pytest.raises(GoodStandingError) as refused:
        port.erase(2)
    assert refused.value.code.id == "GS-REGISTER-067"
    assert port.node.log.head.size == size


def test_a_ledger_inside_the_node_is_none(port: Port) -> None:
    file = port.folder / "node/node.toml"
    file.write_text(file.read_text().replace(str(port.ledger), str(file.with_name("ledger"))))
    with pytest.raises(GoodStandingError, match="inside the node"):
        port.erase(2)


def test_a_ledger_says_nothing_of_the_record(port: Port) -> None:
    port.erase(TOLD)
    text = port.ledger.read_text()
    assert f'"leaves":[{TOLD}]' in text
    assert not any(value in text for value in (KEY, "Quillfeather", "7731", "court", "Quay"))


def test_a_line_that_a_crash_cut_off_is_written_again(port: Port) -> None:
    port.erase(2)
    port.ledger.write_bytes(port.ledger.read_bytes() + b'{"basis":"port_act.9","en')
    port.erase(3)
    assert port.ledger.read_bytes().count(b"\n") == 2
    assert run("doctor", "--node", port.folder / "node").stdout.count("✗") == 0


def test_a_ledger_named_late_gets_every_erasure_there_was(port: Port) -> None:
    settings = port.folder / "node/node.toml"
    named = settings.read_text()
    settings.write_text("\n".join(named.splitlines()[:-1]) + "\n")
    port.erase(2)
    assert not port.ledger.exists()
    settings.write_text(named)
    port.erase(3)
    assert port.ledger.read_bytes().count(b"\n") == 2


def test_a_register_that_went_on_is_not_continued_under_its_key(port: Port) -> None:
    """The old key has signed other trees of the sizes that come now."""
    backup, old = port.back_up(), port.node.log.key
    port.deliver(fine("B-2"))
    seen = (port.folder / "node/register/checkpoint").read_bytes()
    folder = port.lose_and_restore(backup)
    (port.folder / "seen").write_bytes(seen)
    assert resume(folder, "--newest", port.folder / "seen").exit_code == 0
    note = (folder / "register/checkpoint").read_bytes()
    with pytest.raises(GoodStandingError):
        open_checkpoint(note, old)
    assert open_checkpoint(note, port.node.log.key).head == port.node.log.head


def test_nor_where_nobody_was_asked(port: Port) -> None:
    old = port.node.log.key
    folder = port.lose_and_restore(port.back_up())
    assert resume(folder).exit_code == 0
    assert port.node.log.key != old


def test_where_nothing_newer_was_signed_the_key_stays(port: Port) -> None:
    old, backup = port.node.log.key, port.back_up()
    seen = port.folder / "node/register/checkpoint"
    shutil.copy2(seen, port.folder / "seen")
    folder = port.lose_and_restore(backup)
    assert resume(folder, "--newest", port.folder / "seen").exit_code == 0
    assert port.node.log.key == old
    assert verify(folder).verified


def test_a_backup_without_keys_has_none_and_still_goes_on(port: Port) -> None:
    port.erase(2)
    backup = port.back_up(keys=False)
    kept = [path.name for path in (backup / "node").rglob("*.key*")]
    assert kept == []
    folder = port.lose_and_restore(backup)
    assert resume(folder).exit_code == 0
    assert verify(folder).verified


def test_a_backup_made_while_writers_work_verifies(port: Port) -> None:
    """Four writers note looks, one delivers; the copy is of one instant."""
    stop, errors = Event(), list[Exception]()

    def look() -> None:
        access = AccessLog.open(port.folder / "node")
        try:
            while not stop.is_set():
                access.note(events.INDEX_REBUILT, by="a", clock=port.clock)
        except Exception as error:
            errors.append(error)

    def deliver() -> None:
        try:
            for n in range(6):
                port.deliver(fine(f"C-{n}"))
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=look) for _ in range(2)] + [Thread(target=deliver)]
    for thread in threads:
        thread.start()
    copies = [port.back_up(f"backup-{n}") for n in range(3)]
    threads[-1].join()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    for copy in copies:
        assert verify(copy / "node").verified
        assert verify(copy / "node/access").verified


@pytest.mark.parametrize("damage", ["flip", "missing", "more", "sums", "outside"])
def test_a_backup_that_was_changed_is_none(port: Port, tmp_path: Path, damage: str) -> None:
    backup = port.back_up()
    segment = next((backup / "node/register/segments/berth_fine").glob("*.parquet"))
    match damage:
        case "flip":
            data = bytearray(segment.read_bytes())
            data[50] ^= 1
            segment.write_bytes(data)
        case "missing":
            segment.unlink()
        case "more":
            (backup / "node/register/tile/0/999").write_bytes(b"x")
        case "sums":
            sums = backup / "SHA256SUMS"
            sums.write_bytes(sums.read_bytes().replace(b"state.db", b"state.dc"))
        case "outside":
            put_in_sums(backup, f"{'0' * 64}  node/../../planted\n")
    with pytest.raises(GoodStandingError) as refused:
        restore(backup, tmp_path / "back")
    assert refused.value.code.id == "GS-REGISTER-064"
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob(".back.*"))


def put_in_sums(backup: Path, line: str) -> None:
    """A list of hashes that its manifest names, with one more line."""
    sums = (backup / "SHA256SUMS").read_bytes() + line.encode()
    (backup / "SHA256SUMS").write_bytes(sums)
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["sums"] = sha256(sums).hexdigest()
    (backup / "manifest.json").write_text(json.dumps(manifest))


def test_a_backup_is_private(port: Port) -> None:
    backup = port.back_up()
    open_ones = {
        path.relative_to(backup).as_posix()
        for path in (backup, *backup.rglob("*"))
        if path.stat().st_mode & 0o066
    }
    assert all("/register/tile" in path or path.endswith("checkpoint") for path in open_ones)
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_has_every_file_but_what_can_be_made_again(port: Port) -> None:
    assert list((port.folder / "node/packs").iterdir())
    port.node.index.consume()
    backup = port.back_up() / "node"
    files = {p.relative_to(port.folder / "node").as_posix() for p in files_of(port.folder / "node")}
    copied = {path.relative_to(backup).as_posix() for path in files_of(backup)}
    assert files - copied == {
        "index.db", "turn.lock", ".receiving.lock", "access/turn.lock",
    }  # fmt: skip


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_backup_is_never_made_inside_the_node_nor_over_anything(port: Port) -> None:
    for to in (port.folder / "node/backup", port.folder / "elsewhere"):
        with pytest.raises(GoodStandingError) as refused:
            back_up(port.folder / "node", to, keys=True, clock=port.clock, noted=NOTED)
        assert refused.value.code.id == "GS-REGISTER-065"


def test_the_commands_note_what_they_do(port: Port) -> None:
    assert run("backup", port.folder / "node", port.folder / "copy", "--by", "a").exit_code == 0
    folder = port.lose_and_restore(port.folder / "copy")
    assert resume(folder).exit_code == 0
    listed = run("access", "list", "--node", folder, "--by", "a", "--json").stdout
    said = [entry["event"] for entry in json.loads(listed)]
    assert {"node_backed_up", "node_restored", "key_rotated"} <= set(said)
    assert verify(folder / "access").verified


def test_whoever_remembers_the_lost_history_is_told(port: Port, tmp_path: Path) -> None:
    backup = port.back_up()
    port.deliver(fine("B-2"))
    memory = tmp_path / "memory"
    words = ("verify", "--node", port.folder / "node", "--remember", memory)
    assert run(*words).exit_code == 0
    assert resume(port.lose_and_restore(backup)).exit_code == 0
    assert run(*words).exit_code == 3


def test_a_restored_node_silent_for_long_goes_on(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = port.lose_and_restore(port.back_up())
    later = SystemClock().now() + timedelta(days=300)
    monkeypatch.setattr(SystemClock, "now", lambda _self: later)
    assert resume(folder).exit_code == 0
    assert verify(folder).verified


class DiedError(Exception):
    """The process ended here."""


def die(*_words: object, **_more: object) -> None:
    raise DiedError


@pytest.mark.parametrize(
    "place",
    [
        # The access log goes on, nothing else is done.
        "goodstanding.cli.resume_command.resume_node",
        # A key is prepared that no log names.
        "goodstanding.register.log.Log.append",
        # The log goes on, nothing is erased again.
        "goodstanding.ingest.restored.erase_ordered",
        # Everything is done but the mark.
        "goodstanding.ingest.restored.sync",
    ],
)
def test_cut_off_anywhere_the_same_command_goes_on(
    port: Port, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    backup = port.back_up()
    port.erase(TOLD)
    folder = port.lose_and_restore(backup)
    if place.endswith("sync"):
        monkeypatch.setattr(Path, "unlink", unlink_all_but(folder / "restored.json"))
    elif place.endswith("append"):
        access = AccessLog.resume(folder, by="a", clock=port.clock, reason="r")
        assert access
        monkeypatch.setattr(place, die)
    else:
        monkeypatch.setattr(place, die)
    assert isinstance(resume(folder).exception, DiedError)
    assert (folder / "restored.json").exists()
    monkeypatch.undo()
    assert resume(folder).exit_code == 0
    port.node.index.consume()
    assert telling(folder) == []
    assert verify(folder).verified
    begun = [e for e in all_events(port.node) if e == "log_restored"]
    assert begun == ["log_restored"]


def unlink_all_but(kept: Path) -> Callable[..., None]:
    unlink = Path.unlink

    def refusing_one(path: Path, missing_ok: bool = False) -> None:
        if path == kept:
            raise DiedError
        unlink(path, missing_ok)

    return refusing_one


def all_events(node: Node) -> list[str]:
    segments = node.log.segments("events")
    return [event.event for segment in segments for event in read_events(segment)]
