"""Write the agencies' files: the same bytes for the same sizes and seed, everywhere.

Invariant: every value is a pure function of the seed, the row and what it is drawn for
(sql/draws.sql); one thread writes each file of the demonstration in the order of its rows.
DuckDB is imported here because a generator is a large select; nothing of it is kept.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from goodstanding.demo.deliveries import AGENCIES, Agency, allot, first_delivery, second_delivery
from goodstanding.demo.errors import BAD_BULK, TOO_SMALL
from goodstanding.demo.model import FIRST_DELIVERY, SECOND_DELIVERY, Delivery
from goodstanding.demo.rows import Row
from goodstanding.demo.stories import story_rows
from goodstanding.kernel import GoodStandingError

SEED = 20_260_701
_LEAST_BUSINESSES, _LEAST_BODIES, _LEAST_RECORDS = 10, 2, 500
_CHUNK = 1 << 20
#: Rows of a Parquet row group of the bulk file; bounds the memory of its writer.
_ROW_GROUP = 122_880


def generate(
    folder: Path,
    *,
    businesses: int = 20_000,
    bodies: int = 60,
    records: int = 250_000,
    seed: int = SEED,
) -> list[Delivery]:
    """Write sixteen files, two of each agency, and return them in order of delivery.

    ``records`` counts the rows of all agencies, each once however often it is delivered;
    businesses, bodies and records include those of the stories. About one row in a hundred
    is faulty. Raises GS-DEMO-001 for sizes too small to hold every agency.
    """
    _check_sizes(businesses, bodies, records)
    by_hand = story_rows()
    told = sum(len(rows) for rows in by_hand.values())
    described = businesses - len(by_hand["registry"])
    rows = allot(records - told, described)
    found: dict[int, list[Delivery]] = {1: [], 2: []}
    with _meridia(described, bodies - 1, seed) as con:
        for source, agency in AGENCIES.items():
            _load(con, source, rows[source], by_hand[source])
            selects = {1: first_delivery(source), 2: second_delivery(source)}
            for turn, day in ((1, FIRST_DELIVERY), (2, SECOND_DELIVERY)):
                path = folder / day.isoformat() / source / agency.file_name.format(day=day)
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(con, selects[turn], path, agency)
                found[turn].append(Delivery(source, path, day))
    return found[1] + found[2]


def generate_bulk(
    path: Path, records: int, subjects: int, *, seed: int = SEED, threads: int = 2
) -> Path:
    """Write one clean file of the source ``tax_archive`` (.parquet) or its columns as .csv.

    Fast and of bounded memory: 20 million records take well under a minute. The rows are
    the same for any number of threads. Raises GS-DEMO-002.
    """
    if path.suffix not in (".parquet", ".csv") or records < 1 or subjects < 1:
        raise GoodStandingError(BAD_BULK, path=str(path), records=records, subjects=subjects)
    path.parent.mkdir(parents=True, exist_ok=True)
    with drawing(seed, threads) as con:
        _set(con, "businesses", subjects)
        _set(con, "rows", records)
        _set(con, "close", SECOND_DELIVERY)
        form = (
            f"FORMAT parquet, ROW_GROUP_SIZE {_ROW_GROUP}"
            if path.suffix == ".parquet"
            else "FORMAT csv, HEADER"
        )
        _run(con, f"COPY ({_sql('bulk')}) TO {_text(path)} ({form})")
    return path


def _check_sizes(businesses: int, bodies: int, records: int) -> None:
    small = businesses < _LEAST_BUSINESSES or bodies < _LEAST_BODIES
    if small or records < businesses + _LEAST_RECORDS:
        raise GoodStandingError(
            TOO_SMALL,
            businesses=businesses,
            bodies=bodies,
            records=records,
            least_businesses=_LEAST_BUSINESSES,
            least_bodies=_LEAST_BODIES,
            least_records=_LEAST_RECORDS,
        )


@contextmanager
def drawing(seed: int, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can draw: it has the macros of sql/draws.sql and the seed."""
    with duckdb.connect() as con:
        _run(con, f"SET threads = {int(threads)}")
        _set(con, "seed", seed)
        _run(con, _sql("draws"))
        yield con


@contextmanager
def _meridia(businesses: int, bodies: int, seed: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows the subjects and the two days of delivery."""
    with drawing(seed, threads=1) as con:
        _set(con, "businesses", businesses)
        _set(con, "bodies", bodies)
        _set(con, "cut", FIRST_DELIVERY)
        _set(con, "close", SECOND_DELIVERY)
        _run(con, _sql("subjects"))
        yield con


def _load(con: duckdb.DuckDBPyConnection, source: str, rows: int, by_hand: Sequence[Row]) -> None:
    """Fill the table ``raw``: the drawn rows, then the hand-written ones."""
    _set(con, "rows", rows)
    _run(con, f"CREATE OR REPLACE TEMP TABLE raw AS {_sql(source)}")
    for number, row in enumerate(by_hand):
        values = {"i": rows + number, **row}
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        con.execute(f"INSERT INTO raw ({names}) VALUES ({marks})", list(values.values())).fetchall()


def _write(con: duckdb.DuckDBPyConnection, select: str, path: Path, agency: Agency) -> None:
    """One file in its format, delimiter and encoding."""
    forms = {
        ".parquet": "FORMAT parquet",
        ".json": "FORMAT json, ARRAY true",
        ".jsonl": "FORMAT json",
        ".csv": f"FORMAT csv, HEADER, DELIMITER '{agency.delimiter}'",
    }
    plain = path if agency.encoding == "utf-8" else path.with_suffix(".utf-8")
    _run(con, f"COPY ({select}) TO {_text(plain)} ({forms[path.suffix]})")
    if plain != path:
        _encode(plain, path, agency.encoding)


def _encode(plain: Path, path: Path, encoding: str) -> None:
    """Rewrite a UTF-8 file in another encoding, piece by piece, and remove it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with plain.open("rb") as read, path.open("wb") as write:
        while piece := read.read(_CHUNK):
            write.write(decoder.decode(piece).encode(encoding))
    plain.unlink()


def _sql(name: str) -> str:
    return files("goodstanding.demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _run(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    con.execute(sql).fetchall()


def _set(con: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    _run(con, f"SET VARIABLE {name} = {_text(value) if not isinstance(value, int) else value}")


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
