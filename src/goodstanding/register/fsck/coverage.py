"""Which files are to be read, in which order, and what lies there that should not.

Invariant: the leaves of the segments to be read rise without an overlap, and there are no
more of them than the files that are there can hold.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from goodstanding.register.fsck.files import Inventory, SegmentFile, digest, read_at_most
from goodstanding.register.fsck.report import Step, VerifyReport
from goodstanding.register.fsck.tree import WIDTH
from goodstanding.register.layout import Layout

#: A sidecar is a digest, two blanks and a name.
_MAX_SIDECAR = 512


_ROLLED_BACK = "the checkpoint was rolled back, or this was put here"


@dataclass(frozen=True, slots=True)
class Now:
    """How things stood after the files were listed: read in this order, neither can mislead.

    ``unfinished``: a batch was in flight; ``size``: what was signed just after that.
    """

    unfinished: bool
    size: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The sound segments below ``size``; ``folder`` is the one of all segments."""

    folder: Path
    size: int
    segments: tuple[SegmentFile, ...]

    def file_of(self, leaf: int) -> Path:
        """The segment that holds a leaf, or the folder where one is missing."""
        at = bisect_right(self.segments, leaf, key=lambda segment: segment.first) - 1
        if at >= 0 and leaf < self.segments[at].end:
            return self.segments[at].file
        return self.folder


def plan_reading(layout: Layout, found: Inventory, report: VerifyReport, step: Step) -> Plan | None:
    """The segments to be read; None if there are far too few for the size that is signed."""
    size, covered, sound = step.total, 0, []
    for segment in found.segments:
        if segment.first >= size:
            break
        if segment.first < covered or segment.end > size:
            other = (
                "an entry of another"
                if segment.first < covered
                else "entries beyond the checkpoint"
            )
            report.add(step.number, segment.file, f"holds {other}", segment.first)
            continue
        if segment.first > covered:
            _gap(layout, report, step, covered, segment.first)
        covered = segment.end
        step.checked += segment.end - segment.first
        sound.append(segment)
    if covered < size:
        _gap(layout, report, step, covered, size)
    if size > _most_entries(found, sound):
        problem = f"speaks of {size:,} entries; the files that are there cannot hold so many"
        report.add(step.number, layout.checkpoint, problem)
        return None
    return Plan(layout.segments, size, tuple(sound))


def check_sidecars(segments: tuple[SegmentFile, ...], report: VerifyReport, step: Step) -> None:
    """Each segment's bytes against the digest beside it, as ``sha256sum -c`` does."""
    for segment in segments:
        file = segment.sidecar
        try:
            stated = read_at_most(file, _MAX_SIDECAR)
            expected = f"{digest(segment.file)}  {segment.file.name}\n".encode()
        except FileNotFoundError:
            report.add(step.number, file, "is missing", segment.first)
        except OSError as error:
            report.add(step.number, file, f"cannot be compared: {error.strerror}", segment.first)
        else:
            if stated == expected:
                step.checked += 1
            elif stated[64:] != expected[64:]:
                report.add(step.number, file, "is not a digest and a name", segment.first)
            elif _is_of_next(stated, segment):
                problem = "erasure unfinished: the digest is already that of the file to come"
                report.add(step.number, segment.file, problem, segment.first)
            else:
                problem = f"has not the digest that {'/'.join(file.parts[-3:])} states"
                report.add(step.number, segment.file, problem, segment.first)


def _is_of_next(stated: bytes, segment: SegmentFile) -> bool:
    """Whether a crash came between the digest of a segment written anew and the segment."""
    next_file = segment.file.with_name(f".{segment.file.name}.tmp")
    try:
        return stated.startswith(digest(next_file).encode())
    except OSError:
        return False


def check_rest(found: Inventory, now: Now, plan: Plan, report: VerifyReport, step: Step) -> None:
    """What is there and belongs to no entry below the checkpoint.

    A batch in flight is no finding, nor one that has ended since ``found`` was taken.
    """
    size = max(plan.size, now.size)
    odd: list[tuple[Path, str, int | None]] = [
        (file, "is no file of a register", None) for file in found.strange
    ]
    beyond = [segment for segment in found.segments if segment.first >= size]
    tiles = found.tiles_beyond if now.size <= plan.size else []
    lone = [segment.file for segment in found.lone_sidecars if segment.first >= size]
    if now.unfinished:
        report.unfinished += [*(segment.file for segment in beyond), *lone, *tiles]
    else:
        odd += [
            (segment.file, f"{_ROLLED_BACK}: it holds entries beyond it", segment.first)
            for segment in beyond
        ]
        odd += [(file, f"{_ROLLED_BACK}: it lies beyond it", None) for file in (*lone, *tiles)]
    odd += [
        (segment.file, "is a digest without its segment", segment.first)
        for segment in found.lone_sidecars
        if segment.first < size
    ]
    report.unfinished += found.temporaries
    step.checked = step.total = found.files
    for file, problem, leaf in odd:
        report.add(step.number, file, problem, leaf)
        step.checked -= 1


def _gap(layout: Layout, report: VerifyReport, step: Step, first: int, end: int) -> None:
    problem = f"no segment holds entries {first:,} to {end - 1:,}"
    report.add(step.number, layout.segments, problem, first)


def _most_entries(found: Inventory, segments: list[SegmentFile]) -> int:
    """More entries than the files can hold: a row has a salt that takes more than a byte."""
    rows = sum(min(s.end - s.first, s.file.stat().st_size) for s in segments if s.file.exists())
    return rows + WIDTH * (found.tiles + 1)
