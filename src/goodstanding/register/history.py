"""The versions of one record, in their order: what replaced what, and what changed.

Invariant: pure. A chain is a function of the versions it is given; hand in those known at an
instant and it is the chain as it was then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from goodstanding.kernel import instant_text

CORRECTION, WITHDRAWAL = "correction", "withdrawal"
#: What stands in `delivery` of a version that an officer made, not an agency's file.
ACT = "act"
#: What a record says; the rest is how and when we came to know it.
CONTENT = (
    "authority",
    "subject",
    "subject_kind",
    "subject_name",
    "document",
    "basis",
    "decided_on",
    "effective_on",
    "published_on",
    "amended_on",
    "ends_on",
)


class Versioned(Protocol):
    """What a chain needs of an entry; the register's Record is one."""

    @property
    def leaf(self) -> int: ...
    @property
    def act(self) -> str: ...
    @property
    def supersedes(self) -> int | None: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def facts(self) -> Mapping[str, object]: ...


V = TypeVar("V", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Told:
    """Why a version is there: the event that was sealed with it, at ``leaf``.

    A delivery names its file and its day, and ``absent`` says that the version is there because
    the file no longer had the record; an officer's act names authority, basis, officer and reason.
    """

    leaf: int
    event: str
    known_at: datetime
    file_name: str | None = None
    authority: str | None = None
    basis: str | None = None
    by: str | None = None
    reason: str | None = None
    as_of: str | None = None
    absent: bool = False

    def as_dict(self) -> dict[str, object]:
        """The same for machines, without what it does not have."""
        given = {name: getattr(self, name) for name in self.__slots__}
        found = {name: value for name, value in given.items() if value not in (None, False)}
        return {**found, "known_at": instant_text(self.known_at)}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a version says otherwise than the one before it; None is "nothing"."""

    field: str
    before: str | None
    after: str | None


def chain(records: Iterable[V], leaf: int) -> tuple[V, ...]:
    """The versions of the record that has a version at ``leaf``, the first one first.

    What is not among ``records`` is not in the chain; empty if ``leaf`` is not either.
    """
    by_leaf = {record.leaf: record for record in records}
    successor = {r.supersedes: r for r in by_leaf.values() if r.supersedes is not None}
    found = by_leaf.get(leaf)
    if found is None:
        return ()
    before: list[V] = []
    while found.supersedes is not None and (earlier := by_leaf.get(found.supersedes)):
        before.append(earlier)
        found = earlier
    versions = [*reversed(before), by_leaf[leaf]]
    while later := successor.get(versions[-1].leaf):
        versions.append(later)
    return tuple(versions)


def changes(before: Versioned, after: Versioned) -> tuple[FieldChange, ...]:
    """What ``after`` says otherwise than ``before``, field by field, facts after the rest."""
    fields = [name for name in CONTENT if hasattr(before, name) and hasattr(after, name)]
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in fields]
    facts = sorted({*before.facts, *after.facts})
    pairs += [(name, before.facts.get(name), after.facts.get(name)) for name in facts]
    return tuple(
        FieldChange(name, _text(old), _text(new)) for name, old, new in pairs if old != new
    )


def steps(versions: Sequence[V]) -> list[tuple[V, tuple[FieldChange, ...]]]:
    """Each version with what it changed; the first one, and a withdrawal, change no field."""
    return [
        (version, () if n == 0 or version.act == WITHDRAWAL else changes(versions[n - 1], version))
        for n, version in enumerate(versions)
    ]


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return str(value)


def words(
    act: str, told: Told | None, authority: str | None = None, basis: str | None = None
) -> str:
    """In a sentence how a version came about; authority and basis as they are to be called."""
    plain = {CORRECTION: "corrected", WITHDRAWAL: "withdrawn"}.get(act, "reported")
    if told is None:
        return plain
    day = told.known_at.date().isoformat()
    if told.event in (CORRECTION, WITHDRAWAL):
        on = f"for {authority or told.authority} under {basis or told.basis}, on {day}"
        return f"{plain} by {told.by} {on}: {told.reason}"
    if told.event == "release":
        on = f"under {basis or told.basis}, on {day}"
        return f"{plain}, held, and released by {told.by} {on}: {told.reason}"
    file = told.file_name or "a file"
    if told.absent and act == CORRECTION:
        return f"ended, for the agency's full list of {told.as_of}, {file}, no longer has it"
    if act == WITHDRAWAL:
        return f"the agency left it out of {file}, its list of all there is, on {day}"
    changed = " changed" if act == CORRECTION else ""
    return f"the agency delivered it{changed} in {file} on {day}"
