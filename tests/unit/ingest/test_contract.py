"""A contract is one row-wise select of allow-listed expressions, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.catalogue import ContractCheck, Pack
from goodstanding.ingest.contract import check_contract, contract_fields
from goodstanding.kernel import GoodStandingError


def test_a_contract_gives_fields_and_facts(harbour: Pack) -> None:
    fields, facts = contract_fields(harbour.sources["fines"], harbour)
    assert fields[:3] == ["source_key", "item", "authority"]
    assert facts == ["amount", "berth", "hours", "paid_on", "repeated"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("FROM delivered", "FROM delivered WHERE no <> '1'", "it has WHERE"),
        ("FROM delivered", "FROM delivered LIMIT 5", "it has LIMIT"),
        ("FROM delivered", "FROM delivered ORDER BY no", "it has ORDER BY"),
        ("FROM delivered", "FROM delivered GROUP BY no", "it has GROUP BY"),
        ("FROM delivered", "FROM delivered, delivered AS twice", "it has JOIN"),
        ("FROM delivered", "FROM read_csv('/etc/passwd')", "does not read `delivered` alone"),
        ("FROM delivered", "FROM other", "does not read `delivered` alone"),
        ("SELECT", "SELECT DISTINCT", "it has DISTINCT"),
        ("    amount,", "    (SELECT 1) AS amount,", "a sub-select"),
        ("    amount,", "    sum(amount) OVER () AS amount,", "a window function"),
        ("    amount,", "    max(amount) AS amount,", "an aggregate"),
        ("    amount,", "    getenv('HOME') AS amount,", "getenv is not allowed"),
        ("    amount,", "    random() AS amount,", "is not allowed"),
        ("    amount,", "    *,", "`*`"),
        ("    amount,", "    amount, amount AS mood,", "has a fact mood"),
        ("    amount,", "    amount, berth AS amount,", "gives amount twice"),
        ("    no AS source_key,", "", "does not give source_key"),
        ("FROM delivered", "FROM delivered; DROP TABLE x", "not one SELECT"),
        ("SELECT", "DELETE", ""),
    ],
)
def test_anything_else_is_refused(harbour: Pack, old: str, new: str, problem: str) -> None:
    source = harbour.sources["fines"]
    assert old in source.sql
    broken = replace(source, sql=source.sql.replace(old, new, 1))
    with pytest.raises(GoodStandingError) as refusal:
        contract_fields(broken, harbour)
    assert refusal.value.code.id == "GS-INGEST-009"
    assert problem in refusal.value.what


def test_no_column_may_be_called_row(harbour: Pack) -> None:
    source = harbour.sources["fines"]
    findings = check_contract(replace(source, columns=(*source.columns, "row")), harbour)
    assert [finding.code.id for finding in findings] == ["GS-INGEST-009"]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("nobody = 'x'", "unknown column 'nobody'"),
        ("no = (SELECT 'x')", "a sub-select"),
        ("no = getenv('HOME')", "getenv is not allowed"),
        ("no = ", ""),
    ],
)
def test_a_contract_check_is_held_to_the_same(harbour: Pack, when: str, problem: str) -> None:
    check = ContractCheck("odd", when, {"en": "Odd."}, None)
    findings = check_contract(replace(harbour.sources["fines"], checks=(check,)), harbour)
    assert [finding.code.id for finding in findings] == ["GS-INGEST-009"]
    assert problem in findings[0].what
