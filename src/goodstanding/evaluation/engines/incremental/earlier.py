"""An earlier run, as its folder tells of it, and whether a new run can build on it.

Invariant: what a new run builds on has the same scheme, law, software and log, only shorter.
Everything else is a reason for a whole run, in words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path

from goodstanding import __version__
from goodstanding.evaluation import errors
from goodstanding.evaluation.manifest import MANIFEST
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError
from goodstanding.register import ERASURE, Checkpoint, Segment
from goodstanding.register.segments import EVENTS, read_events

STANDINGS_CHANGES, REASONS_CHANGES = "standings.changes.parquet", "reasons.changes.parquet"
#: One column, `subject`: whose rows in the whole results no longer count.
SUBJECTS_CHANGES = "subjects.changes.parquet"
#: The results a manifest's changes belong to.
BASE = "base"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run with its manifest; ``base`` is the folder of whole results, perhaps its own."""

    folder: Path
    base: Path
    manifest: Mapping[str, object]

    @property
    def is_changes(self) -> bool:
        """Whether its folder holds changes of other results, not whole ones."""
        return BASE in self.manifest

    @property
    def as_of(self) -> date:
        return date.fromisoformat(str(self.manifest["as_of"]))

    @property
    def log_size(self) -> int:
        return int(str(self.manifest["log_size"]))

    def base_manifest_digest(self) -> str:
        """SHA-256 of the manifest of the whole results, in hex."""
        return sha256((self.base / MANIFEST).read_bytes()).hexdigest()


def read_earlier(folder: Path) -> Earlier:
    """The run in ``folder``. Raises GS-SCHEME-100 if it holds none, 101 if the results that it
    changes are not there or are others, 103 if a file of changes is not as it was written."""
    manifest = _manifest(folder)
    if BASE not in manifest:
        return Earlier(folder, folder, manifest)
    named = manifest[BASE]
    if not isinstance(named, dict):
        raise GoodStandingError(errors.NO_EARLIER_RUN, folder=folder, problem="its base is unclear")
    base = (folder / str(named["folder"])).resolve()
    earlier = Earlier(folder, base, manifest)
    if BASE in _manifest(base) or earlier.base_manifest_digest() != named["manifest_sha256"]:
        raise GoodStandingError(errors.OTHER_BASE, folder=folder, base=base)
    check_files(folder, manifest)
    return earlier


def check_files(folder: Path, manifest: Mapping[str, object]) -> None:
    """Raise GS-SCHEME-103 unless every file has the digest that the manifest names."""
    digests = manifest["sha256"]
    for name, digest in digests.items() if isinstance(digests, dict) else ():
        file = folder / str(name)
        if not file.is_file() or _digest(file) != digest:
            raise GoodStandingError(errors.RESULTS_DAMAGED, file=file)


def _manifest(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = f"its {MANIFEST} cannot be read"
        raise GoodStandingError(errors.NO_EARLIER_RUN, folder=folder, problem=problem) from error
    if not isinstance(found, dict) or not {"as_of", "log_size", "sha256"} <= found.keys():
        problem = "its manifest is not one of results"
        raise GoodStandingError(errors.NO_EARLIER_RUN, folder=folder, problem=problem)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def why_whole(
    earlier: Earlier,
    scheme: Scheme,
    checkpoint: Checkpoint,
    segments: Sequence[Segment],
    *,
    as_of: date,
    known_at: datetime | None,
    draft: bool,
) -> str | None:
    """Why a run cannot build on the earlier one, in words that follow "because"; None if it can."""
    for name, now, words in (
        ("history", False, "the earlier run is a history"),
        ("scheme", scheme.name, "the earlier run is of another scheme"),
        ("version", scheme.version, "the scheme has another version"),
        ("pack_digest", scheme.pack.digest, "the pack has changed"),
        ("origin", checkpoint.origin, "the earlier run is of another register"),
    ):
        if earlier.manifest.get(name) != now:
            return words
    told = earlier.manifest.get("software")
    if not isinstance(told, dict) or not software().items() <= told.items():
        return "the software has changed"
    if bool(earlier.manifest.get("draft", False)) != draft:
        return "the scheme was a draft then or is one now"
    if known_at is not None or earlier.manifest.get("known_at") is not None:
        return "only what was known at an instant is asked for"
    if as_of < earlier.as_of:
        return "the earlier run is of a later day"
    head = checkpoint.head
    same_size = head.size == earlier.log_size
    if head.size < earlier.log_size or (same_size and head.root.hex() != earlier.manifest["root"]):
        return "the register has another history"
    if any(earlier.as_of < day <= as_of for day in scheme.changes_of_law()):
        return "a number of the law has changed since"
    if erased_since(segments, earlier.log_size):
        # An erased record no longer says whose it was.
        return "an entry was erased since"
    return None


def software() -> dict[str, str]:
    """What the bytes of results depend on beside register and scheme."""
    return {"goodstanding": __version__, "duckdb": version("duckdb")}


def erased_since(segments: Sequence[Segment], size: int) -> bool:
    """Whether one of the entries from leaf ``size`` on is an erasure."""
    return any(
        event.event == ERASURE
        for segment in segments
        if segment.item == EVENTS and segment.end > size
        for event in read_events(segment)
    )
