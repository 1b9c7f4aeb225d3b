"""The text of drafted files: YAML and SQL with comments that say what a person has to decide.

Invariant: a name or value from the file stands quoted, or in a comment on one line; whatever an
agency calls its columns, the draft reads as what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from goodstanding.ingest.drafts.columns import SeenColumn, described
from goodstanding.ingest.drafts.opening import Opened
from goodstanding.ingest.drafts.roles import Roles
from goodstanding.ingest.model import OPTIONAL_FIELDS, REQUIRED_FIELDS
from goodstanding.ingest.sql import name, text
from goodstanding.kernel import FactType
from goodstanding.kernel.characters import UNSEEN_PATTERN
from goodstanding.kernel.escaping import visible

_FIELDS = {*REQUIRED_FIELDS, *OPTIONAL_FIELDS}
_MOST_FACTS = 60
#: What is said of an output, the columns it is made of, its expression and its name.
_Output = tuple[str, tuple[str, ...], str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """What the drafted things are called, and what of the pack they rest on."""

    source: str
    item: str
    title: str
    authority: str
    kind: str
    scheme: str
    article: str
    since: str


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was looked at: its columns, and which of them have a role."""

    opened: Opened
    columns: Sequence[SeenColumn]
    roles: Roles

    def column(self, name: str) -> SeenColumn:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def facts(self) -> dict[str, SeenColumn]:
        """The columns that become facts, by the fact's name, in the order of the file."""
        roles = {self.roles.subject, self.roles.name, self.roles.day, None}
        if len(self.roles.key) == 1:
            roles.add(self.roles.key[0])
        found: dict[str, SeenColumn] = {}
        for column in self.columns:
            if column.name not in roles and column.given and len(found) < _MOST_FACTS:
                found[_free(fact_name(column.name), found)] = column
        return found


def fact_name(column: str) -> str:
    """A column's name as the name of a fact: small letters, digits and `_`."""
    plain = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")[:40] or "column"
    plain = plain if plain[0].isalpha() else f"c_{plain}"
    return f"{plain}_told" if plain in _FIELDS else plain


def _free(wanted: str, taken: Container[str]) -> str:
    given, n = wanted, 2
    while given in taken:
        given, n = f"{wanted}_{n}", n + 1
    return given


def quoted(value: str) -> str:
    """A YAML text: JSON's quotation is YAML's, but for characters beyond U+FFFF."""
    return UNSEEN_PATTERN.sub(
        lambda found: (
            f"\\u{ord(found[0]):04x}" if found[0] <= "\uffff" else f"\\U{ord(found[0]):08x}"
        ),
        json.dumps(value, ensure_ascii=False),
    )


def comment(value: str) -> str:
    """A text on one line."""
    return visible(value)


def source_yaml(look: Look, names: Names) -> str:
    """The contract: how the file is read, and what it says of persons."""
    opened, source = look.opened, look.opened.source
    lines = [
        f"# DRAFT from {comment(opened.file)}, {opened.rows:,} rows. Lines with TODO are for you.",
        *(f"# {comment(note)}" for note in opened.notes),
        f"id: {names.source}",
        f"titles: {{en: {quoted(names.title)}}}",
        f"authority: {names.authority}",
        f"items: [{names.item}]",
        f"format: {source.format}",
    ]
    if source.format == "csv":
        lines += [f"encoding: {source.encoding}"]
        if source.encoding not in ("utf-8", "ascii"):
            lines[-1] += "  # TODO: likely, not certain; ask the agency"
        told = {"delimiter": quoted(source.delimiter)} if source.delimiter != "," else {}
        told |= {} if source.header else {"header": "false"}
        lines += (
            [f"csv: {{{', '.join(f'{key}: {value}' for key, value in told.items())}}}"]
            if told
            else []
        )
    if source.sheet is not None:
        lines += [f"sheet: {quoted(source.sheet)}"]
    lines += ["columns:", *(f"  - {quoted(column.name)}" for column in look.columns)]
    if look.roles.repeats:
        lines += [
            "# No columns tell all rows apart, so equal rows are counted as facts of their own.",
            "# TODO: ask the agency for a number of each row.",
            "repeats: count",
        ]
    lines += [
        "# TODO: is each file the full list (then what does a missing row mean), or only news?",
        "snapshot: false",
        "# TODO: how are sole traders told from companies? Marks in the name, or a column?",
        "persons: {told_by: not_in_file}",
        "# TODO: how many rows may be faulty before the whole file is stopped?",
        'gates: {max_rejected_share: "0.50"}',
    ]
    return "\n".join(lines) + "\n"


def source_sql(look: Look, names: Names) -> str:
    """The select, with what was found in each column beside it."""
    roles, rows = look.roles, look.opened.rows
    key = " || '|' || ".join(_in_key(look.column(column), rows) for column in roles.key)
    outputs: list[_Output] = [
        ("The key: the same in each delivery for the same record.", roles.key, key, "source_key"),
        ("", (), text(names.item), "item"),
        _subject(look, names),
        ("", (), text(names.kind), "subject_kind"),
        *([("", (roles.name,), name(roles.name), "subject_name")] if roles.name else []),
        ("TODO: the document that each row rests on, as the agency cites it.", (),
         f"{text(names.title + ' ')} || {key}", "document"),
        ("TODO: the article under which it was decided.", (), text(names.article), "basis"),
        ("", (roles.day,), _day_of(look.column(roles.day)), "decided_on"),
        *(("", (column.name,), _fact_of(column), fact) for fact, column in look.facts.items()),
    ]  # fmt: skip
    lines = [
        f"-- DRAFT from {comment(look.opened.file)}: one row of the file is one record.",
        "SELECT",
    ]
    for n, (said, columns, expression, output) in enumerate(outputs):
        lines += [f"    -- {said}"] if said else []
        for column in columns:
            seen = look.column(column)
            lines.append(f"    -- {comment(described(seen, rows))}")
            if seen.also is not None and output == "decided_on":
                lines.append(
                    f"    -- TODO: all of them are days as {seen.also} too; which is meant?"
                )
        comma = "," if n + 1 < len(outputs) else ""
        lines.append(f"    {expression} AS {output}{comma}")
    return "\n".join([*lines, "FROM delivered", ""])


def _subject(look: Look, names: Names) -> _Output:
    roles = look.roles
    if roles.subject is not None:
        number = f"{text(names.scheme + ':')} || {name(roles.subject)}"
        return ("Whom it is about.", (roles.subject,), number, "subject")
    given = [column for column in (roles.name, roles.place) if column]
    made = f"local_id({text(names.scheme)}, {', '.join(map(name, given))})"
    said = "Nobody has a number here: name and place make a weak one, which grounds no listing."
    return (said, tuple(given), made, "subject")


def item_yaml(look: Look, names: Names) -> str:
    """What may be recorded from the file, with a fact for each column."""
    lines = [
        f"# DRAFT from {comment(look.opened.file)}.",
        f"id: {names.item}",
        f"titles: {{en: {quoted(names.title)}}}",
        f"subject_kinds: [{names.kind}]",
        f"identifier_schemes: [{names.scheme}]",
        f"authorities: [{names.authority}]",
        "# TODO: the articles that permit it to be recorded.",
        f"basis: [{names.article}]",
        f"in_force: {{from: {names.since}}}",
        "# TODO: adverse (then add `retention:`), neutral or favourable?",
        "effect: neutral",
    ]
    facts = look.facts
    if facts:
        lines.append("facts:")
    for fact, column in facts.items():
        lines += [f"  {fact}:", *(f"    {line}" for line in _fact_lines(column))]
    return "\n".join(lines) + "\n"


def _fact_lines(column: SeenColumn) -> Iterator[str]:
    yield f"type: {column.type}"
    if column.type is FactType.DECIMAL:
        yield f"scale: {column.scale}"
    if column.type in (FactType.INTEGER, FactType.DECIMAL):
        yield "# TODO: unit, and the least and most that can be meant (min, max)"
    yield f"titles: {{en: {quoted(_title(column.name))}}}"
    if column.type is FactType.CODE:
        yield "codes:  # TODO: what each means; a code that is not here is refused"
        for code in column.codes:
            yield f"  {quoted(code)}: {{en: {quoted(code)}}}"


def _title(column: str) -> str:
    words = re.sub(r"[\s_.-]+", " ", visible(column)).strip()
    return words[:1].upper() + words[1:200] or "Column"


def _in_key(column: SeenColumn, rows: int) -> str:
    """A part of a key, which is one though the part is empty."""
    return name(column.name) if column.given == rows else f"coalesce({name(column.name)}, '')"


def _day_of(column: SeenColumn) -> str:
    form = column.form[0] if column.form else "iso"
    return name(column.name) if form == "iso" else f"iso_date({name(column.name)}, {text(form)})"


def _fact_of(column: SeenColumn) -> str:
    match column.type:
        case FactType.DATE:
            return _day_of(column)
        case FactType.DECIMAL:
            point, thousands = column.form
            return f"decimal({name(column.name)}, {text(point)}, {text(thousands)})"
        case FactType.BOOLEAN:
            yes = next(v for v in column.codes if v[:1].lower() in ("t", "y"))
            no = next(v for v in column.codes if v != yes)
            value = name(column.name)
            cases = [(yes, "true"), (no, "false")]
            whens = " ".join(f"WHEN {text(said)} THEN {text(to)}" for said, to in cases)
            return f"CASE {value} {whens} ELSE {value} END"
    return name(column.name)
