"""Full lists in any order, again and again, end in the state of the newest by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.ingest.conftest import HEADER, fine

from goodstanding.catalogue import Missing, Pack
from goodstanding.ingest import Handover, ingest
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Node

NOTED = Noted("test", 0)
FIRST = date(2024, 3, 1)
NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)

#: The lists: day number -> key -> amount. Days are handed over in the order of the dict.
Lists = dict[int, dict[str, int]]
LISTS = st.dictionaries(
    st.integers(0, 5),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), min_size=1),
    min_size=1,
    max_size=5,
)


def state(node: Node, on: date) -> dict[str, str]:
    records = node.log.records(range(node.log.head.size), noted=NOTED)
    gone = {record.supersedes for record in records}
    return {
        r.source_key: str(r.facts["amount"])
        for r in records
        if r.leaf not in gone
        and r.act != "withdrawal"
        and r.effective_on <= on
        and (r.ends_on is None or on < r.ends_on)
    }


def hand_over(node: Node, pack: Pack, clock: FixedClock, lists: Lists, order: list[int]) -> None:
    for day in order:
        clock.instant += timedelta(minutes=1)
        rows = [fine(k, date="01.02.2024", amount=f"{n}.00") for k, n in lists[day].items()]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "fines.csv"
            path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
            handed = Handover(FIRST + timedelta(days=day), again=True)
            ingest(node, pack, "fines", path, clock=clock, noted=NOTED, handover=handed)


@settings(max_examples=12)
@given(LISTS, st.data(), st.sampled_from([Missing.ENDED, Missing.WITHDRAWN]))
def test_the_newest_list_by_date_stands(
    harbour: Pack, lists: Lists, data: st.DataObject, missing: Missing
) -> None:
    source = replace(
        harbour.sources["fines"], snapshot=True, missing=missing, min_share_of_last=None
    )
    pack = replace(harbour, sources={"fines": source})
    days = st.sampled_from(sorted(lists))
    order = [*data.draw(st.permutations(sorted(lists))), *data.draw(st.lists(days, max_size=3))]
    newest = max(lists)
    with TemporaryDirectory() as folder:
        clock = FixedClock(NOW)
        node = Node.create(
            Path(folder) / "node", "lumen.example/register", pack.id, pack.digest, clock,
            noted=NOTED,
        )  # fmt: skip
        hand_over(node, pack, clock, lists, order)
        expected = {key: f"{amount}.00" for key, amount in lists[newest].items()}
        assert state(node, FIRST + timedelta(days=newest)) == expected


@settings(max_examples=4)
@given(LISTS)
def test_an_older_list_is_never_taken_unasked(harbour: Pack, lists: Lists) -> None:
    source = replace(harbour.sources["fines"], snapshot=True, missing=Missing.ENDED)
    pack = replace(harbour, sources={"fines": replace(source, min_share_of_last=None)})
    with TemporaryDirectory() as folder:
        clock = FixedClock(NOW)
        node = Node.create(
            Path(folder) / "node", "lumen.example/register", pack.id, pack.digest, clock,
            noted=NOTED,
        )  # fmt: skip
        newest = max(lists)
        hand_over(node, pack, clock, lists, [newest])
        before = node.log.head
        path = Path(folder) / "fines.csv"
        path.write_text("\n".join([HEADER, fine("z", date="01.02.2024"), ""]), "utf-8")
        older = Handover(FIRST + timedelta(days=newest - 1))
        with pytest.raises(GoodStandingError) as refusal:
            ingest(node, pack, "fines", path, clock=clock, noted=NOTED, handover=older)
        assert refusal.value.code.id == "GS-INGEST-032"
        assert node.log.head == before
