"""After a kill: what the files show as the crash left them, and what recovery makes of them.

Everything is read without the register's own readers where that is possible: segments with
Parquet's, tiles as bytes; only what recovers is the normal start path.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.durability.book import Book

from goodstanding.kernel import Noted, SystemClock
from goodstanding.register import (
    ERASURE,
    Head,
    Layout,
    Log,
    NewEvent,
    Node,
    StreamVersion,
    VerifyReport,
    verify,
)
from goodstanding.register.batch import At
from goodstanding.register.erase import erasure_events
from goodstanding.register.ledger import ledger_of, read_ledger
from goodstanding.register.segments import EVENTS, list_segments, strange_files
from goodstanding.register.state import State
from goodstanding.register.tiles import TileFolder
from goodstanding.register.tree import EMPTY_EDGE, TreeBuilder, leaf_hashes

#: What a checker says of a sealed erasure that a crash has kept from being carried out.
_HALF_ERASED = "erasure unfinished"

NOTED, CLOCK = Noted("test", 0), SystemClock()


@dataclass(slots=True)
class Seen:
    """What a register holds: a token for every leaf, None where the payload is gone."""

    tokens: list[str | None]
    erased: set[int]
    #: (stream, version) in the order of the log.
    versions: list[tuple[str, int]]
    known_at: list[object]


def _table(file: Path, columns: list[str]) -> pa.Table:
    with pq.ParquetFile(file) as opened:
        return opened.read(columns, use_threads=False)


class Check:
    """One look at a register after a kill; ``problems`` are words for whoever reads the run."""

    def __init__(self, folder: Path, book: Book) -> None:
        self._folder = folder
        self._layout = Layout(folder)
        self._book = book
        self.problems: list[str] = list(book.wrong)
        self.firsts: dict[str, int] = {}
        self.gone: set[int] = set()

    def as_left(self) -> None:
        """Before recovery: what is published verifies, and reaches what was acknowledged."""
        report = self._verified("as the crash left it", besides=_HALF_ERASED)
        size = report.checkpoint.head.size if report.checkpoint else 0
        least = max(self._book.published, self._book.acknowledged)
        if size < least:
            self._say(f"the checkpoint covers {size} entries, {least} were published")

    def recovered(self, at: At) -> Head:
        """Recover by the normal start path; then everything is as it has to be."""
        log = Log.open(self._folder, at=at)
        head, checkpoint = log.head, log.checkpoint()
        if checkpoint.head != head:
            self._say(f"the head is at {head.size}, its checkpoint at {checkpoint.head.size}")
        self._tidy(log, head)
        seen = self._read(head)
        self.gone = seen.erased
        self._batches(seen)
        self._streams(log, seen)
        self._roots(head)
        if seen.known_at != sorted(seen.known_at, key=str):
            self._say("known_at falls")
        self._ledger(log)
        for leaf in log.erasing():
            log.erased(leaf)
        return head

    def _ledger(self, log: Log) -> None:
        """Every erasure of the log has its line, once, and the lines follow each other."""
        file = ledger_of(self._layout)
        if file is None:
            return
        lines, events = read_ledger(file, log.origin), erasure_events(log)
        for event in events:
            if sum(line.is_of(event) for line in lines) != 1:
                self._say(f"the erasure in entry {event.leaf} has not one line in the ledger")
        if len(lines) != len(events):
            self._say(f"{len(lines)} lines in the ledger, {len(events)} erasures")

    def goes_on(self) -> Head:
        """The next append works, and the whole register verifies."""
        log = Node.open(self._folder).log
        stream = StreamVersion("check", log.stream_version("check"))
        event = NewEvent("inspection", {"token": f"check.{log.head.size}#0"}, stream)
        leaf = log.submit(event, clock=CLOCK, noted=NOTED)
        self.firsts[f"check.{leaf}"] = leaf or 0
        report = self._verified("after recovery")
        if report.unfinished:
            self._say(f"unfinished after recovery: {report.unfinished}")
        return log.head

    def index(self) -> None:
        """The index catches up, and is what a rebuilt one is."""
        node = Node.open(self._folder)
        node.index.consume()
        digest = node.index.content_digest()
        node.index.rebuild()
        if node.index.content_digest() != digest:
            self._say("the index is not what a rebuilt one is")

    def _verified(self, when: str, besides: str | None = None) -> VerifyReport:
        report = verify(self._folder)
        findings = [found for found in report.findings if besides not in found.problem.split(":")]
        if findings or not (report.verified or report.findings):
            self._say(f"{when}: {[str(found) for found in findings[:5]]} {report.steps}")
        return report

    def _tidy(self, log: Log, head: Head) -> None:
        layout, state = self._layout, State(self._layout)
        if layout.unfinished.exists():
            self._say("the mark of an unfinished batch is still there")
        if strange := strange_files(layout.segments):
            self._say(f"strange files: {strange}")
        if others := [f for f in layout.register.rglob("*.tmp") if f.is_file()]:
            self._say(f"temporaries: {others}")
        if state.has_pending():
            self._say("an event is still pending")
        ends = [0] + [segment.end for segment in list_segments(layout.segments)]
        firsts = [segment.first for segment in list_segments(layout.segments)]
        if firsts != ends[:-1] or ends[-1] != head.size:
            self._say(f"segments begin at {firsts} and end at {ends[1:]}, the head at {head.size}")
        if TileFolder(layout.register).reaches_beyond(head.size):
            self._say("tiles lie beyond the head")

    def _read(self, head: Head) -> Seen:
        seen = Seen([None] * head.size, set(), [], [])
        for segment in list_segments(self._layout.segments):
            for leaf, token, known_at in self._rows(segment.item, segment.file, seen):
                seen.tokens[leaf] = token
                seen.known_at.append(known_at)
        return seen

    def _rows(self, item: str, file: Path, seen: Seen) -> Iterator[tuple[int, str, object]]:
        if item != EVENTS:
            table = _table(file, ["leaf", "subject_name", "known_at"])
            yield from zip(*(column.to_pylist() for column in table.columns), strict=True)
            return
        table = _table(file, ["leaf", "event", "payload", "known_at"])
        for row in table.to_pylist():
            payload = json.loads(row["payload"])
            if "stream" in payload:
                seen.versions.append((payload["stream"], payload["version"]))
            if row["event"] == ERASURE:
                seen.erased |= set(payload["leaves"])
            token = payload.get("token") or payload.get("reason") or f"@{row['leaf']}#0"
            yield row["leaf"], token, row["known_at"]

    def _batches(self, seen: Seen) -> None:
        """Every entry is of a batch that was asked for, whole and once; none is missing."""
        book, known = self._book, self._book.leaves
        for leaf, token in enumerate(seen.tokens):
            expected = known.get(leaf)
            if leaf in book.gone and leaf not in seen.erased:
                self._say(f"the erasure of leaf {leaf} is gone")
            if token is None and leaf not in seen.erased:
                self._say(f"leaf {leaf} ({expected}) has no payload and no erasure")
            elif token is not None and leaf in seen.erased:
                self._say(f"leaf {leaf} ({expected}) was erased and still has its payload")
            elif token is not None and expected not in (None, token):
                self._say(f"leaf {leaf} holds {token}, not {expected}")
            self._place(leaf, token or expected)
        counts = Counter((token or known.get(leaf, "?")) for leaf, token in enumerate(seen.tokens))
        self.problems += [f"{token} stands {n} times" for token, n in counts.items() if n > 1]
        for name, asked in book.asked.items():
            found = sum(counts[f"{name}#{n}"] for n in range(asked.entries))
            if found not in (0, asked.entries):
                self._say(f"{found} of the {asked.entries} entries of {name} are there")
            if asked.acknowledged and not found:
                self._say(f"{name} was acknowledged and is lost")

    def _place(self, leaf: int, token: str | None) -> None:
        name, _, number = (token or "?#0").partition("#")
        if name in self._book.dead:
            self._say(f"leaf {leaf}: {name} was not there after a recovery and has come back")
        elif name.startswith(("@", "check.")):
            self.firsts[name] = leaf
        elif name not in self._book.asked:
            self._say(f"leaf {leaf} holds {token}, which nobody asked for")
        elif self.firsts.setdefault(name, leaf - int(number)) != leaf - int(number):
            self._say(f"leaf {leaf}: {token} is out of its place")

    def _streams(self, log: Log, seen: Seen) -> None:
        reached: Counter[str] = Counter()
        for stream, version in seen.versions:
            reached[stream] += 1
            if version != reached[stream]:
                self._say(f"{stream}: version {version} where {reached[stream]} was due")
        for stream, version in reached.items():
            if log.stream_version(stream) != version:
                self._say(f"{stream} stands at {log.stream_version(stream)}, sealed {version}")

    def _roots(self, head: Head) -> None:
        """Every head that was ever acknowledged is one that the entries still lead to."""
        tiles = TileFolder(self._layout.register)
        bundles = (tiles.read_bundle(n, head.size) for n in range(-(-head.size // 256)))
        hashes = leaf_hashes([entry for bundle in bundles for entry in bundle])
        builder, done = TreeBuilder(EMPTY_EDGE), 0
        for size, root in sorted(self._book.roots.items()):
            if size > head.size:
                self._say(f"a head of {size} entries was acknowledged, {head.size} are there")
                return
            list(builder.extend(hashes[done:size]))
            done = size
            if builder.edge().root().hex() != root:
                self._say(f"the first {size} entries are not what was acknowledged")

    def _say(self, problem: str) -> None:
        self.problems.append(problem)
