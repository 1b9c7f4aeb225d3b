"""What a line of a CSV file is: a record, the beginning of one, or neither.

Invariant: every expression runs in one pass over its text, without backtracking (possessive
quantifiers), so that no file makes it slow.

A field is plain, up to the delimiter or the line end, with quotation marks as they stand; or
it is quoted, with blanks around it, and its own quotation marks doubled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """A dialect of CSV for ``columns`` columns, compiled for bytes in UTF-8."""

    delimiter: bytes
    quote: bytes
    columns: int
    #: As many whole records, each on one line, as there are from a place on.
    records: re.Pattern[bytes]
    #: A line that is a record of any number of fields.
    record: re.Pattern[bytes]
    #: A line at whose end a quoted field is open.
    opened: re.Pattern[bytes]
    #: A line wholly inside a quoted field; one that ends it and the record; one that ends it
    #: and opens another.
    inside: re.Pattern[bytes]
    closed: re.Pattern[bytes]
    reopened: re.Pattern[bytes]
    #: One field with the delimiter after it, over several lines if it must be.
    field: re.Pattern[bytes]
    #: Two quoted texts side by side: readers differ about them.
    doubtful: re.Pattern[bytes]

    @classmethod
    def of(cls, delimiter: str, quote: str, columns: int) -> Grammar:
        """Compile a dialect; without ``quote`` every field is plain."""
        d, q = re.escape(delimiter.encode()), re.escape(quote.encode())
        # Nothing matches where there is no quotation mark.
        q = q or rb"(?!)"
        blanks = b"" if delimiter == " " else b" *+"
        plain = rb"(?!%b%b)[^%b\r\n]*+" % (blanks, q, d)
        text = rb"(?:[^%b]++|%b%b)*+" % (q, q, q) if quote else rb"(?!)"
        line_text = rb"(?:[^%b\r\n]++|%b%b)*+" % (q, q, q) if quote else rb"(?!)"
        quoted = rb"%b%b%b%b%b" % (blanks, q, text, q, blanks)
        field = rb"(?:%b|%b%b%b%b%b)" % (plain, blanks, q, line_text, q, blanks)
        more = rb"(?:%b%b)" % (d, field)
        opening = rb"%b%b%b" % (blanks, q, text)
        # A blank line is no record, even where a record is one field.
        some = rb"(?![\r\n])" if columns == 1 else b""
        return cls(
            delimiter.encode(),
            quote.encode(),
            columns,
            re.compile(rb"(?:%b%b%b{%d}(?:\r\n|\n|\r))*+" % (some, field, more, columns - 1)),
            re.compile(rb"%b%b*+" % (field, more)),
            re.compile(rb"(?:%b%b)*+%b" % (field, d, opening)),
            re.compile(text),
            re.compile(rb"%b%b%b%b*+" % (text, q, blanks, more)),
            re.compile(rb"%b%b%b%b*+%b%b" % (text, q, blanks, more, d, opening)),
            re.compile(rb"(%b|%b)(%b|\Z)" % (plain, quoted, d)),
            re.compile(rb"%b +%b" % (q, q)),
        )

    def split(self, record: bytes) -> list[str | None]:
        """The values of a record; None for what is empty."""
        fields, at = [], 0
        while match := self.field.match(record, at):
            fields.append(self._value(match[1]))
            if not match[2]:
                return fields
            at = match.end()
        raise AssertionError("the record was matched before it is split")

    def _value(self, field: bytes) -> str | None:
        bare = field.strip(b" ") if self.quote else field
        if self.quote and bare.startswith(self.quote) and self.delimiter != b" ":
            field = bare[1:-1].replace(self.quote * 2, self.quote)
        elif self.quote and field.startswith(self.quote):
            field = field[1:-1].replace(self.quote * 2, self.quote)
        return field.decode("utf-8") or None
