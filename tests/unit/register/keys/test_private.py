"""Keys encrypted, behind a command, and rotated; and nothing secret in any text."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodstanding.kernel import GoodStandingError
from goodstanding.register.keys import (
    CommandSigner,
    SigningKey,
    VerifyingKey,
    encrypt_key,
    environment_passphrase,
    finish_rotation,
    load_signer,
    load_verifying_key,
    own_keys,
    prepare_rotation,
    read_key_command,
    retired_keys,
    rotation_signers,
)

SEED = bytes(range(100, 132))
KEY = SigningKey("register.example/lumen", Ed25519PrivateKey.from_private_bytes(SEED))
PUBLIC = KEY.verifying_key
WORD = b"correct horse 42"


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(GoodStandingError) as refused:
        act()
    assert refused.value.code.id == "GS-REGISTER-010"
    return refused.value.what


@pytest.fixture
def encrypted(tmp_path: Path) -> Path:
    file = tmp_path / "register.key"
    KEY.save(file, WORD)
    return file


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The folder of keys of a log."""
    KEY.save(tmp_path / "register.key")
    (tmp_path / "register.vkey").write_text(f"{PUBLIC}\n")
    return tmp_path


def test_an_encrypted_key_signs_with_its_passphrase(encrypted: Path) -> None:
    signer = load_signer(encrypted, PUBLIC, passphrase=lambda: WORD)
    assert PUBLIC.verifies(signer.sign(b"text"), b"text")


def test_an_encrypted_key_is_its_owners_alone(encrypted: Path) -> None:
    assert encrypted.stat().st_mode & 0o777 == 0o600


def test_an_encrypted_key_does_not_hold_the_seed(encrypted: Path) -> None:
    text = encrypted.read_text()
    assert text.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert SEED not in base64.b64decode("".join(text.splitlines()[1:-1]))


def test_the_wrong_passphrase(encrypted: Path) -> None:
    what = refusal(lambda: load_signer(encrypted, PUBLIC, passphrase=lambda: b"wrong"))
    assert "the passphrase is wrong, or the file is damaged" in what


def test_no_passphrase(encrypted: Path) -> None:
    what = refusal(lambda: load_signer(encrypted, PUBLIC, passphrase=lambda: None))
    assert "it is encrypted and no passphrase is given" in what


def test_an_encrypted_key_that_others_may_read(encrypted: Path) -> None:
    encrypted.chmod(0o644)
    what = refusal(lambda: load_signer(encrypted, PUBLIC, passphrase=lambda: WORD))
    assert "others may read it" in what


def test_a_missing_key(tmp_path: Path) -> None:
    assert "No such file" in refusal(lambda: load_signer(tmp_path / "none", PUBLIC))


def test_a_private_key_of_another_public_key(keys: Path) -> None:
    other = SigningKey.generate(PUBLIC.name).verifying_key
    what = refusal(lambda: load_signer(keys / "register.key", other))
    assert "it is not the private half of" in what


def test_an_empty_passphrase_encrypts_nothing(tmp_path: Path) -> None:
    assert "empty" in refusal(lambda: KEY.save(tmp_path / "k", b""))


def test_a_plain_key_is_encrypted_where_it_lies(keys: Path) -> None:
    encrypt_key(keys / "register.key", PUBLIC, WORD)
    signer = load_signer(keys / "register.key", PUBLIC, passphrase=lambda: WORD)
    assert signer.verifying_key == PUBLIC


def test_a_key_is_not_encrypted_twice(encrypted: Path) -> None:
    assert "already" in refusal(lambda: encrypt_key(encrypted, PUBLIC, WORD))


def test_the_passphrase_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GS_KEY_PASSPHRASE", "pässword")
    assert environment_passphrase() == "pässword".encode()


def test_the_passphrase_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_bytes(WORD + b"\n")
    file.chmod(0o600)
    monkeypatch.delenv("GS_KEY_PASSPHRASE", raising=False)
    monkeypatch.setenv("GS_KEY_PASSPHRASE_FILE", str(file))
    assert environment_passphrase() == WORD


def test_a_passphrase_file_that_others_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "word"
    file.write_bytes(WORD)
    file.chmod(0o604)
    monkeypatch.delenv("GS_KEY_PASSPHRASE", raising=False)
    monkeypatch.setenv("GS_KEY_PASSPHRASE_FILE", str(file))
    assert "others may read it" in refusal(environment_passphrase)


def test_no_passphrase_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GS_KEY_PASSPHRASE", "GS_KEY_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert environment_passphrase() is None


def script(code: str) -> tuple[str, ...]:
    """A stand-in for a token: Python that is given the text on its standard input."""
    return (sys.executable, "-c", f"import sys; text = sys.stdin.buffer.read()\n{code}")


TOKEN = script(
    "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K\n"
    f"sys.stdout.buffer.write(K.from_private_bytes({SEED!r}).sign(text))"
)


def test_a_command_signs(tmp_path: Path) -> None:
    signer = load_signer(tmp_path / "no file", PUBLIC, command=TOKEN)
    assert PUBLIC.verifies(signer.sign(b"text"), b"text")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (script("sys.exit(3)"), "it ended with 3"),
        (script("print('x')"), "it answered with 2 bytes instead of 64"),
        (script("sys.stdout.write('x' * 64)"), "its signature does not hold"),
        (("/nonexistent/token",), "it cannot be run"),
        (("",), "it cannot be run"),
        (("a\0b",), "it cannot be run"),
    ],
)
def test_a_command_that_does_not_sign(command: tuple[str, ...], says: str) -> None:
    assert says in refusal(lambda: CommandSigner(PUBLIC, command).sign(b"text"))


def test_a_command_that_does_not_answer() -> None:
    stuck = script("import threading; threading.Event().wait()")
    signer = CommandSigner(PUBLIC, stuck, patience=0.2)
    assert "did not answer within 0.2 seconds" in refusal(lambda: signer.sign(b"text"))


def test_a_command_does_not_get_the_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GS_KEY_PASSPHRASE", "secret")
    command = script("import os; sys.exit(9 if 'GS_KEY_PASSPHRASE' in os.environ else 7)")
    assert "it ended with 7" in refusal(lambda: CommandSigner(PUBLIC, command).sign(b"text"))


def test_the_command_is_read_from_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text('key_command = ["token", "--sign"]\n')
    assert read_key_command(file) == ("token", "--sign")


def test_settings_without_a_command(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text('origin = "a"\n')
    assert read_key_command(file) is None


@pytest.mark.parametrize("text", ['"token"', "[]", '["a", 1]', '[""]'])
def test_a_command_that_is_no_list_of_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "node.toml"
    file.write_text(f"key_command = {text}\n")
    assert "not a list of words" in refusal(lambda: read_key_command(file))


def test_nothing_secret_in_any_text(encrypted: Path, tmp_path: Path) -> None:
    pin = "pin-90210"
    plain = tmp_path / "plain"
    KEY.save(plain)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(plain.read_bytes().replace(b"PRIVATE", b"PRIVAT\xff"))
    damaged.chmod(0o600)
    signer = CommandSigner(PUBLIC, ("/nonexistent/token", pin))
    texts = [
        repr(KEY),
        repr(signer),
        refusal(lambda: signer.sign(b"text")),
        refusal(lambda: CommandSigner(PUBLIC, script(f"sys.exit('{pin}')")).sign(b"")),
        refusal(lambda: load_signer(encrypted, PUBLIC, passphrase=lambda: b"wr0ng-word")),
        refusal(lambda: SigningKey.load(damaged)),
        refusal(lambda: load_signer(plain, SigningKey.generate("a").verifying_key)),
    ]
    seed = base64.b64encode(SEED).decode(), base64.b64encode(b"\x01" + SEED).decode(), SEED.hex()
    secrets = (pin, "wr0ng-word", *seed, repr(SEED))
    assert [(s, t) for t in texts for s in secrets if s in t] == []


def test_a_refused_passphrase_is_not_in_the_chain_of_errors(encrypted: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        load_signer(encrypted, PUBLIC, passphrase=lambda: b"wr0ng-word")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_rotation_changes_both_halves(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC)
    assert finish_rotation(keys, new)
    assert load_verifying_key(keys / "register.vkey") == new
    assert load_signer(keys / "register.key", new).verifying_key == new


def test_the_old_public_key_is_kept(keys: Path) -> None:
    finish_rotation(keys, prepare_rotation(keys, PUBLIC))
    assert retired_keys(keys) == (PUBLIC,)


def test_the_old_private_key_is_not_kept(keys: Path) -> None:
    secret = (keys / "register.key").read_bytes()
    finish_rotation(keys, prepare_rotation(keys, PUBLIC))
    assert [
        file for file in keys.rglob("*") if file.is_file() and file.read_bytes() == secret
    ] == []


def test_until_it_is_finished_the_old_key_signs(keys: Path) -> None:
    prepare_rotation(keys, PUBLIC)
    assert load_signer(keys / "register.key", PUBLIC).verifying_key == PUBLIC


def test_a_new_key_can_be_born_encrypted(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC, passphrase=WORD)
    finish_rotation(keys, new)
    signer = load_signer(keys / "register.key", new, passphrase=lambda: WORD)
    assert signer.verifying_key == new


def test_a_finished_rotation_is_finished(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC)
    finish_rotation(keys, new)
    assert finish_rotation(keys, new) is False


def test_a_rotation_that_was_not_sealed_is_forgotten(keys: Path) -> None:
    first = prepare_rotation(keys, PUBLIC)
    second = prepare_rotation(keys, PUBLIC)
    assert finish_rotation(keys, second)
    assert first not in (load_verifying_key(keys / "register.vkey"), *retired_keys(keys))


def test_a_sealed_rotation_is_finished_before_the_next(keys: Path) -> None:
    sealed = prepare_rotation(keys, PUBLIC)
    finish_rotation(keys, prepare_rotation(keys, sealed))
    assert set(retired_keys(keys)) == {PUBLIC, sealed}


def test_a_crash_between_the_halves_is_put_right(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC)
    (keys / "next.key").replace(keys / "register.key")
    assert finish_rotation(keys, new)
    assert load_signer(keys / "register.key", new).verifying_key == new


def test_between_the_halves_nothing_signs_under_the_wrong_name(keys: Path) -> None:
    prepare_rotation(keys, PUBLIC)
    (keys / "next.key").replace(keys / "register.key")
    assert "not the private half" in refusal(lambda: load_signer(keys / "register.key", PUBLIC))


def test_a_key_that_the_folder_does_not_hold(keys: Path) -> None:
    other = SigningKey.generate(PUBLIC.name).verifying_key
    assert "not in this folder" in refusal(lambda: finish_rotation(keys, other))


def test_while_the_key_changes_both_sign(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC)
    assert [s.verifying_key for s in rotation_signers(keys, new)] == [PUBLIC, new]
    assert own_keys(keys) == (PUBLIC, new)


def test_before_the_change_is_sealed_the_old_key_signs_alone(keys: Path) -> None:
    prepare_rotation(keys, PUBLIC)
    assert [s.verifying_key for s in rotation_signers(keys, PUBLIC)] == [PUBLIC]


def test_after_a_crash_between_the_halves_the_new_key_signs_alone(keys: Path) -> None:
    new = prepare_rotation(keys, PUBLIC)
    (keys / "next.key").replace(keys / "register.key")
    assert [s.verifying_key for s in rotation_signers(keys, new)] == [new]


def test_a_key_behind_a_command_can_follow(keys: Path) -> None:
    new = SigningKey.generate(PUBLIC.name).verifying_key
    finish_rotation(keys, prepare_rotation(keys, PUBLIC, external=new))
    assert load_verifying_key(keys / "register.vkey") == new


@pytest.mark.parametrize("key", [PUBLIC, SigningKey.generate("other").verifying_key])
def test_a_key_that_cannot_follow(keys: Path, key: VerifyingKey) -> None:
    assert "cannot follow" in refusal(lambda: prepare_rotation(keys, PUBLIC, external=key))
