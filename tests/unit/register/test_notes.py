"""Frozen notes, cosignatures and keys: each verdict and each reason is the one on file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError
from goodstanding.register.checkpoint import open_checkpoint
from goodstanding.register.cosignature import COSIGNATURE_V1, WitnessKey
from goodstanding.register.keys import VerifyingKey, parse_vkey
from goodstanding.register.note import (
    Note,
    NoteKey,
    NoteSignature,
    is_key_name,
    open_note,
    parse_note,
    parse_signatures,
)

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "notes.json").read_text(encoding="utf-8")
)


def refusal(act: Callable[[], object]) -> tuple[str, object] | None:
    """Code and reason if ``act`` is refused; any other error is one of ours and comes through."""
    try:
        act()
    except GoodStandingError as error:
        return error.code.id, error.values["reason"]
    return None


def _keys(texts: list[str]) -> list[NoteKey]:
    keys: list[NoteKey] = []
    for text in texts:
        try:
            keys.append(VerifyingKey.parse(text))
        except GoodStandingError:
            keys.append(WitnessKey.parse(text))
    return keys


@pytest.mark.parametrize("vector", VECTORS["notes"], ids=lambda vector: str(vector["name"]))
def test_a_note_has_the_verdict_on_file(vector: dict[str, object]) -> None:
    note = (
        base64.b64decode(str(vector["note_base64"]))
        if "note_base64" in vector
        else str(vector["note"]).encode("utf-8")
    )
    texts = vector["keys"]
    assert isinstance(texts, list)
    refused = refusal(
        lambda: (
            open_checkpoint(note, [VerifyingKey.parse(text) for text in texts])
            if vector["kind"] == "checkpoint"
            else open_note(note, _keys(texts))
        )
    )
    reason = vector["reason"]
    assert refused == (reason and ("GS-REGISTER-005", reason))
    assert (reason is None) == (vector["verdict"] == "valid")


@pytest.mark.parametrize("vector", VECTORS["keys"], ids=lambda vector: repr(vector["vkey"])[:60])
def test_a_key_has_the_verdict_on_file(vector: dict[str, object]) -> None:
    algorithm, reason = vector["type"], vector["reason"]
    assert isinstance(algorithm, int)
    refused = refusal(lambda: parse_vkey(str(vector["vkey"]), algorithm))
    assert refused == (reason and ("GS-REGISTER-010", reason))


NAMES = st.text(min_size=1, max_size=20).filter(is_key_name)
SIGNATURES = st.builds(
    NoteSignature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n")).map(
    lambda text: f"{text}\n"
)


@given(TEXTS, st.lists(SIGNATURES, min_size=1, max_size=20))
def test_a_note_that_is_written_reads_back(text: str, signatures: list[NoteSignature]) -> None:
    note = Note(text, tuple(signatures))
    assert parse_note(str(note).encode("utf-8")) == note


GOOD = str(VECTORS["notes"][0]["note"]).encode("utf-8")


@given(st.data())
def test_damaged_notes_are_refused_in_one_way(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, len(GOOD)))
    note = GOOD[:start] + data.draw(st.binary(max_size=20)) + GOOD[end:]
    refused = refusal(lambda: open_note(note, _keys(VECTORS["notes"][0]["keys"])))
    # Only a further signature of someone unknown leaves the note standing.
    still = note.startswith(GOOD.rpartition(b"\n\n")[0])
    assert still if refused is None else refused[0] == "GS-REGISTER-005"


@given(st.text())
@example("\u2014 a\u2028b AAAAAAA=\n")
def test_signature_lines_of_any_text_are_read_or_refused(text: str) -> None:
    refused = refusal(lambda: parse_signatures(text))
    assert refused is None or refused[0] == "GS-REGISTER-005"


@given(st.text() | st.text("+AQab01=").map(lambda end: f"a+00000000+{end}"))
@example("a\ud800+00000000+AQ==")
def test_keys_of_any_text_are_read_or_refused(text: str) -> None:
    for algorithm in (1, COSIGNATURE_V1):
        refused = refusal(partial(parse_vkey, text, algorithm))
        assert refused is None or refused[0] == "GS-REGISTER-010"


def test_an_endless_list_of_signatures_is_cut_off() -> None:
    with pytest.raises(GoodStandingError, match="more than 100"):
        parse_signatures("\u2014 a AAAAAAA=\n" * 20_000)
