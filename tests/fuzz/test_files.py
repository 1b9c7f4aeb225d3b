"""One file of a register changed anyhow: the check reports, and never fails itself.

That it finds each kind of damage, and names it, is for the tests of the check; here the bytes
are any, and what may not happen is an exception, a hang or the end of the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.kernel import FixedClock, Noted, parse_instant
from goodstanding.register import RECORD_COLUMNS, Log, NewEvent, RecordTable, verify

CLOCK = FixedClock(parse_instant("2026-01-31T12:00:00Z"))
EVENT = NewEvent("delivery", {"source": "port_monthly", "sha256": "ab"})
#: What a column of a record holds, by its name or else by its type, as SQL.
VALUES = {
    "act": "'record'",
    "item": "'berth_fine'",
    "original": "'{}'",
    "supersedes": "NULL",
    "VARCHAR": "'光明 Shipping'",
    "DATE": "DATE '2025-01-02'",
    "BIGINT": "1",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 300 events and 40 records."""
    log = Log.create(tmp_path_factory.mktemp("fuzz") / "node", "register.example/lumen")
    columns = {
        name: f"{VALUES.get(name) or VALUES[type_]}::{type_}"
        for name, type_ in RECORD_COLUMNS.items()
        if name not in ("leaf", "salt", "known_at")
    }
    listed = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE records AS SELECT {listed} FROM range(40)").fetchall()
        table = RecordTable(connection, "records", "berth_fine", ())
        log.append([EVENT] * 300, [table], clock=CLOCK, noted=Noted("test", 0))
    return log.layout.folder


@dataclass(frozen=True)
class Edit:
    """One file, at a share of its length: so many bytes go, others come.

    ``hidden``: whoever did it also wrote the digest that fits beside it.
    """

    file: int
    share: float
    cut: int
    new: bytes
    hidden: bool

    def of(self, before: bytes) -> bytes:
        at = int(self.share * len(before))
        return before[:at] + self.new + before[at + self.cut :]


EDITS = st.builds(
    Edit,
    st.integers(0, 99),
    st.floats(0, 1),
    st.sampled_from([0, 1, 8, 100, 1 << 20]),
    st.binary(max_size=16) | st.just(b"\xff" * 64),
    st.booleans(),
)


def test_the_register_is_sound_before_it_is_changed(folder: Path) -> None:
    assert verify(folder).verified


@settings(
    max_examples=60,
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(EDITS)
def test_any_change_of_a_file_is_reported_or_harmless(folder: Path, edit: Edit) -> None:
    files = sorted(file for file in (folder / "register").rglob("*") if file.is_file())
    file = files[edit.file % len(files)]
    digest = file.with_suffix(".sha256")
    before = {each: each.read_bytes() for each in (file, digest) if each.exists()}
    after = edit.of(before[file])
    try:
        if edit.hidden and digest.exists():
            digest.write_text(f"{sha256(after).hexdigest()}  {file.name}\n")
        file.write_bytes(after)
        # Whatever is in the files, it is a report; only the key beside them could be refused.
        assert verify(folder).steps
    finally:
        for each, data in before.items():
            each.write_bytes(data)
