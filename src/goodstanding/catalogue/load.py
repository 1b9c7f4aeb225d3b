"""From a folder of YAML to a checked Pack.

Everything wrong is collected, each with its file, line and column; a pack with any
finding does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

from pydantic import ValidationError

from goodstanding.catalogue import build, errors
from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.files import PackFiles, list_files, read_file
from goodstanding.catalogue.misfits import misfits
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
from goodstanding.kernel import GoodStandingError, Place, hash_hex

PACKS = Path(__file__).parent.parent / "packs"
_TESTS = ".tests.yaml"
#: Where the files are of what may be named in others.
_FOLDERS = {
    "article": "law",
    "item": "catalogue",
    "parameter": "parameters",
    "scheme": "schemes",
    "table": "tables",
}

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
        found = check_references(pack, reader.documents)
        reader.findings += [finding for finding in found if not reader.explains(finding)]
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

    def __init__(self, files: PackFiles) -> None:
        found = (path for path in files.of("schemes") if not path.name.endswith(_TESTS))
        self._files = {path.stem: path for path in found}
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
        self.files = list_files(folder)
        self.findings: list[GoodStandingError] = [*self.files.findings]
        self.broken: set[tuple[str, str]] = set()
        self.documents: dict[tuple[str, str], Document] = {}

    def pack(self) -> Pack | None:
        document = self.attempt(read_document, self.folder / "pack.yaml")
        shape = self.shape(PackShape, document) if document else None
        if document is None or shape is None:
            return None
        self.documents["pack", shape.id] = document
        digest = self.attempt(self.files.digest)
        if digest is None:
            return None
        articles = {
            article.id: article
            for document, law in self.each("law", InstrumentShape)
            for article in self.gather(build.articles(law, document), document)
        }
        return Pack(
            **build.pack_head(shape),
            folder=self.folder,
            digest=digest,
            articles=articles,
            items=self.all(
                "catalogue", ItemShape, build.specimen_item if shape.specimen else build.item
            ),
            parameters=self.all("parameters", ParameterShape, build.parameter),
            tables=self.all("tables", TableShape, build.table),
            sources=self.all("sources", SourceShape, self.source),
            schemes=self.schemes(),
        )

    def each(self, kind: str, shape: type[S]) -> Iterator[tuple[Document, S]]:
        """Every file of one kind that has the right shape, in order of name."""
        for path in self.files.of(kind):
            document = self.attempt(read_document, path)
            found = self.shape(shape, document) if document else None
            if document is None or found is None:
                self.broken.add((kind, path.stem))
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
            if made is None:
                self.broken.add((kind, document.path.stem))
            else:
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
        digest = hash_hex(read_file(document.path) + b"\0" + read_file(path))
        return build.source(shape, document, path, digest)

    def schemes(self) -> Mapping[str, SchemeFile]:
        files = SchemeFiles(self.files)
        if self.schemes_on_use:
            return files
        read = {stem: self.attempt(files.__getitem__, stem) for stem in files}
        return {stem: found for stem, found in read.items() if found is not None}

    def shape(self, shape: type[S], document: Document) -> S | None:
        """The document in its shape; what does not fit becomes findings with places."""
        try:
            return shape.model_validate(document.data)
        except ValidationError as error:
            self.findings += [
                GoodStandingError(
                    errors.BAD_SHAPE, place=misfit.place, field=misfit.field, problem=misfit.problem
                )
                for misfit in misfits(error, document)
            ]
            return None

    def attempt(self, action: Callable[P, V], *args: P.args, **kwargs: P.kwargs) -> V | None:
        """What the action gives, or None and one more finding."""
        try:
            return action(*args, **kwargs)
        except GoodStandingError as error:
            self.findings.append(error)
            return None

    def gather(self, values: Iterator[V], document: Document) -> Iterator[V]:
        """The values until one is refused, which becomes a finding."""
        try:
            yield from values
        except GoodStandingError as error:
            self.findings.append(error)
            self.broken.add(("law", document.path.stem))

    def explains(self, finding: GoodStandingError) -> bool:
        """Whether what is missing by this finding is in a file that could not be read itself."""
        if finding.code is not errors.UNKNOWN_REFERENCE:
            return False
        kind, name = str(finding.values["what"]), str(finding.values["name"])
        return (_FOLDERS.get(kind, ""), name.partition(".")[0]) in self.broken
