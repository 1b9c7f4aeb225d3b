"""Everything of the register and the kernel that reads bytes from outside, one target each.

Invariant of a target: whatever the bytes, it returns or raises GoodStandingError, quickly;
and what it reads it can write again as the same bytes, where there is only one spelling.

Hypothesis and atheris run the same targets. Text is decoded as Python decodes arguments of a
command, so half characters occur, as they do in JSON's escapes.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from wsgiref.types import WSGIEnvironment

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodstanding.kernel import (
    FixedClock,
    GoodStandingError,
    Identifier,
    canonical_bytes,
    commitment,
    parse_fixed,
    parse_instant,
)
from goodstanding.kernel.numbers import MAX_SCALE
from goodstanding.register import Node, verify_consistency, verify_inclusion
from goodstanding.register.checkpoint import open_checkpoint, parse_checkpoint, sign_checkpoint
from goodstanding.register.cosignature import WitnessKey, cosign, verify_cosignature, witness_key
from goodstanding.register.keys import SigningKey, VerifyingKey
from goodstanding.register.model import Head
from goodstanding.register.note import parse_note, parse_signatures
from goodstanding.register.policy import parse_policy
from goodstanding.register.proofs.bundle import Bundle
from goodstanding.register.proofs.verify import verify_bundle
from goodstanding.register.tiles import (
    TileFolder,
    decode_bundle,
    encode_bundle,
    parse_tile_path,
    tile_path,
)
from goodstanding.register.tree import read_edge, split_hashes
from goodstanding.register.witness.app import WitnessApp
from goodstanding.register.witness.folder import WitnessFolder
from goodstanding.register.witness.request import parse_submission, submission
from goodstanding.register.witness.store import Store
from goodstanding.register.witness.witness import Witness

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SALT, SEALED = (
    bytes(16),
    canonical_bytes(
        {
            "schema": "goodstanding/event/1",
            "event": "delivery",
            "known_at": "2026-01-31T12:00:00.000000Z",
            "source": "port_monthly",
        }
    ),
)
ENTRY = commitment(SALT, SEALED)
#: The register that every seed is of: one entry, and a key that is no secret.
KEY = SigningKey(
    "register.example/lumen", Ed25519PrivateKey.from_private_bytes(sha256(b"lumen").digest())
)
HEAD = Head(1, sha256(b"\x00" + ENTRY).digest())
CHECKPOINT = sign_checkpoint(HEAD, KEY)
TEXT = CHECKPOINT.note.partition("\n\n")[0] + "\n"
COSIGNATURE = cosign(TEXT, KEY, NOW)
BUNDLE = Bundle(
    0, SALT, SEALED.decode(), (), CHECKPOINT.note, str(KEY.verifying_key), ()
).as_bytes()


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of outside bytes, bytes to begin from, and bytes that once broke a reader."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    hostile: tuple[bytes, ...] = ()


def withstand(target: Target, data: bytes) -> None:
    """Give ``data`` to a target; any exception that leaves here is a defect."""
    try:
        target.read(data)
    except GoodStandingError as error:
        # The refusal itself must be fit to print.
        str(error).encode("utf-8")


def text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _note(data: bytes) -> None:
    assert str(parse_note(data)).encode() == data


def _vkey(data: bytes) -> None:
    assert str(VerifyingKey.parse(text(data))) == text(data)


def _witness_key(data: bytes) -> None:
    assert str(WitnessKey.parse(text(data))) == text(data)


def _cosignatures(data: bytes) -> None:
    """Lines as a witness answers them."""
    for signature in parse_signatures(text(data)):
        verify_cosignature(TEXT, signature, witness_key(KEY), NOW)


def _cosigned_text(data: bytes) -> None:
    """Time and signature that are well framed and say anything."""
    signature = type(COSIGNATURE)(COSIGNATURE.name, COSIGNATURE.key_id, data)
    verify_cosignature(TEXT, signature, witness_key(KEY), NOW)


def _tile_path(data: bytes) -> None:
    path = text(data)
    place = parse_tile_path(path)
    if place is not None:
        level, index, width = place
        assert level < 64
        assert path in (tile_path(level, index, width), tile_path("entries", index, width))


def _entry_bundle(data: bytes) -> None:
    # A bundle without entries is never written.
    assert encode_bundle(decode_bundle(data)) == data or not data


def _tile(data: bytes) -> None:
    """A tile of level 0 that should hold three hashes."""
    _write("tile/0/000.p/3", data)
    read = TileFolder(_folder()).read_tile
    read_edge(3, lambda level, index: read(level, index, 3)).root()


def _submission(data: bytes) -> None:
    assert parse_submission(data).body() == data


def _witness_http(data: bytes) -> None:
    """The path of a request, its stated length and its body; an answer is always given."""
    path, length, body = (*data.split(b"\n", 2), b"", b"")[:3]
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "POST" if path.startswith(b"/add") else "GET",
        # WSGI gives bytes of a request as Latin-1 (PEP 3333).
        "PATH_INFO": path.decode("latin-1"),
        "CONTENT_LENGTH": length.decode("latin-1"),
        "wsgi.input": io.BytesIO(body),
    }
    statuses: list[str] = []
    written: list[bytes] = []

    def start(
        status: str, _headers: list[tuple[str, str]], _failure: object = None, /
    ) -> Callable[[bytes], object]:
        statuses.append(status)
        return written.append

    list(_witness()(environ, start))
    # Nothing outsiders send puts the witness out of order.
    assert not statuses[0].startswith("5"), statuses


@cache
def _witness() -> WitnessApp:
    """A witness of the register, with a memory of its own."""
    store = Store.create(_folder() / "witness.db")
    return WitnessApp(Witness(KEY, store, lambda: (KEY.verifying_key,), FixedClock(NOW)), store)


def _witness_file(data: bytes) -> None:
    _write("witness.toml", data)
    WitnessFolder.open(_folder())


def _inclusion(data: bytes) -> None:
    """Two numbers of eight bytes, then a path."""
    leaf, size, path = _numbers_and_path(data)
    verify_inclusion(ENTRY, leaf, size, path, HEAD.root)


def _consistency(data: bytes) -> None:
    old, new, path = _numbers_and_path(data)
    verify_consistency(old, HEAD.root, new, HEAD.root, path)


def _numbers_and_path(data: bytes) -> tuple[int, int, list[bytes]]:
    first, second = (int.from_bytes(data[at : at + 8], "big", signed=True) for at in (0, 8))
    return first, second, split_hashes(data[16:])


def _bundle(data: bytes) -> None:
    verify_bundle(data, now=NOW)


def _bundle_under_policy(data: bytes) -> None:
    """A policy that a person was given; Windows may have written it."""
    verify_bundle(BUNDLE, policy=text(data), now=NOW)


def _sealed_text(data: bytes) -> None:
    """A bundle that frames any sealed text."""
    bundle = Bundle(0, SALT, text(data), (), CHECKPOINT.note, str(KEY.verifying_key), ())
    try:
        framed = bundle.as_bytes()
    except UnicodeEncodeError:
        # What is not Unicode cannot be framed; that is the test's doing, not the reader's.
        return
    verify_bundle(framed, now=NOW)


def _canonical(data: bytes) -> None:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    again = canonical_bytes(value)
    assert canonical_bytes(json.loads(again)) == again


def _identifier(data: bytes) -> None:
    assert str(Identifier.parse(text(data))) == text(data)


def _decimal(data: bytes) -> None:
    parse_fixed(text(data), MAX_SCALE)


def _node_file(data: bytes) -> None:
    _write("node.toml", data)
    Node.open(_folder())


def _private_key(data: bytes) -> None:
    _write("register.key", data).chmod(0o600)
    SigningKey.load(_folder() / "register.key")


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="goodstanding-fuzz-")


def _folder() -> Path:
    return Path(_temporary().name)


def _write(path: str, data: bytes) -> Path:
    file = _folder() / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


_VKEY = str(KEY.verifying_key).encode()
_WITNESS_KEY = str(witness_key(KEY)).encode()
_COSIGNATURE = str(COSIGNATURE).encode()
_NUMBERS = (1).to_bytes(8, "big") + (3).to_bytes(8, "big")
_POLICY = b"log %s\nwitness w %s\ngroup g 1 w\nquorum g\n" % (_VKEY, _WITNESS_KEY)
_NODE = b'origin = "register.example/lumen"\npack = "harbour"\n'
_SUBMISSION = submission(0, [], CHECKPOINT.note).body()
_DIGITS = b"9" * 5000
#: Half a character, in a name.
_HALF = b"\xff" + _VKEY

TARGETS = {
    "bundle": Target(_bundle, (BUNDLE,)),
    "bundle-policy": Target(_bundle_under_policy, (_POLICY,), (_POLICY + b"log " + _HALF + b"\n",)),
    "canonical": Target(
        _canonical,
        (SEALED, b'["\\ud800", 1.5, -0, 9007199254740993]'),
        (b"[" * 400 + b"]" * 400,),
    ),
    "checkpoint": Target(
        lambda data: open_checkpoint(data, KEY.verifying_key),
        (CHECKPOINT.note.encode(), (CHECKPOINT.note + str(COSIGNATURE)).encode()),
    ),
    "checkpoint-text": Target(lambda data: parse_checkpoint(text(data)), (TEXT.encode(),)),
    "consistency": Target(_consistency, (_NUMBERS + bytes(64), _NUMBERS), (b"\xff" * 4096,)),
    "cosignatures": Target(_cosignatures, (_COSIGNATURE, _COSIGNATURE * 3)),
    "cosigned": Target(_cosigned_text, (COSIGNATURE.signature, b"\xff" * 72)),
    "decimal": Target(
        _decimal, (b"-12.50", b"100000000000.000000"), (_DIGITS, b"1." + _DIGITS, "\u0663".encode())
    ),
    "entry-bundle": Target(_entry_bundle, (encode_bundle([ENTRY] * 3),)),
    "identifier": Target(_identifier, (b"lum-ship:0000001", b"uscc:91350100M000100Y43")),
    "inclusion": Target(_inclusion, (_NUMBERS + bytes(64), _NUMBERS), (b"\x7f" + b"\xff" * 4096,)),
    "instant": Target(
        lambda data: parse_instant(text(data)),
        (b"2026-01-31T12:00:00.000000Z", b"2026-01-31"),
        (b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59"),
    ),
    "node-file": Target(_node_file, (_NODE,), (b"a=" + b"[" * 5000, b"a=" + _DIGITS)),
    "note": Target(_note, (CHECKPOINT.note.encode(),)),
    "policy": Target(parse_policy, (_POLICY,), (b"log " + _HALF + b"\n",)),
    "private-key": Target(_private_key, (b"PRIVATE+KEY+a+00000000+AQ==\n",)),
    "sealed-text": Target(_sealed_text, (SEALED,)),
    "submission": Target(_submission, (_SUBMISSION, submission(1, [ENTRY] * 2, "").body())),
    "tile": Target(_tile, (bytes(96), bytes(8192))),
    "tile-path": Target(
        _tile_path,
        (b"tile/0/x001/x234/067.p/8", b"tile/entries/000"),
        (
            b"tile/0/x000/001",
            b"tile/64/000",
            "tile/0/\u0660\u0660\u0661".encode(),
            b"tile/0/" + b"x001/" * 2000 + b"000",
        ),
    ),
    "vkey": Target(_vkey, (_VKEY,), (_HALF,)),
    "witness-file": Target(_witness_file, (b'name = "w"\n',), (b"a=" + b"[" * 5000,)),
    "witness-http": Target(
        _witness_http,
        (b"/add-checkpoint\n%d\n%s" % (len(_SUBMISSION), _SUBMISSION), b"/ab/checkpoint\n"),
        (b"/add-checkpoint\n" + _DIGITS, b"/add-checkpoint\n\xb2\n"),
    ),
    "witness-key": Target(_witness_key, (_WITNESS_KEY,), (b"\xff" + _WITNESS_KEY,)),
}
