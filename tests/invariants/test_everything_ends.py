"""DESIGN 2.5 everything_ends: every adverse record has an end or a review date when it is written.

Made-up packs take made-up rows through ingestion itself. Their numbers of the law may begin
anywhere, as lint would never let them; what then is sealed must end, or be reviewed, all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.catalogue import (
    Effect,
    Indefinite,
    Item,
    Pack,
    Parameter,
    ParameterValue,
    end_of,
    law_end,
    list_packs,
    load_pack,
    review_of,
)
from goodstanding.catalogue.ends import (
    FARTHEST,
    Dates,
    end_sql,
    law_end_sql,
    review_sql,
)
from goodstanding.catalogue.model import OWN_END
from goodstanding.ingest import ingest
from goodstanding.kernel import Fixed, FixedClock, Noted
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)
CLOCK = FixedClock(datetime(2024, 6, 1, 12, tzinfo=UTC))
FEW = settings(max_examples=25, deadline=None, database=None)

#: Around the days on which numbers of the law may begin, and the bounds of what is taken.
DAYS = [
    date(2015, 1, 1),
    date(2019, 12, 31),
    date(2020, 1, 1),
    date(2020, 2, 29),
    date(2023, 8, 31),
    date(2024, 5, 31),
]
LATER = [*DAYS, date(2025, 1, 31), date(2030, 6, 30), FARTHEST, date(3000, 1, 1), date.max]
COLUMNS = ("no", "item", "decided", "effective", "amended", "ends", "paid")
SQL = """SELECT no AS source_key, item, 'lum-op:0001' AS subject, 'Lumen Lines' AS subject_name,
  'Fine' AS document, 'port_act.3' AS basis, decided AS decided_on, effective AS effective_on,
  amended AS amended_on, ends AS ends_on, paid AS paid_on FROM delivered"""


@dataclass(frozen=True)
class Row:
    """What an agency may say of a record's time."""

    item: str
    decided: date | None
    effective: date | None
    amended: date | None
    ends: date | None
    paid: date | None


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    listed = st.sampled_from([DAYS[0], *DAYS])
    starts = sorted(draw(st.lists(listed, min_size=1, max_size=3, unique=True)))
    months = st.sampled_from([1, 12, 24, 1200])
    values = [ParameterValue(day, Fixed(draw(months), 0), "port_act.9") for day in starts]
    return replace(load().parameters["fine_months"], id=name, values=tuple(values))


@st.composite
def items(draw: st.DrawFn, name: str) -> Item:
    review = Indefinite("port_act.9", "review", "harbour_office")
    item = load().items["berth_fine"]
    facts = {"paid_on": replace(item.facts["paid_on"], required=draw(st.booleans()))}
    return replace(
        item,
        id=name,
        effect=draw(st.sampled_from([Effect.ADVERSE, Effect.ADVERSE, Effect.NEUTRAL])),
        facts=facts,
        retention=draw(st.sampled_from(["months", "months", None])),
        ends_from=draw(st.sampled_from(["effective_on", "decided_on", OWN_END, "paid_on"])),
        indefinite=draw(st.sampled_from([None, None, review])),
    )


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """The pack of the harbour with three made-up items and numbers of the law."""
    pack = load()
    made = {name: draw(items(name)) for name in ("one", "two", "three")}
    law = {name: draw(parameters(name)) for name in ("months", "review")}
    source = replace(
        pack.sources["fines"],
        items=tuple(made),
        columns=COLUMNS,
        sql=SQL,
        checks=(),
        max_rejected_share=Fixed(10000, 4),
    )
    return replace(
        pack,
        items={**pack.items, **made},
        parameters={**pack.parameters, **law},
        sources={**pack.sources, "fines": source},
    )


def rows(days: Sequence[date] = DAYS) -> st.SearchStrategy[Row]:
    # Mostly days that go together, so that rows are taken as well as refused.
    rarely = st.sampled_from([None] * 30 + LATER)
    return st.builds(
        Row,
        item=st.sampled_from(["one", "two", "three"]),
        decided=st.sampled_from(days),
        effective=st.sampled_from([None] * 20 + LATER),
        amended=rarely,
        ends=rarely,
        paid=st.none() | st.sampled_from(LATER[:-2]),
    )


def load() -> Pack:
    """The pack of the harbour."""
    return load_pack(Path(__file__).parent.parent / "fixtures" / "packs" / "harbour")


def taken(pack: Pack, given: Sequence[Row]) -> tuple[list[Record], int]:
    """What is sealed of these rows, and how many are refused."""
    lines = [",".join(COLUMNS)]
    for n, row in enumerate(given):
        values = (n, *(getattr(row, field.name) for field in fields(row)))
        lines.append(",".join("" if value is None else str(value) for value in values))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        file.write_text("\n".join([*lines, ""]), "utf-8")
        node = Node.create(
            Path(folder) / "node", "lumen.example/x", pack.id, pack.digest, CLOCK, noted=NOTED
        )
        report = ingest(node, pack, "fines", file, clock=CLOCK, noted=NOTED)
        records = node.log.records(range(node.log.head.size), noted=NOTED)
    assert report.accepted + report.rejected == report.read == len(given)
    return records, report.rejected


def test_no_adverse_record_is_without_an_end_or_a_review_date() -> None:
    sealed: list[Record] = []

    @FEW
    @given(pack=packs(), given_rows=st.lists(rows(), min_size=6, max_size=24))
    def look(pack: Pack, given_rows: list[Row]) -> None:
        records, _ = taken(pack, given_rows)
        check(pack, given_rows, records)
        sealed.extend(records)

    look()
    # That nothing is taken would prove nothing, and so would it if all of it had an end.
    assert len(sealed) > 50
    assert any(record.ends_on is None for record in sealed)


def check(pack: Pack, given_rows: Sequence[Row], records: Sequence[Record]) -> None:
    """What must be true of the end of everything that was sealed."""
    for record in records:
        item, row = pack.items[record.item], given_rows[int(record.source_key)]
        review = review_of(pack, item, record)
        if item.effect is Effect.ADVERSE:
            assert record.ends_on is not None or review is not None
        assert record.ends_on is None or review is None
        # An end that was stated is the end, to the day; no end is later than the law allows.
        assert row.ends is None or record.ends_on == row.ends
        said = Dates(
            record.effective_on, record.decided_on, record.amended_on, row.ends, record.facts
        )
        assert record.ends_on == end_of(pack, item, said)
        law = law_end(pack, item, record)
        assert law is None or record.ends_on is None or record.ends_on <= law
        assert record.ends_on is None or record.ends_on > record.effective_on


@FEW
@given(pack=packs(), given_rows=st.lists(rows(LATER), min_size=1, max_size=30))
def test_the_day_is_the_same_as_a_function_and_in_sql(pack: Pack, given_rows: list[Row]) -> None:
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE staged (item VARCHAR, decided_on DATE, effective_on DATE, "
            "amended_on DATE, ends_on DATE, paid_on DATE)"
        ).fetchall()
        for row in given_rows:
            if row.effective is None:
                continue
            item = pack.items[row.item]
            values = [getattr(row, field.name) for field in fields(row)]
            con.execute("DELETE FROM staged").fetchall()
            con.execute("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)", values).fetchall()
            sql = [law_end_sql(pack, item), end_sql(pack, item), review_sql(pack, item)]
            found = con.execute(f"SELECT {', '.join(sql)} FROM staged").fetchone()
            said = Dates(row.effective, row.decided, row.amended, row.ends, {"paid_on": row.paid})
            asked = (pack, item, said)
            assert found == (law_end(*asked), end_of(*asked), review_of(*asked))


@pytest.mark.parametrize("name", list_packs())
def test_every_adverse_item_of_every_pack_ends(name: str) -> None:
    pack = load_pack(name)
    for item in pack.items.values():
        if item.effect is Effect.ADVERSE:
            assert item.ends
            terms = [item.retention, item.indefinite.review if item.indefinite else None]
            for parameter in (pack.parameters[term] for term in terms if term is not None):
                months = parameter.at(item.in_force.start)
                assert months is not None
                assert months.units > 0
