"""Schemes that read well and are still wrong: each fault alone, at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.evaluation.small import value
from tests.unit.evaluation.whole import WHOLE, changed, refusals, whole_pack

from goodstanding.catalogue import Pack, Parameter
from goodstanding.kernel import Period


def test_the_whole_language_is_sound(tmp_path: Path) -> None:
    assert refusals(tmp_path, WHOLE) == []


def with_parameter(*parameters: Parameter) -> Pack:
    """The pack of the whole scheme with these numbers."""
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
    ("twice > param.part", "ratio(money, param.most_money, 2) > param.age",
     "a plain ratio and months"),
    ("once + once", "ratio(money, param.most_money, 2) + money", "a plain ratio and MRD"),
    ("twice > param.part", "money * number > param.age", "MRD and months"),
    ("once + once", "number * param.part + money", "points and MRD"),
    ("once + once", "ratio(number, number, 2) * money + once", "MRD and points"),
    ("share: param.half", "share: param.rest", "`param.rest`: a share, which has no unit, and MRD"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), UNITS)
def test_unlike_units(tmp_path: Path, old: str, new: str, says: str) -> None:
    said = refusals(tmp_path, changed(old, new), with_parameter(value("rest", 5, 1, "MRD")))
    assert any(": GS-SCHEME-049 " in line and says in line for line in said), said


@pytest.mark.parametrize(
    "good",
    [
        "number + number",
        "money * param.rate - money",
        "greatest(once, number * param.part)",
        "ratio(money, nullif(money, 0), 2) + once",
        "ratio(money, param.most_money, 2) + param.rate + number",
        "money * number + money",
        "number * money * param.rate + money",
        "ratio(number, number, 2) * money + money",
        "money * months_between(as_of, as_of) + once",
        "ratio(number, number, 2) * param.rate + money",
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


FUTURE = [
    "effective_on > as_of",
    "as_of < effective_on",
    "not effective_on <= as_of",
    "effective_on > add_months(as_of, param.age)",
    "effective_on >= add_days(as_of, param.days)",
    "effective_on = add_days(as_of, param.days)",
    "add_days(as_of, param.days) between decided_on and start_of_month(effective_on)",
    "days_between(as_of, effective_on) > param.days",
    "months_between(as_of, effective_on) >= param.age",
    "kind = 'grave' and effective_on > as_of",
    "effective_on > as_of or start_of_month(effective_on) > as_of and kind = 'grave'",
]


@pytest.mark.parametrize("where", FUTURE)
def test_a_condition_on_days_to_come(tmp_path: Path, where: str) -> None:
    (said,) = refusals(tmp_path, with_where(where))
    line = next(n for n, t in enumerate(with_where(where).splitlines(), 1) if "where: " in t)
    assert said.startswith(f"whole.yaml:{line}:35: GS-SCHEME-053 From 2020-01-01 on, `")
    assert said.endswith(" is about days to come and holds no record.")


@pytest.mark.parametrize(
    "where",
    [
        "effective_on >= as_of",
        "effective_on = as_of",
        "effective_on >= add_days(as_of, param.none)",
        "effective_on > add_days(as_of, param.back)",
        "add_days(effective_on, param.days) > as_of",
        "days_between(effective_on, as_of) > param.days",
        "days_between(as_of, effective_on) > param.back",
        "decided_on > as_of",
        "published_on > as_of",
        "effective_on > as_of or kind = 'grave'",
        "effective_on > period_start",
        "effective_on > decided_on",
    ],
)
def test_a_condition_that_some_record_may_meet(tmp_path: Path, where: str) -> None:
    pack = with_parameter(value("none", 0, unit="days"), value("back", -1, unit="days"))
    said = refusals(tmp_path, with_where(where), pack)
    assert [line for line in said if "GS-SCHEME-053" in line] == []


def with_where(where: str) -> str:
    return changed(
        "items: [fine], window: {periods",
        f'items: [fine], where: "{where}", window: {{periods',
    )


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
    total = [s for s in refusals(tmp_path, text, with_parameter(rising)) if "no total" in s]
    assert [line.partition(" never given: ")[2] for line in total] == [
        "from 2020-01-01 until 2024-01-01 no total that the rules can give lies in its band."
    ] * 2


def test_a_band_no_total_can_reach_once_the_law_has_changed(tmp_path: Path) -> None:
    """At most 23 x 10 points are given, and C begins at 20 and, from 2025 on, at 24."""
    text = changed("per_unit: {of: twice, points: param.rate}", "points: param.part")
    text = text.replace("counts: highest", "counts: highest, cap: param.c_from")
    c_from = value("c_from", 20)
    assert refusals(tmp_path, text, with_parameter(c_from)) == []
    later = replace(c_from.values[0], start=date(2025, 1, 1), value=value("x", 24).values[0].value)
    text = text.replace("cap: param.c_from", "cap: param.most_points")
    pack = with_parameter(replace(c_from, values=(*c_from.values, later)), value("most_points", 20))
    (said,) = refusals(tmp_path, text, pack)
    assert "The grade 'C' is never given: from 2025-01-01 on no total that the rules" in said


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        ("least(number, param.steps)", "A"),
        ("least(param.steps, once, number)", "A"),
        ("least(number, severity)", "AC"),
        ("greatest(number, param.steps)", "AC"),
        ("greatest(number, param.part)", "C"),
        ("greatest(number, coalesce(severity, param.b_from))", "AC"),
    ],
)
def test_a_joint_band_of_the_least_or_greatest(tmp_path: Path, figure: str, reached: str) -> None:
    """C begins at 3; one step, three parts."""
    text = changed("derived:\n", f'derived:\n  figure: {{value: "{figure}"}}\n')
    said = refusals(tmp_path, text.replace("of: severity\n      bands", "of: figure\n      bands"))
    missed = {s.partition("The band '")[2][:1] for s in said if "figure never stands in it" in s}
    assert missed == set("AC") - set(reached)


def test_a_joint_band_in_which_the_figure_never_stands(tmp_path: Path) -> None:
    """The table goes up to 5."""
    text = changed("{grade: C, from: param.part}", "{grade: C, from: param.c_from}")
    (said,) = refusals(tmp_path, text)
    assert "GS-SCHEME-052 The band 'C' of the joint bound 'worst' never has an effect" in said


RICH, RICHER = "when: money > param.least", "when: money > param.most_money"


def exceptions(*lines: str) -> str:
    """The scheme with these exceptions; `carried` gives way to them."""
    head = WHOLE[: WHOLE.index("    - id: carried")]
    head = head.replace("derived:\n", "derived:\n  same: {value: once}\n")
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
    ("when: once > param.part, grade: C", "when: same > param.part, grade: B"),
    ("when: same > param.part, grade: C", "when: once > param.part and twice > once, grade: B"),
    ("when: money is not null, grade: C", f"{RICH}, grade: B"),
    ("when: money is not null, grade: C", "when: param.least <= money * param.rate, grade: B"),
    ("when: number is not null, grade: C", "when: once > param.part, grade: B"),
    ("when: once is not null, grade: C", "when: twice > param.part, grade: B"),
    ("when: previous is not null, grade: C", "when: \"previous in ('A')\", grade: B"),
    (f"{RICH} or months > param.age or previous = 'A', grade: C",
     f"{RICH} or months > param.age, grade: B"),
    (f"{RICH} or months > param.age, grade: C", "when: previous = 'A' and "
     "(months > param.age or money > param.least), grade: B"),
    ("when: money is not null, grade: C",
     "when: case when money is not null then true else false end, grade: B"),
    ("when: case when money is not null then true else false end, grade: C",
     "when: money is not null, grade: B"),
    ("when: case when months > param.age then false else money is not null end, grade: C",
     "when: not months > param.age and money > param.least, grade: B"),
    ("when: \"previous in ('A', 'B')\", grade: C", "when: \"previous = 'A'\", grade: B"),
    ("when: months > param.age, carry: previous",
     "when: months > param.age and previous = 'A', grade: C"),
    (f"{RICH}, carry: previous", f"{RICHER} and previous is not null, grade: B"),
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
    (f"{RICH}, at_best: B", f"{RICH}, at_worst: B"),
    (f"{RICH}, at_best: B", f"{RICHER}, at_best: C"),
    (f"{RICHER}, at_best: B", f"{RICH}, at_best: B"),
    (f"{RICH}, at_best: B", f"{RICH}, at_best: C, in_force: {{from: 2021-01-01}}"),
    (f"{RICH}, at_best: B", f"{RICH}, down: param.steps"),
    (f"{RICH} or months > param.age, grade: C", f"{RICH} or previous = 'A', grade: B"),
    ("when: money is not null, grade: C",
     "when: \"coalesce(money, param.most_money) > param.least\", grade: B"),
    ("when: money is not null, grade: C", "when: money is null or months > param.age, grade: B"),
    ("when: case when months > param.age then false else money is not null end, grade: C",
     f"{RICH}, grade: B"),
    ("when: months > param.age, carry: previous", "when: months > param.age, grade: B"),
    (f"{RICH}, grade: C, in_force: {{from: 2021-01-01}}", f"{RICH}, grade: B"),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later"), SEPARATE)
def test_exceptions_that_each_have_an_effect(tmp_path: Path, earlier: str, later: str) -> None:
    said = refusals(tmp_path, exceptions(earlier, later))
    assert [line for line in said if "GS-SCHEME-052" in line] == []


POINTLESS = [
    (f"{RICH}, at_best: B", f"{RICH}, at_best: C"),
    (f"{RICHER}, at_best: B", f"{RICH}, at_best: C"),
    (f"{RICH}, at_worst: C", f"{RICH}, at_worst: B"),
    (f"{RICH}, at_best: B", "when: months > param.age, at_worst: C", f"{RICH}, at_best: C"),
    (f"{RICH}, at_best: B", f"{RICH}, grade: B"),
    (f"{RICH}, down: param.steps", "when: money is not null, grade: B"),
]


@pytest.mark.parametrize("lines", POINTLESS)
def test_an_exception_without_effect_for_what_comes_after_it(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    said = refusals(tmp_path, exceptions(*lines))
    assert any("GS-SCHEME-052 The exception 'e0' never has an effect" in s for s in said), said
    assert not any("'e1'" in s.partition(" never ")[0] for s in said)


def test_a_step_between_two_limits(tmp_path: Path) -> None:
    when = RICH
    text = exceptions(f"{when}, at_best: B", f"{when}, down: param.steps", f"{when}, at_best: C")
    assert refusals(tmp_path, text) == []


def test_behind_two_exceptions_together(tmp_path: Path) -> None:
    text = exceptions(
        f"{RICH}, grade: C",
        "when: months > param.age, grade: B",
        "when: (money > param.least or months > param.age) and number > param.steps, at_best: B",
    )
    said = refusals(tmp_path, text)
    assert any("GS-SCHEME-052 The exception 'e2' never has an effect" in s for s in said), said


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


# -- articles ----------------------------------------------------------------------------

#: Where each article stands alone, for the whole scheme begins in 2020.
RESTING = [
    ("act: act.1", "act: act.8", "The scheme", (2000, 2010)),
    ("  kinds:\n", "  kinds:\n    article: act.8\n", "The selection 'kinds'", (2000, 2010)),
    ("leave_out, article: act.1", "leave_out, article: act.8",
     "What becomes of 'amount' in 'kinds'", (2000, 2010)),
    ("article: act.3, per_unit", "article: act.8, per_unit", "The rule 'twice'", (2000, 2020)),
    ("titles: {en: Old}\n    article: act.2", "titles: {en: Old}\n    article: act.8",
     "The rule 'old'", (2022, 2030)),
    ("counts: highest", "counts: highest, article: act.8", "The group 'both'", (2000, 2010)),
    ("from: param.b_from", "from: param.b_from, article: act.8", "The band 'B'", (2000, 2010)),
    ("titles: {en: W}\n      article: act.1", "titles: {en: W}\n      article: act.8",
     "The joint bound 'worst'", (2000, 2010)),
    ("from: param.part}", "from: param.part, article: act.8}",
     "The band 'C' of the joint bound 'worst'", (2000, 2010)),
    ("article: act.1, when: total", "article: act.8, when: total",
     "The exception 'no_worse'", (2000, 2010)),
]  # fmt: skip


def with_article(start: int, end: int) -> Pack:
    """The pack, with an article 8 that is law from one year to another."""
    pack = whole_pack()
    in_force = Period(date(start, 1, 1), date(end, 1, 1))
    act_8 = replace(pack.articles["act.8"], in_force=in_force)
    return replace(pack, articles=pack.articles | {"act.8": act_8})


@pytest.mark.parametrize(("old", "new", "what", "law"), RESTING)
def test_an_article_that_is_never_law_meanwhile(
    tmp_path: Path, old: str, new: str, what: str, law: tuple[int, int]
) -> None:
    (said,) = refusals(tmp_path, changed(old, new), with_article(*law))
    assert f"GS-SCHEME-054 {what} rests on 'act.8', which is in force from {law[0]}-01-01" in said
    line = next(n for n, text in enumerate(changed(old, new).splitlines(), 1) if "act.8" in text)
    assert said.startswith(f"whole.yaml:{line}:")


@pytest.mark.parametrize("law", [(2000, 2021), (2021, 2022), (2024, 2030)])
def test_an_article_that_is_law_for_some_of_the_time(tmp_path: Path, law: tuple[int, int]) -> None:
    text = changed("article: act.3, per_unit", "article: act.8, per_unit")
    assert refusals(tmp_path, text, with_article(*law)) == []


def test_a_number_of_the_law_by_an_article_that_is_not_law(tmp_path: Path) -> None:
    """The first value is over before the scheme begins; the second is used from then on."""
    first = replace(value("part", 3).values[0], article="act.8")
    second = replace(first, start=date(2020, 1, 1))
    part = replace(value("part", 3), values=(first, second))
    pack = with_article(2000, 2020)
    (said,) = refusals(tmp_path, WHOLE, replace(pack, parameters=pack.parameters | {"part": part}))
    assert "GS-SCHEME-054 The value of param.part from 2020-01-01 rests on 'act.8'" in said
    table = pack.tables["points"]
    rows = replace(table, values=(replace(table.values[0], article="act.8"),))
    (said,) = refusals(tmp_path, WHOLE, replace(pack, tables={"points": rows}))
    assert "The value of table.points from 2000-01-01 rests on 'act.8'" in said
    assert "never while it is used (from 2020-01-01)" in said
