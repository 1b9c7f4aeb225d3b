"""The cases beside a scheme as one register: each case a subject of its own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import list_packs, load_pack
from goodstanding.evaluation import shapes
from goodstanding.evaluation.lint import case_records
from goodstanding.evaluation.load import read_scheme, read_shape
from goodstanding.evaluation.model import Scheme

#: By now every record of a case is known.
KNOWN_AT = datetime(2040, 1, 1, tzinfo=UTC)
_KNOWN = datetime(2039, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Register:
    """The records of all cases of a scheme, and the days they ask about."""

    scheme: Scheme
    entries: list[Entry]
    days: list[date]


def scheme_files() -> list[tuple[str, str]]:
    """Every scheme file of every pack that can be used: pack, and file without `.yaml`."""
    return [(pack, file) for pack in list_packs() for file in sorted(load_pack(pack).schemes)]


def register_of(pack: str, file: str) -> Register:
    """The register of a scheme's cases, with all that the cases say of their records."""
    found = load_pack(pack).schemes[file]
    scheme, _ = read_scheme(load_pack(pack), found.document)
    tests = found.tests()
    assert scheme is not None
    assert tests is not None
    shape, _ = read_shape(shapes.TestsShape, tests)
    assert shape is not None
    names = [field.name for field in fields(Entry)]
    entries: list[Entry] = []
    for n, case in enumerate(shape.cases):
        for record in case_records(scheme, case, tests, n):
            said = {name: getattr(record, name) for name in names}
            said |= {"leaf": len(entries), "known_at": _KNOWN}
            # What is one subject or one record in a case is none in another.
            said |= {"subject": f"{record.subject}|{n:03}"}
            said |= {"source_key": f"{n:03}|{record.source_key}"}
            entries.append(Entry(**said))
    return Register(scheme, entries, [case.as_of for case in shape.cases])
