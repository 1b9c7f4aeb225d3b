"""A broken scheme is refused at the place of what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.evaluation.small import SCHEME, document, pack, read, scheme, value

from goodstanding.catalogue import SchemeFile
from goodstanding.evaluation.load import load_scheme, load_schemes, read_scheme
from goodstanding.evaluation.model import PerUnit, Take
from goodstanding.kernel import GoodStandingError, Period


def test_a_scheme_in_order(tmp_path: Path) -> None:
    found = scheme(tmp_path)
    assert found.name == "test/small"
    assert found.in_force == Period(date(2020, 1, 1))
    assert found.indicators["money"].take is Take.SUM
    assert isinstance(found.rules["number"].points, PerUnit)
    assert sorted(found.parameters) == ["b_from", "each", "look_back", "most", "much"]
    assert sorted(found.population) == ["fine", "permit"]
    assert not found.daily


BROKEN = [
    ("kind = 'grave'", "kind = 'heavy'", "GS-SCHEME-005", "13:12", "heavy"),
    ("kind = 'grave'", "kindd = 'grave'", "GS-SCHEME-004", "13:12", "kindd"),
    ("kind = 'grave'", "amount > 1000", "GS-SCHEME-006", "13:12", "1000"),
    ("kind = 'grave'", "amount > param.nope", "GS-SCHEME-004", "13:12", "nope"),
    ("kind = 'grave'", "kind = upper(kind)", "GS-SCHEME-003", "13:12", "UPPER"),
    ("kind = 'grave'", "read_text('x') = 'y'", "GS-SCHEME-003", "13:12", "READ_TEXT"),
    ("kind = 'grave'", "kind = 'grave'; drop table x", "GS-SCHEME-003", "13:12", "x"),
    ("kind = 'grave'", "kind in (select 1)", "GS-SCHEME-003", "13:12", "SELECT"),
    ("kind = 'grave'", "kind like 'g'", "GS-SCHEME-003", "13:12", "LIKE"),
    ("kind = 'grave'", "(amount", "GS-SCHEME-002", "13:12", "(amount"),
    ("kind = 'grave'", "amount", "GS-SCHEME-005", "13:12", "amount"),
    ("kind = 'grave'", "amount = kind", "GS-SCHEME-005", "13:12", "amount"),
    ("kind = 'grave'", "not amount", "GS-SCHEME-005", "13:12", "amount"),
    ("kind = 'grave'", "effective_on < kind", "GS-SCHEME-005", "13:12", "effective_on"),
    ("kind = 'grave'", "kind = '" + "x" * 3000 + "'", "GS-SCHEME-002", "13:12", "longer"),
    ("kind = 'grave'", "(" * 900 + "kind" + ")" * 900, "GS-SCHEME-002", "13:12", "deeply"),
    ("items: [fine]", "items: [find]", "GS-SCHEME-004", "12:13", "find"),
    ("authority: office", "authority: nobody", "GS-SCHEME-004", "3:12", "nobody"),
    ("subject_kind: business", "subject_kind: citizen", "GS-PERSON-001", "4:15", "natural"),
    ("subject_kind: business", "subject_kind: public_body", "GS-SCHEME-013", "12:13", "fine"),
    ("act: act.1", "act: act.99", "GS-SCHEME-004", "5:6", "act.99"),
    ("id: small", "id: other", "GS-SCHEME-012", "1:5", "other"),
    ("unit: points", "unit: points\nspeed: 3", "GS-SCHEME-001", "9:8", "speed"),
    ("version: 3", "version: '3'", "GS-SCHEME-001", "6:10", "version"),
    ("titles: {en: Small, zh: 小}", "titles: {zh: 小}", "GS-SCHEME-011", "2:9", "scheme"),
    ("months: param.look_back", "days: param.look_back", "GS-SCHEME-044", "14:20", "months"),
    ("take: count}", "take: count, value: amount}", "GS-SCHEME-001", "16:70", "count"),
    ("take: sum, value: amount", "take: sum, value: kind", "GS-SCHEME-005", "17:61", "a text"),
    ("take: sum, value: amount", "take: sum", "GS-SCHEME-001", "17:10", "value"),
    ("of: fines, take: sum", "of: fins, take: sum", "GS-SCHEME-004", "17:36", "fins"),
    ("    article: act.3\n", "", "GS-SCHEME-046", "25:5", "rules.much names no"),
    ("article: act.3", "article: act.33", "GS-SCHEME-004", "26:14", "act.33"),
    ("points: param.each\ngrades", "points: '5'\ngrades", "GS-SCHEME-006", "28:13", "5"),
    ("    points: param.each\n", "", "GS-SCHEME-007", "25:5", "none"),
    ("when: money >= param.much", "when: mony >= param.much", "GS-SCHEME-004", "27:11", "mony"),
    ("cap: param.most", "cap: param.fine_scale", "GS-SCHEME-010", "23:10", "6"),
    ("cap: param.most", "cap: 10", "GS-SCHEME-001", "23:10", "cap"),
    ("cap: param.most", "group: none", "GS-SCHEME-004", "23:12", "none"),
    ("{grade: B, from", "{grade: C, from", "GS-SCHEME-004", "38:15", "C"),
    ("- {grade: A}", "- {grade: A, from: param.each}", "GS-SCHEME-001", "37:7", "open below"),
    ("grade: X, article", "grade: Y, article", "GS-SCHEME-004", "40:78", "Y"),
    ("grade: X, article", "grade: X, at_best: B, article", "GS-SCHEME-001", "40:7", "one of"),
    ("grade: X, article", "at_best: X, article", "GS-SCHEME-004", "40:80", "X"),
    ("lower_is_better", "higher_is_better", "GS-SCHEME-009", "37:5", "better"),
    ("order: [A, B]", "order: [A, B, A]", "GS-SCHEME-009", "35:10", "twice"),
]


@pytest.mark.parametrize(("old", "new", "code", "place", "says"), BROKEN)
def test_what_is_wrong_is_pointed_at(
    tmp_path: Path, old: str, new: str, code: str, place: str, says: str
) -> None:
    assert SCHEME.count(old) >= 1
    found, findings = read(tmp_path, SCHEME.replace(old, new, 1))
    assert found is None
    said = [str(finding) for finding in findings]
    assert any(
        line.startswith(f"{tmp_path / 'small.yaml'}:{place}: {code} ") and says in line
        for line in said
    ), said


def test_a_window_has_a_sensible_length(tmp_path: Path) -> None:
    ages = replace(pack(), parameters=pack().parameters | {"look_back": value("look_back", 9999)})
    _, findings = read_scheme(ages, document(tmp_path))
    assert [str(finding).partition(": ")[2] for finding in findings] == [
        "GS-SCHEME-044 `param.look_back` is no length of time: it lasts from 0 to 1200 months, "
        "not 9999."
    ]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = SCHEME.replace("act.2", "act.22").replace("act.3", "act.33").replace("act: ", "act: x")
    _, findings = read(tmp_path, text)
    assert [finding.code.id for finding in findings] == ["GS-SCHEME-004"] * 3


def test_a_missing_indicator_is_told_once(tmp_path: Path) -> None:
    _, findings = read(tmp_path, SCHEME.replace("take: count", "take: sum, value: nope"))
    assert [finding.code.id for finding in findings] == ["GS-SCHEME-004"]


def test_loading_a_pack_raises_the_first_finding(tmp_path: Path) -> None:
    broken = SchemeFile(document(tmp_path, SCHEME.replace("act.2", "act.22")), None)
    with pytest.raises(GoodStandingError, match=r"act\.22"):
        load_schemes(replace(pack(), schemes={"small": broken}))
    sound = SchemeFile(document(tmp_path), None)
    assert list(load_schemes(replace(pack(), schemes={"small": sound}))) == ["small"]


def test_no_such_scheme() -> None:
    with pytest.raises(GoodStandingError, match="no scheme 'nope'"):
        load_scheme(pack(), "nope")
