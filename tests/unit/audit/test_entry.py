"""What fits the published list, and what is refused before anything is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.audit import EVENTS, EventType, Kind, Member, Need, events
from goodstanding.audit.entry import MOST_LEAVES, MOST_TEXT, Value, entry_members
from goodstanding.kernel import GoodStandingError, canonical_bytes

SHIP = "lum-op:0001"


def refused(
    event: EventType = events.FILE_EXPLAINED,
    *,
    by: str = "clerk",
    subject: str | None = SHIP,
    leaves: tuple[int, ...] = (),
    purpose: str | None = None,
    **members: Value,
) -> GoodStandingError:
    """The refusal of an event that would be fit but for what is given."""
    said: dict[str, Value] = {"scheme": "s", "as_of": "d", **members}
    with pytest.raises(GoodStandingError) as error:
        entry_members(event, by=by, subject=subject, leaves=leaves, purpose=purpose, members=said)
    return error.value


def test_an_event_that_is_not_on_the_list() -> None:
    strange = EventType("ship_followed", Kind.LOOK, "A ship is followed", "Not on the list.")
    assert refused(strange).code.id == "GS-AUDIT-001"


def test_an_event_that_only_borrows_a_name() -> None:
    payload = (Member("subject_name", "a payload"),)
    wider = EventType("file_explained", Kind.LOOK, "A file", "Wider.", members=payload)
    assert refused(wider).code.id == "GS-AUDIT-001"


def test_a_subject_that_is_no_identifier() -> None:
    assert refused(subject="Lumen Lines").code.id == "GS-KERNEL-001"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refused(subject=None), "must name its subject"),
        (refused(leaves=(1,)), "names no leaves"),
        (refused(events.RECORD_PROVED, scheme=None, as_of=None), "must name its leaves"),
        (refused(events.RECORDS_READ, leaves=(-1,)), "numbers from 0 on"),
        (refused(events.RECORDS_READ, leaves=tuple(range(MOST_LEAVES + 1))), "at most 1,000"),
        (refused(subject_name="Lumen Lines"), "no member 'subject_name'"),
        (refused(scheme=None), "member 'scheme' is missing"),
        (refused(by=""), "'by' is not one line"),
        (refused(by=" "), "'by' is not one line"),
        (refused(by="clerk\n"), "'by' is not one line"),
        (refused(by="x" * (MOST_TEXT + 1)), "'by' is not one line"),
        (refused(purpose="\x1b[2J"), "'purpose' is not one line"),
        (refused(scheme="\ud800"), "'scheme' is not one line"),
    ],
)
def test_what_does_not_fit(error: GoodStandingError, reason: str) -> None:
    assert error.code.id == "GS-AUDIT-002"
    assert reason in error.what


def test_the_bounds_themselves_fit() -> None:
    leaves = range(MOST_LEAVES)
    said = entry_members(events.RECORDS_READ, by="x" * MOST_TEXT, leaves=leaves, members={})
    assert said["leaves"] == list(leaves)


@given(
    st.sampled_from(list(EVENTS.values())),
    st.text(max_size=30),
    st.lists(st.integers(0, 9), max_size=3),
    st.text(max_size=30) | st.none(),
    st.dictionaries(st.sampled_from(["scheme", "as_of", "file", "origin"]), st.text(max_size=30)),
)
def test_what_is_taken_says_nothing_but_what_the_list_declares(
    event: EventType, by: str, leaves: list[int], purpose: str | None, members: dict[str, Value]
) -> None:
    subject = SHIP if event.subject is Need.MUST else None
    try:
        said = entry_members(
            event, by=by, subject=subject, leaves=leaves, purpose=purpose, members=members
        )
    except GoodStandingError:
        return
    declared = {member.name for member in event.members}
    assert said.keys() <= declared | {"by", "subject", "leaves", "purpose"}
    assert canonical_bytes(said)
