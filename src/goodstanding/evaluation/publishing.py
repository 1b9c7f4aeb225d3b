"""A scheme goes into force by an entry in the log, never by saving a file.

Invariant: a version of a scheme binds only if the log's newest entry about it says so of exactly
these bytes: of the scheme, its tests, every number, table and item it rests on, and the pack's
calendar and currency. Anything else is a draft.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from goodstanding.catalogue import Pack, SchemeFile, read_pack
from goodstanding.evaluation import errors
from goodstanding.evaluation.lint import lint_schemes
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import (
    Clock,
    GoodStandingError,
    Noted,
    canonical_bytes,
    hash_hex,
)
from goodstanding.register import Event, NewEvent, Node, Segment, StreamVersion
from goodstanding.register.segments import EVENTS, read_events

#: The event that puts a version into force, and the file of a backtest that sums it up.
SCHEME_PUBLISHED = "scheme_published"
BACKTEST_JSON = "backtest.json"


@dataclass(frozen=True, slots=True)
class PublishedScheme:
    """What the log says of a version: by which act, by whom, on what report, since when."""

    leaf: int
    known_at: datetime
    scheme: str
    version: int
    digest: str
    act: str
    by: str
    backtest: str


def scheme_files(scheme: Scheme) -> list[Path]:
    """The files of the pack a version rests on: itself, its tests, its numbers, tables, items."""
    folder = scheme.pack.folder
    own = _own_file(scheme.pack, scheme)
    found = [own.document.path, *([own.tests_file] if own.tests_file else [])]
    found += [folder / "parameters" / f"{name}.yaml" for name in scheme.parameters]
    found += [folder / "tables" / f"{name}.yaml" for name in scheme.tables]
    found += [folder / "catalogue" / f"{name}.yaml" for name in scheme.population]
    return sorted(found)


def scheme_digest(scheme: Scheme) -> str:
    """SHA-256, in hex, over canonical JSON: ``files`` (path in the pack -> SHA-256), and the
    pack's ``calendar`` and ``currency``, on which the same files mean something else."""
    pack = scheme.pack
    files = {
        path.relative_to(pack.folder).as_posix(): _sha256(path) for path in scheme_files(scheme)
    }
    rests_on = {"files": files, "calendar": pack.calendar, "currency": pack.currency}
    return hash_hex(canonical_bytes(rests_on))


def published_as(
    segments: Iterable[Segment], scheme: Scheme, known_at: datetime | None
) -> PublishedScheme | None:
    """The entry that put this version into force, as known at an instant; None for a draft.

    A later act about the same version takes the place of an earlier one: what that put into
    force is a draft again.
    """
    newest = None
    for found in publications(segments, scheme.name):
        if found.version == scheme.version and (known_at is None or found.known_at <= known_at):
            newest = found
    return newest if newest is not None and newest.digest == scheme_digest(scheme) else None


def publications(segments: Iterable[Segment], scheme: str) -> Iterator[PublishedScheme]:
    """Every entry that put a version of a scheme into force, the first one first."""
    for segment in segments:
        if segment.item == EVENTS:
            for event in read_events(segment):
                if event.event == SCHEME_PUBLISHED and event.members["scheme"] == scheme:
                    yield _published(event)


def is_draft(node: Node, scheme: Scheme, known_at: datetime | None, *, noted: Noted) -> bool:
    """Whether the node's log has not put exactly this version into force."""
    if node.log.stream_version(_stream(scheme)) == 0:
        return True
    return published_as(node.log.segments(), scheme, known_at) is None


def publish_scheme(
    node: Node,
    scheme: Scheme,
    *,
    act: str,
    by: str,
    backtest: Path,
    clock: Clock,
    noted: Noted,
) -> PublishedScheme:
    """Put a version into force under ``act``, decided by the officer ``by``.

    ``backtest`` is the folder of a report about exactly this version. Raises GS-SCHEME-120 to
    124 for a pack with findings, a missing or foreign report, and a version already in force;
    GS-REGISTER-016 if another officer was quicker. Nothing has changed then.
    """
    _check_said("act", act)
    _check_said("by", by)
    _check_pack(scheme.pack)
    digest = scheme_digest(scheme)
    report = check_backtest(backtest, scheme, digest)
    seen = node.log.stream_version(_stream(scheme))
    before = published_as(node.log.segments(sealed=True), scheme, None) if seen else None
    if before is not None:
        raise GoodStandingError(
            errors.ALREADY_PUBLISHED, scheme=scheme.name, version=scheme.version, leaf=before.leaf
        )
    members: dict[str, object] = {
        "scheme": scheme.name,
        "scheme_version": scheme.version,
        "digest": digest,
        "pack_digest": scheme.pack.digest,
        "article": scheme.act,
        "act": act,
        "in_force": scheme.in_force.start.isoformat(),
        "backtest": report,
        "by": by,
    }
    event = NewEvent(SCHEME_PUBLISHED, members, StreamVersion(_stream(scheme), seen))
    node.log.append([event], clock=clock, noted=noted)
    found = published_as(node.log.segments(sealed=True), scheme, None)
    if found is None:
        raise AssertionError("what was submitted is in the log")
    return found


def check_backtest(folder: Path, scheme: Scheme, digest: str) -> str:
    """SHA-256 of the summary of a backtest of exactly this version. Raises GS-SCHEME-121, 122.

    The summary names the report's other files with their hashes, so it stands for all of them.
    """
    file = folder / BACKTEST_JSON
    try:
        summary = json.loads(file.read_text("utf-8"))
        candidate, files = summary["candidate"], dict(summary["sha256"])
        tested = (candidate["scheme"], candidate["version"], candidate["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GoodStandingError(errors.NO_BACKTEST, file=file, problem=_named(error)) from error
    if tested != (scheme.name, scheme.version, digest):
        raise GoodStandingError(
            errors.OTHER_BACKTEST, file=file, scheme=scheme.name, version=scheme.version
        )
    for name, expected in sorted(files.items()):
        path = folder / Path(str(name)).name
        if not path.is_file() or _sha256(path) != expected:
            problem = f"{path.name} is missing or not the one it names"
            raise GoodStandingError(errors.NO_BACKTEST, file=file, problem=problem)
    return _sha256(file)


def _check_pack(pack: Pack) -> None:
    """Finished, lint clean, tests green, on the files as they are now.

    Raises GS-SCHEME-120 and 126.
    """
    if pack.draft:
        raise GoodStandingError(errors.DRAFT_PACK, pack=pack.id)
    read, findings = read_pack(pack.folder)
    if read is not None and not findings:
        findings = lint_schemes(read)
    if findings:
        raise GoodStandingError(
            errors.NOT_CLEAN, pack=pack.id, count=len(findings), first=str(findings[0])
        )
    if read is None or read.digest != pack.digest:
        raise GoodStandingError(errors.PACK_CHANGED, pack=pack.id)


def _check_said(option: str, value: str) -> None:
    if not value.strip() or not value.isprintable():
        raise GoodStandingError(errors.NOT_SAID, option=f"--{option}")


def _own_file(pack: Pack, scheme: Scheme) -> SchemeFile:
    for file in pack.schemes.values():
        data = file.document.data
        if isinstance(data, dict) and (data.get("id"), data.get("version")) == (
            scheme.id,
            scheme.version,
        ):
            return file
    raise AssertionError("a scheme is read from a file of its pack")


def _stream(scheme: Scheme) -> str:
    return f"scheme/{scheme.name}"


def _published(event: Event) -> PublishedScheme:
    members = event.members
    return PublishedScheme(
        leaf=event.leaf,
        known_at=event.known_at,
        scheme=str(members["scheme"]),
        version=int(str(members["scheme_version"])),
        digest=str(members["digest"]),
        act=str(members["act"]),
        by=str(members["by"]),
        backtest=str(members["backtest"]),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _named(error: Exception) -> str:
    match error:
        case OSError():
            return error.strerror or str(error)
        case KeyError():
            return f"it has no {error}"
    return str(error)
