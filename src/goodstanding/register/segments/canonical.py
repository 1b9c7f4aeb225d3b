"""The sealed bytes of many rows at once, as SQL.

Invariant: for every row that can be sealed these are the bytes of ``Record.canonical()``;
for every other row they are NULL. DuckDB writes control characters inside JSON text with
upper-case hex where RFC 8785 wants lower-case, and DuckDB writes whole numbers beyond 2^53;
neither may stand in a record, so such a row has no sealed bytes at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from goodstanding.kernel import FactType
from goodstanding.kernel.canonical import MAX_INTEGER
from goodstanding.kernel.hashing import COMMITMENT_TAG, SALT_BYTES
from goodstanding.register.model import (
    OPTIONAL_COLUMNS,
    RECORD_COLUMNS,
    RECORD_SCHEMA,
    FactColumn,
)
from goodstanding.register.segments import duck

_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
#: A control character escaped in upper-case hex, behind an even number of backslashes.
_UPPER_HEX = r"[^\\](\\\\)*\\u00[01][A-F]"


def record_preimages(source: str, item: str, facts: Sequence[FactColumn]) -> str:
    """SQL: leaf and preimage (tag, salt, sealed bytes: a BLOB, or NULL) of records of ``item``.

    ``source`` is what stands behind FROM; rows keep its order.
    """
    required = [name for name in RECORD_COLUMNS if name not in OPTIONAL_COLUMNS]
    integers = [duck.name(fact.column) for fact in facts if fact.type is FactType.INTEGER]
    sound = [
        f"item = {duck.text(item)}",
        *(f"{duck.name(name)} IS NOT NULL" for name in required),
        *(_is_whole(column) for column in ['"row"', *integers]),
        "(original = '{}' OR (json_valid(original) AND starts_with(original, '{')))",
    ]
    return _preimages(source, record_canonical(facts), sound)


def record_canonical(facts: Sequence[FactColumn]) -> str:
    """SQL for the canonical JSON text of a record."""
    names = [name for name in RECORD_COLUMNS if name not in ("leaf", "salt")]
    members = {name: _value(duck.name(name), RECORD_COLUMNS[name]) for name in names}
    members["original"] = "original"
    members["schema"] = duck.text(f'"{RECORD_SCHEMA}"')
    members["facts"] = _object(
        {fact.name: _value(duck.name(fact.column), fact.sql_type) for fact in facts}
    )
    return _object(members)


def _object(members: dict[str, str]) -> str:
    """A JSON object; names are lower-case ASCII, so their order is that of RFC 8785."""
    parts, opening = [], "{"
    for name in sorted(members):
        parts += [duck.text(f'{opening}"{name}":'), members[name]]
        opening = ","
    return f"concat({', '.join([*parts, duck.text('}' if parts else '{}')])})"


def _value(column: str, sql_type: str) -> str:
    """One value as JSON text; ``sql_type`` is DuckDB's."""
    match sql_type:
        case "VARCHAR":
            written = f"CAST(to_json({column}) AS VARCHAR)"
        case "BIGINT" | "BOOLEAN":
            written = f"CAST({column} AS VARCHAR)"
        case "TIMESTAMP":
            written = f"'\"' || strftime({column}, '{_INSTANT}') || '\"'"
        case _:
            # Decimals with all their places, dates as yyyy-mm-dd.
            written = f"'\"' || CAST({column} AS VARCHAR) || '\"'"
    return f"coalesce({written}, 'null')"


def _is_whole(column: str) -> str:
    return f"coalesce({column} BETWEEN -{MAX_INTEGER} AND {MAX_INTEGER}, true)"


def _preimages(source: str, canonical: str, sound: Sequence[str]) -> str:
    tag = "".join(f"\\x{byte:02x}" for byte in COMMITMENT_TAG)
    # One step more, so that the text is written once and looked at three times; CASE, because
    # AND would run the pattern, which costs more than all the rest, over every row.
    return f"""
        WITH written AS (
            SELECT leaf, salt, {canonical} AS canonical, {" AND ".join(sound)} AS sound
            FROM {source}
        )
        SELECT
            leaf,
            CASE
                WHEN sound
                    AND octet_length(salt) = {SALT_BYTES}
                    AND NOT CASE
                        WHEN contains(canonical, '\\u00')
                        THEN regexp_matches(canonical, {duck.text(_UPPER_HEX)})
                        ELSE false
                    END
                THEN '{tag}'::BLOB || salt || encode(canonical)
            END AS preimage
        FROM written
    """
