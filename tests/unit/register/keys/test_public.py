from pathlib import Path

import pytest

from goodstanding.kernel import GoodStandingError
from goodstanding.register.keys import (
    SigningKey,
    VerifyingKey,
    check_origin,
    load_verifying_key,
)

# The published example of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def test_keys_read_and_write_as_signed_notes_have_them(tmp_path: Path) -> None:
    assert str(VerifyingKey.parse(PETER)) == PETER
    file = tmp_path / "key"
    file.write_text(PETER_SECRET + "\n")
    file.chmod(0o600)
    key = SigningKey.load(file)
    assert str(key.verifying_key) == PETER
    key.save(tmp_path / "again")
    assert (tmp_path / "again").read_text() == PETER_SECRET + "\n"


def test_a_new_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    key = SigningKey.generate("register.example/lumen")
    file = tmp_path / "register.key"
    key.save(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(file).verifying_key == key.verifying_key
    signature = key.sign(b"text")
    assert key.verifying_key.verifies(signature, b"text")
    assert not key.verifying_key.verifies(signature, b"texT")


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "register.key"
    SigningKey.generate("a").save(file)
    file.chmod(0o640)
    with pytest.raises(GoodStandingError, match="others may read it"):
        SigningKey.load(file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("Peter", "Petra"),
        PETER[:-4],
        PETER.replace("+AR", "+BR"),
        PETER.replace("c74f20a3", "zzzzzzzz"),
        PETER + "!",
        PETER_SECRET,
    ],
)
def test_a_damaged_public_key_is_refused(text: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        VerifyingKey.parse(text)
    assert refused.value.code.id == "GS-REGISTER-010"


@pytest.mark.parametrize("text", [None, PETER, PETER_SECRET.replace("c74f20a3", "00000000")])
def test_a_damaged_private_key_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "register.key"
    if text is not None:
        file.write_text(text)
        file.chmod(0o600)
    with pytest.raises(GoodStandingError) as refused:
        SigningKey.load(file)
    assert refused.value.code.id == "GS-REGISTER-010"


def test_a_missing_public_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refused:
        load_verifying_key(tmp_path / "none")
    assert refused.value.code.id == "GS-REGISTER-010"


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\u00a0b", "a\u3000b", "a\nb", "a\x7fb"])
def test_an_origin_without_blank_plus_or_control(origin: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        check_origin(origin)
    assert refused.value.code.id == "GS-REGISTER-004"
