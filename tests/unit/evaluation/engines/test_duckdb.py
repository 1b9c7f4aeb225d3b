"""The files of a run: the right rows, the same bytes on any machine, nothing half-written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.spec.engines import Tables
from tests.spec.jurisdiction import Entry
from tests.unit.evaluation.small import DAY, KNOWN_AT, SCHEME, fine, scheme

from goodstanding.catalogue import Pack
from goodstanding.evaluation import Scheme, evaluate_all
from goodstanding.evaluation.engines import reference
from goodstanding.evaluation.engines.duckdb import emit, run
from goodstanding.evaluation.engines.files import REASONS, SCHEME_SQL, STANDINGS, Result
from goodstanding.kernel import GoodStandingError

Relations = dict[str, list[Path]]


def segments(folder: Path, pack: Pack, entries: Sequence[Entry]) -> Relations:
    """The entries as segment files, two of an item so that runs read across files."""
    tables = Tables()
    tables.load(pack, entries)
    found: Relations = {}
    for item in pack.items:
        for part in (0, 1):
            path = folder / f"{item}-{part}.parquet"
            kept = f"SELECT * FROM entries_{item} WHERE leaf % 2 = {part}"
            tables.run(f"COPY ({kept}) TO '{path}' (FORMAT parquet)")
            found.setdefault(item, []).append(path)
    return found


def many() -> list[Entry]:
    days = [date(2024, 1, 1) + timedelta(days=n % 300) for n in range(3000)]
    return [fine(n, day, n % 90, subject=f"biz:{n % 700}") for n, day in enumerate(days)]


def small_run(folder: Path, found: Scheme, entries: Sequence[Entry], **more: Any) -> Result:
    relations = segments(folder, found.pack, entries)
    asked: dict[str, Any] = {"as_of": DAY, "known_at": KNOWN_AT, "out": folder / "out"} | more
    return run(found, relations, **asked)


def rows_of(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_rows_are_the_reference_engines(tmp_path: Path) -> None:
    found, entries = scheme(tmp_path), many()
    result = small_run(tmp_path, found, entries)
    meant = evaluate_all(found, entries, DAY, KNOWN_AT)
    rows = rows_of(f"SELECT * FROM '{result.folder / STANDINGS}'")
    assert [row[:2] for row in rows] == [(e.standing.subject, e.standing.grade) for e in meant]
    assert [row[3] for row in rows] == [e.standing.next_change_on for e in meant]
    assert rows[0][4:] == (DAY, KNOWN_AT.replace(tzinfo=None), "test/small", 3, False)
    reasons = rows_of(f"SELECT * FROM '{result.folder / REASONS}'")
    listed = [(r.subject, r.rule, r.records) for e in meant for r in e.reasons]
    assert [(row[0], row[4], row[6]) for row in reasons] == listed
    assert (result.standings, result.reasons) == (len(rows), len(reasons))


@pytest.mark.parametrize("history", [False, True])
def test_the_same_bytes_whatever_the_number_of_threads(tmp_path: Path, history: bool) -> None:
    found, entries = scheme(tmp_path), many()
    digests = set()
    for threads in (1, 2, 4):
        out = tmp_path / f"out{threads}"
        small_run(tmp_path, found, entries, out=out, threads=threads, history=history)
        digests.add((digest(out / STANDINGS), digest(out / REASONS), digest(out / SCHEME_SQL)))
    assert len(digests) == 1


def test_scheme_sql_gives_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = small_run(tmp_path, scheme(tmp_path), many(), root=tmp_path)
    script = (result.folder / SCHEME_SQL).read_text("utf-8")
    assert str(tmp_path) not in script
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        for statement in duckdb.extract_statements(script):
            connection.execute(statement).fetchall()
    for name in (STANDINGS, REASONS):
        assert digest(tmp_path / name) == digest(result.folder / name)


def test_a_draft_says_so_in_every_row(tmp_path: Path) -> None:
    result = small_run(tmp_path, scheme(tmp_path), many(), draft=True)
    columns = rows_of(f"DESCRIBE SELECT * FROM '{result.folder / STANDINGS}'")
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("subject", "VARCHAR"),
        ("grade", "VARCHAR"),
        ("total", "DECIMAL(18,0)"),
        ("next_change_on", "DATE"),
        ("as_of", "DATE"),
        ("known_at", "TIMESTAMP"),
        ("scheme", "VARCHAR"),
        ("version", "INTEGER"),
        ("draft", "BOOLEAN"),
    ]
    assert rows_of(f"SELECT DISTINCT draft FROM '{result.folder / STANDINGS}'") == [(True,)]


#: What a scheme may do with `kind`, a fact that has to be given.
ON_KIND = {
    "in a condition": SCHEME,
    "in an order": SCHEME.replace(
        "    where: kind = 'grave'\n", "    keep: {latest: 1, by: kind, of: record}\n"
    ),
    "of each": SCHEME.replace(
        "    where: kind = 'grave'\n", "    keep: {first: 1, by: effective_on, of: kind}\n"
    ),
}


@pytest.mark.parametrize("older", [(0,), (1,), (0, 1)], ids=str)
@pytest.mark.parametrize("use", ON_KIND)
def test_a_fact_that_the_catalogue_got_later(
    tmp_path: Path, use: str, older: tuple[int, ...]
) -> None:
    found = scheme(tmp_path, ON_KIND[use])
    relations = segments(tmp_path, found.pack, many())
    for part in older:
        path = tmp_path / f"fine-{part}.parquet"
        with duckdb.connect() as con:
            columns = f"SELECT * EXCLUDE (f_kind) FROM '{path}'"
            con.execute(f"CREATE TABLE t AS {columns}").fetchall()
            con.execute(f"COPY t TO '{path}' (FORMAT parquet)").fetchall()
    asked: dict[str, Any] = {"as_of": DAY, "known_at": KNOWN_AT}
    meant = [
        replace(entry, facts={**entry.facts, "kind": None}) if entry.leaf % 2 in older else entry
        for entry in many()
    ]
    totals = [(e.standing.subject, e.standing.grade) for e in evaluate_all(found, meant, **asked)]
    digests = set()
    for name, engine in (("duckdb", run), ("reference", reference.run)):
        result = engine(found, relations, out=tmp_path / name, **asked)
        standings = result.folder / STANDINGS
        assert rows_of(f"SELECT subject, grade FROM '{standings}'") == totals
        digests.add((digest(standings), digest(result.folder / REASONS)))
    assert len(digests) == 1


def test_an_emitted_script_names_rules_and_articles(tmp_path: Path) -> None:
    found = scheme(tmp_path)
    relations = segments(tmp_path, found.pack, many())
    asked: dict[str, Any] = {"as_of": DAY, "known_at": KNOWN_AT, "root": tmp_path}
    path = emit(found, relations, out=tmp_path / "new" / "small.sql", **asked)
    text = path.read_text("utf-8")
    assert "-- act.3: Act, Article 3" in text
    assert "AS r_much /* Much money (act.3: Article 3) */" in text
    assert str(tmp_path) not in text


def test_an_item_without_segments_has_no_records(tmp_path: Path) -> None:
    result = run(scheme(tmp_path), {}, as_of=DAY, known_at=KNOWN_AT, out=tmp_path / "out")
    assert (result.standings, result.reasons) == (0, 0)
    columns = rows_of(f"DESCRIBE SELECT * FROM '{result.folder / REASONS}'")
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("subject", "VARCHAR"),
        ("as_of", "DATE"),
        ("position", "INTEGER"),
        ("kind", "VARCHAR"),
        ("rule", "VARCHAR"),
        ("points", "DECIMAL(18,0)"),
        ("records", "BIGINT"),
        ("article", "VARCHAR"),
    ]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    small_run(tmp_path, scheme(tmp_path), [], progress=lambda *step: told.append(step))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1] == ("done", 1.0)


def test_a_broken_segment_leaves_the_former_files(tmp_path: Path) -> None:
    found = scheme(tmp_path)
    small_run(tmp_path, found, many())
    before = digest(tmp_path / "out" / STANDINGS)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 but not much more")
    with pytest.raises(GoodStandingError) as raised:
        run(found, {"fine": [broken]}, as_of=DAY, known_at=KNOWN_AT, out=tmp_path / "out")
    assert raised.value.code.id == "GS-SCHEME-040"
    assert digest(tmp_path / "out" / STANDINGS) == before
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [REASONS, SCHEME_SQL, STANDINGS]


def test_a_number_too_large_is_refused(tmp_path: Path) -> None:
    text = SCHEME.replace("points: param.each\ngrades", "points: money * money * money\ngrades")
    found = scheme(tmp_path, text)
    with pytest.raises(GoodStandingError) as raised:
        small_run(tmp_path, found, [fine(0, DAY, 10**15)])
    assert raised.value.code.id == "GS-SCHEME-022"
    with pytest.raises(GoodStandingError) as raised:
        evaluate_all(found, [fine(0, DAY, 10**15)], DAY, KNOWN_AT)
    assert raised.value.code.id == "GS-SCHEME-022"


def test_a_date_before_the_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as raised:
        small_run(tmp_path, scheme(tmp_path), [], as_of=date(2019, 12, 31))
    assert raised.value.code.id == "GS-SCHEME-020"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "limit", [{"memory_limit": "plenty"}, {"memory_limit": "-1GB"}, {"threads": 0}], ids=str
)
def test_limits_that_are_none(tmp_path: Path, limit: dict[str, object]) -> None:
    with pytest.raises(GoodStandingError) as raised:
        small_run(tmp_path, scheme(tmp_path), [], **limit)
    assert raised.value.code.id == "GS-SCHEME-043"


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(GoodStandingError) as raised:
        small_run(tmp_path, scheme(tmp_path), [], out=tmp_path / "file")
    assert raised.value.code.id == "GS-SCHEME-042"


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as raised:
        small_run(tmp_path, scheme(tmp_path), many(), memory_limit="1MB", threads=1)
    assert raised.value.code.id == "GS-SCHEME-041"
