"""DESIGN 2.1 closed_catalogue: nothing is recorded that the catalogue does not permit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.catalogue import Pack
from goodstanding.ingest import ingest
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Node

NOTED = Noted("test", 0)

_HEADER = "no,operator,name,date,amount,berth,hours,paid,repeated,authority,item"
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["lum-op:0001", "lum-op:0002", "lum-res:0001", "lei:1"]),
        st.dates(date(2013, 1, 1), date(2026, 1, 1)),
        st.sampled_from(["harbour_office", "ferry_board", "navy", ""]),
        st.sampled_from(["berth_fine", "sailing_permit", "blood_donation", ""]),
        st.sampled_from(["N1", "S2", "Z9"]),
    ),
    min_size=1,
    max_size=30,
)
NOW = datetime(2024, 6, 1, tzinfo=UTC)


@given(rows=_ROWS)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_closed_catalogue(
    rows: list[tuple[str, date, str, str, str]],
    harbour: Pack,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("closed")
    node = Node.create(
        folder / "node", "lumen.example/r", harbour.id, harbour.digest, FixedClock(NOW), noted=NOTED
    )
    path = folder / "fines.csv"
    lines = [
        f"{n},{subject},Name,{day:%d.%m.%Y},10.00,{berth},4,,false,{authority},{item}"
        for n, (subject, day, authority, item, berth) in enumerate(rows)
    ]
    path.write_text("\n".join([_HEADER, *lines, ""]), "utf-8")
    permitted = {
        str(n)
        for n, (subject, day, authority, item, berth) in enumerate(rows)
        if subject.startswith("lum-op:")
        and (authority, item) == ("harbour_office", "berth_fine")
        and date(2015, 1, 1) <= day <= NOW.date()
        and berth != "Z9"
    }
    if len(permitted) < len(rows) / 100:
        return  # the whole delivery is refused, which other tests show
    report = ingest(node, harbour, "fines", path, clock=FixedClock(NOW), noted=NOTED)
    recorded = {
        record.source_key for record in node.log.records(range(node.log.head.size), noted=NOTED)
    }
    assert recorded == permitted
    assert report.accepted == len(permitted)
