"""Someone has changed the register's files, or signs two histories: every change is found.

Whoever changes them here may have all rights on the machine, the signing key included; what
the key alone cannot mend, no one can.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.small_register import ORIGIN, Maker, build

from goodstanding.cli.console import Exit
from goodstanding.cli.main import run
from goodstanding.kernel import GoodStandingError
from goodstanding.register import Finding, Follower, Head, Log, VerifyReport, verify
from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.errors import UNVERIFIED
from goodstanding.register.keys import SigningKey

FINES = Path("segments/berth_fine/1-299.parquet")


@dataclass(frozen=True)
class Register:
    """A node's folder whose files can be changed."""

    folder: Path

    @property
    def files(self) -> Path:
        return self.folder / "register"

    @property
    def note(self) -> bytes:
        """Its published checkpoint."""
        return (self.files / "checkpoint").read_bytes()

    def copy(self, folder: Path) -> Register:
        return Register(Path(shutil.copytree(self.folder, folder)))

    def rewrite(self, segment: Path, sql: str, *parameters: object) -> None:
        """Write a segment anew from its own rows, with the digest to match."""
        file = self.files / segment
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"CREATE TABLE segment AS FROM '{file}'").fetchall()
            connection.execute(f"COPY ({sql}) TO '{file}'", parameters).fetchall()
        digest = sha256(file.read_bytes()).hexdigest()
        file.with_suffix(".sha256").write_text(f"{digest}  {file.name}\n")

    def sign(self, head: Head) -> None:
        """Publish a checkpoint over any head: the operator has the key."""
        key = SigningKey.load(self.folder / "keys/register.key")
        (self.files / "checkpoint").write_text(sign_checkpoint(head, key).note)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("built") / "node"
    build(folder)
    return Register(folder)


@pytest.fixture
def register(built: Register, tmp_path: Path) -> Register:
    """A sound register of 601 entries, two of them erased, to be changed."""
    return built.copy(tmp_path / "node")


@pytest.fixture
def maker(register: Register) -> Iterator[Maker]:
    """Its lawful operator, who appends to it."""
    made = Maker(Log.open(register.folder))
    yield made
    made.close()


def found(register: Register) -> list[Finding]:
    report = verify(register.folder)
    assert report.verified == (not report.findings)
    return report.findings


def names(report: VerifyReport, register: Register, file: Path) -> bool:
    """Whether a finding names the file, as its place or in words."""
    path = file.relative_to(register.files).as_posix()
    return any(finding.file == file or path in finding.problem for finding in report.findings)


@contextmanager
def flipped(file: Path, at: int, bit: int) -> Iterator[None]:
    sound = file.read_bytes()
    changed = bytearray(sound)
    changed[at] ^= 1 << bit
    file.write_bytes(changed)
    try:
        yield
    finally:
        file.write_bytes(sound)


def test_the_register_is_sound_to_begin_with(register: Register) -> None:
    assert not found(register)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_flipped_bit_is_found_and_its_file_named(
    register: Register, data: st.DataObject
) -> None:
    files = sorted(file for file in register.files.rglob("*") if file.is_file())
    file = data.draw(st.sampled_from(files))
    at = data.draw(st.integers(0, file.stat().st_size - 1))
    with flipped(file, at, data.draw(st.integers(0, 7))):
        report = verify(register.folder)
    assert not report.verified
    assert names(report, register, file)


def test_two_rows_exchanged_are_both_named(register: Register) -> None:
    swapped = "CASE leaf WHEN 20 THEN 21 WHEN 21 THEN 20 ELSE leaf END"
    sql = f"SELECT * REPLACE ({swapped} AS leaf) FROM segment ORDER BY leaf"
    register.rewrite(FINES, sql)
    assert [(f.step, f.leaf) for f in found(register)] == [(4, 20), (4, 21)]


def test_rows_out_of_order_are_named(register: Register) -> None:
    swapped = "CASE leaf WHEN 20 THEN 21 WHEN 21 THEN 20 ELSE leaf END"
    register.rewrite(FINES, f"SELECT * FROM segment ORDER BY {swapped}")
    (finding,) = found(register)
    assert (finding.file, finding.leaf) == (register.files / FINES, 20)


def test_two_salts_exchanged_are_both_named(register: Register) -> None:
    salt = "(SELECT salt FROM segment WHERE leaf = {})"
    swapped = (
        f"CASE leaf WHEN 20 THEN {salt.format(21)} WHEN 21 THEN {salt.format(20)} ELSE salt END"
    )
    register.rewrite(FINES, f"SELECT * REPLACE ({swapped} AS salt) FROM segment ORDER BY leaf")
    assert [(f.step, f.leaf) for f in found(register)] == [(4, 20), (4, 21)]


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/002.p/89", "tile/1/000.p/2", "tile/entries/001"]
)
def test_a_missing_tile_is_named(register: Register, path: str) -> None:
    file = register.files / path
    file.unlink()
    assert [(f.file, f.problem) for f in found(register)] == [(file, "is missing")]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/89", "tile/entries/001"])
def test_a_truncated_tile_is_named(register: Register, path: str) -> None:
    file = register.files / path
    os.truncate(file, 64)
    assert [f.file for f in found(register)] == [file]


def test_a_truncated_segment_is_named(register: Register) -> None:
    file = register.files / FINES
    os.truncate(file, file.stat().st_size - 100)
    assert {f.file for f in found(register)} == {file}


def test_a_missing_segment_is_named_by_its_leaves(register: Register) -> None:
    (register.files / FINES).unlink()
    findings = found(register)
    assert "no segment holds entries 1 to 299" in {finding.problem for finding in findings}


def test_a_missing_digest_is_named(register: Register) -> None:
    file = (register.files / FINES).with_suffix(".sha256")
    file.unlink()
    assert [(f.file, f.problem) for f in found(register)] == [(file, "is missing")]


def test_a_changed_digest_is_named(register: Register) -> None:
    file = (register.files / FINES).with_suffix(".sha256")
    file.write_text(f"{'0' * 64}  1-299.parquet\n")
    (finding,) = found(register)
    assert finding.step == 3
    assert file.name in finding.problem


@pytest.mark.parametrize("name", ["dues/20-5.parquet", "dues/1-299.parquet", "x.parquet"])
def test_an_extra_segment_is_named(register: Register, name: str) -> None:
    file = register.files / "segments" / name
    shutil.copy(register.files / FINES, file)
    assert file in {finding.file for finding in found(register)}


def test_a_row_gone_without_an_erasure_is_named(register: Register) -> None:
    register.rewrite(FINES, "SELECT * FROM segment WHERE leaf <> 20 ORDER BY leaf")
    (finding,) = found(register)
    assert (finding.step, finding.file, finding.leaf) == (5, register.files / FINES, 20)
    assert finding.problem == "its row is gone and no erasure covers it"


def test_a_row_that_an_erasure_covers_and_that_is_there_is_named(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    before = register.copy(tmp_path / "before")
    maker.erase(20)
    for name in (FINES, FINES.with_suffix(".sha256")):
        shutil.copy(before.files / name, register.files / name)
    (finding,) = found(register)
    assert (finding.step, finding.file, finding.leaf) == (5, register.files / FINES, 20)
    assert finding.problem.startswith("erasure unfinished")


def test_a_checkpoint_of_another_log_does_not_fit(register: Register, tmp_path: Path) -> None:
    other = Log.create(tmp_path / "other", ORIGIN)
    shutil.copy(other.layout.checkpoint, register.files / "checkpoint")
    assert [(f.step, f.file) for f in found(register)] == [(1, register.files / "checkpoint")]


def test_a_checkpoint_over_another_root_does_not_fit(register: Register) -> None:
    register.sign(Head(601, bytes(32)))
    assert [(f.step, f.file) for f in found(register)] == [(9, register.files / "checkpoint")]


def test_a_checkpoint_over_entries_that_are_not_there_does_not_fit(register: Register) -> None:
    register.sign(Head(2**62, bytes(32)))
    assert {finding.step for finding in found(register)} == {2}


def test_a_checkpoint_put_back_alone_is_named_by_what_lies_beyond_it(
    register: Register, maker: Maker
) -> None:
    older = register.note
    maker.append(maker.table(10))
    (register.files / "checkpoint").write_bytes(older)
    findings = found(register)
    assert {finding.step for finding in findings} == {11}
    assert all("rolled back" in finding.problem for finding in findings)
    assert register.files / "segments/events/601-1.parquet" in {f.file for f in findings}


def test_a_batch_in_flight_is_no_finding(register: Register, maker: Maker) -> None:
    older = register.note
    maker.append(maker.table(10))
    (register.files / "checkpoint").write_bytes(older)
    (register.files / "unfinished").touch()
    report = verify(register.folder)
    assert report.verified
    assert register.files / "segments/events/601-1.parquet" in report.unfinished


def test_a_register_put_back_as_a_whole_is_caught_by_who_saw_it(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    before = register.copy(tmp_path / "before")
    maker.append(maker.table(10))
    assert not found(before)
    report = verify(before.folder, seen=[register.note])
    assert [finding.step for finding in report.findings] == [10]
    assert "was rolled back: 612 entries" in report.findings[0].problem


def test_a_forked_history_is_caught_by_who_saw_the_other(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    fork = register.copy(tmp_path / "fork")
    maker.append(maker.table(10))
    liar = Maker(Log.open(fork.folder))
    liar.append(liar.table(20))
    liar.close()
    assert not found(fork)
    report = verify(fork.folder, seen=[register.note])
    assert [finding.step for finding in report.findings] == [10]
    assert "two histories were signed" in report.findings[0].problem


def test_what_was_seen_of_this_history_is_no_finding(register: Register, maker: Maker) -> None:
    older = register.note
    maker.append(maker.table(10))
    report = verify(register.folder, seen=[older, register.note])
    assert report.verified
    assert (report.steps[9].checked, report.steps[9].total) == (2, 2)


def test_what_was_seen_of_another_log_cannot_be_compared(
    register: Register, tmp_path: Path
) -> None:
    other = Log.create(tmp_path / "other", ORIGIN)
    report = verify(register.folder, seen=[other.layout.checkpoint.read_bytes(), b"nonsense"])
    assert [finding.step for finding in report.findings] == [10, 10]


def test_an_unpublished_checkpoint_of_another_history_is_named(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    fork = register.copy(tmp_path / "fork")
    maker.append()
    liar = Maker(Log.open(fork.folder))
    liar.append(liar.table(20))
    liar.close()
    shutil.copy(register.files / "checkpoint", fork.files / "checkpoint.unpublished")
    assert (9, fork.files / "checkpoint.unpublished") in {(f.step, f.file) for f in found(fork)}


def test_two_histories_are_not_shown_to_one_client(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    fork = register.copy(tmp_path / "fork")
    maker.append(maker.table(10))
    liar = Maker(Log.open(fork.folder))
    liar.append(liar.table(20))
    liar.close()

    client = Follower(maker.log.key, tmp_path / "memory")
    client.follow(register.files)
    with pytest.raises(GoodStandingError, match="two histories") as refused:
        client.follow(fork.files)
    assert refused.value.code is UNVERIFIED
    # Both signed notes are kept: together they prove it to anyone.
    evidence = {file.suffix: file.read_bytes() for file in tmp_path.glob("memory.*")}
    assert evidence == {".remembered": register.note, ".shown": fork.note}
    assert (tmp_path / "memory").read_bytes() == register.note


def test_a_register_put_back_as_a_whole_is_not_shown_to_one_client(
    register: Register, maker: Maker, tmp_path: Path
) -> None:
    before = register.copy(tmp_path / "before")
    maker.append(maker.table(10))
    client = Follower(maker.log.key, tmp_path / "memory")
    client.follow(register.files)
    with pytest.raises(GoodStandingError, match="rolled back"):
        client.follow(before.files)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/001", FINES, "checkpoint"])
def test_a_pipe_in_place_of_a_file_does_not_stop_the_check(
    register: Register, path: str | Path
) -> None:
    file = register.files / path
    file.unlink()
    os.mkfifo(file)
    assert file in {finding.file for finding in found(register)}


def test_the_command_remembers_and_is_shown_what_was_seen(
    harbour_folder: Path, tmp_path: Path
) -> None:
    node, memory = Register(tmp_path / "lumen"), tmp_path / "memory"
    words = ["init", str(node.folder), "--pack", str(harbour_folder), "--origin", ORIGIN]
    assert run(words) == Exit.OK
    before = node.copy(tmp_path / "before")

    def check(register: Register, *options: object) -> int:
        return run(["verify", "--node", str(register.folder), *map(str, options)])

    assert check(node, "--remember", memory) == Exit.OK
    maker = Maker(Log.open(node.folder))
    maker.append(maker.table(10))
    maker.close()
    assert check(node, "--remember", memory) == Exit.OK
    # The node as it was before is sound by itself, but older than what this reader remembers.
    assert check(before) == Exit.OK
    assert check(before, "--remember", memory) == Exit.FINDINGS
    assert check(before, "--seen", node.files / "checkpoint") == Exit.FINDINGS
    assert check(node, "--seen", before.files / "checkpoint") == Exit.OK
