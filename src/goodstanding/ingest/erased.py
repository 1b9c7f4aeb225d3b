"""Know a record that was erased when it is delivered again, and keep nothing of it.

Invariant: what was erased by order never comes back with a delivery. Each erasure seals a mark:
the HMAC-SHA256 (RFC 2104) of source and source key under a key that only this node has. Without
the key a mark tells nothing, not even to someone who guesses the source key.

``keys/erased.keys`` has one key a line, the newest first; every one of them is tried. A line
``lost <id>`` says that the key of this id is gone for good and that this was accepted.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from goodstanding.ingest.errors import ERASED_KEY_GONE
from goodstanding.ingest.sql import run, text
from goodstanding.kernel import GoodStandingError, hash_hex
from goodstanding.register import Node
from goodstanding.register.durable import write_atomically

_KEY_BYTES = 32
#: SHA-256 works in blocks of this many bytes (RFC 2104 section 2).
_BLOCK = 64
_ID = 8


@dataclass(frozen=True, slots=True)
class MarkKeys:
    """The keys of a node, the newest first, and the ids of those that are lost for good."""

    keys: tuple[bytes, ...]
    lost: frozenset[str]

    def of(self, mark: str) -> bytes | None:
        """The key under which a mark was made; None if it is not here."""
        return next((key for key in self.keys if key_id(key) == mark.partition(":")[0]), None)


def keys_file(node: Node) -> Path:
    """Where the keys of the marks lie."""
    return node.layout.keys / "erased.keys"


def key_id(key: bytes) -> str:
    """Eight hex digits by which a key is named."""
    return hash_hex(b"goodstanding/erased/1\n" + key)[:_ID]


def read_keys(node: Node) -> MarkKeys:
    """The keys of the node; none if nothing was ever erased here."""
    file = keys_file(node)
    lines = file.read_text("ascii").split("\n") if file.exists() else []
    lost = frozenset(line.removeprefix("lost ") for line in lines if line.startswith("lost "))
    keys = tuple(bytes.fromhex(line) for line in lines if line and not line.startswith("lost "))
    return MarkKeys(keys, lost)


def renew_keys(node: Node) -> str:
    """Put a new key before the others, for the erasures to come; returns its id."""
    found, key = read_keys(node), secrets.token_bytes(_KEY_BYTES)
    _write(node, MarkKeys((key, *found.keys), found.lost))
    return key_id(key)


def accept_loss(node: Node, lost: str) -> None:
    """Note that the key of this id is gone for good: its marks recognise nothing any more."""
    found = read_keys(node)
    _write(node, MarkKeys(found.keys, found.lost | {lost}))


def mark(node: Node, source: str, source_key: str) -> str:
    """The mark of a record under the newest key, ``<key id>:<HMAC in hex>``; makes a first key."""
    if not read_keys(node).keys:
        renew_keys(node)
    key = read_keys(node).keys[0]
    made = hmac.new(key, _message(source, source_key).encode(), sha256).hexdigest()
    return f"{key_id(key)}:{made}"


def load_marks(con: duckdb.DuckDBPyConnection, node: Node, source: str) -> Sequence[str]:
    """Create `erased_marks` (mark, entry), as far as there are any; SQL for marks of ``source``.

    The SQL gives the mark of a column ``source_key`` under each key. None if nothing was erased.
    Raises GS-INGEST-037 if the key of a mark is gone and nobody has accepted that.
    """
    marks = node.index.erased()
    if not marks:
        return ()
    found = read_keys(node)
    gone = [made for made in marks if found.of(made) is None]
    missing = {made.partition(":")[0] for made in gone} - found.lost
    if missing:
        lost = min(missing)
        count = sum(made.startswith(lost) for made in gone)
        raise GoodStandingError(
            ERASED_KEY_GONE, count=count, source=source, key=lost, file=keys_file(node).name
        )
    rows = ", ".join(f"({text(made)}, {entry})" for made, entry in sorted(marks.items()))
    run(con, f"CREATE OR REPLACE TABLE erased_marks AS FROM (VALUES {rows}) AS m (mark, entry)")
    return [mark_sql(key, source) for key in found.keys]


def _message(source: str, source_key: str) -> str:
    """Source and key, length-safe: no two pairs have one text."""
    return f"{len(source)}:{source}{source_key}"


def mark_sql(key: bytes, source: str) -> str:
    """SQL: what ``mark`` gives for the column ``source_key``, under this key."""
    inner, outer = (_blob(byte ^ pad for byte in key.ljust(_BLOCK, b"\0")) for pad in (0x36, 0x5C))
    message = f"encode({text(_message(source, ''))} || source_key)"
    made = f"sha256({outer} || unhex(sha256({inner} || {message})))"
    return f"{text(key_id(key) + ':')} || {made}"


def _blob(data: Iterable[int]) -> str:
    digits = "".join(f"\\x{byte:02X}" for byte in data)
    return f"'{digits}'::BLOB"


def _write(node: Node, keys: MarkKeys) -> None:
    lines = [*(key.hex() for key in keys.keys), *(f"lost {gone}" for gone in sorted(keys.lost)), ""]
    write_atomically(keys_file(node), "\n".join(lines).encode("ascii"), mode=0o600)
