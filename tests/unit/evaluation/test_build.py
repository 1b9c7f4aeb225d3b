"""Every construct of the language becomes the value it stands for, or is refused at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.evaluation.small import value
from tests.unit.evaluation.whole import (
    WHOLE,
    changed,
    other_scheme,
    read_whole,
    refusals,
    whole,
    whole_pack,
)

from goodstanding.evaluation.language import NameKind, Unit, walk
from goodstanding.evaluation.language.nodes import (
    Case,
    DateAdd,
    Decayed,
    Logic,
    Name,
    NumberType,
    TableLookup,
    WorkingDaysBetween,
)
from goodstanding.evaluation.model import Counts, Points, Scheme, Take, Window, WindowKind
from goodstanding.kernel import Period


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    return whole(tmp_path)


def test_windows_by_calendar_and_by_cycle(scheme: Scheme) -> None:
    assert scheme.cycle is not None
    assert (scheme.cycle.unit, scheme.cycle.lag) == (Unit.YEARS, "lag")
    calendar = Window(WindowKind.CALENDAR, Unit.YEARS, "two_years")
    assert scheme.selections["kinds"].window == calendar
    cycle = Window(WindowKind.CYCLE, Unit.YEARS, "two_years")
    assert scheme.selections["periods"].window == cycle


def test_distinct_and_first(scheme: Scheme) -> None:
    kinds = scheme.selections["kinds"]
    assert kinds.distinct is not None
    assert [column.name for column in kinds.distinct.columns] == ["kind", "site"]
    assert kinds.distinct.first
    assert kinds.keep is not None
    assert (kinds.keep.number, kinds.keep.first) == (3, True)
    last = scheme.selections["grades"].keep
    assert last is not None
    assert not last.first


def test_unusable_facts_left_out(scheme: Scheme) -> None:
    where = scheme.selections["kinds"].where
    assert isinstance(where, Logic)
    assert len(where.operands) == 3  # it has a value, and both bounds
    (policy,) = scheme.selections["kinds"].policies
    assert (policy.minimum, policy.maximum, policy.use) == ("least", "most_money", None)


def test_unusable_facts_replaced(scheme: Scheme) -> None:
    assert scheme.selections["all"].where is None
    money = scheme.indicators["money"].value
    assert isinstance(money, Case)
    assert money.default is not None
    assert scheme.selections["all"].policies[0].use == "most_money"


def test_indicators_by_calendar(scheme: Scheme) -> None:
    assert scheme.indicators["months"].every is Unit.MONTHS
    assert scheme.indicators["months"].value is None
    quarters = scheme.indicators["quarters"]
    assert (quarters.take, quarters.every) == (Take.CALENDAR_COUNT, Unit.QUARTERS)
    assert quarters.value is not None


def test_periods_tables_and_the_calendar_of_the_pack(scheme: Scheme) -> None:
    late, severity, days = (scheme.indicators[n].value for n in ("late", "severity", "days"))
    assert late is not None
    assert severity is not None
    assert NameKind.PERIOD in [p.kind for p in walk(late) if isinstance(p, Name)]
    assert isinstance(severity, TableLookup)
    assert list(scheme.tables) == ["points"]
    assert scheme.rows(date(2024, 1, 1)) == {"points": {("minor",): 1, ("grave",): 5}}
    assert isinstance(days, WorkingDaysBetween)
    assert days.calendar == "none"


def test_derived_figures_stand_after_what_they_rest_on(scheme: Scheme) -> None:
    assert list(scheme.derived) == ["once", "twice"]
    assert scheme.derived["twice"].indicators == ("number", "severity")
    assert scheme.rules["twice"].indicators == ("number", "severity")
    assert scheme.rules["twice"].selections == ("kinds", "all")


def test_points_by_record_become_a_sum(scheme: Scheme) -> None:
    rule = scheme.rules["old"]
    assert rule.per_record is not None
    assert rule.points == Points(
        Name(NameKind.INDICATOR, "old_points", scheme.indicators["old_points"].type)
    )
    assert scheme.indicators["old_points"].take is Take.SUM
    assert rule.per_record.of == "all"
    assert rule.in_force == Period(date(2021, 1, 1), date(2022, 1, 1))
    value = rule.per_record.value
    assert isinstance(value, Case)
    ages = [part.length.name for part in walk(value) if isinstance(part, DateAdd)]
    assert ages == ["age", "end"]


def test_points_that_live_and_fall(scheme: Scheme) -> None:
    rule = scheme.rules["live"]
    assert rule.selections == ("live_valid",)
    assert scheme.selections["live_valid"].window == Window(WindowKind.ROLLING, Unit.MONTHS, "end")
    value = scheme.indicators["live_points"].value
    assert isinstance(value, Decayed)
    assert (value.unit, value.length.name) == (Unit.MONTHS, "end")
    assert value.type == NumberType(1)


def test_what_the_loader_adds_has_no_name_in_the_file(tmp_path: Path) -> None:
    said = refusals(tmp_path, changed("of: twice, points", "of: live_points, points"))
    assert any("GS-SCHEME-004 There is no indicator 'live_points'" in line for line in said)


def test_groups_joint_bounds_and_exceptions(scheme: Scheme) -> None:
    assert scheme.groups["both"].counts is Counts.HIGHEST
    (joint,) = scheme.grades.joint
    assert (joint.of.name, [band.grade for band in joint.bands]) == ("severity", ["A", "C"])
    carried, no_worse, lower = scheme.grades.exceptions
    assert carried.carry is not None
    assert carried.carry.name == "previous"
    assert carried.gives
    assert no_worse.at_worst == "B"
    assert lower.down == "steps"
    assert lower.in_force == Period(date(2020, 6, 1))


def test_a_straight_fall_changes_daily(tmp_path: Path) -> None:
    assert whole(tmp_path).daily
    text = changed("      decay: {linear: {months: param.end}}\n", "")
    text = text.replace("as_of < add_days(as_of, param.days)", "twice > param.part")
    found = whole(tmp_path, text)
    assert not found.daily  # stepped decay compares as_of with a date, which is not daily


REFUSED = [
    ("once + once", "once + twice", "GS-SCHEME-045", "twice -> twice"),
    ("least(severity, severity)", "twice", "GS-SCHEME-045", "twice -> once -> twice"),
    ("once + once", "onc + once", "GS-SCHEME-004", "onc"),
    ("twice: {value", "days: {value", "GS-SCHEME-001", "is an indicator's"),
    ("every: month}", "every: month, scale: 2}", "GS-SCHEME-001", "has no `scale`"),
    ("take: streak, every: month", "take: streak", "GS-SCHEME-001", "needs `every`"),
    ("value: decided_on}", "value: kind}", "GS-SCHEME-005", "is of dates"),
    ("value: grade}", "value: fair}", "GS-SCHEME-004", "fair"),
    ("cycle: {every: year, lag: param.lag}\n", "", "GS-SCHEME-001", "needs a `cycle`"),
    ("lag: param.lag", "lag: param.days", "GS-SCHEME-044", "is in days, not in months"),
    ("calendar_years: param.two", "calendar_quarters: param.two", "GS-SCHEME-044", "quarters"),
    ("{periods: param.two_years}", "{}", "GS-SCHEME-001", "exactly one of"),
    ("keep: {first: 3,", "keep: {first: 3, latest: 2,", "GS-SCHEME-001", "exactly one"),
    ("columns: [kind, site]", "columns: [kind, as_of]", "GS-SCHEME-005", "not a column"),
    ("take: first, by: decided_on", "take: first, by: fair", "GS-SCHEME-005", "ordered"),
    ("{fact: amount, min: param.least, max", "{fact: amunt, max", "GS-SCHEME-004", "amunt"),
    ("{fact: amount, min: param.least, max", "{fact: kind, max", "GS-SCHEME-005", "only numbers"),
    ("[published_grade]", "[other_grade]", "GS-SCHEME-047", "rival's and not office's"),
    ("of: all\n      points:", "of: some\n      points:", "GS-SCHEME-004", "some"),
    ("linear: {months: param.end}", "linear: {days: param.end}", "GS-SCHEME-044", "not in days"),
    ("linear: {months: param.end}", "linear: {}", "GS-SCHEME-001", "exactly one of"),
    ("{linear: {months: param.end}}", "{}", "GS-SCHEME-001", "either `linear` or"),
    ("{months: param.age}, share", "{days: param.days}, share", "GS-SCHEME-001", "one unit"),
    ("{months: param.end}, share", "{months: param.age}, share", "GS-SCHEME-008", "not above"),
    ("  days: {of: all", "  old_points: {of: all", "GS-SCHEME-001", "needed for the sum"),
    ("points: param.rate}", "points: param.rate}, points: twice", "GS-SCHEME-007", "and"),
    ("carry: previous", "carry: number", "GS-SCHEME-005", "not the text of a grade"),
    ("carry: previous", "carry: previous\n      grade: A", "GS-SCHEME-001", "exactly one of"),
    ("labels: {A: ", "labels: {D: ", "GS-SCHEME-004", "'A'"),
    ("at_worst: B", "at_worst: N", "GS-SCHEME-004", "'N'"),
    ("bands: [{grade: A}, {grade: C, from: param.part}]", "bands: [{grade: A}, {grade: C}]",
     "GS-SCHEME-001", "needs a `from`"),
    ("bands: [{grade: A}, {grade: C, from: param.part}]",
     "bands: [{grade: A}, {grade: A, from: param.part}]", "GS-SCHEME-009", "joint"),
    ("of: severity", "of: previous", "GS-SCHEME-005", "a text, not a number"),
    ("{from: 2021-01-01, to: 2022-01-01}", "{from: 2021-01-01, to: 2020-01-01}",
     "GS-KERNEL-002", "does not end after"),
    ("from: param.c_from}]", "from: param.b_from}]", "GS-SCHEME-008", "is not above 'b_from' (10)"),
    ("from: param.c_from}]", "from: param.part}]", "GS-SCHEME-008", "'part' (3) is not above"),
    ("{grade: C, from: param.c", "{grade: B, from: param.c", "GS-SCHEME-009", "worse than the one"),
    ("{grade: B, from: param.b_from}", "{grade: B}", "GS-SCHEME-001", "needs a `from`"),
    ("[{grade: A}, {grade: B, from", "[{grade: B, from", "GS-SCHEME-001", "open below"),
    ("id: lower\n", "id: carried\n", "GS-SCHEME-001", "stands twice"),
    ("      article: act.1\n      of: sev", "      of: sev", "GS-SCHEME-046", "grades.joint.0"),
    ("    article: act.2\n", "", "GS-SCHEME-046", "rules.old names no article"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "says"), REFUSED)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, old: str, new: str, code: str, says: str
) -> None:
    pack = replace(whole_pack(), schemes=other_scheme(tmp_path, "rival"))
    said = refusals(tmp_path, changed(old, new), pack)
    assert any(f": {code} " in line and says in line for line in said), said
    assert all(line.startswith("whole.yaml:") for line in said)


def test_the_place_is_that_of_the_figure(tmp_path: Path) -> None:
    said = refusals(tmp_path, changed("once + once", "once + twice"))
    line = next(n for n, text in enumerate(WHOLE.splitlines(), 1) if "twice: {value" in text)
    assert said == [
        f"whole.yaml:{line}:18: GS-SCHEME-045 These figures rest on each other in a circle: "
        "twice -> twice."
    ]


def test_grades_of_the_same_authority_may_be_used(tmp_path: Path) -> None:
    pack = replace(whole_pack(), schemes=other_scheme(tmp_path, "office"))
    found, findings = read_whole(tmp_path, changed("[published_grade]", "[other_grade]"), pack)
    assert found is not None, findings


def test_a_step_down_is_never_a_step_up(tmp_path: Path) -> None:
    pack = whole_pack()
    up = replace(pack, parameters=pack.parameters | {"steps": value("steps", -1)})
    assert any("not negative" in line for line in refusals(tmp_path, WHOLE, up))


def test_too_many_places_for_an_exact_product(tmp_path: Path) -> None:
    pack = whole_pack()
    fine = replace(pack, parameters=pack.parameters | {"half": value("half", 5, 6)})
    text = changed('points: "lookup(table.points, kind)"', 'points: "param.half * param.half"')
    assert any("GS-SCHEME-010" in line for line in refusals(tmp_path, text, fine))


def test_a_table_must_have_begun(tmp_path: Path) -> None:
    pack = whole_pack()
    table = pack.tables["points"]
    later = replace(table, values=(replace(table.values[0], start=date(2023, 1, 1)),))
    found = whole(tmp_path, pack=replace(pack, tables={"points": later}))
    assert found.starts() == date(2023, 1, 1)
    with pytest.raises(Exception, match=r"'table\.points' has no value on 2022-12-31"):
        found.check_applies(date(2022, 12, 31))
