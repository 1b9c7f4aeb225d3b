"""What a register of the made-up jurisdiction holds: items, and entries drawn by Hypothesis."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from tests.spec.jurisdiction import Entry, fact, item

from goodstanding.catalogue import FactType

#: Three items about businesses, one about public bodies.
ITEMS = {
    made.id: made
    for made in (
        item(
            "alpha",
            fact("amount", FactType.MONEY, 2, required=True),
            fact("flag", FactType.BOOLEAN),
            fact("kind", FactType.CODE, codes="abc"),
            fact("rate", FactType.DECIMAL, 3),
            fact("score", FactType.INTEGER),
            fact("seen", FactType.DATE),
            fact("visit", FactType.TEXT),
        ),
        item(
            "beta",
            fact("amount", FactType.DECIMAL, 4),
            fact("kind", FactType.CODE, codes="ad"),
            fact("score", FactType.INTEGER, required=True),
            fact("visit", FactType.TEXT, required=True),
        ),
        item("gamma"),
        item("delta", fact("amount", FactType.MONEY, 2), kinds=("public_body",)),
    )
}


#: Which items newer records of others end; never in a circle.
ENDED_BY: list[dict[str, tuple[str, ...]]] = [
    {},
    {"alpha": ("gamma",)},
    {"beta": ("alpha",)},
    {"alpha": ("beta", "gamma"), "beta": ("gamma",)},
]

DAYS = [
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2024, 1, 30),
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 3, 31),
    date(2024, 5, 31),
]
#: Where adding to a date meets the ends of the calendar; and around those of a place's own.
EARLY = date(1999, 12, 31)
EDGES = [date(9999, 12, 31), date(9999, 11, 30), date(1, 1, 31), EARLY, date(2000, 1, 1),
         date(2026, 12, 31), date(2027, 1, 1)]  # fmt: skip
AS_OF = [*DAYS[4:], date(2024, 6, 30), date(2025, 2, 28)]
#: A day to ask about that a place's own calendar does not know yet.
LATE = date(2027, 1, 4)
INSTANTS = [datetime(2025, 3, day, 12, 0, 0, 1, tzinfo=UTC) for day in (1, 2, 3)]
TEXTS = ["", "A", "a", "b", "Z", "é", "z", "中", "𝄞"]
SUBJECTS = ["biz:1", "biz:10", "biz:2"]


def _money(places: int) -> st.SearchStrategy[Decimal]:
    units = st.integers(-20000, 90000) | st.sampled_from([0, 100, 5000])
    return units.map(lambda u: Decimal(u).scaleb(-places))


FACTS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "alpha": {
        "amount": _money(2),
        "flag": st.sampled_from([True, False, None]),
        "kind": st.sampled_from(["a", "b", "c", None]),
        "rate": st.none() | _money(3),
        "score": st.none() | st.integers(-3, 12),
        "seen": st.none() | st.sampled_from(DAYS),
        "visit": st.none() | st.sampled_from(TEXTS),
    },
    "beta": {
        "amount": st.none() | _money(4),
        "kind": st.sampled_from(["a", "d", None]),
        "score": st.integers(-3, 12),
        "visit": st.sampled_from(TEXTS),
    },
    "gamma": {},
    "delta": {"amount": _money(2)},
}


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """What a register holds: records, and corrections or withdrawals of earlier ones."""
    made: list[Entry] = []
    days = [*DAYS, *EDGES[2:]]
    for leaf in range(draw(st.sampled_from([4, 8, 12, 2]))):
        name = draw(st.sampled_from(["alpha", "alpha", "alpha", "beta", "beta", "gamma", "delta"]))
        # A register holds one standing record of a source's key: each is superseded once, by
        # an entry that is not known before it.
        gone = {(e.item, e.supersedes) for e in made}
        earlier = [e for e in made if e.item == name and (name, e.leaf) not in gone]
        replaced = draw(st.none() | st.none() | st.sampled_from(earlier)) if earlier else None
        begins = draw(st.sampled_from([*DAYS, EARLY]))
        lasts = draw(st.none() | st.integers(1, 200))
        subject = replaced.subject if replaced else draw(st.sampled_from(SUBJECTS))
        facts = {own: draw(values) for own, values in FACTS[name].items()}
        if "seen" in facts and draw(st.integers(0, 5)) == 5:
            facts["seen"] = draw(st.sampled_from(EDGES))
        acts = st.sampled_from(["correction", "withdrawal"]) if replaced else st.just("record")
        made.append(
            Entry(
                leaf=leaf * 3,
                item=name,
                subject=subject,
                subject_kind="public_body" if name == "delta" else "business",
                effective_on=begins,
                ends_on=None if lasts is None else begins + timedelta(days=lasts),
                decided_on=draw(st.none() | st.sampled_from(days)),
                published_on=draw(st.none() | st.sampled_from(days)),
                known_at=max(draw(st.sampled_from(INSTANTS)), replaced.known_at)
                if replaced
                else draw(st.sampled_from(INSTANTS)),
                source=replaced.source if replaced else draw(st.sampled_from(["s", "t"])),
                source_key=replaced.source_key
                if replaced
                else draw(st.sampled_from("kK")) + str(leaf),
                act=draw(acts),
                supersedes=replaced.leaf if replaced else None,
                facts=facts,
            )
        )
    return made
