import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError
from goodstanding.register.witness import Proof, Submission, parse_proof, parse_submission

HASH = bytes(range(32))
LINE = b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def refuse(body: bytes) -> str:
    with pytest.raises(GoodStandingError) as refused:
        parse_submission(body)
    assert refused.value.code.id == "GS-REGISTER-005"
    return str(refused.value.values["reason"])


@given(
    st.integers(0, (1 << 63) - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(max_size=80),
)
def test_a_body_that_is_written_reads_back(old: int, hashes: list[bytes], note: bytes) -> None:
    submission = Submission(Proof(old, tuple(hashes)), note)
    assert parse_submission(submission.body()) == submission


def test_a_body_is_the_one_of_the_specification() -> None:
    body = Submission(Proof(20852014, (HASH, HASH)), b"origin\n1\n").body()
    assert body == b"old 20852014\n" + LINE + LINE + b"\norigin\n1\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no empty line parts the proof from the checkpoint"),
        (b"old 1\n", "no empty line parts the proof from the checkpoint"),
        (b"\n\n", "the first line is not `old` and a size"),
        (b"old\n\n", "the first line is not `old` and a size"),
        (b"old 01\n\n", "the first line is not `old` and a size"),
        (b"old -1\n\n", "the first line is not `old` and a size"),
        (b"old  1\n\n", "the first line is not `old` and a size"),
        (b"old 1 \n\n", "the first line is not `old` and a size"),
        (b"old 1\r\n\n", "the first line is not `old` and a size"),
        (b"old 9223372036854775808\n\n", "the first line is not `old` and a size"),
        ("old \u0661\n\n".encode(), "the proof is not ASCII"),
        (b"old 1\n!\n\n", "a hash of the proof is not base64"),
        (b"old 1\nAAAA\n\n", "a hash of the proof has 3 bytes instead of 32"),
        (b"old 1\n" + LINE * 64 + b"\n", "the proof has more than 63 hashes"),
        (b"old 1\n\n" + b"a" * (1 << 20), "the body is longer than 1048576 bytes"),
    ],
)
def test_a_body_that_cannot_be_read(body: bytes, reason: str) -> None:
    assert refuse(body) == reason


def test_sixty_three_hashes_are_read() -> None:
    assert len(parse_proof(b"old 1\n" + LINE * 63).hashes) == 63


@given(st.binary(max_size=200) | st.text(" old01\nA=").map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    code = "GS-REGISTER-005"
    try:
        parse_submission(body)
    except GoodStandingError as error:
        code = error.code.id
    assert code == "GS-REGISTER-005"
