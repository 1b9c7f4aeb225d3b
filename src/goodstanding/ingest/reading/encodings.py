"""Decode a text file strictly, and refuse bytes that are no text in the declared encoding.

Invariant: the list of encodings is closed; each is stateless and gives text only.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from goodstanding.ingest.errors import UNKNOWN_ENCODING, WRONG_ENCODING
from goodstanding.ingest.model import Progress
from goodstanding.ingest.reading.errors import NEVER_TEXT, NUL_BYTES
from goodstanding.kernel import Code, GoodStandingError, Place

_CHUNK = 1 << 20
_UTF8 = frozenset({"utf-8", "ascii"})
_UNICODE = frozenset({"utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be"})
#: Two bytes and more for a character: Chinese, Japanese, Korean.
_SEVERAL = frozenset(
    {
        *("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950"),
        *("shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"),
    }
)
#: What bytes 80 to 9F under an ISO encoding were meant as: ISO keeps them free of text.
_WINDOWS = {
    "iso8859-1": "windows-1252",
    "iso8859-2": "windows-1250",
    "iso8859-3": "windows-1254",
    "iso8859-4": "windows-1257",
    "iso8859-5": "windows-1251",
    "iso8859-6": "windows-1256",
    "iso8859-7": "windows-1253",
    "iso8859-8": "windows-1255",
    "iso8859-9": "windows-1254",
    "iso8859-10": "windows-1252",
    "iso8859-13": "windows-1257",
    "iso8859-14": "windows-1252",
    "iso8859-15": "windows-1252",
    "iso8859-16": "windows-1250",
}
#: One byte for a character, and 80 to 9F hold text.
_SINGLE = frozenset(
    {
        *(f"cp{page}" for page in (437, 850, 852, 855, 857, 858, 862, 864, 866, 874)),
        *(f"cp125{page}" for page in range(9)),
        *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "tis-620"),
    }
)
#: Every encoding a contract may declare, as Python calls it.
ENCODINGS = _UNICODE | _SEVERAL | _SINGLE | _WINDOWS.keys()
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_C1 = re.compile("[\x80-\x9f]")
_THREE_BYTES = re.compile("[\u0800-\U0010ffff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: So many characters of several bytes are no accident in an East Asian encoding.
_NO_ACCIDENT = 3


def find_encoding(declared: str) -> str:
    """Python's name of a declared encoding. Raises GS-INGEST-010."""
    name = ""
    if _NAME.fullmatch(declared):
        try:
            name = codecs.lookup(declared).name
        except LookupError:
            name = ""
    if name not in ENCODINGS:
        raise GoodStandingError(UNKNOWN_ENCODING, encoding=declared)
    return name


def decode_file(
    delivered: Path, encoding: str, target: Path, file: str, progress: Progress
) -> Path:
    """Check every byte; the file as UTF-8: itself if it is that, else written to ``target``.

    Raises GS-INGEST-004 (not in the encoding), 015 (never text in it) and 016 (NUL).
    """
    size, done = delivered.stat().st_size, 0
    decoder = _Decoder(encoding, file)
    if encoding in _UTF8:
        with delivered.open("rb") as source:
            while chunk := source.read(_CHUNK):
                decoder.feed(chunk)
                done += len(chunk)
                progress("decoding", done, size)
        decoder.feed(b"", final=True)
        return delivered
    with delivered.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        while chunk := source.read(_CHUNK):
            out.write(decoder.feed(chunk))
            done += len(chunk)
            progress("decoding", done, size)
        out.write(decoder.feed(b"", final=True))
    decoder.refuse_utf8()
    return target


class _Decoder:
    """Decodes chunk by chunk and remembers where it is, so that a refusal has its place."""

    def __init__(self, encoding: str, file: str) -> None:
        self.encoding = encoding
        self.file = file
        self.decode = codecs.getincrementaldecoder(encoding)("strict").decode
        self.also_utf8 = _Utf8() if encoding not in _UNICODE else None
        self.read = 0
        self.lines = 0

    def feed(self, chunk: bytes, final: bool = False) -> str:
        """The text of a chunk."""
        if not self.read:
            self._check_beginning(chunk)
        if self.also_utf8:
            self.also_utf8.feed(chunk)
        try:
            text = self.decode(chunk, final)
        except UnicodeDecodeError as error:
            at = error.start - (len(error.object) - len(chunk))
            raise self._not_decoded(chunk, at) from None
        if "\0" in text:
            raise self._nul(chunk, text)
        if self.encoding in _WINDOWS and (found := _C1.search(text)):
            raise self._never_text(chunk, found.start(), "never text in it")
        if not self.read and self.encoding.startswith("utf-16"):
            text = text.removeprefix("\ufeff")
        self.read += len(chunk)
        self.lines += text.count("\n")
        return text

    def refuse_utf8(self) -> None:
        """Refuse a file that is well-formed UTF-8 throughout. Raises GS-INGEST-015."""
        if self.also_utf8 and self.also_utf8.is_meant(self.encoding in _SEVERAL):
            position, line = self.also_utf8.first
            raise self._refusal(
                NEVER_TEXT, position, line, found="part of a UTF-8 character", likely="utf-8"
            )

    def _check_beginning(self, chunk: bytes) -> None:
        """UTF-16 says by its first mark which of the two it is; without it that is a guess."""
        if self.encoding == "utf-16" and not chunk.startswith(
            (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        ):
            raise self._refusal(
                NEVER_TEXT, 1, 1, found="not the mark UTF-16 begins with", likely=likely(chunk)
            )

    def _not_decoded(self, chunk: bytes, at: int) -> GoodStandingError:
        line = self.lines + chunk[: max(at, 0)].count(b"\n") + 1
        guess = likely(chunk)
        hint = f"; it is perhaps {guess}" if guess != self.encoding else ""
        return self._refusal(WRONG_ENCODING, self.read + at + 1, line, hint=hint)

    def _never_text(self, chunk: bytes, at: int, found: str) -> GoodStandingError:
        """One byte is one character here, so that a place in the text is one in the bytes."""
        meant = _WINDOWS[self.encoding]
        if self.also_utf8 and self.also_utf8.is_meant(several=False):
            meant = "utf-8"
        line = self.lines + chunk[:at].count(b"\n") + 1
        return self._refusal(NEVER_TEXT, self.read + at + 1, line, found=found, likely=meant)

    def _nul(self, chunk: bytes, text: str) -> GoodStandingError:
        line = self.lines + text[: text.index("\0")].count("\n") + 1
        guess = likely(chunk)
        return self._refusal(
            NUL_BYTES,
            self.read + max(chunk.find(b"\0"), 0) + 1,
            line,
            hint=f"; it is perhaps {guess}" if guess.startswith("utf-16") else "",
        )

    def _refusal(self, code: Code, position: int, line: int, **values: str) -> GoodStandingError:
        return GoodStandingError(
            code,
            place=Place(self.file, line),
            file=self.file,
            encoding=self.encoding,
            position=position,
            line=line,
            **values,
        )


class _Utf8:
    """Whether bytes declared otherwise are UTF-8 after all, and since which place."""

    def __init__(self) -> None:
        self.decode = codecs.getincrementaldecoder("utf-8")("strict").decode
        self.broken = False
        self.characters = 0
        self.three_bytes = False
        self.first = (1, 1)
        self.read = self.lines = 0

    def feed(self, chunk: bytes) -> None:
        """Read on until it is no UTF-8 any more."""
        if self.broken:
            return
        try:
            text = self.decode(chunk)
        except UnicodeDecodeError:
            self.broken = True
            return
        if not text.isascii():
            high = re.search(rb"[\x80-\xff]", chunk)
            if not self.characters and high:
                before = chunk[: high.start()]
                self.first = (self.read + len(before) + 1, self.lines + before.count(b"\n") + 1)
            self.characters += sum(map(len, re.findall("[^\0-\x7f]+", text)))
            self.three_bytes = self.three_bytes or bool(_THREE_BYTES.search(text))
        self.read += len(chunk)
        self.lines += chunk.count(b"\n")

    def is_meant(self, several: bool) -> bool:
        """Whether all that was read is UTF-8 and would be an accident otherwise."""
        if self.broken or not self.characters:
            return False
        return not several or (self.three_bytes and self.characters >= _NO_ACCIDENT)


def likely(data: bytes) -> str:
    """The encoding that bytes are probably in; for a hint, never for reading."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    pairs = data[: len(data) // 2 * 2]
    low, high = pairs[::2].count(0), pairs[1::2].count(0)
    if max(low, high) * 4 > len(pairs):
        return "utf-16-le" if high > low else "utf-16-be"
    runs = re.findall(rb"[\x80-\xff]+", data)
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data)
        return "utf-8"
    except UnicodeDecodeError:
        count = sum(map(len, runs))
    if count < 2 * len(runs):
        return "windows-1252"
    below = sum(byte < 0xC0 for run in runs for byte in run)
    return "gb18030" if below * 7 > count else "windows-1251"
