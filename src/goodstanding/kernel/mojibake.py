"""UTF-8 that was read as a Western code page and saved again: "MÃ¼ller", "â€œGoodâ€\x9d".

A text is taken for such only if all of it turns back: every character beyond ASCII is part of a
sequence that is the UTF-8 of one character, read byte by byte. "Ã", "Å-Bahn" and "RENÉ’S" are
none. Two-byte sequences are judged only where they give a Latin, Greek, Cyrillic, Hebrew or
Arabic letter that agencies write; the others (É, Ê and Ç before a quotation mark) are names.
"""

from __future__ import annotations

import re

#: What Windows-1252 shows for the bytes 80 to 9F; five of them it does not define.
_WINDOWS = {
    byte: char
    for byte in range(0x80, 0xA0)
    if (char := bytes([byte]).decode("cp1252", "replace")) != "�"
}
_TO_BYTES = {ord(char): byte for byte, char in _WINDOWS.items()}


def _shown(first: int, last: int) -> str:
    """The class of what a Western code page shows for these bytes, with and without Windows."""
    windows = "".join(char for byte, char in _WINDOWS.items() if first <= byte <= last)
    return f"[{chr(first)}-{chr(last)}{windows}]"


_FOLLOWS = _shown(0x80, 0xBF)
#: Latin (C2-C5), Greek (CE, CF), Cyrillic (D0, D1), Hebrew and Arabic (D7-DB).
_TWO = f"[ÂÃÄÅÎÏÐÑ×ØÙÚÛ]{_FOLLOWS}"
#: No longer than need be, no surrogates, nothing beyond U+10FFFF: what decodes, and no more.
_THREE = f"(?:à{_shown(0xA0, 0xBF)}|[á-ìîï]{_FOLLOWS}|í{_shown(0x80, 0x9F)}){_FOLLOWS}"
_FOUR = f"(?:ð{_shown(0x90, 0xBF)}|[ñ-ó]{_FOLLOWS}|ô{_shown(0x80, 0x8F)}){_FOLLOWS}{_FOLLOWS}"
#: For re and RE2 alike, of a whole text.
MOJIBAKE = f"[\x20-\x7e]*(?:(?:{_TWO}|{_THREE}|{_FOUR})[\x20-\x7e]*)+"
_PATTERN = re.compile(MOJIBAKE)


def likely_original(text: str) -> str | None:
    """What ``text`` was before its UTF-8 was read as a Western code page; None if it was not."""
    if not _PATTERN.fullmatch(text):
        return None
    return text.translate(_TO_BYTES).encode("latin-1").decode("utf-8")


def is_mojibake_sql(value: str) -> str:
    """SQL: whether ``likely_original`` has an answer; most texts are ASCII, and at once not."""
    pattern = MOJIBAKE.replace("'", "''")
    return f"strlen({value}) > length({value}) AND regexp_full_match({value}, '{pattern}')"


def likely_original_sql(value: str) -> str:
    """SQL: the same; NULL if it was not."""
    shown = "".join(_WINDOWS.values()).replace("'", "''")
    held = "".join(map(chr, _WINDOWS))
    points = f"regexp_extract_all(translate({value}, '{shown}', '{held}'), '(?s).')"
    hexed = f"array_to_string(list_transform({points}, lambda c: printf('%02x', unicode(c))), '')"
    return f"CASE WHEN {is_mojibake_sql(value)} THEN decode(from_hex({hexed})) END"
