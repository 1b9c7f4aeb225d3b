"""A file is kept to the byte, unpacked and decoded strictly; what cannot be is refused."""

from __future__ import annotations

import gzip
import io
import os
import socket
import zipfile
from pathlib import Path

import pytest
from tests.unit.ingest.reading.conftest import ReadFile, Refused, shortly
from tests.workbooks import xlsx, zipped

from goodstanding.catalogue import Pack
from goodstanding.ingest.errors import UNKNOWN_ENCODING
from goodstanding.ingest.reading import containers, receive
from goodstanding.ingest.reading.containers import Limits
from goodstanding.ingest.reading.encodings import ENCODINGS
from goodstanding.kernel import GoodStandingError, hash_hex

LIST = b"a,b,c\n1,2,3\n"


def test_the_original_is_kept_under_a_name_of_ours(read: ReadFile) -> None:
    found = read(LIST, name="x.exe;rm")
    assert found.delivery.original.name == "original.csv"
    assert found.delivery.original.read_bytes() == LIST
    assert found.delivery.sha256 == hash_hex(LIST)


def test_a_name_does_no_harm(read: ReadFile) -> None:
    assert (
        read(LIST, name="a\n\x1b[2J\u202eb.csv").delivery.file_name
        == r"a\u{a}\u{1b}[2J\u{202e}b.csv"
    )
    assert read(LIST, name=os.fsdecode(b"\xff.csv")).delivery.file_name == r"\u{dcff}.csv"


def test_what_is_no_file_is_refused(refused: Refused, tmp_path: Path) -> None:
    pipe, place = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        for path, kind in ((tmp_path, "folder"), (pipe, "pipe"), (place, "socket")):
            refusal = refused(path)
            assert (refusal.code.id, kind in refusal.what) == ("GS-INGEST-013", True)
    assert "device" in refused(Path("/dev/zero")).what
    assert refused(tmp_path / "nowhere\n").code.id == "GS-INGEST-002"


@pytest.mark.parametrize("change", ["longer", "written again", "another"])
def test_a_file_that_changes_meanwhile_is_refused(
    harbour: Pack, tmp_path: Path, change: str
) -> None:
    path, other = tmp_path / "list.csv", tmp_path / "other.csv"
    path.write_bytes(LIST)
    other.write_bytes(LIST)
    before = path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))

    def meanwhile(step: str, _done: int, _size: int | None) -> None:
        if step != "receiving":
            return
        if change == "longer":
            with path.open("ab") as file:
                file.write(b"4,5,6\n")
        elif change == "written again":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        elif other.exists():
            other.rename(path)

    (tmp_path / "work").mkdir()
    with pytest.raises(GoodStandingError) as refusal:
        receive(path, harbour.sources["fines"], tmp_path / "work", meanwhile)
    assert refusal.value.code.id == "GS-INGEST-014"


# Archives -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list.csv", "list.gz", "list.zip"])
def test_an_archive_of_one_file_is_read_whatever_its_name(read: ReadFile, name: str) -> None:
    for content, suffix in ((gzip.compress(LIST, mtime=0), ".gz"), (zipped({"x/y": LIST}), ".zip")):
        found = read(content, name=name)
        assert found.rows == [(2, "1", "2", "3")]
        assert found.delivery.original.suffix == suffix
        assert found.delivery.original.read_bytes() == content


def _link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("list.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/hostname")
    return out.getvalue()


def _packed_in_an_unknown_way() -> bytes:
    content = bytearray(zipped({"list.csv": LIST}))
    content[8] = 99
    content[content.index(b"PK\x01\x02") + 10] = 99
    return bytes(content)


def _locked() -> bytes:
    content = bytearray(zipped({"list.csv": LIST}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (
            zipped({"a.csv": LIST, "b\x1b.csv": LIST}),
            "GS-INGEST-020",
            r"2 files ('a.csv', 'b\\u{1b}",
        ),
        (zipped({}), "GS-INGEST-020", "no file"),
        (zipped({"a.gz": gzip.compress(LIST, mtime=0)}), "GS-INGEST-020", "a further archive"),
        (
            gzip.compress(gzip.compress(LIST, mtime=0), mtime=0),
            "GS-INGEST-020",
            "a further archive",
        ),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "GS-INGEST-020", "7z"),
        (zipped({"../a.csv": LIST}), "GS-INGEST-021", "'../a.csv'"),
        (zipped({"/etc/a.csv": LIST}), "GS-INGEST-021", "'/etc/a.csv'"),
        (zipped({"C:\\a.csv": LIST}), "GS-INGEST-021", "path"),
        (_link(), "GS-INGEST-021", "a link"),
        (_locked(), "GS-INGEST-022", "password"),
        (_packed_in_an_unknown_way(), "GS-INGEST-005", "packed in an unusual way"),
        (gzip.compress(LIST * 1000, mtime=0)[:-9], "GS-INGEST-005", "it ends too early"),
        (gzip.compress(LIST, mtime=0)[:-8] + bytes(8), "GS-INGEST-005", "damaged"),
        (zipped({"a.csv": LIST * 1000})[:-9], "GS-INGEST-005", "damaged"),
        (gzip.compress(b"", mtime=0), "GS-INGEST-003", "no rows"),
    ],
    ids=shortly,
)
def test_any_other_archive_is_refused(
    refused: Refused, content: bytes, code: str, words: str
) -> None:
    refusal = refused(content)
    assert refusal.code.id == code
    assert words in refusal.what


@pytest.mark.parametrize(
    ("limits", "taken"),
    [
        (Limits(size=12, ratio=1, free=12), True),
        (Limits(size=11, ratio=99, free=12), False),
        (Limits(size=99, ratio=0, free=11), False),
    ],
)
def test_an_archive_is_unpacked_up_to_its_limits(
    tmp_path: Path, limits: Limits, taken: bool
) -> None:
    packed, target = tmp_path / "packed", tmp_path / "target"
    packed.write_bytes(gzip.compress(LIST, mtime=0))
    if taken:
        containers.unpack("gzip", packed, target, "list.gz", limits)
        assert target.read_bytes() == LIST
        return
    with pytest.raises(GoodStandingError) as refusal:
        containers.unpack("gzip", packed, target, "list.gz", limits)
    assert refusal.value.code.id == "GS-INGEST-023"


def test_a_bomb_is_refused_before_it_fills_the_disk(refused: Refused, tmp_path: Path) -> None:
    refusal = refused(gzip.compress(bytes(100 << 20)))
    assert refusal.code.id == "GS-INGEST-023"
    assert (tmp_path / "work" / "unpacked").stat().st_size <= 65 << 20


@pytest.mark.parametrize(
    ("content", "format", "code", "words"),
    [
        (xlsx([["a"]]), "csv", "GS-INGEST-017", "is an XLSX workbook"),
        (b"%PDF-1.7", "csv", "GS-INGEST-017", "is a PDF document"),
        (b"\n<!DOCTYPE html><p>Log in", "csv", "GS-INGEST-017", "is a web page"),
        (b"PAR1", "jsonl", "GS-INGEST-017", "is a Parquet file"),
        (LIST, "parquet", "GS-INGEST-005", "does not begin as PARQUET does"),
        (LIST, "xlsx", "GS-INGEST-005", "does not begin as XLSX does"),
    ],
    ids=shortly,
)
def test_a_file_of_another_format_is_called_what_it_is(
    refused: Refused, content: bytes, format: str, code: str, words: str
) -> None:
    refusal = refused(content, format=format)
    assert refusal.code.id == code
    assert words in refusal.what


# Encodings ------------------------------------------------------------------------------------


def _named(name: str, encoding: str) -> bytes:
    return f"a,b,c\n1,2,3\n1,{name},3\n".encode(encoding)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("流明", "gb18030"),
        ("流明", "gbk"),
        ("流明", "big5"),
        ("港湾", "shift_jis"),
        ("港湾", "euc-jp"),
        ("항구", "euc-kr"),
        ("항구", "cp949"),
        ("Müller", "latin-1"),
        ("Müller – Söhne", "windows-1252"),
        ("Порт", "windows-1251"),
        ("Порт", "koi8-r"),
        ("Порт", "iso-8859-5"),
        ("Λιμάνι", "iso-8859-7"),
        ("Порт", "utf-16"),
        ("Порт", "utf-16-le"),
        ("Порт", "utf-8"),
    ],
)
def test_a_declared_encoding_is_read(read: ReadFile, name: str, encoding: str) -> None:
    assert read(_named(name, encoding), encoding=encoding).rows[1] == (3, "1", name, "3")


@pytest.mark.parametrize(
    "encoding",
    ["rot13", "base64", "utf-7", "iso2022_jp", "hz", "idna", "punycode", "unicode_escape", "x\0"],
)
def test_an_encoding_that_is_not_text_alone_is_refused(refused: Refused, encoding: str) -> None:
    assert refused(LIST, encoding=encoding).code is UNKNOWN_ENCODING


def test_every_encoding_of_the_list_is_one_of_python(read: ReadFile) -> None:
    for encoding in sorted(ENCODINGS):
        assert read(
            LIST.decode().encode(encoding if encoding != "utf-16" else "utf-16"), encoding=encoding
        ).rows


@pytest.mark.parametrize(
    ("content", "declared", "code", "likely", "line"),
    [
        (_named("Müller – Söhne", "cp1252"), "latin-1", "GS-INGEST-015", "windows-1252", 3),
        (_named("“Šimek”", "cp1250"), "iso-8859-2", "GS-INGEST-015", "windows-1250", 3),
        (_named("«Порт»…", "cp1251"), "iso-8859-5", "GS-INGEST-015", "windows-1251", 3),
        (_named("Müller", "utf-8"), "latin-1", "GS-INGEST-015", "utf-8", 3),
        (_named("ÜBER", "utf-8"), "latin-1", "GS-INGEST-015", "utf-8", 3),
        (_named("Müller", "utf-8"), "windows-1252", "GS-INGEST-015", "utf-8", 3),
        (_named("Порт", "utf-8"), "koi8-r", "GS-INGEST-015", "utf-8", 3),
        (_named("流明渡", "utf-8"), "big5", "GS-INGEST-004", "utf-8", 3),
        (_named("Müller", "latin-1"), "utf-8", "GS-INGEST-004", "windows-1252", 3),
        (_named("流明渡轮有限公司", "gb18030"), "utf-8", "GS-INGEST-004", "gb18030", 3),
        (_named("Портовая служба", "cp1251"), "utf-8", "GS-INGEST-004", "windows-1251", 3),
        (_named("x", "utf-16"), "utf-8", "GS-INGEST-004", "utf-16", 1),
        (_named("x", "utf-16-le"), "utf-8", "GS-INGEST-016", "utf-16-le", 1),
        (_named("x", "utf-16-be"), "utf-16", "GS-INGEST-015", "utf-16-be", 1),
        (b"a,b,c\n1,\0,3\n", "utf-8", "GS-INGEST-016", "", 2),
        (b"a,b,c\n1,\xe9,3\n", "ascii", "GS-INGEST-004", "windows-1252", 2),
    ],
    ids=shortly,
)
def test_bytes_that_are_no_text_are_refused_with_the_likely_encoding(
    refused: Refused, content: bytes, declared: str, code: str, likely: str, line: int
) -> None:
    refusal = refused(content, encoding=declared)
    assert refusal.code.id == code
    assert likely in refusal.what
    assert f"(line {line})" in refusal.what
    assert refusal.place is not None
    assert refusal.place.line == line


def test_the_byte_is_found_where_it_is_said(refused: Refused) -> None:
    content = b"a,b,c\n" + b"1,2,3\n" * 400_000 + b"1,\xc3(,3\n"
    refusal = refused(content)
    assert refusal.values["position"] == content.index(b"\xc3") + 1
    assert refusal.values["line"] == 400_002


def test_a_mark_at_the_beginning_is_no_part_of_the_first_name(read: ReadFile) -> None:
    for content, encoding in (
        (b"\xef\xbb\xbf" + LIST, "utf-8"),
        (("\ufeff" + LIST.decode()).encode("utf-16-le"), "utf-16-le"),
    ):
        assert read(content, encoding=encoding).rows == [(2, "1", "2", "3")]
