"""Hashes against their definitions and published vectors."""

from hashlib import sha256

import pytest

from goodstanding.kernel import EMPTY_ROOT, commitment, hash_hex, leaf_hash, node_hash


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hash_hex(b"") == EMPTY_ROOT.hex()


def test_leaves_and_nodes_are_those_of_rfc_6962() -> None:
    # The vectors of the Certificate Transparency reference tests.
    empty_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"").hex() == empty_leaf
    assert leaf_hash(b"\x00").hex() == (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
    )
    assert node_hash(leaf_hash(b""), leaf_hash(b"\x00")).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )


def test_a_commitment_is_tagged_and_salted() -> None:
    salt = bytes(range(16))
    expected = sha256(b"goodstanding/commitment/1\n" + salt + b"{}").digest()
    assert commitment(salt, b"{}") == expected
    assert commitment(bytes(16), b"{}") != expected


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        commitment(bytes(length), b"{}")
