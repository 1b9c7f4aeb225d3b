"""From the shape of one file to one value of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document
from goodstanding.catalogue.files import read_text
from goodstanding.catalogue.model import (
    Article,
    Authority,
    CodeRule,
    ContractCheck,
    Effect,
    Fact,
    IdentifierScheme,
    Indefinite,
    Item,
    Label,
    Missing,
    Older,
    Parameter,
    ParameterValue,
    Permits,
    Persons,
    PersonsMark,
    Published,
    Source,
    Specimen,
    SubjectKind,
    Table,
    TableValue,
    Titles,
)
from goodstanding.catalogue.patterns import pattern_problem
from goodstanding.catalogue.shapes import (
    FactShape,
    IdentifierSchemeShape,
    InForce,
    InstrumentShape,
    ItemShape,
    LabelShape,
    PackShape,
    ParameterShape,
    SourceShape,
    TableShape,
)
from goodstanding.kernel import (
    FactType,
    Fixed,
    GoodStandingError,
    Period,
    Place,
    parse_fixed,
)

#: Amounts have two places unless the pack says otherwise.
_MONEY_SCALE = 2
#: The fields every record has, whatever its item; no fact may take their names.
RESERVED = frozenset(
    {
        *("leaf", "salt", "act", "supersedes", "source", "source_key"),
        *("item", "authority", "subject", "subject_kind", "subject_name", "document"),
        *("basis", "decided_on", "effective_on", "published_on", "amended_on", "ends_on"),
        *("known_at", "delivery", "row", "original", "as_of", "total"),
    }
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class PackHead(TypedDict):
    """What pack.yaml itself gives to a Pack."""

    id: str
    titles: Titles
    languages: tuple[str, ...]
    currency: str
    calendar: str
    time_zone: str
    names_from: tuple[str, ...]
    subject_kinds: dict[str, SubjectKind]
    identifier_schemes: dict[str, IdentifierScheme]
    authorities: dict[str, Authority]
    specimen: Specimen | None
    draft: bool


def pack_head(shape: PackShape) -> PackHead:
    """The values of pack.yaml."""
    return PackHead(
        id=shape.id,
        titles=shape.titles,
        languages=tuple(shape.languages),
        currency=shape.currency,
        calendar=shape.calendar,
        time_zone=shape.time_zone,
        names_from=tuple(shape.names_from),
        subject_kinds={
            name: SubjectKind(name, kind.titles, kind.nature)
            for name, kind in shape.subject_kinds.items()
        },
        identifier_schemes={
            name: _identifier_scheme(name, scheme)
            for name, scheme in shape.identifier_schemes.items()
        },
        authorities={
            name: Authority(name, authority.titles, tuple(authority.reviews))
            for name, authority in shape.authorities.items()
        },
        specimen=(
            Specimen(shape.specimen.why, shape.specimen.consent, shape.specimen.notice)
            if shape.specimen
            else None
        ),
        draft=shape.draft,
    )


def _identifier_scheme(name: str, shape: IdentifierSchemeShape) -> IdentifierScheme:
    mark = shape.told_from_persons_by
    return IdentifierScheme(
        id=name,
        titles=shape.titles,
        nature=shape.nature,
        pattern=shape.pattern,
        check=shape.check,
        check_exceptions=shape.check_exceptions,
        told_from_persons_by=PersonsMark(mark.why, mark.pattern, mark.each_source)
        if mark
        else None,
        weak=shape.weak,
    )


def articles(shape: InstrumentShape, document: Document) -> Iterator[Article]:
    """The articles of one instrument."""
    for number, article in shape.articles.items():
        yield Article(
            id=f"{shape.id}.{number}",
            instrument=shape.id,
            instrument_titles=shape.titles,
            number=number,
            titles=article.title,
            in_force=_period(article.in_force, document.place("articles", number, "in_force")),
            paraphrase=article.paraphrase,
            confidence=article.confidence,
            link=shape.link,
            permits=(
                Permits(tuple(article.permits.acts), tuple(article.permits.items))
                if article.permits
                else None
            ),
        )


def item(shape: ItemShape, document: Document) -> Item:
    """One catalogue item. Raises GS-PACK-006, 007, 011 and 054."""
    if not shape.basis:
        raise GoodStandingError(errors.NO_BASIS, place=document.place("basis"), item=shape.id)
    made = specimen_item(shape, document)
    if made.effect is Effect.ADVERSE and not made.ends:
        raise GoodStandingError(errors.NO_END, place=document.place("effect"), item=shape.id)
    return made


def specimen_item(shape: ItemShape, document: Document) -> Item:
    """The same, without asking for a basis or an end: what a specimen lacks is its finding."""
    return Item(
        id=shape.id,
        titles=shape.titles,
        subject_kinds=tuple(shape.subject_kinds),
        identifier_schemes=tuple(shape.identifier_schemes),
        authorities=tuple(shape.authorities),
        basis=tuple(shape.basis),
        in_force=_period(shape.in_force, document.place("in_force")),
        effect=shape.effect,
        retention=shape.retention,
        facts={
            name: _fact(name, shape.facts[name], document.place("facts", name))
            for name in sorted(shape.facts)
        },
        grades_of=shape.grades_of,
        ends_from=shape.ends_from,
        indefinite=_indefinite(shape, document),
        ended_by=tuple(shape.ended_by),
        older=Older(old.start, old.article, old.why) if (old := shape.older_records) else None,
        published=Published(said.scheme, said.fact) if (said := shape.published) else None,
        establishments=shape.establishments.article if shape.establishments else None,
    )


def _indefinite(shape: ItemShape, document: Document) -> Indefinite | None:
    said = shape.indefinite
    if said is None:
        return None
    if said.review is None or said.owner is None:
        missing = [name for name in ("review", "owner") if getattr(said, name) is None]
        raise GoodStandingError(
            errors.NO_REVIEW,
            place=document.place("indefinite"),
            item=shape.id,
            missing=" and ".join(missing),
        )
    return Indefinite(said.article, said.review, said.owner)


def _fact(name: str, shape: FactShape, place: Place) -> Fact:
    scale = _MONEY_SCALE if shape.type is FactType.MONEY and not shape.scale else shape.scale
    problem = None
    if shape.type is FactType.CODE and not shape.codes:
        problem = "a code lists its `codes`"
    elif name in RESERVED:
        problem = "every record already has a field of this name"
    elif shape.codes and shape.type is not FactType.CODE:
        problem = f"only a code has `codes`, this is a {shape.type}"
    elif bad := [code for code in shape.codes if not _CODE.fullmatch(code)]:
        problem = f"the code {bad[0]!r} may hold only letters, digits, point, dash and underscore"
    elif shape.scale and shape.type not in (FactType.DECIMAL, FactType.MONEY):
        problem = f"only decimals and money have a `scale`, this is a {shape.type}"
    elif not shape.type.is_number and (shape.min is not None or shape.max is not None):
        problem = "only numbers have `min` and `max`"
    if problem:
        raise GoodStandingError(errors.BAD_FACT, place=place, fact=name, problem=problem)
    return Fact(
        name=name,
        type=shape.type,
        titles=shape.titles,
        unit=shape.unit,
        scale=scale,
        required=shape.required,
        codes=shape.codes,
        minimum=_number(shape.min, scale, place),
        maximum=_number(shape.max, scale, place),
    )


def parameter(shape: ParameterShape, document: Document) -> Parameter:
    """One parameter. Raises GS-PACK-008 when its values are not in ascending order."""
    _check_ascending(shape, document)
    return Parameter(
        id=shape.id,
        titles=shape.titles,
        unit=shape.unit,
        scale=shape.scale,
        values=tuple(
            ParameterValue(
                value.start,
                _exact(value.value, shape.scale, document.place("values", n, "value")),
                value.article,
            )
            for n, value in enumerate(shape.values)
        ),
        confidence=shape.confidence,
    )


def table(shape: TableShape, document: Document) -> Table:
    """One table of the law. Raises GS-PACK-008 for dates out of order and rows of wrong depth."""
    _check_ascending(shape, document)
    values = []
    for n, value in enumerate(shape.values):
        rows: dict[tuple[str, ...], Fixed] = {}
        for code, entry in value.rows.items():
            nested = entry if isinstance(entry, dict) else {"": entry}
            if isinstance(entry, dict) != (len(shape.keys) == 2):
                raise GoodStandingError(
                    errors.BAD_PARAMETER,
                    place=document.place("values", n, "rows", code),
                    name=shape.id,
                    problem=f"{code!r} needs one number for each of: {', '.join(shape.keys)}",
                )
            for inner, number in nested.items():
                place = document.place("values", n, "rows", code)
                key = (code, inner) if len(shape.keys) == 2 else (code,)
                rows[key] = _exact(number, shape.scale, place)
        values.append(TableValue(value.start, rows, value.article))
    return Table(
        id=shape.id,
        titles=shape.titles,
        unit=shape.unit,
        scale=shape.scale,
        keys=tuple(shape.keys),
        values=tuple(values),
        confidence=shape.confidence,
    )


def _check_ascending(shape: ParameterShape | TableShape, document: Document) -> None:
    starts = [value.start for value in shape.values]
    for n in range(1, len(starts)):
        if starts[n] <= starts[n - 1]:
            raise GoodStandingError(
                errors.BAD_PARAMETER,
                place=document.place("values", n, "from"),
                name=shape.id,
                problem=f"{starts[n]} does not come after {starts[n - 1]}",
            )


def source(shape: SourceShape, document: Document, sql_path: Path, digest: str) -> Source:
    """One source contract. Raises GS-PACK-017 and 018."""
    gate = document.place("gates")
    gates = shape.gates
    return Source(
        id=shape.id,
        titles=shape.titles,
        authority=shape.authority,
        items=tuple(shape.items),
        format=shape.format,
        encoding=shape.encoding,
        delimiter=shape.csv.delimiter,
        quote=shape.csv.quote,
        header=shape.csv.header,
        columns=tuple(shape.columns),
        snapshot=shape.snapshot,
        min_share_of_last=_share(gates.min_share_of_last, gate),
        max_rejected_share=_share(gates.max_rejected_share, gate),
        checks=tuple(
            ContractCheck(check.code, check.when, check.titles, check.article, check.fault)
            for check in shape.checks
        ),
        sql=read_text(sql_path),
        sql_path=sql_path,
        digest=digest,
        missing=_missing(shape, document),
        dated_by=_label(shape, "delivery_date", document),
        series=_label(shape, "series", document),
        repeats=shape.repeats,
        near_keys=shape.near_keys,
        codes=CodeRule(shape.codes.case == "folded", shape.codes.blanks == "folded"),
        persons=(
            Persons(shape.persons.told_by, tuple(shape.persons.marks), shape.persons.when)
            if shape.persons
            else None
        ),
        sheet=shape.sheet,
        preamble=shape.preamble,
    )


def _missing(shape: SourceShape, document: Document) -> Missing:
    """What a missing row means: only a full list can say it, and each says it."""
    if shape.snapshot == (shape.missing is not None):
        return shape.missing or Missing.NOTHING
    raise GoodStandingError(errors.MISSING_UNSAID, place=document.place("missing"), source=shape.id)


def _label(shape: SourceShape, name: str, document: Document) -> Label | None:
    """A date or a series in a file's name or a column. Raises GS-PACK-018."""
    label: LabelShape | None = getattr(shape, name)
    if label is None:
        return None
    problem = _label_problem(shape, name, label)
    if problem:
        place = document.place(name)
        raise GoodStandingError(errors.BAD_LABEL, place=place, label=name, problem=problem)
    return Label(label.file_name, label.column, label.format)


def _label_problem(shape: SourceShape, name: str, label: LabelShape) -> str | None:
    if (label.file_name is None) == (label.column is None):
        return "it names either `file_name` or `column`"
    if label.column is not None and label.column not in shape.columns:
        return f"{label.column!r} is none of the columns"
    if (label.format is not None) != (name == "delivery_date"):
        return "a date has a `format`, such as '%Y%m%d', and nothing else has"
    if label.file_name is None:
        return None
    return pattern_problem(label.file_name, groups=1)


def _period(shape: InForce, place: Place) -> Period:
    try:
        return Period(shape.start, shape.end)
    except GoodStandingError as error:
        error.place = place
        raise


def _share(text: str | None, place: Place) -> Fixed | None:
    return None if text is None else _exact(text, 4, place)


def _number(value: int | Decimal | None, scale: int, place: Place) -> Fixed | None:
    return None if value is None else _exact(value, scale, place)


def _exact(value: int | Decimal | str, scale: int, place: Place) -> Fixed:
    try:
        return parse_fixed(f"{value:f}" if isinstance(value, Decimal) else str(value), scale)
    except GoodStandingError as error:
        error.place = place
        raise
