"""Receive a file: keep its original bytes under their hash, and make it readable.

Invariant: the original is kept byte for byte; what DuckDB reads is either the original
itself or, for an encoding other than UTF-8, a strict transcription of it.
"""

from __future__ import annotations

import codecs
from hashlib import sha256
from pathlib import Path

from goodstanding.catalogue import Source
from goodstanding.ingest.errors import EMPTY_FILE, NO_SUCH_FILE, UNKNOWN_ENCODING, WRONG_ENCODING
from goodstanding.ingest.model import Delivery, Progress
from goodstanding.kernel import GoodStandingError, Place
from goodstanding.kernel.escaping import visible

_CHUNK = 1 << 20
_UTF8 = ("utf-8", "ascii")


def receive(path: Path, source: Source, workplace: Path, progress: Progress) -> Delivery:
    """Copy ``path`` into ``workplace`` while hashing and decoding it.

    Raises GS-INGEST-002 (no such file), 003 (no bytes), 004 (not in the declared
    encoding) and 010 (no such encoding).
    """
    if not path.is_file():
        raise GoodStandingError(NO_SUCH_FILE, file=str(path))
    size = path.stat().st_size
    if size == 0:
        raise GoodStandingError(EMPTY_FILE, place=Place(path), file=path.name)
    original = workplace / f"original{path.suffix}"
    readable = original
    decoder = None
    if source.format != "parquet":
        decoder = _Transcriber(path, source.encoding, workplace)
        readable = decoder.target or original
    digest, done = sha256(), 0
    with path.open("rb") as delivered, original.open("wb") as kept:
        while chunk := delivered.read(_CHUNK):
            digest.update(chunk)
            kept.write(chunk)
            if decoder:
                decoder.feed(chunk)
            done += len(chunk)
            progress("receiving", done, size)
    if decoder:
        decoder.finish()
    return Delivery(source.id, visible(path.name), original, readable, digest.hexdigest(), size)


class _Transcriber:
    """Decodes strictly, chunk by chunk; writes UTF-8 unless the file already is."""

    def __init__(self, path: Path, encoding: str, workplace: Path) -> None:
        try:
            self.codec = codecs.lookup(encoding)
        except LookupError:
            raise GoodStandingError(UNKNOWN_ENCODING, encoding=encoding) from None
        self.path = path
        self.decode = self.codec.incrementaldecoder("strict").decode
        self.read = 0
        self.target = None if self.codec.name in _UTF8 else workplace / "utf-8.txt"
        self.out = self.target.open("w", encoding="utf-8", newline="") if self.target else None

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            text = self.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise GoodStandingError(
                WRONG_ENCODING,
                place=Place(self.path),
                file=self.path.name,
                encoding=self.codec.name,
                position=self.read + error.start + 1,
            ) from None
        self.read += len(chunk)
        if self.out:
            self.out.write(text)

    def finish(self) -> None:
        self.feed(b"", final=True)
        if self.out:
            self.out.close()
