"""What is wrong with one row in a hundred, on purpose, so that refusals can be seen.

A fault is a small change to one column of an otherwise good row, written as the SQL
expression that replaces the column. Not every fault exists in every file: a typed Parquet
column cannot hold 30 February.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Fault(IntEnum):
    """The kinds of fault; the numbers are what sql/draws.sql draws."""

    IMPOSSIBLE_DATE = 0
    NEGATIVE_AMOUNT = 1
    UNKNOWN_CODE = 2
    CONTROL_CHARACTER = 3
    FORMULA_IN_NAME = 4
    NATURAL_PERSON = 5
    UNKNOWN_AUTHORITY = 6
    FOREIGN_ITEM = 7
    MISSING_FACT = 8
    #: The key of the row before, with this row's content.
    DUPLICATE_KEY = 9


Faults = Mapping[Fault, tuple[str, str]]

_PERSON = "'C' || (100000000 + i)"
_BELL = "chr(7)"
#: The number of the business before; see sql/subjects.sql.
_PREVIOUS_BUSINESS = "(10000000 + (greatest(i - 1, 0) * 48271 + 31) % 79999987)::VARCHAR"


def _common(key: str, subject: str, name: str, previous_key: str) -> dict[Fault, tuple[str, str]]:
    """The faults every file can have, given the names of its columns."""
    return {
        Fault.CONTROL_CHARACTER: (name, f"{name} || {_BELL}"),
        Fault.FORMULA_IN_NAME: (name, f"'=cmd|''/c calc''!A0 ' || {name}"),
        Fault.NATURAL_PERSON: (subject, _PERSON),
        Fault.DUPLICATE_KEY: (key, previous_key),
    }


def _key(prefix: str) -> str:
    return f"'{prefix}' || lpad(greatest(i - 1, 0)::VARCHAR, 7, '0')"


#: By source: the fault, the column it is in, and the SQL of what stands there instead.
FAULTS: Mapping[str, Faults] = {
    "registry": {
        **_common("business_no", "business_no", "name", _PREVIOUS_BUSINESS),
        Fault.IMPOSSIBLE_DATE: ("registered_on", "DATE '1904-02-29'"),
        Fault.UNKNOWN_CODE: ("legal_form", "'guild'"),
        Fault.MISSING_FACT: ("sector", "NULL"),
    },
    "market_authority": {
        **_common('"编号"', '"注册号"', '"企业名称"', _key("AR")),
        Fault.IMPOSSIBLE_DATE: ('"决定日"', "'2025-02-30'"),
        Fault.NEGATIVE_AMOUNT: ('"年度"', "'-' || \"年度\""),
        Fault.FOREIGN_ITEM: ('"结果"', "'product_recall'"),
        Fault.MISSING_FACT: ('"到期日"', "NULL"),
    },
    "tax_office": {
        **_common("record_no", "taxpayer_no", "taxpayer_name", _key("T-")),
        Fault.IMPOSSIBLE_DATE: ("decided", "'2025-02-30'"),
        Fault.NEGATIVE_AMOUNT: ("amount", "'-' || coalesce(amount, '1.00')"),
        Fault.UNKNOWN_CODE: ("reason", "'RUDENESS'"),
        Fault.UNKNOWN_AUTHORITY: ("office", "'Ministry of Smiles'"),
        Fault.FOREIGN_ITEM: ("event", "'judgment_unpaid'"),
        Fault.MISSING_FACT: ("document_no", "NULL"),
    },
    "environment": {
        **_common("id", "operator_no", "operator_name", _key("EA-")),
        Fault.IMPOSSIBLE_DATE: ("decided", "'2025-13-01'"),
        Fault.NEGATIVE_AMOUNT: ("amount", "-amount"),
        Fault.UNKNOWN_CODE: ("medium", "'dreams'"),
        Fault.UNKNOWN_AUTHORITY: ("agency", "'tax_office'"),
        Fault.FOREIGN_ITEM: ("type", "'tax_penalty'"),
        Fault.MISSING_FACT: ("article", "NULL"),
    },
    "labour": {
        **_common("id", "employer_no", "employer_name", _key("LI-")),
        Fault.IMPOSSIBLE_DATE: ("decided", "'31 April 2025'"),
        Fault.NEGATIVE_AMOUNT: ("workers", "-coalesce(workers, 1)"),
        Fault.UNKNOWN_CODE: ("severity", "'regrettable'"),
        Fault.UNKNOWN_AUTHORITY: ("inspectorate", "'food_safety_agency'"),
        Fault.FOREIGN_ITEM: ("finding", "'environmental_penalty'"),
        Fault.MISSING_FACT: ("paper", "NULL"),
    },
    "food_safety": {
        **_common('"key"', "business_no", "business_name", _key("FS-")),
        Fault.IMPOSSIBLE_DATE: ("published", "decided - 400"),
        Fault.NEGATIVE_AMOUNT: ("findings", "-coalesce(findings, 1) - 1"),
        Fault.UNKNOWN_CODE: ("result", "'delicious'"),
        Fault.UNKNOWN_AUTHORITY: ("agency", "'Guild of Cooks'"),
        Fault.FOREIGN_ITEM: ("kind", "'wage_arrears'"),
        Fault.MISSING_FACT: ("place", "NULL"),
    },
    "courts": {
        **_common("nr", "party_no", "party_name", _key("C")),
        Fault.IMPOSSIBLE_DATE: ("decided", "'31.02.2025'"),
        Fault.NEGATIVE_AMOUNT: ("amount", "'-' || coalesce(amount, '1,00')"),
        Fault.UNKNOWN_CODE: ("outcome", "'PENDING'"),
        Fault.FOREIGN_ITEM: ("type", "'tax_penalty'"),
        Fault.MISSING_FACT: ("file_no", "NULL"),
    },
    "procurement": {
        **_common("ref", "body_no", "body_name", _key("P")),
        Fault.IMPOSSIBLE_DATE: ("due", "'2025-06-31'"),
        Fault.NEGATIVE_AMOUNT: ("amount", "'-' || coalesce(amount, '1.00')"),
        Fault.FOREIGN_ITEM: ("type", "'decision_review'"),
        Fault.MISSING_FACT: ("received", "NULL"),
    },
}


def faulty(source: str, column: str, fault: str) -> str:
    """SQL of ``column`` of a source where the SQL ``fault`` names the row's fault, or null."""
    cases = "".join(
        f" WHEN {kind.value} THEN {spoilt}"
        for kind, (where, spoilt) in sorted(FAULTS[source].items())
        if where.strip('"') == column
    )
    quoted = f'"{column}"'
    return f"CASE {fault}{cases} ELSE {quoted} END AS {quoted}" if cases else quoted
