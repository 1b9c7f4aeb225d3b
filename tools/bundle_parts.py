"""What the vectors of proof bundles are made of: keys, entries, trees, notes, bundles.

Invariant: frozen, as ``tools.bundle_vectors`` is. Nothing of the package is used: the formats
are written out once more here, as plainly as they can be.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "register.example/lumen"
NOW = "2026-11-22T12:00:00Z"
NOW_SECONDS = 1_795_348_800
EARLIER = NOW_SECONDS - 3600

Bundle = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True)
class Key:
    """A fixed Ed25519 key; ``kind`` is its signature type: 1 plain, 4 cosignature."""

    name: str
    seed: int
    kind: int = 1

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def public(self) -> bytes:
        return bytes([self.kind]) + self._private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(self.public)}"

    def line(self, text: str) -> str:
        return signature_line(self, self._private.sign(text.encode()))

    def cosign(self, text: str, time: int = EARLIER) -> str:
        signature = self._private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return signature_line(self, time.to_bytes(8, "big") + signature)


def signature_line(key: Key, signature: bytes) -> str:
    return f"\u2014 {key.name} {b64(key.id + signature)}\n"


REGISTER = Key(ORIGIN, 1)
NEXT_KEY = Key(ORIGIN, 2)
OTHER = Key("register.example/other", 3)
WITNESSES = [
    Key("witness.example/harbour-union", 11, 4),
    Key("witness.example/chamber", 12, 4),
    Key("witness.example/caf\u00e9-\u5149\u660e", 13, 4),
]
UNION, CHAMBER, CAFE = WITNESSES
ONE = f"witness union {UNION.vkey}\nquorum union\n"
TWO_OF_THREE = (
    "# three witnesses, two of which must have seen it\n"
    f"log {REGISTER.vkey} https://register.example/lumen\n"
    + "".join(f"witness\tw{at}  {key.vkey}\n" for at, key in enumerate(WITNESSES))
    + "group near any w0 w1\n group two 2 near w2 \nquorum two\n"
)


def record(number: int, **changes: object) -> dict[str, object]:
    return {
        "act": "record",
        "amended_on": None,
        "authority": "harbour_office",
        "basis": "port_act.3",
        "decided_on": "2025-01-02",
        "delivery": "ab" * 32,
        "document": f"Decision {number}/2025",
        "effective_on": "2025-01-03",
        "ends_on": "2028-01-03",
        "facts": {"amount": "12.50", "appealed": False, "days": -number, "kind": "late"},
        "item": "berth_fine",
        "known_at": "2026-01-31T12:00:00.000250Z",
        "original": {},
        "published_on": None,
        "row": number + 1,
        "schema": "goodstanding/record/1",
        "source": "port_monthly",
        "source_key": f"K{number:06}",
        "subject": f"lum-ship:{number:08}",
        "subject_kind": "business",
        "subject_name": f"\u5149\u660e Shipping {number}",
        "supersedes": None,
    } | changes


def event(**changes: object) -> dict[str, object]:
    return {
        "event": "node_created",
        "known_at": "2026-01-01T00:00:00.000000Z",
        "origin": ORIGIN,
        "schema": "goodstanding/event/1",
    } | changes


def canonical(value: object) -> str:
    """RFC 8785 for values whose member names are ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


ARTICLE = {
    "id": "port_act.3",
    "instrument": "port_act",
    "instrument_titles": {"en": "Port Act"},
    "number": "3",
    "titles": {"en": "Fines at berth", "zh": "\u6cca\u4f4d\u7f5a\u6b3e"},
    "paraphrase": {"en": "The office may fine an operator that blocks a berth."},
    "from": "2015-01-01",
    "to": None,
    "link": "https://law.example/port-act/3",
    "confidence": "verified",
}


def salt(leaf: int) -> bytes:
    return sha256(f"salt {leaf}".encode()).digest()[:16]


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1."""
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


def path_to(leaf: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if leaf < k:
        return [*path_to(leaf, leaves[:k]), root_of(leaves[k:])]
    return [*path_to(leaf - k, leaves[k:]), root_of(leaves[:k])]


def head_text(size: int | str, root: bytes, origin: str = ORIGIN, more: str = "") -> str:
    return f"{origin}\n{size}\n{b64(root)}\n{more}"


def head_of(bundle: Bundle) -> str:
    """The signed text of a bundle's checkpoint."""
    text: str = bundle["checkpoint"].rpartition("\n\n")[0]
    return text + "\n"


def bundle_of(sealed: str, leaf: int = 3, size: int = 8) -> Bundle:
    """A bundle that verifies; the leaves beside it are those of other records."""
    texts = [canonical(record(at)) for at in range(size)]
    texts[leaf] = sealed
    tag = b"goodstanding/commitment/1\n"
    leaves = [sha256(tag + salt(at) + text.encode()).digest() for at, text in enumerate(texts)]
    text = head_text(size, root_of(leaves))
    return {
        "schema": "goodstanding/bundle/1",
        "about": "A test vector.",
        "entry": {"leaf": leaf, "salt": salt(leaf).hex(), "sealed": sealed},
        "law": [deepcopy(ARTICLE)] if '"basis":"port_act.3"' in sealed else [],
        "path": [b64(node) for node in path_to(leaf, leaves)],
        "checkpoint": f"{text}\n{REGISTER.line(text)}",
        "key": REGISTER.vkey,
    }


def plain() -> Bundle:
    return bundle_of(canonical(record(3)))


def written(bundle: object) -> bytes:
    return f"{json.dumps(bundle, ensure_ascii=False, indent=1)}\n".encode()


@dataclass(frozen=True)
class Case:
    """One vector; ``step`` is the one that fails, None if the bundle verifies."""

    name: str
    step: int | None
    data: bytes
    keys: list[str] = field(default_factory=lambda: [REGISTER.vkey])
    policy: str | None = None
    blanks: int = 0

    def manifest(self) -> dict[str, object]:
        return {
            "file": f"{self.name}.json",
            "append_blanks": self.blanks,
            "keys": self.keys,
            "policy": self.policy,
            "now": NOW,
            "verified": self.step is None,
            "step": self.step,
        }


def changed(change: Callable[[Bundle], object], bundle: Bundle | None = None) -> bytes:
    """The bytes of a bundle that ``change`` has worked on."""
    found = bundle or plain()
    change(found)
    return written(found)


def cosigned(*lines: str) -> bytes:
    return changed(lambda bundle: bundle.update(checkpoint=bundle["checkpoint"] + "".join(lines)))


def replaced(old: str, new: str) -> bytes:
    """The plain file with one text put in another's place."""
    data = written(plain()).decode()
    assert data.count(old) == 1, old
    return data.replace(old, new).encode("utf-8", "surrogatepass")


def signed(text: str, *lines: str, key: Key = REGISTER) -> bytes:
    """The plain bundle under another signed text."""
    note = f"{text}\n{key.line(text)}{''.join(lines)}"
    return changed(lambda bundle: bundle.update(checkpoint=note))


def nested(depth: int) -> list[object]:
    found: list[object] = []
    for _ in range(depth - 1):
        found = [found]
    return found


def respelled(text: str) -> str:
    """The same 32 bytes in base64 that no encoder writes: a bit that decoding drops is set."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-2] + digits[digits.index(text[-2]) | 1] + "="
