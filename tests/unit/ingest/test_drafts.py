"""A draft is what its file holds: it loads, takes the file, and says what is open."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.nodes import create_node
from tests.unit.ingest.conftest import NOTED

from goodstanding.catalogue import load_pack
from goodstanding.cli.linting import lint_pack
from goodstanding.ingest import IngestReport, ingest
from goodstanding.ingest.drafts import Drafted, Wanted, draft_pack, draft_source
from goodstanding.kernel import FactType, FixedClock, GoodStandingError

ROWS = [
    {"Case No": f"C-{n}", "Firm ID": f"{n % 7:05}", "Firm Name": f"Firm {n % 7}",
     "Decided": f"{n % 27 + 1:02}.03.2024", "Fine": f"{n}.{n:03},50", "Points": str(n % 4),
     "Ruling": ("upheld", "closed")[n % 2], "Paid": ("yes", "no")[n % 2], "Note": f"see {n}"}
    for n in range(1, 61)
]  # fmt: skip


def as_csv(rows: list[dict[str, str]], delimiter: str = ";") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def drafted(folder: Path, content: bytes, name: str = "rulings.csv", **wanted: str) -> Drafted:
    file = folder / name
    file.write_bytes(content)
    return draft_pack(folder / "port", file, Wanted(**wanted))


def taken(folder: Path, draft: Drafted, file: Path, clock: FixedClock) -> IngestReport:
    """What comes of the file under its own draft."""
    pack = load_pack(draft.folder)
    node = create_node(folder / "node", "lumen.example/draft", pack, clock, noted=NOTED)
    return ingest(node, pack, draft.source, file, clock=clock, noted=NOTED)


def test_roles_are_told_by_what_is_in_the_columns(tmp_path: Path) -> None:
    roles = drafted(tmp_path, as_csv(ROWS)).look.roles
    assert (roles.key, roles.subject, roles.name, roles.day) == (
        ("Case No",), "Firm ID", "Firm Name", "Decided",
    )  # fmt: skip


def test_columns_become_facts_of_the_type_that_all_values_have(tmp_path: Path) -> None:
    draft = drafted(tmp_path, as_csv(ROWS))
    facts = load_pack(draft.folder).items["rulings"].facts
    assert {name: fact.type for name, fact in facts.items()} == {
        "fine": FactType.DECIMAL,
        "points": FactType.INTEGER,
        "ruling": FactType.CODE,
        "paid": FactType.BOOLEAN,
        "note": FactType.TEXT,
    }
    sql = (draft.folder / "sources" / "rulings.sql").read_text()
    assert "decimal(\"Fine\", ',', '.') AS fine" in sql
    assert "iso_date(\"Decided\", '%d.%m.%Y') AS decided_on" in sql


def test_only_the_tests_of_the_scheme_are_left_to_be_found(tmp_path: Path) -> None:
    draft = drafted(tmp_path, as_csv(ROWS))
    assert [finding.code.id for finding in lint_pack(str(draft.folder))] == ["GS-SCHEME-033"]


def test_a_draft_takes_its_file(tmp_path: Path, clock: FixedClock) -> None:
    draft = drafted(tmp_path, as_csv(ROWS))
    report = taken(tmp_path, draft, tmp_path / "rulings.csv", clock)
    assert (report.read, report.accepted) == (60, 60)


@pytest.mark.parametrize("kind", ["gz", "json", "jsonl", "parquet"])
def test_other_formats_are_drafted_too(tmp_path: Path, clock: FixedClock, kind: str) -> None:
    name = "rulings.csv.gz" if kind == "gz" else f"rulings.{kind}"
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), parquet)
    contents = {
        "gz": gzip.compress(as_csv(ROWS)),
        "json": json.dumps(ROWS).encode(),
        "jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
        "parquet": parquet.getvalue(),
    }
    draft = drafted(tmp_path, contents[kind], name)
    assert taken(tmp_path, draft, tmp_path / name, clock).accepted == 60


def test_a_file_without_numbers_gets_weak_identifiers(tmp_path: Path, clock: FixedClock) -> None:
    rows = [{"Name": f"Firm {n % 9}", "City": "Lumen", "Date": "2024-03-01"} for n in range(30)]
    draft = drafted(tmp_path, as_csv(rows))
    assert draft.look.roles.subject is None
    report = taken(tmp_path, draft, tmp_path / "rulings.csv", clock)
    assert report.weak == report.accepted == 30


def test_a_file_without_a_header_gets_names_of_ours(tmp_path: Path) -> None:
    rows = "".join(f"{n % 5},{n},2024-03-{n % 28 + 1:02}\n" for n in range(1, 40)).encode()
    draft = drafted(tmp_path, rows, subject="column_1", day="column_3")
    assert not load_pack(draft.folder).sources["rulings"].header
    assert "looks like a row" in " ".join(draft.look.opened.notes)


def test_a_day_that_may_be_read_in_two_ways_is_left_open(tmp_path: Path) -> None:
    rows = [{**row, "Decided": f"{n % 9 + 1:02}/02/2024"} for n, row in enumerate(ROWS)]
    draft = drafted(tmp_path, as_csv(rows))
    assert "which is meant?" in (draft.folder / "sources" / "rulings.sql").read_text()


@pytest.mark.parametrize(
    ("rows", "wanted", "code"),
    [
        ([{"A": "x", "Id": "1"}], {}, "GS-INGEST-061"),
        ([{"Day": "2024-01-01", "Size": "very big"}], {}, "GS-INGEST-060"),
        (ROWS, {"subject": "firm id"}, "GS-INGEST-060"),
    ],
)
def test_what_cannot_be_drafted_is_refused(
    tmp_path: Path, rows: list[dict[str, str]], wanted: dict[str, str], code: str
) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        drafted(tmp_path, as_csv(rows), **wanted)
    assert refusal.value.code.id == code
    assert not (tmp_path / "port").exists()


@pytest.mark.parametrize("draft_again", [draft_pack, draft_source])
def test_a_draft_replaces_nothing(
    tmp_path: Path, draft_again: Callable[[Path, Path], Drafted]
) -> None:
    draft = drafted(tmp_path, as_csv(ROWS))
    with pytest.raises(GoodStandingError, match="GS-INGEST-062"):
        draft_again(draft.folder, tmp_path / "rulings.csv")


def test_a_contract_comes_into_a_pack_that_is_there(tmp_path: Path) -> None:
    draft = drafted(tmp_path, as_csv(ROWS))
    more = draft_source(draft.folder, tmp_path / "rulings.csv", named="appeals")
    assert more.source == "appeals"
    assert [finding.code.id for finding in lint_pack(str(draft.folder))] == ["GS-SCHEME-033"]


HOSTILE = st.text(
    st.sampled_from(
        [*"ab1 _-'\"`;:#{}[](),|&*!%@\\/<>=+\n\t\x00\x1b", "\u202e", "\u200b", "é", "名"]
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(HOSTILE, min_size=2, max_size=5, unique=True),
    values=st.lists(HOSTILE, min_size=6, max_size=6),
)
def test_whatever_columns_are_called_the_draft_is_only_a_draft(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], values: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    columns = ["Id", "Date", *names]
    rows = [
        dict(zip(columns, [str(n), "2024-03-01", *(values[n % 6] for _ in names)], strict=True))
        for n in range(12)
    ]
    try:
        draft = drafted(folder, as_csv(rows, ","))
    except GoodStandingError:
        assert not (folder / "port").exists()
        return
    codes = {finding.code.id for finding in lint_pack(str(draft.folder))}
    assert codes <= {"GS-SCHEME-033"}
    assert sorted(path.name for path in folder.iterdir()) == ["port", "rulings.csv"]
