"""A Parquet file is read in its types; what its columns are called or hold does no harm."""

from __future__ import annotations

import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.ingest.reading.conftest import ReadFile, Refused


def _file(columns: list[tuple[str, pa.Array]]) -> bytes:
    out = io.BytesIO()
    names = [name for name, _ in columns]
    pq.write_table(pa.Table.from_arrays([values for _, values in columns], names), out)
    return out.getvalue()


ABC = [(name, pa.array(["1", "2"])) for name in "abc"]


def test_a_row_has_its_number_from_one(read: ReadFile) -> None:
    found = read(_file(ABC), format="parquet")
    assert found.rows == [(1, "1", "1", "1"), (2, "2", "2", "2")]


@pytest.mark.parametrize("name", ["A", "d", "row", "file_row_number", "ROW", "", " a"])
def test_other_columns_may_be_called_anything(read: ReadFile, name: str) -> None:
    twice = [(name, pa.array(["x", "y"])), (name, pa.array(["x", "y"]))]
    for extra in (twice[:1], twice):
        assert read(_file([*extra, *ABC]), format="parquet").rows[0] == (1, "1", "1", "1")


def test_a_double_column_that_is_used_is_refused(refused: Refused) -> None:
    assert refused(_file([*ABC, ABC[1]]), format="parquet").code.id == "GS-INGEST-018"


def test_a_name_in_other_case_is_said(refused: Refused) -> None:
    refusal = refused(_file([("A", ABC[0][1]), *ABC[1:]]), format="parquet")
    assert refusal.code.id == "GS-INGEST-006"
    assert "a is 'A'" in refusal.what


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([[1], [2]]), "lists"),
        (pa.array([{"x": 1}, {"x": 2}]), "groups"),
        (pa.array([[("x", 1)], []], pa.map_(pa.string(), pa.int32())), "maps"),
        (pa.array([b"1", b"2"]), "bytes"),
    ],
)
def test_a_column_without_single_values_is_refused_if_it_is_used(
    read: ReadFile, refused: Refused, values: pa.Array, kind: str
) -> None:
    refusal = refused(_file([*ABC[:2], ("c", values)]), format="parquet")
    assert refusal.code.id == "GS-INGEST-028"
    assert f"'c' of the file 'list.csv' holds {kind}" in refusal.what
    assert len(read(_file([*ABC, ("d", values)]), format="parquet").rows) == 2


def test_days_beyond_any_calendar_are_read(read: ReadFile) -> None:
    days = pa.array([3_732_871, 20_151], pa.int32()).view(pa.date32())
    moments = pa.array([2**63 - 1, 0], pa.int64()).view(pa.timestamp("us"))
    found = read(_file([ABC[0], ("b", days), ("c", moments)]), format="parquet")
    assert found.delivered.rows == 2
    assert found.rows[1][2] == date(2025, 3, 4)


def test_a_cut_file_is_refused_in_our_words(refused: Refused) -> None:
    refusal = refused(_file(ABC)[:-20], format="parquet")
    assert refusal.code.id == "GS-INGEST-005"
    assert refusal.what.endswith("it is damaged, or cut off.")
