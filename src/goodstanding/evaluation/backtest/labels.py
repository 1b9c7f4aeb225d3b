"""Names beside a chart: every unseen character written out, long ones on several lines.

Invariant: what is cut of a name shows that it is, and the table beside the chart has it whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from goodstanding.kernel.escaping import visible

#: Latin letters on a line, and lines of a label.
_WIDTH, _LINES = 30, 3


@dataclass(frozen=True, slots=True)
class Label:
    """A name in lines, and whether the last of them is cut."""

    lines: tuple[str, ...]
    cut: bool

    @property
    def room(self) -> int:
        """About how many pixels the widest line takes at 12 px, whatever the reader's font."""
        return max(sum(map(_room, line)) for line in self.lines)

    @property
    def text(self) -> str:
        """The lines, each after a new line."""
        return "\n".join(self.lines)


def label(name: str) -> Label:
    """``name`` in at most three lines, broken between words where there are any."""
    rest = visible(name).strip()
    lines: list[str] = []
    while rest and len(lines) < _LINES:
        end = _fitting(rest)
        if end < len(rest) and (blank := rest.rfind(" ", 1, end + 1)) > 0:
            end = blank
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        lines[-1] = f"{lines[-1][: _fitting(lines[-1], _WIDTH - 1)]}…"
    return Label(tuple(lines) or ("",), bool(rest))


def _fitting(text: str, width: int = _WIDTH) -> int:
    """How many characters of ``text`` stand on a line; those of East Asia are twice as wide."""
    for n, char in enumerate(text):
        if not unicodedata.combining(char):
            width -= 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width < 0:
            return n
    return len(text)


def _room(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 13
    return 9 if char.isupper() or char.isdigit() else 8
