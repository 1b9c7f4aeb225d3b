from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError
from goodstanding.register.cosignature import witness_key
from goodstanding.register.keys import SigningKey
from goodstanding.register.policy import NONE, Group, load_logs, load_policy, parse_policy


def fixed(name: str, seed: int) -> SigningKey:
    """The same key in every run: keys stand in the names of the tests below."""
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG = fixed("register.example/lumen", 9).verifying_key
W1, W2, W3 = (witness_key(fixed(f"w{n}.example", n)) for n in (1, 2, 3))
WITNESSES = f"witness A {W1}\nwitness B {W2} https://b.example/\nwitness C {W3}\n"


def refuse(text: str | bytes) -> tuple[object, str]:
    """The line and the reason."""
    with pytest.raises(GoodStandingError) as refused:
        parse_policy(text if isinstance(text, bytes) else text.encode())
    assert refused.value.code.id == "GS-REGISTER-030"
    return refused.value.values["line"], str(refused.value.values["reason"])


def test_a_policy_reads_as_written() -> None:
    text = f"# ours\n\n \tlog {LOG}\thttps://l.example\n{WITNESSES}group G 2 A B C\nquorum G\n"
    policy = parse_policy(text.encode())
    assert policy.log_keys == (LOG,)
    assert [w.name for w in policy.witnesses] == ["A", "B", "C"]
    assert [w.url for w in policy.witnesses] == [None, "https://b.example/", None]
    assert policy.groups == (Group("G", 2, ("A", "B", "C")),)
    assert policy.quorum == "G"


@pytest.mark.parametrize(("word", "needed"), [("any", 1), ("all", 3), ("2", 2), ("3", 3)])
def test_how_many_a_group_needs(word: str, needed: int) -> None:
    policy = parse_policy(f"{WITNESSES}group G {word} A B C\nquorum G\n".encode())
    assert policy.groups[0].needed == needed


@pytest.mark.parametrize(
    ("names", "met"), [("", False), ("A", False), ("A C", True), ("A B", False), ("A B C", True)]
)
def test_a_quorum_of_groups(names: str, met: bool) -> None:
    text = f"{WITNESSES}group X any A B\ngroup Y any C\ngroup Z all X Y\nquorum Z\n"
    assert parse_policy(text.encode()).met(frozenset(names.split())) is met


def test_the_quorum_none_asks_for_nobody() -> None:
    policy = parse_policy(b"quorum none\n")
    assert (policy.quorum, policy.met(frozenset())) == (NONE, True)


def test_a_quorum_of_one_witness() -> None:
    policy = parse_policy(f"{WITNESSES}quorum B\n".encode())
    assert not policy.met(frozenset({"A"}))
    assert policy.met(frozenset({"B"}))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "there is no quorum line"),
        (WITNESSES, 3, "there is no quorum line"),
        ("quorum none", 1, "the line does not end"),
        ("quorum none\nquorum none\n", 2, "there is a quorum line above already"),
        ("quorum A\n", 1, "no line above defines A"),
        ("quorum\n", 1, "a quorum has one name"),
        ("quorum none none\n", 1, "a quorum has one name"),
        (f"quorum A\n{WITNESSES}", 1, "no line above defines A"),
        (f"{WITNESSES}group G any D\n", 4, "no line above defines D"),
        (f"{WITNESSES}group G any G\n", 4, "no line above defines G"),
        (f"{WITNESSES}group G any none\n", 4, "no line above defines none"),
        (f"{WITNESSES}group none any A\n", 4, "the name none is taken by the format itself"),
        (f"{WITNESSES}group A any B\n", 4, "the name A stands above already"),
        (f"{WITNESSES}group G any\n", 4, "a group has a name, a number and at least one member"),
        (f"{WITNESSES}group G 0 A\n", 4, "'0' is not any, all or a number from 1 to 1"),
        (f"{WITNESSES}group G 2 A\n", 4, "'2' is not any, all or a number from 1 to 1"),
        (f"{WITNESSES}group G 01 A\n", 4, "'01' is not any, all or a number from 1 to 1"),
        (f"{WITNESSES}group G some A\n", 4, "'some' is not any, all or a number from 1 to 1"),
        (f"{WITNESSES}group G any A A\n", 4, "A is a member already"),
        (f"{WITNESSES}group G any A\ngroup H any A\n", 5, "A is a member already"),
        (f"witness A {W1}\nwitness A {W2}\n", 2, "the name A stands above already"),
        (f"witness none {W1}\n", 1, "the name none is taken by the format itself"),
        (f"witness A {W1}\nwitness B {W1}\n", 2, "this witness's key stands above already"),
        ("witness A\n", 1, "a witness has a name, a vkey and perhaps a URL"),
        (f"witness A {W1} u v\n", 1, "a witness has a name, a vkey and perhaps a URL"),
        (f"log {LOG}\nlog {LOG}\n", 2, "this log's key stands above already"),
        ("log\n", 1, "a log has a vkey and perhaps a URL"),
        ("log a\n", 1, "the vkey cannot be used: it is not name+id+key"),
        ("logs\n", 1, "'logs' is none of: log, witness, group, quorum"),
        ("quorum none\r\n", 1, "it holds a control character"),
        (b"\x7f\n", 1, "it holds a control character"),
        ("a" * (1 << 20) + "\n", 0, "the policy is longer than any policy"),
    ],
)
def test_what_is_not_plainly_said_is_refused(text: str, line: int, reason: str) -> None:
    assert refuse(text) == (line, reason)


def test_a_log_cannot_have_a_witness_key() -> None:
    assert "for an Ed25519 cosignature (0x04), not for plain" in refuse(f"log {W1}\n")[1]


def test_a_witness_cannot_have_a_log_key() -> None:
    assert "for plain Ed25519 (0x01), not for" in refuse(f"witness A {LOG}\n")[1]


def test_names_are_octets_and_never_normalised() -> None:
    kelvin = "\u212a".encode()
    text = b"witness K %s\nwitness %s %s\nwitness \xff %s\nquorum \xff\n" % (
        str(W1).encode(),
        kelvin,
        str(W2).encode(),
        str(W3).encode(),
    )
    policy = parse_policy(text)
    assert [w.name.encode("utf-8", "surrogateescape") for w in policy.witnesses] == [
        b"K",
        kelvin,
        b"\xff",
    ]


def test_thirty_two_of_each_kind_are_read() -> None:
    logs = "".join(f"log {SigningKey.generate(f'l{n}').verifying_key}\n" for n in range(32))
    names = [witness_key(SigningKey.generate(f"w{n}")) for n in range(32)]
    witnesses = "".join(f"witness W{n} {key}\n" for n, key in enumerate(names))
    groups = "".join(f"group G{n} all W{n}{f' G{n - 1}' if n else ''}\n" for n in range(len(names)))
    policy = parse_policy(f"{logs}{witnesses}{groups}quorum G31\n".encode())
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 32, 32)
    everyone = frozenset(w.name for w in policy.witnesses)
    assert policy.met(everyone)
    assert not policy.met(everyone - {"W0"})


def test_a_file_of_logs_holds_no_other_lines(tmp_path: Path) -> None:
    file = tmp_path / "logs"
    file.write_text(f"log {LOG}\nquorum none\n")
    with pytest.raises(GoodStandingError, match="'quorum' is none of: log"):
        load_logs(file)


def test_a_missing_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError, match="No such file"):
        load_policy(tmp_path / "none")


LINES = st.sampled_from(
    [f"log {LOG}", f"witness A {W1}", f"witness B {W2} u", "group G any A", "quorum G", "# x"]
)


@given(st.lists(LINES | st.text(max_size=12)).map("\n".join) | st.binary(max_size=60))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") + b"\n"
    code, what = "GS-REGISTER-030", ""
    try:
        parse_policy(data)
    except GoodStandingError as error:
        code, what = error.code.id, error.what
    assert (code, what.encode("utf-8", "replace").decode()) == ("GS-REGISTER-030", what)
