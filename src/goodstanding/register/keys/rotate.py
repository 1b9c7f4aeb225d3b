"""Changing a log's key on the disk, around the entry that says so.

Invariant: the private half of every key that the log names as current is on the disk, whatever
crashes when.

Three steps, by the one process that has the turn:

1. ``prepare_rotation`` makes the new pair durable as ``next.key`` and ``next.vkey``.
2. The event ``key_rotated`` is sealed under the old key, in a batch of its own. From here on the
   log itself says which key is the current one.
3. The checkpoint of that size is signed by ``rotation_signers``, the old key and the new, so that
   who knows either can go on from there.
4. ``finish_rotation`` keeps the old public key under ``retired/``, and moves the new pair into
   place. It may be called at any time with the key that the log names, and does what is left.

The old private key is not kept: a key that no longer signs can only be lost.
"""

from __future__ import annotations

from pathlib import Path

from goodstanding.register.durable import make_folders, move_durably, write_atomically
from goodstanding.register.keys.load import load_signer
from goodstanding.register.keys.passphrase import environment_passphrase
from goodstanding.register.keys.private import Passphrase, Signer, SigningKey
from goodstanding.register.keys.public import VerifyingKey, bad_key, load_verifying_key

_PRIVATE, _PUBLIC = "register.key", "register.vkey"
_NEXT_PRIVATE, _NEXT_PUBLIC = "next.key", "next.vkey"
_RETIRED = "retired"


def prepare_rotation(
    keys: Path,
    current: VerifyingKey,
    *,
    passphrase: bytes | None = None,
    external: VerifyingKey | None = None,
) -> VerifyingKey:
    """Make the next key in the folder ``keys`` and return its public half.

    ``current`` is the key that the log names now; a rotation that a crash left unfinished is
    finished first. With a passphrase the new private key is encrypted with it. ``external`` is a
    public key whose private half a command holds; then no private key is written. A pair
    prepared before and not sealed is thrown away: nobody has heard of it. Raises GS-REGISTER-010
    if ``keys`` does not hold ``current``, or ``external`` is of another name or is the same key.
    """
    finish_rotation(keys, current)
    if external is not None and (external.name != current.name or external == current):
        raise bad_key(str(external), f"it cannot follow {current}")
    # The public half goes first and comes last: where it is, its private half is.
    (keys / _NEXT_PUBLIC).unlink(missing_ok=True)
    (keys / _NEXT_PRIVATE).unlink(missing_ok=True)
    if external is None:
        key = SigningKey.generate(current.name)
        key.save(keys / _NEXT_PRIVATE, passphrase)
        new = key.verifying_key
    else:
        new = external
    _write_public(keys / _NEXT_PUBLIC, new)
    # A crash up to here leaves a pair that no log names.
    return new


def finish_rotation(keys: Path, current: VerifyingKey) -> bool:
    """Put the pair of ``current``, the key that the log names, into place.

    True if anything was left to do. Safe to repeat after a crash at any point, and does nothing
    when the pair is in place. Raises GS-REGISTER-010 if ``keys`` holds ``current`` nowhere.
    """
    old = load_verifying_key(keys / _PUBLIC)
    if old == current:
        return False
    if not (keys / _NEXT_PUBLIC).exists() or load_verifying_key(keys / _NEXT_PUBLIC) != current:
        raise bad_key(keys / _PUBLIC, f"the log's key is {current}, and it is not in this folder")
    # 1. The old public key is kept: old checkpoints are checked with it. A crash: a spare copy.
    retired = keys / _RETIRED
    make_folders(retired)
    _write_public(retired / f"{old.key_id.hex()}.vkey", old)
    # 2. The private half. A crash: the new private key beside the old public one; who loads a
    #    signer then is refused, and who opens the log comes here again and goes on with step 3.
    if (keys / _NEXT_PRIVATE).exists():
        move_durably(keys / _NEXT_PRIVATE, keys / _PRIVATE)
    # 3. The public half. It is last, so that the test at the top means that all is done.
    move_durably(keys / _NEXT_PUBLIC, keys / _PUBLIC)
    return True


def rotation_signers(
    keys: Path,
    current: VerifyingKey,
    passphrase: Passphrase = environment_passphrase,
    *,
    alone: bool = False,
) -> tuple[Signer, ...]:
    """Who signs the head now: the key that the log names, and before it the old one while it is
    still there.

    For keys in files; a key behind a command is its own signer. One signer when no rotation is
    under way, or if the new one is to sign ``alone``. Raises GS-REGISTER-010.
    """
    private, next_private = keys / _PRIVATE, keys / _NEXT_PRIVATE
    old = load_verifying_key(keys / _PUBLIC)
    if old != current and next_private.exists():
        new = load_signer(next_private, current, passphrase=passphrase)
        if alone:
            return (new,)
        return load_signer(private, old, passphrase=passphrase), new
    return (load_signer(private, current, passphrase=passphrase),)


def next_key(keys: Path) -> VerifyingKey | None:
    """The public key that was prepared to follow, whether or not the log names it yet."""
    file = keys / _NEXT_PUBLIC
    return load_verifying_key(file) if file.exists() else None


def own_keys(keys: Path) -> tuple[VerifyingKey, ...]:
    """The public keys under which this folder's newest checkpoint may be signed.

    The current one, and the next while a rotation is under way. Raises GS-REGISTER-010.
    """
    files = (keys / _PUBLIC, keys / _NEXT_PUBLIC)
    return tuple(load_verifying_key(file) for file in files if file.exists() or file is files[0])


def retired_keys(keys: Path) -> tuple[VerifyingKey, ...]:
    """The public keys of before, in no order that means anything. Raises GS-REGISTER-010."""
    return tuple(load_verifying_key(file) for file in sorted((keys / _RETIRED).glob("*.vkey")))


def _write_public(file: Path, key: VerifyingKey) -> None:
    write_atomically(file, f"{key}\n".encode())
