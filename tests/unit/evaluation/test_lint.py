"""Tests beside a scheme are run, and must stand at every bound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.evaluation.small import SCHEME, TESTS, document, pack

from goodstanding.catalogue import Pack, SchemeFile, load_pack
from goodstanding.evaluation.lint import lint_schemes

UNFED = "unfed: {why: {en: The pack of a test has no sources.}}\n"


def linted(folder: Path, tests: str | None, scheme: str = SCHEME) -> list[str]:
    beside = None if tests is None else document(folder, tests, "small.tests.yaml").path
    file = SchemeFile(document(folder, scheme + UNFED), beside)
    return [str(f).removeprefix(f"{folder}/") for f in lint_schemes(with_scheme(file))]


def with_scheme(file: SchemeFile) -> Pack:
    return replace(pack(), schemes={"small": file})


def case(name: str, amounts: list[str], expect: str, as_of: str = "2024-06-30") -> str:
    records = ", ".join(
        f"{{item: fine, effective_on: 2024-01-01, facts: {{kind: grave, amount: {a}}}}}"
        for a in amounts
    )
    return f"  - {{name: {name}, as_of: {as_of}, records: [{records}], expect: {expect}}}\n"


COMPLETE = TESTS + "".join(
    [
        case("before it began", [], "{refused: GS-SCHEME-020}", "2019-12-31"),
        case("one", ["1.00"], "{grade: A, total: 5, points: {number: 5, much: 0}}"),
        case("two", ["1.00", "1.00"], "{grade: B, total: 10}"),
        case("just not much", ["99.99"], "{grade: A, total: 5}"),
        case("much", ["100.00"], "{grade: B, total: 10, points: {number: 5, much: 5}}"),
        case("more", ["100.01", "0.00"], "{grade: B, total: 15}"),
        case("nine", ["0.00"] * 9, "{grade: A, total: 10, exception: many}"),
    ]
)


def test_the_packs_that_come_along_are_clean() -> None:
    for name in ("template", "us_nyc"):
        assert [str(finding) for finding in lint_schemes(load_pack(name))] == []


def test_failing_cases_and_missing_bounds(tmp_path: Path) -> None:
    said = linted(tmp_path, COMPLETE)
    failing = [line for line in said if "GS-SCHEME-031" in line]
    assert [line.partition("The test ")[2] for line in failing] == [
        "'nine' fails: the grade should be A but is B.",
        "'nine' fails: the exception should be many but is none.",
    ]
    assert all(line.startswith("small.tests.yaml:12:") for line in failing)
    # `number > param.most` (10) was tried with 9, 2, 1 and no fines.
    assert any("GS-SCHEME-032 The bound param.most is not tested at nor above" in s for s in said)


def test_a_complete_set_of_tests(tmp_path: Path) -> None:
    tests = COMPLETE.replace("grade: A, total: 10, exception: many", "grade: B, total: 10")
    tests += case("ten", ["0.00"] * 10, "{grade: B, total: 10, exception: null}")
    tests += case("eleven", ["0.00"] * 11, "{grade: X, total: 10, exception: many}")
    assert linted(tmp_path, tests) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("before it began", "GS-SCHEME-034"),
        ("just not much", "param.much is not tested just below"),
        ("much", "param.much is not tested at"),
        ("more", "param.much is not tested above"),
        ("ten", "param.most is not tested at"),
        ("eleven", "param.most is not tested above"),
    ],
)
def test_each_place_is_needed(tmp_path: Path, left_out: str, missing: str) -> None:
    tests = COMPLETE.replace("grade: A, total: 10, exception: many", "grade: B, total: 10")
    tests += case("ten", ["0.00"] * 10, "{grade: B, total: 10}")
    tests += case("eleven", ["0.00"] * 11, "{grade: X, total: 10}")
    lines = [line for line in tests.splitlines() if f"name: {left_out}," not in line]
    assert any(missing in line for line in linted(tmp_path, "\n".join(lines)))


def test_totals_that_cannot_be_given_need_no_test(tmp_path: Path) -> None:
    """Points move in fives, so just below 10 is 5, and 9 is never asked for."""
    said = linted(tmp_path, TESTS + case("two", ["1.00", "1.00"], "{grade: B}"))
    band = [line for line in said if "param.b_from" in line]
    assert len(band) == 1
    assert "just below nor above" in band[0]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("{item: nope, effective_on: 2024-01-01}", "no item 'nope'"),
        ("{item: fine, effective_on: 2024-01-01, facts: {amont: 1}}", "no fact 'amont'"),
        ("{item: fine, effective_on: 2024-01-01, facts: {kind: heavy}}", "'heavy' is not a code"),
        ("{item: fine, effective_on: 2024-01-01, facts: {amount: x}}", "'x' is not a money"),
        ("{item: fine, effective_on: yesterday}", "effective_on"),
        ("{item: fine, effective_on: 2024-01-01, facts: {amount: 1.001}}", "1.001"),
    ],
)
def test_a_case_that_cannot_run(tmp_path: Path, record: str, says: str) -> None:
    tests = TESTS.replace("{item: permit, effective_on: 2024-01-01}", record)
    said = linted(tmp_path, tests)
    assert any(says in line and line.startswith("small.tests.yaml:") for line in said), said


def test_no_tests_at_all(tmp_path: Path) -> None:
    assert ["GS-SCHEME-033" in line for line in linted(tmp_path, None)] == [True]
