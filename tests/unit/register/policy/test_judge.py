from datetime import timedelta

import pytest

from goodstanding.kernel import GoodStandingError, parse_instant
from goodstanding.register.checkpoint import sign_checkpoint
from goodstanding.register.cosignature import cosign, witness_key
from goodstanding.register.keys import SigningKey
from goodstanding.register.model import Head
from goodstanding.register.note import NoteSignature
from goodstanding.register.policy import Policy, judge, parse_policy, require_quorum

NOW = parse_instant("2026-01-31T12:00:00Z")
LOG = SigningKey.generate("register.example/lumen")
UNION, CHAMBER, MILL = (SigningKey.generate(name) for name in ("harbour-union", "chamber", "mill"))
SIGNED = sign_checkpoint(Head(7, bytes(32)), LOG).note
TEXT = SIGNED.rpartition("\n\n")[0] + "\n"


def policy(rest: str) -> Policy:
    lines = [f"log {LOG.verifying_key}"]
    lines += [f"witness {key.name} {witness_key(key)}" for key in (UNION, CHAMBER, MILL)]
    return parse_policy("\n".join([*lines, rest, ""]).encode())


TWO = policy("group both 2 harbour-union chamber\nquorum both")


def note(*signers: SigningKey, late: int = 0) -> bytes:
    at = NOW + timedelta(seconds=late)
    return (SIGNED + "".join(str(cosign(TEXT, signer, at)) for signer in signers)).encode()


def test_a_quorum_that_is_met_in_words() -> None:
    report = judge(note(UNION, CHAMBER), TWO, NOW)
    assert report.met
    assert report.words == "2 of 2 needed: harbour-union cosigned, chamber cosigned"


def test_a_quorum_that_is_not_met_in_words() -> None:
    report = judge(note(UNION), TWO, NOW)
    assert not report.met
    assert report.words == "1 of 2 needed: harbour-union cosigned, chamber did not"


def test_who_cosigned_and_when() -> None:
    report = judge(note(UNION, late=-60), TWO, NOW)
    assert [(c.name, c.at) for c in report.cosigned] == [
        ("harbour-union", NOW - timedelta(seconds=60))
    ]


def test_groups_in_words() -> None:
    nested = policy("group g any chamber mill\ngroup all-of all harbour-union g\nquorum all-of")
    report = judge(note(UNION), nested, NOW)
    assert report.words == "1 of 2 needed: harbour-union cosigned, g has 0 of 1 needed"


def test_one_witness_as_quorum_in_words() -> None:
    report = judge(note(UNION), policy("quorum chamber"), NOW)
    assert report.words == "0 of 1 needed: chamber did not"


def test_a_policy_that_asks_for_nobody() -> None:
    report = judge(note(), policy("quorum none"), NOW)
    assert (report.met, report.words) == (True, "no witness is needed")


def test_a_cosignature_to_come_does_not_count() -> None:
    report = judge(note(UNION, late=3600), policy("quorum harbour-union"), NOW)
    assert not report.met
    assert "dated in the future" in report.words


def test_a_witness_that_the_policy_does_not_name_does_not_count() -> None:
    stranger = SigningKey.generate("stranger.example")
    assert not judge(note(UNION, stranger), TWO, NOW).met


def test_another_witness_under_a_known_name_does_not_count() -> None:
    assert not judge(note(UNION, SigningKey.generate("chamber")), TWO, NOW).met


def test_one_witness_twice_counts_once() -> None:
    assert not judge(note(UNION, UNION), TWO, NOW).met


def test_a_bad_cosignature_of_a_known_witness_spoils_the_note() -> None:
    good = cosign(TEXT, CHAMBER, NOW)
    bad = NoteSignature(good.name, good.key_id, good.signature[::-1])
    with pytest.raises(GoodStandingError, match="signature of chamber does not hold"):
        judge(note(UNION) + str(bad).encode(), TWO, NOW)


def test_witnesses_do_not_stand_in_for_the_log() -> None:
    unsigned = TEXT + "\n" + str(cosign(TEXT, UNION, NOW)) + str(cosign(TEXT, CHAMBER, NOW))
    with pytest.raises(GoodStandingError, match=r"no signature of register\.example/lumen"):
        judge(unsigned.encode(), TWO, NOW)


def test_the_logs_key_may_be_known_from_elsewhere() -> None:
    bare = parse_policy(f"witness u {witness_key(UNION)}\nquorum u\n".encode())
    assert judge(note(UNION), bare, NOW, [LOG.verifying_key]).met


def test_a_quorum_can_be_required() -> None:
    with pytest.raises(GoodStandingError, match=r"too few witnesses.*chamber did not"):
        require_quorum(judge(note(UNION), TWO, NOW))


def test_when_the_quorum_was_first_met() -> None:
    earlier = str(cosign(TEXT, UNION, NOW - timedelta(seconds=60)))
    report = judge(note(CHAMBER) + earlier.encode(), TWO, NOW)
    assert report.first_cosigned(TWO) == NOW
