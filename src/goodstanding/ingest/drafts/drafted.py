"""Write drafts: a contract with its item into a pack, or a whole pack round them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from goodstanding.catalogue import IdentifierScheme, SubjectKind, read_pack
from goodstanding.ingest.drafts.columns import look_at
from goodstanding.ingest.drafts.errors import DRAFT_EXISTS, NO_PACK_TO_DRAFT_IN
from goodstanding.ingest.drafts.opening import open_unknown
from goodstanding.ingest.drafts.packs import pack_files
from goodstanding.ingest.drafts.roles import find_roles
from goodstanding.ingest.drafts.texts import (
    Look,
    Names,
    fact_name,
    item_yaml,
    source_sql,
    source_yaml,
)
from goodstanding.ingest.workplace import database
from goodstanding.kernel import GoodStandingError, Nature
from goodstanding.register import Layout

_ID = re.compile(r"[a-z][a-z0-9_]{0,47}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which column has which role, as far as the writer says; the rest is proposed."""

    key: str | None = None
    subject: str | None = None
    name: str | None = None
    day: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The columns by role."""
        return {"key": self.key, "subject": self.subject, "name": self.name, "day": self.day}


@dataclass(frozen=True, slots=True)
class Drafted:
    """The files that were written, by their names in the pack, and what was taken for what."""

    folder: Path
    files: tuple[str, ...]
    source: str
    look: Look


def draft_pack(folder: Path, file: Path, wanted: Wanted = Wanted()) -> Drafted:
    """Write a new pack of one source into ``folder``, whose name becomes its id.

    Raises GS-INGEST-060 to 062 and what is raised for a file that cannot be read.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GoodStandingError(DRAFT_EXISTS, path=folder)
    pack = fact_name(folder.absolute().name)
    with _looked_at(file, wanted) as look:
        item = _name_of(file)
        names = Names(
            source=item, item=item, title=_titled(item), authority="reporter", kind="organisation",
            scheme=f"{pack.replace('_', '-')}-no", article="draft_law.1",
            since=f"{look.column(look.roles.day).least[:4]}-01-01",
        )  # fmt: skip
        files = {**pack_files(look, names, pack), **_source_files(look, names)}
        return _written(folder, files, item, look)


def draft_source(
    folder: Path, file: Path, wanted: Wanted = Wanted(), named: str | None = None
) -> Drafted:
    """Write a contract and its item for a file into a pack that is there.

    Authority, kind of subject, identifier scheme and article are the first that the pack has.
    Raises GS-INGEST-060 to 063 and what is raised for a file that cannot be read.
    """
    pack, _ = read_pack(folder)
    kinds = _of_organisations(pack.subject_kinds) if pack else []
    schemes = _of_organisations(pack.identifier_schemes) if pack else []
    if pack is None or not (kinds and schemes and pack.authorities and pack.articles):
        raise GoodStandingError(NO_PACK_TO_DRAFT_IN, folder=folder)
    item = fact_name(named) if named else _name_of(file)
    with _looked_at(file, wanted) as look:
        article = next(iter(pack.articles.values()))
        day = f"{look.column(look.roles.day).least[:4]}-01-01"
        names = Names(
            source=item, item=item, title=_titled(item), authority=next(iter(pack.authorities)),
            kind=kinds[0], scheme=schemes[0], article=article.id,
            since=max(day, article.in_force.start.isoformat()),
        )  # fmt: skip
        return _written(folder, _source_files(look, names), item, look)


def _of_organisations(
    named: Mapping[str, SubjectKind] | Mapping[str, IdentifierScheme],
) -> list[str]:
    return [each.id for each in named.values() if each.nature is Nature.ORGANISATION]


def _source_files(look: Look, names: Names) -> dict[str, str]:
    return {
        f"catalogue/{names.item}.yaml": item_yaml(look, names),
        f"sources/{names.source}.yaml": source_yaml(look, names),
        f"sources/{names.source}.sql": source_sql(look, names),
    }


@contextmanager
def _looked_at(file: Path, wanted: Wanted) -> Iterator[Look]:
    with TemporaryDirectory(prefix="goodstanding-draft-") as folder:
        place = Path(folder)
        with database(Layout(place), place, "UTC") as con:
            yield _look(con, file, place, wanted)


def _look(con: duckdb.DuckDBPyConnection, file: Path, place: Path, wanted: Wanted) -> Look:
    opened = open_unknown(con, file, place)
    columns = [look_at(con, column) for column in opened.source.columns]
    return Look(opened, columns, find_roles(con, opened.file, columns, wanted.as_dict()))


def _written(folder: Path, files: Mapping[str, str], source: str, look: Look) -> Drafted:
    """Write all of the files, or none if one of them is there already."""
    if there := [name for name in files if (folder / name).exists()]:
        raise GoodStandingError(DRAFT_EXISTS, path=folder / there[0])
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return Drafted(folder, tuple(files), source, look)


def _name_of(file: Path) -> str:
    return fact_name(file.name.split(".")[0])


def _titled(item: str) -> str:
    words = item.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
