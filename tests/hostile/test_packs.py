"""Packs from strangers: each over-step is a finding with its place, soon, and nothing is run."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.catalogue import errors, load_pack, read_pack
from goodstanding.catalogue.patterns import pattern_problem, relation
from goodstanding.cli.linting import lint_pack
from goodstanding.ingest.sql import fits
from goodstanding.ingest.workplace import trial_database
from goodstanding.kernel import GoodStandingError


def only_finding(folder: Path) -> GoodStandingError:
    """The one thing that lint finds in the pack."""
    (finding,) = lint_pack(str(folder))
    return finding


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Other words in one file of the pack."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


# -- the files -------------------------------------------------------------------------------


def _link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _folder_link(path: Path) -> None:
    path.symlink_to("/etc", target_is_directory=True)


def _socket(path: Path) -> None:
    held = socket.socket(socket.AF_UNIX)
    held.bind(os.path.relpath(path))
    held.close()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (_link, "a link"),
        (_folder_link, "a link"),
        (os.mkfifo, "a pipe"),
        (_socket, "a socket"),
        (Path.mkdir, None),
    ],
)
@pytest.mark.parametrize("where", ["catalogue/x.yaml", "sources/x.sql", "x.yaml", "notes"])
def test_only_regular_files_are_read(
    harbour_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    kind: str | None,
    where: str,
) -> None:
    monkeypatch.chdir(harbour_folder)
    make(harbour_folder / where)
    if kind is None:
        assert not lint_pack(str(harbour_folder))
        return
    finding = only_finding(harbour_folder)
    assert finding.code is errors.NOT_A_PACK_FILE
    assert kind in finding.what
    assert str(finding.place).endswith(where)
    with pytest.raises(GoodStandingError, match="GS-PACK-019"):
        load_pack(harbour_folder)


def test_a_linked_head_is_no_pack(harbour_folder: Path, tmp_path: Path) -> None:
    (harbour_folder / "pack.yaml").rename(tmp_path / "pack.yaml")
    (harbour_folder / "pack.yaml").symlink_to(tmp_path / "pack.yaml")
    assert {f.code for f in lint_pack(str(harbour_folder))} == {errors.NOT_A_PACK_FILE}


def test_what_is_hidden_is_no_part_of_the_pack(harbour_folder: Path) -> None:
    before = load_pack(harbour_folder).digest
    (harbour_folder / ".git").mkdir()
    (harbour_folder / ".git" / "config.yaml").write_text("[")
    (harbour_folder / "catalogue" / ".#berth_fine.yaml").symlink_to("nobody@nowhere")
    assert load_pack(harbour_folder).digest == before


def test_a_file_has_a_size(harbour_folder: Path) -> None:
    with (harbour_folder / "catalogue" / "big.yaml").open("wb") as file:
        file.truncate(5 << 20)
    finding = only_finding(harbour_folder)
    assert finding.code is errors.PACK_TOO_LARGE
    assert "4 MiB" in finding.what


def test_a_pack_has_so_many_files(harbour_folder: Path) -> None:
    for n in range(5_001):
        (harbour_folder / "law" / f"a{n}.yaml").touch()
    finding = only_finding(harbour_folder)
    assert finding.code is errors.PACK_TOO_LARGE
    assert "5,000 files" in finding.what


@pytest.mark.parametrize("file", ["catalogue/berth_fine.yaml", "sources/fines.sql"])
def test_bytes_that_are_no_text_have_a_place(harbour_folder: Path, file: str) -> None:
    (harbour_folder / file).write_bytes(b"id: \xff\xfe")
    finding = only_finding(harbour_folder)
    assert finding.code is errors.NOT_UTF8
    assert "byte 5" in finding.what


# -- YAML ------------------------------------------------------------------------------------

LAUGHS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (LAUGHS, errors.PACK_TOO_LARGE, "200,000 values"),
        (f"a: {'9' * 5000}", errors.BAD_YAML, "at most 38 digits"),
        (f"a: 1.{'9' * 5000}", errors.BAD_YAML, "at most 38 digits"),
        (f"a: 0x{'f' * 5000}", errors.BAD_YAML, "at most 38 digits"),
        ("a: 1e99999999", errors.BAD_YAML, "is no number"),
        ("a: 1e-99999999", errors.BAD_YAML, "is no number"),
        (f"a: {'[' * 5000}", errors.BAD_YAML, "nested more than 100 deep"),
        ("a: &a [*a]", errors.BAD_YAML, "holds itself"),
        ("a: !!python/object/apply:os.system ['true']", errors.BAD_SHAPE, ""),
    ],
)
def test_yaml_has_a_size(harbour_folder: Path, text: str, code: object, said: str) -> None:
    (harbour_folder / "catalogue" / "berth_fine.yaml").write_text(text)
    found = lint_pack(str(harbour_folder))
    assert {finding.code for finding in found} == {code}
    assert said in found[0].what
    assert all(len(finding.what) < 400 for finding in found)


def test_one_comma_is_told_once(harbour_folder: Path) -> None:
    replace(harbour_folder, "catalogue/berth_fine.yaml", "{en: ", "{en: Fines, and ")
    finding = only_finding(harbour_folder)
    assert "a text with a comma in it is quoted" in finding.what
    assert str(finding.place).endswith("berth_fine.yaml:2:50")


# -- names and texts that become SQL -----------------------------------------------------------

SQL = "x'); COPY (SELECT 1) TO 'taken.csv'; --"


@pytest.mark.parametrize(
    "change",
    [
        ("catalogue/berth_fine.yaml", "id: berth_fine", f'id: "{SQL}"'),
        ("catalogue/berth_fine.yaml", "id: berth_fine", "id: berth-fine"),
        ("catalogue/berth_fine.yaml", "hours:", f'"{SQL}":'),
        ("sources/fines.yaml", "code: test_row", f'code: "{SQL}"'),
        ("sources/fines.yaml", "code: test_row", "code: test-row"),
        ("sources/fines.yaml", "format: csv", f'format: "{SQL}"'),
        ("sources/fines.yaml", "encoding: utf-8", f'encoding: "{SQL}"'),
        ("sources/fines.yaml", "format: csv", f'format: csv\ncsv: {{delimiter: "{SQL}"}}'),
        ("pack.yaml", "time_zone:", f'time_zone: "{SQL}" #'),
        ("pack.yaml", "calendar:", f'calendar: "{SQL}" #'),
    ],
)
def test_no_name_is_sql(harbour_folder: Path, change: tuple[str, str, str]) -> None:
    replace(harbour_folder, *change)
    assert lint_pack(str(harbour_folder))


# -- regular expressions -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", "[", "(?=a)", "(?i)a", r"(a)\1", "(?P<n>a)", "a++", "a*+", r"a\Z", "*"),
        *("(" * 150, "((a{100}){100}){100}", "a{99999999999}", r"\p{L}"),
    ],
)
def test_a_pattern_that_is_none_is_found(harbour_folder: Path, pattern: str) -> None:
    replace(harbour_folder, "pack.yaml", 'pattern: "[0-9]{4}"', f"pattern: '{pattern}'")
    codes = {finding.code for finding in lint_pack(str(harbour_folder))}
    assert codes <= {errors.BAD_PATTERN, errors.BAD_SHAPE}
    assert codes


PIECES = st.sampled_from(
    [
        *("a", "0", "[0-9]", "[^a]", "[a-z", "(", ")", "(?:", "|", "*", "+", "?", "{2}", "{1,64}"),
        *("{900}", ".", "^", "$", "\\", "\\d", "\\1", "(?=", "-", "]", "{", "}", "\U0010ffff"),
    ]
)


@given(pieces=st.lists(PIECES, max_size=14))
def test_what_is_taken_for_a_pattern_is_one(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    if pattern_problem(pattern) is None:
        with trial_database("UTC") as con:
            assert fits(con, "a" * 300, pattern) in (True, False)


def test_a_pattern_answers_at_once_whatever_it_is_asked() -> None:
    with trial_database("UTC") as con:
        assert not fits(con, "a" * 5_000, "(a+)+b")


def test_two_patterns_are_compared_within_bounds() -> None:
    wide = "(?:[a-z0-9]{0,60}){0,60}"
    assert relation(wide, f"{wide}x") is None


# -- all of a file ---------------------------------------------------------------------------


@given(
    file=st.sampled_from(["pack.yaml", "catalogue/berth_fine.yaml", "sources/fines.yaml"]),
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.dates()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    line=st.integers(0, 40),
)
def test_any_value_in_any_line_is_a_finding_or_none(
    file: str, value: object, line: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = Path(__file__).parent.parent / "fixtures" / "packs" / "harbour"
    folder = tmp_path_factory.mktemp("pack") / "harbour"
    shutil.copytree(source, folder)
    lines = (folder / file).read_text().splitlines()
    at = line % len(lines)
    key = lines[at].partition(":")[0]
    lines[at] = f"{key}: {json.dumps(value, default=str)}"
    (folder / file).write_text("\n".join(lines))
    pack, findings = read_pack(folder)
    assert findings or pack is not None
    for finding in findings:
        assert not any(w in finding.what for w in ("Input should", "valid dict", "pydantic"))
