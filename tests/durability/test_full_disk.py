"""The disk is full: refused in exact words, nothing acknowledged is lost, then it goes on.

The disk is a real one of a few megabytes where this machine lets us mount it; elsewhere the
process may write to no file, which is the same to the register but for the words.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from tests.durability.children import UNSHARE, can_mount, once, run_module
from tests.durability.small_disk import CASES, LEFT, name_of

NO_ROOM, NO_FILE = "No space left on device", "File too large"
EXPECTED = {"HEAD_MOVED": ("GS-REGISTER-019", 1), "ERASURE_SEALED": ("GS-REGISTER-022", 1)}
#: What a checker says of an erasure that is sealed and cannot be carried out.
HALF_ERASED = "erasure unfinished"

Told = dict[str, Any]


@pytest.fixture(scope="session")
def mounted() -> bool:
    possible = can_mount()
    if not possible:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn("NO DISK CAN BE MOUNTED HERE: RLIMIT_FSIZE stands in", stacklevel=1)
    return possible


@pytest.fixture(scope="session")
def told(mounted: bool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What the child told of each case; one child for all the processes that run these tests."""

    def run() -> str:
        folder = str(tmp_path_factory.mktemp("disk"))
        module = "tests.durability.small_disk"
        if mounted:
            return run_module(module, folder, "tmpfs", within=UNSHARE)
        return run_module(module, folder, "limit")

    cases = [json.loads(line) for line in once(tmp_path_factory, "full-disk", run).splitlines()]
    return {case["case"]: case for case in cases}


NAMES = [name_of(*case) for case in CASES]


@pytest.mark.parametrize("case", NAMES)
def test_a_full_disk_is_refused_in_exact_words(
    told: dict[str, Told], mounted: bool, case: str
) -> None:
    refusal, point = told[case]["refusal"], case.split(", ")[1]
    code = "GS-REGISTER-021" if point == "PENDING" else EXPECTED.get(point, ("GS-REGISTER-018",))[0]
    assert refusal["code"] == code
    reasons = (NO_ROOM,) if mounted else (NO_FILE, "disk I/O error")
    assert refusal["what"].rstrip(".").endswith(reasons)


@pytest.mark.parametrize("case", NAMES)
def test_nothing_is_sealed_by_halves(told: dict[str, Told], case: str) -> None:
    point = case.split(", ")[1]
    assert told[case]["grown"] == EXPECTED.get(point, ("", 0))[1]


@pytest.mark.parametrize("case", NAMES)
def test_what_is_published_verifies_on_the_full_disk(told: dict[str, Told], case: str) -> None:
    assert [found for found in told[case]["as_left"] if HALF_ERASED not in found] == []


def goes_on(case: Told) -> bool:
    whole = case["head"] == case["checkpoint"] and not case["findings"]
    return whole and not case["unfinished"] and not case["mark"]


@pytest.mark.parametrize("case", NAMES)
def test_with_room_again_everything_goes_on(told: dict[str, Told], case: str) -> None:
    assert goes_on(told[case])


@pytest.mark.parametrize("pages", LEFT)
def test_wherever_the_room_ends_it_is_refused_or_sealed(
    told: dict[str, Told], mounted: bool, pages: int
) -> None:
    if not mounted:
        pytest.skip("NO DISK CAN BE MOUNTED HERE")
    case = told[f"{pages} pages"]
    sealed = case["refusal"] is None or case["refusal"]["code"] == "GS-REGISTER-019"
    assert case["grown"] > 0 if sealed else case["refusal"]["code"] == "GS-REGISTER-018"
    assert case["as_left"] == []
    assert goes_on(case)
