"""Which column is the key, the subject, its name and the day: proposed, and said to be so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb

from goodstanding.ingest.drafts.columns import SeenColumn, of_type
from goodstanding.ingest.drafts.errors import NO_DAY, NO_SUCH_COLUMN
from goodstanding.ingest.sql import name, run
from goodstanding.kernel import FactType, GoodStandingError

#: Words of a column's name that speak for a role, the strongest first.
_NUMBER = ("id", "uen", "camis", "number", "no", "nr", "num", "key", "license", "licence",
           "cnpj", "ein", "vat", "siren", "code")  # fmt: skip
#: Words of columns that number something else than whom a row is about.
_OTHER = ("zip", "zipcode", "postcode", "post", "phone", "type", "year", "score", "latitude")
_PLACE = ("address", "street", "city", "town", "place", "postcode", "zip", "state", "authority")
_PARTY = ("establishment", "business", "company", "firm", "operator", "taxpayer", "facility",
          "restaurant", "supplier", "organisation", "organization", "entity", "permit", "licence",
          "license", "subject", "party", "site")  # fmt: skip
_NAME = ("name", "firm", "company", "dba", "operator", "entity", "empresa", "nome", "nombre",
         "raison", "title")  # fmt: skip
_DAY = ("decided", "decision", "inspection", "issued", "visit", "date", "day", "on")


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns of each role; ``repeats`` says that no columns tell all rows apart."""

    key: tuple[str, ...]
    #: None where the file numbers nobody: then ``name`` and ``place`` make a weak identifier.
    subject: str | None
    name: str | None
    day: str
    place: str | None = None
    repeats: bool = False


def find_roles(
    con: duckdb.DuckDBPyConnection,
    file: str,
    columns: Sequence[SeenColumn],
    wanted: dict[str, str | None],
) -> Roles:
    """The roles as far as they are wanted, and the likeliest columns for the rest.

    Raises GS-INGEST-060 for a column that the file has not, and 061 if none holds a day.
    """
    by_name = {column.name: column for column in columns}
    for role, column in wanted.items():
        if column is not None and column not in by_name:
            raise GoodStandingError(
                NO_SUCH_COLUMN, option=f"--{role}", column=column, found=", ".join(by_name)
            )
    days = of_type(columns, FactType.DATE)
    day = wanted["day"] or _likeliest(days, _DAY)
    if day is None:
        raise GoodStandingError(NO_DAY, file=file)
    rows = max(column.given for column in columns)
    numbers = [c for c in columns if _numbers(c) and c.given == rows]
    unique = [c for c in numbers if c.distinct == rows]
    key = wanted["key"] or _likeliest(unique, _NUMBER)
    subject = wanted["subject"] or _subject(numbers, key)
    named = wanted["name"] or _likeliest(of_type(columns, FactType.TEXT), _NAME, only_named=True)
    place = None
    if subject is None:
        others = [c for c in of_type(columns, FactType.TEXT, FactType.CODE) if c.name != named]
        place = _likeliest(others, _PLACE, only_named=True)
        if named is None or place is None:
            raise GoodStandingError(
                NO_SUCH_COLUMN,
                option="--subject",
                column="with the number of whom a row is about, nor with a name and a place",
                found=", ".join(by_name),
            )
    roles = Roles((key,) if key else (), subject, named, day, place)
    return roles if key else _composed(con, columns, roles)


def _numbers(column: SeenColumn) -> bool:
    """Whether it may be a number by which somebody or something is called."""
    if not column.is_identifier or _speaks(column.name, _OTHER):
        return False
    # A few values that stand often are codes, unless the column says that it numbers something.
    return column.type in (FactType.INTEGER, FactType.TEXT) or (
        column.type is FactType.CODE and _speaks(column.name, _NUMBER[:-1])
    )


def _subject(numbers: Sequence[SeenColumn], key: str | None) -> str | None:
    """The number of a party; else one that stands in several rows; else the key."""
    parties = [c for c in numbers if c.name != key and _speaks(c.name, _PARTY)]
    called = [c for c in numbers if c.name != key and _speaks(c.name, _NUMBER)]
    return _likeliest(parties, _PARTY) or _likeliest(called, _NUMBER) or key


_TELLS = 100


def _composed(con: duckdb.DuckDBPyConnection, columns: Sequence[SeenColumn], roles: Roles) -> Roles:
    """The fewest columns, in their order, that together stand once in the file."""
    begin = [roles.subject] if roles.subject else [roles.name, roles.place]
    key = [*filter(None, begin), roles.day]
    best = _different(con, key)
    rows = int(str(run(con, "SELECT count(*)::BIGINT FROM delivered")[0][0]))
    for column in columns:
        if best == rows:
            break
        if column.name in key:
            continue
        found = _different(con, [*key, column.name])
        # A column that tells hardly any rows apart makes a key long, and not more telling.
        if found == rows or (found - best) * _TELLS >= rows:
            key, best = [*key, column.name], found
    return replace(roles, key=tuple(key), repeats=best != rows)


def _different(con: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> int:
    row = ", ".join(name(column) for column in columns)
    counted = run(con, f"SELECT count(*)::BIGINT FROM (SELECT DISTINCT {row} FROM delivered)")
    return int(str(counted[0][0]))


def _likeliest(
    columns: Sequence[SeenColumn], words: Sequence[str], *, only_named: bool = False
) -> str | None:
    """The column whose name speaks most for the role; else the first."""
    ranked = sorted(columns, key=lambda c: min(_ranks(c.name, words), default=len(words)))
    if not ranked or (only_named and not _speaks(ranked[0].name, words)):
        return None
    return ranked[0].name


def _speaks(column: str, words: Sequence[str]) -> bool:
    return bool(_ranks(column, words))


def _ranks(column: str, words: Sequence[str]) -> list[int]:
    parts = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower())
    return [
        rank
        for rank, word in enumerate(words)
        if any(part == word or (len(word) > 3 and word in part) for part in parts)
    ]
