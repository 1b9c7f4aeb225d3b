"""Personal honorifics: how a name says of itself that a person bears it.

Invariant: a name is asked for its marks, never for its looks. `John Smith` is not guessed to be
a person; `Mr John Smith` says so. A name that ends with the legal form of a company is a
company's, whatever it begins with (`Dr Pepper Bottling Ltd`), for a company is never a person.
A brand without a legal form (`Mr Kipling`) cannot be told from a person here; what becomes of
it is for the law about its item to say.

The patterns are read alike by Python's `re` and by RE2, so that a row of a file, a name in the
index and a test are told by one rule. Letters also match in their full width and in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Where(StrEnum):
    """Where in a name an honorific stands."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Honorific:
    """Words of one language that stand before or after a person's name.

    ``source`` says where the words are from: `forms` are the titles that official forms offer,
    `address` is how a person is addressed in writing, `usage` is common usage.
    """

    language: str
    where: Where
    words: tuple[str, ...]
    source: str


#: The one table. A word with a point is one only with its point: `Sr. Ruiz`, not `SR Foods`. Left
#: out on purpose are words that more brands than persons bear: Don, Bay, Pan, Shri, Lady,
#: Master, and Messrs, which addresses a firm.
HONORIFICS = (
    Honorific("en", Where.BEFORE, ("Mr", "Mrs", "Ms", "Miss", "Mx", "Mister"), "forms"),
    Honorific("en", Where.BEFORE, ("Dr", "Doctor", "Prof", "Professor", "Rev"), "forms"),
    Honorific("de", Where.BEFORE, ("Herr", "Herrn", "Frau", "Hr.", "Fr."), "address"),
    Honorific("fr", Where.BEFORE, ("Monsieur", "Madame", "Mademoiselle"), "address"),
    Honorific("fr", Where.BEFORE, ("Mme", "Mlle"), "address"),
    Honorific("es", Where.BEFORE, ("Sr.", "Sra", "Srta", "Señor", "Señora"), "address"),
    Honorific("pt", Where.BEFORE, ("Senhor", "Senhora", "Dra"), "address"),
    Honorific("it", Where.BEFORE, ("Sig.", "Sig.ra", "Signor", "Signora"), "address"),
    Honorific("it", Where.BEFORE, ("Dott", "Dott.ssa"), "address"),
    Honorific("nl", Where.BEFORE, ("Dhr", "Mevr", "Mevrouw", "Meneer"), "address"),
    Honorific("ru", Where.BEFORE, ("г-н", "г-жа", "господин", "госпожа"), "address"),
    Honorific("ms", Where.BEFORE, ("Encik", "Puan", "Cik"), "forms"),
    Honorific("hi", Where.BEFORE, ("Smt", "Shrimati"), "forms"),
    Honorific("ar", Where.BEFORE, ("السيد", "السيدة"), "address"),
    Honorific("th", Where.BEFORE, ("นาย", "นาง", "นางสาว"), "forms"),
    Honorific("zh", Where.AFTER, ("先生", "女士", "小姐", "太太"), "address"),
    Honorific("ja", Where.AFTER, ("様", "さま", "さん", "氏"), "address"),
    Honorific("ko", Where.AFTER, ("씨", "님", "귀하"), "address"),
)

#: Legal forms of companies at the end of a name. A firm that a person runs in their own name
#: has none. Forms of two letters without points (AG, SA, AB) may be initials: they tell nothing.
_FORMS = (
    *("Ltd", "Limited", "plc", "LLP", "LLC", "L.L.C.", "Inc", "Incorporated", "Corp"),
    *("Corporation", "Pty", "CIC", "CIO", "GmbH", "KGaA", "S.A.", "SAS", "SARL", "S.L."),
    *("S.r.l.", "Srl", "S.p.A.", "SpA", "B.V.", "N.V.", "Bhd", "Lda", "Ltda", "A/S", "ApS"),
    *("ООО", "ПАО"),
)
#: Those of East Asia, at either end.
_EASTERN_FORMS = (
    *("公司", "集团", "合作社", "株式会社", "(株)", "（株）", "㈱", "有限会社", "合同会社"),
    *("주식회사", "(주)", "㈜"),
)
#: Where a name speaks of two the legal form may be another's.
_SPEAKS_OF_TWO = ("t/a", "c/o", "trading as", "on behalf of", "of", "for", "d/b/a", "dba")


def wide(text: str) -> str:
    """A pattern of the text in which each ASCII character may also be of full width."""
    return "".join(
        f"[{re.escape(c)}{chr(ord(c) + 0xFEE0)}]" if "!" <= c <= "~" else _blank_or(c) for c in text
    )


def _blank_or(character: str) -> str:
    return f"{_BLANK}+" if character == " " else re.escape(character)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(wide(word) for word in sorted(words, key=len, reverse=True))


def _words(where: Where, *languages: str) -> list[str]:
    rows = [row for row in HONORIFICS if row.where is where]
    return [w for row in rows if not languages or row.language in languages for w in row.words]


#: No class of the pattern languages: what `\s` means differs between them.
_BLANKS = " \t\u00a0\u2000-\u200a\u3000"
_BLANK, _OTHER = f"[{_BLANKS}]", f"[^{_BLANKS}]"
_END = rf"(?:{_BLANK}|[.．,，)）\"”’])*$"
_HAN, _HANGUL = "[\u3400-\u9fff]", "[\uac00-\ud7a3]"


def _personal() -> Iterator[str]:
    before = [word for word in _words(Where.BEFORE) if word not in _words(Where.BEFORE, "th")]
    pointed = _any_of(word for word in before if word.endswith("."))
    plain = _any_of(word for word in before if not word.endswith("."))
    begins = rf"(?:^|[,，;；:：/／(（])(?:{_BLANK}|[\"'“‘])*"
    # `Mr Smith`, `Mr.Smith`, `Mr & Mrs Smith`, `Smith, Mr John`, `Owner: Mrs Smith`
    yield rf"{begins}(?:{plain})(?:[.．&＆+/／]{_BLANK}*|{_BLANK}+){_OTHER}"
    yield rf"{begins}(?:{pointed}){_BLANK}*{_OTHER}"
    # `M. Dupont`: with a word after it, or it is an initial among others.
    yield rf"^{_BLANK}*M\.{_BLANK}+[A-Za-zÀ-ÿ]{{2}}"
    # `Smith (Mr)`, `SMITH JOHN, MRS.`
    yield rf"(?:{_BLANK}|[,，(（])(?:{_any_of(('Mr', 'Mrs', 'Ms', 'Miss'))}){_END}"
    yield rf"^{_BLANK}*(?:{_any_of(_words(Where.BEFORE, 'th'))}){_OTHER}"
    chinese, korean = _any_of(_words(Where.AFTER, "zh")), _any_of(_words(Where.AFTER, "ko"))
    # A surname or a whole name alone before it: `酱油大先生牌` is none.
    yield rf"^{_BLANK}*{_HAN}{{1,4}}{_BLANK}*(?:{chinese}){_END}"
    # A shop is addressed too in Japanese (`八百屋さん`), and `氏` ends other words.
    yield rf"[^屋{_BLANKS}]{_BLANK}*(?:様|さま|さん){_END}"
    yield rf"^{_BLANK}*{_HAN}(?:{_BLANK}*{_HAN}){{1,5}}{_BLANK}*氏{_END}"
    # Two syllables and one of these may be a word (`아저씨`).
    yield rf"^{_BLANK}*(?:{_HANGUL}{{3,4}}{_BLANK}*|{_HANGUL}{{1,4}}{_BLANK}+)(?:{korean}){_END}"


#: A name that bears an honorific, unless it is a company's by its form.
PERSONAL = f"(?i){'|'.join(_personal())}"
#: A name that bears the legal form of a company.
CORPORATE = (
    rf"(?i)(?:{_BLANK}|[,，])(?:{_any_of(_FORMS)})(?:{_BLANK}|[.．])*$"
    rf"|(?:{_any_of(_EASTERN_FORMS)}){_BLANK}*$|^{_BLANK}*(?:{_any_of(_EASTERN_FORMS)})"
)
#: A name that speaks of two, so that the form says nothing of the first. A comma before the
#: form alone (`Mr Kipling, Inc.`) is none.
OF_TWO = (
    rf"(?i)[,，;；]{_BLANK}*{_OTHER}+{_BLANK}+{_OTHER}"
    rf"|{_BLANK}(?:{_any_of(_SPEAKS_OF_TWO)}){_BLANK}"
)


@cache
def _read() -> tuple[re.Pattern[str], ...]:
    # On use: to compile them takes longer than to read a small file, whose names DuckDB asks.
    return tuple(re.compile(pattern) for pattern in (PERSONAL, CORPORATE, OF_TWO))


def bears_honorific(name: str) -> bool:
    """Whether the name says of itself that a person bears it."""
    personal, corporate, of_two = (found.search(name) is not None for found in _read())
    return personal and (of_two or not corporate)


def bears_honorific_sql(column: str) -> str:
    """The same as a condition on a column of names, for DuckDB."""
    personal, corporate, of_two = (
        "regexp_matches({}, '{}')".format(column, found.replace("'", "''"))
        for found in (PERSONAL, CORPORATE, OF_TWO)
    )
    return f"({personal} AND ({of_two} OR NOT {corporate}))"


def mark_pattern(mark: str) -> str:
    """A pattern of a mark in a name: as a word where it is one, in any case and width."""
    text = mark.strip()
    first, last = text[:1], text[-1:]
    begins = r"(?:^|[^0-9A-Za-zÀ-ÿ])" if first.isascii() and first.isalnum() else ""
    ends = r"(?:$|[^0-9A-Za-zÀ-ÿ])" if last.isascii() and last.isalnum() else ""
    return f"(?i){begins}{wide(text)}{ends}"
