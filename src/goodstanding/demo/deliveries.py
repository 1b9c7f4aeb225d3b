"""What each agency hands over, and what it says differently the second time.

First delivery: what was reported by the first day. Second: of a full snapshot everything
that still stands; of the others what is new, what changed, half of the faulty rows, now
mended, and a few rows again that did not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from goodstanding.demo.faults import faulty


@dataclass(frozen=True, slots=True)
class Agency:
    """One source's file: its name, the columns in order, its share of the records.

    A full list has its day in its name. ``share`` counts in thousandths of the records that are
    not registrations. ``changes`` gives, by column, the SQL of what a changed row says in the
    second delivery.
    """

    file_name: str
    columns: tuple[str, ...]
    share: int = 0
    snapshot: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    changes: Mapping[str, str] = field(default_factory=dict)


#: In order of delivery.
AGENCIES: Mapping[str, Agency] = {
    "registry": Agency(
        "register-of-businesses-{day}.parquet",
        (
            *("business_no", "name", "legal_form", "sector", "district"),
            *("registered_on", "paper"),
        ),
        snapshot=True,
    ),
    "market_authority": Agency(
        "年度报告.csv",
        (
            *("编号", "注册号", "企业名称", "文书号", "年度"),
            *("到期日", "提交日", "决定日", "公布日", "结果"),
        ),
        share=330,
        encoding="gb18030",
    ),
    "tax_office": Agency(
        "tax-decisions.csv",
        (
            *("record_no", "office", "event", "taxpayer_no", "taxpayer_name", "document_no"),
            *("article", "decided", "effective", "published", "amount", "reason", "tax_year"),
        ),
        share=270,
        changes={"amount": "(amount::DECIMAL(18, 2) - 40.00)::VARCHAR"},
    ),
    "environment": Agency(
        "acts.jsonl",
        (
            *("id", "type", "agency", "operator_no", "operator_name", "paper", "article"),
            *("decided", "effective", "published", "amended", "amount", "medium", "activity"),
            *("valid_until", "substance", "measured", "permitted", "site", "remedied"),
            *("grade", "held"),
        ),
        share=60,
        changes={"amount": "amount - 100.00", "amended": "'2026-05-04'"},
    ),
    "labour": Agency(
        "findings.json",
        (
            *("id", "finding", "inspectorate", "employer_no", "employer_name", "paper"),
            *("decided", "effective", "published", "paid_since", "amount", "workers"),
            *("settled", "severity", "remedied"),
        ),
        share=30,
        changes={"paid_since": "paid_later"},
    ),
    "food_safety": Agency(
        "inspections.parquet",
        (
            *("key", "kind", "agency", "business_no", "business_name", "paper", "decided"),
            *("published", "inspection_no", "place", "result", "findings", "product", "class"),
        ),
        share=85,
        changes={"findings": "greatest(findings - 1, 0)"},
    ),
    "courts": Agency(
        "décisions.csv",
        (
            *("nr", "type", "party_no", "party_name", "file_no", "decided", "enforceable"),
            *("published", "amount", "paid", "outcome"),
        ),
        share=35,
        encoding="latin-1",
        delimiter=";",
        changes={"paid": "paid_later"},
    ),
    "procurement": Agency(
        "ledger-{day}.csv",
        ("ref", "type", "body_no", "body_name", "paper", "received", "due", "done", "amount"),
        share=190,
        snapshot=True,
        changes={"done": "done_later"},
    ),
}


def allot(records: int, registrations: int) -> dict[str, int]:
    """Rows by source, ``records`` in all; the last source takes what division leaves."""
    rest = records - registrations
    rows = {source: rest * agency.share // 1000 for source, agency in AGENCIES.items()}
    rows["registry"] = registrations
    rows["procurement"] += records - sum(rows.values())
    return rows


def first_delivery(source: str) -> str:
    """SQL of the first file over the table ``raw``, in order of the rows."""
    columns = ", ".join(faulty(source, c, "fault") for c in AGENCIES[source].columns)
    return f"SELECT {columns} FROM raw WHERE reported <= getvariable('cut') ORDER BY i"


def second_delivery(source: str) -> str:
    """SQL of the second file over ``raw``."""
    agency = AGENCIES[source]
    mended = "reported <= getvariable('cut') AND i % 2 = 0"
    sent = (
        "gone IS NULL"
        if agency.snapshot
        else f"reported > getvariable('cut') OR changed IS NOT NULL "
        f"OR (fault IS NOT NULL AND {mended}) OR once_in(i, 900, 200)"
    )
    changed = "".join(
        f' CASE WHEN changed IS NULL THEN "{column}" ELSE {said} END AS "{column}",'
        for column, said in agency.changes.items()
    )
    replaced = f"{changed} CASE WHEN {mended} THEN NULL ELSE fault END AS fault"
    columns = ", ".join(faulty(source, c, "fault") for c in agency.columns)
    return f"SELECT {columns} FROM (SELECT * REPLACE ({replaced}) FROM raw WHERE {sent}) ORDER BY i"
