"""From a folder of YAML to a checked Pack.

Everything wrong is collected, each with its file, line and column; a pack with any
finding does not load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import ParamSpec, TypeVar

from pydantic import ValidationError

from goodstanding.catalogue import build, errors
from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.model import Pack, SchemeFile, Source
from goodstanding.catalogue.principles import check_principles
from goodstanding.catalogue.references import check_references
from goodstanding.catalogue.shapes import (
    InstrumentShape,
    ItemShape,
    PackShape,
    ParameterShape,
    Shape,
    SourceShape,
    TableShape,
)
from goodstanding.kernel import GoodStandingError, Place, canonical_bytes, hash_hex

PACKS = Path(__file__).parent.parent / "packs"
_TESTS = ".tests.yaml"

S = TypeVar("S", bound=Shape)
V = TypeVar("V")
P = ParamSpec("P")


def list_packs() -> list[str]:
    """The ids of the packs that come with the software and can be put into force."""
    return sorted(path.parent.name for path in PACKS.glob("*/pack.yaml") if not _is_specimen(path))


def _is_specimen(path: Path) -> bool:
    data = read_document(path).data
    return isinstance(data, dict) and "specimen" in data


def find_pack(name: str) -> Path:
    """The folder of a pack given by id or by path. Raises GS-PACK-001."""
    for folder in (PACKS / name, Path(name)):
        if (folder / "pack.yaml").is_file():
            return folder
    raise GoodStandingError(errors.NO_SUCH_PACK, pack=name)


def load_pack(name: str | Path) -> Pack:
    """The pack by id or folder. Raises GS-PACK-030 for a specimen, or the first of its findings.

    Its schemes are read when they are asked for, which raises GS-PACK-002 and 010.
    """
    pack, findings = _read(_Reader(find_pack(str(name)), schemes_on_use=True))
    if pack is not None and pack.specimen is not None:
        raise GoodStandingError(errors.SPECIMEN, pack=pack.id, findings=len(findings))
    if findings or pack is None:
        raise findings[0]
    return pack


def read_pack(folder: Path) -> tuple[Pack | None, list[GoodStandingError]]:
    """The pack as far as it can be read, and everything wrong with it.

    The pack is None only when pack.yaml itself cannot be read. The findings of a specimen begin
    with the principles it breaks.
    """
    return _read(_Reader(folder))


def _read(reader: _Reader) -> tuple[Pack | None, list[GoodStandingError]]:
    pack = reader.pack()
    if pack is not None:
        reader.findings += check_references(pack, reader.documents)
        if pack.specimen is not None:
            reader.findings += check_principles(pack, reader.documents)
    return pack, sorted(reader.findings, key=lambda finding: _order(finding.place))


def _order(place: Place | None) -> tuple[str, int, int]:
    return ("", 0, 0) if place is None else (str(place.file), place.line or 0, place.column or 0)


class SchemeFiles(Mapping[str, SchemeFile]):
    """The schemes of a folder by the names of their files, each read when it is asked for.

    They are most of a pack to read, and few who need the pack need them. To ask for one raises
    GS-PACK-002 and 010.
    """

    def __init__(self, folder: Path) -> None:
        files = (path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(_TESTS))
        self._files = {path.stem: path for path in files}
        self._read: dict[str, SchemeFile] = {}

    def __getitem__(self, stem: str) -> SchemeFile:
        path = self._files[stem]
        if stem not in self._read:
            tests = path.with_name(stem + _TESTS)
            document = read_document(path)
            self._read[stem] = SchemeFile(document, tests if tests.is_file() else None)
        return self._read[stem]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class _Reader:
    """Reads one pack's files and keeps what it found wrong."""

    def __init__(self, folder: Path, *, schemes_on_use: bool = False) -> None:
        self.folder = folder
        self.schemes_on_use = schemes_on_use
        self.findings: list[GoodStandingError] = []
        self.documents: dict[tuple[str, str], Document] = {}

    def pack(self) -> Pack | None:
        document = self.attempt(read_document, self.folder / "pack.yaml")
        shape = self.shape(PackShape, document) if document else None
        if document is None or shape is None:
            return None
        self.documents["pack", shape.id] = document
        articles = {
            article.id: article
            for document, law in self.each("law", InstrumentShape)
            for article in self.gather(build.articles(law, document))
        }
        return Pack(
            **build.pack_head(shape),
            folder=self.folder,
            digest=_digest(self.folder),
            articles=articles,
            items=self.all(
                "catalogue", ItemShape, build.specimen_item if shape.specimen else build.item
            ),
            parameters=self.all("parameters", ParameterShape, build.parameter),
            tables=self.all("tables", TableShape, build.table),
            sources={
                source.id: source
                for document, found in self.each("sources", SourceShape)
                if (source := self.attempt(self.source, found, document))
            },
            schemes=self.schemes(),
        )

    def each(self, kind: str, shape: type[S]) -> Iterator[tuple[Document, S]]:
        """Every file of one kind that has the right shape, in order of name."""
        for path in sorted((self.folder / kind).glob("*.yaml")):
            document = self.attempt(read_document, path)
            found = self.shape(shape, document) if document else None
            if document is None or found is None:
                continue
            name = str(getattr(found, "id", ""))
            if name != path.stem:
                place = document.place("id")
                self.findings.append(
                    GoodStandingError(errors.NAME_MISMATCH, place=place, file=path.stem, name=name)
                )
            self.documents[kind, name] = document
            yield document, found

    def all(self, kind: str, shape: type[S], make: Callable[[S, Document], V]) -> dict[str, V]:
        """Every file of one kind as a value, by name."""
        values: dict[str, V] = {}
        for document, found in self.each(kind, shape):
            made = self.attempt(make, found, document)
            if made is not None:
                values[document.path.stem] = made
        return values

    def source(self, shape: SourceShape, document: Document) -> Source:
        path = document.path.with_suffix(".sql")
        if not path.is_file():
            raise GoodStandingError(
                errors.SOURCE_WITHOUT_SQL,
                place=document.place(),
                source=shape.id,
                file=path.name,
            )
        digest = hash_hex(document.path.read_bytes() + b"\0" + path.read_bytes())
        return build.source(shape, document, path, digest)

    def schemes(self) -> Mapping[str, SchemeFile]:
        files = SchemeFiles(self.folder / "schemes")
        if self.schemes_on_use:
            return files
        read = {stem: self.attempt(files.__getitem__, stem) for stem in files}
        return {stem: found for stem, found in read.items() if found is not None}

    def shape(self, shape: type[S], document: Document) -> S | None:
        """The document in its shape; what does not fit becomes findings with places."""
        try:
            return shape.model_validate(document.data)
        except ValidationError as error:
            for problem in error.errors():
                at = tuple(part for part in problem["loc"] if part != "[key]")
                self.findings.append(
                    GoodStandingError(
                        errors.BAD_SHAPE,
                        place=document.place(*at),
                        field=".".join(map(str, at)) or "file",
                        problem=_sentence(problem["msg"]),
                    )
                )
            return None

    def attempt(self, action: Callable[P, V], *args: P.args, **kwargs: P.kwargs) -> V | None:
        """What the action gives, or None and one more finding."""
        try:
            return action(*args, **kwargs)
        except GoodStandingError as error:
            self.findings.append(error)
            return None

    def gather(self, values: Iterator[V]) -> Iterator[V]:
        """The values until one is refused, which becomes a finding."""
        while True:
            try:
                yield next(values)
            except StopIteration:
                return
            except GoodStandingError as error:
                self.findings.append(error)
                return


def _sentence(message: str) -> str:
    return re.sub(r"\.$", "", message[:1].lower() + message[1:])


def _digest(folder: Path) -> str:
    """SHA-256 over the canonical list of the pack's files and their hashes."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".sql"))
    listing = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }
    return hash_hex(canonical_bytes(listing))
