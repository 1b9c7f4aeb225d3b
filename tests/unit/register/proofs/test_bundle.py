"""A bundle that is made verifies; bytes that are changed never prove another thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors.bundle_cases import CASES

from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Log, NewEvent, RecordTable
from goodstanding.register.proofs.bundle import (
    Bundle,
    LawArticle,
    check_limits,
    make_bundle,
    parse_bundle,
    read_json,
)
from goodstanding.register.proofs.verify import verify_bundle
from goodstanding.register.proofs.words import Verdict

NOTED = Noted("test", 0)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
ARTICLE = LawArticle(
    "port_act.7", "port_act", {"en": "Port Act"}, "7", {"en": "Fines"}, {"en": "The office fines."},
    "2015-01-01", None, None, "verified",
)  # fmt: skip
PLAIN = next(case for case in CASES if case.name == "valid-record-of-8")

Row = dict[str, object]


def find_article(id: str) -> LawArticle | None:
    return ARTICLE if id == ARTICLE.id else None


def no_article(_id: str) -> None:
    return None


def verdict(bundle: Bundle, log: Log) -> Verdict:
    return verify_bundle(bundle.as_bytes(), [str(log.key)], now=NOW)


def refusal(data: bytes) -> str:
    with pytest.raises(GoodStandingError) as refused:
        verify_bundle(data, PLAIN.keys, now=NOW)
    assert refused.value.code.id == "GS-REGISTER-005"
    return refused.value.what


def proved_or_refused(data: bytes) -> tuple[str, ...] | None:
    """What the bytes prove; None if they are refused as they should be."""
    try:
        return verify_bundle(data, PLAIN.keys, now=NOW).proved
    except GoodStandingError as error:
        if error.code.id != "GS-REGISTER-005":
            raise
        return None


@pytest.fixture
def filled(log: Log, make_table: Callable[..., RecordTable], make_row: Callable[..., Row]) -> Log:
    """An event at leaf 0, then five records."""
    events = [NewEvent("delivery", {"source": "s"})]
    log.append(events, [make_table([make_row(n) for n in range(5)])], clock=CLOCK, noted=NOTED)
    return log


@pytest.mark.parametrize("leaf", [0, 1, 5])
def test_what_is_made_verifies(filled: Log, leaf: int) -> None:
    made = make_bundle(filled, leaf, find_article, noted=NOTED)
    assert f"entry {leaf} of the register" in verdict(made, filled).proved[0]


def test_a_bundle_is_what_its_file_says(filled: Log) -> None:
    made = make_bundle(filled, 2, find_article, noted=NOTED)
    assert parse_bundle(read_json(made.as_bytes().decode())) == made


def test_a_record_comes_with_the_article_it_rests_on(filled: Log) -> None:
    assert make_bundle(filled, 1, find_article, noted=NOTED).law == (ARTICLE,)


def test_an_article_that_the_pack_lacks_is_said_to_be_missing(filled: Log) -> None:
    made = make_bundle(filled, 1, no_article, noted=NOTED)
    said = verdict(made, filled).not_proved[-1]
    assert said == "What port_act.7 says: the bundle carries no copy of it."


def test_an_event_rests_on_no_article(filled: Log) -> None:
    assert make_bundle(filled, 0, find_article, noted=NOTED).law == ()


def test_a_leaf_beyond_the_checkpoint_has_no_bundle(filled: Log) -> None:
    with pytest.raises(GoodStandingError, match="GS-REGISTER-011"):
        make_bundle(filled, 6, find_article, noted=NOTED)


def test_without_a_payload_there_is_nothing_to_show(filled: Log) -> None:
    # The files of an erased row: the segment is there, the row is not.
    segment = filled.segments("berth_fine")[0]
    segment.file.rename(segment.file.with_name("9-1.parquet"))
    with pytest.raises(GoodStandingError, match="GS-REGISTER-050"):
        make_bundle(filled, 2, find_article, noted=NOTED)


def test_another_registers_key_does_not_do(filled: Log, tmp_path: Path) -> None:
    other = Log.create(tmp_path / "other", "register.example/other")
    made = make_bundle(filled, 2, find_article, noted=NOTED)
    with pytest.raises(GoodStandingError, match="step 7, signed checkpoint"):
        verdict(made, other)


def test_the_key_in_the_bundle_is_not_trusted_in_silence(filled: Log) -> None:
    made = make_bundle(filled, 2, find_article, noted=NOTED)
    said = " ".join(verify_bundle(made.as_bytes(), now=NOW).not_proved)
    assert "it came with the bundle, and anyone can make a key of that name" in said


def test_a_key_that_does_not_sign_is_refused_though_the_bundle_says_otherwise(filled: Log) -> None:
    made = make_bundle(filled, 2, find_article, noted=NOTED)
    strange = replace(made, key=PLAIN.keys[0])
    assert verdict(strange, filled) is not None
    with pytest.raises(GoodStandingError, match="step 7"):
        verify_bundle(strange.as_bytes(), now=NOW)


@given(st.integers(0, len(PLAIN.data) - 1), st.integers(0, 7))
def test_no_changed_bit_proves_another_thing(at: int, bit: int) -> None:
    data = bytearray(PLAIN.data)
    data[at] ^= 1 << bit
    said = proved_or_refused(bytes(data))
    assert said in (None, proved_or_refused(PLAIN.data))


@given(st.binary(max_size=300))
def test_no_other_bytes_verify(data: bytes) -> None:
    assert refusal(data)


@given(st.text(max_size=200))
def test_no_sealed_text_gives_anything_but_a_refusal(sealed: str) -> None:
    value = json.loads(PLAIN.data)
    value["entry"]["sealed"] = sealed
    assert refusal(json.dumps(value).encode())


@given(st.text(max_size=200))
def test_no_checkpoint_gives_anything_but_a_refusal(note: str) -> None:
    value = json.loads(PLAIN.data)
    value["checkpoint"] = note
    assert "step 7" in refusal(json.dumps(value).encode())


@given(st.text(max_size=200))
def test_no_policy_text_gives_anything_but_a_refusal(policy: str) -> None:
    with pytest.raises(GoodStandingError, match=r"step [69]"):
        verify_bundle(PLAIN.data, PLAIN.keys, f"{policy}\nx\n", now=NOW)


@given(st.recursive(st.none() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_depth_is_that_of_the_value(value: object) -> None:
    def depth(each: object) -> int:
        return 1 + max(map(depth, each), default=0) if isinstance(each, list) else 0

    expected = depth(value)
    if expected <= 16:
        assert check_limits(json.dumps(value).encode()) == expected


def test_brackets_within_texts_are_not_depth() -> None:
    assert check_limits(b'["[[[\\"[[[[", "\\\\", ["]"]]') == 2


def test_the_limits_do_not_cost_more_than_the_length() -> None:
    # Unclosed texts and backslashes are where a careless pattern tries everything.
    for data in (b'"' * (1 << 20), b"\\" * (1 << 20), b'"\\' * (1 << 19), b'["' * (1 << 19)):
        assert "step" in refusal(data)
