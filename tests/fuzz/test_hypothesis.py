"""No bytes from outside give anything but a value or a GoodStandingError (Hypothesis).

Most examples are well-formed bytes with a few edits: random bytes rarely get past a first
check. A failure prints the bytes; put them among the target's hostile ones.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.targets import TARGETS, withstand

#: A loaded machine may be slow; what takes longer than this hangs.
QUICK = timedelta(seconds=5)

#: What has broken readers of text before: half characters, other digits, deep nesting, length.
FRAGMENTS = st.sampled_from(
    [
        b"",
        b"\n",
        b"\n\n",
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        "\u2014 ".encode(),
        "\u0663\uff11\u00b2".encode(),
        "\u2028\u0085\u00a0".encode(),
        b"\\ud800",
        b"[" * 5000,
        b'{"a":' * 5000,
        b"9" * 5000,
        b"1e400",
        b"-0",
        b"NaN",
        b"x000/",
        b"+",
        b"=",
        b"A" * 70_000,
    ]
)


@st.composite
def edited(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed, a few spans of it replaced, doubled or cut out."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(FRAGMENTS | st.binary(max_size=8) | st.just(data[start:end] * 2))
        data = data[:start] + piece + data[end:]
    return data


def explore(name: str, examples: int) -> None:
    """Try ``examples`` inputs on one target."""
    target = TARGETS[name]

    @settings(
        max_examples=examples,
        deadline=QUICK,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(edited(target.seeds) | st.binary(max_size=200))
    def check(data: bytes) -> None:
        withstand(target, data)

    check()


@pytest.mark.parametrize("name", list(TARGETS))
def test_outside_bytes_give_a_value_or_a_refusal(name: str) -> None:
    explore(name, 150)


@pytest.mark.soak
@pytest.mark.parametrize("name", list(TARGETS))
def test_many_more_bytes_give_a_value_or_a_refusal(name: str) -> None:
    explore(name, 20_000)


HOSTILE = [(name, data) for name, target in TARGETS.items() for data in target.hostile]


@pytest.mark.parametrize(
    ("name", "data"), HOSTILE, ids=[f"{name}-{data[:24]!r}" for name, data in HOSTILE]
)
def test_what_broke_a_reader_once_does_not_again(name: str, data: bytes) -> None:
    withstand(TARGETS[name], data)
