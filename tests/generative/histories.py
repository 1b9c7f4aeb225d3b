"""Registers that grow, made up by Hypothesis, as segments on a disk: for incremental evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
from hypothesis import strategies as st
from tests.generative.register import DAYS, FACTS, ITEMS
from tests.generative.strategies import Case, cases
from tests.spec.jurisdiction import Entry

from goodstanding.evaluation.compile import empty_relation
from goodstanding.kernel import Fixed
from goodstanding.register import ERASURE, Checkpoint, DatedEvent, Head, NewEvent, Segment
from goodstanding.register.segments import EVENTS, write_events

#: More than are touched in one step, so that most are left as they were.
SUBJECTS = [f"biz:{n}" for n in range(12)]
INSTANT = datetime(2025, 3, 1, 12, tzinfo=UTC)
_COLUMNS = ("leaf", "act", "supersedes", "source", "source_key", "authority", "subject",
            "subject_kind", "document", "basis", "decided_on", "effective_on", "published_on",
            "amended_on", "ends_on", "known_at")  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What happens before a run, and how the run is asked for."""

    entries: tuple[Entry, ...]
    #: The leaf of a record to be erased, if it is there.
    erased: int | None
    as_of: date
    #: Build on the run before, or on the last whole one.
    since_last: bool
    lose_cache: bool
    known_at: datetime | None


@dataclass(frozen=True)
class History:
    """A case whose register grows step by step; its own entries are not used."""

    case: Case
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return f"{len(self.steps)} steps"

    def told(self) -> str:
        """All of it, for a failure."""
        return "\n".join([repr(replace(self.case, entries=[])), *map(str, self.steps)])


@st.composite
def _entry(draw: st.DrawFn, leaf: int, item: str, made: Sequence[Entry]) -> Entry:
    earlier = [e for e in made if e.item == item]
    replaced = draw(st.none() | st.sampled_from(earlier)) if earlier else None
    # A correction may say that the record was about somebody else.
    others = st.sampled_from(SUBJECTS)
    subject = draw(others | st.just(replaced.subject) if replaced else others)
    begins = draw(st.sampled_from(DAYS))
    lasts = draw(st.none() | st.integers(1, 200))
    acts = st.sampled_from(["correction", "withdrawal"]) if replaced else st.just("record")
    facts = {own: draw(values) for own, values in FACTS[item].items()}
    text = st.sampled_from(['a "b"', "c,d", "e\nf", "", " ", None])
    if facts.get("visit") is not None and draw(st.integers(0, 3)) == 0:
        facts["visit"] = draw(text if item == "alpha" else text.map(str))
    return Entry(
        leaf=leaf,
        item=item,
        subject=subject,
        subject_kind="public_body" if item == "delta" else "business",
        effective_on=begins,
        ends_on=None if lasts is None else begins + timedelta(days=lasts),
        decided_on=draw(st.none() | st.sampled_from(DAYS)),
        published_on=draw(st.none() | st.sampled_from(DAYS)),
        known_at=INSTANT,
        source=draw(st.sampled_from(["s", "t"])),
        source_key=f"k{leaf}",
        act=draw(acts),
        supersedes=replaced.leaf if replaced else None,
        facts=facts,
    )


@st.composite
def _batch(draw: st.DrawFn, first: int, made: list[Entry], most: int) -> tuple[Entry, ...]:
    """Entries of one batch, item after item, as they are sealed."""
    drawn = draw(st.lists(st.sampled_from(["alpha", "alpha", *ITEMS]), max_size=most))
    items = sorted(drawn, key=list(ITEMS).index)
    found: list[Entry] = []
    for item in items:
        found.append(draw(_entry(first + len(found), item, [*made, *found])))
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> History | None:
    """A whole history; None where the scheme is refused."""
    case = draw(cases())
    if case is None:
        return None
    made: list[Entry] = []
    steps: list[Step] = []
    leaf, as_of = 1, draw(st.sampled_from(DAYS[4:7]))
    for n in range(draw(st.integers(2, 4))):
        entries = draw(_batch(leaf, made, 5 if n else 16))
        made += entries
        leaf += len(entries)
        erased = None
        if n and made and draw(st.integers(0, 9)) == 0:
            erased = draw(st.sampled_from(made)).leaf
            leaf += 1
        forward = draw(st.sampled_from([0, 0, 1, 2, 29, 31, 60, 300, -1 if n else 0]))
        as_of += timedelta(days=forward)
        known = draw(st.integers(0, 9)) == 0
        steps.append(
            Step(
                entries,
                erased,
                as_of,
                draw(st.booleans()),
                draw(st.integers(0, 5)) == 0,
                INSTANT if known and n else None,
            )
        )
    return History(case, tuple(steps))


@dataclass
class Shelf:
    """The segments of one register, as a log keeps them; leaf 0 is an event."""

    folder: Path
    size: int = 0
    segments: list[Segment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._event(NewEvent("opened", {}))

    def _event(self, event: NewEvent) -> None:
        segment = write_events([DatedEvent(event, INSTANT)], self.folder, self.size, lambda: None)
        self._add(segment)

    def _add(self, segment: Segment) -> None:
        self.segments.append(segment)
        self.size = segment.end

    @property
    def checkpoint(self) -> Checkpoint:
        """As if signed; the root stands for what was added so far."""
        root = sha256(str([(s.item, s.first) for s in self.segments]).encode()).digest()
        return Checkpoint("register.example", Head(self.size, root), "")

    def relations(self) -> dict[str, list[Path]]:
        """The files of each item."""
        return {name: [s.file for s in self.segments if s.item == name] for name in ITEMS}

    def add(self, step: Step) -> None:
        """Seal a step's entries, then its erasure."""
        for item in ITEMS:
            if own := [entry for entry in step.entries if entry.item == item]:
                file = self.folder / item / f"{self.size}-{len(own)}.parquet"
                write(file, own)
                self._add(Segment(self.size, len(own), item, file))
        if step.erased is not None:
            for segment in self.segments:
                if segment.item != EVENTS and segment.first <= step.erased < segment.end:
                    rewrite_without(segment.file, step.erased)
            self._event(NewEvent(ERASURE, {"leaves": [step.erased]}))


def write(file: Path, entries: Sequence[Entry]) -> None:
    """A segment with the columns that evaluation reads."""
    item = ITEMS[entries[0].item]
    names = [*_COLUMNS, *(f"f_{fact}" for fact in item.facts)]
    marks = "(" + ", ".join("?" for _ in names) + ")"
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"CREATE TABLE rows AS {empty_relation(item)}").fetchall()
        for entry in entries:
            values = [getattr(entry, name) for name in _COLUMNS]
            values[-1] = entry.known_at.replace(tzinfo=None)
            facts = [entry.facts.get(name) for name in item.facts]
            values += [f.to_decimal() if isinstance(f, Fixed) else f for f in facts]
            listed = ", ".join(names)
            connection.execute(f"INSERT INTO rows ({listed}) VALUES {marks}", values).fetchall()
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet)").fetchall()


def rewrite_without(file: Path, leaf: int) -> None:
    """What an erasure leaves of a segment."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"CREATE TABLE rows AS FROM '{file}' WHERE leaf <> {leaf}").fetchall()
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet)").fetchall()
