"""A bad scheme is refused at lint, where it stands, with what to do; unusable facts are explained.

One good scheme about the ferry operators of the Port of Lumen, and one line of it changed at a
time, as its author might, on disk and through the command.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.spec.jurisdiction import Entry
from typer.testing import CliRunner

from goodstanding.catalogue import load_pack
from goodstanding.cli.main import app
from goodstanding.evaluation import Explanation, explain, load_scheme
from goodstanding.kernel import Fixed

SCHEME = """\
id: berth_conduct
titles: {en: Conduct at berth}
authority: harbour_office
subject_kind: operator
act: port_act.3
version: 1
in_force: {from: 2020-01-01}
unit: points
selections:
  fines:
    titles: {en: Fines of the last year}
    items: [berth_fine]
    window: {months: param.look_back}
    unusable:
      - {fact: hours, min: param.least_hours, then: leave_out, article: port_act.3}
      - {fact: amount, max: param.most_money, then: {use: param.most_money}, article: port_act.9}
indicators:
  number: {titles: {en: Fines}, of: fines, take: count}
  money: {titles: {en: Money}, of: fines, take: sum, value: amount}
derived:
  each: {titles: {en: Money for each fine}, value: "ratio(money, number, 0)"}
  more: {titles: {en: The same again}, value: each + each}
rules:
  fines:
    titles: {en: Points for fines}
    article: port_act.3
    per_unit: {of: number, points: param.points_each}
  dear:
    titles: {en: Dear fines}
    article: port_act.3
    when: more >= param.dear
    points: param.points_each
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: Quiet}}, B: {titles: {en: Busy}}, C: {titles: {en: Barred}}}
  order: [A, B, C]
  bands:
    - {grade: A}
    - {grade: B, from: param.b_from, article: port_act.3}
    - {grade: C, from: param.c_from, article: port_act.3}
  exceptions:
    - {id: often, titles: {en: Often}, when: number >= param.many, grade: C, article: port_act.3}
    - {id: ruinous, titles: {en: Money}, when: money >= param.much, grade: B, article: port_act.3}
"""
PARAMETERS = {
    "look_back": ("months", 12),
    "least_hours": ("hours", 2),
    "most_money": ("LUM", 900),
    "points_each": ("points", 10),
    "dear": ("LUM", 400),
    "b_from": ("points", 10),
    "c_from": ("points", 30),
    "many": ("count", 4),
    "much": ("LUM", 1500),
    "days_to_pay": ("days", 30),
}
#: The amounts of the fines of each case, and what they lead to.
CASES: list[tuple[tuple[int | str, ...], str]] = [
    ((), "{grade: A, total: 0, exception: null}"),
    ((199,), "{grade: B, total: 10}"),
    ((200,), "{grade: B, total: 20}"),
    ((201, 201), "{grade: C, total: 30}"),
    ((1, 1, 1), "{grade: C, total: 30, exception: null}"),
    ((1, 1, 1, 1), "{grade: C, total: 40, exception: often}"),
    ((1, 1, 1, 1, 1), "{grade: C, total: 50}"),
    ((700, 799), "{grade: C, total: 30, exception: null}"),
    ((700, 800), "{grade: B, total: 30, exception: ruinous}"),
    ((700, 801), "{grade: B, total: 30}"),
    (("899.99",), "{grade: B, total: 20}"),
    ((900,), "{grade: B, total: 20}"),
]


@dataclass(frozen=True)
class Bad:
    """One line of one file made bad: how it is refused, and at which text of the file."""

    of: str
    old: str
    new: str
    code: str
    says: str
    at: str
    file: str = "schemes/berth_conduct.yaml"


BAD = [
    Bad("figures in a circle", "value: each + each", "value: each + more",
        "GS-SCHEME-045", "rest on each other in a circle: more -> more", "each + more"),
    Bad("a circle of two", '"ratio(money, number, 0)"', "more",
        "GS-SCHEME-045", "rest on each other in a circle", "more}\n  more"),
    Bad("a grade that no total reaches", "per_unit: {of: number, points: param.points_each}",
        "points: param.points_each",
        "GS-SCHEME-051", "The grade 'C' is never given", "{grade: C, from"),
    Bad("a grade that nothing gives", "C: {titles: {en: Barred}}}",
        "C: {titles: {en: Barred}}, D: {titles: {en: Gone}}}",
        "GS-SCHEME-051", "The grade 'D' is never given", "{titles: {en: Gone}}"),
    Bad("a gap below the first band", "- {grade: A}", "- {grade: A, from: param.b_from}",
        "GS-SCHEME-001", "open below", "{grade: A, from"),
    Bad("a gap between two bands", "- {grade: B, from: param.b_from, article: port_act.3}",
        "- {grade: B, article: port_act.3}",
        "GS-SCHEME-001", "needs a `from`", "{grade: B, article"),
    Bad("bands that overlap", "from: param.c_from", "from: param.b_from",
        "GS-SCHEME-008", "is not above 'b_from' (10)",
        "param.b_from, article: port_act.3}\n  exceptions"),
    Bad("bands that come to overlap when the law changes", "value: 30,", "value: 10,",
        "GS-SCHEME-008", "'c_from' (10) is not above 'b_from' (10)", "param.c_from",
        "parameters/c_from.yaml"),
    Bad("an exception behind another", "when: money >= param.much", "when: number >= param.many",
        "GS-SCHEME-052", "The exception 'ruinous' never has an effect", "{id: ruinous"),
    Bad("an exception behind another, seen through a figure", "when: money >= param.much",
        "when: more >= param.many and number = param.many",
        "GS-SCHEME-052", "The exception 'ruinous' never has an effect", "{id: ruinous"),
    Bad("an exception that a later one overtakes", "when: number >= param.many, grade: C",
        "when: money >= param.much, at_best: A",
        "GS-SCHEME-052", "The exception 'often' never has an effect", "{id: often"),
    Bad("points compared with days", "when: number >= param.many",
        "when: total >= param.days_to_pay",
        "GS-SCHEME-049", "points and days are not of one unit", "total >= param.days_to_pay"),
    Bad("money compared with days", "when: money >= param.much", "when: money >= param.days_to_pay",
        "GS-SCHEME-049", "LUM and days are not of one unit", "money >= param.days_to_pay"),
    Bad("money added to records", "value: each + each", "value: money + number",
        "GS-SCHEME-049", "LUM and count are not of one unit", "money + number"),
    Bad("a plain ratio compared with days", "when: more >= param.dear",
        "when: ratio(money, param.much, 2) >= param.days_to_pay",
        "GS-SCHEME-049", "a plain ratio and days are not of one unit", "ratio(money, param.much"),
    Bad("money times a number compared with days", "when: more >= param.dear",
        "when: money * number >= param.days_to_pay",
        "GS-SCHEME-049", "LUM and days are not of one unit", "money * number"),
    Bad("a division by a possible zero", '"ratio(money, number, 0)"', '"ratio(money, money, 0)"',
        "GS-SCHEME-050", "divides by `money`, which may be zero", '"ratio(money, money, 0)"'),
    Bad("an unknown function", "value: each + each", "value: median(each)",
        "GS-SCHEME-003", "MEDIAN", "median(each)"),
    Bad("a window of days in months", "{months: param.look_back}", "{days: param.look_back}",
        "GS-SCHEME-044", "months", "param.look_back"),
    Bad("a window in the future", "value: 12,", "value: -12,",
        "GS-SCHEME-044", "`param.look_back` is no length of time", "param.look_back",
        "parameters/look_back.yaml"),
    Bad("a window of nothing", "value: 12,", "value: 0,",
        "GS-SCHEME-053", "0 months long and holds no record", "{months: param",
        "parameters/look_back.yaml"),
    Bad("a condition on days to come", "    items: [berth_fine]\n",
        "    items: [berth_fine]\n    where: effective_on > as_of\n",
        "GS-SCHEME-053", "is about days to come and holds no record", "effective_on > as_of"),
    Bad("an article that is law no longer",
        "title: {en: Keeping of records}\n    in_force: {from: 2015-01-01}",
        "title: {en: Keeping of records}\n    in_force: {from: 2015-01-01, to: 2018-01-01}",
        "GS-SCHEME-054", "rests on 'port_act.9'", "port_act.9}", "law/port_act.yaml"),
    Bad("a rule without an article", "    article: port_act.3\n    per_unit", "    per_unit",
        "GS-SCHEME-046", "rules.fines names no article", "titles: {en: Points"),
    Bad("an exception without an article", "grade: C, article: port_act.3}\n    - {id: ruin",
        "grade: C}\n    - {id: ruin",
        "GS-SCHEME-046", "names no article", "{id: often"),
]  # fmt: skip


@pytest.fixture
def folder(harbour_folder: Path) -> Path:
    """The pack of the port with the good scheme, its numbers and its tests."""
    schemes = harbour_folder / "schemes"
    schemes.mkdir()
    (schemes / "berth_conduct.yaml").write_text(SCHEME, "utf-8")
    (schemes / "berth_conduct.tests.yaml").write_text(_tests(), "utf-8")
    for name, (unit, value) in PARAMETERS.items():
        dated = f"{{from: 2015-01-01, value: {value}, article: port_act.3}}"
        text = f"id: {name}\ntitles: {{en: {name}}}\nunit: {unit}\nvalues: [{dated}]\n"
        file = harbour_folder / "parameters" / f"{name}.yaml"
        file.write_text(f"{text}confidence: verified\n", "utf-8")
    return harbour_folder


def _tests() -> str:
    made = ["cases:", _case("before", "2019-12-31", [5], "{refused: GS-SCHEME-020}")]
    made += [
        _case(f"case {n}", "2026-01-01", amounts, expect)
        for n, (amounts, expect) in enumerate(CASES)
    ]
    made.append(_case("hours", "2026-01-01", [300], "{grade: A, total: 0}", hours=1))
    made.append(_case("more hours", "2026-01-01", [1], "{grade: B, total: 10}", hours=3))
    made.append(_case("too much", "2026-01-01", [901, 600], "{grade: B, total: 30}"))
    return "\n".join([*made, ""])


def _case(name: str, day: str, amounts: Sequence[int | str], expect: str, hours: int = 2) -> str:
    fines = [
        f"{{item: berth_fine, effective_on: 2025-06-01, facts: {{amount: {amount}, "
        f"berth: N1, hours: {hours}}}}}"
        for amount in amounts
    ]
    permit = "{item: sailing_permit, effective_on: 2018-01-01}"
    records = ", ".join([*fines, permit])
    return f"  - {{name: {name}, as_of: {day}, records: [{records}], expect: {expect}}}"


def lint(folder: Path, *more: str) -> tuple[int, str]:
    """The exit code of `goodstanding pack lint` and all it prints, on one line."""
    result = CliRunner().invoke(app, ["pack", "lint", str(folder), *more])
    return result.exit_code, " ".join(result.output.split())


def place(file: Path, at: str) -> str:
    """`file:line:column` of a text in a file."""
    before = file.read_text("utf-8").partition(at)[0]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"


def test_the_good_scheme_is_clean(folder: Path) -> None:
    exit_code, said = lint(folder)
    assert said == f"{folder}: clean"
    assert exit_code == 0


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.of)
def test_a_bad_scheme_is_refused_with_place_and_remedy(folder: Path, bad: Bad) -> None:
    file = folder / bad.file
    text = file.read_text("utf-8")
    assert text.count(bad.old) == 1
    file.write_text(text.replace(bad.old, bad.new), "utf-8")
    exit_code, said = lint(folder)
    assert exit_code == 3, said
    at = place(folder / "schemes/berth_conduct.yaml", bad.at)
    assert f"{at} {bad.code} " in said
    (told,) = [part for part in said.split(f"{at} ")[1:] if part.startswith(bad.code)]
    what, _, rest = told.partition(" why: ")
    assert bad.says in what
    why, _, remedy = rest.partition(" to do: ")
    assert why
    assert remedy


def test_the_same_for_a_program(folder: Path) -> None:
    file = folder / "schemes/berth_conduct.yaml"
    file.write_text(SCHEME.replace("    article: port_act.3\n    per_unit", "    per_unit"))
    result = CliRunner().invoke(app, ["pack", "lint", str(folder), "--json"])
    assert result.exit_code == 3
    found = json.loads(result.output)
    assert [finding["code"] for finding in found] == ["GS-SCHEME-046"]
    assert found[0]["remedy"].startswith("Add `article:`")


# -- facts that cannot be used -----------------------------------------------------------


def fine(leaf: int, amount: int | None, hours: int | None) -> Entry:
    facts: dict[str, object] = {
        "berth": "N1",
        "amount": None if amount is None else Fixed(amount * 100, 2),
        "hours": None if hours is None else Fixed(hours, 0),
    }
    return Entry(
        leaf, "berth_fine", "lum-op:0001", date(2025, 6, 1 + leaf), facts, source_key=f"F{leaf}",
        authority="harbour_office", subject_kind="operator", document=f"Fine {leaf}",
    )  # fmt: skip


#: In order, too short, without hours, beyond what counts, without an amount.
FINES = [fine(0, 100, 5), fine(1, 100, 1), fine(2, 100, None), fine(3, 5000, 5), fine(4, None, 5)]


def explained(folder: Path, language: str) -> Explanation:
    scheme = load_scheme(load_pack(folder), "berth_conduct")
    return explain(
        scheme, FINES, subject="lum-op:0001", as_of=date(2025, 12, 1),
        known_at=datetime(2026, 1, 1, tzinfo=UTC), language=language,
    )  # fmt: skip


def test_unusable_facts_follow_the_policy(folder: Path) -> None:
    """Two fines are left out; the other two unusable amounts count as 900 each."""
    found = explained(folder, "en")
    assert found.indicators["Fines"] == "3"
    assert found.indicators["Money"] == "1900.00"
    assert (found.grade, found.total) == ("B", "40")


def test_unusable_facts_are_explained(folder: Path) -> None:
    found = explained(folder, "en")
    assert {ignored.why: ignored.leaves for ignored in found.ignored} == {
        "left out, for Hours blocked is not 2 or more (Port Act, 3)": (1,),
        "left out, for Hours blocked has no value (Port Act, 3)": (2,),
    }
    assert "1 record: left out, for Hours blocked has no value (Port Act, 3)." in found.sentences
    assert "Fine 3: Fine is not 900 or less; 900 stands in for it (Port Act, 9)." in found.sentences
    assert "Fine 4: Fine has no value; 900 stands in for it (Port Act, 9)." in found.sentences


def test_unusable_facts_are_explained_in_chinese(folder: Path) -> None:
    head = folder / "pack.yaml"
    text = head.read_text("utf-8").replace("languages: [en]", "languages: [en, zh]")
    head.write_text(text, "utf-8")
    # The port's titles are in English alone, and marked so; here the phrases round them matter.
    told = " ".join(explained(folder, "zh").sentences).replace(" [en]", "").replace("[en]", "")
    assert "1条记录：Hours blocked缺失，不予计入（Port Act第3条）。" in told
    assert "1条记录：Hours blocked超出规定范围（不低于2），不予计入（Port Act第3条）。" in told
    assert "Fine 3：Fine超出规定范围（不高于900），以900代替（Port Act第9条）。" in told
    assert "Fine 4：Fine缺失，以900代替（Port Act第9条）。" in told
