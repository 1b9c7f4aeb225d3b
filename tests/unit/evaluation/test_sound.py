"""Schemes that read well and are still wrong: each fault alone, at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.evaluation.small import value
from tests.unit.evaluation.whole import WHOLE, changed, refusals, whole_pack

from goodstanding.catalogue import Pack, Parameter


def test_the_whole_language_is_sound(tmp_path: Path) -> None:
    assert refusals(tmp_path, WHOLE) == []


def with_parameter(*parameters: Parameter) -> Pack:
    pack = whole_pack()
    return replace(pack, parameters=pack.parameters | {p.id: p for p in parameters})


UNITS = [
    ("twice > param.part", "money > param.days", "money > param.days`: MRD and days"),
    ("twice > param.part", "number > param.days", "number > param.days`: count and days"),
    ("twice > param.part", "number > param.least", "count and MRD"),
    ("twice > param.part", "months > param.days", "months and days"),
    ("twice > param.part", "days > param.days", "working_days and days"),
    ("twice > param.part", "total > param.least", "points and MRD"),
    ("once + once", "once + money", "points and MRD"),
    ("once + once", "greatest(once, money)", "points and MRD"),
    ("once + once", "coalesce(number, money, 0)", "count and MRD"),
    ("once + once", "case when number > param.part then once else money end", "number > param"),
    ("from: param.part}", "from: param.most_money}", "severity`: points and MRD"),
    ("counts: highest", "counts: highest, cap: param.days", "points and days"),
    ("article: act.3, per", "article: act.3, cap: param.age, per", "points and months"),
    ("points: param.rate}", "points: param.days}", "points and days (param.days)"),
    ("per_unit: {of: twice, points: param.rate}", "points: param.rate * money",
     "MRD and points, the unit of the total"),
    ("window: {periods: param.two_years}", "window: {months: param.part}", "months and points"),
    ("add_days(as_of, param.days)", "add_days(as_of, param.part)", "days and points"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), UNITS)
def test_unlike_units(tmp_path: Path, old: str, new: str, says: str) -> None:
    said = refusals(tmp_path, changed(old, new))
    assert any(": GS-SCHEME-049 " in line and says in line for line in said), said


@pytest.mark.parametrize(
    "good",
    [
        "number + number",
        "money * param.rate - money",
        "greatest(once, number * param.part)",
        "ratio(money, nullif(money, 0), 2) + once",
        "coalesce(money, 0)",
        "months_between(as_of, as_of)",
    ],
)
def test_like_units(tmp_path: Path, good: str) -> None:
    line = next(n for n, text in enumerate(WHOLE.splitlines(), 1) if "twice: {value" in text)
    said = refusals(tmp_path, changed("once + once", good))
    assert [text for text in said if text.startswith(f"whole.yaml:{line}:")] == []


def test_the_place_is_that_of_the_expression(tmp_path: Path) -> None:
    (said,) = refusals(tmp_path, changed("twice > param.part", "money > param.days"))
    line = next(n for n, text in enumerate(WHOLE.splitlines(), 1) if "when: twice" in text)
    assert said.startswith(f"whole.yaml:{line}:13: GS-SCHEME-049 ")


@pytest.mark.parametrize(
    ("bottom", "fine"),
    [
        ("number", True),
        ("months", True),
        ("quarters", False),
        ("severity", True),
        ("severity + number * param.rate", True),
        ("severity - severity", False),
        ("severity * param.rate", True),
        ("money", False),
        ("nullif(money, 0)", True),
        ("case when money > param.least then severity end", True),
        ("case when money > param.least then money else money end", False),
        ("param.two_years", True),
        ("param.least", False),
        ("coalesce(severity, 0)", False),
        ("greatest(severity, number)", True),
    ],
)
def test_division_by_a_possible_zero(tmp_path: Path, bottom: str, fine: bool) -> None:
    said = refusals(tmp_path, changed("severity, number, 2", f"severity, {bottom}, 2"))
    assert any("GS-SCHEME-050" in line for line in said) is not fine, said


def test_a_fact_with_a_least_value_is_no_zero(tmp_path: Path) -> None:
    text = changed(
        '"case when effective_on >= period_start then amount end"', '"ratio(amount, amount, 2)"'
    )
    assert any("GS-SCHEME-050" in line for line in refusals(tmp_path, text))
    pack = whole_pack()
    fine = pack.items["fine"]
    amount = replace(fine.facts["amount"], minimum=value("x", 1, 2).values[0].value)
    items = pack.items | {"fine": replace(fine, facts=fine.facts | {"amount": amount})}
    assert not any(
        "GS-SCHEME-050" in s for s in refusals(tmp_path, text, replace(pack, items=items))
    )


def test_a_window_of_nothing(tmp_path: Path) -> None:
    pack = with_parameter(value("two_years", 0, unit="years"))
    said = refusals(tmp_path, WHOLE, pack)
    assert len([line for line in said if "GS-SCHEME-053" in line]) == 2
    assert "From 2000-01-01 on, this window is 0 years long" in said[0]


def test_points_that_live_for_no_time(tmp_path: Path) -> None:
    text = changed("valid: {months: param.end}", "valid: {months: param.none}")
    said = refusals(tmp_path, text, with_parameter(value("none", 0, unit="months")))
    assert any("GS-SCHEME-053" in line for line in said)


def test_a_label_that_nothing_gives(tmp_path: Path) -> None:
    text = changed("C: {titles: {en: C}}}", "C: {titles: {en: C}}, D: {titles: {en: D}}}")
    (said,) = refusals(tmp_path, text)
    assert "GS-SCHEME-051 The grade 'D' is never given: no band" in said


def test_a_band_no_total_can_reach(tmp_path: Path) -> None:
    """Without the open rule at most 3 + 3 points are given, and B begins at 10."""
    text = changed("per_unit: {of: twice, points: param.rate}", "points: param.part")
    text = text.replace("counts: highest", "counts: highest, cap: param.part")
    said = refusals(tmp_path, text)
    assert [line.partition(": ")[2] for line in said] == [
        f"GS-SCHEME-051 The grade {grade!r} is never given: no total that the rules can give "
        "lies in its band."
        for grade in "BC"
    ]


def test_a_band_no_total_can_reach_before_the_law_changes(tmp_path: Path) -> None:
    text = changed("per_unit: {of: twice, points: param.rate}", "points: param.part")
    text = text.replace("counts: highest", "counts: highest, cap: param.part")
    part = value("part", 3)
    later = replace(part.values[0], start=date(2024, 1, 1), value=value("x", 30).values[0].value)
    rising = replace(part, values=(*part.values, later))
    assert refusals(tmp_path, text, with_parameter(rising)) == []


def test_a_joint_band_in_which_the_figure_never_stands(tmp_path: Path) -> None:
    """The table goes up to 5."""
    text = changed("{grade: C, from: param.part}", "{grade: C, from: param.c_from}")
    (said,) = refusals(tmp_path, text)
    assert "GS-SCHEME-052 The band 'C' of the joint bound 'worst' never has an effect" in said


RICH, RICHER = "when: money > param.least", "when: money > param.most_money"


def exceptions(*lines: str) -> str:
    """The scheme with these exceptions; `carried` gives way to them."""
    head = WHOLE[: WHOLE.index("    - id: carried")]
    made = (
        f"    - {{id: e{n}, titles: {{en: E}}, article: act.1, {line}}}\n"
        for n, line in enumerate(lines)
    )
    return head + "".join(made)


SHADOWED = [
    (f"{RICH}, grade: C", f"{RICH}, grade: B"),
    (f"{RICH}, grade: C", "when: param.least < money, grade: B"),
    (f"{RICH}, grade: C", f"{RICH}, at_best: B"),
    (f"{RICH}, grade: C", f"{RICH} and number > param.steps, grade: B"),
    (f"{RICH}, grade: C", f"{RICHER}, grade: B"),
    ("when: money >= param.least, grade: C", f"{RICH}, grade: B"),
    ("when: not money <= param.least, grade: C", f"{RICH}, grade: B"),
    (f"{RICH} or months > param.age, grade: C", "when: months > param.age, grade: B"),
    ("when: \"previous in ('A', 'B')\", grade: C", "when: \"previous in ('B', 'A')\", grade: B"),
    ("when: \"previous in ('A', 'B')\", grade: C", "when: \"previous in ('B')\", grade: B"),
    ("when: months > param.age, carry: previous", "when: months > param.age, carry: previous"),
    (f"{RICH}, at_best: B", f"{RICH}, at_best: A"),
    (f"{RICH}, at_worst: B", f"{RICH}, at_worst: C"),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later"), SHADOWED)
def test_two_exceptions_that_always_shadow_each_other(
    tmp_path: Path, earlier: str, later: str
) -> None:
    said = refusals(tmp_path, exceptions(earlier, later))
    assert any("GS-SCHEME-052 The exception 'e1' never has an effect" in s for s in said), said


SEPARATE = [
    (f"{RICH} and number > param.steps, grade: C", f"{RICH}, grade: B"),
    (f"{RICHER}, grade: C", f"{RICH}, grade: B"),
    (f"{RICH}, grade: C", "when: money >= param.least, grade: B"),
    ("when: money < param.most_money, grade: C", f"{RICH}, grade: B"),
    (f"{RICH}, carry: previous", f"{RICH}, grade: B"),
    (f"{RICH}, at_best: B", f"{RICH}, at_best: C"),
    (f"{RICH}, at_best: B", f"{RICH}, down: param.steps"),
    (f"{RICH}, grade: C, in_force: {{from: 2021-01-01}}", f"{RICH}, grade: B"),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later"), SEPARATE)
def test_exceptions_that_each_have_an_effect(tmp_path: Path, earlier: str, later: str) -> None:
    said = refusals(tmp_path, exceptions(earlier, later))
    assert [line for line in said if "GS-SCHEME-052" in line] == []


def test_what_stands_between_may_undo_it(tmp_path: Path) -> None:
    when = RICH
    text = exceptions(f"{when}, at_worst: B", f"{when}, down: param.steps", f"{when}, at_worst: B")
    assert refusals(tmp_path, text) == []


def test_shadowed_only_while_the_earlier_one_is_in_force(tmp_path: Path) -> None:
    when = RICH
    text = exceptions(
        f"{when}, grade: C, in_force: {{from: 2021-01-01, to: 2023-01-01}}",
        f"{when}, grade: B, in_force: {{from: 2022-01-01, to: 2023-01-01}}",
    )
    assert any("GS-SCHEME-052" in line for line in refusals(tmp_path, text))


def test_a_rule_in_force_only_while_the_scheme_is_not(tmp_path: Path) -> None:
    text = changed("{from: 2021-01-01, to: 2022-01-01}", "{from: 2018-01-01, to: 2019-01-01}")
    (said,) = refusals(tmp_path, text)
    assert "GS-SCHEME-052 The rule 'old' never has an effect" in said


def test_a_bound_compared_through_the_law(tmp_path: Path) -> None:
    """A later change of the law makes the second exception hold; so it is not shadowed."""
    before = value("low", 1, 2, "MRD")
    falling = replace(
        value("high", 2, 2, "MRD"),
        values=(
            *value("high", 2, 2).values,
            replace(value("high", 0, 2).values[0], start=date(2024, 1, 1)),
        ),
    )
    text = exceptions("when: money > param.low, grade: C", "when: money > param.high, grade: B")
    assert refusals(tmp_path, text, with_parameter(before, falling)) == []
    always = with_parameter(before, value("high", 2, 2, "MRD"))
    assert any("GS-SCHEME-052" in line for line in refusals(tmp_path, text, always))
