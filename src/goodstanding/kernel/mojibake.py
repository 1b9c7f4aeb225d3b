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

_FOLLOWS = "[\x80-\xbf" + "".join(_WINDOWS.values()) + "]"
#: Latin (C2-C5), Greek (CE, CF), Cyrillic (D0, D1), Hebrew and Arabic (D7-DB).
_TWO = f"[ÂÃÄÅÎÏÐÑ×ØÙÚÛ]{_FOLLOWS}"
_THREE = f"[à-ï]{_FOLLOWS}{_FOLLOWS}"
_FOUR = f"[ð-ô]{_FOLLOWS}{_FOLLOWS}{_FOLLOWS}"
#: For re and RE2 alike, of a whole text.
MOJIBAKE = f"[\x20-\x7e]*(?:(?:{_TWO}|{_THREE}|{_FOUR})[\x20-\x7e]*)+"
_PATTERN = re.compile(MOJIBAKE)


def likely_original(text: str) -> str | None:
    """What ``text`` was before its UTF-8 was read as a Western code page; None if it was not."""
    if not _PATTERN.fullmatch(text):
        return None
    try:
        return text.translate(_TO_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None


def likely_original_sql(value: str) -> str:
    """SQL: the same; NULL if it was not."""
    shown = "".join(_WINDOWS.values()).replace("'", "''")
    held = "".join(map(chr, _WINDOWS))
    points = f"regexp_extract_all(translate({value}, '{shown}', '{held}'), '(?s).')"
    hexed = f"array_to_string(list_transform({points}, lambda c: printf('%02x', unicode(c))), '')"
    pattern = MOJIBAKE.replace("'", "''")
    return (
        f"CASE WHEN strlen({value}) > length({value}) AND regexp_full_match({value}, '{pattern}') "
        f"THEN try(decode(from_hex({hexed}))) END"
    )
