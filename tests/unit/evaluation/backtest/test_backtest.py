"""A backtest counts what a count over the reference engine counts, and writes it twice alike."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from tests.unit.evaluation.backtest import world
from tests.unit.evaluation.backtest.world import DAYS

from goodstanding.evaluation.backtest import (
    AFTER,
    BEFORE,
    Backtest,
    GroupShare,
    GroupState,
    Question,
    Step,
    as_if_law,
    check_comparable,
    days_between,
    grouping_of,
    probes,
    seal,
    write_report,
)
from goodstanding.evaluation.engines.backtest import FILES, comparison
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import GoodStandingError, Nature, Period


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return world.scheme(tmp_path_factory.mktemp("scheme"))


@pytest.fixture(scope="module")
def milder(scheme: Scheme) -> Scheme:
    return world.with_number(scheme, "b_from", 12)


@pytest.fixture(scope="module")
def question(scheme: Scheme, milder: Scheme) -> Question:
    group = grouping_of(scheme, "registration.trade")
    return Question(scheme, milder, DAYS, None, group, 10)


@pytest.fixture(scope="module")
def found(question: Question, tmp_path_factory: pytest.TempPathFactory) -> tuple[Backtest, Path]:
    folder = tmp_path_factory.mktemp("backtest")
    return world.run(folder, question, folder / "out"), folder / "out"


# -- counts ----------------------------------------------------------------------------


def test_confusion_is_the_reference_engines(
    found: tuple[Backtest, Path], scheme: Scheme, milder: Scheme
) -> None:
    counted: Counter[tuple[date, str | None, str | None]] = Counter()
    for day in DAYS:
        before, after = world.grades(milder, day), world.grades(scheme, day)
        assert before != after
        counted.update((day, before.get(s), after.get(s)) for s in before.keys() | after.keys())
    rows = {(r.as_of, r.before, r.after): r.subjects for r in found[0].findings.confusion}
    assert rows == counted


def test_moves_name_who_moved_and_how_far(
    found: tuple[Backtest, Path], scheme: Scheme, milder: Scheme
) -> None:
    order = scheme.grades.order
    expected = []
    for day in DAYS:
        before, after = world.grades(milder, day), world.grades(scheme, day)
        for subject in sorted(before):
            a, b = before[subject], after[subject]
            if a != b:
                placed = a in order and b in order
                steps = order.index(b or "") - order.index(a or "") if placed else None
                expected.append((day, subject, a, b, steps))
    with duckdb.connect() as connection:
        columns = "as_of, subject, grade_before, grade_after, steps"
        rows = connection.execute(f"SELECT {columns} FROM '{found[1] / 'moves.parquet'}'")
        assert rows.fetchall() == expected
    assert found[0].findings.moves == len(expected)


def test_stability_counts_changes_between_days(
    found: tuple[Backtest, Path], scheme: Scheme, milder: Scheme
) -> None:
    rows = {(r.side, r.start): r for r in found[0].findings.stability}
    assert len(rows) == 4
    for side, version in ((AFTER, scheme), (BEFORE, milder)):
        for start, end in pairwise(DAYS):
            one, two = world.grades(version, start), world.grades(version, end)
            both = one.keys() & two.keys()
            changed = sum(one[s] != two[s] for s in both)
            row = rows[side, start]
            assert (row.end, row.subjects, row.changed) == (end, len(both), changed)
            assert (row.came, row.went) == (
                len(two.keys() - one.keys()),
                len(one.keys() - two.keys()),
            )
            assert row.share == round(Decimal(changed) / len(both), 6)


def test_sensitivity_is_an_evaluation_with_one_number_moved(
    found: tuple[Backtest, Path], scheme: Scheme
) -> None:
    now = world.grades(scheme, DAYS[-1])
    by_probe = {(p.parameter, p.up): p for p in probes(scheme, DAYS[-1])}
    rows = found[0].findings.sensitivity
    assert {(row.parameter, row.up) for row in rows} == by_probe.keys()
    for row in rows:
        changed = by_probe[row.parameter, row.up].scheme
        assert changed is not None
        moved = world.grades(changed, DAYS[-1])
        assert row.changed == sum(now[subject] != moved[subject] for subject in now)
    assert any(row.changed for row in rows)


# -- groups ----------------------------------------------------------------------------


def shares(found: Backtest, measure: str, side: str | None = None) -> dict[str | None, GroupShare]:
    return {
        row.value: row
        for row in found.findings.groups
        if row.measure == measure and row.side == side and row.grade in (None, "B")
    }


def test_groups_are_counted_by_their_latest_record(
    found: tuple[Backtest, Path], scheme: Scheme, milder: Scheme
) -> None:
    trades = {e.subject: e.facts["trade"] for e in world.entries() if e.item == "registration"}
    assert trades["biz:000"] == "quay", "the correction counts, not what it replaced"
    before, after = world.grades(milder, DAYS[-1]), world.grades(scheme, DAYS[-1])
    sizes = Counter(trades[subject] for subject in after)
    worse = Counter(trades[s] for s in after if (before[s], after[s]) == ("A", "B"))
    rows = shares(found[0], "worse")
    assert {value: row.subjects for value, row in rows.items()} == dict(sizes)
    assert {value: row.counted for value, row in rows.items()} == {v: worse[v] for v in sizes}


def test_a_small_group_is_hidden_and_the_next_with_it(question: Question, tmp_path: Path) -> None:
    strict = replace(question, minimum=30)
    rows = shares(world.run(tmp_path, strict, tmp_path / "out"), "grade", AFTER)
    sizes = {value: row.subjects for value, row in rows.items()}
    assert sizes[None] is None, "28 of no trade"
    assert sum(size is None for size in sizes.values()) == 2, "else it followed from the others"
    for row in rows.values():
        figures = (row.counted, row.share, row.low, row.rest_share, row.difference)
        assert (figures == (None,) * 5) == (row.state is GroupState.TOO_FEW)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (Wilson's score).
    [(81, 263, "0.2553", "0.3662"), (15, 148, "0.0624", "0.1605"),
     (0, 20, "0.0000", "0.1611"), (1, 29, "0.0061", "0.1718")],
)  # fmt: skip
def test_wilsons_interval_is_the_published_one(
    k: int, n: int, low: str, high: str, tmp_path: Path
) -> None:
    with comparison(["A"], tmp_path, "1GiB") as c:
        row = c.run(f"SELECT low({k}, {n})::DECIMAL(9, 4), high({k}, {n})::DECIMAL(9, 4)")[0]
    assert row == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
    [((56, 70, 48, 80), "0.0524", "0.3339"), ((9, 10, 3, 10), "0.1705", "0.8090"),
     ((10, 10, 0, 20), "0.6791", "1.0000")],
)  # fmt: skip
def test_newcombes_interval_is_the_published_one(
    counts: tuple[int, int, int, int], low: str, high: str, tmp_path: Path
) -> None:
    said = ", ".join(map(str, counts))
    with comparison(["A"], tmp_path, "1GiB") as c:
        row = c.run(f"SELECT apart_low({said})::DECIMAL(9, 4), apart_high({said})::DECIMAL(9, 4)")[
            0
        ]
    assert row == (Decimal(low), Decimal(high))


def test_shares_are_their_formula(found: tuple[Backtest, Path]) -> None:
    z = 1.959963984540054
    for row in shares(found[0], "worse").values():
        k, n = row.counted, row.subjects
        assert k is not None
        assert n is not None
        half = z * math.sqrt(k * (n - k) / n + z * z / 4)
        assert row.share == round(Decimal(k) / n, 6)
        assert float(row.low or 0) == pytest.approx((k + z * z / 2 - half) / (n + z * z), abs=1e-6)
        assert float(row.high or 0) == pytest.approx((k + z * z / 2 + half) / (n + z * z), abs=1e-6)


# -- what may be asked -----------------------------------------------------------------


def test_a_probe_changes_one_number_by_a_hundredth(scheme: Scheme) -> None:
    made = probes(scheme, DAYS[-1])
    assert [p.parameter for p in made if p.up] == ["b_from", "most", "much", "look_back"]
    much = [p for p in made if p.parameter == "much"]
    assert [(p.value, p.step, p.moved) for p in much] == [
        ("100.00", "1.00", "101.00"), ("100.00", "1.00", "99.00")
    ]  # fmt: skip
    for probe in made:
        assert probe.scheme is not None
        changed = {
            name
            for name, parameter in probe.scheme.parameters.items()
            if parameter != scheme.parameters[name]
        }
        assert changed == {probe.parameter}


def test_a_window_of_nothing_is_no_probe(scheme: Scheme) -> None:
    short = world.with_number(scheme, "look_back", 1)
    down = next(p for p in probes(short, DAYS[-1]) if p.parameter == "look_back" and not p.up)
    assert down.scheme is None


def test_days_are_counted_from_the_first() -> None:
    start = date(2024, 1, 31)
    assert days_between(start, date(2024, 5, 1), Step.MONTH) == (
        start, date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)
    )  # fmt: skip
    for end in (start, date(2300, 1, 1)):
        with pytest.raises(GoodStandingError) as refused:
            days_between(start, end, Step.MONTH)
        assert refused.value.code.id == "GS-SCHEME-085"


def test_a_version_is_applied_as_if_it_were_law(scheme: Scheme) -> None:
    coming = replace(scheme, in_force=Period(date(2030, 1, 1)))
    as_if_law(coming, DAYS, None).check_applies(DAYS[0])
    parameter = scheme.parameters["b_from"]
    late = replace(parameter, values=(replace(parameter.values[0], start=date(2024, 1, 1)),))
    unknown = replace(scheme, parameters={**scheme.parameters, "b_from": late})
    with pytest.raises(GoodStandingError) as refused:
        as_if_law(unknown, DAYS, None)
    assert refused.value.code.id == "GS-SCHEME-085"
    as_if_law(unknown, DAYS, date(2024, 6, 1)).check_applies(DAYS[0])


def test_only_versions_of_one_scheme_are_compared(scheme: Scheme) -> None:
    check_comparable(scheme, scheme)
    others = (
        replace(scheme, id="other"),
        replace(scheme, subject_kind="public_body"),
        replace(scheme, grades=replace(scheme.grades, order=("Q",))),
    )
    for other in others:
        with pytest.raises(GoodStandingError) as refused:
            check_comparable(other, scheme)
        assert refused.value.code.id == "GS-SCHEME-082"


@pytest.mark.parametrize("name", ["registration.size", "fine.trade", "staff", "colour", ""])
def test_groups_are_of_declared_facts_with_few_values(scheme: Scheme, name: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        grouping_of(scheme, name)
    assert refused.value.code.id == "GS-SCHEME-084"
    assert grouping_of(scheme, "trade").name == "registration.trade"


def test_persons_are_never_grouped(scheme: Scheme) -> None:
    kinds = dict(scheme.pack.subject_kinds)
    kinds["business"] = replace(kinds["business"], nature=Nature.NATURAL_PERSON)
    personal = replace(scheme, pack=replace(scheme.pack, subject_kinds=kinds))
    with pytest.raises(GoodStandingError) as refused:
        grouping_of(personal, "registration.trade")
    assert refused.value.code.id == "GS-SCHEME-086"


# -- files -----------------------------------------------------------------------------


def test_the_same_question_gives_the_same_bytes(
    question: Question, found: tuple[Backtest, Path], tmp_path: Path
) -> None:
    first, out = found
    again = world.run(tmp_path, question, tmp_path / "out")
    for folder, backtest in ((out, first), (tmp_path / "out", again)):
        write_report(backtest, folder)
        seal(backtest, folder)
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted([*FILES, "groups.csv", "report.html", "backtest.json"])
    for name in names:
        one, two = ((folder / name).read_bytes() for folder in (out, tmp_path / "out"))
        assert one == two, name


def test_the_summary_names_versions_and_every_file(found: tuple[Backtest, Path]) -> None:
    backtest, out = found
    write_report(backtest, out)
    seal(backtest, out)
    told = json.loads((out / "backtest.json").read_text("utf-8"))
    assert told["candidate"] == {
        "scheme": "test/small", "version": 3, "digest": "aa", "pack_digest": "0" * 64
    }  # fmt: skip
    assert (told["against"]["digest"], told["log_size"], told["root"]) == ("bb", 1200, "0" * 64)
    assert told["as_of"] == [day.isoformat() for day in DAYS]
    for name, digest in told["sha256"].items():
        assert sha256((out / name).read_bytes()).hexdigest() == digest


def test_a_first_version_is_looked_at_alone(scheme: Scheme, tmp_path: Path) -> None:
    alone = Question(scheme, None, DAYS, None, grouping_of(scheme, "trade"), 10)
    found = world.run(tmp_path, alone, tmp_path / "out")
    assert (found.summary["against"], found.summary["moved"], found.findings.moves) == (None, 0, 0)
    assert {row.side for row in found.findings.stability} == {AFTER}
    assert {row.measure for row in found.findings.groups} == {"grade"}
    assert "nothing is compared" in write_report(found, tmp_path / "out").read_text("utf-8")


def test_a_run_that_is_refused_leaves_nothing(question: Question, tmp_path: Path) -> None:
    early = replace(question, days=(date(2019, 1, 1), *DAYS))
    with pytest.raises(GoodStandingError):
        world.run(tmp_path, early, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
