"""From the shape of one file to one value of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from goodstanding.catalogue import errors
from goodstanding.catalogue.documents import Document
from goodstanding.catalogue.model import (
    Article,
    Authority,
    ContractCheck,
    Effect,
    Fact,
    IdentifierScheme,
    Item,
    Parameter,
    ParameterValue,
    Source,
    Specimen,
    SubjectKind,
    Table,
    TableValue,
    Titles,
)
from goodstanding.catalogue.shapes import (
    FactShape,
    InForce,
    InstrumentShape,
    ItemShape,
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
    subject_kinds: dict[str, SubjectKind]
    identifier_schemes: dict[str, IdentifierScheme]
    authorities: dict[str, Authority]
    specimen: Specimen | None


def pack_head(shape: PackShape) -> PackHead:
    """The values of pack.yaml."""
    return PackHead(
        id=shape.id,
        titles=shape.titles,
        languages=tuple(shape.languages),
        currency=shape.currency,
        calendar=shape.calendar,
        time_zone=shape.time_zone,
        subject_kinds={
            name: SubjectKind(name, kind.titles, kind.nature)
            for name, kind in shape.subject_kinds.items()
        },
        identifier_schemes={
            name: IdentifierScheme(name, scheme.titles, scheme.nature, scheme.pattern)
            for name, scheme in shape.identifier_schemes.items()
        },
        authorities={
            name: Authority(name, authority.titles) for name, authority in shape.authorities.items()
        },
        specimen=(
            Specimen(shape.specimen.why, shape.specimen.consent, shape.specimen.notice)
            if shape.specimen
            else None
        ),
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
        )


def item(shape: ItemShape, document: Document) -> Item:
    """One catalogue item. Raises GS-PACK-006, 007 and 011."""
    if not shape.basis:
        raise GoodStandingError(errors.NO_BASIS, place=document.place("basis"), item=shape.id)
    if shape.effect is Effect.ADVERSE and shape.retention is None:
        raise GoodStandingError(errors.NO_END, place=document.place("effect"), item=shape.id)
    return specimen_item(shape, document)


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
    )


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
    """One source contract."""
    gate = document.place("gates")
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
        min_share_of_last=_share(shape.gates.min_share_of_last, gate),
        max_rejected_share=_share(shape.gates.max_rejected_share, gate),
        checks=tuple(
            ContractCheck(check.code, check.when, check.titles, check.article)
            for check in shape.checks
        ),
        sql=sql_path.read_text("utf-8"),
        sql_path=sql_path,
        digest=digest,
    )


def _period(shape: InForce, place: Place) -> Period:
    try:
        return Period(shape.start, shape.end)
    except GoodStandingError as error:
        error.place = place
        raise


def _share(text: str, place: Place) -> Fixed:
    return _exact(text, 4, place)


def _number(value: int | Decimal | None, scale: int, place: Place) -> Fixed | None:
    return None if value is None else _exact(value, scale, place)


def _exact(value: int | Decimal | str, scale: int, place: Place) -> Fixed:
    try:
        return parse_fixed(f"{value:f}" if isinstance(value, Decimal) else str(value), scale)
    except GoodStandingError as error:
        error.place = place
        raise
