"""Go through a CSV file line by line, where DuckDB alone cannot say what each line is.

Invariant: every physical line ends up in exactly one place: `clean` (records on one line of
their own, copied for DuckDB to split), a record over several lines, a broken line, or a blank
one. A record whose quotation marks do not fit is broken in all its lines, up to the line end
at which their number is even again: nothing inside an open quotation mark is taken for a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from goodstanding.ingest.reading.errors import LINE_TOO_LONG
from goodstanding.ingest.reading.grammar import Grammar
from goodstanding.ingest.reading.loading import Loader
from goodstanding.kernel import GoodStandingError, Place

_CHUNK = 1 << 20
#: The longest line, and the longest record over several lines, in bytes. With a chunk it stays
#: under the two million that DuckDB takes.
LONGEST = 768 << 10
_LINE_END = re.compile(rb"\r\n|\n|\r")
#: From so many columns on, a line inside a quoted text that has a row's delimiters is a row.
_TELLING = 5


@dataclass(slots=True)
class Scanned:
    """What the lines of a file are."""

    clean: int = 0
    blank: list[int] = field(default_factory=list)
    blanks: int = 0
    #: (n, d): the clean records from number n on (from 0) stand on line n + d.
    offsets: list[tuple[int, int]] = field(default_factory=list)


class Scan:
    """One pass over a file; ``broken`` and ``spanning`` receive lines and records."""

    def __init__(
        self, grammar: Grammar, optional: int, clean: IO[bytes], broken: Loader, spanning: Loader
    ) -> None:
        self.grammar = grammar
        self.optional = optional
        self.out = clean
        self.broken = broken
        self.spanning = spanning
        self.found = Scanned()
        self.line = 0
        self.unsettled_blanks: list[int] = []
        #: Lines of a record that is open, with their ends; and the line it began on.
        self.pending: list[bytes] = []
        self.began = 0
        self.held = 0
        #: Inside a broken record: whether the number of quotation marks so far is odd.
        self.odd = False

    def run(self, path: Path, skip: int, line: int, file: str) -> Scanned:
        """Scan from byte ``skip``, where line ``line`` begins. Raises GS-INGEST-019."""
        self.line = line
        carry = b""
        with path.open("rb") as lines:
            lines.seek(skip)
            while chunk := lines.read(_CHUNK):
                text = carry + chunk
                end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
                self._lines(text[:end])
                carry = text[end:]
                if len(carry) > LONGEST:
                    raise GoodStandingError(
                        LINE_TOO_LONG,
                        place=Place(file, self.line),
                        file=file,
                        line=self.line,
                        limit=LONGEST,
                        format="CSV",
                    )
        if carry:
            self._lines(carry if carry.endswith(b"\r") else carry + b"\n")
        self._break_pending()
        self.broken.flush()
        self.spanning.flush()
        return self.found

    def _lines(self, text: bytes) -> None:
        """Whole lines: runs of records at once, the others one by one."""
        at = 0
        while at < len(text):
            if not self.pending and not self.odd:
                end = self._records(text, at)
                if end > at:
                    at = end
                    continue
            found = _LINE_END.search(text, at)
            end = found.end() if found else len(text)
            self._line(text[at : found.start() if found else end], text[at:end])
            self.line += 1
            at = end

    def _records(self, text: bytes, at: int) -> int:
        """Copy the records from ``at`` on that stand on one line each; where they end."""
        match = self.grammar.records.match(text, at)
        end = match.end() if match else at
        if end > at:
            part = text[at:end]
            if b"\r" in part:
                part = part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._write(part, part.count(b"\n"))
        return end

    def _write(self, part: bytes, lines: int) -> None:
        offset = self.line - self.found.clean
        if not self.found.offsets or self.found.offsets[-1][1] != offset:
            self.found.offsets.append((self.found.clean, offset))
        self.out.write(part)
        self.found.clean += lines
        self.line += lines
        self._settle_blanks()

    def _line(self, content: bytes, whole: bytes) -> None:
        """One line that is no record of the right number of fields on its own."""
        grammar = self.grammar
        if self.odd:
            self._break(self.line, content)
            self.odd = self._is_odd(content)
        elif self.pending:
            self._continue(content, whole)
        elif not content.strip(b" " if grammar.delimiter == b"\t" else b" \t"):
            self.unsettled_blanks.append(self.line)
        elif grammar.record.fullmatch(content):
            self._mended(content)
        elif grammar.opened.fullmatch(content):
            self.began, self.pending, self.held = self.line, [whole], len(whole)
            self._settle_blanks()
        else:
            self._break(self.line, content)
            self.odd = content.count(grammar.quote) % 2 == 1

    def _mended(self, content: bytes) -> None:
        """A record with too many or too few fields; at its end that may mean nothing."""
        grammar = self.grammar
        values = grammar.split(content)
        n = grammar.columns
        if any(value is not None for value in values[n:]) or len(values) < n - self.optional:
            self._break(self.line, content)
            return
        self._span(self.line, values[:n], len(content))

    def _continue(self, content: bytes, whole: bytes) -> None:
        """A further line of a record in which a quotation mark is open."""
        grammar = self.grammar
        self.pending.append(whole)
        self.held += len(whole)
        if self.held <= LONGEST:
            if grammar.inside.fullmatch(content) or grammar.reopened.fullmatch(content):
                return
            if grammar.closed.fullmatch(content):
                self._close()
                return
        self.odd = sum(line.count(grammar.quote) for line in self.pending) % 2 == 1
        self._break_pending()

    def _close(self) -> None:
        """A record is complete; it counts if it has its fields and hides no rows."""
        lines = self.pending
        values = self.grammar.split(b"".join(lines).rstrip(b"\r\n"))
        n = self.grammar.columns
        fits = n - self.optional <= len(values) and not any(v is not None for v in values[n:])
        if not fits or self._hides_rows():
            self._break_pending()
            return
        self._span(self.began, values[:n], self.held)
        self.pending, self.held = [], 0

    def _hides_rows(self) -> bool:
        """Whether the lines of a record have the delimiters of rows: two open quotation marks
        would otherwise make one record of all the rows between them."""
        n = self.grammar.columns
        if n < _TELLING:
            return False
        full = [line.count(self.grammar.delimiter) == n - 1 for line in self.pending]
        return (full[0] and full[-1]) or any(full[1:-1])

    def _span(self, row: int, values: list[str | None], size: int) -> None:
        missing = self.grammar.columns - len(values)
        self.spanning.add((row, *values, *[None] * missing), size)
        self._settle_blanks()

    def _break_pending(self) -> None:
        for number, line in enumerate(self.pending, self.began):
            self._break(number, line.rstrip(b"\r\n"))
        self.pending, self.held = [], 0

    def _break(self, line: int, content: bytes) -> None:
        self.broken.add((line, content.decode("utf-8")), len(content))
        self._settle_blanks()

    def _is_odd(self, content: bytes) -> bool:
        return self.odd != (content.count(self.grammar.quote) % 2 == 1)

    def _settle_blanks(self) -> None:
        """Blank lines count only where something follows them."""
        if self.unsettled_blanks:
            self.found.blanks += len(self.unsettled_blanks)
            self.found.blank.extend(self.unsettled_blanks[: 5 - len(self.found.blank)])
            self.unsettled_blanks = []
