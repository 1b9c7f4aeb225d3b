"""Which characters a text may hold: those nobody can see, and the many kinds of blank.

Invariant: two texts that look the same are the same. So a character that is not seen is refused
wherever it changes nothing that a reader sees, and every kind of blank is folded into one.

One table, two spellings: the patterns are given for Python's ``re`` and for RE2, which DuckDB
speaks. docs/decisions/0018-unseen-characters.md says why each class is treated as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

Ranges = tuple[tuple[int, int], ...]

#: Refused in every text, whatever stands around them.
UNSEEN: dict[str, Ranges] = {
    "controls (C0, DEL, C1)": ((0x00, 0x1F), (0x7F, 0x9F)),
    "soft hyphen": ((0xAD, 0xAD),),
    "combining grapheme joiner": ((0x034F, 0x034F),),
    "bidi controls": (
        *((0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E)),
        *((0x2066, 0x206F),),
    ),
    "Hangul fillers": ((0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0)),
    "Khmer inherent vowels": ((0x17B4, 0x17B5),),
    "Mongolian vowel separator": ((0x180E, 0x180E),),
    "zero width space": ((0x200B, 0x200B),),
    "line and paragraph separators": ((0x2028, 0x2029),),
    "word joiner and invisible operators": ((0x2060, 0x2065),),
    "braille blank": ((0x2800, 0x2800),),
    "surrogates": ((0xD800, 0xDFFF),),
    "private use": ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)),
    "noncharacters": (
        (0xFDD0, 0xFDEF),
        *((plane << 16 | 0xFFFE, plane << 16 | 0xFFFF) for plane in range(17)),
    ),
    "byte order mark": ((0xFEFF, 0xFEFF),),
    "reserved and interlinear annotation": ((0xFFF0, 0xFFFB),),
    "shorthand and musical format controls": ((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    "tags and other reserved format characters": (*((0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF)),),
}

#: Unseen too, but some scripts cannot be written without them.
_JOINER: Ranges = ((0x200D, 0x200D),)
_NON_JOINER: Ranges = ((0x200C, 0x200C),)
_SELECTORS: Ranges = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_MONGOLIAN_SELECTORS: Ranges = ((0x180B, 0x180D), (0x180F, 0x180F))
JOINING = (*_JOINER, *_NON_JOINER, *_SELECTORS, *_MONGOLIAN_SELECTORS)

#: The signs that take a vowel away (combining class 9), after which RFC 5892 A.1 and A.2 allow
#: the joiners, and the letters of the Arabic script, between which A.1 allows U+200C.
_VIRAMAS: Ranges = (
    *((0x094D, 0x094D), (0x09CD, 0x09CD), (0x0A4D, 0x0A4D), (0x0ACD, 0x0ACD), (0x0B4D, 0x0B4D)),
    *((0x0BCD, 0x0BCD), (0x0C4D, 0x0C4D), (0x0CCD, 0x0CCD), (0x0D3B, 0x0D3C), (0x0D4D, 0x0D4D)),
    *((0x0DCA, 0x0DCA), (0x1039, 0x103A), (0x17D2, 0x17D2)),
)
_ARABIC: Ranges = (
    *((0x0620, 0x063F), (0x0641, 0x064A), (0x066E, 0x066F), (0x0671, 0x06D3), (0x06D5, 0x06D5)),
    *((0x06EE, 0x06EF), (0x06FA, 0x06FC), (0x06FF, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08B4)),
)
_IDEOGRAPHS: Ranges = (
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F)),
    *((0x30000, 0x323AF),),
)
_MONGOLIAN: Ranges = ((0x1820, 0x1878), (0x1880, 0x18AA))

#: The blank, and all that looks like one.
BLANKS: Ranges = (
    *((0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F)),
    *((0x205F, 0x205F), (0x3000, 0x3000)),
)
#: A tab is trimmed as a blank is; inside a text it is a control character.
_TAB: Ranges = ((0x09, 0x09),)

#: Full-width ASCII and the ideographic blank; and the one capital whose small letter is two.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0x0130: 0x69}

Spelling = Callable[[int], str]


def _python(point: int) -> str:
    return f"\\U{point:08x}"


def _re2(point: int) -> str:
    return f"\\x{{{point:X}}}"


def _inside(ranges: Iterable[tuple[int, int]], spell: Spelling) -> str:
    """The inside of a character class; RE2 knows no surrogates, and UTF-8 holds none."""
    return "".join(
        spell(first) if first == last else f"{spell(first)}-{spell(last)}"
        for first, last in ranges
        if spell is _python or not 0xD800 <= first <= 0xDFFF
    )


def _anywhere(spell: Spelling) -> str:
    return _inside((part for parts in UNSEEN.values() for part in parts), spell)


def _unseen(spell: Spelling) -> str:
    return f"[{_anywhere(spell)}{_inside(JOINING, spell)}]"


def _unseen_in_names(spell: Spelling) -> str:
    """What is refused anywhere, or a joiner or selector not where its script needs it."""

    def not_after(ranges: Ranges, what: Ranges) -> str:
        return f"(?:^|[^{_inside(ranges, spell)}])[{_inside(what, spell)}]"

    arabic, non_joiner = _inside(_ARABIC, spell), _inside(_NON_JOINER, spell)
    return "|".join(
        [
            f"[{_anywhere(spell)}]",
            not_after(_VIRAMAS, _JOINER),
            not_after((*_VIRAMAS, *_ARABIC), _NON_JOINER),
            f"[{arabic}][{non_joiner}](?:[^{arabic}]|$)",
            not_after(_IDEOGRAPHS, _SELECTORS),
            not_after(_MONGOLIAN, _MONGOLIAN_SELECTORS),
        ]
    )


def _untidy(spell: Spelling) -> str:
    """A blank at an end, two blanks together, or another blank than U+0020."""
    ends, plain = _inside((*_TAB, *BLANKS), spell), _inside(((0x20, 0x20),), spell)
    others = _inside((part for part in BLANKS if part != (0x20, 0x20)), spell)
    return f"^[{ends}]|[{ends}]$|{plain}{plain}|[{others}]"


#: RE2: what is refused in keys and identifiers; in names and other texts; what is folded.
UNSEEN_RE2 = _unseen(_re2)
UNSEEN_IN_NAMES_RE2 = _unseen_in_names(_re2)
UNTIDY_RE2 = _untidy(_re2)
#: The same for Python; and what is refused anywhere, for one character at a time.
UNSEEN_ANYWHERE_PATTERN = re.compile(f"[{_anywhere(_python)}]")
UNSEEN_PATTERN = re.compile(_unseen(_python))
UNSEEN_IN_NAMES_PATTERN = re.compile(_unseen_in_names(_python))
#: A run of blanks inside a text, and every character that is trimmed from its ends.
_BLANKS_RE2 = f"[{_inside(BLANKS, _re2)}]+"
_BLANKS_PATTERN = re.compile(f"[{_inside(BLANKS, _python)}]+")
#: RE2: any blanks at an end.
ENDS_RE2 = f"[{_inside((*_TAB, *BLANKS), _re2)}]*"
_TRIMMED = "".join(
    chr(point) for first, last in (*_TAB, *BLANKS) for point in range(first, last + 1)
)


def unseen(text: str, *, name: bool = False) -> tuple[str, ...]:
    """What stands refused in ``text``, each as ``U+200B ZERO WIDTH SPACE``, in order.

    ``name`` allows what names in some scripts cannot be written without.
    """
    pattern = UNSEEN_IN_NAMES_PATTERN if name else UNSEEN_PATTERN
    hidden = (
        next(char for char in found if UNSEEN_PATTERN.match(char))
        for found in pattern.findall(text)
    )
    return tuple(dict.fromkeys(map(_named, hidden)))


def _named(char: str) -> str:
    known = unicodedata.name(char, "")
    return f"U+{ord(char):04X} {known}".rstrip()


def fold_blanks(text: str) -> str:
    """``text`` without blanks at its ends, and with one plain blank for each run inside."""
    return _BLANKS_PATTERN.sub(" ", text.strip(_TRIMMED))


def fold_key(text: str) -> str:
    """What two keys have in common that differ only in case or width: small, half-width.

    Full-width ASCII (U+FF01 to FF5E, U+3000) becomes ASCII, and every character its small
    letter where that is one character.
    """
    narrow = text.translate(_NARROW)
    return "".join(small if len(small := char.lower()) == 1 else char for char in narrow)


def trimmed_sql(value: str) -> str:
    """SQL: a text without blanks of any kind at its ends."""
    return f"trim({value}, '{_TRIMMED}')"


def is_ascii_sql(value: str) -> str:
    """SQL: whether every character of a text is one byte; what follows is then quickly said."""
    return f"strlen({value}) = length({value})"


def fold_blanks_sql(value: str) -> str:
    """SQL: ``fold_blanks``; most texts are tidy, and are only looked at once."""
    return (
        f"CASE WHEN regexp_matches({value}, '{UNTIDY_RE2}') "
        f"THEN regexp_replace({trimmed_sql(value)}, '{_BLANKS_RE2}', ' ', 'g') ELSE {value} END"
    )


def fold_key_sql(value: str) -> str:
    """SQL: ``fold_key``."""
    wide = "".join(map(chr, _NARROW))
    narrow = "".join(map(chr, _NARROW.values())).replace("'", "''")
    folded = f"lower(translate({value}, '{wide}', '{narrow}'))"
    return f"CASE WHEN {is_ascii_sql(value)} THEN lower({value}) ELSE {folded} END"
