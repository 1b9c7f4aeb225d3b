"""Dated versions: a question about a day is answered by the version in force on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.evaluation.small import SCHEME, document, pack

from goodstanding.catalogue import Pack, SchemeFile
from goodstanding.evaluation.lint import lint_schemes
from goodstanding.evaluation.load import load_scheme, load_schemes, scheme_versions
from goodstanding.kernel import GoodStandingError

NEWEST = SCHEME.replace("{from: 2020-01-01}", "{from: 2022-01-01}")
OLDER = SCHEME.replace("version: 3", "version: 2").replace(
    "{from: 2020-01-01}", "{from: 2020-01-01, to: 2022-01-01}"
)
OLDEST = SCHEME.replace("version: 3", "version: 1").replace(
    "{from: 2020-01-01}", "{from: 2018-01-01, to: 2020-01-01}"
)


def versions(folder: Path, **texts: str) -> Pack:
    """A pack with these scheme files; double underscores stand for points."""
    stems = {name.replace("__", "."): text for name, text in texts.items()}
    files = {s: SchemeFile(document(folder, t, f"{s}.yaml"), None) for s, t in stems.items()}
    return replace(pack(), schemes=files)


def three(folder: Path) -> Pack:
    return versions(folder, small=NEWEST, small__v1=OLDEST, small__v2=OLDER)


def test_the_versions_in_order(tmp_path: Path) -> None:
    found = scheme_versions(three(tmp_path), "small")
    assert [scheme.version for scheme in found] == [1, 2, 3]
    assert {name: s.version for name, s in load_schemes(three(tmp_path)).items()} == {"small": 3}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (None, 3),
        (date(2030, 1, 1), 3),
        (date(2022, 1, 1), 3),
        (date(2021, 12, 31), 2),
        (date(2020, 1, 1), 2),
        (date(2019, 12, 31), 1),
        (date(2018, 1, 1), 1),
    ],
)
def test_the_version_in_force(tmp_path: Path, day: date | None, version: int) -> None:
    assert load_scheme(three(tmp_path), "small", day).version == version


def test_before_all_versions_the_earliest_refuses(tmp_path: Path) -> None:
    earliest = load_scheme(three(tmp_path), "small", date(2017, 12, 31))
    assert earliest.version == 1
    with pytest.raises(GoodStandingError) as raised:
        earliest.check_applies(date(2017, 12, 31))
    assert raised.value.code.id == "GS-SCHEME-020"


def test_a_day_between_versions_is_refused(tmp_path: Path) -> None:
    ended = OLDER.replace("to: 2022-01-01", "to: 2021-01-01")
    found = load_scheme(
        versions(tmp_path, small=NEWEST, small__v2=ended), "small", date(2021, 6, 1)
    )
    assert found.version == 2
    with pytest.raises(GoodStandingError, match="until 2021-01-01"):
        found.check_applies(date(2021, 6, 1))


def test_versions_that_overlap(tmp_path: Path) -> None:
    open_ended = OLDER.replace(", to: 2022-01-01", "")
    both = versions(tmp_path, small=NEWEST, small__v2=open_ended)
    with pytest.raises(GoodStandingError) as raised:
        load_scheme(both, "small")
    assert raised.value.code.id == "GS-SCHEME-048"
    assert str(raised.value).startswith(f"{tmp_path / 'small.v2.yaml'}:7:11: ")
    assert "versions 2 and 3 of the scheme 'small' are both in force on 2022-01-01" in str(
        raised.value
    )
    assert "GS-SCHEME-048" in [finding.code.id for finding in lint_schemes(both)]


@pytest.mark.parametrize("stem", ["small__v4", "small__v2x", "smaller__v2"])
def test_the_name_of_the_file_says_which_version_it_is(tmp_path: Path, stem: str) -> None:
    found = lint_schemes(versions(tmp_path, **{stem: OLDER}))
    assert "GS-SCHEME-012" in [finding.code.id for finding in found]


def test_only_ids_are_known(tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError, match=r"no scheme 'small\.v1'.*known are: small\."):
        load_scheme(three(tmp_path), "small.v1")


def case(name: str, day: str, expect: str) -> str:
    record = "{item: permit, effective_on: 2018-01-01}"
    return f"  - {{name: {name}, as_of: {day}, records: [{record}], expect: {expect}}}\n"


def linted(folder: Path, cases: str) -> list[str]:
    found = three(folder)
    tests = document(folder, "cases:\n" + cases, "small.tests.yaml").path
    file = replace(found.schemes["small"], tests_file=tests)
    said = [str(f) for f in lint_schemes(replace(found, schemes={**found.schemes, "small": file}))]
    return [line.partition(": ")[2] for line in said if "tests.yaml" in line and "-032" not in line]


def test_a_case_on_an_earlier_day_is_answered_by_the_earlier_version(tmp_path: Path) -> None:
    assert linted(tmp_path, case("old", "2021-12-31", "{grade: A, total: 0, version: 2}")) == []
    said = linted(tmp_path, case("old", "2021-12-31", "{grade: A, version: 3}"))
    assert said == [
        "GS-SCHEME-031 The test 'old' fails: the version should be 3 but is 2.",
    ]


def test_a_case_may_also_show_that_this_version_refuses(tmp_path: Path) -> None:
    assert linted(tmp_path, case("old", "2021-12-31", "{refused: GS-SCHEME-020}")) == []


def test_the_day_before_is_still_wanted(tmp_path: Path) -> None:
    said = linted(tmp_path, case("now", "2024-01-01", "{grade: A}"))
    assert [line[:13] for line in said] == ["GS-SCHEME-034"]


def test_when_something_changes_next(tmp_path: Path) -> None:
    before = case("old", "2021-12-31", "{refused: GS-SCHEME-020}")
    right = case("never", "2024-01-01", "{grade: A, next_change_on: null}")
    wrong = case("soon", "2024-01-01", "{grade: A, next_change_on: 2024-02-01}")
    assert linted(tmp_path, before + right) == []
    assert linted(tmp_path, before + wrong) == [
        "GS-SCHEME-031 The test 'soon' fails: next_change_on should be 2024-02-01 but is none."
    ]
