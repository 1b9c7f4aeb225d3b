"""Makes tests/vectors/notes.json: signed notes, checkpoints and cosignatures, good and bad.

Run on purpose, never by a build: ``python -m tools.note_vectors``. The keys are made of fixed
seeds and protect nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodstanding.kernel import parse_instant
from goodstanding.register.checkpoint import checkpoint_text, sign_text
from goodstanding.register.cosignature import cosign, witness_key
from goodstanding.register.keys import SigningKey, vkey_text
from goodstanding.register.model import Head
from goodstanding.register.note import Note, NoteSignature

FILE = Path(__file__).parents[1] / "tests" / "vectors" / "notes.json"

AT = parse_instant("2026-01-31T12:00:00Z")
LOG = SigningKey("register.example/lumen", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
NEXT = SigningKey("register.example/lumen", Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32))
WITNESS = SigningKey(
    "harbour-union.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32)
)
OTHER = SigningKey("chamber.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([4]) * 32))
LOG_KEY, NEXT_KEY = str(LOG.verifying_key), str(NEXT.verifying_key)
WITNESS_KEY, OTHER_KEY = str(witness_key(WITNESS)), str(witness_key(OTHER))

TEXT = checkpoint_text(LOG.name, Head(20_852_163, bytes(range(32))))
SIGNED = sign_text(TEXT, LOG)
COSIGNED = cosign(TEXT, WITNESS, AT)
GOOD = Note(TEXT, (SIGNED,))
BOTH = Note(TEXT, (SIGNED, COSIGNED))

#: The example that golang.org/x/mod/sumdb/note publishes.
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n"
)


@dataclass(frozen=True)
class Vector:
    """``kind`` note: open it; checkpoint: its text too; ``reason`` is None for a valid one."""

    name: str
    kind: str
    note: bytes
    keys: tuple[str, ...]
    reason: str | None = None

    def as_dict(self) -> dict[str, object]:
        try:
            note = {"note": self.note.decode("utf-8")}
        except UnicodeDecodeError:
            note = {"note_base64": base64.b64encode(self.note).decode("ascii")}
        verdict = "valid" if self.reason is None else "invalid"
        return {
            "name": self.name,
            "kind": self.kind,
            **note,
            "keys": list(self.keys),
            "verdict": verdict,
            "reason": self.reason,
        }


def _note(name: str, note: str | Note, *keys: str, reason: str | None = None) -> Vector:
    return Vector(name, "note", str(note).encode("utf-8"), keys or (LOG_KEY,), reason)


def _checkpoint(name: str, note: str | Note, *keys: str, reason: str | None = None) -> Vector:
    return Vector(name, "checkpoint", str(note).encode("utf-8"), keys or (LOG_KEY,), reason)


def _signed(text: str) -> Note:
    return Note(text, (sign_text(text, LOG),))


def _flipped(signature: NoteSignature, at: int) -> NoteSignature:
    data = bytearray(signature.signature)
    data[at] ^= 1
    return NoteSignature(signature.name, signature.key_id, bytes(data))


def _valid() -> Iterator[Vector]:
    yield _note("the example of Go's note package", PETER, PETER_KEY)
    yield _note("text with empty lines", _signed("one\n\n\ntwo\n"))
    yield _note("text that looks like a signature line", _signed("\u2014 a b\n\nc\n"))
    yield _note("text beyond ASCII", _signed("光明港 è ق\n"))
    yield _note("a signature of an unknown key is ignored", Note(TEXT, (COSIGNED, SIGNED)))
    sixteen = tuple(
        sign_text(
            TEXT, SigningKey(f"m{n}.example", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32))
        )
        for n in range(16, 31)
    )
    yield _note("sixteen signatures", Note(TEXT, (*sixteen, SIGNED)))
    same_name = NoteSignature(LOG.name, b"abcd", SIGNED.signature[::-1])
    same_id = NoteSignature("mill.example", SIGNED.key_id, SIGNED.signature[::-1])
    yield _note("a known name with an unknown id", Note(TEXT, (same_name, SIGNED)))
    yield _note("a known id with an unknown name", Note(TEXT, (same_id, SIGNED)))
    yield _note("one key signed twice", Note(TEXT, (SIGNED, SIGNED)))
    yield _checkpoint("a checkpoint", GOOD)
    yield _checkpoint(
        "a checkpoint of size 0", _signed(checkpoint_text(LOG.name, Head(0, bytes(32))))
    )
    largest = checkpoint_text(LOG.name, Head((1 << 63) - 1, bytes(32)))
    yield _checkpoint("a checkpoint of size 2^63 - 1", _signed(largest))
    yield _checkpoint("extension lines", _signed(f"{TEXT}first line\nsecond line\n"))
    rotated = Note(TEXT, (SIGNED, sign_text(TEXT, NEXT)))
    yield _checkpoint("two keys of one log", rotated, LOG_KEY, NEXT_KEY)
    yield _checkpoint("two keys of one log, one known", rotated, NEXT_KEY)
    yield _note("a cosignature", BOTH, WITNESS_KEY)
    yield _note("log and witness", BOTH, LOG_KEY, WITNESS_KEY)
    extended = f"{TEXT}first line\n"
    yield _note(
        "a cosigned extension", Note(extended, (cosign(extended, WITNESS, AT),)), WITNESS_KEY
    )


def _invalid_notes() -> Iterator[Vector]:
    unsigned = "this is not a signed note"
    yield _note("nothing", "", reason=unsigned)
    yield _note("text alone", TEXT, reason=unsigned)
    yield _note("no newline at the end", str(GOOD)[:-1], reason=unsigned)
    yield _note("an empty line at the end", f"{GOOD}\n", reason=unsigned)
    yield Vector(
        "not UTF-8", "note", b"\xff" + str(GOOD).encode(), (LOG_KEY,), "the note is not UTF-8"
    )
    for name, char in (("tab", "\t"), ("carriage return", "\r"), ("NUL", "\0"), ("escape", "\x1b")):
        note = _signed(f"a{char}b\n")
        yield _note(f"a {name} in the text", note, reason="the note holds a control character")
    malformed = "a signature line is malformed"
    line = str(SIGNED)
    yield _note(
        "a hyphen for the dash", f"{TEXT}\n{line.replace(chr(0x2014), '-')}", reason=malformed
    )
    yield _note("two blanks", f"{TEXT}\n{line.replace(' ', '  ', 1)}", reason=malformed)
    yield _note("no name", f"{TEXT}\n\u2014  AAAAAAA=\n", reason=malformed)
    yield _note("a plus in a name", f"{GOOD}\u2014 a+b AAAAAAA=\n", reason=malformed)
    yield _note("a no-break space in a name", f"{GOOD}\u2014 a\u00a0b AAAAAAA=\n", reason=malformed)
    yield _note("no base64", f"{GOOD}\u2014 a !!!!\n", reason="a signature is not base64")
    yield _note(
        "base64 in URL letters", f"{GOOD}\u2014 a AAAAA-_=\n", reason="a signature is not base64"
    )
    yield _note(
        "base64 without padding", f"{GOOD}\u2014 a AAAAAAA\n", reason="a signature is not base64"
    )
    yield _note(
        "base64 in a second spelling",
        f"{GOOD}\u2014 a AAAAAAB=\n",
        reason="a signature is not base64",
    )
    short = "a signature has no bytes after the key id"
    yield _note("a key id alone", f"{GOOD}\u2014 a AAAAAA==\n", reason=short)
    crowd = "".join(f"\u2014 m{n} AAAAAAA=\n" for n in range(100))
    yield _note("101 signatures", f"{GOOD}{crowd}", reason="there are more than 100 signatures")
    holds_not = f"the signature of {LOG.name} does not hold"
    yield _note(
        "a flipped bit in a signature", Note(TEXT, (_flipped(SIGNED, 9),)), reason=holds_not
    )
    yield _note("another text", Note(f"{TEXT}more\n", (SIGNED,)), reason=holds_not)
    bad_second = Note(TEXT, (SIGNED, _flipped(SIGNED, 0)))
    yield _note("one good and one bad of a known key", bad_second, reason=holds_not)
    cut = NoteSignature(SIGNED.name, SIGNED.key_id, SIGNED.signature[:-1])
    yield _note("a signature cut short", Note(TEXT, (cut,)), reason=holds_not)
    nobody = f"the note bears no signature of {LOG.name}"
    yield _note("unknown keys alone", Note(TEXT, (COSIGNED,)), reason=nobody)
    yield _note("another key of the same name", Note(TEXT, (sign_text(TEXT, NEXT),)), reason=nobody)


def _invalid_checkpoints() -> Iterator[Vector]:
    root = base64.b64encode(bytes(32)).decode("ascii")
    lacks = "the checkpoint lacks origin, size or root"
    wrong = "the checkpoint's size or root is malformed"
    bodies = {
        "no root": (f"{LOG.name}\n1\n", lacks),
        "an empty extension line": (f"{LOG.name}\n1\n{root}\n\nmore\n", lacks),
        "an empty origin": (f"\n1\n{root}\n", lacks),
        "a leading zero": (f"{LOG.name}\n01\n{root}\n", wrong),
        "a sign": (f"{LOG.name}\n+1\n{root}\n", wrong),
        "a digit of another script": (f"{LOG.name}\n\u0661\n{root}\n", wrong),
        "size 2^63": (f"{LOG.name}\n{1 << 63}\n{root}\n", wrong),
        "a root of 31 bytes": (f"{LOG.name}\n1\n{base64.b64encode(bytes(31)).decode()}\n", wrong),
        "a root that is not base64": (f"{LOG.name}\n1\n!\n", "the root is not base64"),
        "another origin": (
            f"mill.example\n1\n{root}\n",
            f"the checkpoint is of mill.example, the key of {LOG.name}",
        ),
    }
    for name, (body, reason) in bodies.items():
        yield _checkpoint(name, _signed(body), reason=reason)


def _invalid_cosignatures() -> Iterator[Vector]:
    holds_not = f"the signature of {WITNESS.name} does not hold"
    yield _note(
        "the time changed",
        Note(TEXT, (SIGNED, _flipped(COSIGNED, 7))),
        LOG_KEY,
        WITNESS_KEY,
        reason=holds_not,
    )
    late = NoteSignature(COSIGNED.name, COSIGNED.key_id, b"\x80" + COSIGNED.signature[1:])
    yield _note("a time of 2^63 and more", Note(TEXT, (late,)), WITNESS_KEY, reason=holds_not)
    key = witness_key(WITNESS)
    plain = NoteSignature(key.name, key.key_id, WITNESS.sign(TEXT.encode()))
    yield _note(
        "a plain signature under a cosignature's id",
        Note(TEXT, (plain,)),
        WITNESS_KEY,
        reason=holds_not,
    )
    timed = NoteSignature(
        key.name, key.key_id, COSIGNED.signature[:8] + WITNESS.sign(TEXT.encode())
    )
    yield _note("a time that was not signed", Note(TEXT, (timed,)), WITNESS_KEY, reason=holds_not)
    other = cosign(checkpoint_text(LOG.name, Head(1, bytes(32))), WITNESS, AT)
    yield _note("of another checkpoint", Note(TEXT, (other,)), WITNESS_KEY, reason=holds_not)
    yield _note(
        "of another witness", BOTH, OTHER_KEY, reason=f"the note bears no signature of {OTHER.name}"
    )


def _keys() -> Iterator[dict[str, object]]:
    public = LOG.verifying_key.public
    id_ = LOG.verifying_key.key_id.hex()
    broken = "it is not name+id+key"
    yield {"vkey": LOG_KEY, "type": 1, "reason": None}
    yield {"vkey": WITNESS_KEY, "type": 4, "reason": None}
    for_plain = "not for plain Ed25519 (0x01)"
    yield {
        "vkey": WITNESS_KEY,
        "type": 1,
        "reason": f"it is for an Ed25519 cosignature (0x04), {for_plain}",
    }
    yield {
        "vkey": LOG_KEY,
        "type": 4,
        "reason": "it is for plain Ed25519 (0x01), not for an Ed25519 cosignature (0x04)",
    }
    for algorithm, words in (
        (2, "ECDSA"),
        (5, "an RFC 6962 tree head"),
        (6, "ML-DSA-44"),
        (7, "an unknown algorithm"),
    ):
        size = 1312 if algorithm == 6 else 32
        vkey = vkey_text(LOG.name, algorithm, bytes(size))
        yield {
            "vkey": vkey,
            "type": 1,
            "reason": f"it is for {words} (0x{algorithm:02x}), {for_plain}",
        }
    wrong_id = LOG_KEY.replace(id_, "00000000")
    yield {"vkey": wrong_id, "type": 1, "reason": "its id is not that of the key"}
    yield {
        "vkey": vkey_text(LOG.name, 1, public[:-1]),
        "type": 1,
        "reason": "it is not an Ed25519 key of 32 bytes",
    }
    for text in (
        "",
        "a",
        "a+b",
        LOG_KEY.upper(),
        LOG_KEY.replace(id_, id_[1:]),
        LOG_KEY[:-2],
        f" {LOG_KEY}",
        f"+{LOG_KEY}",
        f"{LOG_KEY}\n",
    ):
        yield {"vkey": text, "type": 1, "reason": broken}
    empty = f"{LOG.name}+{id_}+"
    yield {
        "vkey": empty,
        "type": 1,
        "reason": "it is for no key at all, not for plain Ed25519 (0x01)",
    }


def main() -> None:
    """Write the file."""
    vectors = [*_valid(), *_invalid_notes(), *_invalid_checkpoints(), *_invalid_cosignatures()]
    content = {
        "about": "Signed notes of fixed keys; kind note: open it with keys, kind checkpoint: its "
        "text too. Types: 1 log key, 4 cosignature key.",
        "notes": [vector.as_dict() for vector in vectors],
        "keys": list(_keys()),
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(content, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
