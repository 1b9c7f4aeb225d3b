"""The published list: every event once, and no member that sealing needs for itself."""

from __future__ import annotations

import pytest

from goodstanding.audit import EVENTS, EventType, Kind, Member, events


def test_every_event_of_the_module_is_on_the_list() -> None:
    declared = [value for value in vars(events).values() if isinstance(value, EventType)]
    assert sorted(e.name for e in declared) == sorted(EVENTS)


def test_the_name_of_an_event_is_the_name_of_its_constant() -> None:
    constants = {n: v for n, v in vars(events).items() if isinstance(v, EventType)}
    assert all(name == event.name.upper() for name, event in constants.items())


@pytest.mark.parametrize("name", ["by", "ticket", "known_at", "schema", "stream", "A", "", "a b"])
def test_a_member_cannot_take_a_name_that_sealing_needs(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a member"):
        Member(name, "anything")


@pytest.mark.parametrize("name", ["", "Looked", "looked at", "9th"])
def test_an_event_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        EventType(name, Kind.LOOK, "A look", "Someone looks.")
