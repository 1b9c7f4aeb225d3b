"""A small jurisdiction to try schemes in, and entries of its register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from goodstanding.catalogue import (
    Article,
    Authority,
    Confidence,
    Document,
    Effect,
    Fact,
    FactType,
    Item,
    Pack,
    Parameter,
    SchemeFile,
    SubjectKind,
    Table,
)
from goodstanding.kernel import Nature, Period

EVER = Period(date(2000, 1, 1))


@dataclass(frozen=True)
class Entry:
    """One entry of a register, as evaluation sees it."""

    leaf: int
    item: str
    subject: str
    effective_on: date
    facts: dict[str, object] = field(default_factory=dict)
    act: str = "record"
    supersedes: int | None = None
    source: str = "source"
    source_key: str = ""
    authority: str = "office"
    subject_kind: str = "business"
    document: str = "doc"
    basis: str = "act.1"
    decided_on: date | None = None
    published_on: date | None = None
    amended_on: date | None = None
    ends_on: date | None = None
    known_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)


def fact(
    name: str, kind: FactType, scale: int = 0, *, required: bool = False, codes: Iterable[str] = ()
) -> Fact:
    """A fact with an English title."""
    listed = {code: {"en": code} for code in codes}
    return Fact(name, kind, {"en": name}, None, scale, required, listed, None, None)


def item(
    name: str,
    *facts: Fact,
    kinds: tuple[str, ...] = ("business",),
    grades_of: str | None = None,
) -> Item:
    """An item that the office may report; ``grades_of`` a scheme, if it is its grades."""
    return Item(
        id=name,
        titles={"en": name},
        subject_kinds=kinds,
        identifier_schemes=("biz",),
        authorities=("office",),
        basis=("act.1",),
        in_force=EVER,
        effect=Effect.NEUTRAL,
        retention=None,
        facts={f.name: f for f in sorted(facts, key=lambda f: f.name)},
        grades_of=grades_of,
    )


def article(number: str) -> Article:
    """An article of the one act."""
    said = {"en": f"What article {number} says."}
    return Article(
        f"act.{number}",
        "act",
        {"en": "Act"},
        number,
        {"en": f"Article {number}"},
        EVER,
        said,
        Confidence.KNOWN,
        None,
    )


#: The schemes whose published grades are items: one of the office, one of another authority.
PUBLISHED = {"yearly": "office", "foreign": "registry"}


def scheme_file(name: str, data: object) -> SchemeFile:
    """A scheme as a pack holds it, without tests beside it."""
    return SchemeFile(Document(Path(f"{name}.yaml"), data, {(): (1, 1)}), None)


def jurisdiction(
    parameters: dict[str, Parameter],
    items: dict[str, Item],
    tables: Mapping[str, Table] | None = None,
    schemes: Mapping[str, SchemeFile] | None = None,
    calendar: str = "none",
) -> Pack:
    """The pack, with these parameters, items, tables and further schemes."""
    published = {
        name: scheme_file(name, {"authority": authority}) for name, authority in PUBLISHED.items()
    }
    return Pack(
        id="test",
        folder=Path("test"),
        digest="0" * 64,
        titles={"en": "Test"},
        languages=("en", "zh"),
        currency="MRD",
        calendar=calendar,
        subject_kinds={
            "business": SubjectKind("business", {"en": "Business"}, Nature.ORGANISATION),
            "public_body": SubjectKind("public_body", {"en": "Body"}, Nature.PUBLIC_BODY),
            "citizen": SubjectKind("citizen", {"en": "Citizen"}, Nature.NATURAL_PERSON),
        },
        identifier_schemes={},
        authorities={
            name: Authority(name, {"en": name.title()}) for name in ("office", "registry")
        },
        articles={made.id: made for made in map(article, "123456789")},
        items=items,
        parameters=parameters,
        sources={},
        schemes={**published, **(schemes or {})},
        tables=dict(tables or {}),
    )
