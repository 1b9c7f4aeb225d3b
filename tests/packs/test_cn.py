"""China's rules against the notes: every number, mark and version, and that none is passed over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML
from tests.packs.records import record

from goodstanding.catalogue import Confidence, Pack, load_pack
from goodstanding.catalogue.coverage import Coverage, Reason, read_coverage
from goodstanding.catalogue.facts import Mark
from goodstanding.evaluation import lint_schemes
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.kernel import Fixed, Nature

KNOWN_AT = datetime(2030, 1, 1, tzinfo=UTC)
Notes = dict[str, object]


@pytest.fixture(scope="module")
def cn() -> Pack:
    """The pack."""
    return load_pack("cn")


@pytest.fixture(scope="module")
def law(law_notes: Path) -> Path:
    """The notes on China's law."""
    return law_notes / "cn"


@pytest.fixture(scope="module")
def coverage(cn: Pack, law: Path) -> Coverage:
    """What became of every note."""
    return read_coverage(cn, law)


def noted(law: Path, file: str, *path: str) -> Notes:
    """The record at ``path`` of a file of notes; a step in a list is the record's own id."""
    found: object = YAML(typ="safe").load((law / file).read_text("utf-8"))
    for step in path:
        if isinstance(found, list):
            named = [r for r in found if step in (r.get("id"), r.get("grade"), r.get("code"))]
            found = named[0]
        else:
            found = cast(Notes, found)[step]
    return cast(Notes, found)


def value(cn: Pack, parameter: str) -> Fixed:
    return cn.parameters[parameter].values[-1].value


def test_the_schemes_are_clean(cn: Pack) -> None:
    assert [str(finding) for finding in lint_schemes(cn)] == []


def test_nothing_is_about_natural_persons(cn: Pack) -> None:
    natures = {cn.subject_kinds[k].nature for item in cn.items.values() for k in item.subject_kinds}
    assert natures == {Nature.ORGANISATION, Nature.PUBLIC_BODY}


def test_nothing_that_is_only_known_is_written_as_law(cn: Pack) -> None:
    marks = {a.confidence for a in cn.articles.values()}
    marks |= {p.confidence for p in cn.parameters.values()}
    marks |= {t.confidence for t in cn.tables.values()}
    assert marks == {Confidence.VERIFIED, Confidence.SECONDARY}


def test_an_earlier_day_uses_the_earlier_measures(cn: Pack) -> None:
    subject = "cn-uscc:91350000MADE0UP012"
    old = load_scheme(cn, "tax_credit", date(2025, 6, 30))
    new = load_scheme(cn, "tax_credit", date(2027, 4, 1))
    assert (old.version, new.version) == (1, 2)
    late = {"code": "late_filing"}
    breach = record(old, "tax_breach_2014", subject, date(2024, 5, 4), facts=late)
    found = evaluate_all(old, [breach], date(2025, 6, 30), KNOWN_AT)[0].standing
    assert (found.grade, str(found.total)) == ("not_graded", "-5")
    first = date(2010, 5, 4)
    facts = {"state": "payment_complete", "income": True, "first_business_on": first}
    information = record(new, "tax_information", subject, date(2026, 12, 31), facts=facts)
    found = evaluate_all(new, [information], date(2027, 4, 1), KNOWN_AT)[0].standing
    assert (found.grade, str(found.total)) == ("A", "93")


@pytest.mark.real
def test_no_noted_fact_is_passed_over(coverage: Coverage) -> None:
    assert [str(finding) for finding in coverage.findings] == []
    assert coverage.not_looked_at == ()
    assert len(coverage.encoded) > 100


@pytest.mark.real
def test_what_is_only_known_or_missing_is_not_encoded_as_law(coverage: Coverage) -> None:
    doubtful = [e for e in coverage.encoded if e.mark >= Mark.K]
    # The characters of a code are a pattern to recognise it by, no rule about anyone.
    assert {part for e in doubtful for part in e.by} == {
        "identifier_schemes/cn-uscc",
        "identifier_schemes/cn-uscc-body",
        "identifier_schemes/cn-uscc-sole-trader",
    }


@pytest.mark.real
def test_the_personal_scheme_is_never_encoded(coverage: Coverage) -> None:
    persons = [e for e in coverage.left_out if "rongcheng" in e.fact.path]
    assert len(persons) > 20
    assert {e.reason for e in persons} == {Reason.NEVER}
    assert not [e for e in coverage.encoded if "rongcheng" in e.fact.path]


@pytest.mark.real
def test_tax_credit_has_the_numbers_of_the_notes(cn: Pack, law: Path) -> None:
    tax = ("schemes.yaml", "schemes", "tax_credit_2025")
    begins = cast("list[Notes]", noted(law, *tax, "base"))
    names = ("tax_base", "tax_base_payment_complete", "tax_base_payment_incomplete")
    assert [value(cn, n).units for n in names] == [base["points"] for base in begins]
    for grade in "ABC":
        least = noted(law, *tax, "grades", grade)["min"]
        assert value(cn, f"tax_{grade.lower()}_from").units == least
    rows = cn.tables["tax_deductions"].values[-1].rows
    seen = cast("list[Notes]", noted(law, *tax, "items_seen_2025"))
    assert {(str(s["code"]),): Fixed(cast(int, s["points"]), 0) for s in seen} == rows
    grounds = cast("list[Notes]", noted(law, *tax, "direct_D"))
    exceptions = load_scheme(cn, "tax_credit").grades.exceptions
    direct = [e.id for e in exceptions if e.grade == "D"]
    assert direct == [f"direct_d_{cast(int, g['n']):02}" for g in grounds]


@pytest.mark.real
def test_environmental_credit_has_the_numbers_of_the_notes(cn: Pack, law: Path) -> None:
    env = ("schemes.yaml", "schemes", "env_national_2013")
    weights = cast("list[Notes]", noted(law, *env, "weights_seen"))
    rows = cn.tables["environment_weights"].values[-1].rows
    assert {(str(w["code"]),): Fixed(cast(int, w["weight"]), 2) for w in weights} == rows
    cutoffs = noted(law, *env, "cutoffs_fujian_2016")
    assert cutoffs["green"] == f">= {value(cn, 'environment_green_from')}"
    for colour in ("blue", "yellow"):
        assert str(cutoffs[colour]).startswith(f"{value(cn, f'environment_{colour}_from')}..")


@pytest.mark.real
def test_penalty_classes_have_the_numbers_of_the_notes(cn: Pack, law: Path) -> None:
    months = {"P3M": 3, "P1Y": 12, "P3Y": 36}
    rows = cn.tables["penalty_class"].values[-1].rows
    for n, name in enumerate(("minor", "general", "serious"), 1):
        noted_class = noted(law, "repair.yaml", "severity_classes", name)
        longest = months[str(noted_class["max_publication"])]
        assert value(cn, f"publication_longest_{name}").units == longest
        if name != "minor":
            shortest = months[str(noted_class["min_publication"])]
            assert value(cn, f"publication_shortest_{name}").units == shortest
        triggers = {str(t["code"]) for t in cast("list[Notes]", noted_class["triggers"])}
        encoded = {code for (code,), number in rows.items() if number.units == n}
        assert encoded <= triggers
        assert triggers - encoded <= {
            *("summary_procedure_penalty", "abnormal_list_entry", "other_by_sector"),
            *("residual", "serious_dishonesty_list"),
        }


@pytest.mark.real
def test_the_parts_of_zhejiang_add_up_to_their_dimensions(cn: Pack, law: Path) -> None:
    rows = cn.tables["zj531x_parts"].values[-1].rows
    dimensions = ("basic", "finance_tax", "governance")
    most = [value(cn, f"zj531x_{name}_most").units for name in dimensions]
    assert sum(points.units for points in rows.values()) == sum(most)
    zhejiang = ("schemes.yaml", "schemes", "zhejiang_531x_enterprise", "dimensions_2020")
    names = ("basic", "finance_tax", "governance_capacity")
    assert most == [noted(law, *zhejiang, name)["points"] for name in names]
