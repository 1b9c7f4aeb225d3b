"""Compare what was published with what a scheme gives, record by record.

A published result is a fact of a record (`published` of its item) or a record of its own
(`grades_of`). It is compared with the standing on the day of the record, or on the first day of the
scheme for a record that is older.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import duckdb

from goodstanding.catalogue import Item, Pack
from goodstanding.evaluation import errors
from goodstanding.evaluation.engines import duckdb as engine
from goodstanding.evaluation.engines.files import (
    STANDINGS,
    connect,
    entries_relation,
    execute,
    first_line,
    parquet,
    quoted,
)
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import FACT_PREFIX
from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.scratch import scratch_folder

_FETCH = 10_000


class Outcome(StrEnum):
    """How a published result and ours lie to each other."""

    AGREEING = "agreeing"
    DIFFERING = "differing"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Compared:
    """One published result and what the scheme gives; ``why`` only where they do not agree."""

    item: str
    source_key: str
    subject: str
    day: date
    published: str
    computed: str | None
    outcome: Outcome
    why: str | None


def published_facts(pack: Pack, scheme: str) -> dict[str, str]:
    """Item -> the fact of it that keeps a published result of the scheme."""
    found = {}
    for item in pack.items.values():
        if item.published is not None and item.published.scheme == scheme:
            found[item.id] = item.published.fact
        elif item.grades_of == scheme:
            found[item.id] = "grade"
    return found


def compare(
    scheme: Scheme,
    relations: Mapping[str, Sequence[Path]],
    *,
    as_of: date,
    temp: Path,
    memory_limit: str = "2GiB",
) -> Iterator[Compared]:
    """Every published result of the scheme with ours, in order of item, key and leaf.

    ``temp`` is a folder to work in. Raises GS-SCHEME-130 if nothing of the pack keeps a published
    result of the scheme, and what ``engine.run`` raises.
    """
    facts = published_facts(scheme.pack, scheme.id)
    if not facts:
        raise GoodStandingError(errors.NOTHING_PUBLISHED, scheme=scheme.name)
    with scratch_folder(temp, ".comparing-") as work:
        engine.run(
            scheme, relations, as_of=as_of, known_at=None, out=work / "history", history=True,
            memory_limit=memory_limit, temp=work,
        )  # fmt: skip
        with connect(memory_limit, work) as connection:
            try:
                yield from _compared(connection, scheme, relations, facts, work, as_of)
            except duckdb.Error as error:
                raise GoodStandingError(errors.UNREADABLE, problem=first_line(error)) from error


def _compared(
    connection: duckdb.DuckDBPyConnection,
    scheme: Scheme,
    relations: Mapping[str, Sequence[Path]],
    facts: Mapping[str, str],
    work: Path,
    as_of: date,
) -> Iterator[Compared]:
    standings = parquet([work / "history" / STANDINGS])
    execute(connection, f"CREATE TEMP TABLE ours AS SELECT subject, as_of, grade FROM {standings}")
    first, grades = scheme.in_force.start, set(scheme.grades.order)
    for item, fact in sorted(facts.items()):
        published = _published(scheme.pack.items[item], fact, relations.get(item, ()))
        cursor = connection.execute(
            f"""SELECT p.source_key, p.subject, p.day, p.published, o.grade
            FROM (SELECT *, greatest(effective_on, DATE '{first}') AS day FROM ({published})) AS p
            ASOF LEFT JOIN ours AS o ON p.subject = o.subject AND p.day >= o.as_of
            WHERE p.day <= DATE '{as_of}' ORDER BY p.source_key, p.leaf"""
        )
        while rows := cursor.fetchmany(_FETCH):
            for key, subject, day, told, ours in rows:
                yield _row(item, (key, subject, day), told, ours, grades)


def _published(item: Item, fact: str, files: Sequence[Path]) -> str:
    """SQL: the records that stand and say what was published."""
    column = quoted(f"{FACT_PREFIX}{fact}")
    return (
        f"WITH entries AS ({entries_relation(item, files)}) SELECT leaf, source_key, subject, "
        f"effective_on, CAST({column} AS VARCHAR) AS published FROM entries "
        f"WHERE act <> 'withdrawal' AND {column} IS NOT NULL AND leaf NOT IN "
        "(SELECT supersedes FROM entries WHERE supersedes IS NOT NULL)"
    )


def _row(
    item: str,
    record: tuple[str, str, date],
    published: str,
    computed: str | None,
    grades: set[str],
) -> Compared:
    outcome, why = Outcome.DIFFERING, None
    if computed is None:
        outcome, why = Outcome.NOT_COMPARABLE, "nothing that the scheme reads was known by then"
    elif published not in grades:
        outcome, why = Outcome.NOT_COMPARABLE, f"{published} is no band of the scheme"
    elif computed not in grades:
        outcome, why = Outcome.NOT_COMPARABLE, f"ours is {computed}, which is no band"
    elif published == computed:
        outcome = Outcome.AGREEING
    else:
        why = "another band"
    key, subject, day = record
    return Compared(item, key, subject, day, published, computed, outcome, why)
