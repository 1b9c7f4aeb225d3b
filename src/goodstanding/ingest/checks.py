"""The checks every row must pass, as SQL conditions over `staged_values`.

A condition that is true rejects the row; NULL does not (what is missing is caught by the
check that says so). Each check carries its code, the field and what the agency reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from goodstanding.catalogue import Fact, FactType, Item, Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.eras import written_by_era_sql
from goodstanding.ingest.model import (
    DATE_FIELDS,
    OPTIONAL_FIELDS,
    REQUIRED_FIELDS,
    FieldName,
    RowCheck,
)
from goodstanding.ingest.persons import number_checks, persons_checks
from goodstanding.ingest.sql import any_of, day, name, text, texts
from goodstanding.ingest.stage import StagedField
from goodstanding.ingest.terms import term_checks
from goodstanding.kernel import day_of
from goodstanding.kernel.canonical import MAX_INTEGER
from goodstanding.kernel.characters import UNSEEN_IN_NAMES_RE2, UNSEEN_RE2
from goodstanding.kernel.escaping import visible_sql
from goodstanding.kernel.identifiers import IDENTIFIER_PATTERN, VALUE_BEGINS
from goodstanding.kernel.mojibake import is_mojibake_sql, likely_original_sql

_REQUIRED = ("source_key", "subject", "subject_name", "document", "basis", "decided_on")
#: Fields a person reads; the others are mapped to identifiers that are checked as such.
_READ_BY_PEOPLE = ("source_key", "subject", "subject_name", "document")
#: They tell records apart, so nothing unseen may stand in them, whatever the script.
#: How many characters are taken of a text; of the text of a fact, more.
_LONGEST = {"source_key": 1_000, "subject_name": 500, "document": 1_000}
_LONGEST_FACT, _SHOWN = 10_000, 100
_KEYS = ("source_key", "subject")
#: What a spreadsheet would run: "=..." always, "+", "-" and "@" before a call.
_FORMULA = r"^([=＝﹦]|[+@＋＠－-]\s*[A-Za-z_.]+\s*[(|!])"
_CONTROL = "[\\x00-\\x1F\\x7F-\\x{9F}]"
#: How control characters stand in the JSON of ``original``; a tab at an end is one of its blanks.
_ESCAPED_CONTROL = r"(?:^|[^\\])(?:\\\\)*\\(?:u00[01]|[bfnr])"
_KINDS = {
    FactType.INTEGER: "a whole number",
    FactType.DATE: "a date as YYYY-MM-DD",
    FactType.BOOLEAN: "true or false",
}


def row_checks(
    source: Source, pack: Pack, fields: list[StagedField], now: datetime
) -> list[RowCheck]:
    """Every check of a source, in the order in which reasons are listed."""
    items = [pack.items[item] for item in source.items]
    return [
        *_texts(fields),
        *persons_checks(source, pack),
        *number_checks(pack, source),
        *_catalogue(source, pack, items),
        *_dates(day_of(now, pack.time_zone)),
        *_eras(source, fields),
        *term_checks(pack, items, {field.name for field in fields}),
        *(
            RowCheck(
                errors.CONTRACT_CHECK, "row", f"check_{check.id}", {"sentence": check.titles["en"]}
            )
            for check in source.checks
        ),
        *(check for item in items for check in _facts(item, fields)),
    ]


def _texts(fields: list[StagedField]) -> Iterator[RowCheck]:
    for field in _REQUIRED:
        unread = f" AND NOT contains(unread, {text(_key(field))})" if field in DATE_FIELDS else ""
        yield RowCheck(errors.MISSING_FIELD, field, f"{field} IS NULL{unread}")
    for staged in fields:
        if staged.is_text and staged.type is not FactType.CODE:
            yield from _unseen(staged.name)
            yield _too_long(staged.name)
    # What the contract leaves out of a value is still sealed, in `original`, which is JSON.
    for code, pattern in (
        (errors.CONTROL_CHARACTERS, f"{_ESCAPED_CONTROL}|{_CONTROL}"),
        (errors.UNSEEN_CHARACTERS, UNSEEN_IN_NAMES_RE2),
    ):
        dirty = f"CASE WHEN original <> '{{}}' THEN regexp_matches(original, {text(pattern)}) END"
        yield RowCheck(code, "the delivered text", dirty)
    for field in _READ_BY_PEOPLE:
        yield RowCheck(errors.FORMULA, field, f"regexp_matches({field}, {text(_FORMULA)})")


def _too_long(field: str) -> RowCheck:
    most = _LONGEST.get(field, _LONGEST_FACT)
    value = name(field)
    return RowCheck(
        errors.TOO_LONG,
        field,
        f"length({value}) > {most}",
        {"length": "{0}", "most": f"{most:,}"},
        of_row=(f"length({value})",),
        shows=f"left({value}, {_SHOWN}) || '…'",
    )


def _unseen(field: str) -> Iterator[RowCheck]:
    """Characters that nobody sees, and UTF-8 that was read as something else."""
    value = name(field)
    control = f"regexp_matches({value}, {text(_CONTROL)})"
    hidden = (
        f"regexp_matches({value}, {text(UNSEEN_RE2 if field in _KEYS else UNSEEN_IN_NAMES_RE2)})"
    )
    # CASE, for of an AND both sides are worked out for every row.
    for code, fails in (
        (errors.CONTROL_CHARACTERS, control),
        (errors.UNSEEN_CHARACTERS, f"{hidden} AND NOT {control}"),
    ):
        yield RowCheck(code, field, f"CASE WHEN not_plain THEN {fails} END")
    # What it likely was is worked out for the rows concerned, where reasons are listed.
    said = visible_sql(f"coalesce({likely_original_sql(value)}, {value})")
    mojibake = f"CASE WHEN not_plain THEN {is_mojibake_sql(value)} END"
    yield RowCheck(errors.MOJIBAKE, field, mojibake, {"likely": "{0}"}, of_row=(said,))


def _catalogue(source: Source, pack: Pack, items: list[Item]) -> Iterator[RowCheck]:
    known = texts(item.id for item in items)
    yield _characters()
    yield RowCheck(
        errors.UNKNOWN_ITEM,
        "item",
        f"item IS NULL OR item NOT IN {known}",
        {"items": ", ".join(item.id for item in items)},
    )
    for item in items:
        of = f"item = {text(item.id)}"
        period = item.taken
        ended = f" OR decided_on >= {day(period.end)}" if period.end else ""
        yield RowCheck(
            errors.ITEM_NOT_IN_FORCE,
            "decided_on",
            f"{of} AND (decided_on < {day(period.start)}{ended})",
            {
                "item": item.id,
                "period": f"from {period.start}" + (f" to {period.end}" if ended else ""),
                "law": f" (the law began on {item.in_force.start})" if item.older else "",
            },
        )
        allowed = [a for a in item.authorities if a == source.authority]
        yield RowCheck(
            errors.FOREIGN_AUTHORITY,
            "authority",
            f"{of} AND (authority IS NULL OR authority NOT IN {texts(allowed)})",
            {"item": item.id, "authorities": ", ".join(item.authorities)},
        )
        yield RowCheck(
            errors.WRONG_SUBJECT_KIND,
            "subject_kind",
            f"{of} AND (subject_kind IS NULL OR subject_kind NOT IN {texts(item.subject_kinds)})",
            {"item": item.id, "kinds": ", ".join(item.subject_kinds)},
        )
        yield RowCheck(
            errors.BAD_SUBJECT,
            "subject",
            f"{of} AND NOT ({_valid_subject(pack, item)})",
            {"schemes": ", ".join(item.identifier_schemes)},
        )
        yield RowCheck(
            errors.BASIS_NOT_ALLOWED,
            "basis",
            f"{of} AND NOT ({_valid_basis(pack, item)})",
            {"item": item.id, "articles": ", ".join(item.basis)},
        )


def _characters() -> RowCheck:
    """A character that no identifier may have, named with its place in the value."""
    found = f"substr(subject, length(regexp_extract(subject, {text(VALUE_BEGINS)})) + 1)"
    place = f"length(regexp_extract(subject, {text(VALUE_BEGINS)})) - strpos(subject, ':') + 1"
    return RowCheck(
        errors.BAD_CHARACTER,
        "subject",
        f"strpos(subject, ':') > 0 AND {found} <> ''",
        {"character": "{0}", "position": "{1}"},
        of_row=(f"format('U+{{:04X}}', unicode({found}))", place),
    )


def _valid_subject(pack: Pack, item: Item) -> str:
    schemes = [pack.identifier_schemes[scheme] for scheme in item.identifier_schemes]
    named = any_of(
        f"regexp_full_match(subject, {text(f'{scheme.id}:(?:{scheme.pattern})')})"
        for scheme in schemes
    )
    return f"regexp_full_match(subject, {text(IDENTIFIER_PATTERN)}) AND ({named})"


def _valid_basis(pack: Pack, item: Item) -> str:
    # A record older than the law is taken by the law as it began.
    on = f"greatest(decided_on, {day(item.in_force.start)})" if item.older else "decided_on"

    def in_force(article: str) -> str:
        period = pack.articles[article].in_force
        until = f" AND {on} < {day(period.end)}" if period.end else ""
        return f"basis = {text(article)} AND {on} >= {day(period.start)}{until}"

    return any_of(in_force(article) for article in item.basis)


def _eras(source: Source, fields: list[StagedField]) -> Iterator[RowCheck]:
    """Why a day by its era is none; only where the contract reads such days."""
    for staged in fields if "'era'" in source.sql else ():
        if staged.type is FactType.DATE and not staged.arrives_typed:
            written = written_by_era_sql(f"(unread ->> {text(f'$.{staged.name}')})")
            fails = f"contains(unread, {text(_key(staged.name))}) AND {written}"
            yield RowCheck(errors.NOT_IN_ERA, staged.name, fails)


def _dates(today: date) -> Iterator[RowCheck]:
    for field in DATE_FIELDS:
        yield RowCheck(errors.BAD_DATE, field, f"contains(unread, {text(_key(field))})")
    for field, earlier, order in (
        ("effective_on", "decided_on", "<"),
        ("published_on", "decided_on", "<"),
        ("amended_on", "decided_on", "<"),
        ("ends_on", "effective_on", "<="),
    ):
        words = {"order": "lies before" if order == "<" else "does not lie after"}
        yield RowCheck(
            errors.DATES_OUT_OF_ORDER,
            field,
            f"{field} {order} {earlier}",
            {"earlier": FieldName(earlier), **words},
        )
    yield RowCheck(errors.FUTURE_DECISION, "decided_on", f"decided_on > {day(today)}")


def _facts(item: Item, fields: list[StagedField]) -> Iterator[RowCheck]:
    given = {field.name for field in fields}
    of = f"item = {text(item.id)}"
    for fact in item.facts.values():
        if fact.name in given:
            yield from _fact(item, fact, of)
        elif fact.required:
            yield RowCheck(errors.MISSING_FACT, fact.name, of, {"item": item.id})
    for field in fields:
        if field.name not in item.facts and field in _fact_fields(fields):
            yield RowCheck(
                errors.FOREIGN_FACT,
                field.name,
                f"{of} AND {name(field.name)} IS NOT NULL",
                {"item": item.id},
            )


def _fact_fields(fields: list[StagedField]) -> list[StagedField]:
    return [f for f in fields if f.name not in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS)]


def _fact(item: Item, fact: Fact, of: str) -> Iterator[RowCheck]:
    value, unread = name(fact.name), f"contains(unread, {text(_key(fact.name))})"
    if fact.required:
        yield RowCheck(
            errors.MISSING_FACT,
            fact.name,
            f"{of} AND {value} IS NULL AND NOT {unread}",
            {"item": item.id},
        )
    if fact.type in _KINDS or fact.type.is_number:
        kind = _KINDS.get(fact.type, f"a decimal number with at most {fact.scale} places")
        yield RowCheck(errors.BAD_FACT_VALUE, fact.name, f"{of} AND {unread}", {"kind": kind})
    if fact.type is FactType.CODE:
        yield RowCheck(
            errors.UNKNOWN_CODE, fact.name, f"{of} AND {value} NOT IN {texts(fact.codes)}"
        )
    if fact.type.is_number:
        low, high = fact.minimum, fact.maximum
        bounds = [f"{value} < {low}" if low else "", f"{value} > {high}" if high else ""]
        if fact.type is FactType.INTEGER:
            bounds.append(f"abs({value}) > {MAX_INTEGER}")
        if any(bounds):
            yield RowCheck(
                errors.FACT_OUT_OF_RANGE,
                fact.name,
                f"{of} AND ({any_of(bound for bound in bounds if bound)})",
                {"low": low or "any", "high": high or "any"},
            )


def _key(field: str) -> str:
    return f'"{field}":'
