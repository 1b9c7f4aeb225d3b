"""Rows about persons, and numbers that are nobody's: told before anything is sealed.

Invariant (DESIGN 2.8): a person's number is refused whatever it is called, and a name that
says a person bears it is held; sole traders are persons. Nothing is guessed from what a name
looks like. A held row goes back with its reason; only an officer may release one, and only of
an establishment whose publication a statute orders (``held``).

Numbers are checked once each, not once a row: the distinct subjects that may fail are taken out
of DuckDB, and what was found about them comes back as the table `number_findings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from goodstanding.catalogue import IdentifierScheme, Pack, Source
from goodstanding.catalogue.number_checks import check_of
from goodstanding.catalogue.patterns import relation
from goodstanding.catalogue.persons import persons_schemes
from goodstanding.ingest import errors
from goodstanding.ingest.model import RowCheck
from goodstanding.ingest.sql import any_of, fits, run, text, texts
from goodstanding.kernel import Nature
from goodstanding.kernel.honorifics import bears_honorific_sql, mark_pattern
from goodstanding.kernel.refusals import NATURAL_PERSON
from goodstanding.register import Node

#: The column of `contract` and `staged` that says whether the source's condition is met.
HELD_WHEN = "held_when"

_VALUE = "substr(subject, strpos(subject, ':') + 1)"
#: The value without what numbers are written with for the eye.
_BARE = f"upper(regexp_replace({_VALUE}, '[._/-]', '', 'g'))"
_FINDING = "subject IN (SELECT subject FROM number_findings WHERE finding = {})"
_RELEASED = "coalesce((source_key, subject) IN (SELECT source_key, subject FROM released), false)"


def persons_checks(source: Source, pack: Pack) -> Iterator[RowCheck]:
    """The checks that keep persons out, over `staged_values`; there is no way to switch them off.

    They need the tables that ``look_at_numbers`` and ``remember_released`` make.
    """
    kinds = [k.id for k in pack.subject_kinds.values() if k.nature is Nature.NATURAL_PERSON]
    schemes = persons_schemes(pack)
    named = [f"starts_with(subject, {text(f'{scheme.id}:')})" for scheme in schemes]
    yield RowCheck(
        NATURAL_PERSON,
        "subject",
        any_of([f"subject_kind IN {texts([*kinds, Nature.NATURAL_PERSON])}", *named]),
        {"subject": "The subject"},
    )
    for scheme in schemes:
        found = _FINDING.format(text(scheme.id))
        yield _held("subject", found, f"its number is a {scheme.titles['en'].lower()}")
    named_items = [item for item in source.items if pack.items[item].establishments is None]
    if named_items:
        honorific = f"item IN {texts(named_items)} AND {bears_honorific_sql('subject_name')}"
        yield _held("subject_name", honorific, "its name bears a personal honorific")
    yield from _told_by_source(source)


def _told_by_source(source: Source) -> Iterator[RowCheck]:
    if source.persons is None:
        return
    if source.persons.marks:
        marks = any_of(
            f"regexp_matches(subject_name, {text(mark_pattern(mark))})"
            for mark in source.persons.marks
        )
        why = "its name bears a mark of a sole trader"
        yield _held("subject_name", f"({marks}) AND NOT {_RELEASED}", why)
    if source.persons.when is not None:
        # A row that does not say is a row that may be.
        condition = f"coalesce({HELD_WHEN}, true) AND NOT {_RELEASED}"
        yield _held("row", condition, "the file says so, or does not say")


def _held(field: str, fails: str, why: str) -> RowCheck:
    return RowCheck(errors.MAY_BE_A_PERSON, field, fails, {"why": why})


def number_checks(pack: Pack, source: Source) -> Iterator[RowCheck]:
    """The check that numbers have the check characters of their scheme."""
    for scheme in _checked(pack, source):
        failed = f"starts_with(subject, {text(f'{scheme.id}:')}) AND " + _FINDING.format("'check'")
        yield RowCheck(
            errors.WRONG_CHECK_CHARACTER, "subject", failed, {"scheme": scheme.titles["en"]}
        )


def _checked(pack: Pack, source: Source) -> list[IdentifierScheme]:
    """The schemes of the source's items that have a check."""
    named = {s for item in source.items for s in pack.items[item].identifier_schemes}
    return [s for s in pack.identifier_schemes.values() if s.id in named and s.algorithm]


def look_at_numbers(con: duckdb.DuckDBPyConnection, pack: Pack, source: Source) -> None:
    """Create `number_findings` (subject, finding): `check` for a number that fails the check of
    its scheme, or the id of the persons' scheme that it is a number of."""
    run(con, "CREATE TABLE number_findings (subject VARCHAR, finding VARCHAR)")
    checked, persons = _checked(pack, source), persons_schemes(pack)
    if not checked and not persons:
        return
    # First the subjects once each, then their patterns: a subject has many rows.
    run(con, "CREATE TABLE numbers AS SELECT DISTINCT subject FROM staged_values")
    for scheme in checked:
        passes = check_of(scheme.algorithm or "")
        rows = run(
            con,
            f"SELECT subject, {_VALUE} FROM numbers "
            f"WHERE regexp_full_match(subject, {text(_whole(scheme))})",
        )
        failed = [
            str(subject)
            for subject, value in rows
            if value not in scheme.check_exceptions and not passes(str(value))
        ]
        _add(con, failed, "check")
    for scheme in persons:
        _add(con, list(_persons_numbers(con, pack, source, scheme)), scheme.id)


def _persons_numbers(
    con: duckdb.DuckDBPyConnection, pack: Pack, source: Source, persons: IdentifierScheme
) -> Iterator[str]:
    """The subjects whose number is one of this scheme of persons, whatever they are called."""
    rows = run(con, f"SELECT subject, {_VALUE}, {_BARE} FROM numbers WHERE {_looks_like(persons)}")
    passes = check_of(persons.algorithm) if persons.algorithm else None
    for subject, value, bare in rows:
        if passes is None or passes(str(bare)):
            scheme = pack.identifier_schemes.get(str(subject).partition(":")[0])
            if scheme is None or not _is_told_apart(con, source, scheme, persons, str(value)):
                yield str(subject)


def _is_told_apart(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    scheme: IdentifierScheme,
    persons: IdentifierScheme,
    value: str,
) -> bool:
    """Whether a number that looks like a person's is known to be another's all the same."""
    if scheme.nature is Nature.NATURAL_PERSON:
        return True  # refused as what it says it is
    if value in scheme.check_exceptions:
        return True
    mark = scheme.told_from_persons_by
    if mark is not None and mark.pattern is not None:
        return fits(con, value, mark.pattern)
    if mark is not None:
        return source.persons is not None and source.persons.when is not None
    if persons.check is not None:
        return False
    # Nothing is said of the persons' numbers but a pattern that every number here fits: it
    # tells nothing, and lint asks for what does.
    found = relation(scheme.pattern, persons.pattern)
    return found is not None and found.within


def _whole(scheme: IdentifierScheme) -> str:
    return f"{scheme.id}:(?:{scheme.pattern})"


def _looks_like(scheme: IdentifierScheme) -> str:
    pattern = text(scheme.pattern)
    return f"regexp_full_match({_VALUE}, {pattern}) OR regexp_full_match({_BARE}, {pattern})"


def _add(con: duckdb.DuckDBPyConnection, subjects: list[str], finding: str) -> None:
    if subjects:
        found = pa.table({"subject": subjects, "finding": [finding] * len(subjects)})
        con.register("found", found)
        run(con, "INSERT INTO number_findings SELECT subject, finding FROM found")
        con.unregister("found")


def remember_released(
    con: duckdb.DuckDBPyConnection,
    node: Node,
    source: str,
    segments: Mapping[str, Sequence[Path]],
) -> None:
    """Fill `released` with the keys and subjects of the source that an officer has released."""
    leaves = node.index.released(source)
    files = [file for of_item in segments.values() for file in of_item]
    if leaves and files:
        scan = f"read_parquet([{', '.join(text(str(f)) for f in files)}], union_by_name = true)"
        run(
            con,
            f"INSERT INTO released SELECT source_key, subject FROM {scan} "
            f"WHERE leaf IN ({', '.join(map(str, leaves))})",
        )
