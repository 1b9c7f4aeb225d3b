"""What an incremental run builds on, what it refuses, and what its cache may never keep."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from tests.generative.histories import INSTANT, Shelf, Step
from tests.generative.register import ITEMS
from tests.generative.strategies import written
from tests.spec.jurisdiction import Entry, jurisdiction

from goodstanding.catalogue import Confidence, Parameter, ParameterValue
from goodstanding.evaluation.engines.duckdb import run
from goodstanding.evaluation.engines.incremental import (
    SUBJECTS_CHANGES,
    Changes,
    WholeRunNeeded,
    evaluate_since,
    forget,
    merge,
)
from goodstanding.evaluation.engines.incremental.cache import Cache
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.manifest import MANIFEST, write_manifest
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import Fixed, GoodStandingError, Noted
from goodstanding.register import Checkpoint

DAY = date(2024, 3, 1)
SECRET = "Never to be read again"
DATA: dict[str, object] = {
    "id": "generated",
    "titles": {"en": "Generated"},
    "authority": "office",
    "subject_kind": "business",
    "act": "act.1",
    "version": 1,
    "in_force": {"from": date(2020, 1, 1)},
    "unit": "points",
    "scale": 0,
    "selections": {"s": {"items": ["alpha"], "window": {"months": "param.w"}}},
    "indicators": {"i": {"of": "s", "take": "latest", "value": "visit"},
                   "n": {"of": "s", "take": "count"}},
    "rules": {"r": {"titles": {"en": "Rule"}, "article": "act.2",
                    "per_unit": {"of": "n", "points": "param.p"}}},
    "groups": {},
    "grades": {
        "direction": "lower_is_better",
        "labels": {grade: {"titles": {"en": grade}} for grade in "AB"},
        "order": ["A", "B"],
        "bands": [{"grade": "A"}, {"grade": "B", "from": "param.b"}],
        "exceptions": [],
    },
}  # fmt: skip


def parameter(name: str, unit: str, *values: tuple[date, int]) -> Parameter:
    dated = tuple(ParameterValue(start, Fixed(value, 0), "act.1") for start, value in values)
    return Parameter(name, {"en": name}, unit, 0, dated, Confidence.KNOWN)


@pytest.fixture
def scheme() -> Scheme:
    start = date(2000, 1, 1)
    law = [
        parameter("w", "months", (start, 12)),
        parameter("p", "points", (start, 2), (date(2024, 6, 1), 3)),
        parameter("b", "points", (start, 4)),
    ]
    found, findings = read_scheme(jurisdiction({p.id: p for p in law}, ITEMS), written(DATA))
    assert found is not None, list(map(str, findings))
    return found


def entry(
    leaf: int,
    subject: str,
    *,
    effective_on: date = date(2024, 1, 1),
    visit: str = "v",
    supersedes: int | None = None,
) -> Entry:
    return Entry(
        leaf,
        "alpha",
        subject,
        effective_on,
        {"amount": Fixed(100, 2), "visit": visit},
        act="record" if supersedes is None else "correction",
        supersedes=supersedes,
        source_key=f"k{leaf}",
        known_at=INSTANT,
    )


def add(shelf: Shelf, *entries: Entry, erased: int | None = None) -> None:
    shelf.add(Step(entries, erased, DAY, True, False, None))


def whole(scheme: Scheme, shelf: Shelf, out: Path, day: date = DAY) -> Path:
    run(scheme, shelf.relations(), as_of=day, known_at=None, out=out, threads=1)
    write_manifest(out, scheme, shelf.checkpoint, day, None, history=False, draft=False)
    return out


class Register:
    """A register of three subjects, its whole results in ``base``, and runs since."""

    def __init__(self, scheme: Scheme, folder: Path) -> None:
        self.scheme, self.folder = scheme, folder
        self.shelf = Shelf(folder / "segments")
        add(self.shelf, entry(1, "biz:1"), entry(2, "biz:2"), entry(3, "biz:3"))
        self.base = whole(scheme, self.shelf, folder / "base")
        self.cache = folder / "cache"

    def since(
        self,
        day: date = DAY,
        *,
        scheme: Scheme | None = None,
        since: Path | None = None,
        checkpoint: Checkpoint | None = None,
        known_at: datetime | None = None,
        out: Path | None = None,
        draft: bool = False,
    ) -> Changes | WholeRunNeeded:
        """A run since ``base`` into ``out``, unless something else is asked for."""
        return evaluate_since(
            scheme or self.scheme,
            since or self.base,
            checkpoint or self.shelf.checkpoint,
            self.shelf.segments,
            as_of=day,
            known_at=known_at,
            out=out or self.folder / "out",
            cache=self.cache,
            draft=draft,
            threads=1,
            noted=Noted("test", 0),
        )

    def looked_at(self) -> list[str]:
        with duckdb.connect() as connection:
            rows = connection.execute(f"FROM '{self.folder / 'out' / SUBJECTS_CHANGES}'").fetchall()
        return [row[0] for row in rows]

    def bytes_of_cache(self) -> dict[str, bytes]:
        files = (file for file in self.cache.rglob("*") if file.is_file())
        return {file.name: file.read_bytes() for file in files}


@pytest.fixture
def register(scheme: Scheme, tmp_path: Path) -> Register:
    return Register(scheme, tmp_path)


def test_nobody_is_looked_at_when_nothing_is_new(register: Register) -> None:
    assert isinstance(register.since(), Changes)
    assert register.looked_at() == []


def test_a_correction_to_another_subject_touches_both(register: Register) -> None:
    register.since()
    add(register.shelf, entry(4, "biz:9", supersedes=2))
    assert isinstance(register.since(), Changes)
    assert register.looked_at() == ["biz:2", "biz:9"]


def test_so_it_does_where_the_cache_is_newer_than_the_results(register: Register) -> None:
    add(register.shelf, entry(4, "biz:9", supersedes=2))
    found = register.since()
    assert isinstance(found, Changes)
    assert found.made_cache
    assert register.looked_at() == ["biz:2", "biz:9"]


def test_a_record_that_begins_brings_a_waiting_subject(register: Register) -> None:
    add(register.shelf, entry(4, "biz:8", effective_on=date(2024, 4, 1)))
    register.base = whole(register.scheme, register.shelf, register.folder / "base")
    register.since(date(2024, 3, 31))
    assert register.looked_at() == []
    register.since(date(2024, 4, 1))
    assert register.looked_at() == ["biz:8"]


def test_everyone_whose_window_ends_is_due(register: Register) -> None:
    add(register.shelf, entry(4, "biz:4", effective_on=date(2023, 3, 2)))
    register.base = whole(register.scheme, register.shelf, register.folder / "base")
    register.since(date(2024, 3, 2))
    assert register.looked_at() == ["biz:4"]


def test_changes_of_changes_are_changes_of_the_whole(register: Register) -> None:
    add(register.shelf, entry(4, "biz:1"))
    first = register.since(out=register.folder / "first")
    assert isinstance(first, Changes)
    add(register.shelf, entry(5, "biz:2"))
    register.since(since=first.folder)
    assert register.looked_at() == ["biz:1", "biz:2"]
    merge(register.folder / "out", register.folder / "merged")
    expected = whole(register.scheme, register.shelf, register.folder / "whole")
    for file in expected.iterdir():
        assert (register.folder / "merged" / file.name).read_bytes() == file.read_bytes()


# -- the cache ----------------------------------------------------------------------------------


def test_the_cache_is_made_again_bit_for_bit(register: Register) -> None:
    register.since()
    first = register.bytes_of_cache()
    forget(register.cache)
    register.since()
    assert register.bytes_of_cache() == first
    assert Cache(register.cache / str(register.shelf.size)).is_whole()


def test_an_erased_payload_leaves_the_cache(register: Register) -> None:
    add(register.shelf, entry(4, "biz:7", visit=SECRET))
    register.since()
    assert any(SECRET.encode() in content for content in register.bytes_of_cache().values())
    add(register.shelf, erased=4)
    assert register.since() == WholeRunNeeded("an entry was erased since")
    assert register.bytes_of_cache() == {}
    register.base = whole(register.scheme, register.shelf, register.folder / "base")
    register.since()
    assert register.bytes_of_cache()
    assert not any(SECRET.encode() in content for content in register.bytes_of_cache().values())


@pytest.mark.parametrize("damage", ["header.json", "alpha.rows", "leaves.groups"])
def test_a_cache_cut_short_is_made_again(register: Register, damage: str) -> None:
    register.since()
    file = register.cache / str(register.shelf.size) / damage
    file.write_bytes(file.read_bytes()[:-1] if damage != "header.json" else b"{")
    found = register.since()
    assert isinstance(found, Changes)
    assert found.made_cache


# -- when a whole run is needed -----------------------------------------------------------------


def test_a_new_number_of_the_law_needs_a_whole_run(register: Register) -> None:
    assert isinstance(register.since(date(2024, 5, 31)), Changes)
    found = register.since(date(2024, 6, 1))
    assert found == WholeRunNeeded("a number of the law has changed since")


def test_so_does_everything_else_that_is_not_the_same(register: Register) -> None:
    said = "only what was known at an instant is asked for"
    assert register.since(known_at=INSTANT) == WholeRunNeeded(said)
    assert register.since(date(2024, 2, 1)) == WholeRunNeeded("the earlier run is of a later day")
    newer = replace(register.scheme, version=2)
    assert register.since(scheme=newer) == WholeRunNeeded("the scheme has another version")
    other = replace(register.shelf.checkpoint, origin="other.example")
    said = "the earlier run is of another register"
    assert register.since(checkpoint=other) == WholeRunNeeded(said)
    said = "the scheme was a draft then or is one now"
    assert register.since(draft=True) == WholeRunNeeded(said)
    assert not (register.folder / "out" / MANIFEST).exists()


# -- refusals -----------------------------------------------------------------------------------


def refused(register: Register, *, since: Path | None = None, out: Path | None = None) -> str:
    with pytest.raises(GoodStandingError) as caught:
        register.since(since=since, out=out)
    return caught.value.code.id


def test_a_folder_without_results_is_refused(register: Register) -> None:
    assert refused(register, since=register.folder / "nowhere") == "GS-SCHEME-100"
    (register.base / MANIFEST).write_text("[]")
    assert refused(register) == "GS-SCHEME-100"


def test_changes_are_not_written_over_what_they_change(register: Register) -> None:
    assert refused(register, out=register.base) == "GS-SCHEME-104"


def test_changes_whose_base_is_another_are_refused(register: Register) -> None:
    register.since()
    manifest = json.loads((register.base / MANIFEST).read_text())
    (register.base / MANIFEST).write_text(json.dumps(manifest | {"draft": True}))
    with pytest.raises(GoodStandingError) as caught:
        merge(register.folder / "out", register.folder / "merged")
    assert caught.value.code.id == "GS-SCHEME-101"


def test_whole_results_are_not_merged(register: Register) -> None:
    with pytest.raises(GoodStandingError) as caught:
        merge(register.base, register.folder / "merged")
    assert caught.value.code.id == "GS-SCHEME-102"


@pytest.mark.parametrize("folder", ["base", "out"])
def test_a_damaged_file_is_refused(register: Register, folder: str) -> None:
    register.since()
    name = "standings.parquet" if folder == "base" else SUBJECTS_CHANGES
    (register.folder / folder / name).write_bytes(b"PAR1")
    with pytest.raises(GoodStandingError) as caught:
        merge(register.folder / "out", register.folder / "merged")
    assert caught.value.code.id == "GS-SCHEME-103"
