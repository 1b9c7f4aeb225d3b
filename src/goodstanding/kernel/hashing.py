"""Hashes of the log: RFC 6962 trees over salted commitments.

A leaf is not the record but a commitment to it, so that a payload can be erased and
every proof still holds; the fresh random salt keeps a short or guessable payload from
being found by trying (DESIGN 5.5).
"""

from hashlib import sha256

#: Domain separation: no other hash of ours can be mistaken for a commitment.
COMMITMENT_TAG = b"goodstanding/commitment/1\n"
SALT_BYTES = 16

#: Root of the tree without leaves (RFC 6962 section 2.1).
EMPTY_ROOT = sha256(b"").digest()


def commitment(salt: bytes, canonical: bytes) -> bytes:
    """SHA-256(tag, salt, canonical bytes); ``salt`` is 16 bytes, so the parts cannot slide."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return sha256(COMMITMENT_TAG + salt + canonical).digest()


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 leaf: SHA-256(0x00, data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 node: SHA-256(0x01, left, right)."""
    return sha256(b"\x01" + left + right).digest()


def hash_hex(data: bytes) -> str:
    """SHA-256 as lower-case hex."""
    return sha256(data).hexdigest()
