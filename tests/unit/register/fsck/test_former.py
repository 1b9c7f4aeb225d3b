"""A key of before counts only if the log's own rotations lead from it to the present one."""

from __future__ import annotations

from goodstanding.register.fsck.former import former_keys
from goodstanding.register.keys import SigningKey, VerifyingKey

FIRST, SECOND, THIRD, STRANGER = (
    SigningKey.generate("register.example/lumen").verifying_key for _ in range(4)
)


def rotation(old: VerifyingKey, new: VerifyingKey) -> dict[str, object]:
    return {"event": "key_rotated", "old": str(old), "new": str(new)}


def test_keys_are_followed_back_in_a_chain() -> None:
    rotations = [rotation(FIRST, SECOND), rotation(SECOND, THIRD)]
    assert former_keys(THIRD, rotations) == [SECOND, FIRST]


def test_a_rotation_to_another_key_names_no_former_one() -> None:
    assert former_keys(THIRD, [rotation(FIRST, STRANGER), rotation(SECOND, THIRD)]) == [SECOND]


def test_what_is_no_key_ends_the_chain() -> None:
    assert former_keys(THIRD, [{"old": "nonsense", "new": str(THIRD)}]) == []
    assert former_keys(THIRD, [{"old": 1, "new": str(THIRD)}]) == []
